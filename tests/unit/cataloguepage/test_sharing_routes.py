"""The page asks for a type and answers who asks; it is told what concerns its person's department, and the use register."""

from typing import Any

import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.acts.commands import Noted
from screen.acts.sharing import SharingActs
from screen.catalogue.sharing import told_sharing
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from streams.calendar.holidays import load
from streams.messages import Place, parse_time
from streams.messages.services.catalogue import SharingStep
from tests.support.directory.sharing import ACCEPTED, ASKED, PUT_OFF, REQUEST, SOURCES, step

NOW = parse_time("2026-03-12T12:00:00+08:00")
HEADERS = {"x-onescreen": "act", "origin": "http://testserver"}
WISH = {
    "type": SOURCES,
    "purpose": "油烟投诉核查",
    "basis": "郑州市大气污染防治条例 第五十八条",
    "use": "仅限核查人员查询",
    "way": "service",
    "since": "2026-03-01",
    "until": "2026-12-31",
    "key": "a" * 32,
}


class NotedCommands:
    """Keeps what the routes would write, each once."""

    def __init__(self) -> None:
        self.written: dict[str, Noted] = {}

    def place(self, name: str) -> Place | None:
        """As `Commands`."""
        return Place("t.catalogue", 0, list(self.written).index(name)) if name in self.written else None

    def record(self, _log: str, record: Noted, name: str, _session: str) -> Place:
        """As `Commands`."""
        self.written.setdefault(name, record)
        return Place("t.catalogue", 0, list(self.written).index(name))


def somebody(id_: str, department: str, role: Any = "supervisor") -> Person:
    """A person of a department."""
    return Person(id=id_, name="人", role=role, departments=(department,))


def asking(hub: Hub, kept: NotedCommands, person: Person) -> TestClient:
    """The browser of a person before the routes."""
    routes = SharingActs(hub, kept, "t").table()  # type: ignore[arg-type]  # of all acts these alone are asked for
    paths = frozenset(each.path for each in routes)  # type: ignore[attr-defined]
    layers = [
        Middleware(Authentication, local=person, entrance=None, provider=None),
        Middleware(RequestGuard, acts=paths, uploads={}),
    ]
    return TestClient(Starlette(routes=routes, middleware=layers), headers=HEADERS)


@pytest.fixture
def hub() -> Hub:
    """A hub that knows one request."""
    made = Hub()
    made.view = fold(View(), [ASKED])
    return made


def test_a_press_is_one_request(hub: Hub) -> None:
    """What is asked for carries what the directory says of the type; a second press of the same key writes nothing."""
    kept = NotedCommands()
    page = asking(hub, kept, somebody("um", "zz-um"))
    assert [page.post("/screen/sharing/ask", json=WISH).status_code for _ in range(2)] == [202, 202]
    (only,) = kept.written.values()
    assert isinstance(only, SharingStep)
    assert only.wanted
    assert (only.by.department, only.wanted.provider, only.wanted.sharing) == ("zz-um", "zz-ee", "conditional")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"type": "environment.moon"}, 422),
        ({"way": "post"}, 422),
        ({"fields": ["moon"]}, 422),
        ({"purpose": ""}, 409),
        ({"until": "2026-02-01"}, 409),
        ({"provider": "zz-um"}, 422),
    ],
)
def test_what_may_not_be_asked_is_not_written(hub: Hub, wrong: dict[str, Any], status: int) -> None:
    """A type, way or field that there is not, no purpose, an end before the beginning, a provider that the page names."""
    kept = NotedCommands()
    assert asking(hub, kept, somebody("um", "zz-um")).post("/screen/sharing/ask", json=WISH | wrong).status_code == status
    assert not kept.written


@pytest.mark.parametrize(
    ("person", "press", "status"),
    [
        (somebody("b", "zz-ee"), {"step": "accepted"}, 202),
        (somebody("b", "zz-ee"), {"step": "refused"}, 409),
        (somebody("b", "zz-ee"), {"step": "refused", "reason": "超出职责范围"}, 202),
        (somebody("b", "zz-ee", "clerk"), {"step": "accepted"}, 403),
        (somebody("c", "zz-hc"), {"step": "accepted"}, 403),
        (somebody("a", "zz-um"), {"step": "accepted"}, 409),
        (somebody("a", "zz-um"), {"step": "withdrawn"}, 202),
        (somebody("b", "zz-ee"), {"step": "asked"}, 422),
    ],
)
def test_who_may_answer(hub: Hub, person: Person, press: dict[str, str], status: int) -> None:
    """The provider, by its role and with a reason where it refuses; who asked takes it back; others do nothing."""
    kept = NotedCommands()
    answer = asking(hub, kept, person).post("/screen/sharing", json={"request": REQUEST} | press)
    assert (answer.status_code, len(kept.written)) == (status, int(status == 202))


def rows(view: View, person: Person) -> list[tuple[str, str, list[str]]]:
    """State, side and offers of each request that a person is told of."""
    told = told_sharing(view, person, NOW, load())
    return [(each["state"], each["side"], each["offers"]) for each in told["requests"]]


def test_whom_a_request_is_told() -> None:
    """Those whom it concerns, while it waits; everybody, once it is granted: that is the use register."""
    waiting, granted = fold(View(), [ASKED, PUT_OFF]), fold(View(), [ASKED, ACCEPTED])
    assert rows(waiting, somebody("b", "zz-ee")) == [("asked", "theirs", ["accepted", "refused"])]
    assert rows(waiting, somebody("d", "zz-data")) == [("asked", "theirs", ["extended", "extension-refused"])]
    assert rows(waiting, somebody("x", "zz-um", "viewer")) == [("asked", "ours", [])]
    assert rows(waiting, somebody("c", "zz-hc")) == []
    assert rows(granted, somebody("c", "zz-hc")) == [("accepted", "", [])]
    assert rows(fold(View(), [ASKED, step("refused", "b", "11", "zz-ee", reason="无")]), somebody("c", "zz-hc")) == []


def test_who_is_of_no_department_may_not_ask() -> None:
    """Who is of no department is told so, and may not ask."""
    told = told_sharing(View(), Person(id="p", name="人", role="supervisor"), NOW, load())
    assert (told["department"], told["may_ask"]) == ("", False)


@pytest.mark.parametrize(
    ("department", "role", "name"),
    [
        ("zz-um", "clerk", "张三"),
        ("zz-ee", "clerk", "张三"),
        ("zz-data", "clerk", "张三"),
        ("zz-hc", "clerk", "张**"),
        ("zz-um", "viewer", "张**"),
    ],
)
def test_who_asked_is_named_to_those_whom_it_concerns(department: str, role: str, name: str) -> None:
    """What was granted everybody sees; name and account are masked for other departments and for who only watches."""
    asked = replace(ASKED, by=replace(ASKED.by, name="张三"))
    told = told_sharing(fold(View(), [asked, ACCEPTED]), somebody("x", department, role), NOW, load())
    (request,) = told["requests"]
    assert request["by"]["name"] == request["steps"][0]["by"]["name"] == name
    assert (request["by"]["id"] == "a") == (name == "张三")
