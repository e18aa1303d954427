"""What is remembered of one order: the order, its lines, its trail's end, and the acts that were done to it.

The core's word for an order with its receivers' lines and sub-orders, which stand in one partition and fold together.
"""

from hashlib import blake2s
from string import hexdigits
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import force_setattr, replace

from agents.core.trail import OpenedLog, hashed
from streams.messages import GENESIS, Actor, Place, Words, format_time
from streams.messages.orders import Receiver
from streams.messages.outputs.order import Order, OrderAudit, OrderLine, Stamp
from streams.outputs import Output

_ID_BYTES = 16

KEPT_ACTS = 64
"""How many commands an order remembers, to know a second copy."""


class OrderCause(Struct, frozen=True):
    """The record that causes what happens: where it stands, the partition's time (ms, and RFC 3339 as `time`).

    `log`: that log, where it was opened; `kid`: the key that signed the record.
    """

    place: Place
    at: int
    log: OpenedLog | None = None
    kid: str = ""
    time: str = ""

    def __post_init__(self) -> None:
        """The time is written once, however many things happen then."""
        force_setattr(self, "time", format_time(self.at))


class Head(Struct):
    """An order and the end of its trail. `names`: of its lines; `moved`: the entry that changed its state last.

    `acts`: the newest commands, those that were signed with the digits of their content. `waiting`: the receivers of an order
    that is not sent yet, `limit`: its own; `papers`: how many were recorded when it was sent.
    """

    order: Order
    names: list[str] = []
    n: int = 0
    hash: str = GENESIS
    moved: int = 0
    acts: list[str] = []
    waiting: tuple[Receiver, ...] = ()
    limit: str = ""
    papers: int = 0


class HeldLine(Struct):
    """A line, and the entry that changed its state last."""

    line: OrderLine
    moved: int = 0


def order_id(*facts: str) -> str:
    """BLAKE2s-128 (hex) of the facts that make an order this one."""
    return blake2s("/".join(facts).encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES).hexdigest()


def is_order_id(text: str) -> bool:
    """Whether a text may be the id of an order.

    >>> is_order_id("0" * 32), is_order_id("GD-20260306-00001")
    (True, False)
    """
    return len(text) == 2 * _ID_BYTES and all(each in hexdigits.lower() for each in text)


def line_id(order: str, n: str) -> str:
    """The id of a line."""
    return f"{order}/{n}"


class OrderEntry(Struct, kw_only=True):
    """What an entry of the trail says beside what it makes."""

    event: str
    verb: str = ""
    actor: Actor | None = None
    behalf: str = ""
    reason: str = ""
    words: Words = ""
    told: dict[str, str] = {}


def entered(head: Head, says: OrderEntry, before: str, cause: OrderCause, order: Order, out: list[Output]) -> None:
    """The order as it is now with its entry, both told."""
    changed = replace(order, rev=cause.place.offset, place=cause.place, changed_at=cause.time)
    entry = _entry(head, says, "", before, order.state, cause, changed)
    head.order = replace(changed, audit=entry.n, head=entry.hash)
    if before != order.state:
        head.moved = entry.n
    out += (head.order, entry)


def entered_line(head: Head, held: HeldLine, says: OrderEntry, before: str, cause: OrderCause, out: list[Output]) -> None:
    """A line as it is now with its entry, both told."""
    changed = replace(held.line, rev=cause.place.offset, place=cause.place, changed_at=cause.time)
    entry = _entry(head, says, held.line.n, before, held.line.state, cause, changed)
    held.line = replace(changed, audit=entry.n, head=entry.hash)
    if before != held.line.state:
        held.moved = entry.n
    out += (held.line, entry)


def stamp(cause: OrderCause, says: OrderEntry, *, who: Words = "", when: str = "") -> Stamp:
    """That it was done, as an order or a line keeps it."""
    return Stamp(
        at=cause.time,
        actor=says.actor,
        words=says.words,
        who=who,
        when=when,
        behalf=says.behalf,
        kid=cause.kid or UNSET,
    )


def _entry(head: Head, says: OrderEntry, line: str, before: str, after: str, cause: OrderCause, revision: Any) -> OrderAudit:
    entry = OrderAudit(
        order=head.order.id,
        n=head.n + 1,
        rev=cause.place.offset,
        at=cause.time,
        event=says.event,
        verb=says.verb,
        line=line,
        before=before,
        after=after,
        actor=says.actor,
        behalf=says.behalf,
        reason=says.reason,
        told=says.told,
        place=cause.place,
        words=says.words or UNSET,
        prev=head.hash,
        hash="",
    )
    made = hashed(entry, cause.log, revision, cause.kid)
    head.n, head.hash = made.n, made.hash
    return made
