"""Nobody alone deletes what is past its ceiling; and what the public archive must have is handed over first."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.archive.files import Chunk, files_of, read_partition, write
from streams.command import Trouble
from streams.desk import event_of, place_of, record_of
from streams.messages import DAY, Actor, encode
from streams.messages.codec import decode
from streams.messages.services.catalogue import DirectoryRecord, RetentionStep
from streams.retention import command
from streams.retention.consent import allowed, proposals, retention_refusal
from streams.retention.expiry import delete

NAME = "0" * 32
TOPIC = "live.events.orders"
SERVICE = {"live.events.service/0": 9}
ORDERS = {f"{TOPIC}/0": 9}


def step(what: Any, by: str, upto: dict[str, int] | None = None, **handed: str) -> RetentionStep:
    """Somebody of the data office proposes or consents."""
    actor = Actor(id=by, role="admin", department="zz-data")
    return RetentionStep(proposal=NAME, step=what, at="2046-06-01T10:00:00+08:00", by=actor, upto=upto or {}, handed=handed)


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        ([], step("consented", "b"), "no proposal"),
        ([], step("proposed", "a"), "nothing to delete"),
        ([step("proposed", "a", SERVICE)], step("consented", "a"), "another person"),
        ([step("proposed", "a", SERVICE)], step("proposed", "b", SERVICE), "is known"),
        ([step("proposed", "a", SERVICE), step("consented", "b")], step("consented", "c"), "'b' has consented"),
        ([step("proposed", "a", ORDERS)], step("consented", "b"), "--handed orders=DOCUMENT"),
        ([step("proposed", "a", ORDERS)], step("consented", "b", orders=" "), "--handed orders=DOCUMENT"),
    ],
)
def test_what_may_not_be_allows_nothing(before: list[RetentionStep], wrong: RetentionStep, words: str) -> None:
    """Two persons; orders go to the public archive after twenty years (档案法实施条例 第二十条), so the hand-over is named."""
    known = proposals(before)
    assert words in retention_refusal(known, wrong)
    assert proposals([*before, wrong]) == known


def test_only_what_two_agreed_to_is_deleted(tmp_path: Path) -> None:
    """A proposal alone deletes nothing; with consent what was due then goes, and nothing that came to be due since."""
    for first in (0, 10, 20):
        chunk = Chunk(0.0)
        for offset in range(first, first + 10):
            chunk.add(offset, offset, b"k", b"{}")
        write(tmp_path, TOPIC, 0, chunk)
    proposed, later = step("proposed", "a", ORDERS), 8_000 * DAY

    def left(*steps: RetentionStep) -> list[int]:
        delete(tmp_path, later, {}, allowed(proposals(steps)))
        return [record[0] for records in read_partition(tmp_path, TOPIC, 0) for record in records]

    assert left() == left(proposed) == list(range(30))
    consent = step("consented", "b", orders="移交〔2046〕1号")
    assert left(proposed, consent) == list(range(10, 30))
    assert allowed(proposals([proposed, consent]))[f"{TOPIC}/0"].handed == "移交〔2046〕1号"


def test_the_command_asks_for_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`--propose`, then `--consent` of another with the hand-over, then `--apply`; before that it deletes nothing."""
    for first in (0, 10):
        chunk = Chunk(0.0)
        for offset in range(first, first + 10):
            chunk.add(offset, offset, b"k", b"{}")
        write(tmp_path, TOPIC, 0, chunk)
    log: list[RetentionStep] = []
    for name, stand_in in {
        "found": lambda *_: [],
        "unarchived": lambda *_: [],
        "holds_of": lambda *_: {},
        "records": lambda *_: list(log),
        "append": lambda _settings, _log, record: log.append(record),
    }.items():
        monkeypatch.setattr(command, name, stand_in)

    def run(*more: str) -> list[dict[str, Any]]:
        assert command.main(["retention", "--archive", str(tmp_path), *more]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    run("--apply")
    assert len(files_of(tmp_path, TOPIC, 0)) == 2
    proposal = run("--propose", "--actor", "a")[-1]["proposal"]
    with pytest.raises(Trouble, match="another person"):
        run("--consent", proposal, "--actor", "a", "--handed", "orders=移交1号")
    with pytest.raises(Trouble, match="--handed orders=DOCUMENT"):
        run("--consent", proposal, "--actor", "b")
    run("--consent", proposal, "--actor", "b", "--handed", "orders=移交1号")
    assert run()[-1] == {"proposal": proposal, "by": "a", "upto": ORDERS, "consented": "b"}
    assert run("--apply")[0]["verdict"] == "deleted"
    assert len(files_of(tmp_path, TOPIC, 0)) == 1


def test_both_steps_are_signed_acts_of_the_directory() -> None:
    """`catalogue.retention`, in `catalogue`, under the proposal's name."""
    for record in (step("proposed", "a", ORDERS), step("consented", "b", orders="移交〔2046〕1号")):
        event = event_of(record, "test")
        assert (place_of(record), event.type) == (("catalogue", NAME), "catalogue.retention")
        assert record_of(event.type, bytes(event.data)) == decode(encode(record), DirectoryRecord) == record  # type: ignore[arg-type]
