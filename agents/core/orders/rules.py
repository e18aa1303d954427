"""What orders are judged by: the kinds, the place's calendar, and who is who among its public bodies. Given as data."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from streams.calendar.holidays import Holidays, Notice, build
from streams.calendar.working_time import Calendar
from streams.messages.orders import PaperKind
from streams.orders.kind import Kinds


class Bodies(Protocol):
    """What the core asks of a place's public bodies."""

    def within(self, unit: str, other: str) -> bool:
        """Whether a unit is another one, or stands below it (隶属)."""

    def acts_for(self, unit: str, body: str) -> bool:
        """Whether a unit acts in the name of a body: it is that, or an inner office of it; a branch or bureau below is not."""

    def sort(self, unit: str) -> str:
        """What a unit is (`bureau`, `street`); empty where nobody knows it."""

    def organ(self, unit: str) -> str:
        """The body in whose name an inner office acts; itself where it is none."""

    def objection(self, sender: str, receiver: str, paper: PaperKind, at: int) -> str:
        """The sentence that forbids a sender to write to a receiver so on a day (ms), and what to do; empty where it may."""


class OrderRules(Struct, frozen=True):
    """What the orders of a log are judged by. `owner`: the department that bad records go to.

    `desks`: the body with which a matter of a kind begins, by kind. `notices`: those that came with the log.
    """

    kinds: Kinds
    holidays: Holidays
    calendar: Calendar
    bodies: Bodies
    owner: str
    desks: Mapping[str, str] = {}

    def with_notice(self, notice: Notice) -> "OrderRules":
        """The rules once a notice of holidays is out; ValueError where it does not fit the calendar."""
        holidays = self.holidays.with_notice(notice)
        return replace(self, holidays=holidays, calendar=build(holidays))
