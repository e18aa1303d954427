"""How much work one person may ask for, so that the one job worker and its results are there for others too. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from streams.messages import DAY, HOUR, JobStatus, parse_time

Objection = Literal["", "open", "hour"]
"""Why somebody may not ask for more now: too many jobs have not ended, or were asked for within an hour; "" where it may."""


class JobShare(Struct, frozen=True):
    """What one person has at most: jobs that have not ended, and jobs asked for within an hour."""

    open: int
    hour: int


class Asked:
    """What was asked here, by person: a job worker tells of it later, or never while none runs. Times are ms."""

    def __init__(self) -> None:
        self._asked: dict[str, dict[str, int]] = {}

    def objection(self, share: JobShare, person: str, job: str, known: Mapping[str, JobStatus], now: int) -> Objection:
        """Why this person may not ask for this job now; a press that was sent before is no further job."""
        here = self._recent(person, known, now)
        if job in here or job in known:
            return ""
        theirs = [status for status in known.values() if status.by.id == person]
        unknown = here.keys() - known.keys()
        if len(unknown) + sum(not status.ended for status in theirs) >= share.open:
            return "open"
        times = {status.id: parse_time(status.asked_at) for status in theirs} | here
        return "hour" if _within(times.values(), now - HOUR) >= share.hour else ""

    def note(self, person: str, job: str, now: int) -> None:
        """It is asked for."""
        self._asked.setdefault(person, {}).setdefault(job, now)

    def forget(self, person: str, job: str) -> None:
        """It has not come into the log."""
        self._asked.get(person, {}).pop(job, None)

    def _recent(self, person: str, known: Mapping[str, JobStatus], now: int) -> dict[str, int]:
        """What still counts: for an hour, or for a day where no job worker has told of it."""
        asked = self._asked.get(person, {})
        kept = {job: at for job, at in asked.items() if at > now - (HOUR if job in known else DAY)}
        if kept:
            self._asked[person] = kept
        else:
            self._asked.pop(person, None)
        return kept


def _within(times: Iterable[int], since: int) -> int:
    return sum(at > since for at in times)
