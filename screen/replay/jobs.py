"""Long work that people ask for: the routes by which it is asked for and taken back, its files, the days of the archive.

The screen only writes what is asked into the log; a job worker does it. `docs/operate/jobs.md` has the whole.
"""

import re
from hashlib import blake2s
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, LookRoute, reader
from screen.access.people import Person, person_of
from screen.acts.commands import Commands
from screen.acts.requests import Key
from screen.feed.hub import Hub
from screen.feed.slices.job_states import JobStates
from screen.oversight.sight import oversees
from screen.replay.shares import Asked, JobShare
from screen.web.json_response import RefusedError, json_response
from streams.archive.days import days
from streams.catalogue.sight import seen
from streams.clock import wall_time
from streams.messages import Actor, Ask, Cancel, JobCommand, encode, format_time
from streams.messages.rights import TAKE_CASES, job_right

RIGHT = "replay"
"""The right to ask for work and to see what it can be about; `job_right` has that of each kind."""

OVERSEEN = frozenset({"cases", "duties"})
"""The kinds of work about the orders of every unit."""

MOST_LISTED = 100
"""Jobs that are listed."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
}
"""Media types of a result's files; of every other one it is a stream of bytes."""

SHOWN = frozenset({".json"})
"""What a page reads itself; everything else is a download."""

KEPT = "private, max-age=3600"
"""A result never changes: a browser may keep its files for the hour in which somebody looks at it."""

BEYOND = {
    "open": "too many of your jobs have not ended: wait for one, or take one back",
    "hour": "too many jobs of yours within an hour: try again later",
}
"""Why somebody may not ask for more work now; the page says it in its language."""

_SAFE = re.compile(r"[a-z0-9][a-z0-9.-]*")


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to ask for work. Who asks is not among it; `params` are the job worker's to judge."""

    kind: Annotated[str, Meta(pattern=r"\A[a-z]+(-[a-z]+)*\Z", max_length=32)]
    params: Raw
    key: Key


class Revoked(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to take work back."""

    job: Key


def job_id(log: str, person: Actor, key: str) -> str:
    """BLAKE2s-128 (hex): one press, whose `key` its page has drawn by lot, is one job, however often it is sent."""
    return blake2s(encode([log, person.id, key]), digest_size=16).hexdigest()


def beyond(wish: Wish, person: Person) -> str:
    """Why a person may not ask for this, or an empty text: orders of every unit are for whoever sees every unit."""
    return _hidden(wish.kind, person)


def _hidden(kind: str, person: Person) -> str:
    """Why a kind of work, and its files whoever asked for them, are not for a person, or an empty text."""
    if why := person.may_not(job_right(kind)):
        return why
    return "" if kind not in OVERSEEN or oversees(person) else f"account {person.id!r} does not see the cases of every unit"


class Jobs:
    """The routes of one log's jobs; `data` is the folder of the settings that holds results and archives."""

    def __init__(self, hub: Hub, commands: Commands, log: str, data: Path, share: JobShare) -> None:
        self._hub, self._commands, self._log, self._data, self._share = hub, commands, log, data, share
        self._asked = Asked()

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            ActRoute("/screen/job", self.ask, reads=reader(Wish), right=lambda wish: job_right(wish.kind), bounds=beyond),
            ActRoute("/screen/job/cancel", self.cancel, reads=reader(Revoked), right=TAKE_CASES, bounds=self._beyond),
            LookRoute("/screen/jobs", self.jobs, right=TAKE_CASES),
            LookRoute("/screen/job/{id}/{file}", self.file, right=TAKE_CASES),
            LookRoute("/screen/days", self.days, right=RIGHT),
        ]

    async def ask(self, wish: Wish, request: Request) -> dict[str, str] | Response:
        """Write what a person asks for into the log: 202 with the job's id, 429 where its share is used up.

        Whether it can be done, its status says.
        """
        person, now = person_of(request), wall_time()
        name = job_id(self._log, person.actor, wish.key)
        if why := self._asked.objection(self._share, person.id, name, self._hub.view[JobStates].jobs, now):
            return json_response({"error": BEYOND[why], "why": why, "most": getattr(self._share, why)}, 429)
        self._asked.note(person.id, name, now)
        command = Ask(id=name, at=format_time(now), by=person.actor, kind=wish.kind, params=wish.params)
        try:
            return await self._sent(command, name, request)
        except RefusedError:
            self._asked.forget(person.id, name)
            raise

    async def cancel(self, revoked: Revoked, request: Request) -> dict[str, str]:
        """Take a job back: 404 where none of this id is known, 409 where it has ended."""
        person = person_of(request)
        status = self._hub.view[JobStates].jobs.get(revoked.job)
        if status is None:
            raise RefusedError(404, f"there is no job {revoked.job}")
        if status.ended:
            raise RefusedError(409, f"job {revoked.job} is {status.state}")
        command = Cancel(id=revoked.job, at=format_time(wall_time()), by=person.actor)
        return await self._sent(command, f"cancel/{revoked.job}/{person.id}", request)

    async def jobs(self, request: Request) -> Response:
        """The newest jobs of the kinds that are for who asks, with `mine` where the one who asks has asked for it."""
        person = person_of(request)
        found = [each for each in self._hub.view[JobStates].newest() if not _hidden(each.kind, person)][:MOST_LISTED]
        marks = person.sees()
        told = [{**msgspec.structs.asdict(seen(each, marks)), "mine": each.by.id == person.id} for each in found]
        return json_response({"jobs": told}, 200)

    async def file(self, request: Request) -> Response:
        """A file of a result: only one that the status of a job that is done names; 403 where it is not for who asks."""
        name, file = request.path_params["id"], request.path_params["file"]
        status = self._hub.view[JobStates].jobs.get(name)
        if status is None or status.state != "done" or file not in {each.name for each in status.files}:
            return json_response({"error": f"there is no file {file!r} of a job {name!r}"}, 404)
        if why := _hidden(status.kind, person_of(request)):
            raise RefusedError(403, why)
        path = self._data / "jobs" / name / file
        if not (_SAFE.fullmatch(name) and _SAFE.fullmatch(file) and path.is_file()):
            return json_response({"error": f"the file {file!r} of job {name!r} is gone"}, 404)
        zipped = path.suffix == ".gz"
        suffix = Path(path.stem).suffix if zipped else path.suffix
        headers = {"cache-control": KEPT} | ({"content-encoding": "gzip"} if zipped else {})
        download = None if suffix in SHOWN else f"{status.kind}-{name[:8]}-{file}"
        return FileResponse(path, headers=headers, media_type=TYPES.get(suffix, "application/octet-stream"), filename=download)

    async def days(self, _request: Request) -> Response:
        """The days that the log's archive covers."""
        found = await run_in_threadpool(days, self._data / "archive" / self._log)
        told = [{"day": each.day, "from": each.begin, "to": each.end} for each in found]
        ends = (found[0].begin, found[-1].end) if found else (None, None)
        return json_response({"days": told, "from": ends[0], "to": ends[1]}, 200)

    def _beyond(self, revoked: Revoked, person: Person) -> str:
        status = self._hub.view[JobStates].jobs.get(revoked.job)
        return _hidden(status.kind, person) if status else ""

    async def _sent(self, command: JobCommand, name: str, request: Request) -> dict[str, str]:
        await run_in_threadpool(self._commands.job, self._log, command, name, token_of(request))
        return {"job": command.id}
