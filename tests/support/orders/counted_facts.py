"""Facts of one partition, written as an office would, and what measures count of them."""

from typing import Any

from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.measures.cases.case import CallHour, DutyCase
from agents.measures.facts.folded import FactCases, facts_of
from agents.measures.ledger import Ledger
from streams.archive.files import Record
from streams.messages import DAY, HOUR, Text, event_bytes, format_time, parse_time, tick_bytes
from tests.support.books import the_book

OFFICE = "petition_unit.t.410102.1"


class CountedFacts:
    """Facts of one partition of a domain, as cases of the ledger. `records`: all that was written."""

    def __init__(self, domain: str = "service") -> None:
        self.domain, self.ledger = domain, Ledger(measure_book())
        self.facts: FactCases = facts_of(measure_book(), the_book(), f"t.events.{domain}", 0, domain)
        self.offset = 0
        self.records: list[Record] = []

    def write(self, type_: str, at: str, subject: str, **data: Any) -> None:
        """A fact, once the time of the log is its own; no two have the same millisecond."""
        at = format_time(parse_time(at) + self.offset)
        self.tick(at)
        value = event_bytes(type=f"{self.domain}.{type_}", source="t", id=f"{self.offset}", time=at, subject=subject, data=data)
        self._take(subject.encode(), value)

    def register(self, subject: str, at: str, **traits: str) -> None:
        """A subject of the register."""
        name = Text("甲", "A")
        kind = subject.partition(".")[0]
        self.write("registered", at, subject, kind=kind, name=name, adcode="410102", traits=traits)

    def tick(self, at: str) -> None:
        """Time goes on."""
        if (now := parse_time(at)) > self.facts.now:
            self._take(None, tick_bytes(now))
            self.ledger.told(now)

    def row(self, measure: str, by: Any = "unit") -> dict[str, tuple[int, int, dict[str, int]]]:
        """Count, of how many, and what was left out, by key."""
        return {each.key: (each.count, each.of, each.excluded) for each in answers(self.ledger, measure, by)}

    def _take(self, key: bytes | None, value: bytes) -> None:
        self.records.append((self.offset, key, value))
        self.ledger.put(self.facts.run(self.records[-1:]))
        self.offset += 1


def petition_office() -> CountedFacts:
    """An organ that handles petitions and belongs to a body."""
    made = CountedFacts()
    made.register(OFFICE, "2026-03-01T00:00:00+08:00", unit="gov-410102")
    return made


def step(office: CountedFacts, petition: str, what: str, at: str) -> None:
    """A step of a petition."""
    office.write("petition_step", f"2026-{at}:00+08:00", OFFICE, petition=petition, step=what)


def told_petitions(unit: str, *in_time: bool) -> list[DutyCase]:
    """Petitions of a body that were to be told of by the end of 16 March 2026, each told in time or not at all."""
    due = parse_time("2026-03-17T00:00:00+08:00")
    return [
        DutyCase(
            id=f"petition-not-told/{OFFICE}/XF{n}/2026-03-01T09:00:00+08:00",
            of="duty",
            order="",
            number=f"XF{n}",
            kind="petition_unit",
            unit=unit,
            district="410102",
            domain="service",
            begun=due - 15 * DAY,
            rule="petition-not-told",
            begun_at=due - 15 * DAY,
            duty_due=due,
            done_at=due - DAY if told else None,
            how="told" if told else "",
            found="",
        )
        for n, told in enumerate(in_time)
    ]


def told_hours(unit: str, calls: int, answered: float) -> list[CallHour]:
    """The last hour of March 2026 at a hotline: its calls, and the percentage that was answered."""
    hour = parse_time("2026-03-31T23:00:00+08:00") // HOUR
    return [
        CallHour(
            id=f"calls/hotline.t/{hour}",
            of="hour",
            order="",
            number=format_time(hour * HOUR),
            kind="hotline",
            unit=unit,
            district="410100",
            domain="service",
            begun=hour * HOUR,
            subject="hotline.t",
            hour=hour,
            calls=calls,
            answered=answered,
        )
    ]
