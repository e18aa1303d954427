"""`python -m streams hj212 set-time MN`: order one device's clock to be set, signed and with a reason."""

import argparse
import getpass
import sys
import time
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer

from streams.command import Trouble
from streams.directory.log import append
from streams.gateways.hj212.clock.order import ENDS, KIND, LONGEST, RIGHT, order_fault, order_id
from streams.gateways.hj212.decode import DOMAIN
from streams.kafka import clients
from streams.messages import DEVICE_RIGHTS, HOUR, SECOND, Actor, encode, format_time
from streams.messages.services.devices import ClockOrder
from streams.settings import load
from streams.signing.machine.part import pinned
from streams.topics import LIVE, events_topic

HOURS = 1
"""Hours for which an order counts; 本系统默认 (a default of this system)."""

WAIT = 120
"""Seconds in which it is looked what comes of it; 本系统默认: twice 40 s of asking for the time (table 1), and more."""


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("device", metavar="MN", help="the device, as in the register of the gateway")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why (监测条例 25)")
    parser.add_argument("--hours", type=float, default=HOURS, help="for how long the order counts (default %(default)s)")
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    parser.add_argument("--role", required=True, choices=sorted(DEVICE_RIGHTS[RIGHT]), help="the role that gives the right")
    parser.add_argument("--department", required=True, metavar="ID", help="the competent office, as in zz-ee")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--wait", type=int, default=WAIT, metavar="S", help="how long to look what comes (default %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Order it; print each step that a gateway tells as a JSON line. 1 where the clock was not set while it was looked."""
    settings, log = load(), options.log
    order = ordered(options, int(time.time() * SECOND))
    if not pinned(settings, log):
        raise Trouble(f"log {log!r} was never opened, so nobody signs in it: clocks are set by signed orders alone")
    with clients.consumer(settings) as reader:
        places = clients.partitions_of(reader, events_topic(log, DOMAIN))
        reader.assign(places)
        for place, end in reader.end_offsets(places).items():
            reader.seek(place, end)
        append(settings, log, order)
        last = ""
        for step in _steps(reader, order, time.monotonic() + options.wait):
            sys.stdout.write(encode(step).decode() + "\n")
            sys.stdout.flush()
            last = step["step"]
    if not last:
        raise Trouble(
            f"no gateway told of order {order.order} within {options.wait} s; it counts until {order.until}: does the gateway "
            f"of {order.device} run, and is the device in its register?"
        )
    return 0 if last == "set" else 1


def ordered(options: argparse.Namespace, now: int) -> ClockOrder:
    """The order of these options at a moment (ms); Trouble where it may not be."""
    if not 0 < options.hours <= LONGEST // HOUR:
        raise Trouble(f"--hours is {options.hours}: an order counts for more than 0 and at most {LONGEST // HOUR} hours")
    by = Actor(id=options.actor, name=options.actor, role=options.role, department=options.department)
    at, until = format_time(now), format_time(now + int(options.hours * HOUR))
    made = {
        "order": order_id(by, options.device, at),
        "at": at,
        "by": by,
        "device": options.device,
        "reason": options.reason,
        "until": until,
    }
    try:
        order = msgspec.convert(made, ClockOrder)
    except msgspec.ValidationError as error:
        raise Trouble(f"this is no order: {error}") from None
    if why := order_fault(order):
        raise Trouble(why)
    return order


def _steps(reader: KafkaConsumer, order: ClockOrder, until: float) -> Iterator[dict[str, Any]]:
    """What gateways tell of an order, up to the step after which none comes."""
    wanted = f"{DOMAIN}.{KIND}"
    while time.monotonic() < until:
        for records in reader.poll(500).values():
            for record in records:
                event = msgspec.json.decode(record.value or b"null")
                if isinstance(event, dict) and event.get("type") == wanted and event["data"].get("order") == order.order:
                    yield event["data"]
                    if event["data"]["step"] in ENDS:
                        return
