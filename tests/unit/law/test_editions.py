"""A clause binds from its first day, at its place: before, nothing is judged by it and that is told."""

from datetime import date
from typing import Any

import msgspec
import pytest

from agents import law
from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.core.rules.rule import ClauseSpec, Edition, RuleSpec, first_in_force, in_force
from agents.rulebook.load import book_of
from streams.messages import NEVER, Alert, Quality, Text, event_bytes, parse_time
from tests.support.events import records

WORDS = {"zh": "例", "en": "Example"}
CITY, PROVINCE, ELSEWHERE = "410105", "410305", "130102"
ZHENGZHOU = "2026-06-01T{}:00:00+08:00"


def edition(name: str, since: str, until: str | None = None, place: str = "", **limits: float) -> Edition:
    """An edition in force on the days [since, until)."""
    spec = {"edition": name, "article": "1", "text": WORDS, "mark": "M", "source": "made up", "from": since, "limits": limits}
    spec |= {"to": until} if until else {}
    return msgspec.convert(spec | ({"place": place} if place else {}), Edition)


NATION = edition("GB", "2026-06-01", o3=200, no2=200)
LATER = edition("GB 2", "2026-09-01", o3=180, no2=200)
HENAN = edition("DB41", "2026-07-01", place="41", o3=150)
TOWN = edition("DB4101", "2026-08-01", "2026-10-01", place="4101", o3=120)
EDITIONS = (msgspec.structs.replace(NATION, until=date(2026, 9, 1)), LATER, HENAN, TOWN)


def at(day: str) -> int:
    """Noon of a day (ms)."""
    return parse_time(f"{day}T12:00:00+08:00")


@pytest.mark.parametrize(
    ("day", "adcode", "expected"),
    [
        ("2026-05-31", CITY, None),
        ("2026-06-01", CITY, "GB"),
        ("2026-07-01", CITY, "DB41"),
        ("2026-08-01", CITY, "DB4101"),
        ("2026-08-01", PROVINCE, "DB41"),
        ("2026-08-01", ELSEWHERE, "GB"),
        ("2026-09-01", ELSEWHERE, "GB 2"),
        ("2026-10-01", CITY, "DB41"),  # the city's is no longer in force: the province's is again
        ("2026-10-01", "", "GB 2"),  # of whom nothing is known the nation's law is asked
    ],
)
def test_the_nearest_place_goes_first(day: str, adcode: str, expected: str | None) -> None:
    """生态环境法典 153: a local standard goes before the nation's while it is in force, the city before the province."""
    found = in_force(EDITIONS, at(day), adcode)
    assert (found and found.edition) == expected


def test_what_a_place_sets_no_limit_for_is_left_to_the_nation() -> None:
    """DB41 limits ozone alone: the limit of NO2 is the nation's, and so is the citation of an alert about it."""
    found = in_force(EDITIONS, at("2026-08-02"), CITY, "no2")
    assert found is not None
    assert (found.edition, found.limits["no2"]) == ("GB", 200)


def test_the_first_day_differs_by_place() -> None:
    """Where a place alone has a clause nobody else is ever bound by it."""
    assert first_in_force(EDITIONS, CITY) == parse_time("2026-06-01T00:00:00+08:00")
    assert first_in_force((HENAN,), CITY) == parse_time("2026-07-01T00:00:00+08:00")
    assert first_in_force((HENAN,), ELSEWHERE) == NEVER


def book(judge: str, editions: tuple[Edition, ...], params: dict[str, Any], **fields: Any) -> Book:
    """A book of one rule, `new`, that rests on a clause with these editions."""
    spec = {"row": "ENV-I99", "title": WORDS, "clause": "new", "phase": "in-process", "severity": "yellow", "on": ["air_hour"]}
    spec |= {"judge": judge, "department": "zz-ee", "guidance": WORDS, "with": params}
    rules = {"environment": {"new": msgspec.convert(spec | fields, RuleSpec)}}
    clauses = {**law.clauses(), "new": ClauseSpec(Text("例", "Example"), "example", editions)}
    return book_of(rules, clauses, law.departments())


def fact(kind: str, time: str, adcode: str = CITY, **data: Any) -> bytes:
    """One event of the station; a registration at an adcode, a tick, or an hour."""
    if kind == "tick":
        return event_bytes(type="clock.tick", source="test", id=time, time=time)
    if kind == "registered":
        data = {"kind": "air_station", "name": {"zh": "站"}, "adcode": adcode} | data
    return event_bytes(type=f"environment.{kind}", source="test", id=f"{kind}{time}", time=time, subject="s", data=data)


def judged(of: Book, *values: bytes) -> list[Output]:
    """What a fold says; one that goes through a checkpoint after each record says the same."""
    log = list(records(values, "s"))
    whole = Fold(of, "live.events.environment", 0).run(log)
    state: dict[bytes, bytes | None] = {}
    pieces: list[Output] = []
    for record in log:
        fold = Fold(of, "live.events.environment", 0)
        fold.restore(state.items())
        pieces += fold.run([record])
        state |= dict(fold.snapshot())
    assert pieces == whole
    return whole


def alerts(out: list[Output]) -> list[tuple[str, str, float | None, str]]:
    """When each revision of an alert opened, its state, its limit, and the edition that it cites."""
    return [(one.opened_at, one.state, one.limit, one.clause.edition) for one in out if isinstance(one, Alert)]


def told(out: list[Output]) -> list[str]:
    """What is told of as not judged because it is not law."""
    return [one.message for one in out if isinstance(one, Quality) and one.reason == "not-in-force"]


EVENING, MIDNIGHT, MORNING = "2026-05-31T22:00:00+08:00", "2026-06-01T00:00:00+08:00", "2026-06-01T01:00:00+08:00"
OZONE = {"items": ["o3"], "unit": "µg/m³"}


def test_before_its_first_edition_a_rule_is_not_judged_and_that_is_told_once() -> None:
    """Two hours over the limit before the law raise nothing and are told once; the first hour under it opens."""
    of = book("limit", (NATION,), {"limit": 100}, **OZONE)
    hours = [fact("air_hour", time, o3=210) for time in ("2026-05-31T21:00:00+08:00", EVENING, MIDNIGHT)]
    out = judged(of, fact("registered", "2026-05-31T20:00:00+08:00"), *hours)
    assert alerts(out) == [(MIDNIGHT, "B", 100, "GB")]
    assert told(out) == ["at that time no edition of the clause of rule new binds its subject: nothing is judged by it"]


def test_a_limit_of_the_law_is_that_of_the_place() -> None:
    """110 is under the nation's 200 and over the city's 100: it opens in Zhengzhou alone, and cites the city's text."""
    town = edition("DB4101", "2026-01-01", place="4101", o3=100)
    of = book("limit", (NATION, town), {}, **OZONE)
    start, hour = fact("air_hour", MORNING, o3=110), "2026-05-31T20:00:00+08:00"
    assert alerts(judged(of, fact("registered", hour), start)) == [(MORNING, "B", 100, "DB4101")]
    assert alerts(judged(of, fact("registered", hour, PROVINCE), start)) == []


def test_a_clause_of_another_place_binds_nobody_here() -> None:
    """What Zhengzhou alone forbids is not judged in Luoyang, and that is told."""
    of = book("limit", (edition("DB4101", "2026-01-01", place="4101"),), {"limit": 100}, **OZONE)
    out = judged(of, fact("registered", EVENING, PROVINCE), fact("air_hour", MORNING, o3=210))
    assert alerts(out) == []
    assert len(told(out)) == 1


def test_a_duty_that_began_before_the_law_is_none() -> None:
    """法不溯及既往 (立法法 104): what began the day before needs no report; what begins with the law does."""
    sides = {"starts": {"kind": "air_hour"}, "done": {"kind": "gap_reason"}, "within": "1h"}
    of = book("duty", (NATION,), sides, on=["air_hour"])
    ticks = [fact("tick", f"2026-06-01T{hour:02}:30:00+08:00") for hour in (0, 1, 2)]
    out = judged(of, fact("registered", EVENING), fact("air_hour", "2026-05-31T23:00:00+08:00", o3=1), *ticks[:1])
    assert alerts(out) == []
    assert len(told(out)) == 1
    out = judged(of, fact("registered", EVENING), fact("air_hour", MIDNIGHT, o3=1), *ticks)
    assert alerts(out) == [(MIDNIGHT, "B", None, "GB")]


def test_a_silence_that_stands_when_the_law_begins_is_one_from_then_on() -> None:
    """Silent since 20:00 with one hour allowed: nothing in May; from 1 June 00:00 it is told, whatever its length by then."""
    of = book("missing", (NATION,), {"after": "1h"})
    ticks = [fact("tick", time) for time in ("2026-05-31T21:30:00+08:00", EVENING, "2026-06-01T00:01:00+08:00")]
    out = judged(
        of, fact("registered", "2026-05-31T19:00:00+08:00"), fact("air_hour", "2026-05-31T20:00:00+08:00", o3=1), *ticks
    )
    assert alerts(out) == [(MIDNIGHT, "B", 1, "GB")]
    assert len(told(out)) == 1


def test_a_certificate_that_had_expired_is_expired_when_the_law_begins() -> None:
    """Valid to 1 May, the law from 1 June: it opens with the law."""
    of = book("expiry", (NATION,), {"until": "facts.traits.valid_until", "kind": "registered"}, on=["registered"])
    ticks = [fact("tick", time) for time in (EVENING, "2026-06-01T00:01:00+08:00")]
    out = judged(of, fact("registered", "2026-05-31T20:00:00+08:00", traits={"valid_until": "2026-05-01"}), *ticks)
    assert alerts(out) == [(MIDNIGHT, "B", None, "GB")]


def test_offences_before_the_law_do_not_count() -> None:
    """Two hours before the law and one under it are not three; three under it are."""
    of = book("burst", (NATION,), {"count": 3, "within": "12h"})
    hours = [f"2026-05-31T{hour}:00:00+08:00" for hour in (22, 23)] + [ZHENGZHOU.format(f"0{hour}") for hour in range(3)]
    out = judged(of, fact("registered", "2026-05-31T20:00:00+08:00"), *[fact("air_hour", time, o3=1) for time in hours])
    assert alerts(out) == [(MIDNIGHT, "B", 3, "GB")]


def test_a_text_without_the_new_fields_keeps_its_bytes() -> None:
    """Books that logs have adopted keep their hashes: what they do not say is not written."""
    encoded = msgspec.json.encode(NATION)
    assert not any(name in encoded for name in (b"place", b"instrument", b"seam"))


def test_each_edition_stands_in_one_file() -> None:
    """What the files hold one by one, a place's with its own editions alone, is together what they hold as one law."""
    known = law.clauses()
    apart = [
        (name, each)
        for file in law.clause_files()
        for name, spec in law.editions_of(file, known).items()
        for each in spec.edition
    ]
    assert sorted(map(str, apart)) == sorted(str((name, each)) for name, spec in known.items() for each in spec.edition)
