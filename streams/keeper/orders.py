"""What people order at a command line: that texts be forgotten, a hold, its end; each signed with a person's own key."""

import argparse
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from kafka.errors import KafkaError
from msgspec import Raw, convert
from msgspec.json import encode

from streams.clock import newest_tick
from streams.command import Trouble
from streams.kafka import clients
from streams.keeper.acts import FORGETS, TWO, order_of
from streams.keeper.client import KeeperClient
from streams.messages import COMMAND, ORDER, Event, format_time
from streams.messages.orders import OrderAct
from streams.messages.personal import CANCEL, FORGET, HOLD, RELEASE
from streams.settings import Settings
from streams.signing.envelope import claim, envelope_bytes
from streams.signing.kinds import Unverified
from streams.signing.machine.keyfile import Key
from streams.signing.machine.part import pinned
from streams.signing.sign import addressed, cosigned, signed
from streams.topics import topic_name

ORDERS = "events.orders"
"""Where orders are judged, below the log's name."""

MARKED = 10.0
"""Seconds within which Kafka must have the mark of a purged order."""

Work = Callable[[Settings, argparse.Namespace], int]


def socket_path(settings: Settings, log: str) -> Path:
    """Where the keeper of a log answers."""
    return settings.keeper_socket or settings.keeper / log / "socket"


def client_of(settings: Settings, log: str) -> KeeperClient:
    """A client of a log's keeper."""
    return KeeperClient(socket_path(settings, log))


def say(value: object) -> None:
    """Print a line of JSON."""
    sys.stdout.write(encode(value).decode() + "\n")
    sys.stdout.flush()


def forget(settings: Settings, options: argparse.Namespace) -> int:
    """Order that texts be forgotten, or take such an order back."""
    if options.cancel:
        return _order(settings, options, CANCEL, _scope(options), {"forget": options.cancel})
    if not options.basis:
        raise ValueError("--basis: give the code of the law's basis, such as pipl-47")
    more = {"parties": options.party, "basis": options.basis, "notbefore": options.not_before}
    return _order(
        settings, options, FORGET, _scope(options), _scope(options) | {name: each for name, each in more.items() if each}
    )


def hold(settings: Settings, options: argparse.Namespace) -> int:
    """Order a hold, or its end."""
    return _order(settings, options, RELEASE if options.release else HOLD, _scope(options), _scope(options))


def purge(settings: Settings, options: argparse.Namespace) -> int:
    """Order that all texts and originals of an order be forgotten, and write into its trail that they were purged (清除)."""
    logid, at = _opened_log(settings, options.log)
    family = f"{ORDERS}/{options.order}"
    actor = {"id": options.account, "role": "admin"}
    about = {"actor": actor, "family": family, "reason": options.reason, "basis": options.basis}
    _check(FORGET, encode(about))
    said = {"order": options.order, "actor": actor, "reason": f"{options.reason}, {options.basis}"}
    convert(said, OrderAct)
    with Key(options.key) as key, Key(options.second) as second:

        def both(kind: str, subject: str, data: Mapping[str, object], to: str) -> bytes:
            event = _event(kind, subject, data, options.account, at)
            return envelope_bytes(cosigned(signed(addressed(event, logid, to, key.number()), key), second))

        if code := _hand(settings, options.log, both(FORGET, family, about, FORGETS)):
            return code
        marked = both(f"{COMMAND}{ORDER}purge", options.order, said, ORDERS)
    with closing(clients.producer(settings)) as producer:
        try:
            producer.send(topic_name(options.log, ORDERS), marked, options.order.encode()).get(MARKED)
        except KafkaError as error:
            raise Trouble(f"the texts go, but the order is not marked yet: {error}; run the same again") from None
    say({"order": options.order, "marked": claim(marked).envelope.id})
    return 0


def cosign(settings: Settings, options: argparse.Namespace) -> int:
    """Sign an order as the second person, and hand it over."""
    try:
        order = claim(options.order.read_bytes().strip()).envelope
        said = order_of(order.type, bytes(order.data))
    except (OSError, KeyError, Unverified) as error:
        raise Trouble(f"{options.order} holds no order: {error}") from None
    say({"what": "signs", "kind": order.type, "subject": order.subject, "by": said.actor.id, "reason": said.reason})
    with Key(options.key) as key:
        return _hand(settings, options.log, envelope_bytes(cosigned(order, key)))


def _order(
    settings: Settings, options: argparse.Namespace, kind: str, scope: Mapping[str, str], data: Mapping[str, object]
) -> int:
    body = {"actor": {"id": options.account, "role": "admin"}, "reason": options.reason, **data}
    _check(kind, encode(body))
    logid, at = _opened_log(settings, options.log)
    event = _event(kind, next(iter(scope.values())), body, options.account, at)
    with Key(options.key) as key:
        order = signed(addressed(event, logid, FORGETS, key.number()), key)
    if options.second:
        with Key(options.second) as second:
            order = cosigned(order, second)
    elif kind in TWO:
        sys.stdout.write(envelope_bytes(order).decode() + "\n")
        sys.stderr.write(
            "keeper: one more person must sign: `python -m streams keeper cosign FILE --key KEY`, within the hour\n"
        )
        return 0
    return _hand(settings, options.log, envelope_bytes(order))


def _opened_log(settings: Settings, log: str) -> tuple[str, int]:
    """The id of a log, and its newest tick (ms); Trouble where it was never opened."""
    logid = pinned(settings, log)
    if not logid:
        raise Trouble(
            f"log {log!r} was never opened: its texts stand in clear and cannot be taken out; nothing is signed for it"
        )
    at = newest_tick(settings, log)
    if at is None:
        raise Trouble(f"log {log!r} has no tick yet: an order is signed for a log and its time")
    return logid, at


def _event(kind: str, subject: str, data: Mapping[str, object], account: str, at: int) -> Event:
    return Event(
        specversion="1.0",
        id=secrets.token_hex(16),
        source=f"keeper/{account}",
        type=kind,
        subject=subject,
        time=format_time(at),
        data=Raw(encode(data)),
    )


def _hand(settings: Settings, log: str, order: bytes) -> int:
    state = client_of(settings, log).order(order.decode())
    say({"order": claim(order).envelope.id, "state": state})
    return 1 if state == "refused" else 0


def arguments(command: Callable[[str, Work], argparse.ArgumentParser]) -> None:
    """Declare the commands of orders."""
    parser = _ordering(command("forget", forget))
    parser.add_argument("--party", action="append", help="of the scope this party's texts alone; may be repeated")
    parser.add_argument("--basis", help="code of the law's basis: pipl-47")
    parser.add_argument("--not-before", default="", metavar="TIME", help="RFC 3339; grace runs from then")
    parser.add_argument("--cancel", metavar="ID", help="take back the order of this id instead; one person may")
    parser = _ordering(command("hold", hold))
    parser.add_argument("--release", action="store_true", help="end the hold instead; needs two persons")
    parser = command("purge", purge)
    parser.add_argument("order", metavar="ORDER", help="the id of an order (工单)")
    parser.add_argument("--reason", required=True, help="a code: state-secret (waits for nothing), erasure-request")
    parser.add_argument("--basis", required=True, help="code of the law's basis: secrets-31, pipl-47")
    parser.add_argument("--as", dest="account", required=True, help="the account of the person who orders it, an admin")
    parser.add_argument("--key", type=Path, required=True, help="that person's key file")
    parser.add_argument("--second", type=Path, required=True, help="the key file of a second person, who is here")
    parser = command("cosign", cosign)
    parser.add_argument("order", type=Path, help="the file with the half-signed order")
    parser.add_argument("--key", type=Path, required=True, help="the second person's key file")


def _ordering(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """What every order needs."""
    scope = parser.add_mutually_exclusive_group(required=True)
    scope.add_argument("--family", help="whose texts: events.environment/站-001")
    scope.add_argument("--person", help="or a pseudonym, 32 hex digits")
    parser.add_argument("--reason", required=True, help="a code, never a text: erasure-request")
    parser.add_argument("--as", dest="account", required=True, help="the account of the person who orders it")
    parser.add_argument("--key", type=Path, required=True, help="that person's key file")
    parser.add_argument("--second", type=Path, help="the key file of a second person who is here")
    return parser


def _scope(options: argparse.Namespace) -> dict[str, str]:
    return {"family": options.family} if options.family else {"person": options.person}


def _check(kind: str, data: bytes) -> None:
    try:
        order_of(kind, data)
    except Unverified as error:
        raise ValueError(
            f"{error.message}: reason and basis are codes such as erasure-request, a pseudonym is 32 digits"
        ) from None
