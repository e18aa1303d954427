"""An order to set one device's clock: its name, whether it may be carried out, and what is told of it. Pure."""

from hashlib import blake2s
from typing import Literal

from msgspec import Struct

from streams.catalogue import domains
from streams.gateways.hj212.decode import DOMAIN
from streams.gateways.hj212.register import Device
from streams.messages import DAY, DEVICE_RIGHTS, HOUR, MINUTE, Actor, encode, event_bytes, format_time, parse_time
from streams.messages.services.devices import ClockOrder
from streams.places import answering

RIGHT = "device-clock"
"""What it is called in the table of rights."""

KIND = "clock_setting"
"""The kind of fact by which each step is told."""

LONGEST = DAY
"""How long an order may count at most (ms). 本系统默认 (a default of this system)."""

AHEAD = 5 * MINUTE
"""How far ahead of the gateway's clock an order may have been given (ms): the bound of a fact (DQ-10; a default)."""

Step = Literal["ordered", "refused", "lapsed", "setting", "set", "failed", "unanswered", "interrupted"]
"""As of the fact."""

ENDS = frozenset({"refused", "lapsed", "set", "failed", "unanswered", "interrupted"})
"""The steps after which no other comes."""


class ClockTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a fact has beside the order: the fields of the kind of these names."""

    request: str = ""
    qn: str = ""
    ready: str = ""
    executed: str = ""
    before: dict[str, str] | None = None
    after: dict[str, str] | None = None
    why: str = ""


def order_id(by: Actor, device: str, at: str) -> str:
    """BLAKE2s-128 (hex) of person, device and moment."""
    return blake2s(encode(["device-clock", by.id, device, at]), digest_size=16).hexdigest()


def order_fault(order: ClockOrder) -> str:
    """What is wrong with an order as it stands, or an empty text."""
    at, until = parse_time(order.at), parse_time(order.until)
    competent = answering(domains()[DOMAIN].owner)
    wrong = {
        f"the role {order.by.role} may not order it: {', '.join(sorted(DEVICE_RIGHTS[RIGHT]))} may": (
            order.by.role not in DEVICE_RIGHTS[RIGHT]
        ),
        f"{order.by.department or 'no department'} is not the competent office, {competent}": (
            answering(order.by.department) != competent
        ),
        "it gives no reason": not order.reason.strip(),
        f"it counts until {order.until}: at most {LONGEST // HOUR} hours from {order.at} on": (not at < until <= at + LONGEST),
    }
    return next((message for message, is_wrong in wrong.items() if is_wrong), "")


def refusal(order: ClockOrder, device: Device, now: int) -> str:
    """Why the gateway of a device does not carry out an order at a moment (ms), or an empty text."""
    if not device.set_clock:
        return "the register does not let this device's clock be set: set_clock = true, where that is right"
    if parse_time(order.at) > now + AHEAD:
        return f"it was given at {order.at}, ahead of the gateway's clock"
    return order_fault(order)


def fact(order: ClockOrder, step: Step, subject: str, now: int, told: ClockTold) -> bytes:
    """The event of a step; the same step of an order has one id."""
    of = {
        "order": order.order,
        "step": step,
        "account": order.by.id,
        "role": order.by.role,
        "department": order.by.department,
        "reason": order.reason,
        "until": order.until,
    }
    return event_bytes(
        type=f"{DOMAIN}.{KIND}",
        source=f"hj212:{order.device}",
        id=f"clock/{order.order}/{step}",
        time=format_time(now),
        subject=subject,
        data=of | {name: getattr(told, name) for name in told.__struct_fields__ if getattr(told, name)},
    )
