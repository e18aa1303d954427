"""From a step of a request to share to the alert of its overdue day (令809 第二十一条, 第二十二条), each told once."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from agents.core.alerts.fold import Fold
from streams.calendar.holidays import load
from streams.messages import Alert, decode_event, parse_time, tick_bytes
from streams.messages.services.catalogue import SharingStep
from streams.sharing.facts import SharingFacts
from streams.sharing.once import Once
from tests.support.books import the_book
from tests.support.directory.sharing import (
    ACCEPTED,
    ASKED,
    EXTENDED,
    HOURS,
    PROVIDED,
    PUT_OFF,
    REQUEST,
    SOURCES,
    step,
    wanted,
)

BOOK = the_book()

Given = SharingStep | str
"""A step, or the log's time."""


def facts(once: Once | None = None) -> SharingFacts:
    """What knows no request yet."""
    return SharingFacts(once or Once("risk", "410100"), load())


def told(*steps: SharingStep) -> list[dict[str, Any]]:
    """The data of what is told of steps, registrations aside."""
    watch = facts()
    found = [json.loads(value) for each in steps for value in watch.step(each)]
    return [each["data"] for each in found if each["type"] == "data.sharing"]


def alerts(*given: Given) -> Sequence[Alert]:
    """The revisions of alerts that steps and time make, each step coming at its own time."""
    watch, fold, records = facts(), Fold(BOOK, "test.events.data", 0), 0
    found: list[Alert] = []
    for each in given:
        time = each if isinstance(each, str) else each.at
        events: Iterable[bytes] = [] if isinstance(each, str) else watch.step(each)
        batch: list[tuple[int, bytes | None, bytes]] = []
        for value in [tick_bytes(parse_time(time)), *watch.passed(parse_time(time)), *events]:
            batch.append((records, decode_event(value).subject.encode() or None, value))
            records += 1
        out = fold.run(batch)
        assert {type(one).__name__ for one in out} <= {"Alert", "Audit", "SubjectStatus"}
        found += [one for one in out if isinstance(one, Alert)]
    return found


def short(revisions: Sequence[Alert]) -> list[tuple[str, str]]:
    """Rule and state of each revision."""
    return [(each.rule, each.state) for each in revisions]


def test_an_answer_is_late_from_the_first_moment_after_the_last_day() -> None:
    """Asked on Monday 2 March 2026: the tenth working day is the 16th; an alert of the data bureau, until it is answered."""
    answered = msgspec.structs.replace(ACCEPTED, at="2026-03-18T10:00:00+08:00")
    assert alerts(ASKED, "2026-03-17T00:00:00+08:00") == []
    late, ended = alerts(ASKED, "2026-03-17T00:00:00+08:00", "2026-03-17T00:00:00.001+08:00", answered)
    assert short([late, ended]) == [("data-sharing-answer", "B"), ("data-sharing-answer", "D")]
    assert (late.department.id, late.due, late.clause.article) == ("zz-data", "2026-03-17T00:00:00+08:00", "第二十一条")
    assert (late.subject, late.opened_at, len(late.evidence) > 0) == (f"request.{REQUEST}", ASKED.at, True)


def test_what_was_granted_is_late_after_twenty_days() -> None:
    """Granted on 11 March: 20 working days over Qingming end on 9 April; provided, the alert ends."""
    provided = msgspec.structs.replace(PROVIDED, at="2026-04-13T10:00:00+08:00")
    assert alerts(ASKED, ACCEPTED, PROVIDED, "2026-05-01T00:00:00+08:00") == []
    late, ended = alerts(ASKED, ACCEPTED, "2026-04-10T00:00:00+08:00", "2026-04-10T00:00:00.001+08:00", provided)
    assert short([late, ended]) == [("data-sharing-provide", "B"), ("data-sharing-provide", "D")]


def test_more_time_counts_with_consent_alone() -> None:
    """Asked for in time and granted, the answer has until 30 March; asked for too late or refused, it has not."""
    refused = step("extension-refused", "d", "13", "zz-data", reason="理由不足")
    assert alerts(ASKED, PUT_OFF, EXTENDED, "2026-03-31T00:00:00+08:00") == []
    assert short(alerts(ASKED, PUT_OFF, EXTENDED, "2026-03-31T00:00:00.001+08:00")) == [("data-sharing-answer", "B")]
    assert short(alerts(ASKED, PUT_OFF, refused, "2026-03-17T00:00:00.001+08:00")) == [("data-sharing-answer", "B")]
    late = step("extension-asked", "b", "18", "zz-ee", reason="迟"), step("extended", "d", "19", "zz-data")
    assert [each.get("in_time") for each in told(ASKED, *late)] == [None, None, False]
    assert short(alerts(ASKED, *late, "2026-03-20T00:00:00+08:00")) == [("data-sharing-answer", "B")]


def test_asking_answers_where_nobody_decides() -> None:
    """无条件共享: nothing to answer, to be provided by 30 March; 不予共享: neither."""
    free = step("asked", "a", "02", "zz-um", wanted=wanted(HOURS))
    assert short(alerts(free, "2026-03-31T00:00:00.001+08:00")) == [("data-sharing-provide", "B")]
    assert alerts(step("asked", "a", "02", "zz-um", wanted=wanted(HOURS, sharing="none")), "2026-12-01T00:00:00+08:00") == []


def test_a_grant_ends_with_its_last_day_and_so_does_its_alert() -> None:
    """Never provided, use until 30 April: at its 24:00 nothing is owed any more."""
    asked = step("asked", "a", "02", "zz-um", wanted=wanted(SOURCES, until="2026-04-30"))
    late, ended = alerts(
        asked, ACCEPTED, "2026-04-10T00:00:00.001+08:00", "2026-05-01T00:00:00+08:00", "2026-06-01T00:00:00+08:00"
    )
    assert short([late, ended]) == [("data-sharing-provide", "B"), ("data-sharing-provide", "D")]


def test_history_that_is_told_late_raises_nothing() -> None:
    """A watch that is started in May tells of March: what was done in time is no alert, what is owed still is one."""
    watch, fold = facts(), Fold(BOOK, "test.events.data", 0)
    other = msgspec.structs.replace(ASKED, request="1" * 32)
    steps = [value for each in (ASKED, ACCEPTED, PROVIDED, other) for value in watch.step(each)]
    values = [tick_bytes(parse_time("2026-05-06T09:00:00+08:00")), *steps, tick_bytes(parse_time("2026-05-06T09:01:00+08:00"))]
    out = fold.run([(n, decode_event(value).subject.encode() or None, value) for n, value in enumerate(values)])
    assert [(each.rule, each.subject) for each in out if isinstance(each, Alert)] == [
        ("data-sharing-answer", f"request.{'1' * 32}")
    ]


def test_a_step_is_told_once() -> None:
    """A second copy, a step that may not be, and what the log has by the same id are not told; people are named nowhere."""
    watch = facts()
    values = [value for each in (ASKED, ASKED, PROVIDED, ACCEPTED) for value in watch.step(each)]
    assert [decode_event(each).type for each in values] == ["data.registered", "data.sharing", "data.sharing"]
    once = Once("risk", "410100")
    for each in values:
        once.again(decode_event(each))
    again = facts(once)
    assert [value for each in (ASKED, ACCEPTED) for value in again.step(each)] == []
    assert [json.loads(each)["data"]["step"] for each in again.step(PROVIDED)] == ["provided"]
    assert "油烟投诉核查" not in b"".join(values).decode()
    assert {each["department"] for each in told(ASKED, ACCEPTED)} == {"zz-um", "zz-ee"}


def test_times_that_are_none_are_passed_over() -> None:
    """A step whose day is no day tells nothing, and the next request is told."""
    watch = facts()
    broken = step("asked", "a", "02", "zz-um", wanted=wanted(SOURCES, until="9999-99-99"))
    assert watch.step(broken) == []
    assert len(watch.step(ASKED)) == 2
