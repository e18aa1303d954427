"""Each scenario causes the alerts that it says, in every domain; ordinary days cause few."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from shapely.geometry import Point, shape

from agents.core.alerts.decide import Output
from agents.offline.judge import judge_lines
from agents.stages import Basis
from fixtures.city import DEFAULT
from fixtures.life import routine
from fixtures.register.stations import stations
from fixtures.register.subjects import subjects
from fixtures.scenario import load_scenario, scenarios
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import SIGN_FACTS, Alert
from streams.outputs import target
from tests.support.pure.scenarios import basis, book, lines, written

SUBJECT = re.compile(rb'"subject":"([^"]*)"')
DISTRICTS = Path(__file__).parents[3] / "streams" / "places" / "4101" / "map.geojson"

LIVING = [name for name in domains() if f"{name}.registered" not in SIGN_FACTS]
"""The domains whose subjects and facts come from the city: signs are told by the stage that judges them."""


def raised(outputs: Iterable[Output]) -> set[tuple[str, str]]:
    """Rule and subject of each alert."""
    return {(one.rule, one.subject) for one in outputs if isinstance(one, Alert)}


def whose(line: bytes) -> bytes:
    """The subject of a line; empty where it has none."""
    found = SUBJECT.search(line)
    return found[1] if found else b""


@cache
def ordinary() -> tuple[Output, ...]:
    """All that the judge says of an ordinary day."""
    return tuple(judge_lines(Basis(book()), lines("calm")))


@pytest.mark.parametrize("scenario", scenarios())
def test_a_scenario_causes_the_alerts_that_it_says(scenario: str) -> None:
    """Each expected alert (rule, subject) comes out of the judge within the first day, from its subjects' own facts."""
    expected = {(one.rule, one.subject) for one in load_scenario(scenario).expect}
    names = {subject.encode() for _, subject in expected}
    given = [line for line in lines(scenario) if whose(line) in names or b'"clock.tick"' in line]
    assert expected - raised(judge_lines(Basis(book()), given)) == set()


@pytest.mark.parametrize("scenario", [name for name in scenarios() if name != "calm"])
def test_a_scenario_is_the_cause(scenario: str) -> None:
    """What a scenario expects does not happen on an ordinary day."""
    expected = {(one.rule, one.subject) for one in load_scenario(scenario).expect}
    assert expected
    assert expected & raised(ordinary()) == set()


def test_the_demo_shows_alerts_in_every_domain() -> None:
    """The default scenario raises alerts in all domains within its first fourteen hours, which the demo writes at once."""
    found = {one.domain for one in judge_lines(basis(), lines(DEFAULT, hours=14)) if isinstance(one, Alert)}
    assert found == set(domains())


def test_ordinary_days_break_few_limits_and_no_form() -> None:
    """Without a scenario hardly an alert changes among more than fifty thousand facts, and no fact is refused."""
    topics = Counter(target(output)[0] for output in ordinary())
    assert len(lines("calm")) > 50_000
    assert topics["quality"] == 0
    assert topics["alerts"] <= 20  # single values above a limit, which the routine lets one in 256 be


def test_every_domain_lives() -> None:
    """Each domain but signs has a register and sends facts of every kind of its routine in the day; of signs none is sent."""
    sent = {json.loads(line)["type"] for line in lines("calm")}
    assert sent & SIGN_FACTS == set()
    assert set(domains()) - set(LIVING) == {"signs"}
    for domain in LIVING:
        life = routine(domain)
        kinds = {one.kind for one in life.signal if one.every_days == 1}
        kinds |= {step.kind for one in life.flow for step in one.step}
        assert {f"{domain}.{kind}" for kind in kinds} <= sent
        assert subjects(domain)


def test_the_same_seed_gives_the_same_bytes_in_every_scenario() -> None:
    """Two runs are equal byte for byte; another seed is another city."""
    for name in ("day", "flood"):
        first = lines(name, hours=6)
        assert written(name, hours=6) == first
        assert lines(name, seed=2, hours=6) != first


def test_facts_of_a_subject_and_kind_have_times_of_their_own() -> None:
    """No two facts of one subject and kind share a millisecond, but for the wrong readings of air stations."""
    times: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines("flood"):
        event = json.loads(line)
        if "subject" in event:
            times[event["type"], event["subject"]].append(event["time"])
    assert {key for key, found in times.items() if len(set(found)) < len(found)} == set()


def test_subjects_lie_in_their_districts() -> None:
    """Each position lies inside the polygon of its district; every name says that it is simulated; ids are unique."""
    features = json.loads(DISTRICTS.read_text("utf-8"))["features"]
    areas = {str(one["properties"]["adcode"]): shape(one["geometry"]) for one in features}
    names: list[str] = []
    for domain in LIVING:
        for name, facts in subjects(domain).items():
            assert areas[facts.adcode].contains(Point(facts.lon, facts.lat)), name
            assert ("模拟" in facts.name.zh, "simulated" in facts.name.en) == (True, True), name
            names.append(name)
        assert {facts.adcode for facts in subjects(domain).values()} == set(areas), domain
    assert len(names) == len(set(names))


def test_scenarios_name_what_is_there() -> None:
    """Subjects, kinds of subjects and districts in every scenario are those there are; an unknown scenario is trouble."""
    everybody = {name: facts for domain in domains() for name, facts in subjects(domain).items()}
    names = {one.subject for one in stations()} | everybody.keys()
    kinds = {facts.kind for facts in everybody.values()} | {"air_station"}
    districts = {one.adcode for one in stations()}
    for name in scenarios():
        scenario = load_scenario(name)
        targets = (*scenario.silent, *scenario.hold, *scenario.act)
        assert {one.subject for one in (*targets, *scenario.stuck, *scenario.known, *scenario.expect)} - {""} <= names
        assert {one.of for one in targets} - {""} <= kinds
        assert {one.district for one in targets} - {""} <= districts
        assert {adcode for one in scenario.episode for adcode in one.districts} <= districts
    with pytest.raises(Trouble, match=r"brute_force, calm, .*ozone"):
        load_scenario("none")
