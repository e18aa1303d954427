"""From a step of a version of the directory to the alert of its overdue day (令809 第十七条), each told once."""

import json
from typing import Any

from agents.core.alerts.fold import Fold
from agents.rulebook.load import load_book
from streams.calendar.holidays import load
from streams.messages import Actor, Alert, decode_event, parse_time, tick_bytes
from streams.messages.services.catalogue import CatalogueStep, Stage
from streams.sharing.once import Once
from streams.sharing.version_facts import VersionFacts

BOOK = load_book()
VERSION = "0123456789abcdef"


def step(what: Stage, by: str, at: str, department: str = "zz-ee", **more: Any) -> CatalogueStep:
    """A step of the version on a day of March 2026, at ten."""
    actor = Actor(id=by, role="admin", department=department)
    return CatalogueStep(version=VERSION, step=what, digest="0" * 64, at=f"2026-03-{at}T10:00:00+08:00", by=actor, **more)


DRAFT = step("drafted", "a", "03", since="2026-03-02T09:00:00+08:00")
AGREED = step("agreed", "b", "11", secrecy=True, impact=True)
RETURNED = step("returned", "c", "12", "zz-data")
AGAIN = step("drafted", "a", "13", since="2026-03-02T09:00:00+08:00")
CONSENTED = step("consented", "c", "16", "zz-data")


def alerts(*given: CatalogueStep | str) -> list[tuple[str, str, str | None]]:
    """Rule, state and deadline of the revisions that steps and time make, each step coming at its own time."""
    facts, fold, found = VersionFacts(Once("risk", "410100"), load()), Fold(BOOK, "test.events.data", 0), []
    for number, each in enumerate(given):
        time = each if isinstance(each, str) else each.at
        values = [tick_bytes(parse_time(time)), *([] if isinstance(each, str) else facts.step(each))]
        out = fold.run(
            [(10 * number + n, decode_event(value).subject.encode() or None, value) for n, value in enumerate(values)]
        )
        assert {type(one).__name__ for one in out} <= {"Alert", "Audit", "SubjectStatus"}
        found += [(one.rule, one.state, one.due) for one in out if isinstance(one, Alert)]
    return found


def test_a_change_of_law_is_in_the_directory_within_ten_days() -> None:
    """Changed on Monday 2 March 2026: the tenth working day is the 16th, with consent to five more the 23rd."""
    last = "2026-03-17T00:00:00+08:00"
    assert alerts(DRAFT, last) == []
    assert alerts(DRAFT, "2026-03-17T00:00:00.001+08:00") == [("data-directory-update", "B", last)]
    late = step("agreed", "b", "18", secrecy=True, impact=True)
    assert [each[1] for each in alerts(DRAFT, "2026-03-18T09:00:00+08:00", late)] == ["B", "D"]
    assert alerts(DRAFT, CONSENTED, "2026-03-24T00:00:00+08:00") == []
    assert [each[1] for each in alerts(DRAFT, CONSENTED, "2026-03-24T00:00:00.001+08:00")] == ["B"]
    late = step("consented", "c", "17", "zz-data")
    assert [each[1] for each in alerts(DRAFT, "2026-03-17T09:00:00+08:00", late, "2026-03-18T00:00:00+08:00")] == ["B"]
    assert alerts(step("drafted", "a", "03"), "2026-12-01T00:00:00+08:00") == []


def test_the_authority_publishes_or_returns_within_two_days() -> None:
    """Agreed on Wednesday the 11th: the second working day is Friday the 13th; a return ends it as a publication does."""
    assert alerts(DRAFT, AGREED, "2026-03-14T00:00:00+08:00") == []
    assert alerts(DRAFT, AGREED, "2026-03-14T00:00:00.001+08:00") == [
        ("data-directory-publish", "B", "2026-03-14T00:00:00+08:00")
    ]
    assert alerts(DRAFT, AGREED, RETURNED, "2026-03-30T00:00:00+08:00") == []


def test_a_draft_made_again_takes_the_place_of_the_one_before() -> None:
    """Returned and drafted anew with consent: the fifteen days of the new draft count, from the change of law."""
    assert alerts(DRAFT, AGREED, RETURNED, AGAIN, CONSENTED, "2026-03-24T00:00:00+08:00") == []
    assert [each[0] for each in alerts(DRAFT, AGREED, RETURNED, AGAIN, CONSENTED, "2026-03-24T00:00:00.001+08:00")] == [
        "data-directory-update"
    ]


def test_a_step_of_a_version_is_told_once() -> None:
    """A second copy, a step that may not be, and what the log has by the same id are not told."""
    facts, once = VersionFacts(Once("risk", "410100"), load()), Once("risk", "410100")
    values = [value for each in (DRAFT, DRAFT, RETURNED, AGREED, AGAIN) for value in facts.step(each)]
    steps = [
        event.type if event.type != "data.directory" else json.loads(bytes(event.data))["step"]
        for event in map(decode_event, values)
    ]
    assert steps == ["data.registered", "drafted", "returned", "drafted"]
    for each in values:
        once.again(decode_event(each))
    again = VersionFacts(once, load())
    assert [value for each in (DRAFT, RETURNED, AGAIN) for value in again.step(each)] == []
    assert len(again.step(step("agreed", "b", "16", secrecy=True, impact=True))) == 1
