"""The incidents of the simulated city: what belongs together there, and the same whenever it is judged."""

import json

from agents.core.alerts.fold import Fold
from streams.messages import Alert, Flood, Incident, Name, Registered, event_bytes, format_time
from tests.support import events
from tests.support.pure.scenarios import book, judged, lines, stages_after


def standing(scenario: str) -> list[Incident]:
    """The open incidents at its end."""
    newest = {one.id: one for one in judged(scenario) if isinstance(one, Incident)}
    return [one for one in newest.values() if one.state == "open"]


def rules_of(incident: Incident, scenario: str) -> set[str]:
    """The rules that raised an incident's alerts."""
    return {one.rule for one in judged(scenario) if isinstance(one, Alert) and one.id in incident.members}


def test_a_silent_district_is_one_incident_of_five_departments() -> None:
    """Stations, sources, stores and logs that fall silent from 03:00 on are one; the data bureau leads, as the rule says."""
    (silent,) = [one for one in standing("silent_district") if "no-data" in one.rules]
    assert rules_of(silent, "silent_district") >= {
        "station-silent",
        "source-minute-missing",
        "source-hour-missing",
        "drug-store-record",
        "logs-silent",
    }
    assert (silent.adcode, silent.lead.department.id, silent.title.zh) == ("410104", "zz-data", "片区数据中断")
    assert {duty.department.id for duty in silent.helpers} == {"hn-mpa", "zz-amr", "zz-cyberpolice", "zz-ee"}


def test_an_ozone_episode_is_one_incident() -> None:
    """All stations' gas, index and 8-hour alarms of the afternoon."""
    (episode,) = [one for one in standing("ozone") if "bad-air" in one.rules]
    alerts = {one.id for one in judged("ozone") if isinstance(one, Alert) and one.rule in {"gas-hourly", "ozone-8h"}}
    assert alerts <= set(episode.members)
    assert (episode.adcode, episode.lead.department.id) == ("410100", "zz-ee")


def test_a_flood_becomes_a_handful_and_loses_none() -> None:
    """The alerts of a power cut, more than two hundred, stand in at most ten open incidents; every open alert in exactly one.

    Crossings of signs are figures of the same happenings: they are in no incident with alerts of subjects, and more than
    three of them in one on average.
    """
    newest = {one.id: one for one in judged("flood") if isinstance(one, Alert)}
    alerts = [one.id for one in newest.values() if one.state != "A"]
    crossings = {name for name in alerts if newest[name].domain == "signs"}
    of_subjects = [one for one in standing("flood") if not crossings.issuperset(one.members)]
    assert len(alerts) - len(crossings) > 200
    assert len(of_subjects) <= 10
    assert not any(crossings.intersection(one.members) for one in of_subjects)
    assert len(standing("flood")) - len(of_subjects) < len(crossings) / 3
    assert sorted(name for one in standing("flood") for name in one.members) == sorted(alerts)
    desks = {one.department.id for one in judged("flood") if isinstance(one, Flood)}
    assert {"zz-amr-se", "hn-mpa", "zz-data"} <= desks


def test_lifts_alone_are_no_power_cut() -> None:
    """A lively day has none: a lift, a store and a site fail far apart in time or place."""
    assert not [one for one in standing("day") if "power-cut" in one.rules]


def test_an_act_on_an_incident_in_a_file_reaches_it() -> None:
    """A line with a split is the incidents', and no domain calls it bad input."""
    (silent,) = [one for one in standing("silent_district") if "no-data" in one.rules]
    data = {"incident": silent.id, "actor": events.SUPERVISOR, "reason": "另案", "alerts": [silent.members[0]]}
    at = format_time(events.START)
    act = event_bytes(type="command.split", source="t", id="1", time=at, subject=silent.city, data=data)
    stages, _ = stages_after("silent_district")  # nobody else goes on with them
    out = list(stages.take(len(lines("silent_district")), act))
    assert [one.count for one in out if isinstance(one, Incident)] == [silent.count - 1, 1]
    assert json.loads(act)["subject"] == "410100"


def test_an_alert_says_what_feeds_its_subject() -> None:
    """The trait `upstream` of the registration is pinned to the alert; without one, or where it is no text, it is empty."""
    for trait, upstream in (({"upstream": "works.1"}, "works.1"), ({}, ""), ({"upstream": True}, "")):
        facts = Registered(kind="air_station", name=Name(zh="站"), adcode="410102", traits=trait)
        time = format_time(events.START)
        known = event_bytes(type="environment.registered", source="t", id="r", time=time, subject=events.STATION, data=facts)
        fold = Fold(book(), "t.events.environment", 0)
        out = fold.run(events.records([known, events.clean(events.START, o3=250)]))
        (alert,) = [one for one in out if isinstance(one, Alert) and one.rule == "gas-hourly"]
        assert alert.upstream == upstream
