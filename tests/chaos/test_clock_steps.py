"""The clock of the worker's machine is stepped while it is in mid-stream: ticks of the log are the only time there is."""

from pathlib import Path

import pytest

from streams.kafka import clients
from streams.messages import DAY, Heartbeat, decode, parse_time
from streams.settings import Settings
from streams.topics import topic_name
from tests.chaos.stream import all_judged, judged, stream, within_one_checkpoint
from tests.support.kafka.stream import same_as_pure
from tests.support.workers import Worker, wait_for

STEPS = {"+1d": 1, "-1d": -1, "+0": 0, "-3600d": -3_600, "-0": 0}
"""What libfaketime is told, and the days that its clock is then off."""


def _library() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not there: sudo apt-get install libfaketime")
    return str(found[0])


def _clocks(settings: Settings, log: str) -> list[int]:
    """By how many days each pulse's own clock was off that of the broker, the newest last."""
    records = clients.read_topic(settings, topic_name(log, "status"))  # stamped by the broker's clock
    heartbeats = sorted((record.timestamp, record.value) for record in records if record.key.startswith(b"pulse/"))
    return [round((parse_time(decode(heartbeat, Heartbeat).sent) - stamp) / DAY) for stamp, heartbeat in heartbeats]


def test_a_stepped_clock_changes_nothing(broker: Settings, log: str, tmp_path: Path) -> None:
    """A day ahead, a day back, ten years back: the stamps of the worker's pulses show each step, its outputs do not."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    env = {
        "LD_PRELOAD": _library(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # a step of the wall clock leaves CLOCK_MONOTONIC alone
    }
    with Worker(broker, log, **env) as worker:
        worker.ready()
        with stream(broker, log, seed=29):
            for step, days in STEPS.items():
                clock.write_text(step)
                before = judged(broker, log)
                wait_for(lambda days=days: _clocks(broker, log)[-1:] == [days], f"a heartbeat whose clock is stepped by {step}")
                wait_for(lambda before=before: judged(broker, log) > before + 3_000, "the worker to go on")
        all_judged(broker, log)
        assert worker.stop() == 0
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)
