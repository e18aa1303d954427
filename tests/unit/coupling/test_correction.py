"""A corrected value links to the fact that it corrects: the hour is judged again, what was found is not erased."""

from typing import Any

import msgspec
import pytest

from agents.core.alerts.fold import Fold
from streams.messages import HOUR, Actor, Alert, Audit, Quality, decode_event, event_bytes, format_time
from streams.outputs import Output
from tests.support.directory.entries import AMR, FU, LU
from tests.support.events import START, STATION, act, clean, records, registered, tick
from tests.support.pure.alarm import BOOK, OZONE, at, bad

TOPIC = "test.events.environment"
LOG = [registered(), tick(START), clean(START, o3=OZONE)]
"""The hour of bad air stands at offset 2."""


def correction(hour: int = START, offset: int = 2, id_: str = "c1", **values: Any) -> bytes:
    """What the hour should have been."""
    data = msgspec.json.decode(decode_event(clean(hour, **values)).data)
    said = {
        "corrects": {"topic": TOPIC, "partition": 0, "offset": offset},
        "kind": "air_hour",
        "at": format_time(hour),
        "data": data,
        "reason": "零点漂移",
        "order": "JH-7",
    }
    return event_bytes(type="environment.corrected", source="qa", id=id_, time=format_time(START), subject=STATION, data=said)


def judged(*events: bytes) -> tuple[list[Alert], list[Audit], list[Output], Fold]:
    """Revisions and trail of the station's ozone alert, all that came, and the fold."""
    by = Fold(BOOK, TOPIC, 0)
    out = list(by.run(records([*LOG, *events])))
    alerts = [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]
    ids = {each.id for each in alerts}
    return alerts, [each for each in out if isinstance(each, Audit) and each.alert in ids], out, by


def test_an_hour_that_was_never_bad_clears_its_alert() -> None:
    """The trail keeps what was found, says what was corrected, then that the condition is over; people end the alert."""
    alerts, trail, _, by = judged(correction(o3=180))
    assert [each.event for each in trail] == ["raise", "correct", "clear"]
    assert trail[1].reason == "air_hour of 2026-06-01T08:00:00+08:00 corrected by order JH-7: 230.0, which it was not"
    assert (alerts[-1].state, alerts[-1].active, alerts[-1].ended, alerts[-1].value) == ("D", False, False, OZONE)
    assert by.subjects[STATION].latest["air_hour"].data.o3 == 180


def test_a_value_that_was_otherwise_bad_is_corrected_on_the_alert() -> None:
    """The alert goes on with the right value; the record that brought it is its newest evidence, the wrong one stays."""
    alerts, trail, _, _ = judged(correction(o3=260))
    assert [each.event for each in trail][:2] == ["raise", "correct"]
    assert trail[1].reason.endswith("230.0 to 260.0")
    assert (alerts[-1].state, alerts[-1].active, alerts[-1].value) == ("B", True, 260.0)
    assert [each.place.offset for each in alerts[-1].evidence] == [2, 3]


@pytest.mark.parametrize(
    ("entered", "confirmed", "taken"),
    [(LU, FU, True), (LU, LU, False), (LU, AMR, False), (LU, None, False), (None, FU, False)],
)
def test_a_correction_by_hand_has_two_persons_of_one_department(
    entered: Actor | None, confirmed: Actor | None, taken: bool
) -> None:
    """One alone, or somebody of another department, corrects nothing, as with a fact that is entered by hand."""
    event = msgspec.json.decode(correction(o3=180))
    by = {name: msgspec.to_builtins(each) for name, each in (("entered", entered), ("confirmed", confirmed)) if each}
    event["data"] |= by | {"entry": "0" * 32}
    _, trail, out, _ = judged(msgspec.json.encode(event))
    assert ("correct" in [each.event for each in trail]) == taken
    assert ("$.data.confirmed" in [each.field for each in out if isinstance(each, Quality)]) != taken


def test_an_hour_that_was_bad_after_all_raises() -> None:
    """A clean hour that is corrected to a bad one is judged as one."""
    by = Fold(BOOK, TOPIC, 0)
    out = by.run(records([registered(), tick(START), clean(START), correction(o3=OZONE)]))
    (alert,) = [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]
    assert (alert.state, alert.value, alert.place.offset) == ("B", OZONE, 3)


def test_the_hours_after_it_go_on_as_ever() -> None:
    """After the correction a clean hour changes nothing, a bad one is the next occurrence."""
    more = [at(60), clean(START + HOUR), at(120), clean(START + 2 * HOUR, o3=OZONE)]
    alerts, trail, _, _ = judged(correction(o3=180), *more)
    assert [each.event for each in trail] == ["raise", "correct", "clear", "re-alarm"]
    assert alerts[-1].occurrence == 2


def told(out: list[Output]) -> str:
    """What a correction left as it was."""
    return "".join(each.message for each in out if isinstance(each, Quality))


def test_an_older_hour_is_judged_again_and_its_finding_corrected() -> None:
    """The alert that it began stands on the newer hour, which is bad too; what was found of the older one is put right."""
    alerts, trail, _, _ = judged(at(60), clean(START + HOUR, o3=OZONE + 5), correction(o3=180))
    assert trail[-1].event == "correct"
    assert trail[-1].reason.endswith("corrected by order JH-7: 230.0, which it was not; a newer one stands")
    assert (alerts[-1].state, alerts[-1].active, alerts[-1].value) == ("B", True, OZONE + 5)
    _, trail, _, _ = judged(at(60), clean(START + HOUR), correction(o3=250))
    assert trail[-1].reason.endswith("230.0 to 250.0; a newer one stands")


def test_an_alert_that_rests_on_an_older_hour_alone_is_over() -> None:
    """A late hour that was bad opened it, the newest is clean: once the late one is right nothing else speaks for it."""
    by = Fold(BOOK, TOPIC, 0)
    log = [registered(), tick(START), at(60), clean(START + HOUR), clean(START, o3=OZONE), correction(offset=4, o3=180)]
    out = by.run(records(log))
    trail = [each.event for each in out if isinstance(each, Audit)]
    assert trail == ["raise", "correct", "clear"]
    assert STATION not in {each.subject for each in by.subjects[STATION].alerts.values() if each.active}


def test_an_older_hour_that_was_bad_after_all_raises_and_is_over() -> None:
    """People are told of it: it is raised as of its own hour and, since the newest is clean, is back to normal at once."""
    by = Fold(BOOK, TOPIC, 0)
    out = by.run(
        records([registered(), tick(START), clean(START), at(60), clean(START + HOUR), correction(offset=2, o3=OZONE)])
    )
    alerts = [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]
    trail = [each for each in out if isinstance(each, Audit) and each.alert == alerts[-1].id]
    assert [each.event for each in trail] == ["raise", "correct", "clear"]
    assert trail[1].reason.endswith("230.0, which it was after all; a newer one stands")
    assert (alerts[-1].state, alerts[-1].value, alerts[-1].opened_at) == ("D", OZONE, format_time(START))


def test_a_finding_that_had_ended_is_corrected_in_its_trail() -> None:
    """Its alert ended; the trail goes on with what was corrected, by number and hash of its last entry."""
    _, before, _, _ = judged(act(bad().id), at(60), clean(START + HOUR))
    _, trail, _, _ = judged(act(bad().id), at(60), clean(START + HOUR), correction(o3=180))
    assert trail[:-1] == before
    assert (trail[-1].event, trail[-1].n, trail[-1].prev) == ("correct", before[-1].n + 1, before[-1].hash)
    assert trail[-1].reason.endswith("corrected by order JH-7: the hour that it began with was none")


def test_what_is_not_judged_again_is_told() -> None:
    """Means of several hours go on with the wrong value, and of an hour without any alert nothing is remembered: both said."""
    _, _, out, _ = judged(correction(o3=180))
    assert "rules that rest on more than this fact, or on what is no longer known, judge nothing again: " in told(out)
    _, trail, out, _ = judged(act(bad().id), at(60), clean(START + HOUR), at(120), clean(START + 2 * HOUR))
    assert told(out) == ""
    _, again, out, _ = judged(
        act(bad().id), at(60), clean(START + HOUR), at(120), clean(START + 2 * HOUR), correction(START + HOUR, 5, o3=170)
    )
    assert "no alert is remembered that this hour has a part in" in told(out)
    assert again == trail


def test_a_subject_that_was_registered_anew_since_is_not_judged_as_it_was() -> None:
    """Where it stands and what it may do then is not remembered: the alert's trail says so, and the record."""
    moved = registered(at=START + HOUR, name="迁建站")
    _, trail, out, _ = judged(at(60), moved, clean(START + HOUR, o3=OZONE + 5), correction(o3=180))
    assert trail[-1].reason.endswith("or on what is no longer known: nothing is judged again")
    assert "gas-hourly" in told(out)


def test_a_copy_changes_nothing() -> None:
    """Known by its id, after a restart too."""
    once = judged(correction(o3=180))[1]
    assert judged(correction(o3=180), correction(o3=180))[1] == once
    _, _, _, by = judged(correction(o3=180))
    again = Fold(BOOK, TOPIC, 0)
    again.restore(by.snapshot())
    assert again.run(records([correction(o3=180)], start=by.position)) == []


def test_a_standing_act_stands() -> None:
    """Acknowledged before it was corrected: back to normal, the alert ends as any."""
    alerts, trail, _, _ = judged(act(bad().id), correction(offset=2, o3=180))
    assert [each.event for each in trail] == ["raise", "acknowledge", "correct", "clear"]
    assert alerts[-1].ended


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (correction(offset=99, o3=180), "$.data.corrects"),
        (correction(hour=START + HOUR, o3=180), "$.data.at"),
        (correction(o3=-5), "$.data.data.o3"),
        (correction(o3=180).replace(b'"air_hour"', b'"registered"'), "$.data.kind"),
        (correction(o3=180).replace(b'"reason"', b'"raison"'), "$.data"),
    ],
)
def test_a_correction_of_nothing_is_told(value: bytes, field: str) -> None:
    """Of a fact that is not before it, not there, or with data that are none."""
    _, trail, out, _ = judged(value)
    (told,) = [each for each in out if isinstance(each, Quality)]
    assert told.field.startswith(field)
    assert [each.event for each in trail] == ["raise"]
