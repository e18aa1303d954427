"""What a report says of orders: those in hand, late, unsigned, longest open, sent back and forth, supervised. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from agents.reports.facts import PeriodFacts, rests_on_report
from agents.reports.papers.alerts import MOST, age_titles, bucket
from agents.reports.papers.paper import KeyFigure, PaperColumn, PaperTable, Section
from agents.reports.papers.telling import Teller
from streams.messages import Order, OrderLine, parse_time
from streams.orders.funnel import reached

RETURNED = 2
"""Receivers who gave an order back, from which on it is told as one of unclear duty; 本系统默认."""

MOST_SUPERVISED = 40
"""How many supervised orders a report lists, the oldest first; 本系统默认."""

HANDLE = ("handle", "answer", "procedure")
"""The clocks by which an order is near its end: the answer's, not the signature's."""


class _InHand(NamedTuple):
    """An order in hand: its main line, how far it has come (0: not signed), and whether any of its clocks is late."""

    order: Order
    main: OrderLine | None
    stage: int
    late: bool


def order_figures(facts: PeriodFacts, tell: Teller) -> tuple[KeyFigure, ...]:
    """今日新增, 在办, 临期, 超期, 未签收 (the leader's page)."""
    orders, held = _orders(facts), _in_hand(facts)
    new = sum(facts.within(parse_time(each.opened_at)) for each in orders)
    ended = sum(each.closed_at is not None and facts.within(parse_time(each.closed_at)) for each in orders)
    late = sum(each.late for each in held)
    near = sum(not each.late and _is_near(each) for each in held)
    unsigned = sum(each.stage == 0 for each in held)
    return (
        KeyFigure(tell.of("新增工单", "New orders"), f"{new:,}", tell.of(f"本期办结 {ended:,}", f"ended: {ended:,}")),
        KeyFigure(tell.of("在办", "In hand"), f"{len(held):,}", tell.of("期末", "at the end")),
        KeyFigure(tell.of("临期", "Near its end"), f"{near:,}", tell.of("已提醒，未超期", "reminded, not late")),
        KeyFigure(tell.of("超期", "Late"), f"{late:,}", tell.of("在办当中的", "of those in hand")),
        KeyFigure(tell.of("未签收", "Unsigned"), f"{unsigned:,}", tell.of("在办当中的", "of those in hand")),
    )


def order_section(facts: PeriodFacts, tell: Teller) -> Section:
    """Orders by kind and age; the oldest; those given back; the list of supervision."""
    held = _in_hand(facts)
    return Section(
        tell.of("工单", "Orders"),
        (
            _by_kind(facts, held, tell),
            _by_age(facts, held, tell),
            _oldest(facts, held, tell),
            _returned(facts, tell),
            _supervised(facts, held, tell),
        ),
    )


def withheld(facts: PeriodFacts) -> int:
    """How many orders count, of those opened in the period or in hand at its end, and are not told one by one."""
    told = (each for each in _orders(facts) if not each.ended or facts.within(parse_time(each.opened_at)))
    return sum(rests_on_report(each, facts.known) for each in told)


def about(order: Order, facts: PeriodFacts, tell: Teller) -> str:
    """What an order is about: the title of its alert, else its kind; its own title may be a person's words."""
    for each in order.alerts:
        if life := facts.alerts.get(each.link.alert):
            return tell(life.alert.title)
    return tell.kind(order.kind)


def _orders(facts: PeriodFacts) -> list[Order]:
    return [life.order for life in facts.orders.values() if life.order is not None]


def _in_hand(facts: PeriodFacts) -> list[_InHand]:
    return [
        _InHand(life.order, life.main, *stage)
        for life in facts.orders.values()
        if life.order is not None and not life.order.ended and (stage := reached(life.order, life.main)) is not None
    ]


def _is_near(held: _InHand) -> bool:
    clocks = (*held.order.clocks, *(held.main.clocks if held.main else ()))
    return any(clock.runs and clock.warned and not clock.late and clock.name in HANDLE for clock in clocks)


def _by_kind(facts: PeriodFacts, held: Sequence[_InHand], tell: Teller) -> PaperTable:
    new, ended, there, late, unsigned = (Counter[str]() for _ in range(5))
    for order in _orders(facts):
        new[order.kind] += facts.within(parse_time(order.opened_at))
        ended[order.kind] += order.closed_at is not None and facts.within(parse_time(order.closed_at))
    for each in held:
        there[each.order.kind] += 1
        late[each.order.kind] += each.late
        unsigned[each.order.kind] += each.stage == 0
    names = sorted(name for name in new if new[name] or ended[name] or there[name])
    return PaperTable(
        name="orders-by-kind",
        title=tell.of("按类别", "By kind"),
        columns=(
            PaperColumn(tell.of("类别", "Kind"), width=2.0),
            PaperColumn(tell.of("新增", "New"), "count"),
            PaperColumn(tell.of("办结", "Ended"), "count"),
            PaperColumn(tell.of("期末在办", "In hand"), "count"),
            PaperColumn(tell.of("其中超期", "of these late"), "count"),
            PaperColumn(tell.of("未签收", "unsigned"), "count"),
        ),
        rows=tuple((tell.kind(name), new[name], ended[name], there[name], late[name], unsigned[name]) for name in names),
        none=tell.of("没有工单", "No orders"),
    )


def _by_age(facts: PeriodFacts, held: Sequence[_InHand], tell: Teller) -> PaperTable:
    counts = Counter((bucket(facts.end - parse_time(each.order.opened_at)), each.late) for each in held)
    return PaperTable(
        name="orders-by-age",
        title=tell.of("期末在办，按已经过时间", "In hand at the end, by age"),
        columns=(
            PaperColumn(tell.of("已经过", "Age"), width=2.0),
            PaperColumn(tell.of("未超期", "In time"), "count"),
            PaperColumn(tell.of("超期", "Late"), "count"),
            PaperColumn(tell.of("合计", "All"), "count"),
        ),
        rows=tuple(
            (title, counts[row, False], counts[row, True], counts[row, False] + counts[row, True])
            for row, title in enumerate(age_titles(tell))
        ),
        note=tell.of("分档为本系统默认", "the steps are this system's own"),
    )


def _oldest(facts: PeriodFacts, held: Sequence[_InHand], tell: Teller) -> PaperTable:
    told = [each for each in held if not rests_on_report(each.order, facts.known)]
    told.sort(key=lambda each: (parse_time(each.order.opened_at), each.order.id))
    return PaperTable(
        name="orders-oldest",
        title=tell.of(f"最久未办（前 {MOST}）", f"Longest in hand (first {MOST})"),
        columns=_listed(tell),
        rows=tuple(_row(each.order, each.main, each.late, facts, tell) for each in told[:MOST]),
        note=tell.of(
            "期限为办理时限；超期指任一时限（含签收、联系）",
            "due: of the answer; late: by any of its clocks, signature and contact too",
        ),
        none=tell.of("期末没有在办的工单", "Nothing is in hand at the end"),
    )


def _listed(tell: Teller) -> tuple[PaperColumn, ...]:
    return (
        PaperColumn(tell.of("工单编号", "Number"), "code", 1.75),
        PaperColumn(tell.of("事由", "About"), width=2.1),
        PaperColumn(tell.of("主办单位", "Main unit"), width=2.1),
        PaperColumn(tell.of("状态", "State"), width=1.0),
        PaperColumn(tell.of("期限", "Due"), "code", 1.6),
        PaperColumn(tell.of("已经过", "Age"), width=1.1),
        PaperColumn(tell.of("超期", "Late"), width=0.6),
    )


def _row(order: Order, main: OrderLine | None, is_late: bool, facts: PeriodFacts, tell: Teller) -> tuple[str, ...]:
    return (
        order.number,
        about(order, facts, tell),
        tell.unit(main.unit) if main else "—",
        tell.order_state(order.kind, order.state),
        tell.moment(_due(main)),
        tell.age(facts.end - parse_time(order.opened_at)),
        tell.of("是", "yes") if is_late else "",
    )


def _due(main: OrderLine | None) -> str | None:
    clocks = main.clocks if main else ()
    return next((clock.due for name in HANDLE for clock in clocks if clock.name == name and not clock.dropped), None)


def _returned(facts: PeriodFacts, tell: Teller) -> PaperTable:
    found = [
        (order, units)
        for order, life in facts.told()
        if not order.ended and len(units := [line.unit for line in life.lines.values() if line.returns is not None]) >= RETURNED
    ]
    found.sort(key=lambda each: (-len(each[1]), each[0].number, each[0].id))
    return PaperTable(
        name="orders-returned",
        title=tell.of("反复退单（职责不清，供会商）", "Given back again and again (unclear duty, to be conferred on)"),
        columns=(
            PaperColumn(tell.of("工单编号", "Number"), "code", 1.7),
            PaperColumn(tell.of("事由", "About"), width=2.0),
            PaperColumn(tell.of("申请退单的单位", "Units that applied"), width=4.0),
        ),
        rows=tuple(
            (order.number, about(order, facts, tell), tell.of("、", ", ").join(map(tell.unit, units)))
            for order, units in found[:MOST]
        ),
        note=tell.of(f"申请退单 {RETURNED} 次及以上（本系统默认）", f"{RETURNED} applications or more (this system's own)"),
        none=tell.of("没有", "None"),
    )


def _supervised(facts: PeriodFacts, held: Sequence[_InHand], tell: Teller) -> PaperTable:
    found = [
        (order, life)
        for order, life in facts.told()
        if (order.kind == "supervision" or order.supervising or order.proposed) and not order.ended
    ]
    found.sort(key=lambda each: (parse_time(each[0].opened_at), each[0].id))
    more = max(0, len(found) - MOST_SUPERVISED)
    late = {each.order.id for each in held if each.late}
    return PaperTable(
        name="orders-supervised",
        title=tell.of("督办台账（督办和建议督办的）", "Under supervision, or proposed for it"),
        columns=_listed(tell),
        rows=tuple(_row(order, life.main, order.id in late, facts, tell) for order, life in found[:MOST_SUPERVISED]),
        note=tell.of(f"另有 {more} 件未列出", f"{more} more are not listed") if more else "",
        none=tell.of("没有督办的工单", "No order is under supervision"),
    )
