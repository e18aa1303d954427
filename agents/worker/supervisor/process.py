"""`python -m agents watch`: keep a worker running. Takes a worker's options.

It starts the worker again when it ends with an error, hangs or is frozen, and when its lag grows while its commits stand still.
What stands still is asked of Kafka, because a worker that does not fetch does not know its lag. While Kafka does not answer
nobody is blamed. The socket for metrics and health is opened here and handed down, so that its port outlives each worker.
"""

import json
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from types import FrameType
from typing import Any, NoReturn

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from agents.worker.observe import logs
from agents.worker.observe.server import listen
from agents.worker.options import parser
from agents.worker.supervisor.policy import Kafka, RestartPolicy
from streams.command import Trouble
from streams.kafka import clients
from streams.settings import Settings, load
from streams.topics import worker_group

LOOK = 1.0
"""Seconds between two looks."""

ANSWER = 2.0
"""Seconds that the worker has to answer a look."""

STOP = 30.0
"""Seconds that a worker has to save and end."""

PAUSES = (1, 2, 5, 10, 30, 60)
"""Seconds before the first, second, … new start in a row."""

WRONG_USE = 2
"""The exit code of a worker whose options or settings are wrong: another start would not help."""

log = logging.getLogger(logs.OWN)


class _Stopped(Exception):  # noqa: N818 - nothing went wrong
    """We were asked to end."""


class _Group:
    """The numbers of a consumer group. Its clients are made anew after every error."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._clients: tuple[KafkaConsumer, KafkaAdminClient] | None = None

    def numbers(self, report: dict[str, Any]) -> Kafka | None:
        """The numbers of the partitions in a worker's report; None where Kafka does not answer."""
        places = [TopicPartition(one["topic"], one["partition"]) for one in report["partitions"]]
        try:
            if self._clients is None:
                self._clients = clients.consumer(self._settings), clients.admin(self._settings)
            reader, admin = self._clients
            commits = admin.list_group_offsets(self._name)[self._name]
            ends = reader.end_offsets(places)
        except (KafkaError, Trouble, OSError):
            self._close()
            return None
        return Kafka({tuple(place): end for place, end in ends.items()}, {tuple(at): one.offset for at, one in commits.items()})

    def _close(self) -> None:
        for client in self._clients or ():
            with suppress(KafkaError, OSError):
                client.close()
        self._clients = None


def main(argv: list[str]) -> int:
    """Entry of the command; SIGTERM and SIGINT end the worker and then this. The exit code is the last worker's, or 1."""
    options = parser("watch", str(__doc__)).parse_args(argv)
    settings = load()
    logs.set_up()
    _listen_to_signals(_on_signal)
    try:
        with listen(settings.metrics_host, settings.metrics_port or 0) as listener:
            return _keep_running(argv, listener, _Group(settings, worker_group(options.log)))
    except _Stopped:  # between two workers
        return 0


def _on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
    _listen_to_signals(signal.SIG_IGN)  # once is enough: nothing may interrupt the worker's last checkpoint
    raise _Stopped


def _listen_to_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _keep_running(argv: Sequence[str], listener: socket.socket, numbers: _Group) -> int:
    bad = 0
    while True:
        policy = RestartPolicy()
        process = _start(argv, listener)
        try:
            why = _watch(process, policy, listener, numbers)
        except _Stopped:
            return _stop(process)
        if why is None and process.returncode in {0, WRONG_USE}:
            return process.returncode
        process.kill()
        process.wait()
        bad = 0 if policy.settled else bad
        pause = PAUSES[min(bad, len(PAUSES) - 1)]
        bad += 1
        log.warning("the worker %s: starting it again in %d s", why or f"ended with {process.returncode}", pause)
        time.sleep(pause)


def _start(argv: Sequence[str], listener: socket.socket) -> subprocess.Popen[bytes]:
    handed = str(listener.fileno())
    return subprocess.Popen(
        [sys.executable, "-m", "agents", "worker", *argv, "--listener", handed], pass_fds=[listener.fileno()]
    )


def _watch(process: subprocess.Popen[bytes], policy: RestartPolicy, listener: socket.socket, numbers: _Group) -> str | None:
    """Why the worker must be replaced; None where it has ended."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK)
            return None
        report = ask(listener)
        kafka = numbers.numbers(report) if report and report["state"] == "ready" else None
        if why := policy.look(report, kafka):
            return why


def ask(listener: socket.socket) -> dict[str, Any] | None:
    """What the worker behind this socket says at `/readyz`; None where it says nothing."""
    host, port = listener.getsockname()[:2]
    connection = HTTPConnection(host, port, timeout=ANSWER)
    try:
        connection.request("GET", "/readyz")
        report: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return None
    else:
        return report
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    try:
        return process.wait(STOP)
    except subprocess.TimeoutExpired:
        log.warning("the worker did not end within %d s and is killed; it goes on from its last checkpoint", STOP)
        process.kill()
        process.wait()
        return 1
