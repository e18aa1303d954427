"""A masked value is shown whole to the right role, for a purpose, once it is on record; and the record has no value."""

from collections.abc import Callable
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError
from starlette.middleware import Middleware

from screen.access.declared_routes import acts_of
from screen.access.request_guard import RequestGuard
from screen.acts.reveals import ADDRESS, Reveals, masked_fields
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from streams.messages import Access, Alert, Place, Role, decode_event, encode, event_bytes
from streams.risk.signs import signs_of_access
from tests.support.masking.stained import LAT, LON
from tests.support.pure.view import LOG, NOW
from tests.support.pure.visitor import visitor
from tests.support.town import alert

VISIT = {"device": "lift-1", "lon": LON, "lat": LAT, "minutes": 31.0, "purpose": "maintenance"}
"""A technician's visit: where he was is sensitive (个人信息保护法 28: 行踪轨迹)."""

OURS = {"origin": "http://testserver", "content-type": "application/json", "x-onescreen": "act"}


def made(**changes: Any) -> Alert:
    """An alert with one record of evidence."""
    return alert(LOG, 1, NOW, **changes)


def record(subject: str, data: dict[str, Any] | None = None, type_: str = "special_equipment.visit") -> bytes:
    """The record."""
    time = "2026-06-01T08:00:00+08:00"
    return event_bytes(type=type_, source="t", id="v", time=time, subject=subject, data=data or VISIT)


def asked(
    role: Role,
    *,
    value: Callable[[Alert], bytes | None] = lambda of: record(of.subject),
    place: Place | None = None,
    fails: bool = False,
    **changes: Any,
) -> tuple[int, Any, list[Access]]:
    """Status and answer, and what was put on record before."""
    of, told = made(**changes), list[Access]()
    hub = Hub()
    hub.view = fold(View(), [of])

    def write(access: Access) -> None:
        if fails:
            raise KafkaTimeoutError
        told.append(access)

    routes = Reveals(hub, lambda _: value(of), write).table()
    page = visitor(routes, role, Middleware(RequestGuard, acts=acts_of(routes)))
    body = {"alert": of.id, "place": place or of.evidence[0].place, "purpose": "supervision"}
    answer = page.post(ADDRESS, content=encode(body), headers=OURS)
    return answer.status_code, answer.json(), told


def test_who_may_sees_the_value_and_it_is_on_record() -> None:
    """Who, which record and fields, what for; the value stands in the answer alone."""
    status, body, told = asked("supervisor")
    assert status == 200
    assert {each["path"]: each["value"] for each in body["fields"]} == {"lon": LON, "lat": LAT}
    (one,) = told
    assert (one.kind, one.who, one.purpose) == ("reveal", "p", "supervision")
    assert set(one.fields) == {"special_equipment.visit:lon", "special_equipment.visit:lat"}
    where = made().evidence[0].place
    assert one.record == f"{where.topic}/{where.partition}/{where.offset}"
    assert str(LON) not in encode(one).decode()


@pytest.mark.parametrize("role", ["viewer", "analyst", "handler", "archivist"])
def test_whoever_has_not_the_right_is_refused(role: Role) -> None:
    """403, and nothing is on record as shown."""
    status, _, told = asked(role)
    assert (status, told) == (403, [])


def test_a_dispatcher_does_not_see_what_is_sensitive() -> None:
    """Personal data are for the shift, sensitive ones for supervisor and admin: of this record nothing is left."""
    status, _, told = asked("dispatcher")
    assert (status, told) == (404, [])


def test_without_a_record_nothing_is_shown() -> None:
    """Where Kafka does not take what is to be put on record, the value stays masked."""
    status, body, told = asked("supervisor", fails=True)
    assert (status, told) == (503, [])
    assert str(LON) not in str(body)


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (409, {"place": Place("t.events.environment", 0, 999_999)}),
        (409, {"value": lambda _: record("another")}),
        (410, {"value": lambda _: None}),
        (409, {"value": lambda _: b"no event"}),
        (404, {"value": lambda of: record(of.subject, {"o3": 3}, "environment.air_hour")}),
    ],
)
def test_only_what_the_alert_rests_on_is_shown(status: int, more: dict[str, Any]) -> None:
    """Neither another record, nor one of another subject, nor one that is gone or has nothing masked."""
    found, _, told = asked("supervisor", **more)
    assert (found, told) == (status, [])


def test_a_sealed_text_is_the_keepers() -> None:
    """What is sealed is not opened here: there is but a reference."""
    reason = {"kid": "ab" * 32, "digest": "cd" * 32, "size": 64}
    event = decode_event(record("s", {"hour": "2026-06-01T08:00:00+08:00", "reason": reason}, "environment.gap_reason"))
    assert list(masked_fields(event, "supervisor")) == []
    clear = decode_event(record("s", {"hour": "2026-06-01T08:00:00+08:00", "reason": "停电"}, "environment.gap_reason"))
    assert [(each.path, each.value) for each in masked_fields(clear, "dispatcher")] == [("reason", "停电")]


def test_the_watch_counts_it() -> None:
    """One sign about the account, without fields or purpose."""
    (sign,) = signs_of_access(Access(kind="reveal", who="lw", what=ADDRESS, record="t/0/1", fields=("a:b",), purpose="review"))
    assert (sign.kind, sign.whom.name, dict(sign.data)) == ("reveal", "lw", {"page": ADDRESS})
