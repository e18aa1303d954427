"""Orders as they stand, sent or not: which are new, open, near their end, late, unsigned, returned again and again. Pure."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from agents.core.orders.clocks import stands
from agents.measures.cases.made import domain_of, topic_of
from agents.measures.columns import Codes, Columns, Numbers
from agents.measures.ledger import DIMENSIONS, OrderFacts
from streams.calendar.working_time import midnight
from streams.messages import DAY, Order, OrderClock, OrderLine, day_of, parse_time
from streams.oversight.wire import DayCount, LeadDefaults, WorkGroup

SUPERVISION = "supervision"
"""The kind of order that is 督查督办."""

SENT = "sent"
"""The state of a line that nobody has signed."""

DEFAULTS = LeadDefaults()

DAYS = 31
"""Days of which the counts are told; a choice."""

_FORMS = {
    **dict.fromkeys(DIMENSIONS, "i"),
    **dict.fromkeys(("begun", "closed", "due", "warn"), "q"),
    **dict.fromkeys(("open", "unsigned"), "B"),
    "returns": "I",
}


class Works:
    """All orders of a ledger. `columns`: whose they are; when they were opened and ended, warn and are due (ms; 0: never)."""

    def __init__(self, codes: Codes) -> None:
        self.codes, self.columns = codes, Columns(_FORMS)

    def put(self, facts: OrderFacts) -> None:
        """An order stands so from now on."""
        order, main = facts.order, facts.main
        if order is None:
            return
        row, columns = self.columns.row(order.id), self.columns
        words = (main.unit if main else "", order.adcode[:6], domain_of(order), order.kind, topic_of(order))
        for name, word in zip(DIMENSIONS, words, strict=True):
            columns[name][row] = self.codes.of(word)
        running = running_clocks(order, main)
        columns["begun"][row] = parse_time(order.opened_at)
        columns["closed"][row] = parse_time(order.closed_at) if order.ended and order.closed_at else 0
        columns["due"][row] = min((parse_time(clock.due) for clock in running), default=0)
        columns["warn"][row] = min((parse_time(clock.warn) for clock in running), default=0)
        columns["open"][row] = not order.ended
        columns["unsigned"][row] = main is not None and main.state == SENT
        columns["returns"][row] = len(facts.returns)

    def drop(self, order: str) -> None:
        """An order is not known any more."""
        self.columns.drop(order)

    def group(self, group: WorkGroup, now: int) -> Numbers:
        """A truth for each row: whether it is in a group at a time (ms)."""
        numbers = self.columns.numbers
        begun, still = numbers("begun"), numbers("open") > 0
        due, warn = numbers("due"), numbers("warn")
        tests: dict[WorkGroup, Any] = {
            "new": lambda: (begun >= midnight(now)) & (begun <= now),
            "recent": lambda: self.begun_within(now - DEFAULTS.days * DAY, now),
            "open": lambda: still,
            "soon": lambda: still & (due >= now) & (warn > 0) & (warn <= now),
            "late": lambda: still & (due > 0) & (due < now),
            "unsigned": lambda: still & (numbers("unsigned") > 0),
            "returned": lambda: still & (numbers("returns") >= DEFAULTS.returns),
            "supervision": lambda: still & (numbers("kind") == self.codes.of(SUPERVISION)),
        }
        found: Numbers = tests[group]()
        return found

    def days(self, now: int, chosen: Numbers | None) -> Iterator[DayCount]:
        """The newest days, of the rows that were chosen: how many were opened on each, and open at its end, or by `now`."""
        begun, closed = self.columns.numbers("begun"), self.columns.numbers("closed")
        there = begun > 0 if chosen is None else (begun > 0) & chosen
        begun, closed = np.sort(begun[there]), np.sort(closed[there & (closed > 0)])
        if not begun.size:
            return
        first = max(midnight(now) - (DAYS - 1) * DAY, midnight(int(begun[0])))
        for start in range(first, now + 1, DAY):
            end = min(start + DAY - 1, now)
            opened, ended = (int(np.searchsorted(each, end, "right")) for each in (begun, closed))
            yield DayCount(str(day_of(start)), opened - int(np.searchsorted(begun, start)), opened - ended)

    def begun_within(self, after: int, until: int) -> Numbers:
        """A truth for each row: whether the order was opened after a moment, up to another (ms)."""
        begun = self.columns.numbers("begun")
        return (begun > after) & (begun <= until)


def running_clocks(order: Order, main: OrderLine | None) -> list[OrderClock]:
    """The clocks that run by which the whole is measured: its own, and those of who answers for it.

    One that stands still by law does not press, but where it was late before.
    """
    clocks = (*order.clocks, *(main.clocks if main and main.open else ()))
    return [clock for clock in clocks if clock.runs and (clock.late or not stands(clock))]


def pressing(order: Order, main: OrderLine | None) -> OrderClock | None:
    """Of these the one that ends first."""
    return min(running_clocks(order, main), key=lambda clock: parse_time(clock.due), default=None)
