"""Signed logs, opened at their beginning and on their way, give the committed outputs, trails and checkpoints, byte for byte.

`data/signed.xz` was written by `tests/golden/signed.py` from the code of a release, as the rest of the corpus.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from agents.core.position import TRUST
from agents.core.stage import Stage
from streams.outputs import Output
from tests.golden import corpus, failing, signed
from tests.golden.corpus import Cut, GoldenOutputs, Item, Part

FRAMES = re.compile(r'  File "[^"]*", line \d+, in [^\n]*\n')
LOGS = {each.name: each for each in signed.logs()}
PARTS = [
    pytest.param(log.name, n, id=f"{log.name}-{part.topic.rpartition('.')[2]}")
    for log in LOGS.values()
    for n, part in enumerate(log.parts)
]


@pytest.fixture(autouse=True, scope="module")
def _judges_that_raise() -> Iterator[None]:
    with failing.in_place():
        yield


def of(name: str, n: int) -> tuple[Part, GoldenOutputs, Cut, Cut]:
    """A partition of a log: its records, what came out, its checkpoints on the way and at the end."""
    log = LOGS[name]
    topic = log.parts[n].topic
    noon, end = (cut for cut in log.cuts if cut.topic == topic)
    return log.parts[n], log.said[n], noon, end


def goes(by: Stage, part: Part, begin: int, held: list[Item]) -> tuple[list[Output], dict[bytes, bytes | None]]:
    """The outputs from an offset on, with a snapshot now and then, and the checkpoint that these leave."""
    out, saved = list[Output](), dict(held)
    for start in range(begin, len(part.values), 50):
        out += by.run(part.records[start : start + 50])
        saved |= by.snapshot()
    return out, saved


def unframed(held: dict[bytes, bytes | None]) -> dict[bytes, bytes | None]:
    """A checkpoint; of subjects with a judge on hold without the frames of its traceback, which name lines of our code."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(each) for key, each in value.items()}
        if isinstance(value, list):
            return [bare(each) for each in value]
        return FRAMES.sub("", value) if isinstance(value, str) else value

    pack, unpack = msgspec.msgpack.encode, msgspec.msgpack.decode
    return {key: pack(bare(unpack(value))) if value and b"Traceback" in value else value for key, value in held.items()}


@pytest.mark.parametrize(("name", "n"), PARTS)
def test_a_signed_log_gives_the_same_bytes(name: str, n: int) -> None:
    """From the beginning: outputs, trails, newest values, and all that the checkpoint holds, trust among it."""
    part, golden, _, end = of(name, n)
    by = signed.stage(part.topic)
    found, saved = goes(by, part, 0, [])
    if told := corpus.difference(part.topic, golden.outputs, found):
        pytest.fail(told, pytrace=False)
    assert corpus.statuses(by) == golden.statuses
    assert unframed(saved) == unframed(dict(end.items))
    assert TRUST in saved


@pytest.mark.parametrize(("name", "n"), PARTS)
def test_its_checkpoint_is_taken_up(name: str, n: int) -> None:
    """From the committed checkpoint the rest is the same, and so is what is saved at the end; behind its end nothing is."""
    part, golden, noon, end = of(name, n)
    by = signed.stage(part.topic)
    by.restore(noon.items)
    found, saved = goes(by, part, noon.offset, noon.items)
    if told := corpus.difference(part.topic, golden.since(noon.offset), found):
        pytest.fail(told, pytrace=False)
    assert unframed(saved) == unframed(dict(end.items))
    last = signed.stage(part.topic)
    last.restore(end.items)
    assert (last.position, list(last.run(part.records))) == (len(part.values), [])


def test_the_signed_logs_hold_what_matters() -> None:
    """Acts and copies, forgeries of each kind, a stolen key, texts that were forgotten, a gap; before an opening none of it."""
    for log in LOGS.values():
        rows = [(each.topic, msgspec.json.decode(each.value)) for said in log.said for each in said.outputs]
        events = Counter(row["event"] for topic, row in rows if topic.endswith("audit"))
        acts = {"acknowledge", "shelve", "notify", "split", "doubt", "forget-ordered", "texts-destroyed"}
        assert events.keys() >= acts | {"raise", "clear", "re-alarm", "open", "join"}
        reasons = {row["reason"] for topic, row in rows if topic == "quality"}
        assert reasons == {"unsigned", "bad-tick", "ended-key", "malformed-data"}
        hashes = [row["hash"].startswith("sha256:") for topic, row in rows if topic.endswith("audit")]
        assert all(hashes) == (log.name == "beginning")
        assert any(hashes)
