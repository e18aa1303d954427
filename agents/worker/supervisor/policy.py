"""When a worker must be replaced: judged look by look from what it says of itself and from Kafka's own numbers. Pure.

Patience is counted in looks, about one a second, and not by the clock: a machine that slept has not looked.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

SILENT = 5
"""Looks without an answer, or with that of a hung loop. The worker itself gives its loop ten seconds before (`health.HUNG`)."""

STARTING = 40
"""Looks that a new process has for its first answer."""

STANDING = 30
"""Looks for which commits may stand still while lag grows; a worker that judges commits every second."""

WAITING = 300
"""Looks for which the commits of one partition may stand still while lag grows and the worker catches up in others.

A worker's partitions take turns, and in a great catch-up on a busy machine a turn of each may last seconds. One that stands
still for five minutes meanwhile does not wait for its turn any more.
"""

RECOVERING = 300
"""Looks for which a recovery may make no progress: long enough to unpack the state of a million subjects many times."""

SETTLED = 60
"""Looks for which a worker must judge until its earlier ends are forgotten."""

Place = tuple[str, int]
"""An events topic and a partition of it."""


class Kafka(Struct, frozen=True):
    """Kafka's own numbers for the partitions that a worker holds: the ends of their logs and what is committed."""

    ends: Mapping[Place, int]
    commits: Mapping[Place, int]


class RestartPolicy:
    """Judges one process of a worker."""

    def __init__(self) -> None:
        self._answered = False
        self._silent = 0
        self._judging = 0
        self._recovery = _Still()
        self._commits: dict[Place, _Still] = {}

    @property
    def settled(self) -> bool:
        """Whether the process has judged for long enough to be called a good one."""
        return self._judging >= SETTLED

    def look(self, report: Mapping[str, Any] | None, kafka: Kafka | None) -> str | None:
        """Why the worker must be replaced, or None. `report`: its `/readyz`, `kafka`: the numbers, None where none came."""
        if report is None or report["state"] == "hung":
            return self._hung()
        self._answered, self._silent = True, 0
        if report["state"] == "ready":
            self._judging += 1
            return self._standing(kafka)
        self._commits.clear()
        return self._recovering(report) if report["state"] == "recovering" else None

    def _hung(self) -> str | None:
        self._silent += 1
        if self._silent < (SILENT if self._answered else STARTING):
            return None
        return f"gave no sign of life in {self._silent} looks"

    def _recovering(self, report: Mapping[str, Any]) -> str | None:
        read = sum(partition["read"] for partition in report["partitions"])
        return f"made no progress in its recovery in {RECOVERING} looks" if self._recovery.at(read, 0) >= RECOVERING else None

    def _standing(self, kafka: Kafka | None) -> str | None:
        if kafka is None:
            self._commits.clear()
            return None
        self._commits = {place: self._commits.get(place) or _Still() for place in kafka.ends}
        for place, still in self._commits.items():
            still.at(kafka.commits.get(place, 0), kafka.ends[place])
        busy = any(still.catching_up and still.looks < STANDING for still in self._commits.values())
        patience = WAITING if busy else STANDING
        for (topic, partition), still in self._commits.items():
            if still.looks >= patience and (end := kafka.ends[topic, partition]) > still.end:
                return (
                    f"committed nothing of {topic}/{partition} beyond {still.value} in {still.looks} looks; it went on to {end}"
                )
        return None


class _Still:
    """A number that should move on: for how many looks it did not, and where the end was when it last did."""

    def __init__(self) -> None:
        self.end = 0
        self.value: int | None = None
        self.looks = 0
        self.catching_up = False
        """Whether it moved last, or the time before, without reaching the end that it had had a move earlier.

        One that keeps up always does, and so tells that there is time for all the others.
        """
        self._behind = False

    def at(self, value: int, end: int) -> int:
        """Take in the newest number; the looks since it moved."""
        if value == self.value:
            self.looks += 1
        else:
            behind = self.value is not None and value < self.end
            self.catching_up, self._behind = behind or self._behind, behind
            self.value, self.looks, self.end = value, 0, end
        return self.looks
