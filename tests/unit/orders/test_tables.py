"""The state tables of the six kinds, each written out by hand from the steps of law and practice."""

from itertools import product

import pytest

from streams.messages.rights import ORDER_RIGHTS
from streams.orders.kind import LINE_ACTS
from streams.orders.kinds import kinds

ORDERS: dict[str, dict[str, str]] = {
    # 拟稿 → (签发) 交办 → 签收 → 承办 → 书面反馈 → 审核 (退回补办) → 核查 → 办结 → 归档; 撤回, 撤销, 废止.
    "task": {
        "drafted": "paper>sent withdraw>withdrawn note purge",
        "sent": "sign>handling withdraw>withdrawn revoke>revoked repeal>repealed add report paper file note purge",
        "handling": "endorse>reported withdraw>withdrawn revoke>revoked repeal>repealed add report paper file note purge",
        "reported": "inspect>verified send-back>handling close>closed revoke>revoked repeal>repealed"
        " add report paper file note purge",
        "verified": "send-back>handling close>closed revoke>revoked repeal>repealed add report paper file note purge",
        "closed": "archive>archived reopen>handling revoke>revoked paper note ask-review decide-review void purge",
        "archived": "revoke>revoked ask-review decide-review void purge",
        "withdrawn": "archive>archived void purge",
        "revoked": "archive>archived purge",
        "repealed": "archive>archived void purge",
    },
    # 派 → 签收 → 核查 (两名执法人员复查) → 处理意见、反馈 → 核查 → 销号 → 归档; the office's own act is an instrument.
    "lead": {
        "drafted": "paper>sent withdraw>withdrawn note purge",
        "sent": "sign>handling withdraw>withdrawn revoke>revoked repeal>repealed add report paper file note purge",
        "handling": "inspect endorse>reported withdraw>withdrawn revoke>revoked repeal>repealed"
        " add report paper instrument file note purge",
        "reported": "inspect>verified send-back>handling close>closed revoke>revoked repeal>repealed"
        " add report paper instrument file note purge",
        "verified": "send-back>handling close>closed revoke>revoked repeal>repealed"
        " add report paper instrument file note purge",
        "closed": "archive>archived reopen>handling revoke>revoked paper instrument note ask-review decide-review void purge",
        "archived": "revoke>revoked instrument ask-review decide-review void purge",
        "withdrawn": "archive>archived void purge",
        "revoked": "archive>archived purge",
        "repealed": "archive>archived void purge",
    },
    # 受理/不予受理 → 派单 → 签收 → 办理 → 单位审核、答复 → 审核 → 回访 → (重办) → 办结 → 归档; 并单; 法定程序, 跟踪.
    "request": {
        "received": "accept>accepted decline>declined merge>merged close>closed report file note purge",
        "accepted": "dispatch>sent decline>declined merge>merged close>closed report file note purge",
        "sent": "sign>handling merge>merged close>closed withdraw>withdrawn add report file note purge",
        "handling": "endorse>reported merge>merged close>closed withdraw>withdrawn add report paper instrument file note purge",
        "reported": "inspect>verified follow>following send-back>handling close>closed"
        " add report paper instrument file note purge",
        "following": "endorse>reported send-back>handling close>closed call-back add report paper instrument file note purge",
        "verified": "call-back follow>following send-back>handling close>closed add report paper instrument file note purge",
        "closed": "archive>archived reopen>handling call-back paper instrument note ask-review decide-review void purge",
        "archived": "instrument ask-review decide-review void purge",
        "declined": "reopen>accepted archive>archived note purge",
        "merged": "archive>archived purge",
        "withdrawn": "archive>archived void purge",
    },
    # 核实 → 误评复核 / 立改 / 限期 / 解释 → 反馈 → 审核 → 回访 → 办结 → 公开 → 归档.
    "rating": {
        "sent": "sign>handling withdraw>withdrawn add report paper file note purge",
        "handling": "endorse>reported withdraw>withdrawn add report paper file note purge",
        "reported": "inspect>verified send-back>handling add report paper file note purge",
        "verified": "call-back send-back>handling close>closed add report paper file note purge",
        "closed": "archive>archived reopen>handling call-back publish paper note ask-review decide-review void purge",
        "archived": "publish ask-review decide-review void purge",
        "withdrawn": "archive>archived void purge",
    },
    # 申请 → 核实 → 更正 → 反馈 → 申请部门确认 → 办结; 争议 → 主管部门 → 本级政府.
    "correction": {
        "proposed": "dispatch>sent decline>declined withdraw>withdrawn file note purge",
        "sent": "sign>handling withdraw>withdrawn add report paper file note purge",
        "handling": "endorse>reported withdraw>withdrawn add report paper file note purge",
        "reported": "inspect>verified send-back>handling close>closed withdraw>withdrawn add report paper file note purge",
        "verified": "send-back>handling close>closed add report paper file note purge",
        "closed": "archive>archived reopen>handling paper note void purge",
        "archived": "void purge",
        "declined": "archive>archived purge",
        "withdrawn": "archive>archived void purge",
    },
    # 拟办 → 审批立项 → 签发、交办 → 签收 → 承办 → 书面反馈 → 核查 (退回补办) → 结论 → 整改 → 整改核查 → 办结 → 归档; 复核.
    "supervision": {
        "proposed": "approve>approved decline>declined withdraw>withdrawn report file note purge",
        "approved": "paper>sent withdraw>withdrawn report file note purge",
        "sent": "sign>handling close>closed revoke>revoked repeal>repealed add report paper file note purge",
        "handling": "endorse>reported close>closed revoke>revoked repeal>repealed add report paper file note purge",
        "reported": "inspect>verified send-back>handling close>closed revoke>revoked repeal>repealed"
        " add report paper file note purge",
        "verified": "conclude>concluded send-back>handling close>closed revoke>revoked repeal>repealed"
        " add report paper file note purge",
        "concluded": "endorse>rectified close>closed revoke>revoked repeal>repealed add report paper file note"
        " ask-review decide-review purge",
        "rectified": "inspect>settled send-back>concluded close>closed revoke>revoked repeal>repealed"
        " add report paper file note ask-review decide-review purge",
        "settled": "send-back>concluded close>closed revoke>revoked repeal>repealed add report paper file note"
        " ask-review decide-review purge",
        "closed": "archive>archived reopen>handling revoke>revoked paper note ask-review decide-review void purge",
        "archived": "revoke>revoked ask-review decide-review void purge",
        "declined": "archive>archived purge",
        "withdrawn": "archive>archived void purge",
        "revoked": "archive>archived purge",
        "repealed": "archive>archived void purge",
    },
}
"""Of each kind and state the acts that are lawful, `act>state` where it leads to another; everything else is refused."""

MAIN = {
    "sent": "deliver read sign>signed call urge ask-return decide-return object answer-objection",
    "signed": "deliver read call urge contact ask-return decide-return ask-extension decide-extension object"
    " answer-objection pause resume submit>review",
    "review": "deliver read call urge contact decide-return decide-extension answer-objection pause resume reject>signed"
    " endorse>reported",
    "reported": "deliver read contact decide-return decide-extension answer-objection send-back>signed",
    "accepted": "send-back>signed",
    "told": "",
    "moved": "",
    "withdrawn": "",
}
"""送达, 阅知, 签收, 叫应 apart; 退单申请, 延期, 异议 and their decisions; 上报, 单位审核, 反馈: of the main receiver (主办)."""

SUPPORT = {
    "sent": "deliver read sign>signed call urge ask-return decide-return object answer-objection recall>withdrawn",
    "signed": "deliver read call urge contact ask-return decide-return ask-extension decide-extension object"
    " answer-objection pause resume submit>review recall>withdrawn",
    "review": "deliver read call urge contact decide-return decide-extension answer-objection pause resume reject>signed"
    " endorse>reported recall>withdrawn",
    "reported": "deliver read contact decide-return decide-extension answer-objection take>accepted send-back>signed",
    "accepted": "send-back>signed",
    "told": "",
    "moved": "",
    "withdrawn": "",
}
"""Of a supporting receiver (协办): the same, and the main receiver takes its answer, or it is recalled."""

ASSIST = dict.fromkeys(MAIN, "") | {"told": "deliver read call recall>withdrawn"}
"""Of one that assists (协助: villages, communities): it is told, and may be phoned; nothing is signed, timed or answered."""

WITHOUT: dict[str, str] = {
    "task": "pause resume",  # stops the clock: only what withdraws it
    "lead": "",
    "request": "",
    "rating": "ask-extension decide-extension",  # the nation's text has no number, and no extension
    "correction": "ask-extension decide-extension pause resume",  # 令809 26: no extension
    "supervision": "ask-return decide-return pause resume",  # an objection or a review, no return
}
"""The acts on lines that a kind does not have."""

DURING: dict[tuple[str, str], dict[str, str]] = {
    ("request", "following"): {"reported": "submit>review ask-extension pause resume opinion"},
    ("supervision", "concluded"): {"reported": "submit>review"},
}
"""What the main receiver may do besides in one state of the order: report what the procedure of law came to, or 整改."""

OPINION = {"signed": "opinion", "review": "opinion"}
"""Of requests, the main receiver's: a first opinion, or that it has taken it by law."""

CASES = [(kind, state) for kind, table in ORDERS.items() for state in table]
LINES = {"main": MAIN, "support": SUPPORT, "assist": ASSIST}


def pairs(text: str, state: str) -> dict[str, str]:
    """The acts of a cell and where each leads."""
    found = [word.partition(">") for word in text.split()]
    assert len({act for act, _, _ in found}) == len(found), f"an act stands twice in {text!r}"
    return {act: to or state for act, _, to in found}


def by_hand(kind: str, part: str, state: str, order: str) -> dict[str, str]:
    """What a line of a kind may go through, by the tables above."""
    cell = pairs(LINES[part][state], state)
    if part == "main":
        cell |= pairs(DURING.get((kind, order), {}).get(state, ""), state)
        cell |= pairs(OPINION.get(state, "") if kind == "request" else "", state)
    return {act: to for act, to in cell.items() if act not in WITHOUT[kind].split()}


def test_the_tables_are_of_all_kinds_and_all_their_states() -> None:
    """A kind or a state that is not written out here by hand would go untested."""
    assert set(ORDERS) == set(WITHOUT) == set(kinds())
    assert {kind: set(table) for kind, table in ORDERS.items()} == {kind.id: set(kind.states) for kind in kinds().values()}


def test_every_act_is_lawful_somewhere() -> None:
    """No act of the table of rights is a dead word, but `issue`, with which an order begins, and no table has another act."""
    orders = {act for table in ORDERS.values() for state, cell in table.items() for act in pairs(cell, state)}
    lines = {act for table in LINES.values() for state, cell in table.items() for act in pairs(cell, state)} | {"opinion"}
    assert orders | lines == set(ORDER_RIGHTS) - {"issue"}
    assert lines == LINE_ACTS | {"send-back"}


@pytest.mark.parametrize(("kind", "state"), CASES)
def test_an_order_goes_only_where_the_table_lets_it(kind: str, state: str) -> None:
    """Every act in every state: lawful with the state that it leads to, or refused."""
    lawful = pairs(ORDERS[kind][state], state)
    found = {act: kinds()[kind].after(state, act) for act in ORDER_RIGHTS}
    assert found == {act: lawful.get(act) for act in ORDER_RIGHTS}
    assert set(kinds()[kind].acts(state)) == set(lawful) - LINE_ACTS


@pytest.mark.parametrize("kind", ORDERS)
def test_a_line_goes_only_where_the_table_lets_it(kind: str) -> None:
    """Every act on every receiver's line in every state of line and order: lawful with the state after it, or refused."""
    for part, state, order in product(LINES, MAIN, ORDERS[kind]):
        lawful = by_hand(kind, part, state, order)
        found = {act: kinds()[kind].line_after(state, act, part, order) for act in ORDER_RIGHTS}  # type: ignore[arg-type]
        assert found == {act: lawful.get(act) for act in ORDER_RIGHTS}, (part, state, order)
        assert set(kinds()[kind].line_acts(state, part, order)) == set(lawful)  # type: ignore[arg-type]


STEPS = [
    ("request", "received", "accepted", "accepted"),
    ("request", "sent", "replied", "reported"),
    ("request", "handling", "transferred", "following"),
    ("request", "handling", "withdrawn", "closed"),
    ("request", "reported", "redo", "handling"),
    ("request", "closed", "replied", None),
    ("rating", "sent", "put-right", "reported"),
    ("rating", "sent", "set-aside", "closed"),
    ("rating", "reported", "called-back", "verified"),
    ("rating", "closed", "put-right", None),
]
"""Of a kind: a state, a step of the other system, and where the order is then; None: an ended one stays where it is."""


@pytest.mark.parametrize(("kind", "state", "step", "after"), STEPS)
def test_a_step_of_another_system_leads_on(kind: str, state: str, step: str, after: str | None) -> None:
    """The hotline's own system tells of an answer whose signing it never told of: the order is answered all the same."""
    found = kinds()[kind]
    assert found.leads(state, found.steps[step]) == after


def test_nothing_opens_a_supervision_but_its_approval() -> None:
    """政府督查工作条例 11: a supervision is sent only from 已立项, and that only by an approval of head or signatory."""
    kind = kinds()["supervision"]
    assert set(kind.first.values()) == {"proposed"}
    assert not kind.filed
    into = {(state, row.act) for row in kind.rows for state in row.from_ if row.to in {"approved", "sent"}}
    assert into == {("proposed", "approve"), ("approved", "paper")}
    assert kind.right("approve", "proposed").roles == {"leader", "signatory"}


def test_an_assisting_village_is_never_asked_for_anything() -> None:
    """村委会组织法 6: no signing, no answer, no urging, no return, whatever the kind."""
    asked = {"sign", "submit", "endorse", "urge", "ask-return", "ask-extension", "opinion", "contact"}
    for kind in kinds().values():
        assert not asked & {act for state in MAIN for act in kind.line_acts(state, "assist")}
