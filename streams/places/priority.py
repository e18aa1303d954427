"""本平台预判: in which order one might look after enterprises, from what stands in the log, as `priority.toml` weighs it. Pure.

It is no credit rating and no class of anybody's: a class is imported, and no part of this. Only what stands counts: what was
put right, ended, was revoked or found untrue counts nothing, and what still stands counts nothing after so many years
(信用修复管理办法, 令107). It is looked at; nothing is hidden, ordered, stopped or sent by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct

from streams import places
from streams.calendar.periods import months_after
from streams.messages import Alert, Order, Severity, Text, parse_time

FILE = "priority.toml"

TO_BE_PUT_RIGHT = frozenset({"rectification", "special-equipment"})
"""The kinds of instruments that demand something of an enterprise by a day."""

Counted = Literal["alert", "instrument", "inspection"]


class PrioritySpec(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part: what is counted, of alerts those of a severity, and how many points each gives."""

    title: Text
    of: Counted
    severity: Severity | Literal[""] = ""
    points: Annotated[int, Meta(ge=1, le=1_000)]


class PriorityBook(Struct, frozen=True, forbid_unknown_fields=True):
    """`priority.toml`: the parts in their order, and after how many years what stands counts nothing."""

    years: Annotated[int, Meta(ge=1, le=3)]
    part: dict[str, PrioritySpec]


class PriorityPart(Struct, frozen=True):
    """What a part comes to: `cases` are the alerts, or the orders, that count in it, by id."""

    name: str
    title: Text
    each: int
    points: int
    cases: tuple[str, ...]


class Priority(Struct, frozen=True):
    """The 本平台预判 of an enterprise: the sum, and every part with anything in it. `years`: what is older is forgotten."""

    points: int
    parts: tuple[PriorityPart, ...]
    years: int


def priority_book(code: str | None = None, root: Path = places.ROOT) -> PriorityBook:
    """The parts as the place has them (default: here), else those of this system; ValueError says what is wrong."""
    own = places.files(places.here() if code is None else code, FILE, root)
    return places.read(own[-1] if own else root / FILE, PriorityBook)


def priority(book: PriorityBook, alerts: Iterable[Alert], orders: Iterable[Order], now: int) -> Priority:
    """What the alerts of an enterprise and the orders about it come to at a time (ms)."""
    since = months_after(now, -12 * book.years)
    found: Mapping[Counted, dict[str, str]] = {"alert": {}, "instrument": {}, "inspection": {}}
    for alert in alerts:
        if _stands(alert) and parse_time(alert.opened_at) >= since:
            found["alert"][alert.id] = alert.severity
    for order in orders:
        for what in _of_order(order, since, now):
            found[what][order.id] = ""
    parts = tuple(made for name, spec in book.part.items() if (made := _part(name, spec, found[spec.of])).cases)
    return Priority(sum(each.points for each in parts), parts, book.years)


def _part(name: str, spec: PrioritySpec, found: Mapping[str, str]) -> PriorityPart:
    cases = tuple(sorted(case for case, severity in found.items() if severity == spec.severity))
    return PriorityPart(name, spec.title, spec.points, spec.points * len(cases), cases)


def _stands(alert: Alert) -> bool:
    """Whether its condition is true still, and nobody has found that it is not."""
    untrue = alert.verified is not UNSET and alert.verified.finding == "false-alarm"
    return alert.active and not alert.ended and not untrue


def _of_order(order: Order, since: int, now: int) -> Iterator[Counted]:
    """What of an order stands against the enterprise: nothing once it has ended, was voided, or was found to be put right."""
    if order.ended or order.voided or order.finding == "passed":
        return
    due = [
        parse_time(each.limit_at)
        for each in order.instruments
        if each.kind in TO_BE_PUT_RIGHT and not each.end and each.limit_at and parse_time(each.served_at) >= since
    ]
    if any(at < now for at in due):
        yield "instrument"
    if order.finding == "failed" and order.inspected is not None and parse_time(order.inspected.at) >= since:
        yield "inspection"
