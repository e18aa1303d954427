"""What the lists show of an order, and of a unit's own line: where it stands, and the clock that presses most. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from screen.i18n.texts import unit_name
from screen.orders.list import FAR, GROUPS, Group, OrderRow
from streams.messages import Actor, Alert, Order, OrderLine, parse_time
from streams.messages.outputs.order import Application, OrderClock, Stamp

Lines = Mapping[str, OrderLine]
"""The lines of an order by number."""

SEND_BACK = "send-back"
"""The act that a state allows where an answer waits to be looked at (核查, 回访, 办结)."""


def pressing(clocks: Iterable[OrderClock]) -> OrderClock | None:
    """Of the clocks that run the one that ends first, or None."""
    return min((clock for clock in clocks if clock.runs), key=lambda clock: parse_time(clock.due), default=None)


def order_row(order: Order, lines: Lines) -> OrderRow | None:
    """The row of an order; None of one that is put away."""
    if order.archived_at is not None:
        return None
    main = lines.get(order.main)
    clocks = main_clocks(order, main)
    clock = pressing(clocks)
    due = parse_time(clock.due) if clock else FAR
    at = parse_time(order.closed_at) if order.closed_at else 0
    return OrderRow(
        key=(GROUPS.index(_group(order, lines, clocks)), FAR - at if order.ended else due, order.id),
        facets=(order.kind, main.unit if main else "", order.adcode),
        text=_text(order, lines),
        units=units_of(order, lines),
        people=frozenset(_people(order, lines)),
    )


def line_row(line: OrderLine, order: Order) -> OrderRow | None:
    """The row of a receiver's line, for its unit's own people; None where nothing is expected of them now."""
    group = _line_group(line)
    if group is None or order.ended:
        return None
    clock = pressing(line.clocks)
    return OrderRow(
        key=(GROUPS.index(group), parse_time(clock.due) if clock else FAR, line.id),
        facets=(order.kind, line.unit, order.adcode),
        text=_text(order, {line.n: line}),
        units=frozenset({line.unit}),
        people=frozenset(_stamped(line)),
    )


def main_clocks(order: Order, main: OrderLine | None) -> tuple[OrderClock, ...]:
    """The clocks by which the whole is measured: its own, and those of who answers for it. A late helper locks nothing."""
    return (*order.clocks, *(main.clocks if main and main.open else ()))


def units_of(order: Order, lines: Lines) -> frozenset[str]:
    """The bodies that an order concerns."""
    of_lines = (unit for line in lines.values() for unit in (line.unit, line.from_unit))
    return frozenset({order.issuer, order.verifier, order.supervising, *of_lines} - {""})


def told_order(order: Order, lines: Lines, alert: Alert | None) -> dict[str, Any]:
    """What a row shows of an order; `alert`: the first that it is about, where that stands."""
    main = lines.get(order.main)
    return {
        "id": order.id,
        "line": "",
        "audit": order.audit,
        "number": order.number,
        "title": order.title,
        "kind": order.kind,
        "state": order.state,
        "urgent": order.urgent,
        "traits": order.traits,
        "unit": unit_name(main.unit) if main else None,
        "others": max(len(lines) - 1, 0),
        "adcode": order.adcode,
        "alert": _marked(alert),
        "clock": pressing(main_clocks(order, main)),
        "over": _overlay(order, lines),
        "new": bool(main and main.read is None and main.state == "sent"),
        "undelivered": [[line.n, line.unit] for line in lines.values() if line.delivered is None and "deliver" in line.verbs],
        "signs": [[line.n, line.unit, line.audit] for line in lines.values() if "sign" in line.verbs],
    }


def told_line(line: OrderLine, order: Order, alert: Alert | None) -> dict[str, Any]:
    """The same of a unit's own line."""
    return told_order(order, {line.n: line}, alert) | {
        "line": line.n,
        "audit": line.audit,
        "unit": unit_name(line.unit),
        "part": line.part,
        "state": line.state,
        "clock": pressing(line.clocks),
        "new": line.read is None,
    }


def _group(order: Order, lines: Lines, clocks: Iterable[OrderClock]) -> Group:
    if order.ended:
        return "ended"
    main = lines.get(order.main)
    running = [clock for clock in clocks if clock.runs]
    tests: tuple[tuple[bool, Group], ...] = (
        (any(_waits(line.returns) for line in lines.values()), "return"),
        (any(clock.late for clock in running), "late"),
        (any(clock.warned for clock in running), "soon"),
        (SEND_BACK in order.verbs, "check"),
        (main is not None and main.state == "sent", "sign"),
    )
    return next((group for found, group in tests if found), "open")


def _line_group(line: OrderLine) -> Group | None:
    running = [clock for clock in line.clocks if clock.runs]
    pressed = any(clock.late or clock.warned for clock in running)
    if line.state == "told":
        return "open" if line.read is None else None
    if line.state == "signed" and line.reworked:
        return "back"
    if line.state in {"sent", "signed", "moved"} and pressed:
        return "soon"
    groups: dict[str, Group] = {"sent": "sign", "signed": "open", "review": "review"}
    return groups.get(line.state)


def _waits(application: Application | None) -> bool:
    return application is not None and application.open


def _overlay(order: Order, lines: Lines) -> str:
    """What lies over the state, in a word of `order_over`; the first that holds."""
    of = lines.values()
    conferred = any(line.returns and line.returns.decision == "conferred" for line in of)
    tests = (
        (conferred, "conferred"),
        (any(_waits(line.returns) for line in of), "return"),
        (any(_waits(line.extension) for line in of), "extension"),
        (any(_waits(line.objection) for line in of) or any(each.open for each in order.applications), "objection"),
        (order.proposed is not None and not order.ended, "proposed"),
        (
            any(clock.late and clock.runs for line in of if line.open and line.n != order.main for clock in line.clocks),
            "late_line",
        ),
        (any(linked.ready for linked in order.alerts), "ready"),
        (any(line.extension and line.extension.decision == "granted" for line in of), "extended"),
        (any(line.urged for line in of), "urged"),
        (order.round > 1, "round"),
    )
    return next((word for found, word in tests if found), "")


def _marked(alert: Alert | None) -> dict[str, Any] | None:
    return {"severity": alert.severity, "state": alert.state, "phase": alert.phase} if alert else None


def _text(order: Order, lines: Lines) -> str:
    names = [unit_name(line.unit) for line in lines.values()]
    words = (
        order.number,
        order.title.zh,
        order.title.en,
        order.matter,
        order.id,
        *(paper.number for paper in order.papers),
        *(paper.number for paper in order.instruments),
        *(linked.link.subject for linked in order.alerts),
        *(word for name in names for word in (name.zh, name.en)),
    )
    return "\n".join(words).lower()


def _people(order: Order, lines: Lines) -> Iterable[str]:
    if order.actor:
        yield order.actor.id
    for line in lines.values():
        yield from _stamped(line)


def _stamped(line: OrderLine) -> Iterable[str]:
    asked = (each.asked for each in (line.returns, line.extension, line.objection) if each)
    stamps: tuple[Stamp | None, ...] = (line.signed, line.contacted, line.draft, line.reply, *asked)
    actors: Iterable[Actor | None] = (stamp.actor for stamp in stamps if stamp)
    return (actor.id for actor in actors if actor)
