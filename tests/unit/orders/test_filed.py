"""What comes in from outside as an order: who has it at once, and what is no beginning."""

from streams.messages import OrderAudit
from tests.support.orders.partition import ORDER, OrderPartition, rating


def test_a_bad_rating_is_at_once_with_who_handled_the_matter() -> None:
    """谁办理、谁负责 (国办发〔2019〕51号): its unit is the main receiver, whose clocks run from then."""
    made = OrderPartition()
    made.filed(rating(), ORDER)
    line = made.lines[f"{ORDER}/1"]
    assert (made.orders[ORDER].state, made.orders[ORDER].main, line.unit, line.state) == ("sent", "1", "gov-410105", "sent")
    assert {clock.name for clock in line.clocks} >= {"sign", "handle"}


def test_a_later_step_opens_nothing() -> None:
    """A step of what was filed before the log began is silent; the one that opens it, later, opens it."""
    made = OrderPartition()
    assert made.filed(rating(step="put-right", opens=False), ORDER) == []
    assert made.filed(rating(n=2), ORDER)
    assert "filed" in {each.event for each in made.told if isinstance(each, OrderAudit)}
    assert ORDER in made.orders
