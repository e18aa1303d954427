"""回头看复发率: what counts, and what does not."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from agents.measures.command import TARGETS, read_targets
from agents.measures.interval import wilson
from agents.measures.kpi import performance, period
from agents.measures.performance import Journal, take, told
from agents.measures.recurrence import Recurrence, recurrences
from streams.messages import DAY, Performance, PutRight, encode, format_time, parse_time
from streams.messages.outputs.order import Linked, Order
from tests.support.orders.partition import ORDER, START, OrderPartition, alert_of, link
from tests.support.pure.trails import BEGIN, alert, life

CLOSED = parse_time(START) + 10 * DAY
AGAIN = replace(alert_of(), id="b" * 32, opened_at=format_time(CLOSED + 5 * DAY))


def closed(**said: object) -> Order:
    """An order about the alert that has ended."""
    made = OrderPartition()
    made.issue(alerts=(link(),), verdict="true")
    order = made.orders[ORDER]
    linked = (Linked(link=link(), active=False, audit=1),)
    given = {"state": "closed", "closed_at": format_time(CLOSED), "alerts": linked} | said
    return replace(order, **given)


def test_the_same_condition_again_within_the_days_is_back() -> None:
    """Five days after the end the same rule finds the same thing again: one of one is back; ninety days are not over yet."""
    now = CLOSED + 30 * DAY
    assert recurrences([closed()], [alert_of(), AGAIN], now) == [Recurrence("lead", 1, 1, 1, 90)]


def test_later_than_the_days_it_is_not() -> None:
    """With three days to look back it has not come back, and the figure is final."""
    assert recurrences([closed()], [alert_of(), AGAIN], CLOSED + 30 * DAY, 3) == [Recurrence("lead", 1, 0, 0, 3)]


def test_another_thing_or_what_ended_by_law_does_not_count() -> None:
    """Another subject is another condition; a lawful end while it stood, a voided and a revoked order are out of it."""
    other = replace(AGAIN, subject="S2")
    assert recurrences([closed()], [alert_of(), other], CLOSED + DAY) == [Recurrence("lead", 1, 0, 1, 90)]
    for out in ({"lawful": True}, {"voided": True}, {"state": "revoked"}, {"closed_at": None}):
        assert recurrences([closed(**out)], [alert_of(), AGAIN], CLOSED + DAY) == []


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_its_interval_is_the_published_one(count: int, of: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857 to 872, table I, method 3: the score interval of Wilson."""
    assert tuple(round(each, 4) for each in wilson(count, of)) == (low, high)
    assert Recurrence("lead", of, count, 0, 90).interval == wilson(count, of)


def measured(*orders: Order, again: int) -> list[Performance]:
    """The measures by rule: one alarm at the begin that an order ended after a day, and its next annunciation `again` (ms)."""
    journal = Journal(first=BEGIN)
    first, next_ = life("a", (0, "raise", "B")), life("b", (again, "raise", "B"))
    for name, trail in (("a", first), ("b", next_)):
        take(journal, alert(name, subject="S1", changed_at=format_time(BEGIN + again)))
        for entry in trail:
            take(journal, entry)
    for each in orders:
        take(journal, each)
        take(journal, each)
    told(journal, BEGIN + 3 * DAY)
    over = period(journal)
    assert over is not None
    return list(performance(journal, read_targets(TARGETS), "t", over, by=["rule"]))


def test_the_page_of_a_rule_tells_what_came_back() -> None:
    """One alarm was put right and came again after it: 1 of 1; before its end it was the same matter; of no order: nothing."""
    ended = closed(closed_at=format_time(BEGIN + DAY), changed_at=format_time(BEGIN + DAY), alerts=(about("a"),))
    (rule,) = measured(ended, again=2 * DAY)
    assert rule.put_right == PutRight(ended=1, back=1)
    (rule,) = measured(ended, again=DAY // 2)
    assert rule.put_right == PutRight(ended=1, back=0)
    (rule,) = measured(again=2 * DAY)
    assert b"put_right" not in encode(rule)


def test_what_was_voided_since_is_taken_out_of_it() -> None:
    """撤销, 复核 or a court corrects the figure: the newest revision of the order counts, an older copy changes nothing."""
    ended = closed(closed_at=format_time(BEGIN + DAY), changed_at=format_time(BEGIN + DAY), alerts=(about("a"),))
    void = replace(ended, voided=True, rev=ended.rev + 1)
    (rule,) = measured(ended, void, ended, again=2 * DAY)
    assert rule.put_right is UNSET


def about(name: str) -> Linked:
    """An alert of an order that is quiet."""
    return Linked(link=replace(link(), alert=name), active=False, audit=1)
