"""Orders as tables for analysts: what an order, its lines, clocks and trail have, without persons and their words."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from agents.jobs import export, order_tables
from agents.jobs.signs import sign_table
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from agents.offline.standing import StandingOrder
from streams.messages import CitySign, Order, OrderAudit, OrderLine, SignState, Text, encode
from streams.messages.orders import Passage, Receiver
from streams.settings import load
from tests.support.orders.partition import BRANCH, ECOLOGY, HOTLINE, ORDER, OrderPartition, actor, link
from tests.support.orders.records import line, order

DAY = {"from": "2026-03-06T00:00:00+08:00", "to": "2026-03-07T00:00:00+08:00"}
REPORT, ASKED = "1" * 32, "2" * 32
TABLES = ("signs", "orders", "order-lines", "order-clocks", "order-entries")


def sign(name: str, area: str, state: SignState, value: float | None, **more: Any) -> CitySign:
    """How a sign of an area stands."""
    none = {"numerator": 3.0, "denominator": 4.0, "valid": 4, "due": 8, "coverage": 0.5, "newest": None, "version": "v"}
    return CitySign(sign=name, area=area, state=state, value=value, at=DAY["to"], since=DAY["from"], **(none | more))


SIGNS = [
    sign("site-availability", "410105", "na", None),
    sign("site-availability", "410100", "orange", 75.0, band=(None, (91.5, 99.25))),
    sign("lift-rescues", "410102", "ok", 2.5, due=None, coverage=None),
    sign("gone", "410100", "ok", 1.0),
]
"""Of two domains, and one that the book has no more."""


@pytest.fixture(scope="module")
def by() -> OrderPartition:
    """A lead, late in signing; a report (举报); a request of a caller, whom somebody has called."""
    made = OrderPartition()
    made.tick("2026-03-06T09:01:00+08:00")
    made.issue(alerts=(link(),), verdict="true", adcode="410105", title=Text("=1+1", "=1+1"))
    said: dict[str, Any] = {"kind": "request", "receivers": (Receiver(unit=ECOLOGY, part="main", demand="请联系"),)}
    said |= {"actor": actor("dispatcher", HOTLINE, "zhang"), "adcode": "410102"}
    called = (Passage(name="contact", words="王女士 13800000000"),)
    made.issue(REPORT, traits={"nature": "report", "accused": "zz-mr"}, title=Text("举报事项", "Report"), **said)
    made.issue(ASKED, traits={"nature": "help"}, text=called, title=Text("求助", "Help"), **said)
    for each in (REPORT, ASKED):
        made.act("sign", actor("clerk", ECOLOGY, "li"), each)
        made.act("contact", actor("handler", ECOLOGY, "chen"), each, reason="来电人住在三楼", who="王女士")
    made.tick("2026-03-06T12:00:00+08:00")
    made.act("sign", actor("clerk", BRANCH))
    made.tick("2026-03-07T09:00:00+08:00")
    return made


def exported(
    folder: Path, made: OrderPartition, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table, the same in both files."""

    def of_orders(_settings: Any, _log: str, topic: str) -> Iterator[Any]:
        kinds = (OrderAudit,) if topic == "order-audit" else (Order, OrderLine)
        found = [each for each in made.told if isinstance(each, kinds)]
        yield from (*found, *found[-3:])  # a worker that was killed has written copies

    folder.mkdir()
    monkeypatch.setattr(export, "revisions", lambda *_: iter(()))
    monkeypatch.setattr(export, "newest_incidents", lambda *_: [])
    monkeypatch.setattr(order_tables, "of_orders", of_orders)
    monkeypatch.setattr(sign_table, "signs_of", lambda *_: SIGNS)
    settings = load({"ONESCREEN_DATA": str(folder.parent / "data")})
    who = actor("supervisor", HOTLINE, "sun")
    export.export(msgspec.Raw(encode(DAY | more)), Work(settings, "t", folder, folder, lambda _: None, by=who, at=DAY["to"]))
    found: dict[str, list[dict[str, Any]]] = {}
    for name in TABLES:
        found[name] = pq.read_table(folder / f"{name}.parquet").to_pylist()
        table = list(csv.DictReader((folder / f"{name}.csv").read_text("utf-8-sig").splitlines()))
        assert [[*row] for row in table] == [[*row] for row in found[name]]
    return found


def test_the_tables_have_what_stands_in_the_log(by: OrderPartition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 12: a lead unsigned at 11:01 was late, and stays so; lines, clocks and entries are those of the log, each once."""
    found = exported(tmp_path / "e", by, monkeypatch)
    lead, asked = sorted(found["orders"], key=lambda row: row["kind"])
    assert [lead[name].partition("-")[0] for name in ("id", "number", "alerts")] == ["order", "number", "alert"]
    assert not {lead["id"], lead["number"], lead["alerts"]} & {ORDER, by.orders[ORDER].number, "a" * 32}
    assert (lead["state"], lead["main"], lead["late"], lead["overdue"]) == (by.orders[ORDER].state, BRANCH, True, False)
    assert (asked["title_zh"], asked["issuer"]) == (None, HOTLINE)
    assert {(row["order"], row["line"], row["unit"], row["state"]) for row in found["order-lines"]} == {
        (lead["id"], "1", BRANCH, "signed"),
        (asked["id"], "1", ECOLOGY, "signed"),
    }
    signs = [row for row in found["order-clocks"] if (row["order"], row["clock"]) == (lead["id"], "sign")]
    assert [(row["limit"], row["late"], row["mark"]) for row in signs] == [("2 working-hours", True, "default")]
    trail = [each for each in by.told if isinstance(each, OrderAudit) and each.order != REPORT]
    ids = {ORDER: lead["id"], ASKED: asked["id"]}
    assert [(row["order"], row["n"], row["event"], row["hash"]) for row in found["order-entries"]] == [
        (ids[each.order], each.n, each.event, None) for each in trail
    ]
    summary = json.loads((tmp_path / "e" / "summary.json").read_bytes())
    assert [summary[name] for name in ("alerts", "orders", "lines", "reports")] == [0, 2, 2, 1]


def test_no_person_no_words_and_no_report_is_in_a_file(
    by: OrderPartition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 41: callers and what they said stay out, names of officials, titles, and 举报 wholly."""
    exported(tmp_path / "e", by, monkeypatch)
    for name in TABLES:
        written = (tmp_path / "e" / f"{name}.csv").read_text("utf-8-sig")
        for hidden in (
            "王女士",
            "13800000000",
            "三楼",
            "请联系",
            "zhang",
            "chen",
            REPORT,
            "举报事项",
            by.orders[REPORT].number,
        ):
            assert hidden not in written
    assert "=1+1" not in (tmp_path / "e" / "orders.csv").read_text("utf-8-sig"), "a title is people's text"


def test_what_follows_from_a_report_is_in_no_file(by: OrderPartition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A supervision of a report tells of it: it is withheld and counted with it, also where the report lies before the day."""
    made: Any = SimpleNamespace(told=[*by.told, order(7, kind="supervision", parent=REPORT, opened_at=DAY["from"]), line(7)])
    assert "supervision" not in {row["kind"] for row in exported(tmp_path / "e", made, monkeypatch)["orders"]}
    assert json.loads((tmp_path / "e" / "summary.json").read_bytes())["reports"] == 2


def test_what_was_purged_has_no_title(by: OrderPartition) -> None:
    """清除: its texts are gone, and a title that should not have been written leaves no copy."""
    purged = msgspec.structs.replace(by.orders[ASKED], purged=True)
    row = order_tables.order_columns(StandingOrder(purged))
    assert (row["title_zh"], row["title_en"]) == ("", "")


def test_an_export_is_narrowed(by: OrderPartition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By district, by the domain of its alerts, and by the day on which it was opened; too many are refused."""
    district = exported(tmp_path / "district", by, monkeypatch, districts=["410102"])
    assert [row["kind"] for row in district["orders"]] == ["request"]
    domain = exported(tmp_path / "domain", by, monkeypatch, domains=["environment"])
    assert [row["kind"] for row in domain["orders"]] == ["lead"]
    later = {"from": "2026-03-07T00:00:00+08:00", "to": "2026-03-08T00:00:00+08:00"}
    assert exported(tmp_path / "later", by, monkeypatch, **later)["orders"] == []
    monkeypatch.setattr(order_tables, "MOST", 1)
    with pytest.raises(RefusedError, match="more than 1 orders"):
        exported(tmp_path / "many", by, monkeypatch)


def test_signs_stand_beside_as_they_are(by: OrderPartition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with coverage and band; NA has no value; narrowed by who answers for them and by area."""
    found = exported(tmp_path / "a", by, monkeypatch)["signs"]
    names = ("sign", "area", "owner", "state", "value", "coverage", "p10", "p90")
    assert [tuple(row[name] for name in names) for row in found] == [
        ("gone", "410100", "", "ok", 1.0, 0.5, None, None),
        ("lift-rescues", "410102", "special_equipment", "ok", 2.5, None, None, None),
        ("site-availability", "410100", "cyber", "orange", 75.0, 0.5, 91.5, 99.25),
        ("site-availability", "410105", "cyber", "na", None, 0.5, None, None),
    ]
    cyber = exported(tmp_path / "b", by, monkeypatch, domains=["cyber"])["signs"]
    assert [row["area"] for row in cyber] == ["410100", "410105"]
    whole = exported(tmp_path / "c", by, monkeypatch, districts=["410100"])["signs"]
    assert [row["sign"] for row in whole] == ["gone", "site-availability"]
