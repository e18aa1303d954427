"""A worker that joins, leaves or dies: what the others keep of their partitions, and that all is judged as by one."""

from streams.settings import Settings
from tests.support.kafka.seen import ANY_PORT, metrics
from tests.support.kafka.stream import ENDLESS, all_committed, same_as_pure, streaming
from tests.support.workers import DOMAIN, Worker, city, wait_for

RATE = 300.0
"""Events a second: some come in each step, and the other tests have a core too."""


def _taken(worker: Worker) -> tuple[int, int]:
    """How many partitions a worker has gone on with so far whose state it still held, and of how many it was read back."""
    found = {labels["state"]: int(value) for labels, value in metrics(worker).get("onescreen_partitions_taken_total", ())}
    return found.get("kept", 0), found.get("read back", 0)


def test_what_stays_with_a_worker_is_not_read_back(broker: Settings, log: str) -> None:
    """Events flow while a second worker joins and leaves, and a third joins and is killed: the first keeps what stays with it.

    Of 2n partitions it has all, n, all, n and all: it reads 2n, then none, n, none and n, and keeps n at each step. The outputs
    are those of one fold without a break.
    """
    half = broker.partitions // 2
    with (
        streaming(broker, log, city(broker.partitions, stations=20, hours=ENDLESS, seed=31), RATE),
        Worker(broker, log, "--domain", DOMAIN, **ANY_PORT) as first,
    ):
        first.ready()
        assert _taken(first) == (0, 2 * half)
        with Worker(broker, log, "--domain", DOMAIN, **ANY_PORT) as second:
            second.ready()
            wait_for(lambda: _taken(first) == (half, 2 * half), "the first worker to go on with half of the partitions")
            assert _taken(second) == (0, half)
            assert second.stop() == 0
        wait_for(lambda: _taken(first) == (2 * half, 3 * half), "the first worker to have what the second had")
        with Worker(broker, log, "--domain", DOMAIN) as third:
            third.ready()
            wait_for(lambda: _taken(first) == (3 * half, 3 * half), "the first worker to go on beside the third")
            third.kill()
        wait_for(lambda: _taken(first) == (4 * half, 4 * half), "the first worker to have what the third had")
    with Worker(broker, log, "--domain", DOMAIN) as last:
        last.ready()
        wait_for(lambda: all_committed(broker, log), "all events to be judged")
        assert last.stop() == 0
    same_as_pure(broker, log)
