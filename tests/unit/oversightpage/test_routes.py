"""The page of oversight is told figures, cases, lists and corrections by what its person reaches; of a report nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.people import Person
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.oversight.asking import MOST_LISTED
from screen.oversight.routes import OversightRoutes
from screen.oversight.sight import reach_of
from streams.messages import Text
from streams.organs.unit import Unit, Units
from streams.oversight.client import OversightClient
from tests.support.orders.answering import answering
from tests.support.orders.kept import AFTER, NOISE, WATER, KeptOrders, two_requests
from tests.support.orders.partition import ECOLOGY, HOTLINE, hotline_matter
from tests.support.pure.view import heartbeat

MARCH = "since=2026-03&until=2026-03"
SIGNED = f"measure=request-signed&{MARCH}"
REPORT = "c" * 32

LEADER = Person(id="l", name="带班", role="leader", unit="zz-gov")
DATA = Person(id="d", name="数据局", role="analyst", departments=("zz-data",))
OURS = Person(id="e", name="审核", role="reviewer", departments=(ECOLOGY,))
OTHER = Person(id="u", name="审核", role="reviewer", departments=("zz-um",))
BOUND = Person(id="s", name="值班", role="supervisor", departments=("zz-um",))
WALL = Person(id="w", name="大厅", role="viewer")


@pytest.fixture
def kept() -> KeptOrders:
    """Two requests of a Friday, one sent to ecology and not signed in time, one not sent yet; and a report about zz-data."""
    made = two_requests()
    traits = {"nature": "report", "accused": "zz-data", "topic": "gift"}
    made.keep(made.by.filed(hotline_matter(id="request/3", number="3", adcode="410102", traits=traits), REPORT))
    made.act("accept", "receptionist", HOTLINE, REPORT)
    made.tick(AFTER)
    return made


@pytest.fixture
def socket(kept: KeptOrders, tmp_path: Path) -> Iterator[Path]:
    """Where the service answers."""
    path = tmp_path / "t.socket"
    with answering(kept.ask, path):
        yield path


class Visit:
    """A person's browser before the page's routes."""

    def __init__(self, kept: KeptOrders, socket: Path, person: Person) -> None:
        self.hub = Hub()
        self.hub.view = fold(View(), [*kept.by.told, heartbeat(kept.by.time, kept.by.time)])
        known = Middleware(Authentication, local=person, entrance=None, provider=None)
        routes = OversightRoutes(self.hub, OversightClient(socket)).table()
        self.client = TestClient(Starlette(routes=routes, middleware=[known]))

    def get(self, path: str, status: int = 200) -> Any:
        """What is told."""
        answer = self.client.get(f"/screen/oversight/{path}")
        assert answer.status_code == status, answer.text
        return answer.json()

    def figure(self, measure: str, query: str = MARCH) -> dict[str, Any]:
        """A figure of the overview."""
        found = {each["measure"]: each["figure"] for each in self.get(f"figures?{query}")["lines"]}
        figure: dict[str, Any] = found[measure]
        return figure


def test_the_leader_sees_every_unit_and_opens_every_figure(kept: KeptOrders, socket: Path) -> None:
    """0 of 1 signed in time, and the very case behind it, with its title; the rows are of units by name."""
    page = Visit(kept, socket, LEADER)
    assert page.get("book")["whole"]
    assert page.get(f"figures?{MARCH}")["opens"]
    assert (page.figure("request-signed")["count"], page.figure("request-signed")["of"]) == (0, 1)
    told = page.get(f"cases?{SIGNED}&behind=rest")
    assert (told["total"], told["cases"][0]["order"], told["cases"][0]["unit_name"]["zh"]) == (1, NOISE, "郑州市生态环境局")
    assert told["cases"][0]["title"]["zh"] == "12345诉求"
    (row,) = page.get(f"rows?{SIGNED}&by=unit")["rows"]
    assert (row["key"], row["name"]["zh"], row["figure"]["of"]) == (ECOLOGY, "郑州市生态环境局", 1)


def test_nothing_due_is_no_share(kept: KeptOrders, socket: Path) -> None:
    """What is not due yet has no share, and never 100 %."""
    assert Visit(kept, socket, LEADER).figure("request-handled") | {"excluded": {}} == {
        "count": 0,
        "of": 0,
        "excluded": {},
        "share": None,
        "low": None,
        "high": None,
        "hours": None,
        "open": None,
    }


@pytest.mark.parametrize("person", [LEADER, OURS, OTHER, BOUND, WALL], ids=lambda person: person.id)
def test_the_citys_sums_are_everybodys(kept: KeptOrders, socket: Path, person: Person) -> None:
    """Whoever is signed in sees the city's figures and counts: one request is unsigned after its time, two were never sent."""
    page = Visit(kept, socket, person)
    assert page.figure("request-signed")["of"] == 1
    assert {name: page.get("lead")["counts"][name] for name in ("open", "late", "unsigned")} == {
        "open": 3,
        "late": 3,
        "unsigned": 1,
    }


@pytest.mark.parametrize(
    ("person", "units", "cases", "lists"),
    [
        (LEADER, 1, 1, True),
        (DATA, 1, 1, True),
        (OURS, 1, 1, True),
        (OTHER, 0, 0, True),
        (BOUND, 0, 0, True),
        (WALL, 0, 0, False),
    ],
)
def test_units_and_cases_are_for_whoever_reaches_them(
    kept: KeptOrders, socket: Path, person: Person, units: int, cases: int, lists: bool
) -> None:
    """Of another unit neither a row nor a case, by whatever narrowing; a wall sees no list of orders at all."""
    page = Visit(kept, socket, person)
    assert len(page.get(f"rows?{SIGNED}&by=unit")["rows"]) == units
    assert page.get(f"cases?{SIGNED}&behind=rest")["total"] == cases
    assert page.get(f"cases?{SIGNED}&behind=rest&unit={ECOLOGY}")["total"] == cases
    assert page.figure("request-signed", f"{MARCH}&unit={ECOLOGY}")["of"] == cases
    assert page.figure("request-signed", f"{MARCH}&district=410105")["of"] == cases
    assert page.figure("request-signed", f"{MARCH}&domain=service")["of"] == cases
    assert [each["order"] for each in page.get("lead")["oldest"]].count(NOISE) == cases
    assert page.get("lead")["lists"] is lists


def test_own_figures_open_their_cases(kept: KeptOrders, socket: Path) -> None:
    """The city's sums open nothing for a unit's person; those of its own bodies do, and are of these alone."""
    page = Visit(kept, socket, OURS)
    assert not page.get(f"figures?{MARCH}")["opens"]
    assert page.get(f"figures?{MARCH}&own=1")["opens"]
    assert page.get("lead?own=1")["counts"]["open"] == 1
    assert page.get("lead")["counts"]["open"] == 3
    assert Visit(kept, socket, OTHER).get("lead?own=1")["counts"]["open"] == 0


def test_of_a_report_its_body_sees_nothing_in_whatever_role(kept: KeptOrders, socket: Path) -> None:
    """举报 about zz-data: its analyst sees every unit, but neither counts nor lists it (信访工作条例 30); the leader does."""
    leader, accused = Visit(kept, socket, LEADER), Visit(kept, socket, DATA)
    listed = [{each["order"] for each in page.get("cases?group=open")["cases"]} for page in (leader, accused)]
    assert listed == [{NOISE, WATER, REPORT}, {NOISE, WATER}]
    assert [page.get("lead")["counts"]["open"] for page in (leader, accused)] == [3, 2]
    assert REPORT not in accused.client.get("/screen/oversight/lead").text


def test_a_report_that_the_screen_has_let_go_of_stays_hidden(kept: KeptOrders, socket: Path) -> None:
    """The screen keeps the newest archived orders alone, the service those of 25 months: who is reported sees it in neither."""
    accused = Visit(kept, socket, DATA)
    accused.hub.view = fold(View(), [heartbeat(kept.by.time, kept.by.time)])
    assert {each["order"] for each in accused.get("cases?group=open")["cases"]} == {NOISE, WATER}
    assert accused.get("lead")["counts"]["open"] == 2


def test_a_body_below_that_went_to_another_opens_nothing_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch whose duties a body elsewhere has counts with that: who was above the branch does not see all of the other."""
    said: dict[str, Any] = {"name": Text("甲", "A"), "kind": "bureau", "level": "city", "basis": "test"}
    gone = Unit(id="branch", parent="above", until=date(2026, 3, 1), successor="other", **said)
    there = Units([Unit(id="above", **said), gone, Unit(id="other", **said)])
    for module in ("screen.orders.seen", "screen.oversight.sight"):
        monkeypatch.setattr(f"{module}.units", lambda: there)
    person = Person(id="p", name="审核", role="reviewer", departments=("above",))
    assert reach_of(person, date(2026, 2, 28)).own == {"above", "branch"}
    assert reach_of(person, date(2026, 3, 1)).own == {"above"}


def test_cases_without_a_place_are_asked_for_as_such(kept: KeptOrders, socket: Path) -> None:
    """`-` stands for none: it is not the same as every place."""
    page = Visit(kept, socket, LEADER)
    assert page.get(f"cases?{SIGNED}&behind=rest&district=-")["total"] == 0
    assert page.get(f"cases?{SIGNED}&behind=rest&district=410105")["total"] == 1


def test_a_page_of_cases_is_bounded(kept: KeptOrders, socket: Path) -> None:
    """What is no such question is 422 with its reason: too many at once, an unknown measure, a period that runs backward."""
    page = Visit(kept, socket, LEADER)
    page.get(f"cases?group=open&count={MOST_LISTED + 1}", 422)
    page.get("cases?group=anything", 422)
    page.get("figures?since=2026-04&until=2026-03", 422)
    page.get("figures?since=yesterday", 422)
    page.get(f"figures?{MARCH}&rank=yes", 422)
    assert "no-such" in page.get(f"rows?measure=no-such&by=unit&{MARCH}", 422)["error"]


def test_corrections_name_the_unit_and_the_act(kept: KeptOrders, socket: Path) -> None:
    """In April a request of March is withdrawn: that its figure of March changed is told, to whoever reaches its unit."""
    kept.tick("2026-04-01T09:00:00+08:00")
    kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记")
    found = Visit(kept, socket, LEADER).get("corrections?measure=request-signed")["corrections"]
    assert [(each["before"]["unit_name"]["zh"], each["after"]["behind"], each["why"]) for each in found] == [
        ("郑州市生态环境局", "left-out", "withdraw")
    ]
    assert Visit(kept, socket, OTHER).get("corrections")["corrections"] == []


def test_a_service_that_is_away_is_said(kept: KeptOrders, tmp_path: Path) -> None:
    """No answer is made up: each route is 503 and names the command."""
    page = Visit(kept, tmp_path / "nobody.socket", LEADER)
    for path in ("book", "lead", f"figures?{MARCH}", f"rows?{SIGNED}&by=unit", "cases?group=late", "corrections"):
        assert "python -m agents oversight" in page.get(path, 503)["error"]


def test_a_service_that_reads_its_log_tells_nothing_yet(kept: KeptOrders, socket: Path) -> None:
    """Before all is read no figure is true: 503."""
    kept.books.true = False
    Visit(kept, socket, LEADER).get("lead", 503)
