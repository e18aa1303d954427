"""Incidents: which alerts belong together, what people may change, what a flood is, and that a cut anywhere changes nothing."""

from collections.abc import Iterable
from math import cos, radians, sin
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agents.core.incidents import incident
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.incidents.grouping import Grouping, GroupingFile, compiled, distance, member
from agents.core.incidents.incident import MANY
from agents.law import departments
from streams.messages import (
    COMMAND,
    GENESIS,
    HOUR,
    MINUTE,
    REVISED,
    SECOND,
    Actor,
    Alert,
    Audit,
    Case,
    Flood,
    Incident,
    IncidentAudit,
    Place,
    Quality,
    Regroup,
    decode_event,
    digest,
    encode,
    event_bytes,
    format_time,
    tick_bytes,
)
from streams.outputs import Output, target
from tests.support.town import alert as town_alert

TOPIC = "t.events.incidents"
CITY = "410100"
T0 = 1_780_272_000_000
BOSS = Actor(id="li", name="李值班", role="supervisor")
TITLE = {"zh": "规则", "en": "Rule"}


def grouping(most: int = 500, **groups: dict[str, Any]) -> Grouping:
    """Grouping rules by name; ISA-18.2's flood of 10 and 5 in 10 minutes, reopened within 30 minutes."""
    names = {name.replace("_", "-"): {"title": TITLE, "within": "30m"} | spec for name, spec in groups.items()}
    flood = {"begins": 10, "ends_below": 5, "within": "10m"}
    file = msgspec.convert({"owner": "zz-data", "reopen": "30m", "flood": flood, "group": names}, GroupingFile)
    return compiled(file, departments(), most)


SUBJECT = {"same_subject": {"kind": "subject"}}


def alert(n: int, at: int = T0, **changes: Any) -> Alert:
    """The n-th alert, raised at `at`, of a subject of its own in one district unless `changes` say otherwise."""
    time = format_time(at)
    home = {"subject": f"s{n}", "adcode": "410102", "lon": 113.0 + n, "lat": 34.0, "rev": n}
    more = {"opened_at": time, "raised_at": time, "changed_at": time, "place": Place("t.events.environment", 0, n)}
    made = replace(town_alert("t", n, at), **(home | more | {"severity": "yellow"} | changes))
    return replace(made, place=replace(made.place, offset=made.rev))


def later(standing: Alert, rev: int, **changes: Any) -> Alert:
    """The next revision of an alert."""
    return replace(standing, rev=rev, audit=standing.audit + 1, place=replace(standing.place, offset=rev), **changes)


def told(one: Alert, at: int | None = None) -> bytes:
    """The record that brings a revision to its city, made at `at` (its last change where that is not given)."""
    time = one.changed_at if at is None else format_time(at)
    city = one.adcode[:4] + "00"
    return event_bytes(type=REVISED, source="judge", id=f"{one.id}/{one.audit}", time=time, subject=city, data=one)


def act(verb: str, incident: str, *, id: str = "", at: int = T0, actor: Actor = BOSS, **more: Any) -> bytes:
    """A person's act on an incident."""
    data = Regroup(incident=incident, actor=actor, **({"reason": "同一原因"} | more))
    return event_bytes(
        type=COMMAND + verb, source="test", id=id or f"{verb}{incident}{more}", time=format_time(at), subject=CITY, data=data
    )


def run(rules: Grouping, values: Iterable[bytes]) -> tuple[Incidents, list[Output]]:
    """A fold over these records from the beginning of their log."""
    fold = Incidents(rules, TOPIC, 0)
    return fold, fold.run((n, None if b"clock.tick" in value else CITY.encode(), value) for n, value in enumerate(values))


def newest(out: Iterable[Output]) -> dict[str, Incident]:
    """Each incident as it stands at last, oldest first."""
    return {one.id: one for one in out if isinstance(one, Incident)}


def trail(out: Iterable[Output], incident: str) -> list[IncidentAudit]:
    """The entries of an incident's trail."""
    return [one for one in out if isinstance(one, IncidentAudit) and one.incident == incident]


def sets(out: Iterable[Output]) -> list[set[str]]:
    """The members of the incidents that have some."""
    return [set(one.members) for one in newest(out).values() if one.members]


def joined(rules: Grouping, *alerts: Alert) -> list[set[int]]:
    """The numbers of the alerts in each incident."""
    _, out = run(rules, map(told, alerts))
    return [{int(name, 16) for name in each} for each in sets(out)]


def test_a_single_alert_is_an_incident_of_one() -> None:
    """It has the alert's title, severity, place, department and times, and its trail begins with the opening."""
    one = alert(1)
    _, out = run(grouping(**SUBJECT), [told(one)])
    (incident,) = newest(out).values()
    assert (incident.members, incident.count, incident.open, incident.first) == ((one.id,), 1, 1, one.id)
    assert (incident.title, incident.severity, incident.state) == (one.title, "yellow", "open")
    assert (incident.lon, incident.lat, incident.adcode, incident.city) == (114.0, 34.0, "410102", CITY)
    assert (incident.lead.department, incident.lead.alert, incident.helpers, incident.rules) == (one.department, one.id, (), ())
    assert (incident.opened_at, incident.ended_at, incident.flood) == (one.raised_at, None, False)
    assert [(entry.n, entry.event, entry.ids) for entry in trail(out, incident.id)] == [(1, "open", (one.id,))]


def test_same_subject() -> None:
    """Two alerts of one subject within the rule's time are one incident, at its last millisecond too; a moment later two."""
    rules = grouping(**SUBJECT)
    assert joined(rules, alert(1, subject="a"), alert(2, T0 + 30 * MINUTE, subject="a")) == [{1, 2}]
    assert joined(rules, alert(1, subject="a"), alert(2, T0 + 30 * MINUTE + 1, subject="a")) == [{1}, {2}]
    assert joined(rules, alert(1, subject="a"), alert(2, subject="b")) == [{1}, {2}]


def test_near_in_place_and_time() -> None:
    """0.001796° of latitude are 199.9 m, 0.001798° are 200.2 m (111 320 m a degree); another domain or time is apart."""
    rules = grouping(near={"kind": "near", "metres": 200})
    here = {"lon": 113.6, "lat": 34.75}
    assert joined(rules, alert(1, **here), alert(2, lon=113.6, lat=34.751796)) == [{1, 2}]
    assert joined(rules, alert(1, **here), alert(2, lon=113.6, lat=34.751798)) == [{1}, {2}]
    assert joined(rules, alert(1, **here), alert(2, domain="cyber", **here)) == [{1}, {2}]
    assert joined(rules, alert(1, **here), alert(2, T0 + 31 * MINUTE, **here)) == [{1}, {2}]
    assert joined(rules, alert(1, lon=None, lat=None), alert(2, lon=None, lat=None)) == [{1}, {2}]


@given(st.floats(73, 135), st.floats(18, 53.6), st.integers(0, 359), st.integers(1, 199))
def test_neighbours_are_found_whatever_cell_they_are_in(lon: float, lat: float, bearing: int, metres: int) -> None:
    """Anywhere in China, an alert less than 200 m away in any direction is found through the grid."""
    north = metres * cos(radians(bearing)) / 111_320
    east = metres * sin(radians(bearing)) / 111_320 / cos(radians(lat))
    one, other = alert(1, lon=lon, lat=lat), alert(2, lon=lon + east, lat=lat + north)
    assert distance(member(one, 0, ""), member(other, 0, "")) < 200
    assert joined(grouping(near={"kind": "near", "metres": 200}), one, other) == [{1, 2}]


def test_near_by_pairs_of_rules() -> None:
    """Listed pairs alone, in either order, across domains."""
    rules = grouping(near={"kind": "near", "metres": 200, "pairs": [["lift", "power"]]})
    here = {"lon": 113.6, "lat": 34.75}
    lift, power = alert(1, rule="lift", domain="special_equipment", **here), alert(2, rule="power", domain="food_drug", **here)
    assert joined(rules, lift, power) == joined(rules, replace(lift, rule="power"), replace(power, rule="lift")) == [{1, 2}]
    assert joined(rules, lift, replace(power, rule="lift")) == [{1}, {2}]


def test_common_cause() -> None:
    """Rules that share a cause, in one district: the cause names the incident, and its department, if it has one, leads."""
    rules = grouping(leak={"kind": "cause", "rules": ["pressure", "leak"], "area": "district", "lead": "zz-amr-se"})
    one, two = alert(1, rule="pressure"), alert(2, rule="leak")
    _, out = run(rules, [told(one), told(two)])
    (incident,) = newest(out).values()
    assert (incident.count, incident.title.zh, incident.rules) == (2, "规则", ("leak",))
    assert (incident.lead.department.id, incident.lead.rule) == ("zz-amr-se", "leak")
    assert [(each.department.id, each.alert) for each in incident.helpers] == [("zz-ee", one.id)]
    assert joined(rules, one, replace(two, adcode="410103")) == [{1}, {2}]
    assert joined(rules, one, replace(two, rule="other")) == [{1}, {2}]
    everywhere = grouping(leak={"kind": "cause", "rules": ["pressure", "leak"], "area": "city"})
    assert joined(everywhere, one, replace(two, adcode="410103")) == [{1, 2}]
    close = grouping(leak={"kind": "cause", "rules": ["pressure", "leak"], "metres": 500})
    assert joined(close, one, two) == [{1}, {2}]
    assert joined(close, one, replace(two, lon=one.lon)) == [{1, 2}]


def test_a_distinct_cause_needs_different_alarms() -> None:
    """Two lifts are two accidents; a lift and a cold store are one cause, which a second lift then joins."""
    rules = grouping(power={"kind": "cause", "rules": ["lift", "store"], "area": "district", "distinct": True})
    lift, second, store = alert(1, rule="lift"), alert(2, rule="lift"), alert(3, rule="store")
    assert joined(rules, lift, second) == [{1}, {2}]
    assert joined(rules, lift, store, replace(second, id=f"{4:032x}", rev=4, place=replace(lift.place, offset=4))) == [
        {1, 3, 4}
    ]


def test_upstream_and_downstream() -> None:
    """What is fed by a subject joins its incident, and the other way round; neighbours fed by the same one do not."""
    rules = grouping(flow={"kind": "downstream"})
    plant, works = alert(1, subject="plant"), alert(2, subject="works", upstream="plant")
    assert joined(rules, plant, works) == [{1, 2}]
    assert joined(rules, replace(works, id=plant.id, rev=1), replace(plant, id=works.id, rev=2)) == [{1, 2}]
    assert joined(rules, works, alert(3, subject="others", upstream="plant")) == [{2}, {3}]


def test_the_first_rule_decides_and_the_newest_alert_of_it() -> None:
    """Where two rules find different incidents, the upper one is followed."""
    cause = {"kind": "cause", "rules": ["leak"], "area": "district"}
    one, two = alert(1, subject="a", rule="x"), alert(2, rule="leak")
    three = alert(3, subject="a", rule="leak")
    assert joined(grouping(s={"kind": "subject"}, c=cause), one, two, three) == [{1, 3}, {2}]
    assert joined(grouping(c=cause, s={"kind": "subject"}), one, two, three) == [{1}, {2, 3}]


def test_cities_never_mix() -> None:
    """The same subject in two cities of one partition: two incidents."""
    rules = grouping(**SUBJECT)
    fold = Incidents(rules, TOPIC, 0)
    one, two = alert(1, subject="a"), alert(2, subject="a", adcode="410203")
    out = fold.run([(0, b"410100", told(one)), (1, b"410200", told(two))])
    assert [incident.city for incident in newest(out).values()] == ["410100", "410200"]


def test_worst_open_member_gives_severity_and_lead() -> None:
    """It is red while the red member is open, led by its department; the place is the middle of the open ones."""
    rules = grouping(**SUBJECT)
    other = replace(alert(9).department, id="zz-amr")
    one = alert(1, subject="a", lon=113.0, lat=34.0)
    red = alert(2, T0 + MINUTE, subject="a", severity="red", department=other, lon=114.0, lat=35.0)
    gone = later(red, 3, state="A", verbs=())
    fold, out = run(rules, [told(one), told(red)])
    (incident,) = newest(out).values()
    assert (incident.severity, incident.lead.department.id, incident.lon, incident.lat) == ("red", "zz-amr", 113.5, 34.5)
    assert [duty.department.id for duty in incident.helpers] == ["zz-ee"]
    out = fold.run([(2, CITY.encode(), told(gone, T0 + 2 * MINUTE))])
    (incident,) = newest(out).values()
    assert (incident.severity, incident.lead.department.id, incident.lon, incident.open) == ("yellow", "zz-ee", 113.0, 1)
    assert [entry.event for entry in trail(out, incident.id)] == ["severity"]


def test_what_is_put_aside_neither_opens_an_incident_nor_makes_it_red() -> None:
    """A suppressed alarm has no incident until it is annunciated; a shelved red member leaves the incident yellow."""
    rules = grouping(**SUBJECT)
    _, out = run(rules, [told(alert(1, state="F")), told(later(alert(1, state="F"), 2, state="B"))])
    assert [incident.rev for incident in newest(out).values()] == [1]
    red = alert(2, subject="a", severity="red")
    _, out = run(rules, [told(alert(1, subject="a")), told(red), told(later(red, 3, state="E"))])
    assert [(incident.severity, incident.open) for incident in newest(out).values()] == [("yellow", 2)]


def test_it_ends_with_its_last_member_and_is_opened_again_within_half_an_hour() -> None:
    """At 30 minutes after the end the same incident goes on, a millisecond later another one begins."""
    rules = grouping(same_subject={"kind": "subject", "within": "4h"})
    one, end = alert(1, subject="a"), T0 + HOUR
    gone = later(one, 2, state="A")
    for after, incidents in ((30 * MINUTE, 1), (30 * MINUTE + 1, 2)):
        again = alert(3, end + after, subject="a")
        _, out = run(rules, [told(one), told(gone, end), told(again)])
        assert len(newest(out)) == incidents
        ended = [one for one in out if isinstance(one, Incident) and one.state == "ended"]
        assert [(one.ended_at, one.open) for one in ended] == [(format_time(end), 0)]
    first = next(iter(newest(run(rules, [told(one), told(gone, end), told(alert(3, end + MINUTE, subject="a"))])[1]).values()))
    assert (first.state, first.ended_at, first.count, first.open) == ("open", None, 2, 1)


def test_an_alert_whose_case_is_open_has_not_ended() -> None:
    """Its alarm is normal but nobody has concluded its case: the incident is open until then, and opens again with the case."""
    case = Case(opened_at=format_time(T0), due=format_time(T0 + HOUR))
    one = alert(1, case=case)
    normal = later(one, 2, state="A")
    concluded = later(normal, 3, case=replace(case, finding="confirmed"))
    fold, _ = run(grouping(**SUBJECT), [told(one), told(normal, T0 + MINUTE)])
    states = []
    for n, each in enumerate((concluded, later(concluded, 4, case=case), later(concluded, 5)), 3):
        (incident,) = newest(fold.run([(n, CITY.encode(), told(replace(each, audit=n), T0 + n * MINUTE))])).values()
        states.append(incident.state)
    assert states == ["ended", "open", "ended"]
    fold.run([(9, None, tick_bytes(T0 + 34 * MINUTE))])
    assert fold.known == 1, "it is forgotten 30 minutes after its last end, not after its first"
    fold.run([(10, None, tick_bytes(T0 + 35 * MINUTE + SECOND))])
    assert fold.known == 0


def test_what_ended_long_ago_is_forgotten() -> None:
    """After the time in which it could be opened again nothing of it is remembered, and the checkpoint lets go of it too."""
    rules = grouping(**SUBJECT)
    one = alert(1)
    fold, _ = run(rules, [told(one), told(later(one, 2, state="A"), T0), tick_bytes(T0 + 30 * MINUTE)])
    assert fold.known == 1
    held = dict(fold.snapshot())
    fold.run([(3, None, tick_bytes(T0 + 30 * MINUTE + SECOND))])
    assert (fold.known, fold.board.index, fold.board.home) == (0, {}, {})
    assert [key for key, value in fold.snapshot() if value is None] == [key for key in held if key.startswith(b"group/")]


def test_a_full_incident_takes_no_more() -> None:
    """The third alert of a subject begins another incident where two are the most."""
    rules = grouping(most=2, **SUBJECT)
    assert joined(rules, *(alert(n, subject="a") for n in (1, 2, 3))) == [{1, 2}, {3}]


def _two() -> tuple[list[bytes], list[str]]:
    """Two incidents, the first of two alerts, and their ids."""
    values = [told(alert(1, subject="a")), told(alert(2, subject="a")), told(alert(3, subject="b"))]
    return values, list(newest(run(grouping(**SUBJECT), values)[1]))


def test_of_many_that_join_at_one_moment_the_trail_tells_at_once_and_the_incident_a_moment_later() -> None:
    """The trail has every join; from MANY members on the incident is told anew when time has moved on, or one is worse."""
    rules = grouping(**SUBJECT)
    alike = [told(alert(n, subject="a")) for n in range(MANY + 8)]
    fold, out = run(rules, alike)
    (first,) = newest(out).values()
    assert len(first.members) == MANY - 1
    assert [entry.ids[0] for entry in trail(out, first.id)] == [alert(n).id for n in range(MANY + 8)]
    position = len(alike)
    worse = told(alert(position, subject="a", severity="red"))
    (told_at_once,) = newest(fold.run([(position, CITY.encode(), worse)])).values()
    assert (told_at_once.severity, len(told_at_once.members)) == ("red", MANY + 9)
    assert newest(fold.run([(position + 1, CITY.encode(), told(alert(position + 1, subject="a")))])) == {}
    (after_all,) = newest(fold.run([(position + 2, None, tick_bytes(T0 + SECOND))])).values()
    assert (after_all.open, after_all.rev) == (MANY + 10, position + 1)
    assert newest(fold.run([(position + 3, None, tick_bytes(T0 + 2 * SECOND))])) == {}


def test_a_person_merges() -> None:
    """All alerts belong to the first; the other one has ended, says where its alerts are, and both trails have who and why."""
    values, (first, second) = _two()
    fold, out = run(grouping(**SUBJECT), [*values, act("merge", first, others=(second,))])
    into, gone = newest(out)[first], newest(out)[second]
    assert (set(into.members), into.count) == ({alert(n).id for n in (1, 2, 3)}, 3)
    assert (gone.members, gone.count, gone.state, gone.merged_into) == ((), 0, "ended", first)
    assert [(note.verb, note.actor, note.reason, note.ids, note.refused) for note in into.notes] == [
        ("merge", BOSS, "同一原因", (second,), "")
    ]
    assert [(entry.event, entry.actor) for name in (first, second) for entry in trail(out, name)[-1:]] == [
        ("merge", BOSS),
        ("merged", BOSS),
    ]
    again = fold.run([(9, CITY.encode(), told(alert(4, subject="b")))])
    assert set(newest(again)) == {first}, "an alert of the other's subject joins what it has become part of"


def test_a_person_splits() -> None:
    """The alert has an incident of its own whose id follows from the place of the act; what comes later joins by rule."""
    values, (first, second) = _two()
    fold, out = run(grouping(**SUBJECT), [*values, act("split", first, alerts=(alert(1).id,))])
    made = next(one for name, one in newest(out).items() if name not in {first, second})
    assert (made.members, made.open, newest(out)[first].members) == ((alert(1).id,), 1, (alert(2).id,))
    assert [entry.event for entry in trail(out, made.id)] == ["split-off"]
    assert newest(out)[first].rules == ("same-subject",)
    assert list(newest(run(grouping(**SUBJECT), [*values, act("split", first, alerts=(alert(1).id,))])[1])) == list(newest(out))
    moved = fold.run([(9, CITY.encode(), told(later(alert(1, subject="a"), 20, state="A")))])
    assert newest(moved)[made.id].state == "ended"


@pytest.mark.parametrize(
    ("verb", "more", "why"),
    [
        ("merge", {"others": ()}, "merge needs other incidents"),
        ("merge", {"others": ("FIRST",)}, "merge needs other incidents"),
        ("merge", {"others": ("f" * 32,)}, "is no open incident"),
        ("merge", {"others": ("SECOND",), "reason": " "}, "merge needs a reason"),
        ("merge", {"others": ("SECOND",), "actor": replace(BOSS, role="viewer")}, "role 'viewer' may not merge"),
        ("split", {"alerts": ()}, "split needs the alerts"),
        ("split", {"alerts": (f"{3:032x}",)}, "is no open alert of this incident"),
        ("split", {"alerts": (f"{1:032x}", f"{2:032x}")}, "one open alert at least must stay"),
    ],
)
def test_refused_acts_are_in_the_trail(verb: str, more: dict[str, Any], why: str) -> None:
    """Nothing moves, and trail and incident say who was refused what and why."""
    values, (first, second) = _two()
    names = {"FIRST": first, "SECOND": second}
    given_ = {key: tuple(names.get(each, each) for each in value) if key == "others" else value for key, value in more.items()}
    _, out = run(grouping(**SUBJECT), [*values, act(verb, first, **given_)])
    entry = trail(out, first)[-1]
    assert (entry.event, entry.verb, why in entry.reason) == ("refuse", verb, True), entry.reason
    assert newest(out)[first].notes[-1].refused == entry.reason
    assert sets(out) == sets(run(grouping(**SUBJECT), values)[1])


def test_a_merge_beyond_the_most_and_an_ended_incident_are_refused() -> None:
    """Three alerts do not fit where two are the most; an incident that has ended takes no act."""
    values, (first, second) = _two()
    _, out = run(grouping(most=2, **SUBJECT), [*values, act("merge", first, others=(second,))])
    assert "together they have 3 alerts" in trail(out, first)[-1].reason
    gone = told(later(alert(3, subject="b"), 4, state="A"))
    _, out = run(grouping(**SUBJECT), [*values, gone, act("split", second, alerts=(alert(3).id,))])
    assert trail(out, second)[-1].reason == "the incident has ended"


def test_an_act_twice_is_one_and_a_stranger_is_bad_input() -> None:
    """A second copy of a command gives nothing; an act on an incident that is not there is a quality record."""
    values, (first, second) = _two()
    fold, _ = run(grouping(**SUBJECT), [*values, act("merge", first, others=(second,))])
    assert fold.run([(9, CITY.encode(), act("merge", first, others=(second,)))]) == []
    (bad,) = fold.run([(10, CITY.encode(), act("merge", second, others=(first,)))])
    assert isinstance(bad, Quality)
    assert (bad.reason, bad.owner, bad.place.offset) == ("unknown-incident", "zz-data", 10)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xff", "not-json"),
        (event_bytes(type="environment.air_hour", source="x", id="1", time=format_time(T0), subject=CITY), "unknown-type"),
        (event_bytes(type=REVISED, source="x", id="1", time=format_time(T0), subject=CITY, data={}), "malformed-data"),
        (event_bytes(type=REVISED, source="x", id="1", time="now", subject=CITY, data={}), "bad-time"),
        (event_bytes(type=REVISED, source="x", id="1", time=format_time(T0), subject="410200", data={}), "key-mismatch"),
    ],
)
def test_bad_input_is_told_and_stops_nothing(value: bytes, reason: str) -> None:
    """A quality record with the reason; the alert after it is folded."""
    _, out = run(grouping(**SUBJECT), [value, told(alert(1))])
    assert [one.reason for one in out if isinstance(one, Quality)] == [reason]
    assert len(newest(out)) == 1


def _calls(*times: int, **more: Any) -> list[bytes]:
    """Annunciations at these times, each of a subject of its own."""
    return [told(alert(n, at, **more)) for n, at in enumerate(times, 1)]


def floods(out: Iterable[Output]) -> list[Flood]:
    """Each flood as it stands at last."""
    return list({one.id: one for one in out if isinstance(one, Flood)}.values())


def test_a_flood_begins_with_the_tenth_annunciation() -> None:
    """Nine in 10 minutes are none, ten are one; the first one exactly 10 minutes before the tenth does not count any more."""
    spread = [T0 + n * MINUTE for n in range(10)]
    assert floods(run(grouping(), _calls(*spread[:9]))[1]) == []
    (flood,) = floods(run(grouping(), _calls(*spread))[1])
    assert (flood.began_at, flood.count, flood.ended_at) == (format_time(spread[9]), 10, None)
    assert floods(run(grouping(), _calls(*spread[:9], T0 + 10 * MINUTE))[1]) == []
    (flood,) = floods(run(grouping(), _calls(*spread[:9], T0 + 10 * MINUTE - 1))[1])
    assert (flood.department.id, flood.city, flood.peak) == ("zz-ee", CITY, 10)


def test_a_flood_ends_below_five() -> None:
    """Ten in nine minutes: at minute 15 only those of minutes 6 to 9 are left, four: there it ends, not a moment before."""
    calls = _calls(*(T0 + n * MINUTE for n in range(10)))
    for at, ended in ((15 * MINUTE - 1, None), (15 * MINUTE, T0 + 15 * MINUTE), (20 * MINUTE, T0 + 15 * MINUTE)):
        (flood,) = floods(run(grouping(), [*calls, tick_bytes(T0 + at)])[1])
        assert (flood.until, flood.ended_at) == (format_time(T0 + 15 * MINUTE), None if ended is None else format_time(ended))
    more = told(alert(11, T0 + 15 * MINUTE - 1))
    (flood,) = floods(run(grouping(), [*calls, more])[1])
    assert (flood.ended_at, flood.until) == (None, format_time(T0 + 16 * MINUTE)), "with one more it goes on for a minute"


def test_an_end_told_too_early_is_taken_back() -> None:
    """A tick ran ahead of annunciations that were still on their way: it is the same flood, and it goes on."""
    calls = _calls(*(T0 + n * MINUTE for n in range(10)))
    late = told(alert(11, T0 + 14 * MINUTE))
    (flood,) = floods(run(grouping(), [*calls, tick_bytes(T0 + HOUR), late])[1])
    assert (flood.began_at, flood.ended_at) == (format_time(T0 + 9 * MINUTE), None)


def test_a_desk_is_a_department_of_a_city() -> None:
    """Five alerts of each of two departments, and acknowledgements, are no flood; re-alarms are annunciations."""
    other = replace(alert(9).department, id="zz-amr")
    mixed = [told(alert(n, T0 + n, **({"department": other} if n % 2 else {}))) for n in range(1, 11)]
    assert floods(run(grouping(), mixed)[1]) == []
    one = alert(1)
    signed = [later(one, 2, state="C"), *(later(one, rev, state="C") for rev in range(3, 12))]
    assert floods(run(grouping(), [told(one), *map(told, signed)])[1]) == []
    again = [replace(later(one, rev), occurrence=rev, audit=rev) for rev in range(2, 11)]
    assert len(floods(run(grouping(), [told(one), *map(told, again)])[1])) == 1


def test_a_flood_is_calmed_by_grouping_and_hides_nothing() -> None:
    """With the tenth the nine incidents of one alarm become one, its later ones join, others stay apart; all are members."""
    rules = grouping(alike={"kind": "flood", "within": "10m"})
    calls = _calls(*(T0 + n * SECOND for n in range(10)), rule="lift")
    stranger = told(alert(20, T0 + 12 * SECOND, rule="store"))
    more = told(alert(21, T0 + 13 * SECOND, rule="lift"))
    _, out = run(rules, [*calls, stranger, more])
    assert sorted(map(len, sets(out))) == [1, 11]
    assert set().union(*sets(out)) == {alert(n).id for n in (*range(1, 11), 20, 21)}
    big = next(one for one in newest(out).values() if one.count == 11)
    assert (big.flood, big.rules, big.notes[0].actor, big.notes[0].rule) == (True, ("alike",), None, "alike")
    assert all(one.flood for one in newest(out).values() if one.members)


def test_what_a_person_split_off_no_flood_merges_again() -> None:
    """Nine alike, one of them split off by hand from another: the tenth merges eight of them and its own."""
    rules = grouping(s={"kind": "subject"}, alike={"kind": "flood", "within": "10m"})
    calls = [told(alert(n, T0 + n, rule="lift", subject="a" if n < 3 else f"s{n}")) for n in range(1, 10)]
    first = next(iter(newest(run(rules, calls)[1])))
    split = act("split", first, alerts=(alert(1).id,))
    _, out = run(rules, [*calls, split, told(alert(10, T0 + 10, rule="lift"))])
    assert {frozenset(each) for each in sets(out)} == {
        frozenset({alert(1).id}),
        frozenset(alert(n).id for n in range(2, 11)),
    }


def test_revisions_are_those_with_an_entry() -> None:
    """Of a raise, a new value and an acknowledgement the second is not passed on; the event's time is the entry's."""
    one = alert(1)
    valued = replace(one, value=230.0, rev=2)
    signed = replace(later(one, 3), state="C")
    entry = Audit(
        alert=one.id, n=1, rev=1, at=format_time(T0), event="raise", verb="", before="A", after="B", occurrence=1,
        severity="yellow", actor=None, reason="", place=one.place, prev=GENESIS, hash="",
    )  # fmt: skip
    out: list[Output] = [one, entry, valued, signed, replace(entry, n=2, rev=3, at=format_time(T0 + MINUTE))]
    assert [key for key, _ in revisions(out)] == [CITY.encode()] * 2
    events = [decode_event(value) for _, value in revisions(out)]
    assert [(event.type, event.subject, event.time, bytes(event.data)) for event in events] == [
        (REVISED, CITY, format_time(T0), encode(one)),
        (REVISED, CITY, format_time(T0 + MINUTE), encode(signed)),
    ]
    fold, folded = run(grouping(), [value for _, value in revisions(out)])
    assert [incident.rev for incident in newest(folded).values()] == [0]
    assert fold.groups[next(iter(newest(folded)))].members[one.id].state == "C"


def test_the_trail_is_a_chain() -> None:
    """Each entry's hash covers the one before; the incident carries number and hash of the newest."""
    values, (first, second) = _two()
    _, out = run(grouping(**SUBJECT), [*values, act("merge", first, others=(second,))])
    head = GENESIS
    for n, entry in enumerate(trail(out, first), 1):
        assert (entry.n, entry.prev, entry.hash) == (n, head, digest(entry))
        head = entry.hash
    assert (newest(out)[first].audit, newest(out)[first].head) == (n, head)


RULES = grouping(
    same_subject={"kind": "subject"},
    flow={"kind": "downstream"},
    leak={"kind": "cause", "rules": ["lift", "store"], "area": "district", "distinct": True},
    near={"kind": "near", "metres": 500},
    alike={"kind": "flood", "within": "10m"},
)


@st.composite
def histories(draw: st.DrawFn) -> list[bytes]:
    """Alerts of a few subjects that come, change and end, ticks, and people who merge and split, right or wrong."""
    values: list[bytes] = []
    standing: list[Alert] = []
    at, rev = T0, 0
    known: list[str] = []
    for _ in range(draw(st.integers(1, 40))):
        at += draw(st.sampled_from((0, SECOND, MINUTE, 6 * MINUTE, 31 * MINUTE)))
        rev += draw(st.integers(0, 1)) if values else 1
        what = draw(st.sampled_from(("raise", "raise", "raise", "change", "tick", "merge", "split")))
        if what == "tick":
            values.append(tick_bytes(at))
        elif what == "change" and standing:
            one = draw(st.sampled_from(standing))
            standing.remove(one)
            state = draw(st.sampled_from("ABCDE"))
            changed = replace(later(one, rev), state=state, occurrence=one.occurrence + (state == "B"))
            values.append(told(changed, at))
            standing += [changed] if state != "A" else []
        elif what in {"merge", "split"} and known:
            ids = tuple(draw(st.lists(st.sampled_from(known), max_size=2)))
            alerts = tuple(one.id for one in draw(st.lists(st.sampled_from(standing), max_size=2))) if standing else ()
            values.append(act(what, draw(st.sampled_from(known)), id=str(len(values)), others=ids, alerts=alerts))
        else:
            n = len(values) + 1
            subject = draw(st.sampled_from("abc"))
            one = alert(
                n, at, rev=rev, subject=subject, upstream=draw(st.sampled_from(("", "a"))), lon=113.6,
                rule=draw(st.sampled_from(("lift", "store"))), lat=34.0 + draw(st.integers(0, 2)) / 200,
            )  # fmt: skip
            standing.append(one)
            values.append(told(one))
            known = list(newest(run(RULES, values)[1]))
    return values


@given(histories(), st.data())
def test_a_cut_anywhere_and_copies_change_nothing(values: list[bytes], data: st.DataObject) -> None:
    """Restored from checkpoints at any places, and with what a crash repeats, the outputs are byte for byte the same."""
    with patch.object(incident, "MANY", data.draw(st.sampled_from((2, incident.MANY)))):
        whole, expected = run(RULES, values)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
        held: dict[bytes, bytes | None] = {}
        out: list[Output] = []
        records = [(n, None if b"clock.tick" in value else CITY.encode(), value) for n, value in enumerate(values)]
        for begin, end in zip([0, *cuts], [*cuts, len(values)], strict=True):
            fold = Incidents(RULES, TOPIC, 0)
            fold.restore(held.items())
            out += fold.run(records[begin:end])
            held |= dict(fold.snapshot())
    assert [encode(one) for one in out] == [encode(one) for one in expected]
    homes = [name for group in whole.groups.values() for name in group.members]
    assert len(homes) == len(set(homes)), "an alert stands in two incidents"


@given(histories(), st.data())
def test_what_a_crash_repeats_is_dropped(values: list[bytes], data: st.DataObject) -> None:
    """Revisions that come again in their order, from any point on, at any later place, add nothing and change no member."""
    revised = [value for value in values if REVISED.encode() in value]
    _, expected = run(RULES, revised)
    end = data.draw(st.integers(0, len(revised)))
    again = data.draw(st.integers(0, end))
    _, out = run(RULES, [*revised[:end], *revised[again:]])
    assert [(one.id, one.members, one.state) for one in newest(out).values()] == [
        (one.id, one.members, one.state) for one in newest(expected).values()
    ]
    assert len(out) == len(expected)


def test_restored_alerts_are_looked_at_newest_first_too() -> None:
    """Of two incidents of a subject a new alert joins the one whose alert came last, also after a restart."""
    rules = grouping(**SUBJECT)
    values = [told(alert(1, subject="a")), told(alert(2, subject="a"))]
    first = next(iter(newest(run(rules, values)[1])))
    for leaves in (1, 2):
        before, _ = run(rules, [*values, act("split", first, alerts=(alert(leaves).id,))])
        after = Incidents(rules, TOPIC, 0)
        after.restore(before.snapshot())
        for fold in (before, after):
            (incident,) = newest(fold.run([(9, CITY.encode(), told(alert(3, subject="a")))])).values()
            assert alert(2).id in incident.members


def test_outputs_have_topics_of_their_own() -> None:
    """Incidents, their trail and floods, each with its key."""
    _, out = run(grouping(), _calls(*(T0 + n for n in range(10))))
    assert {target(one)[0] for one in out} == {"incidents", "incident-audit", "floods"}
