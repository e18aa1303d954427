"""Orders as tables: the whole, receivers' lines, clocks, entries of trails. Words of persons and who they are stay out.

An order that rests on a report (举报), or follows from one, is in none of them: a file goes from hand to hand, and whoever is
reported sees nothing of it (信访工作条例 30).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from msgspec import UNSET, Struct

from agents.jobs.order_rows import body_name
from agents.jobs.tables import Columns, ReleasedTables
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from agents.offline.standing import StandingOrder, gathered
from streams.kafka import clients
from streams.messages import Order, OrderAudit, OrderLine, Text
from streams.messages.outputs.order import OrderClock, Stamp
from streams.orders.kinds import kinds
from streams.orders.reports import follows_from
from streams.orders.texts import is_report
from streams.orders.words import states
from streams.release.sheet import Alias, Sheet, Treatment
from streams.settings import Settings
from streams.topics import topic_name

MOST = 50_000
"""How many orders an export holds at most; a choice: what fits into memory and into a spreadsheet."""

EVERY = 1_000
"""Records after which the work says how far it is."""

_TEXT, _BOOL, _INT, _FLOAT = pa.string(), pa.bool_(), pa.int64(), pa.float64()

ORDERS: Columns = {
    **dict.fromkeys(("id", "log", "number", "kind", "kind_zh", "kind_en", "state", "state_zh", "state_en"), _TEXT),
    "round": _INT,
    "paper": _TEXT,
    "urgent": _BOOL,
    **dict.fromkeys(("title_zh", "title_en", "issuer", "issuer_zh", "issuer_en", "verifier", "supervising"), _TEXT),
    **dict.fromkeys(("main", "main_zh", "main_en"), _TEXT),
    "lines": _INT,
    "adcode": _TEXT,
    "lon": _FLOAT,
    "lat": _FLOAT,
    **dict.fromkeys(("alerts", "incident", "parent", "matter", "verdict", "outcome"), _TEXT),
    **dict.fromkeys(("lawful", "ended", "voided", "overdue", "late"), _BOOL),
    "satisfaction": _INT,
    "solved": _BOOL,
    **dict.fromkeys(("opened_at", "changed_at", "proposed_at", "closed_at", "archived_at"), _TEXT),
}
"""Times are RFC 3339, +08:00. `late`: a clock of it or of its main receiver was ever over; `overdue`: one is, and runs."""

LINES: Columns = {
    **dict.fromkeys(("order", "number", "line", "under", "part", "unit", "unit_zh", "unit_en", "from_unit", "state"), _TEXT),
    **dict.fromkeys(("sent_at", "delivered_at", "read_at", "signed_at", "called_at", "replied_at", "outcome"), _TEXT),
    **dict.fromkeys(("contacts", "urged", "reworked"), _INT),
    **dict.fromkeys(("return", "extension", "objection"), _TEXT),
    "designated": _BOOL,
    "moved_to": _TEXT,
}
"""`return`, `extension`, `objection`: what was decided of each, `asked` while it waits, empty where there was none."""

CLOCKS: Columns = {
    **dict.fromkeys(("order", "number", "line", "unit", "clock", "limit", "start", "first_due", "due", "met"), _TEXT),
    **dict.fromkeys(("late", "warned", "dropped", "provisional"), _BOOL),
    "pauses": _INT,
    **dict.fromkeys(("mark", "place", "source_zh", "source_en"), _TEXT),
}
"""`line` is empty for a clock of the order as a whole."""

ENTRIES: Columns = {
    "order": _TEXT,
    "number": _TEXT,
    "n": _INT,
    **dict.fromkeys(("at", "event", "verb", "line", "before", "after", "role", "unit", "hash"), _TEXT),
}
"""`role` and `unit` of who acted; empty where time or an alert did."""


How = Treatment | Alias


def _left(columns: Columns, *groups: tuple[How, tuple[str, ...]]) -> dict[str, How]:
    """How columns leave, those that no group names as they are."""
    found: dict[str, How] = dict.fromkeys(columns, "whole")
    for how, names in groups:
        found |= dict.fromkeys(names, how)
    return found


_ORDER, _NUMBER = Alias("order"), Alias("number")

SHEETS: dict[str, Sheet] = {
    "orders": Sheet(
        _left(
            ORDERS,
            (_ORDER, ("id", "parent")),
            (_NUMBER, ("number",)),
            (Alias("alert"), ("alerts",)),
            (Alias("incident"), ("incident",)),
            (Alias("matter"), ("matter",)),
            ("district", ("adcode",)),
            ("area", ("lon", "lat")),
            ("out", ("title_zh", "title_en")),
            ("hour", ("opened_at", "changed_at", "proposed_at", "closed_at", "archived_at")),
        ),
        holds=("output.orders",),
        cell=("adcode", "kind"),
        place=("adcode", "lon", "lat"),
    ),
    "order-lines": Sheet(
        _left(
            LINES,
            (_ORDER, ("order",)),
            (_NUMBER, ("number",)),
            ("hour", tuple(name for name in LINES if name.endswith("_at"))),
        ),
        holds=("output.orders.line",),
    ),
    "order-clocks": Sheet(
        _left(CLOCKS, (_ORDER, ("order",)), (_NUMBER, ("number",)), ("hour", ("start", "first_due", "due", "met"))),
        holds=("output.orders", "output.orders.line"),
    ),
    "order-entries": Sheet(
        _left(ENTRIES, (_ORDER, ("order",)), (_NUMBER, ("number",)), ("hour", ("at",)), ("out", ("hash",))),
        holds=("output.order-audit",),
    ),
}
"""How the tables leave the system. A title is people's text; the hash of an entry would lead back to the trail."""


class OrderCounts(Struct, frozen=True):
    """How many rows the tables have, and how many orders were left out as reports."""

    orders: int
    lines: int
    clocks: int
    entries: int
    reports: int


def write_tables(work: Work, wanted: Callable[[Order], bool], done: float, tables: ReleasedTables) -> OrderCounts:
    """Put the orders that are wanted into tables; RefusedError where there are too many.

    `done`: how much of the whole work is done by then.
    """
    known, reports = _orders(work, wanted, done)
    lines = (each for each in _of_topic(work, "orders", OrderLine, done) if each.order in known)
    found = gathered([*known.values(), *{each.id: each for each in lines}.values()])
    made = {"orders": ORDERS, "order-lines": LINES, "order-clocks": CLOCKS, "order-entries": ENTRIES}
    orders, own, clocks, entries = (tables.table(name, columns, SHEETS[name]) for name, columns in made.items())
    for each in found.values():
        orders.take(order_columns(each))
        for line in each.lines:
            own.take(line_columns(line, each.order))
        for row in clock_columns(each):
            clocks.take(row)
    for entry in entries_of(_of_topic(work, "order-audit", OrderAudit, done), found):
        entries.take(entry_columns(entry, found[entry.order].order))
    return OrderCounts(orders.count, own.count, clocks.count, entries.count, reports)


def _orders(work: Work, wanted: Callable[[Order], bool], done: float) -> tuple[dict[str, Order], int]:
    """The newest revisions of those that are wanted, and how many of these rest on a report, or follow from one."""
    found, reports, above = dict[str, Order](), set[str](), dict[str, str]()
    for order in _of_topic(work, "orders", Order, done):
        above[order.id] = order.parent
        if is_report(order.traits):
            reports.add(order.id)
        if wanted(order):
            found[order.id] = order
        if len(found) > MOST:
            raise RefusedError(
                f"时段内的工单超过 {MOST:,} 件，请缩短时段或减少区县",
                f"the period has more than {MOST:,} orders: choose a shorter one, or fewer districts",
            )
    told = {name: order for name, order in found.items() if not follows_from(name, reports, above)}
    return told, len(found) - len(told)


def _of_topic(work: Work, topic: str, kind: type[Any], done: float) -> Iterator[Any]:
    for number, each in enumerate(of_orders(work.settings, work.log, topic)):
        if number % EVERY == 0:
            work.tell(done)
        if isinstance(each, kind):
            yield each


def of_orders(settings: Settings, log: str, topic: str) -> Iterator[Order | OrderLine | OrderAudit]:
    """What a topic of orders (`orders`, `order-audit`) holds, in order within each thing; what is none is passed over."""
    form: Any = OrderAudit if topic == "order-audit" else Order | OrderLine
    with clients.consumer(settings) as reader:
        name = topic_name(log, topic)
        for record in clients.stream(reader, name, {}, clients.end_offsets(reader, name)):
            if found := clients.read(record, form, "jobs"):
                yield found


def entries_of(trail: Iterable[OrderAudit], known: Iterable[str]) -> Iterator[OrderAudit]:
    """The entries of known orders, each once: a worker that was killed may have written copies."""
    newest = dict.fromkeys(known, 0)
    for entry in trail:
        if entry.n > newest.get(entry.order, entry.n):
            newest[entry.order] = entry.n
            yield entry


def order_columns(of: StandingOrder) -> dict[str, Any]:
    """The row of an order; without its title where its texts were purged."""
    order, kind = of.order, kinds().get(of.order.kind)
    main = next((line for line in of.lines if line.n == order.main), None)
    clocks = (*order.clocks, *(main.clocks if main else ()))
    return {
        "id": order.id,
        "log": order.log,
        "number": order.number,
        "kind": order.kind,
        **both("kind", kind.title if kind else Text(order.kind, order.kind)),
        "state": order.state,
        **both("state", states(kind).get(order.state, Text(order.state, order.state))),
        "round": order.round,
        "paper": order.paper,
        "urgent": order.urgent,
        **both("title", Text("", "") if order.purged else order.title),
        "issuer": order.issuer,
        **both("issuer", body_name(order.issuer)),
        "verifier": order.verifier,
        "supervising": order.supervising,
        "main": main.unit if main else "",
        **both("main", body_name(main.unit) if main else Text("", "")),
        "lines": order.lines,
        "adcode": order.adcode,
        "lon": order.lon,
        "lat": order.lat,
        "alerts": " ".join(each.link.alert for each in order.alerts),
        "incident": order.incident,
        "parent": order.parent,
        "matter": order.matter,
        "verdict": order.verdict,
        "outcome": order.outcome,
        "lawful": order.lawful,
        "ended": order.ended,
        "voided": order.voided,
        "overdue": not order.ended and any(clock.runs and clock.late for clock in clocks),
        "late": any(clock.late for clock in clocks),
        "satisfaction": order.satisfaction,
        "solved": None if order.solved is UNSET else order.solved,
        "opened_at": order.opened_at,
        "changed_at": order.changed_at,
        "proposed_at": order.proposed,
        "closed_at": order.closed_at,
        "archived_at": order.archived_at,
    }


def line_columns(line: OrderLine, order: Order) -> dict[str, Any]:
    """The row of a receiver's line."""
    asked = {"return": line.returns, "extension": line.extension, "objection": line.objection}
    return {
        "order": line.order,
        "number": order.number,
        "line": line.n,
        "under": line.under,
        "part": line.part,
        "unit": line.unit,
        **both("unit", body_name(line.unit)),
        "from_unit": line.from_unit,
        "state": line.state,
        "sent_at": line.sent,
        "delivered_at": _at(line.delivered),
        "read_at": _at(line.read),
        "signed_at": _at(line.signed),
        "called_at": _at(line.called),
        "replied_at": _at(line.reply),
        "outcome": line.outcome,
        "contacts": line.contacts,
        "urged": line.urged,
        "reworked": line.reworked,
        **{name: (each.decision or "asked") if each else "" for name, each in asked.items()},
        "designated": line.designated,
        "moved_to": line.moved_to,
    }


def clock_columns(of: StandingOrder) -> Iterator[dict[str, Any]]:
    """The rows of an order's clocks, then of those of its lines."""
    everyone: list[tuple[str, str, tuple[OrderClock, ...]]] = [("", "", of.order.clocks)]
    everyone += [(line.n, line.unit, line.clocks) for line in of.lines]
    for n, unit, clocks in everyone:
        for clock in clocks:
            yield {
                "order": of.order.id,
                "number": of.order.number,
                "line": n,
                "unit": unit,
                "clock": clock.name,
                "limit": clock.limit,
                "start": clock.start,
                "first_due": clock.first_due,
                "due": clock.due,
                "met": clock.met,
                "late": clock.late,
                "warned": clock.warned,
                "dropped": clock.dropped,
                "provisional": clock.provisional,
                "pauses": len(clock.pauses),
                "mark": clock.mark,
                "place": clock.place,
                **both("source", clock.source),
            }


def entry_columns(entry: OrderAudit, order: Order) -> dict[str, Any]:
    """The row of an entry of a trail: what was done and by whom in office, without a person's words."""
    return {
        "order": entry.order,
        "number": order.number,
        "n": entry.n,
        "at": entry.at,
        "event": entry.event,
        "verb": entry.verb,
        "line": entry.line,
        "before": entry.before,
        "after": entry.after,
        "role": entry.actor.role if entry.actor else "",
        "unit": entry.actor.department if entry.actor else "",
        "hash": entry.hash,
    }


def both(name: str, text: Text) -> dict[str, str]:
    """Two columns of a text, one of each language."""
    return {f"{name}_zh": text.zh, f"{name}_en": text.en}


def _at(stamp: Stamp | None) -> str | None:
    return stamp.at if stamp else None
