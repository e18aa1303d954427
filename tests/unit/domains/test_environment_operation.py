"""How sources are run: marks in any order, furnaces minute by minute, days of incinerators, hours of marks, orders."""

import msgspec
import pytest

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Finding, Judge
from agents.core.rules.rule import Binding
from agents.domains.environment.judges import CHECKS, JUDGES
from agents.domains.environment.operation.marked_hours import period
from agents.domains.environment.operation.marks import KEPT, SetMark, noted, touched, within
from agents.domains.environment.operation.payload import DeviceMark, WorkMark
from agents.domains.environment.source_payload import Factor, SourceData
from streams.messages import DAY, HOUR, MINUTE, NEVER, format_time, parse_time

NINE = parse_time("2026-06-01T09:00:00+08:00")


def mark(name: str, since: int, until: int = NEVER, unit: str = "1") -> WorkMark:
    """A work mark from a time to a time (ms)."""
    return WorkMark(mark=name, since=format_time(since), until="" if until == NEVER else format_time(until), unit=unit)  # type: ignore[arg-type]


def told(judge: Judge, subject: Subject, kind: str, data: object, at: int) -> Finding | None:
    """What a judge says of a fact."""
    subject.latest[kind] = followed(subject.latest.get(kind), at, data)
    return judge.read(subject, kind, data, at)


def furnace(day: bool = False) -> Judge:
    """The judge of furnace 1 below 850 °C, unless it starts; of a day with more than 5 such means."""
    params = {"field": "factors", "below": 850, "unless": ["starting"], "times": 5}
    binding = Binding(rule="f", item="furnace1", kinds=("source_minute", "work_mark"), params=params, editions=())
    return JUDGES["furnace-cold-day" if day else "furnace-cold"](binding)


def frame(upper: float, middle: float | None) -> SourceData:
    """A frame with the two sections of furnace 1."""
    factors = {"i33311": Factor(unit="°C", avg=upper, flag="N")}
    if middle is not None:
        factors["i33321"] = Factor(unit="°C", avg=middle, flag="N")
    return SourceData(factors=factors)


def test_an_open_mark_ends_with_the_next_one_of_its_unit_in_whatever_order_they_come() -> None:
    """A furnace marked as stopped at 9 and as normal at 12 is stopped until 12; another furnace's mark does not end it."""
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        marks: list[SetMark] = []
        filed = [mark("stopped", NINE), mark("normal", NINE + 3 * HOUR), mark("normal", NINE + HOUR, unit="2")]
        assert all(noted(marks, filed[n], NINE + DAY) for n in order)
        assert within(marks, ("stopped",), NINE, NINE + 3 * HOUR)
        assert not touched(marks, ("stopped",), NINE + 3 * HOUR, NINE + 4 * HOUR)


def test_a_mark_filed_again_replaces_the_one_that_began_then() -> None:
    """The end that a mark gets later is its end; a mark of the monitor with the same beginning is another."""
    marks: list[SetMark] = []
    noted(marks, mark("fault", NINE), NINE)
    noted(marks, DeviceMark(mark="cems-maintenance", since=format_time(NINE), unit="1"), NINE)
    noted(marks, mark("fault", NINE, NINE + HOUR), NINE + HOUR)
    assert sorted((each.mark, each.until) for each in marks) == [("cems-maintenance", NEVER), ("fault", NINE + HOUR)]


@pytest.mark.parametrize(
    "filed",
    [
        WorkMark(mark="fault", since="soon"),
        mark("fault", NINE + 1),
        mark("fault", NINE, NINE - HOUR),
        mark("fault", NINE, NINE),
    ],
)
def test_a_mark_without_times_or_of_what_is_to_come_is_none(filed: WorkMark) -> None:
    """Filed at 9: no time, one that begins later, one that ends before or as it begins."""
    marks: list[SetMark] = []
    assert not noted(marks, filed, NINE)
    assert marks == []


def test_no_more_marks_are_remembered_than_said() -> None:
    """Whatever a device files, memory has a bound."""
    marks: list[SetMark] = []
    for n in range(3 * KEPT):
        noted(marks, mark("fault", NINE + n * MINUTE, NINE + n * MINUTE + 1), NINE + DAY)
    assert len(marks) == KEPT


def test_a_section_that_is_missing_gives_no_temperature() -> None:
    """The rule asks for the mean of two sections: with one of them nothing is said."""
    judge, subject = furnace(), Subject("s")
    assert told(judge, subject, "source_minute", frame(300, None), NINE + 5 * MINUTE) is None


def test_five_minutes_without_their_last_frame_are_told_with_the_next_one() -> None:
    """Minutes 1 to 4 at 840 are low when minute 6 comes, and a repeated minute 3 changes nothing any more."""
    judge, subject = furnace(), Subject("s")
    said = [told(judge, subject, "source_minute", frame(840, 840), NINE + n * MINUTE) for n in (1, 2, 3, 4, 6, 3)]
    assert [None if each is None else each.value for each in said] == [None, None, None, None, 840, None]


def test_a_day_whose_device_falls_silent_counts_its_last_minutes() -> None:
    """Five low means and four low minutes before midnight: six, though no frame of the next day came."""
    judge, subject = furnace(day=True), Subject("s")
    midnight = NINE + 15 * HOUR
    for n in range(5, 0, -1):
        told(judge, subject, "source_minute", frame(840, 840), midnight - n * 5 * MINUTE)
    told(judge, subject, "source_minute", frame(840, 840), midnight - MINUTE)
    assert judge.due(subject) == midnight + 12 * HOUR
    found = judge.wake(subject, midnight + 12 * HOUR)
    assert found is not None
    assert (found.active, found.value) == (True, 6)


def test_the_memory_of_a_furnace_survives_a_checkpoint() -> None:
    """What a judge remembers is plain: encoded and decoded it is the same."""
    judge, subject = furnace(day=True), Subject("s")
    told(judge, subject, "work_mark", mark("starting", NINE), NINE)
    told(judge, subject, "source_minute", frame(840, 840), NINE + 5 * MINUTE)
    memory = subject.memory[judge.key]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=type(memory)) == memory


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-01-01", "2026-01-01", "2026-04-01"),
        ("2026-06-30", "2026-04-01", "2026-07-01"),
        ("2026-12-31", "2026-10-01", "2027-01-01"),
    ],
)
def test_quarters_begin_in_january_april_july_and_october(day: str, first: str, last: str) -> None:
    """The quarter of a day of China Standard Time."""
    edges = period("quarter", parse_time(f"{day}T12:00:00+08:00"))
    assert [format_time(edge)[:10] for edge in edges] == [first, last]


def test_a_mark_of_what_is_to_come_or_without_times_is_told() -> None:
    """A mark that ends before it begins, one with no time, and one that begins later than it was filed."""
    check = CHECKS["work_mark"]
    assert [row for row, _, _ in check(mark("fault", NINE, NINE - 1), NINE)] == ["DQ-15"]
    assert [row for row, _, _ in check(WorkMark(mark="fault", since="soon"), NINE)] == ["DQ-15"]
    assert [row for row, _, _ in check(mark("fault", NINE + 1), NINE)] == [""]
    assert check(mark("fault", NINE - HOUR, NINE), NINE) == []
