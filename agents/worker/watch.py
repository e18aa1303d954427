"""`python -m agents watch`: keep a worker running. It takes a worker's options, starts it, and starts it again when it ends with
an error, when its event loop hangs or its process is frozen, and when its lag grows while its commits stand still.

What stands still is judged from Kafka's own numbers (the group's committed offsets, the ends of the logs), because a worker
that does not fetch does not know its lag. Nothing is judged while Kafka does not answer: that is not the worker's fault.
"""

import json
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from agents.worker import logs
from agents.worker.options import group, parse
from agents.worker.server import listen
from streams.command import Trouble
from streams.kafka import clients
from streams.settings import Settings, load

LOOK = 1.0
"""Seconds between two looks. Patience is counted in looks, not by the clock: a machine that slept has not looked."""

SILENT = 15
"""Looks without a good `/healthz` after which a worker is replaced."""

STARTING = 120
"""Looks that a new process has for its first answer."""

STANDING = 30
"""Looks for which commits may stand still while lag grows: a worker commits every second."""

RECOVERING = 300
"""Looks for which a recovery may make no progress. A million subjects take about a minute to be unpacked."""

ANSWER = 2.0
"""Seconds that the worker has to answer one look."""

STOP = 30
"""Seconds that a worker has to save and end."""

PAUSES = (0, 1, 2, 5, 10, 30, 60)
"""Seconds before the first, second, … start in a row that came to nothing; a worker that got ready begins anew."""

WRONG_USE = 2
"""The exit code of a worker whose options or settings are wrong: starting it again would not help."""

log = logging.getLogger(logs.OWN)

Place = tuple[str, int]


class Seen(Struct, frozen=True):
    """One look at a worker. `report` is its `/readyz`, None where it did not answer; `ends` and `commits` are Kafka's, None
    where Kafka did not answer."""

    healthy: bool
    report: Mapping[str, Any] | None
    ends: Mapping[Place, int] | None
    commits: Mapping[Place, int] | None


class Judge:
    """Judges one process of a worker, look by look."""

    def __init__(self) -> None:
        self.was_ready = False
        self._silent = 0
        self._answered = False
        self._recovery = Still()
        self._commits: dict[Place, Still] = {}

    def look(self, seen: Seen) -> str | None:
        """What is wrong enough to replace the worker, or None."""
        if not seen.healthy or seen.report is None:
            self._silent += 1
            return self._hung()
        self._silent, self._answered = 0, True
        state = seen.report["state"]
        if state == "recovering":
            reads = tuple(partition["read"] for partition in seen.report["partitions"])
            if self._recovery.looks(reads) > RECOVERING:
                return f"its recovery made no progress for {RECOVERING} looks"
        if state != "ready":
            self._commits.clear()
            return None
        self.was_ready = True
        self._recovery = Still()
        return self._standing(seen)

    def _hung(self) -> str | None:
        if self._silent <= (SILENT if self._answered else STARTING):
            return None
        return f"it did not answer, or its event loop hung, for {self._silent} looks"

    def _standing(self, seen: Seen) -> str | None:
        if seen.report is None or seen.ends is None or seen.commits is None:
            self._commits.clear()
            return None
        held = [(one["topic"], one["partition"]) for one in seen.report["partitions"]]
        self._commits = {place: self._commits.get(place, Still()) for place in held}
        for (topic, partition), still in self._commits.items():
            end, commit = seen.ends[topic, partition], seen.commits.get((topic, partition), 0)
            if still.looks(commit) == 0:
                still.end = end
            if still.count > STANDING and end > still.end:
                return f"{topic} partition {partition} is committed to {commit} for {STANDING} looks while its end went to {end}"
        return None
