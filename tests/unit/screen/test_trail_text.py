"""The judge's sentences in a trail are said in Chinese; a person's own words are left as they are."""

from typing import Any

import pytest
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.trusted import Doubt, told_doubt
from screen.i18n.trail_text import trail_text
from streams.messages import HOUR, MINUTE, NEVER, Act, Actor, Alert, Audit, Case, Note, Place, format_time, parse_time
from tests.support.town import alert, entry

NOW = parse_time("2026-11-24T14:32:00+08:00")
DESK = Actor(id="zhang", name="张值班", role="supervisor")
ADMIN = Actor(id="li", name="李主任", role="admin")
NOTE = Note(verb="acknowledge", actor=DESK, reason="已派人", at=format_time(NOW))
CAUSE = alarm.Cause(Place("t.events.environment", 0, 7), b"", NOW, NOW)
CASE = Case(opened_at=format_time(NOW), due=format_time(NOW + HOUR))


def standing(state: Any, **changes: Any) -> Alert:
    """An alert in a state, with the acts that are allowed there."""
    made = alert("t", 1, NOW, state=state, **changes)
    return replace(made, verbs=alarm.verbs(made))


def tried(made: Alert, verb: str, actor: Actor = ADMIN, occurrence: int = 1, **fields: Any) -> Audit:
    """The entry that the judge makes of an act."""
    act = Act(alert=made.id, occurrence=occurrence, actor=actor, **({"reason": "因故"} | fields))
    return alarm.acted(made, verb, act, CAUSE)[1]


REFUSED = [
    (tried(standing("B"), "suppress", DESK, lasts="1h"), "主管无权抑制，须由管理员办理"),
    (tried(standing("B"), "comment", replace(DESK, role="viewer")), "查看员无权批注，须由管理员或分析员或调度员或主管办理"),
    (tried(standing("B"), "comment", occurrence=2), "此操作针对第 2 次，告警已是第 1 次"),
    (tried(standing("E"), "shelve", lasts="1h"), "E 态不可搁置"),
    (tried(standing("B"), "comment", reason=" "), "批注须写明理由"),
    (tried(standing("B"), "remove-from-service", lasts="1h"), "停用须填作业票号"),
    (tried(standing("B"), "suppress", lasts="1h", once=True), "“恢复即止”只用于搁置，不用于抑制"),
    (tried(standing("B"), "shelve"), "搁置须填时长，如 45m"),
    (tried(standing("B"), "shelve", lasts="soon"), "时长“soon”须是数字加 s、m、h 或 d，如 45m"),
    (tried(standing("B"), "shelve", lasts="9h"), "橙色告警搁置最长 4 小时，不可 9h"),
    (tried(standing("B", rule="rule-failed"), "retry"), "没有待重新研判的事实"),
    (tried(standing("C", confirmed=NOTE), "confirm"), "zhang 已复核第 1 次"),
    (tried(standing("C", acknowledged=NOTE), "confirm", DESK), "zhang 已作确认，须由他人复核"),
    (tried(standing("A", active=False, case=CASE), "conclude"), "结案须有结论：属实、更正或不实"),
    (
        tried(standing("A", active=False, case=CASE), "conclude", finding="corrected"),
        "结论为“更正”时，且仅在此时，须给出与告警不同的级别或数值",
    ),
]


@pytest.mark.parametrize(("made", "chinese"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_a_refusal_explains_itself(made: Audit, chinese: str) -> None:
    """What the judge really writes is found in the file."""
    assert made.event == "refuse"
    assert (trail_text(made).zh, trail_text(made).en) == (chinese, made.reason)


def test_a_suppression_by_design_explains_itself() -> None:
    """A person cannot end what its rule suppresses."""
    designed, _ = alarm.designed(standing("B"), ("备案的维护", NOW + HOUR), CAUSE) or (None, None)
    assert designed is not None
    assert trail_text(tried(replace(designed, verbs=alarm.verbs(designed)), "unsuppress")).zh.startswith("由规则抑制")


def test_what_the_judge_adds_is_said_beside_the_persons_words() -> None:
    """Until when an alarm is put aside, and what was corrected; the person's own words stay, whatever they are."""
    shelved = tried(standing("B"), "shelve", lasts="30m", reason="red or blue")
    assert trail_text(shelved).zh == "red or blue（至 2026-11-24 15:02）"
    once = tried(standing("B"), "shelve", once=True)
    assert trail_text(once).zh == "因故（至 2026-11-24 18:32，恢复即止）"
    out = tried(standing("B"), "remove-from-service", lasts="1h", permit="动火 7")
    assert trail_text(out).zh == "因故（至 2026-11-24 15:32，作业票 动火 7）"
    case = standing("A", active=False, case=CASE)
    right = tried(case, "conclude", finding="corrected", severity="red", value=2.0)
    assert trail_text(right).zh == "更正，级别由橙色改为红色，数值由 218.0 改为 2.0：因故"
    assert trail_text(tried(case, "conclude", finding="unfounded")).zh == "不实：因故"


def test_what_time_does_is_said() -> None:
    """The entries that no person makes."""
    late, overdue = alarm.passed(standing("C", active=True, case=CASE), alarm.Times(), CAUSE)
    assert (late.case and late.case.overdue, trail_text(overdue).zh) == (True, "应于 2026-11-24 15:32 前结案")
    calling = alarm.Times(escalate={"orange": 10 * MINUTE})
    up, entry_up = alarm.passed(standing("B"), calling, CAUSE)
    assert trail_text(entry_up).zh == "未确认，由第 1 级升至第 2 级"
    assert trail_text(alarm.passed(replace(up, level=3), calling, CAUSE)[1]).zh == "第 3 级未确认，第 1 次催办"


def test_doubt_is_said() -> None:
    """The acts of a key that was in other hands are named, and since when."""
    since = NOW - HOUR
    found = told_doubt([Doubt("c" * 32, since, NEVER)], ["acknowledge", "shelve", "acknowledge"])
    entry_ = alarm.remarked(standing("C"), "doubt", found, CAUSE)[1]
    assert trail_text(entry_).zh == "签名密钥自 2026-11-24 13:32 起存疑，涉及：确认、搁置"
    assert trail_text(entry_).en == "acts whose key is doubted since 2026-11-24T13:32:00+08:00: acknowledge, shelve"
    one = alarm.remarked(standing("C"), "doubt", told_doubt([Doubt("c" * 32, since, NEVER)], ["comment"]), CAUSE)[1]
    assert trail_text(one).zh == "签名密钥自 2026-11-24 13:32 起存疑，涉及：批注"


def test_a_persons_words_are_left_alone() -> None:
    """A comment that reads like a sentence of the judge is a comment, and an unknown sentence stands as it is."""
    own = entry(alert("t", 1, NOW), 1, "comment", CAUSE.place, actor=DESK, reason="its time is over")
    assert trail_text(own).zh == "its time is over"
    assert trail_text(replace(own, event="clear", actor=None, reason="{0} {x}")).zh == "{0} {x}"
