"""The page of the directory is given types, fields, readers, versions and files; sources where Kafka answers."""

from pathlib import Path

import pytest

from screen.catalogue.page import corrections, readers
from screen.catalogue.routes import FILES, CatalogueRoutes
from screen.catalogue.sources import SourceReader
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.orders.list import Looker
from streams.catalogue.described import catalogue, groups
from streams.directory import version
from streams.directory.lint import SECRECY
from streams.messages import Actor
from streams.messages.services.catalogue import CatalogueStep
from streams.settings import Settings
from tests.support.kafka.settings import settings_in
from tests.support.law import book_of_files
from tests.support.orders.records import BUREAU, HELPER, line, order
from tests.support.pure.visitor import visitor

LOG = "drill"


@pytest.fixture
def hub() -> Hub:
    """A hub that knows the rule book of the files."""
    made = Hub()
    made.view = fold(View(), [book_of_files()])
    return made


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a log whose Kafka is not read."""
    monkeypatch.setattr(SourceReader, "_read", lambda _self: None)
    return settings_in(tmp_path)


def test_the_directory_is_told_whole(hub: Hub, settings: Settings) -> None:
    """Groups in their order, every type with its elements and its fields, the version of the program; no word of secrecy."""
    answer = visitor(CatalogueRoutes(hub, settings, LOG).table()).get("/screen/catalogue")
    told = answer.json()
    assert [group["name"] for group in told["groups"]] == list(groups())
    assert {each["type"]: len(each["fields"]) for each in told["types"]} == {
        name: len(each.fields) for name, each in catalogue().items()
    }
    assert told["version"] == version.fingerprint()
    assert not SECRECY.search(answer.text)


def test_rules_that_read_a_type_are_told_with_the_fields_they_judge() -> None:
    """The hourly limit of gases reads air hours, and judges sulphur dioxide; without a book nothing is told."""
    found = {rule["id"]: rule for rule in readers(book_of_files())["environment.air_hour"]}
    assert "so2" in found["gas-hourly"]["items"]
    assert found["gas-hourly"]["title"]["zh"]
    assert readers(None) == {}
    assert set(readers(book_of_files())) <= {*catalogue(), *(name for name in readers(book_of_files()) if "alert:" in name)}


def test_orders_to_correct_data_are_told_whom_they_are_for() -> None:
    """Who works in a receiving unit is told its own; a dispatcher, who sees all orders, all of them, by unit."""
    view = fold(
        View(), [order(1, kind="correction"), line(1), order(2, kind="correction"), line(2, unit=HELPER), order(3), line(3)]
    )
    told = [corrections(view, who) for who in (Looker("li", frozenset({BUREAU}), True), Looker("wang"))]
    assert [{unit: [row["id"] for row in rows] for unit, rows in each.items()} for each in told] == [
        {BUREAU: [order(1).id]},
        {BUREAU: [order(1).id], HELPER: [order(2).id]},
    ]


def test_what_is_so_now(hub: Hub, settings: Settings) -> None:
    """Readers, open alerts, versions with the law's days: a draft that follows a change has ten working days."""
    actor = Actor(id="a", role="admin", department="zz-ee")
    at = "2026-03-02T10:00:00+08:00"
    step = CatalogueStep(version="0123456789abcdef", step="drafted", digest="0" * 64, at=at, by=actor, since=at)
    hub.view = fold(hub.view, [step])
    told = visitor(CatalogueRoutes(hub, settings, LOG).table()).get("/screen/catalogue/now").json()
    assert (told["book"], told["trouble"], told["sources"]) == (True, "", [])
    (only,) = told["versions"]
    assert (only["state"], only["in_force"], only["steps"][0]["unit"]["zh"]) == ("drafted", False, "郑州市生态环境局")
    assert [clock["due"] for clock in only["clocks"]] == ["2026-03-17T00:00:00+08:00"]


def test_files_are_given_and_forms_of_many_files_are_not(hub: Hub, settings: Settings) -> None:
    """xlsx, AsyncAPI and markdown come as files; another form is 404 with what there is."""
    page = visitor(CatalogueRoutes(hub, settings, LOG).table())
    for form, name in FILES.items():
        answer = page.get(f"/screen/catalogue/file?format={form}")
        assert answer.status_code == 200
        assert name in answer.headers["content-disposition"]
    assert page.get("/screen/catalogue/file?format=xlsx").content.startswith(b"PK")
    assert page.get("/screen/catalogue/file?format=odcs").status_code == 404
