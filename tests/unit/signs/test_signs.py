"""Signs of a simulated day: equal to what pandas makes of the same lines, with the coverage of what was due."""

import re
from collections.abc import Iterable
from functools import cache

import pytest

from agents.signs.book.read import sign_book
from agents.signs.facts import PartitionFacts
from agents.signs.figures import SignFigure, all_inputs, area_holds, figure
from streams.catalogue import domains
from streams.messages import HOUR, Place, format_time, parse_time
from tests.support.pure.scenarios import lines
from tests.unit.signs.facts import fact, registered, tick
from tests.unit.signs.peer import Peer, table

SCENARIO = "trapped"
MOMENTS = ("2026-08-20T09:00:00+08:00", "2026-08-21T00:00:00+08:00", "2026-08-21T02:00:00+08:00")
AREAS = {"410100": "4101", "410105": "410105", "410182": "410182"}
TYPE = re.compile(rb'"type":"([a-z_]+)\.')
Parts = list[tuple[str, int, PartitionFacts]]


def parts_of(values: Iterable[bytes], at: int | None = None) -> Parts:
    """The partitions of a log with these lines: a domain each, ticks in all."""
    made = {domain: PartitionFacts(sign_book(), at) for domain in domains()}
    for offset, value in enumerate(values):
        found = TYPE.search(value)
        domain = found[1].decode() if found else ""
        for each in made.values() if domain == "clock" else filter(None, [made.get(domain)]):
            each.take(offset, value)
    return [(f"test.events.{domain}", 0, each) for domain, each in made.items()]


@cache
def parts(at: str) -> Parts:
    """Those of the day at a moment."""
    return parts_of(lines(SCENARIO), parse_time(at))


@cache
def peer(at: str, prefix: str) -> Peer:
    """The same by pandas."""
    return Peer(events(), at, prefix)


@cache
def events():
    """The lines as a table."""
    return table(lines(SCENARIO))


def sign(name: str, at: str, area: str = "410100", of: Parts | None = None) -> SignFigure:
    """A sign of the day."""
    return figure(name, sign_book()[name], of or parts(at), area, parse_time(at))


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("at", MOMENTS)
def test_each_sign_is_what_pandas_reckons(at: str, area: str) -> None:
    """Numerators, denominators, what was due and the index of the mean, of the city and two of its districts."""
    own, other = {name: sign(name, at, area) for name in sign_book()}, peer(at, AREAS[area])
    good, probes, due = other.availability()
    site = own["site-availability"]
    hours = min(24.0, (parse_time(at) - parse_time("2026-08-20T00:00:00+08:00")) / HOUR)
    assert (site.numerator, site.valid, site.due) == (good, probes, due * hours / 24)
    rescue = own["lift-rescues"]
    assert (rescue.numerator, rescue.denominator) == other.rescues()
    arrival = own["rescue-arrival"]
    assert (arrival.numerator, arrival.denominator) == other.arrivals()
    air, valid, stations = other.air()
    assert (own["city-air"].value, own["city-air"].valid, own["city-air"].due) == (air, valid, stations)


@pytest.mark.parametrize("at", MOMENTS)
def test_calls_are_weighed_by_their_hour(at: str) -> None:
    """Of the city's hotline; a percentage of no weight would let a quiet night count as much as a busy noon."""
    answered, calls = peer(at, "4101").answered()
    own = sign("hotline-answered", at)
    assert own.numerator == pytest.approx(answered, abs=1e-6)
    assert own.denominator == calls
    assert own.value == pytest.approx(100 * answered / calls)


def test_help_that_came_after_30_minutes_was_late() -> None:
    """Trapped 08:12, on site 08:53: due at 08:42, and late from then on; before nothing was due and there is no share."""
    before = sign("rescue-arrival", "2026-08-20T08:41:59+08:00", of=parts_of(lines(SCENARIO)))
    assert (before.value, before.state) == (None, "na")
    after = sign("rescue-arrival", "2026-08-20T09:00:00+08:00")
    assert (after.value, after.numerator, after.denominator) == (0.0, 0, 1)


def test_a_source_that_is_switched_off_greys_its_sign() -> None:
    """Half of the day without probes: below the floor of 90 % the sign is NA, whatever the rest of the probes say."""
    at = MOMENTS[1]
    off = [each for each in lines(SCENARIO) if b'"cyber.probe"' not in each or b"T1" not in each]
    whole, less = sign("site-availability", at), sign("site-availability", at, of=parts_of(off, parse_time(at)))
    assert whole.state == "ok"
    assert whole.coverage == 1
    assert (less.value, less.state) == (None, "na")
    assert less.coverage is not None
    assert less.coverage < 0.9


@pytest.mark.parametrize(
    ("name", "type_"),
    [("city-air", "environment.air_hour"), ("hotline-answered", "service.calls"), ("site-availability", "cyber.probe")],
)
def test_without_any_input_a_sign_is_grey(name: str, type_: str) -> None:
    """Nobody sends: coverage 0, no value, never a green one."""
    at = MOMENTS[1]
    silent = [each for each in lines(SCENARIO) if f'"{type_}"'.encode() not in each]
    found = sign(name, at, of=parts_of(silent, parse_time(at)))
    assert (found.value, found.state, found.valid, found.coverage) == (None, "na", 0, 0.0)


def test_silent_sources_are_counted() -> None:
    """All lifts fall silent: they stay in the denominator."""
    at = MOMENTS[1]
    silent = [each for each in lines(SCENARIO) if b'"special_equipment.lift_state"' not in each]
    whole, less = sign("sources-online", at), sign("sources-online", at, of=parts_of(silent, parse_time(at)))
    assert less.denominator == whole.denominator
    assert whole.numerator - less.numerator == 38


def test_a_reading_that_comes_again_counts_once_and_a_corrected_one_as_corrected() -> None:
    """Two copies are one call figure; the correction of 40 % to 90 % takes its place."""
    at = "2026-08-20T01:00:00+08:00"
    calls = fact("service.calls", "hotline", at, answered=40, calls=100)
    own = [registered("service", "hotline", "hotline"), calls, calls, tick(at)]
    assert sign("hotline-answered", at, of=parts_of(own)).numerator == 40
    data = {"kind": "calls", "at": at, "data": {"answered": 90, "calls": 100}, "reason": "误报"}
    place = Place("test.events.service", 0, 1)
    right = fact("service.corrected", "hotline", at, "c", corrects=place, **data)
    found = sign("hotline-answered", at, of=parts_of([*own, right]))
    assert (found.numerator, found.denominator, found.valid) == (90, 100, 1)


def test_data_that_are_not_valid_are_due_and_not_valid() -> None:
    """A share of 140 % is no reading: of 24 hours due 23 are valid."""
    begin = parse_time("2026-08-19T00:00:00+08:00")
    hours = [format_time(begin + n * HOUR) for n in range(1, 25)]
    values = [fact("service.calls", "hotline", each, answered=140 if n == 5 else 96, calls=10) for n, each in enumerate(hours)]
    found = sign("hotline-answered", hours[-1], of=parts_of([registered("service", "hotline", "hotline"), *values]))
    assert (found.valid, found.due, found.coverage, found.value) == (23, 24, 23 / 24, 96.0)


def test_a_lift_out_of_use_is_not_in_the_denominator() -> None:
    """Of two lifts one is stopped (报停): 1 entrapment × 10,000 ÷ 1; once it is resumed ÷ 2."""
    at = "2026-08-20T12:00:00+08:00"
    lifts = [registered("special_equipment", "lift", each) for each in ("a", "b")]
    rescue = fact("special_equipment.rescue", "a", "2026-08-20T08:00:00+08:00", rescue="R1", step="trapped", people=2)
    stopped = fact("special_equipment.use_step", "b", "2026-08-10T00:00:00+08:00", step="stopped")
    assert sign("lift-rescues", at, of=parts_of([*lifts, stopped, rescue])).value == 10_000
    resumed = fact("special_equipment.use_step", "b", "2026-08-20T09:00:00+08:00", "2", step="resumed")
    assert sign("lift-rescues", at, of=parts_of([*lifts, stopped, rescue, resumed])).value == 5_000


def test_a_false_alarm_is_no_rescue_that_was_late() -> None:
    """误报: what never was one is in neither part."""
    at = "2026-08-20T12:00:00+08:00"
    steps = {"trapped": "08:00", "false-alarm": "08:20"}
    told = [
        fact("special_equipment.rescue", "a", f"2026-08-20T{hour}:00+08:00", step, rescue="R1", step=step)
        for step, hour in steps.items()
    ]
    own = [registered("special_equipment", "lift", "a"), *told]
    assert sign("rescue-arrival", at, of=parts_of(own)).denominator == 0
    assert sign("rescue-arrival", at, of=parts_of(own[:-1])).denominator == 1


def test_levels_are_those_of_the_texts() -> None:
    """95 % of calls answered: at 95.0 the level is reached (at most), at 95.1 it is not."""
    at = "2026-08-20T01:00:00+08:00"
    for answered, state in ((95.0, "yellow"), (95.1, "ok"), (10, "yellow")):
        calls = fact("service.calls", "hotline", at, answered=answered, calls=100)
        since = registered("service", "hotline", "hotline", "2026-08-20T00:00:00+08:00")
        assert sign("hotline-answered", at, of=parts_of([since, calls])).state == state


def test_the_inputs_of_a_figure_add_up_to_it() -> None:
    """Every input that came has its place in the log; those that did not come are named too."""
    at = MOMENTS[0]
    row = sign_book()["site-availability"]
    found = [each.input for each in all_inputs(row, parts(at), "410105", parse_time(at))]
    own = sign("site-availability", at, "410105")
    assert sum(each.numerator for each in found if each.valid) == own.numerator
    assert len(found) == own.due
    assert all(b'"cyber.probe"' in lines(SCENARIO)[each.offset] for each in found if each.offset >= 0)


def test_areas_are_codes_of_the_state() -> None:
    """GB/T 2260: a district lies in its city and province, and in no other."""
    inside = [area for area in ("410000", "410100", "410105", "410300", "410182", "420000") if area_holds(area, "410105")]
    assert inside == ["410000", "410100", "410105"]
