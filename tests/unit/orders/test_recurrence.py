"""回头看复发率: what counts, and what does not."""

from msgspec.structs import replace

from agents.measures.recurrence import Recurrence, recurrences
from streams.messages import DAY, format_time, parse_time
from streams.messages.outputs.order import Linked, Order
from tests.support.orders.partition import ORDER, START, OrderPartition, alert_of, link

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
