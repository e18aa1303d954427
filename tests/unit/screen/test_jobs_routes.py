"""The routes of jobs: who may ask, what a page may send, which files are given out and how; the days of the archive."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw
from starlette.applications import Starlette
from starlette.middleware import Middleware

from agents.jobs.service import KINDS
from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.acts.commands import NotAcceptedError
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.slices.job_states import MOST_JOBS, JobStates
from screen.feed.view import View
from screen.i18n.texts import LANGUAGES, texts
from screen.replay.jobs import BEYOND, Jobs, job_id
from screen.replay.shares import Asked, JobShare
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.clock import wall_time
from streams.messages import DAY, HOUR, Actor, Ask, Cancel, JobCommand, JobFile, JobStatus, Place, Role, format_time
from tests.support.events import START, tick

KEY = "0f" * 16
ANALYST = Actor(id="p", name="人", role="analyst")
DONE = job_id("t", ANALYST, KEY)
SHARE = JobShare(open=3, hour=5)
ACT = {"origin": "http://127.0.0.1", "content-type": "application/json", "x-onescreen": "act"}


class Written:
    """Stands for the screen's only producer: keeps what it is given, or says that Kafka is away."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, JobCommand, str]] = []
        self.away = False

    def job(self, log: str, command: JobCommand, name: str, _session: str) -> Place:
        """As `screen.commands.Commands.job`."""
        if self.away:
            raise NotAcceptedError("Kafka is away")
        self.jobs.append((log, command, name))
        return Place(f"{log}.jobs", 0, len(self.jobs))


def status(name: str, state: Any = "done", **more: Any) -> JobStatus:
    """How a job stands."""
    given: dict[str, Any] = {"id": name, "kind": "export", "params": Raw(b'{"a":1}'), "by": ANALYST, "state": state}
    times = {"asked_at": format_time(START), "changed_at": format_time(START)}
    return JobStatus(**(given | times | more))


class JobsScreen:
    """The routes of a log `t` with some jobs, as somebody in a role reaches them."""

    def __init__(self, data: Path, *statuses: JobStatus) -> None:
        self.written = Written()
        self.hub = Hub()
        self.hub.view = fold(View(), statuses)
        self._routes = Jobs(self.hub, self.written, "t", data, SHARE).table()  # type: ignore[arg-type]

    def __call__(
        self, path: str, body: Any = None, role: Role = "analyst", headers: dict[str, str] = ACT, who: str = "p", of: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer; a POST where there is a body. `of`: the body that the person is bound to."""
        person = Person(id=who, name="人", role=role, departments=(of,) if of else ())
        layers = [
            Middleware(Authentication, local=person, entrance=None, provider=None),
            Middleware(RequestGuard, acts=acts_of(self._routes)),
        ]
        app = Starlette(routes=self._routes, middleware=layers)
        return asyncio.run(_answered(app, path, body, headers))


async def _answered(app: Starlette, path: str, body: Any, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "GET" if body is None else "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": "127.0.0.1", **headers}.items()],
    }
    given = body if isinstance(body, bytes) else json.dumps(body).encode()

    waiting = [{"type": "http.request", "body": given, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


def asked(screen: JobsScreen, **changes: Any) -> tuple[int, Any]:
    """What is answered to somebody who asks for an export."""
    role, who = changes.pop("role", "analyst"), changes.pop("who", "p")
    headers = changes.pop("headers", ACT)
    code, _, body = screen("/screen/job", {"kind": "export", "params": {"from": "x"}, "key": KEY} | changes, role, headers, who)
    return code, json.loads(body)


def test_a_press_becomes_a_command(tmp_path: Path) -> None:
    """Its id is of log, person and key; kind and parameters are those of the page, the person is the one the server knows."""
    screen = JobsScreen(tmp_path)
    assert asked(screen) == (202, {"job": DONE})
    ((log, command, name),) = screen.written.jobs
    assert isinstance(command, Ask)
    assert (log, name, command.id, command.kind, bytes(command.params)) == ("t", DONE, DONE, "export", b'{"from": "x"}')
    assert command.by == ANALYST
    assert job_id("u", ANALYST, KEY) != DONE != job_id("t", Actor(id="q", name="人", role="analyst"), KEY)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_work_can_be_asked_for(tmp_path: Path, kind: str) -> None:
    """Whatever a job worker does, a page may ask it of the route; whose it is, the right of the kind says."""
    screen = JobsScreen(tmp_path)
    assert asked(screen, kind=kind, role="supervisor")[0] == 202
    assert asked(JobsScreen(tmp_path), kind=kind, role="viewer")[0] == 403


@pytest.mark.parametrize("role", ["viewer", "dispatcher"])
def test_who_may_not_ask_gets_nothing(tmp_path: Path, role: Role) -> None:
    """No command is written, no job is listed, no file is given out, no day of the archive told."""
    screen = JobsScreen(tmp_path, status(DONE, files=(JobFile("a.csv", 1),)))
    code, body = asked(screen, role=role)
    assert (code, "may not replay" in body["error"]) == (403, True)
    for path in ("/screen/jobs", f"/screen/job/{DONE}/a.csv", "/screen/days"):
        assert screen(path, role=role)[0] == 403
    assert screen("/screen/job/cancel", {"job": DONE}, role)[0] == 403
    assert screen.written.jobs == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "short"}, 422),
        ({"kind": "Export!"}, 422),
        ({"kind": "sign-"}, 422),
        ({"kind": "a" * 33}, 422),
        ({"by": "somebody"}, 422),
        ({"params": {"from": "x" * 70_000}}, 413),
        ({"headers": ACT | {"origin": "http://evil.example"}}, 403),
        ({"headers": {name: value for name, value in ACT.items() if name != "x-onescreen"}}, 403),
    ],
)
def test_what_is_no_wish_is_refused(tmp_path: Path, changes: dict[str, Any], code: int) -> None:
    """A shape that is none, a body that is too big, and a page that is not ours: nothing is written."""
    screen = JobsScreen(tmp_path)
    assert asked(screen, **changes)[0] == code
    assert screen.written.jobs == []


def test_kafka_away_is_said(tmp_path: Path) -> None:
    """503 with the reason: it is not in the log."""
    screen = JobsScreen(tmp_path)
    screen.written.away = True
    assert asked(screen) == (503, {"error": "Kafka is away"})


def many(screen: JobsScreen, count: int, first: int = 0, who: str = "p") -> list[int]:
    """The answers to so many presses of somebody."""
    return [asked(screen, key=f"{n:032x}", who=who)[0] for n in range(first, first + count)]


def test_one_person_fills_no_queue(tmp_path: Path) -> None:
    """Beyond its share of jobs that have not ended 429 with the reason, while nothing tells of them yet; others may ask."""
    screen = JobsScreen(tmp_path)
    assert many(screen, 5) == [202] * 3 + [429] * 2
    code, body = asked(screen, key="f" * 32)
    assert (code, body["why"], body["most"]) == (429, "open", 3)
    assert many(screen, 1) == [202], "a press that was sent before is none too many"
    assert many(screen, 4, who="q") == [202] * 3 + [429]
    assert len(screen.written.jobs) == 7
    command = screen.written.jobs[0][1]
    screen.hub.view = fold(screen.hub.view, [status(command.id, "done", asked_at=format_time(wall_time()))])
    assert many(screen, 2, 10) == [202, 429], "one has ended"


def test_a_job_that_others_tell_of_counts(tmp_path: Path) -> None:
    """What was asked at another screen, or before this one started, is in the statuses."""
    theirs = [status(f"{n:032x}", state) for n, state in enumerate(("queued", "running", "running"))]
    assert many(JobsScreen(tmp_path, *theirs), 1, 10) == [429]
    assert many(JobsScreen(tmp_path, *theirs), 1, 10, who="q") == [202]


def test_one_person_has_a_share_of_an_hour(tmp_path: Path) -> None:
    """Of jobs that have ended so many within an hour; those asked for before it do not count."""
    now = wall_time()
    ended = [status(f"{n:032x}", asked_at=format_time(now - n * 600_000)) for n in range(5)]
    code, body = asked(JobsScreen(tmp_path, *ended), key="f" * 32)
    assert (code, body["why"], body["most"]) == (429, "hour", 5)
    earlier = [status(f"{n:032x}", asked_at=format_time(now - HOUR - n)) for n in range(1, 6)]
    assert many(JobsScreen(tmp_path, *earlier), 1, 10) == [202]


def test_what_kafka_did_not_take_is_no_job(tmp_path: Path) -> None:
    """Ten presses that are 503 leave the share as it was."""
    screen = JobsScreen(tmp_path)
    screen.written.away = True
    assert many(screen, 10) == [503] * 10
    screen.written.away = False
    assert many(screen, 4, 10) == [202] * 3 + [429]


def test_a_job_that_nobody_tells_of_counts_for_a_day() -> None:
    """While no job worker runs nothing ends; what is remembered of people who are gone goes."""
    asked_here, share = Asked(), JobShare(open=2, hour=9)
    for job in ("a", "b"):
        asked_here.note("p", job, START)
    assert asked_here.objection(share, "p", "c", {}, START + 2 * HOUR) == "open"
    assert asked_here.objection(share, "p", "c", {}, START + DAY) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_words_for_each_objection(language: str) -> None:
    """In both languages, with the number in its place."""
    for why in BEYOND:
        assert texts()[language]["job"][f"most_{why}"].count("{}") == 1


def test_a_job_is_taken_back_while_it_lasts(tmp_path: Path) -> None:
    """202 and a command; 409 once it has ended, 404 for one that nobody knows."""
    running, other = "a" * 32, "b" * 32
    screen = JobsScreen(tmp_path, status(running, "running"), status(DONE))
    assert screen("/screen/job/cancel", {"job": running})[0] == 202
    ((_, command, _),) = screen.written.jobs
    assert isinstance(command, Cancel)
    assert (command.id, command.by) == (running, ANALYST)
    assert [screen("/screen/job/cancel", {"job": name})[0] for name in (DONE, other)] == [409, 404]


def test_jobs_are_listed_newest_first(tmp_path: Path) -> None:
    """Mine and others'; one whose result was removed is not among them."""
    later = format_time(START + 1)
    other = Actor(id="q", name="他", role="admin")
    screen = JobsScreen(tmp_path, status("a" * 32), status("b" * 32, by=other, asked_at=later), status("c" * 32, "removed"))
    told = json.loads(screen("/screen/jobs")[2])["jobs"]
    assert [(each["id"], each["mine"], each["params"]) for each in told] == [
        ("b" * 32, False, {"a": 1}),
        ("a" * 32, True, {"a": 1}),
    ]


def test_only_files_of_a_result_are_given_out(tmp_path: Path) -> None:
    """A name that the status does not tell, one beyond the folder, one of a job that is not done, a file that is gone: 404."""
    folder = tmp_path / "jobs" / DONE
    folder.mkdir(parents=True)
    for name in ("a.csv", "secret.csv"):
        (folder / name).write_text("x")
    (tmp_path / "jobs" / "key").write_text("x")
    files = (JobFile("a.csv", 1), JobFile("gone.csv", 1), JobFile("../key", 1))
    screen = JobsScreen(tmp_path, status(DONE, files=files), status("a" * 32, "running", files=files))
    code, head, body = screen(f"/screen/job/{DONE}/a.csv")
    assert (code, body, head["content-type"]) == (200, b"x", "text/csv; charset=utf-8")
    assert head["content-disposition"] == f'attachment; filename="export-{DONE[:8]}-a.csv"'
    for path in (
        f"/screen/job/{DONE}/secret.csv",
        f"/screen/job/{DONE}/gone.csv",
        f"/screen/job/{DONE}/../key",
        f"/screen/job/{DONE}/..%2fkey",
        f"/screen/job/{DONE}/",
        f"/screen/job/../{DONE}/a.csv",
        f"/screen/job/{'a' * 32}/a.csv",
        f"/screen/job/{'b' * 32}/a.csv",
    ):
        assert screen(path)[0] == 404, path


def test_cases_of_every_unit_are_given_to_nobody_bound_to_one(tmp_path: Path) -> None:
    """Who may not ask for the cases behind all figures does not fetch those that somebody else has asked for: 403."""
    folder = tmp_path / "jobs" / DONE
    folder.mkdir(parents=True)
    (folder / "cases.csv").write_text("x")
    screen = JobsScreen(tmp_path, status(DONE, kind="cases", files=(JobFile("cases.csv", 1),)))
    path = f"/screen/job/{DONE}/cases.csv"
    assert [screen(path, who="q", of=of)[0] for of in ("", "zz-ee", "zz-data")] == [200, 403, 200]


def test_a_zipped_file_is_read_as_json(tmp_path: Path) -> None:
    """It goes as it lies there, and says what it is, so that a browser's `fetch` unzips it."""
    folder = tmp_path / "jobs" / DONE
    folder.mkdir(parents=True)
    (folder / "0000.json.gz").write_bytes(gzip.compress(b"{}"))
    code, head, body = JobsScreen(tmp_path, status(DONE, files=(JobFile("0000.json.gz", 1),)))(
        f"/screen/job/{DONE}/0000.json.gz"
    )
    assert (code, gzip.decompress(body)) == (200, b"{}")
    assert (head["content-encoding"], head["content-type"]) == ("gzip", "application/json")
    assert "content-disposition" not in head


def test_the_days_of_the_archive(tmp_path: Path) -> None:
    """Days of the log's own time with their first and last tick; none, and no ends, without an archive."""
    screen = JobsScreen(tmp_path)
    assert json.loads(screen("/screen/days")[2]) == {"days": [], "from": None, "to": None}
    chunk = Chunk(0)
    hours = (0, 15, 17, 40)  # 08:00, 23:00, the next day 01:00, the day after it 00:00
    for offset, hour in enumerate(hours):
        chunk.add(offset, 1, None, tick(START + hour * 3_600_000))
    archive_files.write(tmp_path / "archive" / "t", "t.events.environment", 0, chunk)
    told = json.loads(screen("/screen/days")[2])
    times = [START + hour * 3_600_000 for hour in hours]
    assert [(each["day"], each["from"], each["to"]) for each in told["days"]] == [
        ("2026-06-01", times[0], times[1]),
        ("2026-06-02", times[2], times[2]),
        ("2026-06-03", times[3], times[3]),
    ]
    assert (told["from"], told["to"]) == (times[0], times[3])


def test_the_view_keeps_the_newest_jobs() -> None:
    """The last status of a job counts; of many the newest are remembered."""
    one = status("a" * 32, "queued")
    view = fold(View(), [one, status("a" * 32, "running")])
    assert [each.state for each in view[JobStates].newest()] == ["running"]
    many = [status(f"{n:032x}", asked_at=format_time(START + n)) for n in range(MOST_JOBS + 3)]
    view = fold(view, many)
    assert len(view[JobStates].jobs) == MOST_JOBS
    assert view[JobStates].newest()[0].id == many[-1].id
    assert many[0].id not in view[JobStates].jobs
