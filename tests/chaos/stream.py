"""What every scenario needs: a stream that goes on, a supervisor that restarts, and the proof that nothing is lost."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType

import msgspec

from agents.core.position import POSITION, Position
from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.kafka.stream import ENDLESS, streaming
from tests.support.workers import (
    DOMAIN,
    OF_A_CITY,
    Worker,
    city,
    committed,
    ends,
    wait_for,
)


def stream(settings: Settings, log: str, seed: int, *, stations: int = 40) -> AbstractContextManager[None]:
    """A city sends its events as long as the body runs."""
    return streaming(settings, log, city(settings.partitions, stations, ENDLESS, seed))


class Supervisor:
    """A worker that is started again whenever it ends, as docker-compose's restart policy does it."""

    def __init__(self, settings: Settings, log: str, *options: str) -> None:
        self._start: Callable[[], Worker] = lambda: Worker(settings, log, *options)
        self._over = threading.Event()
        self.ended: list[tuple[int, str]] = []
        """Exit code and stderr of each worker that ended by itself."""
        self.worker = self._start()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        for code, said in self.ended:
            if error is not None:
                error.add_note(f"a worker ended with {code}:\n{said}")
        self.worker.__exit__(kind, error, where)

    def ready(self) -> None:
        """Wait until the first worker has its partitions."""
        self.worker.ready()

    def stop(self) -> int:
        """SIGTERM to the present worker, which is not started again; its exit code."""
        self._over.set()
        self._thread.join()
        return self.worker.stop()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            code = self.worker.process.poll()
            if code is not None:
                self.ended.append((code, self.worker.said()))
                self.worker = self._start()


def judged(settings: Settings, log: str) -> int:
    """How many events the log's workers have committed."""
    return sum(committed(settings, log).values())


def written(settings: Settings, log: str) -> int:
    """How many outputs stand in the log, copies and control records included."""
    return sum(sum(ends(settings, topic_name(log, topic)).values()) for topic in OF_A_CITY)


def all_judged(settings: Settings, log: str, seconds: float = 60.0) -> None:
    """Wait until the workers have committed the end of the log."""
    end = ends(settings, events_topic(log, DOMAIN))
    wait_for(lambda: committed(settings, log) == end, "all events to be judged", seconds)


def positions(settings: Settings, log: str) -> Mapping[int, list[int]]:
    """The position of each finished checkpoint of each partition, in order."""
    found: dict[int, list[int]] = defaultdict(list)
    for record in clients.read_topic(settings, topic_name(log, f"checkpoint.{DOMAIN}")):
        if record.key == POSITION:
            found[record.partition].append(msgspec.msgpack.decode(record.value, type=Position).offset)
    return found


def within_one_checkpoint(settings: Settings, log: str, when: str = "") -> None:
    """No worker runs: what each partition has committed is its newest checkpoint or the one before it."""
    done = committed(settings, log)
    for partition, finished in positions(settings, log).items():
        assert finished == sorted(finished), f"checkpoints of partition {partition} went back: {finished}"
        near, own = [0, *finished][-2:], done.get(partition, 0)
        assert own in near, f"{when}: partition {partition} has committed {own}, its checkpoints are {finished[-5:]}"
