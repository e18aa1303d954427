"""A department asks for another's data: the law's days (令809 第二十一条, 第二十二条) and grounds (第十四条, 第十五条)."""

import pytest

from screen.feed.directory import Sharings
from screen.feed.fold import fold
from screen.feed.view import View
from streams.calendar.holidays import load
from streams.desk import event_of, place_of, record_of
from streams.directory.sharing import (
    SharingRequest,
    granted,
    offers,
    request_id,
    requests,
    sharing_clocks,
    sharing_refusal,
    wanted_fault,
)
from streams.messages import Actor, Text, encode, parse_time
from streams.messages.codec import decode
from streams.messages.services.catalogue import CatalogueStep, DirectoryRecord, SharingStep
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

MARCH = parse_time("2026-03-20T12:00:00+08:00")


def only(*steps: SharingStep) -> SharingRequest:
    """The one request that these steps make."""
    return requests(steps)[REQUEST]


def test_what_is_shared_on_conditions_waits_for_its_provider() -> None:
    """有条件共享: asked, accepted, provided; over with its last day, 24:00."""
    states = [only(*[ASKED, ACCEPTED, PROVIDED][:n]).state(MARCH) for n in (1, 2, 3)]
    assert states == ["asked", "accepted", "provided"]
    shared = only(ASKED, ACCEPTED, PROVIDED)
    assert shared.state(parse_time("2026-12-31T23:59:59+08:00")) == "provided"
    assert shared.state(parse_time("2027-01-01T00:00:00+08:00")) == "ended"
    assert only(ASKED, step("refused", "b", "11", "zz-ee", reason="超出职责范围")).state(MARCH) == "refused"


def test_asking_grants_what_is_shared_without_condition_and_refuses_what_is_not_shared() -> None:
    """无条件共享 is granted at once; 不予共享 is refused at once with the directory's ground, without days of law."""
    free = only(step("asked", "a", "02", "zz-um", wanted=wanted(HOURS)))
    assert (free.state(MARCH), granted(free)) == ("accepted", True)
    ground = Text("不予共享：某法第三条", "Not shared: Art. 3 of some law")
    not_shared = only(step("asked", "a", "02", "zz-um", wanted=wanted(HOURS, sharing="none", condition=ground)))
    assert (not_shared.state(MARCH), granted(not_shared)) == ("refused", False)
    assert not_shared.wanted.condition == ground
    assert sharing_clocks(not_shared, MARCH, load()) == ()


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        ([], ACCEPTED, "no request"),
        ([], step("asked", "a", "02", "zz-ee", wanted=wanted(SOURCES)), "nobody asks himself"),
        ([], step("asked", "a", "02", "", wanted=wanted(SOURCES)), "a department's"),
        ([], step("asked", "a", "02", "zz-um", wanted=wanted(SOURCES, basis=" ")), "basis"),
        ([], step("asked", "a", "02", "zz-um", wanted=wanted(SOURCES, until="2026-02-01")), "in this order"),
        ([ASKED], ASKED, "is known"),
        ([ASKED], step("accepted", "c", "11", "zz-um"), "is for zz-ee"),
        ([ASKED], step("accepted", "a", "11", "zz-ee"), "somebody else"),
        ([ASKED], step("refused", "b", "11", "zz-ee"), "give a reason"),
        ([ASKED], step("provided", "b", "11", "zz-ee"), "is asked"),
        ([ASKED], EXTENDED, "nobody waits"),
        ([ASKED, PUT_OFF], step("extended", "c", "13", "zz-ee"), "is for zz-data"),
        ([ASKED, PUT_OFF], step("extended", "b", "13", "zz-data"), "somebody else"),
        ([ASKED, PUT_OFF, EXTENDED], PUT_OFF, "once"),
        ([ASKED, ACCEPTED], step("withdrawn", "b", "12", "zz-ee"), "is for zz-um"),
        ([ASKED, ACCEPTED], step("revoked", "c", "12", "zz-hc", reason="超范围使用"), "is for zz-ee or zz-data"),
    ],
)
def test_a_sharing_step_that_may_not_be_changes_nothing(before: list[SharingStep], wrong: SharingStep, words: str) -> None:
    """Nobody asks himself or decides what he has asked; each act is its department's; what is refused or stopped says why."""
    known = requests(before)
    assert words in sharing_refusal(known, wrong)
    assert requests([*before, wrong]) == known


def test_the_days_to_answer_and_to_provide() -> None:
    """10 working days from Monday 2 March end on the 16th; 20 from the 11th, over Qingming, on 9 April (令809 21, 22)."""
    (answer,) = sharing_clocks(only(ASKED), parse_time("2026-03-02T12:00:00+08:00"), load())
    assert (answer.limit, answer.due, answer.left, answer.late) == (
        "10 civil-working-days",
        "2026-03-17T00:00:00+08:00",
        10,
        False,
    )
    last, over = (
        sharing_clocks(only(ASKED), parse_time(at), load())[0]
        for at in ("2026-03-17T00:00:00+08:00", "2026-03-18T09:00:00+08:00")
    )
    assert (last.late, last.left, over.late, over.left) == (False, -1, True, -2)
    answer, provide = sharing_clocks(only(ASKED, ACCEPTED), MARCH, load())
    assert (answer.met, answer.late) == (ACCEPTED.at, False)
    assert (provide.limit, provide.due, provide.met) == ("20 civil-working-days", "2026-04-10T00:00:00+08:00", "")
    assert sharing_clocks(only(ASKED, ACCEPTED, PROVIDED), MARCH, load())[1].met == PROVIDED.at


def test_an_answer_is_put_off_once_by_ten_days() -> None:
    """Asked for within the limit and granted, 10 + 10 working days end on 30 March; asked for too late, nothing moves."""
    (answer,) = sharing_clocks(only(ASKED, PUT_OFF, EXTENDED), MARCH, load())
    assert (answer.limit, answer.due, answer.late) == ("20 civil-working-days", "2026-03-31T00:00:00+08:00", False)
    late = only(ASKED, step("extension-asked", "b", "18", "zz-ee", reason="迟"), step("extended", "d", "19", "zz-data"))
    assert sharing_clocks(late, MARCH, load())[0].due == "2026-03-17T00:00:00+08:00"


def test_what_is_shared_without_condition_is_answered_within_a_day_and_provided_in_twenty() -> None:
    """The answer's one day is met by asking; the 20 working days to provide run from there."""
    answer, provide = sharing_clocks(only(step("asked", "a", "02", "zz-um", wanted=wanted(HOURS))), MARCH, load())
    assert (answer.limit, answer.met, answer.late) == ("1 civil-working-days", ASKED.at, False)
    assert provide.due == "2026-03-31T00:00:00+08:00"


def test_what_each_department_is_offered() -> None:
    """The provider answers, the authority decides on time and may stop, who asked takes it back, others do nothing."""
    known = only(ASKED, PUT_OFF)
    assert offers(known, "zz-ee", MARCH) == ("accepted", "refused")
    assert offers(known, "zz-data", MARCH) == ("extended", "extension-refused")
    assert offers(known, "zz-um", MARCH) == ("withdrawn",)
    assert offers(known, "zz-hc", MARCH) == ()
    assert offers(only(ASKED, ACCEPTED), "zz-data", MARCH) == ("revoked",)


def test_a_request_says_what_the_directory_says() -> None:
    """Provider, attribute, condition, way and fields are the directory's; who says otherwise is told so."""
    assert wanted_fault(wanted(SOURCES, fields=("factors",))) == ""
    for wrong in ({"sharing": "unconditional"}, {"provider": "zz-um"}, {"fields": ("factor",)}):
        assert wanted_fault(wanted(SOURCES, **wrong))
    assert "no type" in wanted_fault(wanted(SOURCES, type="environment.moon"))


def test_a_request_stands_beside_the_versions() -> None:
    """One topic has both; in an opened log it is the data of `catalogue.sharing`, keyed by the request."""
    actor = Actor(id="a", role="admin", department="zz-ee")
    version = CatalogueStep(version="0123456789abcdef", step="drafted", digest="0" * 64, at=ASKED.at, by=actor)
    assert [decode(encode(each), DirectoryRecord) for each in (ASKED, version)] == [ASKED, version]  # type: ignore[arg-type]
    assert place_of(ASKED) == ("catalogue", REQUEST)
    event = event_of(ASKED, "test")
    assert event.type == "catalogue.sharing"
    assert record_of(event.type, bytes(event.data)) == ASKED
    assert request_id(actor, "k") == request_id(actor, "k") != request_id(actor, "l")


def test_the_screen_knows_the_requests_of_its_log() -> None:
    """Steps come into a slice of the view; a second copy and a step that may not be change nothing."""
    view = fold(View(), [ASKED, ASKED, step("provided", "b", "11", "zz-ee"), ACCEPTED])
    assert [each.step for each in view[Sharings].requests[REQUEST].steps] == ["asked", "accepted"]


def test_each_use_of_what_was_provided_is_recorded_by_who_asked() -> None:
    """第二十九条: scene, process, effect, storage, destruction; as often as it is used, after the end too, by who asked."""
    uses = [step("used", "a", day, "zz-um", reason=said) for day, said in (("21", "核查3户，反馈2户整改"), ("25", "按期销毁"))]
    stopped = step("revoked", "b", "22", "zz-ee", reason="超范围使用")
    request = only(ASKED, ACCEPTED, PROVIDED, uses[0], uses[0], stopped, uses[1])
    assert [each.reason for each in request.steps if each.step == "used"] == ["核查3户，反馈2户整改", "按期销毁"]
    assert request.state(MARCH) == "revoked"
    known = {REQUEST: only(ASKED, ACCEPTED, PROVIDED)}
    assert "zz-um" in sharing_refusal(known, step("used", "b", "21", "zz-ee", reason="核查"))
    assert "give a reason" in sharing_refusal(known, step("used", "a", "21", "zz-um"))
    assert "is accepted" in sharing_refusal({REQUEST: only(ASKED, ACCEPTED)}, uses[0])
    never = {REQUEST: only(ASKED, ACCEPTED, step("withdrawn", "a", "12", "zz-um"))}
    assert "nothing was provided" in sharing_refusal(never, uses[0])
    assert event_of(uses[0], "test").id != event_of(uses[1], "test").id
