"""SIGKILL at twenty moments of a worker's life; workers that come and go; a worker that was frozen."""

import random
import threading
import time
from functools import partial

from streams.settings import Settings
from tests.chaos.proxy import ADD_PARTITIONS_TO_TXN, END_TXN, FETCH, INIT_PRODUCER_ID, JOIN_GROUP, SYNC_GROUP, Proxy
from tests.chaos.stream import all_judged, judged, stream, within_one_checkpoint, written
from tests.support.kafka.stream import RATE, same_as_pure
from tests.support.workers import Worker, wait_for

SEED = 20260601
COME_AND_GO = 5


class Deaths:
    """Ways to kill one worker. `far` leads through the proxy, which kills it at a request to the broker."""

    def __init__(self, broker: Settings, far: Settings, proxy: Proxy, log: str) -> None:
        self._broker, self._far, self._proxy, self._log = broker, far, proxy, log

    def in_mid_stream(self, after: float) -> None:
        """So many seconds after outputs were written."""
        with self._busy() as worker:
            time.sleep(after)
            worker.kill()

    def in_a_checkpoint(self, api_key: int, skip: int, dropped: bool) -> None:
        """In mid-stream at a request of a transaction, which the broker still gets or does not get."""
        with self._busy() as worker:
            self._kill_at(worker, api_key, skip, dropped)

    def in_recovery(self, api_key: int, skip: int) -> None:
        """Before it is ready."""
        with self._worker() as worker:
            self._kill_at(worker, api_key, skip, dropped=False)
            assert "ready" not in worker.said(), "the kill came after the recovery"

    def in_a_rebalance(self, api_key: int, skip: int) -> None:
        """In mid-stream when another worker has come, and one of the two makes this request."""
        with self._busy() as worker, Worker(self._far, self._log) as other:
            self._kill_at(worker, api_key, skip, dropped=False)
            other.ready()
            assert other.stop() == 0

    def _worker(self) -> Worker:
        return Worker(self._far, self._log, "--name", "killed")

    def _busy(self) -> Worker:
        before = written(self._broker, self._log)
        worker = self._worker().ready()
        wait_for(lambda: written(self._broker, self._log) > before, "outputs before the kill")
        return worker

    def _kill_at(self, worker: Worker, api_key: int, skip: int, dropped: bool) -> None:
        left, killed = [None] * skip, threading.Event()

        def on_request(found: int) -> bool:
            if found != api_key or killed.is_set():
                return False
            if left:
                left.pop()
                return False
            worker.kill()
            killed.set()
            return dropped

        self._proxy.on_request = on_request
        assert killed.wait(60), f"no request {api_key} was seen"


def test_twenty_sigkills_change_nothing(broker: Settings, far: Settings, proxy: Proxy, log: str) -> None:
    """Killed in mid-stream, in a checkpoint, in recovery, in a rebalance: all outputs are those of one unbroken fold.

    After each kill what is committed is within one checkpoint of what is done.
    """
    chance, deaths = random.Random(SEED), Deaths(broker, far, proxy, log)
    kills = [
        *(partial(deaths.in_mid_stream, chance.uniform(0.0, 2.0)) for _ in range(8)),
        partial(deaths.in_a_checkpoint, ADD_PARTITIONS_TO_TXN, 0, dropped=False),
        partial(deaths.in_a_checkpoint, END_TXN, 0, dropped=True),
        partial(deaths.in_a_checkpoint, END_TXN, 1, dropped=False),
        partial(deaths.in_a_checkpoint, END_TXN, 6, dropped=True),
        partial(deaths.in_recovery, JOIN_GROUP, 0),
        partial(deaths.in_recovery, INIT_PRODUCER_ID, 1),
        partial(deaths.in_recovery, INIT_PRODUCER_ID, 12),
        partial(deaths.in_recovery, FETCH, 0),
        partial(deaths.in_a_rebalance, JOIN_GROUP, 0),
        partial(deaths.in_a_rebalance, JOIN_GROUP, 1),
        partial(deaths.in_a_rebalance, SYNC_GROUP, 0),
        partial(deaths.in_a_rebalance, INIT_PRODUCER_ID, 4),
    ]
    assert len(kills) == 20
    chance.shuffle(kills)
    with stream(broker, log, seed=SEED):
        for kill in kills:
            kill()
            within_one_checkpoint(broker, log, f"killed {kill.func.__name__}{kill.args}")
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        all_judged(broker, log, seconds=300)
        assert worker.stop() == 0
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)


def test_workers_come_and_go(broker: Settings, log: str) -> None:
    """While one is busy another joins and leaves five times, every second time by SIGKILL: the same outputs."""
    with Worker(broker, log) as first:
        first.ready()
        with stream(broker, log, seed=5):
            for n in range(COME_AND_GO):
                with Worker(broker, log) as second:
                    second.ready()
                    before = judged(broker, log)
                    wait_for(lambda before=before: judged(broker, log) > before + 2_000, "both to be in mid-stream")
                    assert second.stop() == 0 if n % 2 == 0 else second.kill() is None
        all_judged(broker, log)
        assert first.stop() == 0
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)


def test_a_frozen_worker_forgets_what_it_held(broker: Settings, log: str) -> None:
    """A worker stopped beyond its session while another has taken over wakes up: it changes nothing.

    Its checkpoint is refused and it ends with 1, or it hears first that it is no member any more and takes its share anew.
    """
    with Worker(broker, log) as frozen, Worker(broker, log) as heir:
        with stream(broker, log, seed=13):
            frozen.ready()
            heir.ready()
            wait_for(lambda: judged(broker, log) > 2_000, "both workers to be in mid-stream")
            frozen.freeze()
            before = judged(broker, log)
            wait_for(lambda: judged(broker, log) > before + 20 * RATE, "the heir to have taken over")
            shares = frozen.said().count("ready")
            frozen.thaw()
            wait_for(lambda: frozen.process.poll() == 1 or frozen.said().count("ready") > shares, "the worker to have noticed")
            assert frozen.process.poll() is None or "another worker has taken" in frozen.said()
        all_judged(broker, log)
        assert heir.stop() == 0
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)
