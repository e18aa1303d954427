"""Who may do what to orders of a kind, and how they may end, written out by hand."""

import pytest

from streams.messages.rights import ORDER_RIGHTS, ROLES
from streams.orders.kinds import kinds

ISSUERS = {
    "task": {"dispatcher", "supervisor", "leader"},  # 值班员的工单和调度指令; a document is signed in the office's own system
    "lead": {"dispatcher", "supervisor", "leader"},
    "request": {"dispatcher", "supervisor"},  # the hotline
    "rating": {"dispatcher", "supervisor"},  # 政务服务管理部门
    "correction": {"clerk", "handler", "reviewer"},  # the department that uses the data
    "supervision": {"inspector", "leader"},  # 督查机构 proposes, or the head decides
}

VERIFIERS: dict[str, tuple[str, set[str]]] = {
    "task": ("issuer", {"inspector", "verifier"}),
    "lead": ("supervising", {"officer", "verifier", "inspector"}),
    "request": ("issuer", {"verifier", "revisitor"}),
    "rating": ("issuer", {"verifier", "inspector"}),
    "correction": ("applicant", {"handler", "reviewer"}),
    "supervision": ("issuer", {"inspector"}),
}
"""Whose finding ends it, and in which role: another body than who handled it, in every kind."""

ENDS: dict[str, dict[str, tuple[bool, set[str]]]] = {
    "task": {
        "completed": (False, {"reply", "inspection"}),
        "partly": (True, {"reply", "inspection", "reason"}),
        "planned": (True, {"reply", "inspection", "reason"}),
        "explained": (True, {"reply", "reason"}),
        "transferred": (True, {"reply", "paper"}),
        "terminated": (True, {"reason"}),
    },
    "lead": {
        "rectified": (False, {"reply", "inspection"}),
        "filed-case": (True, {"reply", "instrument"}),
        "not-filed": (True, {"reply", "reason"}),
        "transferred": (True, {"reply", "paper"}),
        "explained": (True, {"reply", "reason"}),
        "stopped": (True, {"reply", "inspection"}),
        "suspended": (True, {"reply", "reason"}),
        "terminated": (True, {"reply", "reason"}),
        "weather": (True, {"reply", "inspection", "reason"}),
        "false-alarm": (True, {"reply", "inspection"}),
    },
    "request": {
        "answered": (True, {"reason"}),
        "resolved": (False, {"reply", "inspection", "callback"}),
        "explained": (True, {"reply", "inspection", "reason", "callback"}),
        "planned": (True, {"reply", "inspection", "reason", "callback"}),
        "by-law": (True, {"reply", "inspection"}),
        "filed-case": (True, {"reply", "inspection", "instrument"}),
        "transferred": (True, {"reply", "paper"}),
        "not-ours": (True, {"reason", "callback"}),
        "duplicate": (True, {"reason"}),
        "caller-withdrew": (True, {"reason"}),
    },
    "rating": {
        "put-right": (True, {"reply", "inspection", "callback"}),
        "explained": (True, {"reply", "inspection", "reason", "callback"}),
        "set-aside": (True, {"reply", "inspection", "reason"}),
    },
    "correction": {
        "corrected": (False, {"reply", "inspection"}),
        "kept": (True, {"reply", "inspection", "reason"}),
        "decided": (True, {"reply", "paper", "reason"}),
    },
    "supervision": {
        "concluded": (True, {"reply", "inspection", "paper", "reason"}),
        "rectified": (False, {"reply", "inspection", "paper"}),
        "transferred": (True, {"paper", "reason"}),
        "terminated": (True, {"paper", "reason"}),
    },
}
"""Of each end whether it is one while the condition stands, and what it needs."""


@pytest.mark.parametrize("kind", ISSUERS)
def test_who_may_issue(kind: str) -> None:
    """行文规则: a role of the unit that may; a supervision is proposed by 督查 alone, a correction by who uses the data."""
    assert kinds()[kind].right("issue").roles == ISSUERS[kind]
    assert kinds()[kind].right("issue").scope == ("issuer",)


def test_of_which_bodies_an_issuer_is() -> None:
    """A supervision is the government's through its office, no department's (令733 11); enterprises and villages issue none."""
    assert set(kinds()["supervision"].issuers) == {"government", "office"}
    for kind in kinds().values():
        assert not {"enterprise", "community", "soe", "window"} & set(kind.issuers)


@pytest.mark.parametrize("kind", VERIFIERS)
def test_another_body_verifies(kind: str) -> None:
    """The hotline, the supervising body, 督查, the applicant (程序规定 49, 督查 17, 令809 26); never who handled it."""
    found = kinds()[kind]
    assert (found.verifier, found.right("inspect", "reported").roles) == VERIFIERS[kind]
    assert found.apart
    assert found.right("inspect", "reported").scope == ("verifier",)


def test_officers_reinspect_while_the_lead_is_in_hand() -> None:
    """令57 29, 法典 1060: officers of the office that handles it make the 复查; the end is verified apart."""
    lead = kinds()["lead"]
    assert lead.right("inspect", "handling").scope == ("main",)
    assert lead.after("handling", "inspect") == "handling"
    assert "officer" not in lead.right("close", "verified").roles


def test_nobody_of_the_unit_closes_its_own_order() -> None:
    """Who handles an order neither examines nor ends it: no such scope, in no kind and no state."""
    for kind in kinds().values():
        for state in kind.states:
            for act in {"close", "send-back", "call-back", "conclude", "approve", "archive"} & set(kind.acts(state)):
                assert not {"main", "line", "any"} & set(kind.right(act, state).scope), (kind.id, state, act)


def test_a_draft_is_sent_by_its_own_office() -> None:
    """公文处理工作条例 19 to 25: the paper that sends it is recorded by the office that issues it, not by a receiver."""
    for kind, state in (("task", "drafted"), ("lead", "drafted"), ("supervision", "approved")):
        assert kinds()[kind].right("paper", state).scope == ("issuer",)


def test_nobody_says_that_it_has_reached_another_unit() -> None:
    """程序规定 82, 83: 送达 proves something only of the unit that says so; another's clerk says nothing of it."""
    for act in ("deliver", "read", "sign"):
        assert ORDER_RIGHTS[act].scope == ("line",)


def test_no_unit_stops_its_own_clock_by_a_clerk() -> None:
    """A clerk or handler does not declare time not counted: the unit's reviewer or an officer does, with its evidence."""
    assert ORDER_RIGHTS["pause"].roles == {"reviewer", "officer"}
    assert "reviewer" not in ORDER_RIGHTS["submit"].roles
    assert ORDER_RIGHTS["endorse"].roles == {"reviewer"}


@pytest.mark.parametrize("kind", ENDS)
def test_how_an_order_may_end(kind: str) -> None:
    """Each lawful end and what it needs: a lead, a case and a transfer with their paper, a request by its call-back."""
    assert {name: (end.lawful, set(end.needs)) for name, end in kinds()[kind].ends.items()} == ENDS[kind]


def test_what_was_to_be_verified_ends_only_once_it_is() -> None:
    """No end that needs a finding is there before it: an officer's 复查 in hand is not the verification of another body."""
    after = {"supervision": {"concluded", "settled"}}
    for kind in kinds().values():
        for name, end in kind.ends.items():
            if "inspection" in end.needs and kind.id != "rating":
                assert set(end.during) <= after.get(kind.id, {"verified"}), (kind.id, name)
                assert end.during
    assert [row.from_ for row in kinds()["rating"].rows if row.act == "close"] == [("verified",)]


def test_a_direct_answer_ends_only_what_was_not_sent_out() -> None:
    """Else a press would answer what a unit is late with, or turn it away once it is sent."""
    ends = kinds()["request"].ends
    assert ends["answered"].during == ends["duplicate"].during == ("received", "accepted")
    assert ends["not-ours"].during == ("reported", "verified")


def test_no_end_depends_on_a_changed_rating() -> None:
    """国办发〔2019〕51号: nobody forces or interferes with an evaluation, so none of its ends is a better one."""
    words = " ".join(end.title.zh + end.title.en for end in kinds()["rating"].ends.values())
    assert not {"改评", "修改评价", "撤销评价", "changed"} & set(words.split())
    assert "改评" not in words


def test_every_role_of_the_table_is_one() -> None:
    """No role is misspelt, in the table of rights or a kind."""
    named = {role for right in ORDER_RIGHTS.values() for role in right.roles} - {"notifier"}
    named |= {role for kind in kinds().values() for roles in kind.roles.values() for role in roles}
    assert named <= set(ROLES)


def test_words_are_those_of_the_office() -> None:
    """政令 is a slogan, no paper; every word stands in both languages."""
    for kind in kinds().values():
        texts = [
            kind.title,
            kind.close,
            *kind.states.values(),
            *kind.clocks.values(),
            *(each.title for each in kind.ends.values()),
        ]
        texts += [each.source for each in kind.limits]
        for text in texts:
            assert text.zh
            assert text.en
            assert "政令" not in text.zh
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.en), text.en
