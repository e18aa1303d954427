"""Who was sent to inspect an enterprise beyond its yearly cap (国办发〔2024〕54号), by whatever way: told from the log itself.

Page and command line refuse such a press. A record that somebody writes past both stands in the log, and here.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from agents.offline.standing import StandingOrder
from streams.messages import SubjectStatus, day_of, parse_time
from streams.places.inspections import CAUSE, SENDING, Cap, CapSpec, capped

INSPECTION = "inspection"
"""The kind of subject of the service domain that tells of one."""


class MadeVisit(Struct, frozen=True):
    """An organ was at an enterprise on a day, by the sort of the inspection."""

    organ: str
    sort: str
    day: str


class SentBeyond(Struct, frozen=True):
    """A line of an order by which an organ was sent when its line had been at the enterprise as often as it may be."""

    order: str
    number: str
    line: str
    unit: str
    sent: str
    enterprise: str
    role: str
    made: int
    most: int
    source: str


class Visited:
    """The enterprises behind subjects, and the inspections of each, by the newest values of all subjects."""

    def __init__(self, told: Iterable[SubjectStatus]) -> None:
        self._owners: dict[str, str] = {}
        self._made: dict[str, list[MadeVisit]] = {}
        for each in {one.subject: one for one in told}.values():
            if isinstance(each.owner, str) and each.owner:
                self._owners[each.subject] = each.owner
            if each.domain == "service" and each.kind == INSPECTION and (day := str(each.values.get("day") or "")):
                visit = MadeVisit(str(each.values.get("organ") or ""), str(each.values.get("sort") or ""), day)
                self._made.setdefault(str(each.values.get("enterprise") or ""), []).append(visit)

    def codes(self, subjects: Iterable[str]) -> list[str]:
        """The enterprises behind subjects."""
        return sorted({self._owners[each] for each in subjects if each in self._owners})

    def caps(
        self, code: str, organs: Iterable[str], caps: Mapping[str, CapSpec], year: str, before: str = ""
    ) -> tuple[Cap, ...]:
        """The cap of each line of organs at an enterprise, by what was inspected in a year, or in it before a day."""
        made = (each for each in self._made.get(code, ()) if each.day[:4] == year and (not before or each.day < before))
        return capped(((each.organ, each.sort) for each in made), organs, caps)


def sent_beyond(visited: Visited, orders: Iterable[StandingOrder], caps: Mapping[str, CapSpec]) -> Iterator[SentBeyond]:
    """Every line by which an inspector was sent beyond a cap; an order that names a lawful cause may do so.

    An inspection of the very day of the sending may have come of it, and does not count.
    """
    for order, lines in ((each.order, each.lines) for each in orders):
        if order.kind not in SENDING or order.traits.get(CAUSE):
            continue
        for line in (each for each in lines if each.part != "assist"):
            day = day_of(parse_time(line.sent)).isoformat()
            for code in visited.codes(alert.link.subject for alert in order.alerts):
                for cap in visited.caps(code, (line.unit,), caps, day[:4], day):
                    if cap.most is not None and cap.reached:
                        yield SentBeyond(
                            order.id, order.number, line.n, line.unit, line.sent, code, cap.line, cap.made, cap.most, cap.source
                        )
