"""All keys and all sealed texts are gone: a replay gives the same alerts, trails and figures, and asks nobody."""

import shutil
import socket
from pathlib import Path

import pytest

from streams.messages import encode
from tests.support.events import clean, registered, tick
from tests.support.opened import judged
from tests.support.pure.alarm import START, at, bad, desk
from tests.support.pure.keeper import Kept, MemoryLog


def test_a_replay_without_keys_and_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte, of an opened log and one that never was; no socket is touched on the way."""
    log = MemoryLog()
    kept = Kept(tmp_path, log)
    reasons = [kept.seal(f"因为{n}", id=f"e{n}") for n in range(3)]
    kept.close()
    events = [
        registered(),
        tick(START),
        clean(START, o3=230),
        desk(bad(), "acknowledge", reason=reasons[0]),
        desk(bad(), "comment", reason=reasons[1]),
        desk(bad(), "remove-from-service", lasts="1h", reason=reasons[2], permit="P-1"),
        at(1),
    ]
    before = [[encode(each) for each in judged(events, opened)] for opened in (0, None)]
    shutil.rmtree(tmp_path)
    log.topics["sealed"].clear()
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("somebody was asked"))
    assert [[encode(each) for each in judged(events, opened)] for opened in (0, None)] == before
    assert any(reasons[0].digest.encode() in value for value in before[0])
