"""What is asked and how it stands: pure. Every method returns the statuses that are to be written before anything else."""

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from streams.messages import RIGHTS, Ask, Cancel, JobCommand, JobFile, JobState, JobStatus, Text
from streams.messages.rights import job_right

MOST_RESULTS = 50
MOST_BYTES = 2 << 30
"""Results that are kept of a log, and their bytes together; choices: a week of daily work, and what a small disk holds."""


class JobQueue:
    """The jobs of one log by id: `statuses` as they stand, `waiting` what is still to be done."""

    def __init__(self, statuses: Iterable[JobStatus] = ()) -> None:
        self.statuses = {status.id: status for status in statuses}
        self.waiting: dict[str, Ask] = {}
        self._asked: set[str] = set()

    def take(self, command: JobCommand, at: str) -> JobStatus | None:
        """Take up a command at the real time `at`; its job's new status, or None where it changes nothing."""
        return self._ask(command, at) if isinstance(command, Ask) else self._cancel(command, at)

    def _ask(self, ask: Ask, at: str) -> JobStatus | None:
        self._asked.add(ask.id)
        known = self.statuses.get(ask.id)
        if known is not None:
            if not known.ended:
                self.waiting.setdefault(ask.id, ask)
            return None
        status = JobStatus(
            id=ask.id, kind=ask.kind, params=ask.params, by=ask.by, asked_at=ask.at, changed_at=at, state="queued"
        )
        if ask.by.role not in RIGHTS[job_right(ask.kind)]:
            why = Text(f"角色 {ask.by.role} 无权请求", f"the role {ask.by.role!r} may not ask for this")
            status = replace(status, state="failed", reason=why)
        else:
            self.waiting[ask.id] = ask
        return self._keep(status)

    def _cancel(self, cancel: Cancel, at: str) -> JobStatus | None:
        known = self.statuses.get(cancel.id)
        if known is None or known.ended or cancel.by.role not in RIGHTS[job_right(known.kind)]:
            return None
        return self.move(cancel.id, at, "cancelled", known.progress)

    def next(self) -> Ask | None:
        """The oldest job that waits."""
        return min(self.waiting.values(), key=lambda ask: (ask.at, ask.id), default=None)

    def move(
        self,
        job: str,
        at: str,
        state: JobState,
        progress: float = 0.0,
        reason: Text | str = "",
        files: tuple[JobFile, ...] = (),
    ) -> JobStatus:
        """The new status of a job that is known."""
        status = replace(
            self.statuses[job], changed_at=at, state=state, progress=round(progress, 3), reason=reason, files=files
        )
        if status.ended:
            self.waiting.pop(job, None)
        return self._keep(status)

    def lost(self, at: str) -> list[JobStatus]:
        """Fail what has not ended and can never be done: the log no longer holds what was asked."""
        gone = [name for name, status in self.statuses.items() if not status.ended and name not in self.waiting]
        why = Text("日志中已没有这项请求", "the log no longer holds what was asked")
        return [self.move(name, at, "failed", reason=why) for name in gone]

    def forgotten(self) -> list[str]:
        """The jobs that have ended and whose asking the log no longer holds: nobody can take them up again."""
        gone = [name for name, status in self.statuses.items() if status.ended and name not in self._asked]
        for name in gone:
            del self.statuses[name]
        return gone

    def surplus(self, at: str) -> list[JobStatus]:
        """Remove results beyond `MOST_RESULTS` and `MOST_BYTES`; the newest one always stays.

        Each person's oldest go first, and first those of who has more: nobody's work pushes out all of another's.
        """
        newest = sorted((each for each in self.statuses.values() if each.state == "done"), key=_newest, reverse=True)
        removed, total = [], 0
        for number, status in enumerate(_by_turns(newest)):
            total += sum(file.bytes for file in status.files)
            if number and (number >= MOST_RESULTS or total > MOST_BYTES):
                removed.append(self.move(status.id, at, "removed", 1.0))
        return removed

    def _keep(self, status: JobStatus) -> JobStatus:
        self.statuses[status.id] = status
        return status


def _by_turns(newest: list[JobStatus]) -> list[JobStatus]:
    """The newest of each person, then the second of each, and so on; within a turn as they come."""
    had: Counter[str] = Counter()
    turns = []
    for status in newest:
        turns.append(had[status.by.id])
        had[status.by.id] += 1
    return [status for _, status in sorted(zip(turns, newest, strict=True), key=lambda each: each[0])]


def _newest(status: JobStatus) -> tuple[str, str]:
    return status.changed_at, status.id
