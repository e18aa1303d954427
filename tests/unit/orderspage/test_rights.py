"""What a person may do to an order now, and why not the rest; who sees what; what is taken and what becomes of it."""

from typing import Any

import pytest
from msgspec import json as codec
from msgspec.structs import replace

from screen.access.people import Person, Principal
from screen.acts.commands import order_bytes, order_id
from screen.acts.order_press import read_order
from screen.feed.fold import fold
from screen.feed.view import View
from screen.orders.rights import offers
from screen.orders.story import story
from streams.messages import Issue, OrderAct, OrderLine, decode_event
from streams.orders.kinds import kinds
from tests.support.orders.pressed import KEY, sent
from tests.support.orders.records import BUREAU, HELPER, KIND, OFFICE, asked, line, name, order

WANG = Person("wang", "王敏", "dispatcher", (OFFICE,))
LI = Person("li", "李签收", "clerk", (BUREAU,))
ZHAO = Person("zhao", "赵协办", "clerk", (HELPER,))
REVIEWER = Person("qian", "钱审核", "reviewer", (BUREAU,))
NOBODY = Person("sun", "孙无单位", "clerk")


def may(person: Person, *lines: OrderLine, n: str = "1", **changes: Any) -> dict[str, str]:
    """Why each act may not be done, empty where it may, on an order with these lines."""
    of = {each.n: each for each in lines or (line(1),)}
    found = offers(person, KIND, order(1, **changes), of, n)
    return {each.verb: each.why for each in found}


def test_the_state_the_role_and_the_body_decide() -> None:
    """The clerk of the receiver signs; one of another unit, the dispatcher and somebody without a unit do not."""
    assert may(LI)["sign"] == ""
    assert may(ZHAO)["sign"] == "unit"
    assert may(NOBODY)["sign"] == "unit"
    assert may(WANG)["sign"] == "role"
    assert may(LI, line(1, state="signed"))["sign"] == "state"


def test_who_is_below_a_body_acts_for_it_and_not_who_is_above() -> None:
    """ORDER_RIGHTS: each body with the units below it. The city's bureau does not sign for its branch."""
    above = Person("chen", "陈市局", "clerk", ("zz-ee",))
    assert may(above)["sign"] == "unit"
    assert may(above, line(1, unit="zz-ee"))["sign"] == ""
    assert may(LI, line(1, unit="zz-ee"))["sign"] == ""


def test_a_receiver_below_who_sent_it_is_not_offered_the_senders_acts() -> None:
    """orders.md A10: the branch of the bureau neither ends the bureau's order nor decides its own return."""
    for role in ("dispatcher", "leader"):
        boss = Person("boss", "王分局", role, ("zz-ee-410105",))
        found = may(
            boss, line(1, unit="zz-ee-410105", from_unit="zz-ee", returns=asked("return")), issuer="zz-ee", verifier="zz-ee"
        )
        assert {found["decide-return"], found["withdraw"]} == {"unit"}
    whole = may(Person("w", "王主任", "leader", ("zz-command",)), line(1, from_unit="zz-gov"), issuer="zz-gov")
    assert whole["withdraw"] == ""


def test_nothing_is_decided_that_was_not_applied_for() -> None:
    """裁定退单 needs a return that waits; after 指定 none is asked for (orders.md A13)."""
    waits = line(1, returns=asked("return"))
    assert may(WANG)["decide-return"] == "nothing"
    assert may(WANG, waits)["decide-return"] == ""
    assert may(LI, waits)["ask-return"] == "waits"
    assert may(LI, line(1, designated=True))["ask-return"] == "designated"


def test_a_kind_without_more_time_says_so() -> None:
    """政务数据校核 has no extension (令809 26): the act is shown with that reason."""
    kind = kinds()["correction"]
    signed = line(1, state="signed")
    found = {each.verb: each.why for each in offers(REVIEWER, kind, order(1, kind="correction"), {"1": signed}, "1")}
    assert found["ask-extension"] == "no_extension"


def test_an_act_that_may_not_be_done_names_the_states_in_which_it_may() -> None:
    """办结 waits for the answer: the states of the kind's own table."""
    found = next(each for each in offers(WANG, KIND, order(1), {"1": line(1)}, "1") if each.verb == "close")
    assert found.why == "state"
    assert set(found.states) == {row_from for row in KIND.rows if row.act == "close" for row_from in row.from_}


def test_nothing_of_the_kind_is_hidden() -> None:
    """Every act of the tables is there, but those that the page does by itself, and the evidence's and the keeper's."""
    acts = {row.act for row in KIND.rows} | {row.act for row in KIND.lines if "main" in row.parts}
    assert set(may(WANG)) == acts - {"deliver", "read", "purge"}


def test_a_story_is_for_who_may_see_it() -> None:
    """信访条例 30: another unit's people do not learn of an order; its own and the dispatcher do."""
    view = fold(View(), [order(1), line(1)])
    assert story(view, name(1), "", ZHAO) is None
    assert story(view, name(1), "", LI) is not None
    told = story(view, name(1), "", WANG)
    assert told is not None
    assert (told["line"], told["mine"]) == ("1", [])
    assert story(view, name(2), "", WANG) is None


def test_a_press_becomes_the_persons_act() -> None:
    """The clerk signs: one act, by whom the session says, with what was seen; in the order's district."""
    status, kept = sent(LI, "sign", lines=["1"], seen=1)
    [(region, press)] = kept.presses
    assert (status, region) == (202, "410182")
    assert press.act == OrderAct(order=name(1), actor=LI.actor, lines=("1",), seen=1)
    event = decode_event(order_bytes(region, press, 1_764_000_000_000))
    assert (event.type, event.subject, event.id) == ("command.order.sign", name(1), order_id(press))
    assert codec.decode(event.data, type=OrderAct) == press.act


@pytest.mark.parametrize(
    ("person", "verb", "data", "status"),
    [
        (ZHAO, "sign", {"lines": ["1"]}, 409),  # an order that is not for it is as one that does not exist
        (WANG, "sign", {"lines": ["1"]}, 403),  # no role
        (REVIEWER, "endorse", {"lines": ["1"]}, 409),  # no state
        (LI, "sign", {"lines": ["7"]}, 409),  # no such line
        (LI, "sign", {"lines": ["1"], "actor": {"id": "wang", "role": "dispatcher"}}, 422),  # who acts is not the page's to say
        (LI, "sign", {"lines": ["1"], "note": "x"}, 422),  # no such field
        (LI, "fly", {}, 422),
        (LI, "sign", {"lines": ["1"], "reason": "字" * 2_001}, 422),
        (LI, "sign", {"lines": ["1"], "reason": {"kid": "0" * 64, "digest": "0" * 64, "size": 1}}, 422),  # sealed by nobody
    ],
)
def test_what_is_not_taken_is_not_written(person: Person, verb: str, data: dict[str, Any], status: int) -> None:
    """Another role, unit, state, line or shape."""
    found, kept = sent(person, verb, **data)
    assert (found, kept.presses) == (status, [])


def test_a_press_for_another_is_asked_of_the_others_right() -> None:
    """代理: a reviewer signs where she stands in for the clerk, in the clerk's role; the act says for whom."""
    stands = replace(REVIEWER, principals=(Principal("li", LI.name, LI.role, LI.departments),))
    told = story(fold(View(), [order(1), line(1)]), name(1), "", stands, "li")
    assert told is not None
    assert (told["behalf"], next(each.why for each in told["offers"] if each.verb == "sign")) == ("li", "")
    status, kept = sent(stands, "sign", lines=["1"], behalf="li")
    act = kept.presses[0][1].act
    assert (status, act.behalf, act.actor) == (202, "li", replace(LI.actor, id="qian", name="钱审核"))
    assert sent(stands, "sign", lines=["1"])[0] == 403
    assert sent(stands, "endorse", lines=["1"], behalf="li")[0] == 403
    assert sent(REVIEWER, "sign", lines=["1"], behalf="li")[0] == 403


def test_an_order_is_issued_by_the_same_way() -> None:
    """An issue has the fields of `Issue`, and is for a role that may send."""
    fields = {"kind": "lead", "title": {"zh": "疑似", "en": "Suspected"}, "receivers": [{"unit": BUREAU, "part": "main"}]}
    status, kept = sent(WANG, "issue", **fields, adcode="410182", verdict="true")
    assert status == 202
    act = kept.presses[0][1].act
    assert isinstance(act, Issue)
    assert (act.actor, act.receivers[0].unit) == (WANG.actor, BUREAU)
    assert sent(Person("x", "x", "viewer"), "issue", **fields)[0] == 403


def test_one_press_is_one_command() -> None:
    """The same press of a person has one id, another press another."""
    body = {"verb": "sign", "key": KEY, "data": {"order": name(1), "lines": ["1"]}}
    one, again = (read_order(codec.encode(body)) for _ in range(2))
    other = read_order(codec.encode(body | {"key": "b" * 32}))
    assert order_id(one) == order_id(again) != order_id(other)
