"""Of a few cases a share says little: it is told, with its level, but nobody is called by it."""

import pytest
from msgspec import json

from agents.core.signs.feed import figures
from agents.core.signs.fold import CitySigns
from agents.signs.book.read import sign_book
from agents.signs.book.sign import LEAST, least_of
from agents.signs.figures import SignFigure
from agents.signs.past.crossings import CrossingPace, crossed
from agents.signs.stage.basis import sign_rules
from streams.messages import CELLS, HOUR, MINUTE, SECOND, CitySign, SignCell, SignCells, event_bytes, format_time, parse_time
from streams.outputs import Output
from tests.unit.signs.facts import tick

AT = parse_time("2026-08-20T08:00:00+08:00")


@pytest.mark.parametrize("cases", [1, 19, 20])
def test_a_share_of_fewer_than_twenty_crosses_nothing(cases: int) -> None:
    """None of so many alarms was answered: 0 %, orange, and from twenty on a value for the rule of the crossing."""
    at = format_time(AT)
    one = SignCell(sign="alarms-answered", area="410105", denominator=cases, valid=cases, newest=at)
    data = SignCells(topic="t.events.cyber", partition=0, city="410100", at=at, cells=(one,))
    told = event_bytes(type=CELLS, source="t", id="1", time=at, subject="410100", region="410100", data=data)
    stage = CitySigns(sign_rules(), "t.events.cells", 0, keyed=False)
    lines = [told, tick(format_time(AT + MINUTE))]
    out = [each for n, line in enumerate(lines) for each in stage.run([(n, None, line)])]
    found = [each for each in out if isinstance(each, CitySign) and not each.provisional]
    assert {(each.value, each.state) for each in found} == {(0, "orange")}
    events = [json.decode(value) for _, value in figures(found)]
    values = [each["data"]["value"] for each in events if each["type"] == "signs.figure"]
    assert values == [None if cases < 20 else 0] * 2


@pytest.mark.parametrize(("cases", "calls"), [(19, {}), (20, {"orange": 1})])
def test_what_would_have_called_is_judged_so_too(cases: int, calls: dict[str, int]) -> None:
    """Three hours at 0 %: of nineteen cases it calls never, of twenty once."""
    row = sign_book()["alarms-answered"]
    of = {"sign": "alarms-answered", "area": "410100", "state": "orange", "numerator": 0, "denominator": cases, "valid": cases}
    hours = [SignFigure(at=AT + n * HOUR, value=0, due=None, coverage=None, newest=None, **of) for n in range(3)]  # type: ignore[arg-type]
    (month,) = crossed(row, hours, CrossingPace())
    assert dict(month.calls) == calls


def test_what_is_no_share_needs_no_number() -> None:
    """An index and a rate are judged of however few; of a share one case of twenty is 5 %."""
    assert {row.unit for row in sign_book().values() if least_of(row)} == {"%"}
    assert 100 / LEAST == 5


def test_a_few_good_cases_end_what_many_bad_ones_began() -> None:
    """Of twenty alarms none was answered, then of three all: what is no more beyond a threshold is told however few it is."""
    stage = CitySigns(sign_rules(), "t.events.cells", 0, keyed=False)
    out: list[Output] = []
    for n, (cases, good) in enumerate(((20, 0), (3, 3))):
        at = format_time(AT + n * MINUTE)
        one = SignCell(sign="alarms-answered", area="410105", numerator=good, denominator=cases, valid=cases, newest=at)
        data = SignCells(topic="t.events.cyber", partition=0, city="410100", at=at, cells=(one,))
        told = event_bytes(type=CELLS, source="t", id=at, time=at, subject="410100", region="410100", data=data)
        for line in (told, tick(format_time(AT + n * MINUTE + SECOND))):
            out += stage.run([(stage.position, None, line)])
    events = [json.decode(value) for _, value in figures(out)]
    of_city = [
        each["data"]["value"] for each in events if each["type"] == "signs.figure" and each["subject"].endswith("410100")
    ]
    assert of_city == [0, 100]
