"""The page of orders says what the data say: its tables are written from them (`python -m tests.unit.orders.test_page`)."""

import re
from collections.abc import Iterator
from pathlib import Path

from streams.calendar.time_limit import parse_limit
from streams.messages import Text
from streams.messages.rights import ORDER_RIGHTS, ROLES
from streams.orders.kind import LINE_ACTS, OrderKind, Return
from streams.orders.kinds import kinds

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "orders.md"

ACTS: dict[str, str] = {
    "issue": "下达",
    "accept": "受理",
    "decline": "不予受理、不立项",
    "merge": "并单",
    "dispatch": "派单",
    "approve": "批准立项",
    "paper": "登记文书",
    "deliver": "送达",
    "read": "阅知",
    "sign": "签收",
    "call": "叫应",
    "report": "报告带班领导",
    "contact": "联系",
    "opinion": "初步意见",
    "note": "备注",
    "ask-return": "申请退单",
    "decide-return": "审核退单",
    "ask-extension": "申请延期",
    "decide-extension": "审批延期",
    "object": "提出异议",
    "answer-objection": "答复异议",
    "pause": "不计时",
    "resume": "恢复计时",
    "submit": "上报",
    "reject": "退回修改",
    "endorse": "审签反馈",
    "add": "增派",
    "take": "采纳",
    "recall": "撤下",
    "withdraw": "撤回",
    "revoke": "撤销",
    "repeal": "废止",
    "urge": "催办",
    "instrument": "登记执法文书",
    "file": "附件",
    "send-back": "退回补办",
    "inspect": "核查",
    "follow": "转法定程序跟踪",
    "conclude": "作出结论",
    "call-back": "回访",
    "publish": "公开",
    "close": "办结",
    "ask-review": "申请复核",
    "decide-review": "复核决定",
    "void": "不计入考核",
    "reopen": "重办",
    "archive": "归档",
    "purge": "清除",
}
"""What the acts are called at an office."""

PEOPLE: dict[str, str] = {
    "viewer": "查看",
    "supervisor": "值班员",
    "dispatcher": "派单员",
    "analyst": "分析",
    "admin": "系统管理员",
    "receptionist": "受理员",
    "leader": "领导",
    "checker": "核稿人",
    "signatory": "签发人",
    "clerk": "承办单位管理员",
    "handler": "承办人",
    "reviewer": "单位审核人",
    "officer": "执法人员",
    "verifier": "核查员",
    "revisitor": "回访员",
    "inspector": "督查员",
    "legal": "法制审核",
    "archivist": "档案员",
}
"""Who does them."""

UNITS = {
    "issuer": "下达单位",
    "line": "承办单位",
    "main": "主办单位",
    "verifier": "核查单位",
    "supervising": "监督单位",
    "any": "不限",
}
"""Of which unit they are."""

PARTS = {"main": "主办", "support": "协办", "assist": "协助"}
MARKS = {
    "certain": "原文已读",
    "likely": "据报道或者一地规定",
    "check": "待核",
    "default": "本系统默认",
    "issuer": "下达单位写明",
}
NEEDS = {
    "instrument": "执法文书",
    "inspection": "核查",
    "paper": "文书",
    "reason": "理由",
    "parent": "上级件",
    "reply": "单位反馈",
    "callback": "回访",
}
SHOWN = (
    "issue",
    "dispatch",
    "approve",
    "inspect",
    "decide-return",
    "decide-extension",
    "conclude",
    "call-back",
    "close",
    "publish",
)
"""The acts of which the page says who may do them, where the kind has them."""

BEGINS = {"sent": "派出", "filed": "来件", "referred": "报请指定"}
ENDS = {"designated": "指定"}


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A table of the page."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def both(text: Text) -> str:
    """Words in both languages."""
    return f"{text.zh} {text.en}"


def span(limit: str) -> str:
    """A length of time in both languages."""
    return both(parse_limit(limit).title()) if limit else "不设 none"


def act(name: str) -> str:
    """An act in Chinese, with its name."""
    return f"{ACTS[name]} `{name}`"


def steps(kind: OrderKind) -> Iterator[str]:
    """What leads from each state."""
    rows = []
    for state, title in kind.states.items():
        moves = [f"{ACTS[row.act]} → {kind.states[row.to].zh}" for row in kind.rows if row.to and state in row.from_]
        rows.append([both(title), "；".join(moves) or "–"])
    yield from table(["state 状态", "leads on 去向"], rows)


def clocks(kind: OrderKind) -> Iterator[str]:
    """Its clocks, with where each number is from."""
    rows = []
    for row in kind.limits:
        whose = "全单" if row.of == "order" else "、".join(PARTS[part] for part in row.parts)
        when = "、".join(f"{name}={value}" for name, value in row.when.items())
        begin, end = BEGINS.get(row.start) or ACTS[row.start], ENDS.get(row.stop) or ACTS[row.stop]
        mark = MARKS[row.mark] + (f"（{row.place}）" if row.place else "")
        rows.append([both(kind.clocks[row.clock]), whose, when, f"{begin} → {end}", span(row.limit), row.source.zh, mark])
    yield from table(["clock 时限", "whose", "for", "runs 起止", "limit", "source 出处", "sure 把握"], rows)


def overlays(kind: OrderKind) -> Iterator[str]:
    """Returns, more time, time not counted, review."""
    rows = [["退单 return", *_return(kind.returns)], ["复核 review", *_return(kind.review)]]
    rows += [
        [
            f"延期 extension: {both(kind.clocks[each.clock])}{_when(each.when)}",
            f"{each.times} × {span(each.most)}",
            each.source.zh,
        ]
        for each in kind.extension
    ] or [["延期 extension", "无 none", kind.basis[-1]]]
    rows += [
        [f"不计时 not counted: {both(each.title)}", "、".join(each.clocks), each.basis] for each in kind.pauses.values()
    ] or [["不计时 not counted", "无 none", ""]]
    if kind.propose:
        rows.append(["建议督办 supervision is proposed", f"逾期后 {span(kind.propose)}", MARKS[kind.propose_mark]])
    yield from table(["", "how", "source 出处"], rows)


def _when(when: dict[str, str]) -> str:
    return f" ({'、'.join(f'{name}={value}' for name, value in when.items())})" if when else ""


def _return(rule: Return | None) -> list[str]:
    if rule is None:
        return ["无 none", ""]
    more = f"；{rule.decided_by.zh}" if rule.decided_by else ""
    return [f"{span(rule.within)} 内提出，{span(rule.decide)} 内决定，{rule.times} 次", f"{rule.source.zh}{more}"]


def rights(kind: OrderKind) -> Iterator[str]:
    """Who may do what matters."""
    own = {row.act for row in kind.rows} | {row.act for row in kind.lines} | {"issue"}
    rows = []
    for name in SHOWN:
        if name in own:
            right = kind.right(name)
            people = "、".join(PEOPLE[role] for role in ROLES if role in right.roles)
            rows.append([act(name), people, "、".join(UNITS[scope] for scope in right.scope)])
    yield from table(["act 操作", "who 谁", "of 单位"], rows)


def ends(kind: OrderKind) -> Iterator[str]:
    """How it may end."""
    rows = [
        [both(end.title), "是 yes" if end.lawful else "否 no", "、".join(NEEDS[need] for need in end.needs), end.basis]
        for end in kind.ends.values()
    ]
    yield from table(["end 办结方式", "while the condition stands 条件仍在时", "needs 需要", "basis 依据"], rows)


def part(kind: OrderKind) -> str:
    """All tables of a kind."""
    found = [
        line
        for title, make in (
            ("Steps 步骤", steps),
            ("Clocks 时限", clocks),
            ("Return, more time, time not counted 退单、延期、不计时、复核", overlays),
            ("Who may do what 谁可以做", rights),
            ("Ends 办结", ends),
        )
        for line in (f"**{title}**", "", *make(kind))
    ]
    return "\n".join(found).rstrip()


def written(text: str) -> str:
    """The page with the tables of the data in their places."""
    return re.sub(
        r"<!-- kind: (\S+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- kind: {found[1]} -->\n\n{part(kinds()[found[1]])}\n\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


def test_the_page_has_the_tables_of_every_kind() -> None:
    """One place for each kind, and none that there is not."""
    named = re.findall(r"<!-- kind: (\S+) -->", PAGE.read_text("utf-8"))
    assert sorted(named) == sorted(kinds())


def test_the_page_says_what_the_data_say() -> None:
    """Each table stands there as the data have it."""
    text = PAGE.read_text("utf-8")
    assert written(text) == text, "the data have changed: python -m tests.unit.orders.test_page writes the tables anew"


def test_every_act_and_role_has_its_word() -> None:
    """The words of the page are of all acts and roles."""
    assert set(ACTS) == set(ORDER_RIGHTS)
    assert set(ACTS) >= LINE_ACTS
    assert list(PEOPLE) == list(ROLES)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
