"""One mark in every marked field of every type, through the folds that judge, in all that is put out, for every role and none.

Who may see it whole, the data directory and the table of roles say; whatever else shows it fails here. A new field, route or
role is covered without a line: fields come from the directory, addresses from the application, roles from their table.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from msgspec.structs import replace
from starlette.testclient import TestClient

from agents.jobs import domain_values, export, order_rows, order_tables, timeline
from agents.notifications.plan import Ways, revised
from agents.notifications.routes import Channel, Route, Routes
from agents.offline.standing import gathered
from agents.reports import cap
from screen.access.declared_routes import LookRoute
from screen.access.people import Person
from screen.acts.commands import OwnCommands
from screen.app import looks
from screen.desk.alert_context import around
from screen.desk.list import Index, advance
from screen.desk.page import Ask
from screen.desk.readings import found
from screen.feed import stories
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.rows import row
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.orders import Orders
from screen.feed.snapshot import Health, sections, slow_sections
from screen.feed.stories import story
from screen.feed.view import View
from screen.orders.page import OrderAsk
from screen.orders.seen import UNIT_ROLES
from screen.orders.story import story as order_story
from streams.catalogue.sight import marks_of
from streams.handover import Summary, handed
from streams.messages import (
    ORDER_LOOKS,
    ROLES,
    AlarmCount,
    Alert,
    Audit,
    Incident,
    Order,
    OrderAudit,
    OrderLine,
    Performance,
    Quality,
    Regrouping,
    StaleAlarm,
    SubjectStatus,
    decode_event,
    encode,
    event_bytes,
)
from streams.settings import load
from tests.support.events import SUPERVISOR
from tests.support.masking.flow import REQUEST, told
from tests.support.masking.stained import LAT, LON, PERSONAL, SENSITIVE
from tests.support.orders.partition import BRANCH, ECOLOGY
from tests.support.pure.view import NOW
from tests.support.pure.visitor import visitor
from tests.support.town import LI, incident

EVERYBODY: tuple[Any, ...] = (*ROLES, "")
WAYS = Ways(Routes(channels={"hall": Channel(url_env="HALL")}, routes=(Route(to=("hall",)),)))
NEVER = (SENSITIVE, str(LON), str(LAT))
KAFKA = ("/screen/readings/", "/screen/catalogue/now", "/screen/orders/archive/", "/screen/orders/file/", "/screen/job/")
"""Addresses that read Kafka or files: what they make of events is asked of the pure pieces below."""


@cache
def view() -> View:
    """What a screen knows after all of it, with a note at the change of a shift, a merge, and measures."""
    note = handed("zz-ee", SUPERVISOR, f"{PERSONAL}交班", Summary({}, {}, (), {}), "k", NOW)
    regrouped = Regrouping(verb="merge", actor=LI, rule="", reason=f"{PERSONAL}合并", at=note.at, ids=(), refused="")
    about = next(each for each in told() if isinstance(each, Alert) and each.rule == "visit-too-short")
    counted = (AlarmCount(about.rule, "", f"{PERSONAL}.1", 3),)
    measured = Performance(
        log=about.log,
        by="rule",
        key=about.rule,
        name=about.title,
        since=note.at,
        until=note.at,
        annunciations=3,
        floods=0,
        flooded=False,
        measures=(),
        frequent=counted,
        chattering=counted,
        stale=(StaleAlarm(about.id, about.rule, "", f"{PERSONAL}.1", note.at),),
    )
    return fold(View(), [*told(), note, incident(about, notes=(regrouped,)), measured])


@cache
def hub() -> Hub:
    """What every page gets."""
    made = Hub()
    made.view = view()
    made.index = advance(Index(), view())
    made.sections = sections(view(), Health(), {}) | slow_sections(view(), {})
    return made


@cache
def alerts() -> tuple[Alert, ...]:
    """Alerts that bear a mark, one of each rule."""
    alarms = view()[Alarms]
    every = {**alarms.alerts, **alarms.aside, **alarms.normal, **alarms.ended}
    return tuple({each.rule: each for each in every.values() if PERSONAL in encode(each).decode()}.values())


def addresses(table: Iterable[Any]) -> Iterator[str]:
    """Every address of the application that shows what is in the log, for every alert and order that bears a mark."""
    names = {"id": [*(each.id for each in alerts()), *view()[Orders].orders], "order": [*view()[Orders].orders]}
    names["alert"] = [each.id for each in alerts()]
    for route in table:
        if not isinstance(route, LookRoute) or route.path.startswith(KAFKA) or route.path.endswith(".js"):
            continue
        found = re.search(r"{(\w+)}", route.path)
        for name in names.get(found[1], ()) if found else ("",):
            yield route.path.replace(found[0], name) if found else route.path


def read(body: bytes) -> str:
    """What stands in an answer, in a packed one too."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


def lists(page: TestClient) -> Iterator[tuple[str, str]]:
    """What the websockets tell."""
    with page.websocket_connect("/screen/feed") as socket:
        yield "/screen/feed", socket.receive_text()
    asked: list[tuple[str, Any]] = [
        ("/screen/desk", Ask(n=1, rows=200, reach=(0, 199))),
        ("/screen/orders", OrderAsk(n=1, rows=200)),
        ("/screen/orders", OrderAsk(n=1, rows=200, own=True)),
    ]
    for address, ask in asked:
        with page.websocket_connect(address) as socket:
            yield address, socket.receive_text()
            socket.send_text(encode(ask).decode())
            yield address, socket.receive_text()


def shown(role: str, folder: Path) -> Iterator[tuple[str, str]]:
    """All that somebody of a role is shown, by address."""
    table = looks(
        hub(),
        load({"ONESCREEN_DATA": str(folder)}),
        "t",
        OwnCommands(load({"ONESCREEN_DATA": str(folder)})),
        write=lambda _: None,
    )
    page = visitor(table, role)  # type: ignore[arg-type]
    with start_blocking_portal() as page.portal:  # one loop for all that is asked
        for address in addresses(table):
            yield address, read(page.get(address).content)
        yield from lists(page)


def test_a_page_shows_a_mark_whole_to_whom_the_directory_permits(tmp_path: Path) -> None:
    """Every address and websocket, for every role and none; what is sensitive nowhere, and to nobody."""
    for role in EVERYBODY:
        whole, seen_whole = "personal" in marks_of(role), set[str]()
        for address, body in shown(role, tmp_path):
            assert not any(mark in body for mark in NEVER), (role, address)
            assert whole or PERSONAL not in body, (role, address, around_mark(body))
            seen_whole |= {address.split("/")[2]} if PERSONAL in body else set()
        wanted = {"alert", "incident", "performance", "handovers", "desk"} | (
            set() if role in UNIT_ROLES else {"order"}
        )  # of no unit, no order is theirs
        assert (wanted <= seen_whole) == whole, (role, "who may see it does")
        assert "feed" not in seen_whole, "what every wall gets is nobody's own"


def test_a_person_of_another_unit_sees_no_mark_of_an_alert() -> None:
    """Story, row and surroundings, for everybody of every role who is bound to another department, or to another district."""
    for role in EVERYBODY:
        for of in (Person("p", "人", role, departments=("zz-none",)), Person("p", "人", role, districts=("419999",))):
            for each in alerts():
                body = encode([story(view(), each.id, of), around(view(), each, of), row(each, of.sees(each))]).decode()
                assert PERSONAL not in body, (role, around_mark(body))


def test_what_a_caller_said_is_for_the_hotline_and_who_handles_it() -> None:
    """Of a request whom a call reached, what was said, the contact: for roles that might look at it if it were sealed."""
    for role in EVERYBODY:
        person = Person("p", "人", role, departments=(BRANCH if role in UNIT_ROLES else ECOLOGY,))
        told_of = order_story(view(), REQUEST, "", person)
        assert told_of is not None
        line, text = told_of["lines"][0], {each.name: each.words for each in told_of["order"].text}
        said = [entry["reason"].zh for entry in told_of["trail"] if entry["event"] == "contact"]
        hidden = [PERSONAL not in str(each) for each in (line.contacted.who, line.contacted.words, text["contact"], said)]
        assert hidden == [role not in ORDER_LOOKS["caller"].roles] * 4, role
        assert (PERSONAL in str(text["cause"])) == bool(marks_of(role)), "the office's own words are for whoever works on it"


@pytest.mark.parametrize("place", [stories, timeline, export, cap, order_rows], ids=lambda place: place.__name__)
def test_an_output_without_its_mask_is_found(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mask of one output taken away, what the tests here look at has the mark."""
    viewer = Person("p", "人", "viewer")
    monkeypatch.setattr(place, "seen", lambda value, _marks: value)
    bodies = [encode(story(view(), each.id, viewer)) for each in alerts()] + [encode(each) for _, each in files()]
    assert any(PERSONAL in body.decode() for body in bodies)


def test_where_a_person_was_is_not_plotted() -> None:
    """A number that is sensitive has no points, even where it is the one that was judged."""
    about = next(each for each in told() if isinstance(each, Alert) and each.rule == "visit-too-short")
    for field, number in (("minutes", 19.5), ("lon", LON)):
        visit = {"device": "lift-1", "lon": LON, "lat": LAT, "minutes": 19.5, "purpose": "maintenance"}
        event = event_bytes(type="special_equipment.visit", source="t", id="v", time=about.raised_at, subject="s", data=visit)
        of = replace(about, item=field, value=number, evidence=(replace(about.evidence[0], value=number),))
        readings = found(of, {of.evidence[0].place.offset: decode_event(event)}, 1, ended_early=False)
        assert len(readings.points) == (field == "minutes"), field


def around_mark(body: str) -> str:
    """What stands around a mark in an answer."""
    return body[max(0, body.index(PERSONAL) - 200) :][:400]


def files() -> Iterator[tuple[str, Any]]:
    """What goes out of the system to whoever gets it: files of jobs, notices, CAP, records of bad input."""
    orders = [each for each in told() if isinstance(each, Order | OrderLine)]
    for each in told():
        match each:
            case Alert():
                yield "export", export.columns(each)
                yield "replay", timeline.row(each)
                yield "cap", cap.message(each, (), "oversight.example.cn").decode()
                yield "notice", revised(WAYS, None, each, NOW)
            case Audit():
                yield "replay", timeline.act(each)
            case Incident():
                yield "replay", timeline.incident(each)
            case SubjectStatus():
                yield "replay", domain_values.shown(each)
            case Order():
                yield "replay", order_rows.order(each)
            case OrderLine():
                yield "replay", order_rows.line(each)
            case OrderAudit():
                yield "replay", order_rows.entry(each, spoken=True)
            case Quality():
                yield "quality", each
    for standing in gathered(orders).values():
        yield "export", order_tables.order_columns(standing)
        yield "export", [order_tables.line_columns(line, standing.order) for line in standing.lines]
        yield "export", list(order_tables.clock_columns(standing))
        entries = [each for each in told() if isinstance(each, OrderAudit) and each.order == standing.order.id]
        yield "export", [order_tables.entry_columns(entry, standing.order) for entry in entries]


def test_no_file_and_no_notice_shows_a_mark() -> None:
    """Exports, replays, CAP messages, notices and records of bad input are everybody's: nothing marked stands in them."""
    kinds = set()
    for kind, each in files():
        kinds.add(kind)
        said = encode(each).decode()
        assert PERSONAL not in said, (kind, said[:400])
        assert not any(mark in said for mark in NEVER), (kind, said[:400])
    assert kinds == {"export", "replay", "cap", "notice", "quality"}
