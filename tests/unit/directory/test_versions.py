"""A version goes 拟定 → 部门审核 → 主管部门审核 → 发布 by events, with the law's days (令809 第十六条, 第十七条)."""

from typing import Any

import pytest

from screen.feed.directory import Directories
from screen.feed.fold import fold
from screen.feed.view import View
from streams.calendar.holidays import load
from streams.desk import desk_bytes, event_of, place_of, record_of
from streams.directory.versions import clocks, in_force, refusal, versions
from streams.messages import Actor, encode, parse_time
from streams.messages.services.catalogue import CatalogueStep, Stage
from streams.outputs import BY_TOPIC
from streams.topics import signed_places

VERSION = "0123456789abcdef"


def step(what: Stage, by: str, at: str, department: str = "zz-ee", **more: Any) -> CatalogueStep:
    """A step of the version on a day of March 2026, at ten."""
    actor = Actor(id=by, role="admin", department=department)
    return CatalogueStep(version=VERSION, step=what, digest="0" * 64, at=f"2026-03-{at}T10:00:00+08:00", by=actor, **more)


DRAFT = step("drafted", "a", "02", since="2026-03-02T09:00:00+08:00")
AGREED = step("agreed", "b", "11", secrecy=True, impact=True)
REVIEWED = step("reviewed", "c", "12", "zz-data")
PUBLISHED = step("published", "d", "13", "zz-data")
CONSENTED = step("consented", "c", "16", "zz-data")


def test_a_version_is_in_force_once_it_is_published() -> None:
    """Drafted, agreed, reviewed, published: nothing is in force before the last step."""
    for number in range(1, 4):
        assert in_force(versions([DRAFT, AGREED, REVIEWED, PUBLISHED][:number])) is None
    known = versions([DRAFT, AGREED, REVIEWED, PUBLISHED])
    assert known[VERSION].state == "published"
    assert in_force(known) is known[VERSION]


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        ([], AGREED, "not drafted"),
        ([DRAFT], REVIEWED, "may follow is agreed, consented, returned"),
        ([DRAFT], step("consented", "b", "03", "zz-ee"), "第十六条"),
        ([DRAFT], step("consented", "a", "03", "zz-data"), "somebody else"),
        ([step("drafted", "a", "02")], CONSENTED, "no days to put off"),
        ([DRAFT, CONSENTED], CONSENTED, "may follow is agreed, returned"),
        ([DRAFT], step("agreed", "b", "11", secrecy=True), "第十三条"),
        ([DRAFT], step("agreed", "a", "11", secrecy=True, impact=True), "somebody else"),
        ([DRAFT], step("agreed", "b", "11", "zz-amr", secrecy=True, impact=True), "head of 'zz-ee'"),
        ([DRAFT], step("returned", "b", "11", "zz-amr"), "'zz-ee' or 'zz-data'"),
        ([DRAFT, AGREED], step("reviewed", "c", "12", "zz-ee"), "第十六条"),
        ([DRAFT, AGREED], step("reviewed", "a", "12", "zz-data"), "somebody else"),
        ([DRAFT, AGREED, REVIEWED], step("published", "b", "13", "zz-data"), "somebody else"),
        ([DRAFT, AGREED, REVIEWED], step("published", "d", "13", "zz-ee"), "第十六条"),
        ([DRAFT, AGREED, REVIEWED, PUBLISHED], PUBLISHED, "what may follow is drafted"),
    ],
)
def test_a_step_that_may_not_be_changes_nothing(before: list[CatalogueStep], wrong: CatalogueStep, words: str) -> None:
    """No step is left out, nobody does two of them, the drafting department's head agrees once both assessments are made."""
    known = versions(before)
    assert words in refusal(known, wrong)
    assert versions([*before, wrong]) == known


def test_more_time_is_the_authoritys_act() -> None:
    """同意 within the first ten working days, the last of which is Monday the 16th; what has run out is not put off."""
    late = versions([DRAFT, step("consented", "c", "17", "zz-data")])[VERSION]
    assert [each.limit for each in clocks(late, parse_time(DRAFT.at), load())] == ["10 civil-working-days"]
    known = versions(
        [DRAFT, CONSENTED, step("agreed", "b", "17", secrecy=True, impact=True), step("reviewed", "c", "18", "zz-data")]
    )
    assert known[VERSION].state == "reviewed"


def test_what_is_sent_back_begins_anew() -> None:
    """退回: the drafter drafts again; the old agreement counts no more."""
    known = versions([DRAFT, AGREED, step("returned", "c", "12"), step("drafted", "a", "13")])
    assert known[VERSION].state == "drafted"
    assert known[VERSION].stamp("agreed") is None


def test_what_is_sent_back_has_been_reviewed() -> None:
    """退回 ends the authority's two working days: a text that was sent back is not late for ever."""
    known = versions([DRAFT, AGREED, step("returned", "c", "12", "zz-data")])[VERSION]
    review = clocks(known, parse_time("2026-06-01T00:00:00+08:00"), load())[1]
    assert (review.met, review.late) == ("2026-03-12T10:00:00+08:00", False)


def test_the_laws_days() -> None:
    """10 working days from Monday 2 March end on the 16th; 2 from Wednesday the 11th on the 13th; with consent 15."""
    known = versions([DRAFT, AGREED, REVIEWED, PUBLISHED])[VERSION]
    update, review = clocks(known, parse_time("2026-03-20T00:00:00+08:00"), load())
    assert (update.limit, update.due, update.late) == ("10 civil-working-days", "2026-03-17T00:00:00+08:00", False)
    assert (review.limit, review.due, review.late) == ("2 civil-working-days", "2026-03-14T00:00:00+08:00", False)
    waiting = versions([DRAFT, AGREED])[VERSION]
    assert clocks(waiting, parse_time("2026-03-14T00:00:01+08:00"), load())[1].late
    extended = versions([DRAFT, CONSENTED])[VERSION]
    (only,) = clocks(extended, parse_time("2026-03-23T23:59:59+08:00"), load())
    assert (only.due, only.late) == ("2026-03-24T00:00:00+08:00", False)


def test_a_step_is_an_event_that_an_opened_log_signs() -> None:
    """In an opened log it is the data of `catalogue.step`, signed for the topic `catalogue`, keyed by version."""
    assert place_of(AGREED) == ("catalogue", VERSION)
    assert "catalogue" in signed_places()
    event = event_of(AGREED, "test")
    assert (event.type, event.subject, event.time) == ("catalogue.step", VERSION, AGREED.at)
    assert record_of(event.type, bytes(event.data)) == AGREED
    assert desk_bytes(AGREED, "test").startswith(b'{"specversion":"1.0"')
    assert BY_TOPIC["catalogue"].kept == "forever"
    assert b"authn" not in encode(AGREED)


def test_the_screen_knows_the_versions_of_its_log() -> None:
    """Steps come into a slice of the view, a second copy and a step that may not be change nothing."""
    view = fold(View(), [DRAFT, AGREED, AGREED, step("published", "x", "12", "zz-data"), REVIEWED])
    known = view[Directories].versions()
    assert [each.step for each in known[VERSION].steps] == ["drafted", "agreed", "reviewed"]
