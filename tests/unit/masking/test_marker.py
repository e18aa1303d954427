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
from starlette.testclient import TestClient

from agents.jobs import domain_values, export, order_rows, order_tables, timeline
from agents.offline.standing import gathered
from agents.reports import cap
from screen.access.declared_routes import LookRoute
from screen.acts.commands import OwnCommands
from screen.app import looks
from screen.desk.list import Index, advance
from screen.desk.page import Ask
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.orders import Orders
from screen.feed.snapshot import Health, sections, slow_sections
from screen.feed.view import View
from screen.orders.page import OrderAsk
from streams.catalogue.sight import marks_of, seen
from streams.handover import Summary, handed
from streams.messages import (
    ROLES,
    Alert,
    Audit,
    Incident,
    Order,
    OrderAudit,
    OrderLine,
    Quality,
    SubjectStatus,
    encode,
)
from streams.settings import load
from tests.support.events import SUPERVISOR
from tests.support.masking.flow import told
from tests.support.masking.stained import LAT, LON, PERSONAL, SENSITIVE
from tests.support.pure.view import NOW
from tests.support.pure.visitor import visitor

EVERYBODY = (*ROLES, "")
NEVER = (SENSITIVE, str(LON), str(LAT))
KAFKA = ("/screen/readings/", "/screen/catalogue/now", "/screen/orders/archive/", "/screen/orders/file/", "/screen/job/")
"""Addresses that read Kafka or files: what they make of events is asked of the pure pieces below."""


@cache
def view() -> View:
    """What a screen knows after all of it, with a note at the change of a shift."""
    note = handed("zz-ee", SUPERVISOR, f"{PERSONAL}交班", Summary({}, {}, (), {}), "k", NOW)
    return fold(View(), [*told(), note])


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
    """The alerts that bear a mark."""
    alarms = view()[Alarms]
    every = {**alarms.alerts, **alarms.aside, **alarms.normal, **alarms.ended}
    return tuple(each for each in every.values() if PERSONAL in encode(each).decode())


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
    table = looks(hub(), load({"ONESCREEN_DATA": str(folder)}), "t", OwnCommands(load({"ONESCREEN_DATA": str(folder)})))
    page = visitor(table, role)  # type: ignore[arg-type]
    for address in addresses(table):
        yield address, read(page.get(address).content)
    yield from lists(page)


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_page_shows_a_mark_whole_to_whom_the_directory_permits(role: str, tmp_path: Path) -> None:
    """Every address and websocket; what is sensitive nowhere, and to nobody."""
    whole = "personal" in marks_of(role)
    seen_whole = set()
    for address, body in shown(role, tmp_path):
        assert not any(mark in body for mark in NEVER), (role, address)
        if PERSONAL in body:
            seen_whole.add(address.split("/")[2])
        assert whole or PERSONAL not in body, (role, address, body[max(0, body.index(PERSONAL) - 200) :][:400])
    assert ({"alert", "around", "order", "handovers", "desk"} <= seen_whole) == whole, "who may see it does"
    assert "feed" not in seen_whole, "what every wall gets is nobody's own"


@pytest.mark.parametrize("role", EVERYBODY)
def test_what_is_anothers_is_masked_for_every_role(role: str) -> None:
    """The unit counts beside the role: of another department's alert nothing is whole."""
    marks = marks_of(role, own=False)
    assert all(PERSONAL not in encode(seen(each, marks)).decode() for each in told())


def files() -> Iterator[tuple[str, Any]]:
    """What goes out of the system to whoever gets it: files of jobs, notices, CAP, records of bad input."""
    orders = [each for each in told() if isinstance(each, Order | OrderLine)]
    for each in told():
        match each:
            case Alert():
                yield "export", export.columns(each)
                yield "replay", timeline.row(each)
                yield "cap", cap.message(each, (), "oversight.example.cn").decode()
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
    assert kinds == {"export", "replay", "cap", "quality"}
