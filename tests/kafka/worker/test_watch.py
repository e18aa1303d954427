"""`agents watch`: a worker that dies, freezes, hangs or stands still is replaced, and everything is judged once."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from streams.settings import Settings
from tests.support.kafka.seen import faulty
from tests.support.kafka.stream import all_judged, same_as_pure
from tests.support.workers import (
    DEADLINE,
    DOMAIN,
    Message,
    Worker,
    city,
    produce,
    wait_for,
)


class Watch(Worker):
    """A watch, and the worker that it has now."""

    def __init__(self, settings: Settings, log: str, *options: str, **more: str) -> None:
        super().__init__(settings, log, *options, command="watch", **more)

    def __exit__(self, *error: object) -> None:
        children = psutil.Process(self.process.pid).children() if self.process.poll() is None else []
        super().__exit__(*error)  # type: ignore[arg-type]  # as Python gives them
        for child in children:
            child.kill()

    def worker(self) -> int:
        """The process id of its worker."""
        wait_for(lambda: psutil.Process(self.process.pid).children(), "the watch to have a worker")
        (child,) = psutil.Process(self.process.pid).children()
        return child.pid


@pytest.fixture
def halves(broker: Settings) -> tuple[list[Message], list[Message]]:
    """A small city in two halves."""
    messages = list(city(broker.partitions, stations=8, hours=96, seed=23))
    middle = len(messages) // 2
    return messages[:middle], messages[middle:]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (signal.SIGKILL, "ended with -9"),
        (signal.SIGSTOP, "gave no sign of life"),
        pytest.param(signal.SIGALRM, "gave no sign of life", marks=pytest.mark.chaos),
        pytest.param(signal.SIGVTALRM, "committed nothing of", marks=pytest.mark.chaos),
        pytest.param(signal.SIGPROF, "committed nothing of", marks=pytest.mark.chaos),
    ],
    ids=["killed", "frozen", "loop hangs", "judging stuck", "a partition not fetched"],
)
def test_a_worker_that_does_not_judge_is_replaced(
    broker: Settings, log: str, tmp_path: Path, halves: tuple[list[Message], list[Message]], fault: signal.Signals, said: str
) -> None:
    """The fault comes in mid-stream: another process takes over, says why, judges all, and SIGTERM ends both with 0."""
    with Watch(broker, log, **faulty(tmp_path, held=600)) as watch:
        watch.ready()
        first = watch.worker()
        produce(broker, log, halves[0])
        wait_for(lambda: all_judged(broker, log), "the first half to be judged")
        os.kill(first, fault)
        produce(broker, log, halves[1][: len(halves[1]) // 2])
        _keep_coming(broker, log, halves[1][len(halves[1]) // 2 :], watch, said)
        wait_for(lambda: not psutil.pid_exists(first), "the faulty worker to be gone")
        wait_for(lambda: all_judged(broker, log), "all events to be judged", seconds=120)
        assert watch.worker() != first
        assert watch.stop() == 0
        assert all(json.loads(line)["message"] for line in watch.said().splitlines())
    same_as_pure(broker, log)


def _keep_coming(settings: Settings, log: str, messages: list[Message], watch: Watch, said: str) -> None:
    """Lag grows: some more events again and again, until the watch has said what it does."""
    left = iter(messages)

    def more() -> bool:
        produce(settings, log, [message for message, _ in zip(left, range(3), strict=False)])
        return said in watch.said()

    wait_for(more, f"the watch to say {said!r}", seconds=150)
    produce(settings, log, left)


@pytest.mark.chaos
def test_a_worker_that_waits_for_work_is_left_alone(broker: Settings, log: str) -> None:
    """No events for longer than a standing commit is borne: the same worker goes on, its commits stand and nothing lags."""
    with Watch(broker, log, "--domain", DOMAIN) as watch:
        watch.ready()
        first = watch.worker()
        produce(broker, log, city(broker.partitions, stations=2, hours=4, seed=1))
        wait_for(lambda: all_judged(broker, log), "all events to be judged")
        stands = psutil.Process(first).create_time() + 60
        wait_for(lambda: time.time() > stands, "a minute to pass", seconds=90)
        assert watch.worker() == first
        assert "starting it again" not in watch.said()
        assert watch.stop() == 0


def test_the_watch_bears_a_log_that_is_not_there_yet(broker: Settings) -> None:
    """A worker that ends with 1 at its start is started again and again, with growing pauses; SIGTERM ends it."""
    with Watch(broker, "nowhere") as watch:
        wait_for(lambda: watch.said().count("no topic nowhere.") >= 2, "two starts")
        assert "ended with 1: starting it again in 1 s" in watch.said()
        watch.process.terminate()
        watch.process.wait(DEADLINE)
