"""A fact that people enter by hand (系统补录) is judged as the fact it brings, once two persons stand behind it."""

from typing import Any

import pytest

from agents.core.alerts.fold import Fold
from screen.catalogue.health import Sources
from streams.messages import Alert, Quality, event_bytes, format_time
from streams.messages.codec import decode_event
from streams.outputs import Output
from streams.risk.signs import signs_of_event
from tests.support.events import START, STATION, records, registered, tick
from tests.support.pure.alarm import BOOK

TOPIC = "test.events.environment"
ONE, OTHER = ({"id": name, "role": "handler", "department": "zz-ee"} for name in ("lu", "fu"))
LEAK = {"emergency": "E1", "step": "occurred", "what": "储罐泄漏"}


def entered(id_: str = "e1", **changes: Any) -> bytes:
    """A pollution emergency at the station that was entered by hand."""
    said = {
        "kind": "emergency",
        "data": LEAK,
        "entered": ONE,
        "confirmed": OTHER,
        "entry": "0" * 32,
        "note": "值班记录",
    } | changes
    return event_bytes(
        type="environment.entered", source="entry/zz-ee", id=id_, time=format_time(START), subject=STATION, data=said
    )


def judged(*events: bytes) -> tuple[list[Alert], list[Quality]]:
    """The alerts of what was entered into a log with a registered station, and the bad input."""
    out: list[Output] = list(Fold(BOOK, TOPIC, 0).run(records([registered(), tick(START), *events])))
    return [each for each in out if isinstance(each, Alert)], [each for each in out if isinstance(each, Quality)]


def test_an_entered_fact_is_judged_as_the_fact_itself() -> None:
    """The alert is that of the plain fact; its evidence is the place of the record that names both persons."""
    plain = event_bytes(type="environment.emergency", source="t", id="p", time=format_time(START), subject=STATION, data=LEAK)
    by_hand, bad = judged(entered())
    assert not bad
    assert [(each.rule, each.state, each.id) for each in by_hand] == [
        (each.rule, each.state, each.id) for each in judged(plain)[0]
    ]
    assert [each.place.offset for each in by_hand[0].evidence] == [2]


def test_a_second_copy_changes_nothing() -> None:
    """Double press and kill: the same id brings nothing twice."""
    assert judged(entered(), entered()) == judged(entered())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"confirmed": ONE}, "$.data.confirmed"),
        ({"confirmed": OTHER | {"department": "zz-amr"}}, "$.data.confirmed"),
        ({"entered": ONE | {"department": ""}, "confirmed": OTHER | {"department": ""}}, "$.data.confirmed"),
        ({"kind": "air_hour", "data": {"so2": 5}}, "$.data.kind"),
        ({"kind": "registered", "data": {}}, "$.data.kind"),
        ({"kind": "moon"}, "$.data.kind"),
        ({"data": {"emergency": "E1", "step": "exploded"}}, "$.data.data.step"),
    ],
)
def test_what_one_person_says_or_an_instrument_measures_is_refused(changes: dict[str, Any], field: str) -> None:
    """Never one person, never two departments, never what an instrument measures, never data that the kind does not have."""
    alerts, bad = judged(entered(**changes))
    assert alerts == []
    assert [(each.reason, each.field) for each in bad] == [("malformed-data", field)]


def test_it_counts_for_no_source_and_is_no_undeclared_field() -> None:
    """The page of sources, which tells who sends in time, does not know it; nor does the standing watch take offence."""
    sources = Sources()
    for offset, value in enumerate([tick(START), entered()]):
        sources.take(("t.events.environment", 0, offset), value)
    assert sources.health(START) == []
    assert list(signs_of_event(decode_event(entered()), None)) == []
