"""The job worker of one log: Kafka and files on one side, `JobQueue` on the other; one job at a time.

A result is written into a folder beside and appears by one rename; only then its status says that it is done. So a job that
was killed is done again from its beginning, and nobody sees a part of it.
"""

import logging
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from kafka.errors import KafkaError
from msgspec import Raw

from agents.jobs.export import export
from agents.jobs.measured.cases import cases
from agents.jobs.opened import opened
from agents.jobs.queue import JobQueue
from agents.jobs.report import report
from agents.jobs.signs.sign_whatif import whatif_of_sign
from agents.jobs.timeline import replay
from agents.jobs.whatif import whatif
from agents.jobs.work import Work
from agents.offline.reading import RefusedError, Tell
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages import Ask, JobCommand, JobFile, JobState, JobStatus, Text, encode, format_time
from streams.outputs import target
from streams.private import private
from streams.settings import Settings
from streams.topics import topic_name

KINDS: dict[str, Callable[[Raw, Work], None]] = {
    "replay": replay,
    "whatif": whatif,
    "sign-whatif": whatif_of_sign,
    "export": export,
    "open": opened,
    "cases": cases,
    "report": report,
}

TELL = 0.5
"""Seconds between two looks, while a job is done, at what people want, each with a status of how far it is."""

ACCEPTED = 10.0
"""Seconds that Kafka may take to accept a record."""

POLL_MS = 200
WHO = "jobs"

log = logging.getLogger("onescreen.jobs")


class _StoppedError(Exception):
    """The worker is to end: the job is taken up again at the next start."""


class _CancelledError(Exception):
    """A person wants no more of it."""


class JobWorker:
    """Does the jobs of a log; used with `with`. KafkaError where Kafka refuses, or another job worker has taken over.

    Opening it ends any other job worker of the log: Kafka's transactions fence it.
    """

    def __init__(self, settings: Settings, name: str, archive: Path, sender: str) -> None:
        self._settings, self._name, self._archive, self._sender = settings, name, archive, sender
        self._folder = settings.data / "jobs"
        self._topic = topic_name(name, "job-status")
        self._memory = clients.producer(settings, transactional_id=f"{self._topic}.writer")
        self._reader = clients.consumer(settings)
        self._memory.init_transactions()
        self._queue = JobQueue(clients.newest_messages(settings, self._topic, JobStatus, WHO))
        self._asked = desk_reader(settings, name, WHO)
        self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._memory.close()

    def run(self, stopped: Callable[[], bool]) -> None:
        """Catch up with what was asked, then do one job after the other until told to stop."""
        private(self._folder)
        places = clients.partitions_of(self._reader, topic_name(self._name, "jobs"))
        self._reader.assign(places)
        ends = self._reader.end_offsets(places)
        while any(self._reader.position(place) < end for place, end in ends.items()):
            self._look(POLL_MS)
        self._tidy()
        log.info("ready: %d jobs of log %s wait", len(self._queue.waiting), self._name)
        while not stopped():
            self._look(POLL_MS)
            if ask := self._queue.next():
                self._do(ask, stopped)

    def _look(self, patience: int) -> None:
        """Take up what people have asked since."""
        for records in self._reader.poll(patience).values():
            for record in records:
                command = self._asked.read(record, JobCommand)
                if isinstance(command, JobCommand) and (status := self._queue.take(command, _now())):
                    self._write([status])

    def _do(self, ask: Ask, stopped: Callable[[], bool]) -> None:
        self._move(ask.id, "running")
        folder = Path(mkdtemp(prefix=f".{ask.id}-", dir=self._folder))

        def tell(share: float) -> None:
            moment = time.monotonic()
            if moment < self._told + TELL:
                return
            self._told = moment
            if stopped():
                raise _StoppedError
            self._look(1)
            if ask.id not in self._queue.waiting:
                raise _CancelledError
            self._move(ask.id, "running", share)

        try:
            files = self._made(ask, folder, self._work(ask, folder, tell))
        except _StoppedError:
            log.info("job %s is taken up again at the next start", ask.id)
        except _CancelledError:
            log.info("job %s is cancelled", ask.id)
        except KafkaError:
            raise
        except RefusedError as refused:
            self._end(ask.id, "failed", reason=refused.text)
        except Trouble as trouble:
            self._end(ask.id, "failed", reason=str(trouble))
        except Exception as error:  # noqa: BLE001 - whatever it was, the next job is done
            frame = traceback.extract_tb(error.__traceback__)[-1]  # its words may quote a record: they are not told
            log.error("job %s: %s in %s, line %d", ask.id, type(error).__name__, frame.filename, frame.lineno or 0)  # noqa: TRY400
            self._end(ask.id, "failed", reason=f"{type(error).__name__}, see the log of the job worker")
        else:
            self._end(ask.id, "done", 1.0, files=files)
            self._remove(self._queue.surplus(_now()))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _work(self, ask: Ask, folder: Path, tell: Tell) -> Work:
        return Work(self._settings, self._name, self._archive, folder, tell, self._sender, ask.by, ask.at)

    def _made(self, ask: Ask, folder: Path, work: Work) -> tuple[JobFile, ...]:
        """Do the work; the files of its result, which stand in their place then."""
        if ask.kind not in KINDS:
            kinds = ", ".join(KINDS)
            raise RefusedError(
                f"没有 {ask.kind!r} 这类作业，可用的有：{kinds}", f"there is no job of kind {ask.kind!r}: kinds are {kinds}"
            )
        KINDS[ask.kind](ask.params, work)
        files = tuple(JobFile(path.name, path.stat().st_size) for path in sorted(folder.iterdir()))
        self._move(ask.id, "running", 1.0)  # refused where another worker has taken over
        place = self._folder / ask.id
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
        return files

    def _end(
        self, job: str, state: JobState, progress: float = 0.0, reason: Text | str = "", files: tuple[JobFile, ...] = ()
    ) -> None:
        status = self._queue.move(job, _now(), state, progress, reason, files)
        self._write([status])
        log.info("job %s of kind %s: %s %s", job, status.kind, state, reason.en if isinstance(reason, Text) else reason)
        sys.stdout.buffer.write(encode(status) + b"\n")
        sys.stdout.buffer.flush()

    def _move(self, job: str, state: JobState, progress: float = 0.0) -> None:
        self._write([self._queue.move(job, _now(), state, progress)])

    def _tidy(self) -> None:
        """After the start: what a killed worker left behind goes, and what nobody can take up again."""
        for path in self._folder.glob(".*-*"):
            if path.name[1:].partition("-")[0] in self._queue.statuses:
                shutil.rmtree(path, ignore_errors=True)
        self._write(self._queue.lost(_now()))
        self._remove(self._queue.surplus(_now()))
        gone = self._queue.forgotten()
        self._send(dict.fromkeys(gone))
        for name in gone:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _remove(self, statuses: list[JobStatus]) -> None:
        """First the status says that a result is gone, then it goes."""
        self._write(statuses)
        for status in statuses:
            shutil.rmtree(self._folder / status.id, ignore_errors=True)

    def _write(self, statuses: Iterable[JobStatus]) -> None:
        self._send({target(status)[1]: encode(status) for status in statuses})

    def _send(self, values: dict[str, bytes | None]) -> None:
        """Write statuses, all or none."""
        if not values:
            return
        self._memory.begin_transaction()
        written = [self._memory.send(self._topic, value, name.encode()) for name, value in values.items()]
        self._memory.commit_transaction()
        for one in written:
            one.get(ACCEPTED)


def _now() -> str:
    return format_time(wall_time())
