"""举报 is hidden wholly from whom it is about (信访工作条例 30): tried by every way into the screen, as an attacker would.

Of two screens one has reports about the bureau and what follows from them, the other has never had any. Whoever is of the
bureau, or below it, gets the same bytes from both, whatever is asked; its superior gets the reports.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

import screen.app
from agents.jobs.past_orders import Withheld
from agents.measures.book.read import measure_book
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions
from screen.access.declared_routes import ActRoute, LookRoute, SocketRoute, UploadRoute
from screen.access.people import PERSON, SESSION, Person
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.slices.orders import MOST_ARCHIVED, Orders
from screen.feed.snapshot import Health, sections, slow_sections
from screen.feed.view import View
from screen.orders.list import OrderQuery
from screen.orders.page import OrderAsk, OrdersPage
from screen.orders.seen import known_to, looker
from streams.messages import Order, OrderAudit, OrderLine, Place, Text, format_time
from streams.messages.orders import File, Link
from streams.messages.outputs.order import Linked
from streams.messages.services.appraisal import Objection
from streams.orders.reports import Reports
from streams.outputs import Output
from streams.oversight.wire import OversightAnswer, OversightAsked
from streams.places.organs import units
from tests.support.application import application
from tests.support.directory.appraisal import OFFICE as MEASURING
from tests.support.directory.appraisal import objection
from tests.support.orders.answering import answering
from tests.support.orders.indexed import index_row, indicator
from tests.support.orders.records import (
    HANDLE,
    HELPER,
    OFFICE,
    asked,
    entry,
    line,
    name,
    order,
)
from tests.support.pure.view import NOW, heartbeat
from tests.support.town import alert
from tests.support.town import entry as alert_entry

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
BYTES = OURS | {"content-type": "application/octet-stream"}
SOCKET = {"origin": HOST, "host": "127.0.0.1:8501"}
KEY = "0f" * 16
ACCUSED, BELOW = "zz-ee", "zz-ee-410105"
WORDS = "反映某局长收受礼金"
REPORT, FILED, SUPERVISION, MERGED, PLAIN = (name(n) for n in (1, 2, 3, 4, 5))
DIGEST = "ab" * 32
ALERT = alert("test", 77, NOW)
MARKS = (WORDS, *(f"GD-20261124-{n:04d}" for n in (1, 2, 3, 4)), REPORT, FILED, SUPERVISION, MERGED)
"""What tells of them: words of the title, numbers, ids."""

OF_ORDERS = {
    "/screen/feed",
    "/screen/alert/{id}",
    "/screen/order",
    "/screen/orders",
    "/screen/order/{id}",
    "/screen/order/{id}/document",
    "/screen/orders/look",
    "/screen/orders/file",
    "/screen/orders/archive/{order}",
    "/screen/orders/file/{digest}",
    "/screen/orders/file/{digest}/copy",
    "/screen/dispatch",
    "/screen/dispatch/document",
    "/screen/dispatch/queue",
    "/screen/dispatch/{order}",
    "/screen/catalogue/now",
    *(f"/screen/oversight/{way}" for way in ("book", "lead", "figures", "rows", "cases", "corrections")),
    *(f"/screen/oversight/{way}" for way in ("compare", "objections", "index")),
}
"""The routes that tell something of orders, or take it: each is tried below."""

OF_NONE = {
    "/screen/catalogue": "types and fields",
    "/screen/catalogue/file": "types and fields",
    "/screen/desk": "alerts",
    "/screen/around/{id}": "alerts",
    "/screen/readings/{id}": "facts",
    "/screen/signs": "definitions of signs",
    "/screen/sign/{sign}": "a sign by district",
    "/screen/sign/{sign}/sources/{area}": "names of devices",
    "/screen/sign/{sign}/records/{subject}": "places of facts in the log",
    "/screen/performance": "measures of the alarm system",
    "/screen/incident/{alert}": "alerts",
    "/screen/handovers": "alerts and acts on them",
    "/screen/texts": "words of the pages",
    "/screen/health": "how the reader does",
    "/screen/deck.js": "a library",
    "/screen/here": "who is there",
    "/screen/who": "the person",
    "/screen/rules": "rules",
    "/screen/rules/now": "rules",
    "/screen/law": "statutes",
    "/screen/job": "asks for a replay: agents/jobs/past_orders.py leaves reports out of its files",
    "/screen/job/cancel": "takes it back",
    "/screen/jobs": "what was asked for",
    "/screen/job/{id}/{file}": "files of a replay, in which no report stands",
    "/screen/days": "days of the archive",
    "/screen/oversight/indexes": "indexes of the place",
    "/screen/oversight/beside": "which measures are reckoned of calls and alarms, and which are none",
    "/screen/oversight/reckoned": "calls, and measures of the alarm system",
    "/screen/oversight/object": "writes an objection, which /screen/oversight/objections tells",
    "/screen/oversight/answer": "answers one by its id, which nobody is told who is not told of it",
    "/screen/act": "acts on alerts",
    "/screen/regroup": "acts on incidents",
    "/screen/handover": "a note",
    "/screen/takeover": "a note",
    "/screen/sharing": "requests to share data",
    "/screen/entries": "facts that are entered by hand",
    "/screen/entry/draft": "a fact that is entered by hand",
    "/screen/entry/decide": "a fact that is entered by hand",
    "/screen/entry/look": "a sealed text of a fact that is entered by hand",
    "/screen/sharing/ask": "requests to share data",
    "/screen/look": "texts of acts on alerts",
    "/screen/reveal": "masked fields of an alert's evidence, which are facts of domains",
}
"""All others, and what they tell of: a new route stands in one of the two, or this fails."""

PERSONS = {
    "its dispatcher": Person("pai", "派", "dispatcher", (ACCUSED,)),
    "its supervisor": Person("zhi", "值", "supervisor", (ACCUSED,)),
    "its handler, to whom it was even sent": Person("ban", "办", "handler", (ACCUSED,)),
    "its archivist": Person("dang", "档", "archivist", (ACCUSED,)),
    "a dispatcher of a branch below it": Person("fen", "分", "dispatcher", (BELOW,)),
    "a dispatcher of two bodies, of which it is the second": Person("jian", "兼", "dispatcher", (OFFICE, ACCUSED)),
    "a dispatcher who has it as the unit": Person("dan", "单", "dispatcher", unit=ACCUSED),
}


def plain() -> list[Output]:
    """What everybody may see: an alert of the bureau's, and an order about it that a body answers in time."""
    linked = Linked(link=Link(domain=ALERT.domain, subject=ALERT.subject, alert=ALERT.id, occurrence=1), active=True)
    return [
        heartbeat(NOW, NOW),
        replace(ALERT, orders=(PLAIN,)),
        alert_entry(ALERT, 1, "link", Place("test.events.environment", 0, 7), order=PLAIN, reason="order GD-20261124-0005"),
        order(5, alerts=(linked,), issuer=ACCUSED, state="handling"),
        line(5, state="signed", unit=HELPER, clocks=(HANDLE,), returns=asked("return")),
    ]


def reports() -> list[Output]:
    """A report with all that could tell of it, one that waits to be sent, one that follows from it, one merged into it."""
    linked = Linked(link=Link(domain=ALERT.domain, subject=ALERT.subject, alert=ALERT.id, occurrence=1), active=True)
    about, against = ({"nature": "report", key: ACCUSED} for key in ("accused", "against"))
    rang = replace(HANDLE, late=True, warned=True, rings=format_time(NOW - 1))
    said = {"title": Text(WORDS, WORDS), "issuer": OFFICE, "opened_at": format_time(NOW - 1)}
    file = File(digest=DIGEST, size=1, type="image/jpeg")
    filed: dict[str, Any] = {"kind": "request", "state": "filed", "lines": 0, "main": "", "adcode": "410182"}
    return [
        replace(ALERT, orders=(PLAIN, REPORT)),
        alert_entry(ALERT, 2, "link", Place("test.events.environment", 0, 8), order=REPORT, reason="order GD-20261124-0001"),
        order(1, alerts=(linked,), traits=about, urgent=True, state="handling", files=(file,), **said),
        line(1, unit=HELPER, clocks=(rang,), returns=asked("return")),
        line(1, "2", unit=ACCUSED, part="support"),
        entry(1, 1, "issue"),
        order(2, traits=against, **said | filed),
        order(3, parent=REPORT, kind="supervision", **said),
        line(3, unit=HELPER, clocks=(rang,)),
        objected(),
        order(4, parent=REPORT, closed_at=format_time(NOW), outcome="merged", **said | filed | {"state": "merged"}),
    ]


def objected() -> Objection:
    """The report's receiver objects to how it counts."""
    month = {"since": "2026-11", "until": "2026-11"}
    said = objection(measure="task-return-asked", unit=HELPER, cases=(f"{REPORT}/1",), reason="礼金一事另案处理", **month)
    return replace(said, by=replace(said.by, department=HELPER))


def questions(messages: list[Output]) -> Callable[[OversightAsked], OversightAnswer]:
    """Answers of the oversight service of a log with these messages."""
    books = OversightBooks(measure_book(), MEASURING)
    books.true = True
    books.say(each for each in messages if isinstance(each, Objection))
    for each in messages:
        if isinstance(each, Order | OrderLine | OrderAudit):
            books.take(each)
    books.told(NOW)
    return Questions("test", books, units(), {"handling": index_row({"a": indicator("task-return-asked", 100)})}).answer


class Asking:
    """ASGI middleware in place of the sign-in: this person asks."""

    person = PERSONS["its dispatcher"]

    def __init__(self, app: ASGIApp, **_: object) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything through."""
        scope[PERSON], scope[SESSION] = Asking.person, None
        await self._app(scope, receive, send)


class BuiltScreen:
    """The application as it is built, with the view of these messages, and no Kafka behind it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, messages: list[Output]) -> None:
        hub = Hub()
        hub.view = fold(View(), messages)
        hub.sections = sections(hub.view, Health(), {}) | slow_sections(hub.view, {})
        monkeypatch.setattr(screen.app, "Hub", lambda: hub)
        monkeypatch.setattr(screen.app, "Authentication", Asking)
        monkeypatch.setattr(screen.app, "trail_in", lambda *_: lambda _: [json.encode(entry(1, 1, "issue"))])
        self.view = hub.view
        self.app = application(folder, "test")
        self.browser = TestClient(self.app, HOST, raise_server_exceptions=False)

    def all_of(self, person: Person) -> dict[str, Any]:
        """What this person gets by every way that tells of orders, by the way."""
        Asking.person = person
        return dict(self._ways())

    def _ways(self) -> Iterator[tuple[str, Any]]:
        for each in (REPORT, FILED, SUPERVISION):
            for way in ("order/{}", "order/{}/document", "orders/archive/{}?originals=1", "dispatch/{}"):
                yield f"{way} {each}", self._got(f"/screen/{way.format(each)}", each)
            for more in ("", "/copy"):
                yield f"file {more} {each}", self._got(f"/screen/orders/file/{DIGEST}{more}?order={each}", each)
            act = {"verb": "urge", "key": KEY, "data": {"order": each, "lines": ["1"], "reason": "x"}}
            look = {"order": each, "act": "issue", "name": "cause", "purpose": "handling"}
            look["reference"] = {"kid": "ab" * 32, "digest": "cd" * 32, "size": 1}
            yield f"act {each}", self._sent("/screen/order", each, json=act)
            yield f"look {each}", self._sent("/screen/orders/look", each, json=look)
            where = f"/screen/orders/file?order={each}&key={KEY}"
            yield f"upload {each}", self._sent(where, each, headers=BYTES, content=b"<html>")
        yield "queue", self._got("/screen/dispatch/queue")
        yield "catalogue", self._got("/screen/catalogue/now")
        for way in OVERSIGHT:
            yield f"oversight {way}", self._got(f"/screen/oversight/{way}")
        for way in ("dispatch", "dispatch/document"):
            sheet = {"alert": ALERT.id, "key": KEY}
            answer = self.browser.post(f"/screen/{way}", json=sheet, headers=OURS)
            yield way, (answer.status_code, answer.content if way == "dispatch" else len(answer.content))
        yield "alert", self._got(f"/screen/alert/{ALERT.id}")
        yield "feed", self._fed()
        yield from self._listed()

    def _got(self, path: str, asked: str = "") -> tuple[int, bytes]:
        """The status and body of an answer, in which what was asked for is struck out: it is no news to who asks."""
        answer = self.browser.get(path)
        return answer.status_code, _struck(answer.content, asked)

    def _sent(self, path: str, asked: str, **what: Any) -> tuple[int, bytes]:
        answer = self.browser.post(path, **({"headers": OURS} | what))
        return answer.status_code, _struck(answer.content, asked)

    def _fed(self) -> dict[str, Any]:
        with self.browser.websocket_connect("/screen/feed?want=orders,flow,ringing", headers=SOCKET) as page:
            told: dict[str, Any] = page.receive_json()["set"]
            return told

    def _listed(self) -> Iterator[tuple[str, Any]]:
        with self.browser.websocket_connect("/screen/orders", headers=SOCKET) as page:
            page.receive_json()
            asks = [(way, own) for own in (False, True) for way in QUERIES]
            for n, (way, own) in enumerate(asks):
                page.send_json({"n": n, "query": QUERIES[way], "own": own, "selected": f"{REPORT}/1" if own else REPORT})
                yield f"{'lines' if own else 'list'} {way}", page.receive_json()


NOVEMBER = "since=2026-11&until=2026-11"
SENT = f"measure=task-return-asked&{NOVEMBER}"
OVERSIGHT = (
    *("book", "lead", "lead?own=1", f"figures?{NOVEMBER}", f"figures?{NOVEMBER}&own=1", f"rows?{SENT}&by=unit"),
    *(f"cases?{SENT}&behind={behind}" for behind in ("numerator", "rest", "left-out")),
    *(f"cases?group={group}" for group in ("new", "open", "late", "unsigned", "returned", "supervision")),
    f"cases?group=open&unit={HELPER}",
    "corrections",
    f"compare?{SENT}",
    "objections",
    "index?index=handling&period=2026-11&draft=true",
)
"""What is asked of the oversight service."""

QUERIES: dict[str, dict[str, Any]] = {
    "all": {},
    "its words": {"search": "礼金"},
    "its number": {"search": "GD-20261124-0001"},
    "its receiver": {"unit": [HELPER]},
    "late": {"group": "late"},
    "ended": {"group": "ended"},
    "my unit's": {"own": True, "due": 2**53},
    "supervisions": {"kind": ["supervision", "lead", "request"]},
}


def _struck(body: bytes, asked: str) -> bytes:
    return body.replace(asked.encode(), b"?") if asked else body


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BuiltScreen, BuiltScreen]]:
    """One that has the reports, and one that has never had any."""
    with pytest.MonkeyPatch.context() as patch:
        made = (plain(), [*plain(), *reports()])
        folders = [tmp_path_factory.mktemp("screen") for _ in made]
        without, with_ = (BuiltScreen(*each) for each in zip(folders, (patch, patch), made, strict=True))
        sockets = [folder / "oversight" / "test.socket" for folder in folders]
        with answering(questions(made[0]), sockets[0]), answering(questions(made[1]), sockets[1]):
            yield with_, without


def test_every_route_is_known_here(screens: tuple[BuiltScreen, BuiltScreen]) -> None:
    """A route that is new is thought about."""
    kinds = (LookRoute, ActRoute, UploadRoute, SocketRoute, Route, WebSocketRoute)
    found = {each.path for each in screens[0].app.routes if isinstance(each, kinds) and each.path.startswith("/screen/")}
    assert found == OF_ORDERS | set(OF_NONE)


@pytest.mark.parametrize("who", PERSONS)
def test_whom_a_report_is_about_it_does_not_exist_for(screens: tuple[BuiltScreen, BuiltScreen], who: str) -> None:
    """Whatever is asked, the answer is that of a screen without reports: no row, number, title, hit, count, ring or refusal."""
    with_, without = (each.all_of(PERSONS[who]) for each in screens)
    assert {way: told for way, told in with_.items() if told != without[way]} == {}
    assert not [mark for mark in MARKS if mark in str(list(with_.values()))]


def test_its_superior_sees_it_by_each_of_these_ways(screens: tuple[BuiltScreen, BuiltScreen]) -> None:
    """The government's dispatcher has the report in the list, the search, the figures, the queue and what rings (济南 32)."""
    with_, without = (each.all_of(Person("wang", "王", "dispatcher", unit=OFFICE)) for each in screens)
    told = {way for way, answer in with_.items() if answer != without[way]}
    shown = {"queue", "dispatch", "alert", "feed", "list all", "list its words", "list late"}
    shown |= {"oversight objections", "oversight lead", f"oversight figures?{NOVEMBER}", "oversight cases?group=open"}
    assert shown | {f"order/{{}} {each}" for each in (REPORT, FILED, SUPERVISION)} <= told
    assert [each["number"] for each in with_["feed"]["ringing"]] == ["GD-20261124-0001", "GD-20261124-0003"]
    assert with_["list its words"]["total"] == 3


def test_what_turns_out_to_be_a_report_leaves_an_open_page() -> None:
    """Traits that come later, with a list that stands still under the pointer: its row goes with the next answer."""
    page, ask = OrdersPage(looker(PERSONS["its dispatcher"])), OrderAsk(1, OrderQuery(search="礼金"))
    before = fold(View(), [order(1, title=Text(WORDS, WORDS)), line(1)])
    shown = json.decode(page.answer(before, ask) or b"")
    assert shown["ids"] == [REPORT]
    later = order(1, title=Text(WORDS, WORDS), traits={"nature": "report", "accused": ACCUSED}, rev=2)
    still = replace(ask, n=2, frozen=shown["number"])
    assert json.decode(page.answer(fold(before, [later]), still) or b"")["ids"] == []


def test_rows_follow_what_changes_beside_hidden_ones() -> None:
    """A list is kept up change by change though some of its publications were about a hidden order alone."""
    view = fold(View(), [*plain(), *reports()])
    page, ask = OrdersPage(looker(PERSONS["its dispatcher"])), OrderAsk(1, OrderQuery(unit=frozenset({HELPER})))
    assert json.decode(page.answer(view, ask) or b"")["ids"] == [PLAIN]
    view = fold(view, [replace(order(1), traits={"nature": "report", "accused": ACCUSED}, rev=9, urgent=True)])
    assert page.answer(view, ask) is None or json.decode(page.answer(view, ask) or b"{}").get("ids", [PLAIN]) == [PLAIN]
    view = fold(view, [order(6), line(6, unit=HELPER)])
    assert json.decode(page.answer(view, ask) or b"")["ids"] == [PLAIN, name(6)]


def test_a_complaint_that_is_no_report_is_shown() -> None:
    """投诉 is not 举报: whom it is about may know of it, and is no receiver (济南 32)."""
    view = fold(View(), [order(1, traits={"nature": "complaint", "against": ACCUSED}), line(1)])
    assert known_to(view, REPORT, PERSONS["its dispatcher"]) is not None


def test_a_report_that_is_put_away_is_forgotten_with_its_order() -> None:
    """What is kept of reports does not outgrow the orders that are kept."""
    traits = {"nature": "report", "accused": ACCUSED}
    old = [order(n, traits=traits, parent=REPORT, archived_at=format_time(NOW)) for n in range(1, MOST_ARCHIVED + 11)]
    view = fold(View(), [heartbeat(NOW, NOW), *old])
    assert len(view[Orders].reports.about[ACCUSED]) == MOST_ARCHIVED
    assert len(view[Orders].reports.under[REPORT]) == MOST_ARCHIVED


def test_no_report_stands_in_the_files_of_a_replay() -> None:
    """They are for all who may replay: the order, its line, its entries and what follows from it are left out."""
    shown = [each for each in plain() if isinstance(each, Order | OrderLine)]
    hidden = [each for each in reports() if isinstance(each, Order | OrderLine | OrderAudit)]
    withheld = Withheld()
    assert withheld.without([entry(1, 1, "issue"), *hidden, *shown]) == shown
    assert withheld.without([entry(1, 2, "sign"), entry(5, 2, "sign")]) == [entry(5, 2, "sign")]


def test_orders_that_follow_one_another_in_a_circle_end() -> None:
    """Two that name one another as parent: both are hidden, and it ends."""
    made: list[Order] = [order(1, parent=name(2), traits={"nature": "举报", "against": ACCUSED}), order(2, parent=REPORT)]
    found = Reports()
    for each in made:
        found = found.changed(None, each)
    assert found.hidden(frozenset({ACCUSED})) == {name(1), name(2)}
    assert found.changed(made[0], None).hidden(frozenset({ACCUSED})) == frozenset()
