"""Facts that a body must answer for file a matter, which opens an order; faults in departments' data do once a day a kind."""

from hashlib import blake2s
from typing import Any

import pytest

from agents.core.alerts.feed import revisions_for_orders
from agents.core.alerts.fold import Fold
from streams.catalogue import domains
from streams.messages import DAY, FILED, HOUR, Matter, Name, Quality, Registered, decode, decode_event, event_bytes, format_time
from streams.outputs import BY_TOPIC, Output
from streams.places.organs import routes
from tests.support.events import START, records, tick
from tests.support.pure.alarm import BOOK

HOTLINE, UNIT, WINDOW = "hotline.t", "handling_unit.t", "service_window.t"


def known(subject: str, **traits: Any) -> bytes:
    """A subject of the service domain."""
    facts = Registered(kind=subject.removesuffix(".t"), name=Name(zh="测试"), adcode="410102", traits=traits)
    return _event("registered", subject, START, facts)


def fact(kind: str, subject: str, at: int = START, **data: Any) -> bytes:
    """A fact of it."""
    return _event(kind, subject, at, data)


def _event(kind: str, subject: str, at: int, data: Any) -> bytes:
    time = format_time(at)
    return event_bytes(type=f"service.{kind}", source="t", id=f"{kind}{subject}{time}", time=time, subject=subject, data=data)


def fold(partition: int = 0, *, files: bool = True) -> Fold:
    """The stage of the service domain."""
    return Fold(BOOK, "t.events.service", partition, files=files)


def judged(*values: bytes, by: Fold | None = None, start: int = 0) -> list[Output]:
    """What they give."""
    by = by or fold()
    return [
        each
        for n, value in enumerate(values, start)
        for each in by.run([(n, decode_event(value).subject.encode() or None, value)])
    ]


def matters(out: list[Output]) -> list[Matter]:
    """The matters among outputs."""
    return [each for each in out if isinstance(each, Matter)]


BEGUN = (known(HOTLINE), known(UNIT), known(WINDOW), tick(START))


def test_a_step_of_a_request_is_a_matter() -> None:
    """By its number, with what the limits of its kind are chosen by; urgent and mass ones ring at any hour."""
    (one,) = matters(judged(*BEGUN, fact("request_step", HOTLINE, request="4107", step="received", nature="help")))
    assert (one.id, one.kind, one.number, one.step, one.n, one.opens) == (
        "request/4107",
        "request",
        "4107",
        "received",
        4,
        True,
    )
    assert one.traits == {"category": "ordinary", "nature": "help", "channel": "call"}
    assert (one.subject, one.name, one.unit, one.adcode, one.urgent) == (HOTLINE, "测试", "", "410102", False)
    for more, urgent in (({"category": "urgent"}, True), ({"category": "mass"}, True), ({"quick": True}, True), ({}, False)):
        (one,) = matters(judged(*BEGUN, fact("request_step", UNIT, request="7", step="assigned", **more)))
        assert (one.urgent, one.unit, one.opens) == (urgent, UNIT, True)
    (one,) = matters(judged(*BEGUN, fact("request_step", UNIT, request="7", step="replied")))
    assert not one.opens


def test_what_a_request_is_about_is_a_category_and_whom_is_a_body() -> None:
    """By these the list of duties is asked; a topic in words of the caller's own stays out of the order (信访 30, 济南 16)."""
    about = {"request": "7", "step": "received", "nature": "complaint"}
    (one,) = matters(judged(*BEGUN, fact("request_step", HOTLINE, **about, topic="供水", against="zz-water")))
    assert (one.traits["topic"], one.traits["against"]) == ("供水", "zz-water")
    (one,) = matters(judged(*BEGUN, fact("request_step", HOTLINE, **about, topic="某小区李某家没水")))
    assert "topic" not in one.traits
    assert "against" not in one.traits


def test_every_topic_of_the_duty_lists_is_a_category() -> None:
    """A row of a city's list by a topic that no request has would match nothing."""
    known_ = {each for one in domains().values() for each in one.topics}
    routed = {topic for code in ("4101", "4103") for rows in routes(code).routes for row in rows for topic in row.topic}
    assert routed == known_


def test_a_unit_of_the_place_stands_in_its_register() -> None:
    """Where a register names the public body that a handling unit is, that one is asked."""
    (one,) = matters(judged(known(UNIT, unit="zz-um"), tick(START), fact("request_step", UNIT, request="7", step="assigned")))
    assert one.unit == "zz-um"


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_rating_is_a_matter_where_it_is_bad(level: int) -> None:
    """国办发〔2019〕51号: 不满意 and 非常不满意 (levels 2 and 1) are bad ratings; of the others nobody must answer."""
    found = matters(judged(*BEGUN, fact("rating", WINDOW, rating="9", level=level, named=False)))
    assert [(each.id, each.traits, each.unit) for each in found] == [("rating/9", {"anonymous": "yes"}, WINDOW)] * (level <= 2)


def test_what_else_comes_in_files_nothing() -> None:
    """A queue, and everything where a log has no orders."""
    assert matters(judged(*BEGUN, fact("queue", WINDOW, minutes=5, waiting=3))) == []
    assert matters(judged(*BEGUN, fact("rating", WINDOW, rating="9", level=1), by=fold(files=False))) == []


def test_a_matter_goes_to_its_order() -> None:
    """Key and subject are BLAKE2s-128 of kind and number; a second judging gives the same bytes."""
    log = (*BEGUN, fact("request_step", HOTLINE, request="4107", step="received"))
    ((key, value),) = revisions_for_orders(judged(*log))
    event = decode_event(value)
    assert key.decode() == event.subject == blake2s(b"request/4107", digest_size=16).hexdigest()
    assert (event.type, event.id) == (FILED, f"request/4107/{HOTLINE}/4")
    assert decode(bytes(event.data), Matter).step == "received"
    assert revisions_for_orders(judged(*log)) == [(key, value)]


def wrong(number: int, at: int = START) -> bytes:
    """A rating beyond its bounds."""
    return fact("rating", WINDOW, at + number, rating=str(number), level=9)


def test_a_fault_in_a_departments_data_is_a_matter_once_a_day() -> None:
    """令809 26: what departments state may be corrected; each record is told, the matter is filed once for a kind and day."""
    by = fold()
    out = judged(*BEGUN, wrong(1), wrong(2), by=by)
    (one,) = matters(out)
    assert len([each for each in out if isinstance(each, Quality)]) == 2
    assert (one.kind, one.step, one.unit, one.opens) == ("correction", "found", BOOK.owner("service.rating"), True)
    assert one.number == "service.rating/out-of-range/$.data.level/2026-06-01"
    assert (one.traits["provider"], one.applicant) == (BOOK.owner("service.rating"), "")
    again = fold()
    again.restore(by.snapshot())
    assert matters(judged(wrong(3), by=again, start=6)) == []
    days = [tick(START + n * HOUR) for n in range(1, 25)]
    (next_day,) = matters(judged(*days, wrong(4, START + DAY), by=again, start=7))
    assert next_day.number.endswith("2026-06-02")


def test_two_partitions_that_find_a_fault_at_one_offset_tell_two_things_of_one_order() -> None:
    """Else the second passes for a copy of the first; each says the same again when it is judged again, as after a crash."""

    def told(partition: int) -> tuple[list[Matter], list[tuple[bytes, bytes]]]:
        out = judged(*BEGUN, wrong(1), by=fold(partition))
        return matters(out), revisions_for_orders(out)

    found = [told(partition) for partition in range(3)]
    assert [matter.n for (matter,), _ in found] == [4, 4, 4]
    identity = BY_TOPIC["matters"].identity
    assert identity
    assert len({identity(matter) for (matter,), _ in found}) == 3
    assert len({key for _, ((key, _),) in found}) == 1
    events = [decode_event(value).id.removesuffix("/4") for _, ((_, value),) in found]
    first = "correction/service.rating/out-of-range/$.data.level/2026-06-01/service.rating"
    assert events == [first, f"{first}/1", f"{first}/2"]
    assert [told(partition) for partition in range(3)] == found


def test_the_department_that_uses_the_data_applies() -> None:
    """令809 26: who uses the data applies, who provides them answers; by the hotline's steps the government's office judges."""
    (one,) = matters(judged(*BEGUN, fact("request_step", HOTLINE, request="1", step="lost")))
    assert (one.applicant, one.traits["provider"], one.unit) == ("zz-gov", "zz-data", "zz-data")


def test_an_operators_data_are_no_departments_matter() -> None:
    """法典 184: device data are the operator's duty, 令809 concerns departments alone; duplicates are no wrong value."""
    same = fact("rating", WINDOW, rating="9", level=5)
    assert matters(judged(*BEGUN, same, same)) == []
    by = Fold(BOOK, "t.events.environment", 0, files=True)
    bad = event_bytes(type="environment.source_hour", source="t", id="1", time=format_time(START), subject="s", data={"x": 1})
    out = by.run(records([tick(START), bad], "s"))
    assert [type(each) for each in out] == [Quality]


def test_every_domain_says_whose_its_data_are() -> None:
    """The air stations' hours, steps of requests: departments'; what plants, lifts and shops send: operators'."""
    known_ = domains()
    whose = {(name, kind): facts.whose or one.whose for name, one in known_.items() for kind, facts in one.kind.items()}
    assert {whose["environment", "air_hour"], whose["service", "request_step"], whose["food_drug", "penalty"]} == {"department"}
    assert {whose["environment", "source_hour"], whose["special_equipment", "lift_state"], whose["food_drug", "sale"]} == {
        "operator"
    }
    assert whose["service", "notice_channel"] == "supplier"
