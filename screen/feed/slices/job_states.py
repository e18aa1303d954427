"""How the newest jobs stand. Pure."""

from typing import Any, ClassVar

from screen.feed.view import Slice, View
from streams.catalogue.sight import NOBODY, seen
from streams.messages import JobStatus, parse_time

MOST_JOBS = 500
"""Newest jobs that are remembered."""

MOST_TOLD = 20
"""Newest jobs of which every page is told."""


class JobStates(Slice):
    """`jobs`: how each stands, by id. Reads no other slice."""

    TAKES: ClassVar[tuple[type, ...]] = (JobStatus,)

    jobs: dict[str, JobStatus] = {}

    def newest(self) -> list[JobStatus]:
        """The jobs whose results were not removed, the one asked for last first."""
        found = [status for status in self.jobs.values() if status.state != "removed"]
        return sorted(found, key=lambda status: (parse_time(status.asked_at), status.id), reverse=True)

    def take(self, message: JobStatus, view: View) -> None:
        """Remember how it stands now."""
        for text in (message.asked_at, message.changed_at):
            parse_time(text)
        self.jobs[message.id] = message

    def forget(self, now: int) -> None:
        """Let go of the oldest."""
        if len(self.jobs) > MOST_JOBS:
            self.jobs = dict(sorted(self.jobs.items(), key=lambda item: item[1].asked_at)[-MOST_JOBS:])

    def sections(self, view: View) -> dict[str, Any]:
        """`jobs`: the newest ones, without their parameters."""
        return {"jobs": [_told(status) for status in self.newest()[:MOST_TOLD]]}


def _told(status: JobStatus) -> dict[str, Any]:
    status = seen(status, NOBODY)
    return {name: getattr(status, name) for name in status.__struct_fields__ if name != "params"}
