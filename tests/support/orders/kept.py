"""The books of oversight over a partition of orders, with questions to them."""

from typing import Any

from agents.measures.book.read import measure_book
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions
from streams.messages import Order, OrderAudit, OrderLine
from streams.messages.orders import Receiver
from streams.outputs import Output
from streams.oversight.wire import OversightAnswer, OversightAsked
from streams.places.organs import units
from tests.support.orders.partition import ECOLOGY, HOTLINE, OrderPartition, actor, hotline_matter

NOISE, WATER = "a" * 32, "b" * 32
TO = (Receiver(unit=ECOLOGY, part="main"),)

AFTER = "2026-03-09T09:00:01+08:00"
"""A second after the 24 hours, days off not counted, in which the request of Friday 09:00 was to be signed."""


class KeptOrders:
    """A partition of orders and the books of it, record by record."""

    def __init__(self) -> None:
        self.by, self.books = OrderPartition(), OversightBooks(measure_book())
        self.questions = Questions("t", self.books, units("4101"))
        self.books.true = True

    def keep(self, out: list[Output]) -> None:
        """Take up what a record has given, and the time after it."""
        for each in out:
            if isinstance(each, Order | OrderLine | OrderAudit):
                self.books.take(each)
        self.books.told(self.by.time)

    def file(self, order: str, topic: str, adcode: str, number: str) -> None:
        """A request comes in and is accepted."""
        matter = hotline_matter(
            id=f"request/{number}", number=number, adcode=adcode, traits={"nature": "complaint", "topic": topic}
        )
        self.keep(self.by.filed(matter, order))
        self.act("accept", "receptionist", HOTLINE, order)

    def send(self, order: str) -> None:
        """It is sent to the district's branch of ecology."""
        self.act("dispatch", "dispatcher", HOTLINE, order, receivers=TO)

    def act(self, verb: str, role: str, of: str, order: str, **said: Any) -> None:
        """Somebody acts; the act is not refused."""
        out = self.by.act(verb, actor(role, of), order=order, **said)
        assert [each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"] == []
        self.keep(out)

    def tick(self, at: str) -> None:
        """Time goes on."""
        self.keep(self.by.tick(at))

    def ask(self, asked: OversightAsked) -> OversightAnswer:
        """The answer to a question."""
        return self.questions.answer(asked)


def two_requests() -> KeptOrders:
    """Friday 2026-03-06 09:00: noise in 410105, sent to ecology; water in 410102, which nobody was sent to yet."""
    made = KeptOrders()
    made.file(NOISE, "noise", "410105", "1")
    made.send(NOISE)
    made.file(WATER, "water", "410102", "2")
    return made
