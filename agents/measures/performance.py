"""What is remembered of alarms to measure how the alarm system does: a fold over audit entries and revisions of alerts.

Only an entry into state B counts as an annunciation: a raise, a re-alarm, or what comes back from aside unseen; not an
acknowledgement, a return to normal, an escalation or a notice. Each alert's entries come in their order; nothing depends on
the order between alerts, nor on whether its revision or its entries come first, so partitions that are read at their own pace
give the same state. What to make of it is said in `agents.measures.kpi`.
"""

from heapq import nlargest
from typing import Any

from msgspec import Struct

from agents.measures.recurrence import put_right
from streams.messages import ASIDE, DAY, Alert, Audit, Department, Order, OrderLine, Severity, State, Text, parse_time
from streams.outputs import BY_TYPE

PERIOD = 30 * DAY
"""How long (ms) what happened is remembered, and measured: ISA-18.2-2016 16.4 asks for at least 30 days."""

MOST = 1_000_000
"""Annunciations remembered at most. With more in 30 days the oldest go, and the period says that it is shorter. A choice."""

STANDING: frozenset[State] = frozenset({"B", "C"})
"""The states in which an alarm is annunciated while its condition is true."""

TRAIL = BY_TYPE[Audit].topic
"""The topic of the trails."""

TYPES: dict[str, Any] = {TRAIL: Audit, BY_TYPE[Alert].topic: Alert, BY_TYPE[Order].topic: Order | OrderLine}
"""What of the outputs of judging is read, by topic: the trails first."""

Read = Audit | Alert | Order | OrderLine
"""A message of these topics."""


class Call(Struct, array_like=True):
    """One annunciation at `at` (ms); `answered`: when it was acknowledged; `aside`: it was put aside before that."""

    at: int
    severity: Severity
    answered: int | None = None
    aside: bool = False


class Stand(Struct, array_like=True):
    """A time from `since` to before `until` (ms, None: it lasts) in which an alarm was annunciated and active.

    `rose`: it began because the condition became true; `fell`: it ended because the condition returned to normal.
    """

    since: int
    rose: bool
    until: int | None = None
    fell: bool = False


class Trail(Struct, array_like=True):
    """What an alert's audit entries up to number `n` at `at` (ms) tell, oldest first.

    `verified`: by occurrence, when (ms) it was verified last and what that came to.
    """

    n: int
    at: int
    calls: list[Call] = []
    stands: list[Stand] = []
    verified: dict[int, tuple[int, str]] = {}


class Facts(Struct, array_like=True):
    """What an alert is, by its revision of this `order` (offset, number of audit entries), changed at `at` (ms)."""

    order: tuple[int, int]
    at: int
    domain: str
    rule: str
    title: Text
    subject: str
    item: str
    adcode: str
    department: Department


class MeasuredOrder(Struct, array_like=True):
    """An order about alerts, by its revision of this `order`, changed at `at` (ms).

    `righted`: when it ended as put right (ms), None where it has not.
    """

    order: tuple[int, int]
    at: int
    righted: int | None
    alerts: list[str]


class Journal(Struct):
    """All of it, by alert, and the orders about alerts.

    `first` and `newest`: times (ms) of the earliest entry and of the newest, or of what was `told`.
    `forgotten`: what was before is not remembered any more.
    """

    trails: dict[str, Trail] = {}
    facts: dict[str, Facts] = {}
    orders: dict[str, MeasuredOrder] = {}
    first: int | None = None
    newest: int | None = None
    forgotten: int = 0


def remember(journal: Journal, message: Read, end: int | None) -> None:
    """Fold a message, but not what happened after `end` (ms). Alert and order are what they are now, whenever that is asked."""
    if end is None or not isinstance(message, Audit) or parse_time(message.at) <= end:
        take(journal, message)


def take(journal: Journal, message: Read) -> None:
    """Fold one audit entry or one revision; a second copy changes nothing. ValueError where its time cannot be read."""
    if isinstance(message, Alert):
        _revised(journal, message)
    elif isinstance(message, Order):
        _ordered(journal, message)
    elif isinstance(message, Audit):
        _entered(journal, message)


def told(journal: Journal, now: int) -> None:
    """The log's time has come to `now` (ms), whether or not anything happened."""
    journal.newest = max(now, journal.newest or 0)


def forget(journal: Journal) -> None:
    """Let go of what is older than the period, but not of what still stands."""
    if journal.newest is None:
        return
    horizon = max(journal.forgotten, journal.newest - PERIOD)
    if sum(len(trail.calls) for trail in journal.trails.values()) > MOST:
        horizon = max(horizon, nlargest(MOST, (call.at for trail in journal.trails.values() for call in trail.calls))[-1])
    journal.forgotten = horizon
    for name, trail in list(journal.trails.items()):
        trail.calls = [call for call in trail.calls if call.at >= horizon]
        trail.stands = [stand for stand in trail.stands if stand.until is None or stand.until >= horizon]
        trail.verified = {n: each for n, each in trail.verified.items() if each[0] >= horizon}
        if trail.at < horizon and not trail.stands:
            del journal.trails[name]
    for name, facts in list(journal.facts.items()):
        if facts.at < horizon and name not in journal.trails:
            del journal.facts[name]
    journal.orders = {name: each for name, each in journal.orders.items() if each.at >= horizon}


def since(journal: Journal) -> int | None:
    """From when on all is remembered (ms), or None before the first entry."""
    return None if journal.first is None else max(journal.first, journal.forgotten)


def _revised(journal: Journal, alert: Alert) -> None:
    order, known = (alert.rev, alert.audit), journal.facts.get(alert.id)
    if known is None or order > known.order:
        journal.facts[alert.id] = Facts(
            order,
            parse_time(alert.changed_at),
            alert.domain,
            alert.rule,
            alert.title,
            alert.subject,
            alert.item,
            alert.adcode,
            alert.department,
        )


def _ordered(journal: Journal, order: Order) -> None:
    revision, known = (order.rev, order.audit), journal.orders.get(order.id)
    if order.alerts and (known is None or revision > known.order):
        righted = parse_time(order.closed_at) if order.closed_at and put_right(order) else None
        about = [each.link.alert for each in order.alerts]
        journal.orders[order.id] = MeasuredOrder(revision, parse_time(order.changed_at), righted, about)


def _entered(journal: Journal, entry: Audit) -> None:
    at = parse_time(entry.at)
    trail = journal.trails.get(entry.alert)
    if trail is None:
        trail = journal.trails[entry.alert] = Trail(0, at)
    if follow(trail, entry, at):
        journal.first = at if journal.first is None else min(at, journal.first)
        told(journal, at)


def follow(trail: Trail, entry: Audit, at: int) -> bool:
    """Take up the next entry of an alert's trail, whose time is `at` (ms); False for a copy, which changes nothing."""
    if entry.n <= trail.n:
        return False
    trail.n, trail.at = entry.n, at
    if entry.event == "acknowledge" and trail.calls:
        trail.calls[-1].answered = at
    if entry.event == "verify" and entry.finding:
        trail.verified[entry.occurrence] = at, entry.finding
    if entry.before == entry.after:
        return True
    if entry.after == "B":
        trail.calls.append(Call(at, entry.severity))
    elif entry.after in ASIDE and trail.calls:
        trail.calls[-1].aside = True
    if entry.after in STANDING and entry.before not in STANDING:
        trail.stands.append(Stand(at, entry.before not in ASIDE))
    elif entry.before in STANDING and entry.after not in STANDING and trail.stands:
        trail.stands[-1].until, trail.stands[-1].fell = at, entry.after not in ASIDE
    return True
