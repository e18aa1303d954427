"""A wrong file of a kind is refused with its path and a reason that says what to change."""

import shutil
from pathlib import Path

import pytest

from streams.orders.kinds import ROOT, kinds

CASES: list[tuple[str, str, str, str, str]] = [
    ("task", 'close = { zh = "办结"', 'close = { zh "办结"', "not TOML", "kind.toml: "),
    ("task", 'verifier = "issuer"', 'verifier = "main"', "an unknown verifier", "Invalid enum value 'main'"),
    ("task", "apart = true\n", "apart = true\nurgent = 3\n", "an unknown field", "unknown field `urgent`"),
    ("task", 'first = { "*" = "sent"', 'first = { "*" = "begun"', "a state without words", "the state 'begun' has no words"),
    ("task", 'first = { "*" = "sent", ', "first = { ", "no first state", "first has no '*'"),
    ("task", 'letter = "drafted" }', 'report = "drafted" }', "a paper that it has not", "the paper 'report'"),
    (
        "task",
        "[states]\n",
        '[states]\nlost = { zh = "丢", en = "Lost" }\n',
        "a state that nothing leads to",
        "leads to the state 'lost'",
    ),
    (
        "task",
        '["closed", "withdrawn", "revoked", "repealed"], act = "archive"',
        '["closed"], act = "archive"',
        "a state without a way out",
        "out of the state 'repealed'",
    ),
    (
        "task",
        'act = "inspect", to = "verified"',
        'act = "examine", to = "verified"',
        "an act that there is not",
        "no act is called 'examine'",
    ),
    (
        "task",
        '{ from = ["reported", "verified"], act = "close", to = "closed" },\n',
        '{ from = ["reported", "verified"], act = "conclude", to = "closed" },\n',
        "no end",
        "no row has the act 'close'",
    ),
    (
        "task",
        'act = "decide-review"',
        'act = "close", to = "handling"',
        "a close that ends nothing",
        "'handling', which",
    ),
    (
        "task",
        '{ from = ["reported"], act = "inspect", to = "verified" },',
        '{ from = ["reported"], act = "inspect", to = "verified" },\n    { from = ["reported"], act = "inspect" },',
        "two rows for one act",
        "two rows for act 'inspect' in state 'reported'",
    ),
    (
        "request",
        'act = "opinion", parts = ["main"] },',
        'act = "dispatch", parts = ["main"] },',
        "an act on the order in the table of lines",
        "'dispatch', which is on the order as a whole",
    ),
    (
        "request",
        '{ from = ["signed", "review"], act = "opinion", parts = ["main"] },',
        '{ from = ["told"], act = "sign", parts = ["assist"] },',
        "a village that signs",
        "assisting receiver has the act 'sign'",
    ),
    (
        "request",
        'during = ["following"] },',
        'during = ["waiting"] },',
        "a line's row in a state that there is not",
        "the state 'waiting'",
    ),
    ("task", "[roles]\n", '[roles]\nplead = ["leader"]\n', "roles of an act that there is not", "the act 'plead'"),
    (
        "task",
        'inspect = ["inspector", "verifier"]',
        'inspect = ["inspector", "viewer"]',
        "more than the table of rights gives",
        "roles give 'inspect' to 'viewer'",
    ),
    ("task", 'inspect = ["inspector", "verifier"]', "inspect = []", "an act for nobody", "roles give 'inspect' to nobody"),
    (
        "lead",
        'decide-extension = ["line"]',
        'decide-extension = ["anybody"]',
        "a scope that there is not",
        "Invalid enum value 'anybody'",
    ),
    ("task", 'clock = "check"', 'clock = "look"', "a clock without words", "the clock 'look' has no words"),
    ("task", 'start = "endorse"', 'start = "reply"', "a clock that nothing starts", "starts with 'reply'"),
    ("task", 'stop = "inspect"', 'stop = "instrument"', "a clock that nothing stops", "is met by 'instrument'"),
    ("task", 'also = ["send-back"]', 'also = ["take-back"]', "a clock that nothing else stops", "is met by 'take-back' too"),
    ("task", 'parts = ["support"]', 'parts = ["support", "assist"]', "a village's clock", "they are not timed"),
    (
        "rating",
        'clock = "contact"\nparts = ["main"]\nwhen = { anonymous = "yes" }\n',
        'clock = "contact"\nparts = ["main"]\n',
        "a row that is never reached",
        "stands behind one that always fits",
    ),
    (
        "task",
        'limit = "5 working-days"',
        'limit = "5 days"',
        "a limit of no known kind",
        "time limit '5 days' has no known kind",
    ),
    ("task", 'limit = "5 working-days"', 'limit = "0 working-days"', "a limit of nothing", "no whole number of 1 or more"),
    (
        "task",
        'limit = "5 working-days"\nwarn = "1 working-day"',
        'limit = "5 working-days"\nwarn = ""',
        "no warning",
        "a limit without a warning",
    ),
    ("task", 'warn = "1 working-day"', 'warn = "1 civil-day"', "a warning that is counted forward only", "warns '1 civil-day'"),
    ("task", 'propose = "2 working-days"', 'propose = "soon"', "a span in no words", "time limit 'soon'"),
    (
        "correction",
        "令809）第二十六条：十个工作日",
        "令809）第二十六条：本系统默认十个工作日",
        "nothing wrong: the words alone make no default",
        "",
    ),
    ("correction", 'mark = "certain"', 'mark = "default"', "a default with a source", "the mark 'default' does not fit"),
    (
        "task",
        'mark = "default"',
        'mark = "likely"',
        "a number without a source that says it has one",
        "the mark 'likely' does not fit",
    ),
    ("correction", 'mark = "certain"', 'mark = "issuer"', "a kind that calls its own number the issuer's", "the mark 'issuer'"),
    (
        "task",
        '[[extension]]\nclock = "handle"',
        '[[extension]]\nclock = "contact"',
        "time for a clock that it has not",
        "no limit has the clock 'contact'",
    ),
    (
        "correction",
        'without = ["ask-extension", "decide-extension", "pause", "resume"]',
        'without = ["pause", "resume"]',
        "an extension that no rule knows",
        "extension and the act 'ask-extension' go together",
    ),
    (
        "correction",
        'without = ["ask-extension", "decide-extension", "pause", "resume"]',
        'without = ["ask-extension", "decide-extension"]',
        "a pause that no law names",
        "pauses and the act 'pause' go together",
    ),
    (
        "supervision",
        'without = ["ask-return", "decide-return", "pause", "resume"]',
        'without = ["pause", "resume"]',
        "a return without its times",
        "returns and the act 'ask-return' go together",
    ),
    (
        "supervision",
        '["concluded", "rectified", "settled", "closed", "archived"], act = "ask-review"',
        '["concluded"], act = "note"',
        "two things at once",
        "two rows for act 'note'",
    ),
    (
        "task",
        'without = ["pause", "resume"]',
        'without = ["pause", "resume", "sleep"]',
        "without an act that nobody has",
        "without names 'sleep'",
    ),
    (
        "task",
        'needs = ["reply", "inspection"]',
        'needs = ["reply", "stamp"]',
        "an end that needs what there is not",
        "Invalid enum value 'stamp'",
    ),
    (
        "task",
        'needs = ["reply", "inspection"]',
        'needs = ["reply", "callback"]',
        "an end that can never be",
        "the end 'completed' needs 'callback'",
    ),
    (
        "request",
        'during = ["received", "accepted"]',
        'during = ["asked"]',
        "an end in a state that there is not",
        "the state 'asked'",
    ),
    (
        "task",
        'basis = "党政机关公文处理工作条例 第二十四条（七）：答复"\nneeds',
        'basis = ""\nneeds',
        "an end without a basis",
        "the end 'completed' has no basis",
    ),
    (
        "request",
        'signed = "sign"',
        'signed = "conclude"',
        "a step that is no act of its tables",
        "the step 'signed' is the act 'conclude'",
    ),
    (
        "request",
        'answered = "answered"',
        'answered = "gone"',
        "a step that closes with no end",
        "closes with 'gone', which is no end",
    ),
    ("request", 'answered = "answered"\n', "", "a step that closes without an end", "outcomes does not say with which end"),
    ("request", 'extended = "granted"', 'stretched = "granted"', "an outcome of no step", "the step 'stretched'"),
    ("rating", 'filed = "sent"\n', "", "steps of what no matter opens", "filed is not: no matter opens an order"),
]


def changed(root: Path, kind: str, old: str, new: str) -> Path:
    """A folder with one kind, in which a text stands for another."""
    shutil.copy(ROOT / "common.toml", root / "common.toml")
    text = (ROOT / kind / "kind.toml").read_text("utf-8")
    assert old in text, f"{kind} has no longer {old!r}"
    path = root / kind / "kind.toml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(("kind", "old", "new", "what", "reason"), CASES, ids=[case[3] for case in CASES])
def test_a_wrong_file_is_refused(tmp_path: Path, kind: str, old: str, new: str, what: str, reason: str) -> None:
    """Each kind of wrong has its own sentence, and the file's path stands before it."""
    path = changed(tmp_path, kind, old, new)
    if not reason:
        assert set(kinds(tmp_path)) == {kind}, what
        return
    with pytest.raises(ValueError, match=r"kind\.toml") as refused:
        kinds(tmp_path)
    assert str(refused.value).startswith(f"{path}: ")
    assert reason in str(refused.value), what


def test_a_folder_without_common_is_refused(tmp_path: Path) -> None:
    """What all kinds have in common is missing: the path of that file is told."""
    with pytest.raises(ValueError, match=r"common\.toml"):
        kinds(tmp_path)


def test_ends_without_any_are_refused(tmp_path: Path) -> None:
    """A kind that could never end is none."""
    path = changed(tmp_path, "correction", "apart = true", "apart = true")
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("[ends.corrected]")] + "[ends]\n", "utf-8")
    with pytest.raises(ValueError, match="there is no way for it to end"):
        kinds(tmp_path)


def test_the_version_of_a_kind_is_that_of_its_data(tmp_path: Path) -> None:
    """An order pins the data it began with: another limit is another version, another comment is none."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    changed(tmp_path / "a", "task", 'limit = "10 working-days"', 'limit = "11 working-days"')
    changed(tmp_path / "b", "task", "# 交办: ", "# 交办 (assignment): ")
    assert kinds(tmp_path / "a")["task"].version != kinds()["task"].version
    assert kinds(tmp_path / "b")["task"].version == kinds()["task"].version
