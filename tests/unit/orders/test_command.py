"""`agents order` and `agents explain ORDER`: what options and drafts become, which orders are listed, and the story told."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.commands.orders.command import chosen, parser
from agents.commands.orders.draft import act_of, issue_of
from agents.commands.people import actor_of, command_bytes
from agents.offline import explain, order_story
from agents.offline.standing import StandingOrder, gathered, numbers, one
from streams.command import Trouble
from streams.messages import ORDER_RIGHTS, Order, OrderAudit, Text, decode_event, is_ours
from streams.messages.orders import Issue, OrderAct, Receiver
from streams.orders.kind import LINE_ACTS
from streams.orders.kinds import kinds
from streams.orders.words import ACTS
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, OrderPartition, actor

WHO = ["--actor", "li", "--department", ECOLOGY, "--role", "dispatcher"]
NOW = 1_772_800_000_000


def issue(*arguments: str) -> Issue:
    """What `issue` with these options says."""
    options = parser().parse_args(["issue", *arguments, *WHO])
    return issue_of(options, actor_of(options), [], NOW)


def test_every_act_of_the_table_is_a_subcommand_with_words_of_both_languages() -> None:
    """Its command is one that a log knows, under the order's id."""
    assert set(ACTS) == set(ORDER_RIGHTS)
    reader = parser()
    for act in ORDER_RIGHTS:
        options = reader.parse_args([act, *([] if act == "issue" else [ORDER]), *WHO])
        event = decode_event(command_bytes(f"order.{act}", ORDER, OrderAct(order=ORDER, actor=actor_of(options)), NOW))
        assert (options.command, event.subject, is_ours(event.type)) == (act, ORDER, True)
    named = {row.act for kind in kinds().values() for row in (*kind.rows, *kind.lines)}
    assert named | LINE_ACTS <= set(ACTS)


def test_an_order_is_issued_from_options() -> None:
    """Receivers with part and limit, text, traits; its id has 32 hex digits and depends on all of it."""
    said = ["--kind", "lead", "--title", "疑似超标", "--to", f"{BRANCH}:main:4 working-hours", "--to", "zz-mr:support"]
    made = issue(*said, "--text", "cause=监测发现疑似超标", "--trait", "nature=clue", "--urgent")
    assert made.title == Text("疑似超标", "疑似超标")
    assert made.receivers == (
        Receiver(unit=BRANCH, part="main", limit="4 working-hours"),
        Receiver(unit="zz-mr", part="support"),
    )
    assert (made.text[0].words, made.traits, made.urgent) == ("监测发现疑似超标", {"nature": "clue"}, True)
    assert len(made.order) == 32
    assert made.order != issue(*said).order


def test_a_draft_is_a_file_and_options_go_before_it(tmp_path: Path) -> None:
    """TOML or JSON; whoever acts is no matter of the file; an unknown member is named and nothing is issued."""
    toml = tmp_path / "draft.toml"
    toml.write_text(
        f'kind = "lead"\npaper = "dispatch"\ntitle = {{ zh = "甲", en = "A" }}\n'
        f'actor = {{ id = "other", role = "leader" }}\n[[receivers]]\nunit = "{BRANCH}"\npart = "main"\n',
        "utf-8",
    )
    made = issue(str(toml), "--title", "乙", "--title-en", "B")
    assert (made.kind, made.paper, made.title, made.actor.id) == ("lead", "dispatch", Text("乙", "B"), "li")
    json = tmp_path / "draft.json"
    json.write_text('{"kind": "lead", "sender": "x"}', "utf-8")
    with pytest.raises(ValueError, match=r"draft.json: it has no member 'sender'"):
        issue(str(json))
    with pytest.raises(ValueError, match="missing required field"):
        issue("--kind", "lead")


def test_an_act_has_what_its_options_say() -> None:
    """Lines, reason, decision and who: the members of the act; what is not said is left out."""
    said = ["decide-return", ORDER, "--line", "1", "--outcome", "granted", "--unit", BRANCH, "--seen", "7", *WHO]
    options = parser().parse_args(said)
    act = act_of(options, actor_of(options), ORDER)
    assert (act.lines, act.outcome, act.unit, act.seen, act.reason) == (("1",), "granted", BRANCH, 7, "")
    assert (act.actor.role, act.actor.department) == ("dispatcher", ECOLOGY)


def lived() -> OrderPartition:
    """An order that is signed for, and of which nobody answered in time."""
    by = OrderPartition()
    by.issue()
    by.act("sign", actor("clerk", BRANCH))
    by.act("sign", actor("clerk", BRANCH))
    by.tick("2026-04-10T09:00:00+08:00")
    return by


def standing(by: OrderPartition) -> StandingOrder:
    """The order as the log has it."""
    return gathered([*by.orders.values(), *by.lines.values()])[ORDER]


def test_orders_are_found_by_number_or_how_their_id_begins() -> None:
    """What is none, or several, is refused; lines come with their order, in the order of their numbers."""
    found = standing(lived())
    known = {ORDER: found}
    assert one(known, found.order.number, "live") is one(known, ORDER[:4], "live") is found
    with pytest.raises(Trouble, match="there is no order 'GD-1'"):
        one(known, "GD-1", "live")
    assert [line.n for line in found.lines] == ["1"]
    assert sorted(["1.10", "2", "1.9", "1"], key=numbers) == ["1", "1.9", "1.10", "2"]


@pytest.mark.parametrize(
    ("arguments", "is_listed"),
    [
        ([], True),
        (["--overdue"], True),
        (["--unit", BRANCH], True),
        (["--unit", "zz-mr"], False),
        (["--kind", "task"], False),
        (["--state", "handling"], True),
        (["--state", "closed"], False),
    ],
)
def test_a_list_has_what_was_asked_for(arguments: list[str], is_listed: bool) -> None:
    """By state, kind, unit, and what is overdue."""
    assert chosen(standing(lived()), parser().parse_args(["list", *arguments])) is is_listed


def test_the_story_tells_every_entry_in_both_languages() -> None:
    """Lines with their clocks, the second signing refused with its reason, what time did; nothing moves the cursor."""
    by = lived()
    trail = [each for each in by.told if isinstance(each, OrderAudit)]
    found = standing(by)
    for language, words in (("zh", ("主办", "签收", "不予执行", "超期")), ("en", ("main", "Sign for it", "Refused", "LATE"))):
        lines = order_story.told(found.order, found.lines, trail, language)
        text = "\n".join(lines)
        assert all(word in text for word in (*words, found.order.number, BRANCH, "cannot sign in state signed"))
        assert all(f"  {entry.n}. {entry.at}" in text for entry in trail)
        assert all(line.isprintable() for line in lines)


def test_the_story_of_a_revoked_order_begins_with_its_mark() -> None:
    """撤销: void from the start, with the day and the entry of the trail; 废止 bears no such mark."""
    by = OrderPartition()
    by.issue(verdict="true")
    by.act("revoke", actor("leader", ECOLOGY), reason="依据有误")
    trail = [each for each in by.told if isinstance(each, OrderAudit)]
    n = next(each.n for each in trail if each.event == "revoke")
    order, lines = by.orders[ORDER], list(by.lines.values())
    assert (
        order_story.told(order, lines, trail, "zh")[1] == f"已撤销，自始无效：2026-03-06 09:00，理由见办理记录第 {n} 条（撤销）"
    )
    repealed = replace(order, state="repealed", outcome="repealed")
    assert not any("自始无效" in each for each in order_story.told(repealed, lines, trail, "zh"))


def test_a_file_tells_an_order_and_judges_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The events of a plain file make the same order, trail and clocks as its partition did."""
    by = lived()
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"".join(value + b"\n" for _, _, value in by.log))
    assert explain.main([ORDER, "--from", str(file)]) == 0
    said = capsys.readouterr().out
    assert standing(by).order.number in said
    made = explain.made_of(explain._from(file), ORDER)
    of = explain.Made(by.orders | by.lines, tuple(each for each in by.told if isinstance(each, OrderAudit)))
    assert {each.split(":")[0].rsplit(" ", 1)[-1] for each in explain.differences(of, made)} <= {
        *("log", "place", "head", "audit"),
        *map(str, range(1, 99)),
    }, "another log's name and hashes, and nothing else"


def test_what_differs_in_an_order_is_named() -> None:
    """A changed line, a lost line and a changed entry."""
    by = lived()
    trail = tuple(each for each in by.told if isinstance(each, OrderAudit))
    made = explain.Made(by.orders | by.lines, trail)
    assert explain.differences(made, made) == []
    line = by.lines[f"{ORDER}/1"]
    changed = explain.Made({**made.things, line.id: replace(line, unit="zz-mr")}, trail)
    assert [each.split(":")[0] for each in explain.differences(changed, made)] == [f"{line.id} unit"]
    lost = explain.Made({key: each for key, each in made.things.items() if isinstance(each, Order)}, trail)
    assert explain.differences(lost, made) == [f"{line.id}: judged again there is one"]
