"""Cases as they are listed: behind a figure, or orders as they stand. Pure."""

from collections.abc import Sequence

import numpy as np

from agents.measures.book.measure import MeasureRow
from agents.measures.cases.case import CaseHead, DutyCase, RatingCase
from agents.measures.cases.made import TrailMarks, domain_of, topic_of
from agents.measures.columns import Numbers
from agents.measures.ledger import BEGUN, Ledger, OrderFacts
from agents.oversight.bodies import StandingBodies
from agents.oversight.works import Works, pressing
from streams.messages import NEVER, Order, format_time
from streams.orders.texts import rests_on_report
from streams.oversight.wire import CaseRow, SortBy

_LIMITS = {
    "sign_due": ("sign_due", "signed_at"),
    "contact_due": ("contact_due", "contacted_at"),
    "first_due": ("first_due", "answered_at"),
    "dispatch_due": ("dispatch_due", "sent_at"),
    "sent_at": ("dispatch_due", "sent_at"),
    "recheck_due": ("recheck_due", "rechecked_at"),
    "correct_by": ("correct_by", "ended_at"),
    **dict.fromkeys(("duty_due", "done_at", "begun_at"), ("duty_due", "done_at")),
}
"""By the moment that a measure counts by, the limit of its cases and what meets it; of every other handling's."""

_HANDLING = ("due", "answered_at")

_NONE = OrderFacts(TrailMarks())
"""What is known of the order of a case that facts make: there is none."""


def sorted_cases(ledger: Ledger, row: MeasureRow, names: Sequence[str], sort: SortBy, *, descending: bool) -> list[str]:
    """Cases by when they were sent or by their limit; of one time by id. What has no limit comes last either way."""
    field = BEGUN if sort == "begun" else _LIMITS.get(row.counts_in, _HANDLING)[0]
    sign = -1 if descending else 1
    moments = ((_moment(ledger.case(name), field), name) for name in names)
    return [name for _, name in sorted((NEVER if at is None else sign * at, name) for at, name in moments)]


def sorted_orders(works: Works, rows: Numbers, sort: SortBy, most: int, *, descending: bool = False) -> list[str]:
    """The first orders in the same way, so many; by the clock that ends first."""
    moments = works.columns.numbers(sort)[rows]
    keys = np.where(moments == 0, NEVER, -moments if descending else moments)
    if most < len(rows):
        near = keys <= np.partition(keys, most - 1)[most - 1]
        rows, keys = rows[near], keys[near]
    ids = works.columns.ids
    return [name for _, name in sorted(zip(keys.tolist(), (ids[row] for row in rows.tolist()), strict=True))][:most]


def case_row(ledger: Ledger, row: MeasureRow, name: str, bodies: StandingBodies) -> CaseRow:
    """A case behind a figure."""
    case = ledger.case(name)
    facts = ledger.facts.get(case.order, _NONE)
    limit, met = _LIMITS.get(row.counts_in, _HANDLING)
    line = facts.lines.get(name.partition("/")[2])
    of_order = facts.order.state if facts.order else ""
    return CaseRow(
        order=case.order,
        line=line.n if line else "",
        case=name,
        number=case.number,
        kind=case.kind,
        unit=bodies.standing(case.unit),
        unit_kind=bodies.kind(case.unit),
        district=case.district,
        domain=case.domain,
        matter=topic_of(facts.order),
        urgent=case.urgent,
        begun=format_time(case.begun),
        due=_text(case, limit),
        done=_text(case, met),
        counted=_text(case, row.counts_in),
        state=line.state if line else _state(case) or of_order,
        reworked=case.reworked,
        returns=len(facts.returns),
        parent=facts.order.parent if facts.order else "",
        report=bool(facts.order and _rests(ledger, facts.order)),
    )


def _state(case: CaseHead) -> str:
    """How a case stands that facts make; empty of any other."""
    if isinstance(case, DutyCase):
        return "open" if case.done_at is None else "done"
    if isinstance(case, RatingCase):
        return "set-aside" if case.set_aside else "rated"
    return ""


def order_rows(ledger: Ledger, name: str, bodies: StandingBodies) -> tuple[CaseRow, ...]:
    """An order as it stands, with its main receiver; nothing of one of which only the trail is known."""
    facts = ledger.facts[name]
    order, main = facts.order, facts.main
    if order is None:
        return ()
    clock = pressing(order, main)
    return (
        CaseRow(
            order=order.id,
            number=order.number,
            kind=order.kind,
            unit=bodies.standing(main.unit) if main else "",
            unit_kind=bodies.kind(main.unit) if main else "",
            district=order.adcode[:6],
            domain=domain_of(order),
            matter=topic_of(order),
            urgent=order.urgent,
            begun=order.opened_at,
            due=clock.due if clock else None,
            done=order.closed_at,
            state=order.state,
            reworked=main.reworked if main else 0,
            returns=len(facts.returns),
            parent=order.parent,
            report=_rests(ledger, order),
        ),
    )


def _rests(ledger: Ledger, order: Order) -> bool:
    """Whether an order rests on a report (举报), or follows from one."""

    def above(name: str) -> Order | None:
        known = ledger.facts.get(name)
        return known.order if known else None

    return rests_on_report(order, above)


def _moment(case: CaseHead, field: str) -> int | None:
    moment: int | None = getattr(case, field, None)
    return moment


def _text(case: CaseHead, field: str) -> str | None:
    moment = _moment(case, field)
    return None if moment is None else format_time(moment)
