"""What stands around an alert: past ones, neighbours, its subject, the time it has, and what its subject sent."""

from typing import Any

import pytest
from msgspec.structs import replace

from screen.desk.alert_context import around, deadlines, near, similar, subject
from screen.desk.readings import AFTER, BEFORE, FIRST_RECORDS, Came, Point, found, spans
from screen.desk.worktime import days, worked
from screen.feed.fold import fold
from screen.feed.slices.alarms import MOST_PAST, Alarms
from screen.feed.view import View
from streams.calendar.holidays import load
from streams.messages import (
    DAY,
    HOUR,
    Case,
    Event,
    Evidence,
    Name,
    Note,
    Place,
    Sealed,
    decode_event,
    event_bytes,
    format_time,
    parse_time,
)
from tests.support.pure.view import DESK
from tests.support.town import DOMAIN, LI, alert, entry, station

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")
TOPIC = "t.events.environment"


def test_past_alerts_of_the_same_rule_are_told_newest_first() -> None:
    """Ended ones of its rule with their value, their end and why; which are of its own subject; another rule's are none."""
    mine = alert(LOG, 1, NOW)
    past = [
        replace(mine, id=f"p{n}", state="A", raised_at=format_time(NOW - n * DAY), cleared_at=format_time(NOW - n * DAY + HOUR))
        for n in (1, 2)
    ]
    far = replace(past[0], id="far", subject="air.x", name=Name(zh="别站"), raised_at=format_time(NOW - 3 * DAY))
    other = replace(past[0], id="other", rule="aqi-hourly")
    told = similar(fold(View(), [mine, *past, far, other]), mine, DESK)
    assert (told["count"], told["own"]) == (3, 2)
    assert [(row["id"], row["own"]) for row in told["rows"]] == [("p1", True), ("p2", True), ("far", False)]
    assert told["rows"][0]["lasted"] == HOUR


def test_a_sealed_reason_of_a_past_alert_has_the_place_of_its_act() -> None:
    """By place and reference the page asks to look; where no trail tells the place there is nothing to ask with."""
    reference, place = Sealed("ab" * 32, "cd" * 32, 32), Place(TOPIC, 2, 7)
    mine = alert(LOG, 1, NOW)
    past = replace(mine, id="p", state="A", note=Note(verb="comment", actor=LI, reason=reference, at=mine.raised_at))
    acts = [entry(past, 1, "comment", Place(TOPIC, 2, 6), words="明文"), entry(past, 2, "comment", place, words=reference)]
    for known, sealed in ((acts, {"reference": reference, "place": place}), ([], None), (acts[:1], None)):
        (row,) = similar(fold(View(), [mine, past, *known]), mine, DESK)["rows"]
        assert (row["why"].zh, row["sealed"]) == ("已封存", sealed)
    (clear,) = similar(fold(View(), [mine, replace(past, note=replace(past.note, reason="明文")), *acts]), mine, DESK)["rows"]
    assert clear["sealed"] is None


def test_of_past_alerts_a_bounded_number_is_kept_of_each_rule() -> None:
    """The newest of each rule stay, also where another rule has ended a thousand since; a second revision counts once."""
    rare = alert(LOG, 1, NOW, state="A", rule="rare")
    often = [replace(alert(LOG, n, NOW, state="A"), id=f"e{n}") for n in range(MOST_PAST + 300)]
    view = fold(View(), [rare, *often, replace(often[-1], audit=2)])
    assert [one.id for one in view[Alarms].past["rare"]] == [rare.id]
    assert [one.id for one in view[Alarms].past["gas-hourly"]] == [one.id for one in often[-MOST_PAST:]]


def test_neighbours_are_within_five_kilometres() -> None:
    """One degree of latitude is 111.2 km: 4.9 km north is a neighbour, 5.1 km is only on the map, 13 km is beyond its edge."""
    here = alert(LOG, 0, NOW, lon=113.6, lat=34.7)
    others = [alert(LOG, n, NOW, lon=113.6, lat=34.7 + km / 111.195) for n, km in ((1, 4.9), (2, 5.1), (3, 13.0))]
    east = alert(LOG, 4, NOW, lon=113.6 + 4.9 / (111.195 * 0.8221), lat=34.7)  # cos 34.7° = 0.8221
    told = near(fold(View(), [here, *others, east]), here, DESK)
    assert told is not None
    assert told["within"] == 2
    assert {mark["id"] for mark in told["marks"]} == {others[0].id, others[1].id, east.id}
    assert near(View(), replace(here, lon=None), DESK) is None


def test_the_subject_has_its_values_and_its_other_alerts() -> None:
    """Newest values of its status, other open alerts in whatever state, none of another subject."""
    mine = alert(LOG, 1, NOW)
    twin = alert(LOG, 1, NOW, state="E", rule="flat-line")
    told = subject(fold(View(), [station(1, NOW), mine, replace(twin, id="twin"), alert(LOG, 2, NOW)]), mine, DESK)
    assert (told["kind"], told["count"], [row["id"] for row in told["open"]]) == ("air_station", 1, ["twin"])
    assert told["values"]["aqi"] == 57


def test_deadlines_tell_working_time() -> None:
    """From Tuesday 14:32 to Wednesday 08:32 four working hours (look: 现场核查); a case that is past due is negative."""
    case = Case(opened_at=format_time(NOW - DAY), due=format_time(NOW - HOUR))
    told = deadlines(load(), alert(LOG, 1, NOW, due="2026-11-25T08:32:00+08:00", case=case), NOW)
    assert [(row["what"], row["worked"]) for row in told["rows"]] == [("due", 4 * HOUR), ("case", -32 * 60_000)]
    assert [(day.worked, day.certain) for day in told["days"]] == [(True, True), (True, True)]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-06T17:00:00+08:00", "2026-03-09T09:00:00+08:00", 2),  # Friday to Monday
        ("2026-10-01T08:00:00+08:00", "2026-10-07T18:00:00+08:00", 0),  # National Day: 国办发明电〔2025〕7号
        ("2026-11-24T00:00:00+08:00", "2026-11-25T00:00:00+08:00", 8),
        ("2026-11-24T12:00:00+08:00", "2026-11-24T14:00:00+08:00", 0),
    ],
)
def test_working_time_is_that_of_the_sessions(start: str, end: str, hours: int) -> None:
    """08:00 to 12:00 and 14:00 to 18:00 on working days, none at noon, at night, on a weekend or a holiday."""
    assert worked(load(), parse_time(start), parse_time(end)) == hours * HOUR


def test_a_year_without_a_notice_says_so() -> None:
    """Its days are those of the law alone, and not certain."""
    assert [
        (day.worked, day.certain)
        for day in days(load(), parse_time("2031-01-03T10:00:00+08:00"), parse_time("2031-01-04T10:00:00+08:00"))
    ] == [
        (True, False),
        (False, False),
    ]


def test_all_that_stands_around_an_alert_can_be_told() -> None:
    """One answer has all four parts."""
    made = alert(LOG, 1, NOW)
    assert set(around(fold(View(), [made]), made, DESK)) == {"similar", "near", "subject", "deadlines"}


def event(at: int, data: Any, kind: str = "air_hour") -> Event:
    """An event of the subject."""
    return decode_event(
        event_bytes(type=f"{DOMAIN}.{kind}", source="s", id=str(at), time=format_time(at), subject="s", data=data)
    )


def evidence(offset: int, value: float | None) -> Evidence:
    """An event that counted."""
    return Evidence(place=Place(TOPIC, 0, offset), sha256="0" * 64, at=format_time(NOW), value=value)


def test_the_judged_number_of_the_events_is_plotted() -> None:
    """NOx of HJ 212: of avg, max and zs_avg it is zs_avg that was judged; events of another kind are left out."""
    made = alert(LOG, 1, NOW, item="a21002", evidence=(evidence(2, 431.2), evidence(3, 440.0)))

    def hour(value: float) -> dict[str, Any]:
        return {"factors": {"a21002": {"avg": 300.0, "max": value + 50, "zs_avg": value}, "a19001": {"avg": 3.5}}}

    events = {n: event(NOW + n * HOUR, hour(value), "source_hour") for n, value in ((1, 96.0), (2, 431.2), (3, 440.0))}
    events[4] = event(NOW, {"factors": {"a21002": {"zs_avg": 7.0}}}, "source_minute")
    told = found(made, events, 9, ended_early=False)
    assert (told.field, told.judged, told.records) == ("factors.a21002.zs_avg", True, 9)
    assert told.points == (Point(NOW + HOUR, 96.0), Point(NOW + 2 * HOUR, 431.2), Point(NOW + 3 * HOUR, 440.0))


def test_each_evidence_is_told_with_the_frame_or_post_that_it_came_in() -> None:
    """The gateway, the source and the id of its event; one that was not read has none of them, what is no evidence neither."""
    made = alert(LOG, 1, NOW, evidence=(evidence(2, 431.2), evidence(3, 440.0), evidence(9, 441.0)))
    frame = replace(event(NOW, {"factors": {}}), source="hj212:410102A8900016F000169DC0", id="2061-20261130120001123")
    events = {1: event(NOW, {}), 2: frame, 3: event(NOW, {})}
    told = found(made, events, 9, ended_early=False, ways={2: "hj212", 1: "http"})
    assert told.came == (Came(2, "hj212", frame.source, frame.id), Came(3, "", "s", str(NOW)))


def test_where_the_judged_value_is_made_of_readings_those_of_its_item_are_plotted() -> None:
    """A mean of 8 hours stands in no event: the readings of ozone are told, and that none of them is the judged one."""
    made = alert(LOG, 1, NOW, item="o3", evidence=(evidence(1, 171.0),))
    told = found(made, {1: event(NOW, {"o3": 180.0, "o3_8h": 160.0})}, 1, ended_early=False)
    assert (told.field, told.judged, told.points) == ("o3", False, (Point(NOW, 180.0),))


def test_an_event_without_the_number_has_no_series() -> None:
    """A duty that was not done has no number; what cannot be read is left out."""
    made = alert(LOG, 1, NOW, item="", evidence=(evidence(1, None),))
    told = found(made, {1: event(NOW, {"step": "started"}), 2: event(NOW, [1])}, 2, ended_early=True)
    assert (told.field, told.points, told.ended_early) == ("", (), True)


def test_the_registration_is_told_where_it_was_read() -> None:
    """The newest one; its limits are the subject's permit."""
    known = {"kind": "gas_boiler", "name": {"zh": "二号炉"}, "adcode": "410102", "limits": {"a21002": 200.0}}
    told = found(
        alert(LOG, 1, NOW), {1: event(NOW, known, "registered"), 2: event(NOW, {"kind": 3}, "registered")}, 2, ended_early=False
    )
    assert told.registered is not None
    assert (told.registered.kind, told.registered.limits) == ("gas_boiler", {"a21002": 200.0})


def test_what_is_read_is_bounded() -> None:
    """The partition's beginning and the surroundings of the first and the last evidence, joined where they meet."""
    made = alert(LOG, 1, NOW, evidence=(evidence(1_000_000, 1.0), evidence(2_000_000, 1.0)), place=Place(TOPIC, 0, 2_000_000))
    parts = spans(made, 10, 5_000_000)
    assert parts == [
        (10, 10 + FIRST_RECORDS),
        (1_000_000 - BEFORE, 1_000_000 + AFTER),
        (2_000_000 - BEFORE, 2_000_000 + AFTER),
    ]
    assert spans(made, 1_500_000, 1_500_100) == [(1_500_000, 1_500_100)]
    assert spans(replace(made, evidence=(), place=Place(TOPIC, 0, 5)), 0, 9) == [(0, 9)]
