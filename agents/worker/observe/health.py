"""Whether the worker lives and what it can judge: written by its event loop, read by threads that the loop cannot hold up."""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any, Literal

from msgspec import Struct

HUNG = 10.0
"""Seconds after which an event loop that has not come round is called hung. The longest it is busy in one piece is a batch or
the packing of a checkpoint, well below a second."""

BEAT = 0.5
"""Seconds between two signs of life of the loop."""

Place = tuple[str, int]
"""An events topic and a partition of it."""


class Recovery(Struct):
    """How far a partition's checkpoint has been read back, as offsets of its checkpoint topic; `done`: it can be judged."""

    read: int = 0
    end: int = 0
    done: bool = False


class Health:
    """What `/healthz` and `/readyz` say. A worker is not ready before it has joined its group, not even with no partition."""

    def __init__(self) -> None:
        self._beat = monotonic()
        self._joined = False
        self._partitions: dict[Place, Recovery] = {}

    async def live(self) -> None:
        """Give a sign of life again and again, for ever: run it in the loop that judges."""
        while True:
            self._beat = monotonic()
            await asyncio.sleep(BEAT)

    def recovering(self, places: Iterable[Place]) -> None:
        """These partitions are ours and their state is not there yet."""
        self._partitions = {place: Recovery() for place in places}
        self._joined = True

    def read(self, place: Place, read: int, end: int) -> None:
        """The checkpoint of a partition is read back up to `read`, of `end`."""
        self._partitions[place].read, self._partitions[place].end = read, end

    def recovered(self) -> None:
        """All partitions have their state."""
        for recovery in self._partitions.values():
            recovery.done = True

    def dropped(self) -> None:
        """No partition is ours."""
        self._partitions, self._joined = {}, False

    def age(self) -> float:
        """Seconds since the loop's last sign of life."""
        return monotonic() - self._beat

    def healthy(self) -> bool:
        """Whether the loop comes round."""
        return self.age() <= HUNG

    def ready(self) -> bool:
        """Whether events of all assigned partitions are judged: the loop comes round and all their state is read back."""
        return self.healthy() and self._joined and all(recovery.done for recovery in self.recoveries().values())

    def recoveries(self) -> dict[Place, Recovery]:
        """How far each assigned partition is."""
        return dict(self._partitions)

    def report(self) -> dict[str, Any]:
        """All of it, for a person or a supervisor: which partition is where in recovery."""
        state: Literal["joining", "recovering", "ready", "hung"] = "joining"
        if not self.healthy():
            state = "hung"
        elif self._joined:
            state = "ready" if self.ready() else "recovering"
        partitions = [
            {
                "topic": topic,
                "partition": partition,
                "state": "ready" if recovery.done else "recovering",
                "read": recovery.read,
                "end": recovery.end,
            }
            for (topic, partition), recovery in sorted(self.recoveries().items())
        ]
        return {"state": state, "loop_age_seconds": round(self.age(), 3), "partitions": partitions}
