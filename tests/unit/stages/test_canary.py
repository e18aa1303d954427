"""What nobody may read: secrets in every field of every kind of bad input stand in no output, message or state of a refusal."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.core.stage import Stage
from streams.gateways.hj212.decode import Decoder, Line
from streams.messages import (
    ADOPTED,
    COMMAND,
    DAY,
    INCIDENT_RIGHTS,
    NOTICE,
    RESUMED,
    REVISED,
    SECOND,
    TICK,
    DecodeError,
    Quality,
    decode,
    encode,
    format_time,
)
from streams.outputs import OUTPUTS
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.events import START, STATION, registered, tick
from tests.support.pure.hj212 import HEAD, framed
from tests.support.pure.scenarios import basis

SECRET = "PW=canary-13800138000"  # noqa: S105 - made up
FORMS = (SECRET, "13800138000", SECRET.encode().hex(), b64encode(SECRET.encode()).decode().rstrip("="), "canary")
"""The secret as it might come out again: as it is, cut, in hexadecimal digits, in base64."""

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "test",
    "type": "environment.air_hour",
    "subject": STATION,
    "time": "2026-06-01T08:00:00+08:00",
    "data": {"o3": 40},
}
ACT = {"alert": "0" * 32, "occurrence": 1, "actor": {"id": "a", "name": "b", "role": "supervisor"}, "reason": "x"}
NESTED = ({"kind": SECRET}, {"o3": SECRET}, {SECRET: 1}, {"adcode": SECRET}, {"o3": {"x": SECRET}}, [SECRET], SECRET)
TYPES = (TICK, RESUMED, NOTICE, ADOPTED, REVISED, COMMAND + "acknowledge", COMMAND + SECRET, "environment.registered", SECRET)


def bad() -> Iterator[bytes]:
    """Bad records of every kind, each with the secret somewhere."""
    yield SECRET.encode()
    yield b'{"id":"' + SECRET.encode() + b'\xff"}'
    yield b'{"specversion":"' + SECRET.encode()
    yield encode(SECRET)
    yield b" " * 70_000 + SECRET.encode()
    yield b"[" * 5_000 + SECRET.encode()
    for name in GOOD:
        yield encode(GOOD | {name: SECRET})
        yield encode(GOOD | {name: {"o3": {SECRET: SECRET}}})
    for type_ in TYPES:
        for data in (*NESTED, ACT | {"alert": SECRET}, ACT | {"finding": SECRET, "severity": SECRET}, {"last": SECRET}):
            yield encode(GOOD | {"type": type_, "data": data, "id": SECRET, "source": SECRET})
            yield encode(GOOD | {"type": type_, "data": data, "time": SECRET})
            yield encode(GOOD | {"type": type_, "data": data, "subject": SECRET})
    for verb in INCIDENT_RIGHTS:
        yield encode(GOOD | {"type": COMMAND + verb, "data": {"incident": SECRET, "actor": ACT["actor"]}})
    yield encode(GOOD | {"type": ADOPTED, "data": {"book": SECRET, "by": SECRET}})
    span = {"name": SECRET, "first": "2027-01-01", "last": "2020-01-01"}
    yield encode(GOOD | {"type": NOTICE, "data": {"year": 2027, "source": SECRET, "off": [span], "work": []}})


def stages() -> Iterator[Stage]:
    """A stage of each kind, some way into its log."""
    by = Fold(the_book(), events_topic("live", "environment"), 0)
    by.run([(0, STATION.encode(), registered()), (1, None, tick(START))])
    yield by
    grouping = basis().grouping
    assert grouping is not None
    yield Incidents(grouping, events_topic("live", "incidents"), 0)


def clean(text: str) -> bool:
    """Whether nothing of the secret is in it."""
    return not any(form in text for form in FORMS)


def test_what_is_refused_is_told_without_a_byte_of_it() -> None:
    """Outputs, states and messages; under a right key, under one with the secret in it, and under none."""
    count = 0
    for by in stages():
        for key in (STATION.encode(), SECRET.encode(), None):
            for value in bad():
                out = by.run([(by.position, key, value)])
                assert clean("".join(encode(each).decode() for each in out)), value[:200]
                count += len(out)
        assert clean(repr(by.snapshot()))
    assert count > 500, "nearly all of them are refused"


@pytest.mark.parametrize("kind", OUTPUTS, ids=[kind.topic for kind in OUTPUTS])
def test_who_cannot_read_a_message_says_nothing_of_it(kind: Any) -> None:
    """Neither the error nor its cause, which a traceback would show, quotes it."""
    for value in bad():
        with pytest.raises(DecodeError) as told:
            decode(value, kind.message)
        assert clean(f"{told.value} {told.value.field} {told.value.__cause__}")


def test_what_is_judged_all_the_same_is_told_without_its_values() -> None:
    """Of undeclared fields, unknown kinds, codes, marks and units, and of the sum of a day, the field's name alone is told."""
    kind = {"kind": SECRET, "name": {"zh": "站", "en": "Station"}, "adcode": "410102"}
    factor = {"avg": 1, "flag": "N"}
    factors = {"a21026": factor | {"unit": SECRET}, "a21002": factor | {"flag": "9x7q"}, "a34013": factor | {"avg": SECRET}}
    data: list[tuple[str, object]] = [
        ("registered", kind),
        ("air_hour", {SECRET: SECRET}),
        ("air_hour", {"o3": 40, "temp": SECRET}),
        ("air_hour", {"o3": SECRET, "so2": 3}),
        ("source_hour", {"factors": factors | {SECRET: {"avg": 1, "unit": SECRET}}, "st": "31"}),
        ("maintenance_plan", {"since": SECRET, "until": SECRET}),
        ("gap_reason", {"hour": SECRET, "reason": "x"}),
    ]
    values = [GOOD | {"type": f"environment.{name}", "data": each, "source": SECRET} for name, each in data]
    values = [each | {"time": format_time(START + n * SECOND)} for n, each in enumerate(values)]
    again = [each | {"time": format_time(START + DAY + n * SECOND)} for n, each in enumerate(values)]
    by = Fold(the_book(), events_topic("live", "environment"), 0, keyed=False)
    records = [tick(START), *map(encode, values), *map(encode, values), tick(START + DAY), *map(encode, again)]
    told = [out for out in by.run((n, None, value) for n, value in enumerate(records)) if isinstance(out, Quality)]
    reasons = {each.reason for each in told}
    assert {"undeclared-field", "unknown-kind", "unknown-code", "nothing-to-judge", "no-rule", "inconsistent"} <= reasons
    assert any(each.more for each in told)
    for each in told:
        rest = structs.replace(each, field=each.field.replace(SECRET, ""))
        assert clean(encode(rest).decode()), each
        assert "9x7q" not in each.message


def test_a_bad_frame_is_told_without_what_it_holds() -> None:
    """Whatever is wrong with it, the gateway's event has nothing of it but the device's number."""
    segment = HEAD.format(cn="2011", flag=5, content=f"DataTime=20260601080000;Info={SECRET}").replace("123456", SECRET)
    whole = framed(segment)
    frames = [
        SECRET.encode(),
        whole[:-6] + b"0000",
        whole.replace(b"MN=", b"XX="),
        whole.replace(b"ST=31", b"ST=" + SECRET.encode()),
        framed(segment.replace("QN=", f"{SECRET};QN=")),
        framed(segment.replace("DataTime=20260601080000", f"DataTime={SECRET}")),
        framed(segment.replace(f"Info={SECRET}", SECRET.replace("=", ""))),
    ]
    told = [event.decode() for frame in frames for event in Decoder().decode(Line(frame)) if b"bad_frame" in event]
    assert len(told) >= 5
    assert all(map(clean, told))
