"""The wall's funnel of orders, the loads of units, and what rings (orders.md rows 12, 15 and 35)."""

from screen.dispatch.receivers import Load
from screen.dispatch.ringing import ringing, rings_of
from screen.feed.fold import fold
from screen.feed.order_flow import OrderFlow
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from streams.messages import MINUTE, parse_time
from streams.messages.outputs.order import Stamp
from streams.orders.funnel import funnel, reached
from tests.unit.dispatch.made import NOW, SUBJECT, at, clock, line, order

ONE = order(1, at("09:00"))
LATE = clock("sign", at("11:00"), late=True, warned=True, rings=at("11:00"))


def test_an_unsigned_order_is_late_from_sending() -> None:
    """Row 12: the clock runs from sending; unsigned is late and stands in the first stage, never deemed signed."""
    assert reached(ONE, line(ONE, clocks=(LATE,))) == (0, True)
    assert reached(ONE, line(ONE, state="signed", signed=Stamp(at=at("10:00")))) == (1, False)


def test_a_late_helper_is_not_the_orders_red() -> None:
    """Row 15: the main receiver answers for the whole; only its clocks and the order's count."""
    assert reached(ONE, line(ONE)) == (0, False)


def test_an_answer_is_verified_by_an_inspection_after_it() -> None:
    """An inspection of the round before does not verify the answer that stands."""
    answered = line(ONE, state="reported", signed=Stamp(at=at("09:30")), reply=Stamp(at=at("12:00")))
    assert reached(ONE, answered) == (2, False)
    assert reached(order(1, at("09:00"), inspected=Stamp(at=at("11:00"))), answered) == (2, False)
    assert reached(order(1, at("09:00"), inspected=Stamp(at=at("13:00"))), answered) == (3, False)


def test_what_was_never_sent_or_was_taken_back_is_in_no_stage() -> None:
    """A draft has no line; what is withdrawn, or should not count, is no order in hand."""
    assert reached(ONE, None) is None
    assert reached(order(1, at("09:00"), state="withdrawn", closed_at=at("10:00")), line(ONE)) is None
    assert reached(order(1, at("09:00"), voided=True), line(ONE)) is None


def test_the_numbers_of_the_funnel() -> None:
    """The look: 86 sent, 81 signed (5 wait, 1 late), 64 reported (17, 3), 52 verified (12, 1), 47 closed (5)."""
    stages = {
        (0, False): 4,
        (0, True): 1,
        (1, False): 14,
        (1, True): 3,
        (2, False): 11,
        (2, True): 1,
        (3, False): 5,
        (4, False): 47,
    }
    assert [(each.name, each.count, each.waiting, each.late) for each in funnel(stages)] == [
        ("sent", 86, 0, 0),
        ("signed", 81, 5, 1),
        ("reported", 64, 17, 3),
        ("verified", 52, 12, 1),
        ("closed", 47, 5, 0),
    ]


def view(*messages: object) -> View:
    """A view after these messages."""
    draft = View(Orders(), OrderFlow())
    for each in messages:
        draft[Orders].take(each, draft)  # type: ignore[arg-type]
        draft[OrderFlow].take(each, draft)  # type: ignore[arg-type]
    for kind in (Orders, OrderFlow):
        draft[kind].settle(draft, draft)
    return draft


def test_sums_follow_what_changes() -> None:
    """The load of a unit, the stage and the subject of an order are those of its newest revision."""
    seen = view(ONE, line(ONE))
    assert seen[OrderFlow].loads == {"zz-ee-410182": Load(1, 1)}
    assert seen[OrderFlow].about(SUBJECT) == {ONE.id}
    signed = line(ONE, rev=2, state="signed", signed=Stamp(at=at("10:00")))
    seen[OrderFlow].take(signed, seen)
    seen[Orders].take(signed, seen)
    seen[Orders].settle(seen, seen)
    seen[OrderFlow].settle(seen, seen)
    assert seen[OrderFlow].loads == {"zz-ee-410182": Load(1, 0)}
    assert {stage: n for stage, n in seen[OrderFlow].stages.items() if n} == {(1, False): 1}


def test_the_load_of_a_unit_is_its_open_lines() -> None:
    """在办 and 待签收 of each unit; what is accepted, moved or withdrawn is no load."""
    lines = [line(ONE), line(ONE, "2", state="signed"), line(ONE, "3", state="accepted"), line(ONE, "4", unit="zz-um")]
    found = view(ONE, *lines)[OrderFlow].loads
    assert (found["zz-ee-410182"].open, found["zz-ee-410182"].unsigned) == (2, 1)
    assert found["zz-um"].open == 1


def test_an_order_that_ended_yesterday_leaves_the_funnel() -> None:
    """下达 to 销号 of those in hand, and those that ended since midnight."""
    ended = order(1, "2026-11-23T09:00:00+08:00", state="closed", closed_at="2026-11-23T18:00:00+08:00")
    today = order(2, at("09:00"), state="closed", closed_at=at("10:00"))
    seen = view(ended, line(ended), today, line(today))
    seen[OrderFlow].forget(NOW)
    assert {stage: n for stage, n in seen[OrderFlow].stages.items() if n} == {(4, False): 1}


def test_what_is_due_at_night_rings_when_the_offices_open() -> None:
    """Row 35: 19:00 on a Friday rings on Monday at the opening, together with all else that fell into the weekend."""
    friday = order(1, "2026-11-27T17:00:00+08:00")
    late = clock("sign", "2026-11-27T19:00:00+08:00", late=True, rings="2026-11-30T08:00:00+08:00")
    found = rings_of(friday, {"1": line(friday, clocks=(late,))}).values()
    assert ringing(found, parse_time("2026-11-27T19:01:00+08:00")) == []
    assert [each.late for each in ringing(found, parse_time("2026-11-30T08:00:00+08:00"))] == [True]


def test_a_page_that_opens_later_hears_nothing_old() -> None:
    """What has rung an hour ago is overdue in the list and rings no more; a clock that is met is silent."""
    found = rings_of(ONE, {"1": line(ONE, clocks=(LATE,))}).values()
    assert len(ringing(found, parse_time(at("11:30")))) == 1
    assert ringing(found, parse_time(at("12:00")) + MINUTE) == []
    met = clock("sign", at("11:00"), late=True, rings=at("11:00"), met=at("11:10"))
    assert rings_of(ONE, {"1": line(ONE, clocks=(met,))}) == {}


def test_the_whole_view_folds_orders() -> None:
    """The slice stands in the view's table, after that of orders."""
    assert fold(View(), [ONE, line(ONE)])[OrderFlow].about(SUBJECT) == {ONE.id}
