"""An upgrade of parts one by one: the release before signed logs beside today's program, each on what the other has written.

The old code runs in a process of its own, from the very commit; where the clone does not have it the tests are skipped.
"""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, msgpack

from agents.core.position import POSITION, TRUST
from tests.golden import corpus, failing, signed
from tests.golden.corpus import Cut, GoldenRecord

BEFORE = "77abd3373693b0a315d1703fec20b7768f9332b9"
"""The last release that verifies nothing."""

ROOT = Path(__file__).resolve().parents[2]

OLD_WORKER = """
import sys
from msgspec import msgpack
from agents.stages import Basis, kind_of, sound_basis, stage_of
topic, items = msgpack.decode(sys.stdin.buffer.read())
stage = stage_of(sound_basis(), topic, 0)
held = {key: value for key, value in items if value is None or kind_of(topic).legible(key, value)}
try:
    stage.restore(held.items())
except Exception as error:
    print(type(error).__name__, error, stage.position, stage.known)
else:
    print("taken up", stage.position)
"""
"""What a worker does with a checkpoint: it keeps what looks like its own, and takes it up."""

OLD_SCREEN = """
import sys
from types import SimpleNamespace as read
from msgspec import json, msgpack
from screen.feed.fold import fold
from screen.feed.pending import TYPES, Waiting
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.bad_input import BadInput
from screen.feed.slices.trails import Trails
from screen.feed.view import View
left, records = [], msgpack.decode(sys.stdin.buffer.read())
waiting = Waiting(lambda place, why: left.append((place, why)))
for offset, (topic, key, value) in enumerate(records):
    if topic in TYPES:
        waiting.add(topic, read(topic="live." + topic, partition=0, offset=offset, key=key, value=value, timestamp=0))
view = fold(View(), waiting.taken(), lambda error: left.append(("fold", repr(error))))
alarms = view[Alarms]
found = {
    "types": sorted(TYPES),
    "left": left,
    "standing": {name: each.rev for kept in (alarms.alerts, alarms.aside, alarms.normal) for name, each in kept.items()},
    "trails": {name: each[-1].n for name, each in view[Trails].trails.items()},
    "bad": sum(each.count for each in view[BadInput].bad.values()),
}
sys.stdout.buffer.write(json.encode(found))
"""
"""What a screen's reader does with what it has read."""

OLD_RELEASE = """
import sys
from msgspec import msgpack
from tests.golden import corpus, failing
from tests.golden.corpus import written
topic, partition, half = msgpack.decode(sys.stdin.buffer.read())
part = next(each for each in corpus.log() if (each.topic, each.partition) == (topic, partition))
with failing.in_place():
    by, saved = corpus.stage(topic, partition), {}
    for start in range(0, half, 200):
        by.run(part.records[start : min(start + 200, half)])
        saved |= by.snapshot()
    rest = [[each.topic, each.key, each.value] for each in map(written, by.run(part.records[half:]))]
sys.stdout.buffer.write(msgpack.encode([list(saved.items()), rest]))
"""
"""What a worker saves on the way, and what it makes of the rest."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the release before."""
    done = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this clone does not have the commit {BEFORE[:7]}: fetch all of its history (git fetch --unshallow)")
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture(autouse=True, scope="module")
def _judges_that_raise() -> Iterator[None]:
    with failing.in_place():
        yield


def run(old: Path, script: str, given: Any) -> bytes:
    """What the release before answers, by the same interpreter."""
    env = os.environ | {"PYTHONPATH": str(old)}
    command = [sys.executable, "-c", f"import agents\nassert agents.__file__.startswith({str(old)!r})\n{script}"]
    done = subprocess.run(command, cwd=old, env=env, input=msgpack.encode(given), capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return done.stdout


LOGS = {each.name: each for each in signed.logs()}


@pytest.mark.parametrize("cut", [pytest.param(cut, id=f"{cut.name}-{cut.topic}") for cut in LOGS["middle"].cuts])
def test_an_old_worker_refuses_the_checkpoint_of_an_opened_log(old: Path, cut: Cut) -> None:
    """It ends in a sentence before it has judged or written anything; today's program goes on from the same checkpoint."""
    said = run(old, OLD_WORKER, [cut.topic, cut.items]).decode()
    assert said.startswith("CheckpointError the checkpoint of "), said
    assert f"{cut.topic} partition 0 has format version 2, this program knows up to 1. Start the version" in said
    assert said.endswith(" 0 0\n")
    by, held = signed.stage(cut.topic), dict(cut.items)
    by.restore(held.items())
    assert (by.position, {TRUST, POSITION} <= held.keys()) == (cut.offset, True)


@pytest.mark.parametrize("name", signed.NAMES)
def test_an_old_screen_drops_nothing_of_an_opened_log_in_silence(old: Path, name: str) -> None:
    """It shows each alert and trail as it stands; a record that it cannot read is left out by its place, and counted."""
    outputs = [each for said in LOGS[name].said for each in said.outputs]
    strange = json.encode(values(outputs, "quality")[0] | {"reason": "not-in-force"})  # a reason that it does not know
    rows = [(each.topic, each.key.encode(), each.value) for each in outputs]
    rows.append(("quality", b"x", strange))
    found = json.decode(run(old, OLD_SCREEN, rows))
    assert [place for place, _ in found["left"]] == [f"live.quality/0/{len(outputs)}"]
    assert found["left"][0][1] == "none of the values that it may have $.reason"
    newest = {row["id"]: row for row in values(outputs, "alerts")}
    open_ = {key: row["rev"] for key, row in newest.items() if not (row["state"] == "A" and not row["case"])}
    assert found["standing"] == open_
    trails: dict[str, int] = {}
    for row in values(outputs, "audit"):
        trails[row["alert"]] = row["n"]
    assert found["trails"] == trails
    assert found["bad"] == sum(row.get("more", 1) for row in values(outputs, "quality"))
    assert {each.topic for each in outputs} - set(found["types"]) <= {"incident-audit", "quarantine"}


@pytest.mark.parametrize(("topic", "partition"), [("golden.events.environment", 0), ("golden.events.incidents", 1)])
def test_a_new_worker_goes_on_with_an_old_checkpoint(old: Path, topic: str, partition: int) -> None:
    """Of a log that was never opened: the rest has the bytes that the old release gives it."""
    part = next(each for each in corpus.log() if (each.topic, each.partition) == (topic, partition))
    half = len(part.values) // 2
    items, rest = msgpack.decode(run(old, OLD_RELEASE, [topic, partition, half]))
    by = corpus.stage(topic, partition)
    by.restore([(key, value) for key, value in items])
    assert by.position == half
    if told := corpus.difference(topic, [GoldenRecord(*each) for each in rest], corpus.judged(by, part.records[half:])):
        pytest.fail(told, pytrace=False)
    assert len(rest) > 20


def outputs_of(outputs: list[GoldenRecord], topic: str) -> list[GoldenRecord]:
    """The outputs of a topic."""
    return [each for each in outputs if each.topic == topic]


def values(outputs: list[GoldenRecord], topic: str) -> list[dict[str, Any]]:
    """What the outputs of a topic say."""
    return [json.decode(each.value) for each in outputs_of(outputs, topic)]
