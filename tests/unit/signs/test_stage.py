"""The stage of signs equals the figures of the same facts, over kills, copies, corrections, late facts; silence is no good."""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from agents.core.signs.city import PATIENCE
from agents.core.signs.feed import cells
from agents.law import clause_files, clauses, departments
from agents.rulebook.load import book_of
from agents.signs.book.read import sign_book
from agents.signs.book.sign import OnlineForm, SignRow, is_owed
from agents.signs.reading import sources_of
from agents.signs.rule_file import rule_file
from agents.signs.stage.basis import sign_rules
from streams.catalogue import ROOT, domains
from streams.messages import HOUR, MINUTE, Alert, CitySign, Place, format_time, parse_time
from tests.support.pure.scenarios import lines
from tests.unit.signs.facts import fact, registered, tick
from tests.unit.signs.stage import Sided, minutes, moment, whole

SCENARIO = "trapped"
DAY = 9 * 60 + 10
"""Minutes of the day that are judged: a rescue is in them, and hours of all sources."""

OTHER = r'"type":"(clock\.tick|[a-z_]+\.registered'
"""How what comes to every partition is known: time, and subjects."""

READ = re.compile(
    rf'{OTHER}|[a-z_]+\.(probe|calls|air_hour|source_hour|drug_climate|sample|rescue|use_step|request_step))"'.encode()
)
"""What comes to the test: what signs read, but for the 16,000 states of lifts and boilers."""


@cache
def day() -> tuple[bytes, ...]:
    """The lines of the morning."""
    end = moment(DAY)
    return tuple(line for line in lines(SCENARIO) if READ.search(line) and json.loads(line)["time"] <= end)


def disturbed() -> Iterator[bytes]:
    """The morning with copies, corrections, late and hand-entered facts, and facts that say nothing."""
    held: list[tuple[str, bytes]] = []
    probes = 0
    for n, line in enumerate(day()):
        event = json.loads(line)
        if event["type"] == "cyber.probe":
            probes += 1
            if probes % 23 == 0:
                held.append((format_time(parse_time(event["time"]) + 3 * HOUR), line))
                continue
            if probes % 19 == 0:
                yield fact("cyber.probe", event["subject"], event["time"], f"bad{n}", seconds="none")
        yield line
        if event["type"] == "cyber.probe" and probes % 11 == 0:
            yield line
        while held and event["type"] == "clock.tick" and event["time"] >= held[0][0]:
            yield held.pop(0)[1]


def corrected(offset: int, line: bytes) -> bytes:
    """A correction of a probe, which was slow after all."""
    event = json.loads(line)
    place = Place("t.events.cyber", 0, offset)
    data = {"corrects": {"topic": place.topic, "partition": 0, "offset": offset}, "kind": "probe", "at": event["time"]}
    return fact("cyber.corrected", event["subject"], event["time"], f"c{offset}", **data, data={"seconds": 21}, reason="test")


def test_the_stage_equals_the_figures_to_the_last_digit() -> None:
    """Each sign of each area at full hours, a checkpoint each 2,000 lines, all started again at each third of them."""
    sides, offset, checked, saves = whole(), 0, 0, 0
    wrong: bytes | None = None
    for line in disturbed():
        offset += 1
        told = sides.take(offset, line)
        if told and parse_time(told[0].at) % HOUR == 0:
            assert [*sides.differing(told[0].at)] == []
            checked += len(sides.last)
        if b'"type":"cyber.probe"' in line and offset % 97 == 0:
            wrong = corrected(offset, line)
        if wrong and b"clock.tick" in line:
            offset += 1
            sides.take(offset, wrong)
            wrong = None
        if offset % 2_000 == 0:
            sides.save()
            saves += 1
            if saves % 3 == 0:
                sides.kill()
    assert checked > 1_000
    marks = sides.last["site-availability", "410100"]
    assert marks.late > 10
    assert marks.corrected > 5


@cache
def morning() -> tuple[Sided, tuple[CitySign, ...]]:
    """All partitions after some hours of it, and what was told meanwhile."""
    sides = whole()
    told = tuple(each for offset, line in enumerate(day()[:4_000]) for each in sides.take(offset, line))
    return sides, told


def test_a_city_is_the_sum_of_its_districts() -> None:
    """Numerator, denominator, valid and due inputs: never a mean of shares."""
    sides, _ = morning()
    for (name, area), city in sides.last.items():
        parts = [each for (sign, of), each in sides.last.items() if sign == name and of != area]
        if area == "410100" and name != "city-air" and sign_rules().signs[name].residents is None:
            assert city.numerator == pytest.approx(sum(each.numerator for each in parts), abs=1e-9)
            assert city.denominator == sum(each.denominator for each in parts)
            assert city.valid == sum(each.valid for each in parts)


def sources() -> Iterator[tuple[str, str, str]]:
    """Each source of each sign that somebody owes: the sign, the kind of subject, the type of fact."""
    for name, row in sign_book().items():
        if not is_owed(row.formula):
            continue
        for kind, type_ in _sources(row):
            yield name, kind, type_


def _sources(row: SignRow) -> Iterator[tuple[str, str]]:
    formula = row.formula
    if isinstance(formula, OnlineForm):
        yield from ((each.subjects, each.type) for each in formula.sources)
    elif formula.__struct_config__.tag == "air":
        yield "air_station", "environment.air_hour"
    elif formula.__struct_config__.tag in {"share", "received", "emission"}:
        yield from ((each.due.subjects, each.type) for each in sources_of(formula) if each.due)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "kind", "type_"), [*sources()])
def test_a_source_that_is_switched_off_greys_its_signs(name: str, kind: str, type_: str) -> None:
    """Its subjects send for three hours and are silent then: three hours after, no area of theirs is as good as before.

    It is NA, or, where a silent source itself is what is counted, worse.
    """
    domain, stop = type_.partition(".")[0], moment(3 * 60 + 20)
    sides = Sided([domain])
    of_kind: set[str] = set()
    before: dict[str, CitySign] = {}
    read = re.compile(f'{OTHER}|{re.escape(type_)})"'.encode())
    for offset, line in enumerate(lines(SCENARIO)):
        if not read.search(line):
            continue
        event = json.loads(line)
        if event["time"] > moment(6 * 60 + 30):
            break
        if event["type"] == f"{domain}.registered" and event["data"]["kind"] == kind:
            of_kind.add(event["subject"])
            sides.take(offset, line)
        elif event["type"] == "clock.tick":
            sides.take(offset, line)
            if event["time"] == moment(3 * 60):
                before = {area: told for (sign, area), told in sides.last.items() if sign == name}
        elif event.get("subject") in of_kind and event["type"] == type_ and event["time"] <= stop:
            sides.take(offset, line)
    if not of_kind:
        pytest.skip(f"the simulated city has no {kind}")
    after = {area: told for (sign, area), told in sides.last.items() if sign == name}
    assert after
    assert set(after) == set(before)
    for area, told in after.items():
        was = before[area]
        assert told.state == "na" or (told.value or 0) < (was.value or 0) or was.state == "na", (area, was, told)
        assert told.coverage is None or told.coverage < 1 or told.state != "ok" or (told.value or 0) < 100


def two_parts() -> Sided:
    """Two partitions of sites with one site each, of two districts, probed each five minutes for an hour."""
    sides = Sided(["cyber-0", "cyber-1"])
    for number in range(2):
        sides.take(number, registered("cyber", "gov_site", f"s{number}", "2026-08-19T23:00:00+08:00"), [f"cyber-{number}"])
    for minute in range(61):
        for number in range(2):
            if minute % 5 == 0:
                probe = fact("cyber.probe", f"s{number}", moment(minute), f"{minute}", seconds=1)
                sides.take(10 * minute + 5 + number, probe, [f"cyber-{number}"])
        sides.take(10 * minute + 9, tick(moment(minute)))
    return sides


def test_a_partition_that_does_not_tell_counts_as_not_there() -> None:
    """Time goes on for the stage and one partition: after the patience half of what was due is missing; nothing is green."""
    sides = two_parts()
    told = sides.last["site-availability", "410105"]
    assert (told.valid, told.state) == (26, "na"), "in a day of 24 hours one has been heard: two sites since 23:00"
    silent = sides.folds.pop("cyber-1")
    for minute in range(61, 64 + PATIENCE // MINUTE):
        sides.take(2_000 + minute, tick(moment(minute)))
    half = sides.last["site-availability", "410105"]
    assert (half.valid, half.due, half.state) == (13, told.due, "na")
    assert silent.position > 0


def test_cells_that_come_twice_change_nothing() -> None:
    """A worker that was killed tells its minutes again: nothing is told of the copies, and the same is remembered."""
    one, two = two_parts(), two_parts()
    probe = fact("cyber.probe", "s0", moment(61), "x", seconds=1)
    again = cells(two.folds["cyber-0"].run([(5_000, None, probe), (5_001, None, tick(moment(61)))]))
    other = cells(two.folds["cyber-1"].run([(5_001, None, tick(moment(61)))]))
    lines = [event for _, event in (*again, *other)]
    assert len(lines) == 2
    told = [out for event in lines for out in two.stage.run([(two.stage.position, None, event)])]
    assert told, "the minute is told once both have told it"
    city = two.stage.cities["410100"]
    before = (city.totals("410100", city.mark.done).keys(), city.mark.done)
    for event in (*lines, lines[0]):
        assert [*two.stage.run([(two.stage.position, None, event)])] == []
    assert (city.totals("410100", city.mark.done).keys(), city.mark.done) == before
    assert not any(city.waiting.values()), "a copy waits for nothing"
    copied = [out for event in (lines[0], *lines, lines[1]) for out in one.stage.run([(one.stage.position, None, event)])]
    assert copied == told
    assert one.stage.memory == two.stage.memory


def test_another_rule_book_changes_no_count() -> None:
    """What is counted of facts rests on no rules: a partition whose book has none opens no alert, and has the same cells."""
    one, two = Sided(["cyber"]), Sided(["cyber"])
    empty = book_of({domain: {} for domain in domains()}, clauses(clause_files(ROOT)), departments())
    two.folds["cyber"].judge_by(empty)
    lines = [registered("cyber", "gov_site", "s0", "2026-08-19T23:00:00+08:00")]
    for minute in range(61):
        lines.append(tick(moment(minute)))
        if minute % 5 == 0:
            lines.append(fact("cyber.probe", "s0", moment(minute), f"{minute}", seconds=60))
    told = [sides.folds["cyber"].run((offset, None, line) for offset, line in enumerate(lines)) for sides in (one, two)]
    assert [each for each in told[0] if isinstance(each, Alert)]
    assert not [each for each in told[1] if isinstance(each, Alert)]
    counted = [[[cell for cell in each.cells if cell.sign != "alarms-answered"] for each in minutes(out)] for out in told]
    assert counted[0] == counted[1]
    assert len(counted[0]) > 50
    assert any(len(each.cells) > len(cells) for each, cells in zip(minutes(told[0]), counted[0], strict=True))


def test_the_rules_of_crossings_are_those_of_the_book() -> None:
    """`make signs` has written them since the book changed."""
    assert (ROOT / "signs" / "rules.toml").read_text("utf-8") == rule_file(sign_book())


def test_the_stage_tells_all_signs_of_the_book() -> None:
    """Some domain counts the facts of each that reads facts; the others rest on what judging gives."""
    assert set(sign_rules().signs) == sign_book().keys()
    for name, row in sign_book().items():
        if row.formula.__struct_config__.tag != "judged":
            assert any(name in each for domain in domains() for each in _counters(domain))


def _counters(domain: str) -> list[str]:
    counts = sign_rules().counts(f"t.events.{domain}", 0)
    return [*counts._counters]  # type: ignore[attr-defined]


def test_a_record_says_since_when_and_its_trend() -> None:
    """The state begins once; the trend is what was told at the 24 full hours before the record, nothing before the first."""
    sides, all_told = morning()
    told = sides.last["sources-online", "410100"]
    assert told.since < told.at
    own = {parse_time(each.at): each.value for each in all_told if (each.sign, each.area) == (told.sign, told.area)}
    newest = (parse_time(told.at) - 1) // HOUR * HOUR
    assert own[newest] is not None
    assert told.trend == tuple(own.get(newest - n * HOUR) for n in reversed(range(24)))
    assert len(set(told.trend)) > 2
