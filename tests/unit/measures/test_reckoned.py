"""Measures beside the book: calls of the hours that were told, what sources owe; alarms stand in the same list."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.measures.book.read import measure_book
from agents.measures.kpi import MEASURES
from agents.measures.measure_command import main
from agents.measures.reckoned.row import reckoned
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.command import Trouble
from streams.messages import Text, event_bytes, parse_time, tick_bytes

HOTLINE, STATION = "hotline.t.410102.1", "air_station.t.410105.1"


def archived(root: Path, domain: str, facts: list[tuple[str, str, str, dict[str, Any]]], until: str) -> Path:
    """An archive of facts of one domain (arrival, event time, kind, data) up to a time."""
    subject, chunk = (HOTLINE if domain == "service" else STATION), Chunk(0)
    offset = 0
    for n, (came, at, kind, data) in enumerate(facts):
        chunk.add(offset, parse_time(came), None, tick_bytes(parse_time(came)))
        value = event_bytes(type=f"{domain}.{kind}", source="s1", id=str(n), time=at, subject=subject, data=data)
        chunk.add(offset + 1, parse_time(came), subject.encode(), value)
        offset += 2
    chunk.add(offset, parse_time(until), None, tick_bytes(parse_time(until)))
    archive_files.write(root, f"t.events.{domain}", 0, chunk)
    return root


def told(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[Any]:
    """The JSON lines of a command."""
    assert main([*arguments, "--json"]) == 0
    return [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]


def hour(n: int) -> str:
    """An hour of a day in March."""
    return f"2026-03-02T{n:02}:00:00+08:00"


def test_calls_are_summed_and_hours_without_a_number_are_not_guessed(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """GB/T 33358-2016: answered of calls: 90 of 100 and 300 of 300 are 390 of 400, 97.5 %, not the mean of 90 and 100 %.

    By Wilson (1927) with z = 1.959964, (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), that is 95.46 to 98.64 %.
    """
    said: list[tuple[int, dict[str, Any]]] = [
        (1, {"answered": 90, "calls": 100}),
        (2, {"answered": 100, "calls": 300}),
        (3, {"answered": 40}),
    ]
    facts: list[tuple[str, str, str, dict[str, Any]]]
    facts = [(hour(0), hour(0), "registered", {"kind": "hotline", "name": Text("热线", "H"), "adcode": "410102"})]
    facts += [(hour(n), hour(n), "calls", data) for n, data in said]
    archive = archived(tmp_path, "service", facts, hour(5))
    (row,) = told(capsysbinary, "show", "hotline-connected", "--archive", str(archive))
    assert (row["key"], row["count"], row["of"], row["value"]) == (HOTLINE, 390, 400, 97.5)
    assert (round(row["low"], 2), round(row["high"], 2)) == (95.46, 98.64)
    assert row["beside"] == {"untold-hours": 3}


def test_alarms_of_an_archive_are_measured(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """One alarm of a rule in the period: 1 in its busiest ten minutes, within the 10 of ISA-18.2-2016 16.4; by desk too."""
    facts: list[tuple[str, str, str, dict[str, Any]]]
    facts = [
        (hour(0), hour(0), "registered", {"kind": "hotline", "name": Text("热线", "H"), "adcode": "410102"}),
        (hour(1), hour(1), "calls", {"answered": 50, "calls": 100}),
    ]
    archive = archived(tmp_path, "service", facts, hour(2))
    rows = told(capsysbinary, "show", "alarm-peak", "--archive", str(archive), "--by", "rule")
    assert [(row["key"], row["value"]) for row in rows] == [("hotline-unanswered", 1)]
    (desk,) = told(capsysbinary, "show", "alarm-peak", "--archive", str(archive))
    assert (desk["value"], desk["verdict"]) == (1, "acceptable")
    with pytest.raises(Trouble, match="nothing is told of which recurrence"):
        main(["show", "recurrence", "--archive", str(archive)])


def test_what_a_source_owes_counts_by_the_interval_of_its_type(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """GB 3095: hourly air. Of the hours 1 to 5 four came, one late and so refused, one out of bounds; a copy is none."""
    air: dict[str, Any] = {"so2": 10.0}
    facts = [
        (hour(0), hour(0), "registered", {"kind": "air_station", "name": Text("站", "S"), "adcode": "410105"}),
        (hour(1), hour(1), "air_hour", air),
        (hour(2), hour(2), "air_hour", {"so2": -4.0}),
        (hour(5), hour(3), "air_hour", air),
        (hour(5), hour(4), "air_hour", air),
        (hour(5), hour(4), "air_hour", air),
    ]
    archive = archived(tmp_path, "environment", facts, hour(6))
    found = {}
    for name in ("complete", "timely", "valid"):
        (row,) = told(capsysbinary, "show", f"source-{name}", "--archive", str(archive), "--by", "source")
        assert row["key"] == "s1"
        found[name] = row["count"], row["of"]
    assert found == {"complete": (4, 5), "timely": (3, 5), "valid": (2, 4)}


def test_the_list_is_one(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Measures of work, of alarms (all of ISA-18.2 and EEMUA 191), of calls and sources stand in one list, each id once."""
    ids = [row["id"] for row in told(capsysbinary, "list")]
    assert len(ids) == len(set(ids))
    assert set(ids) == {*measure_book().measures, *(f"alarm-{name}" for name in MEASURES), *reckoned()}
    assert all(row.source.zh and row.source.en for row in reckoned().values())


def test_titles_of_alarms_say_their_numbers() -> None:
    """ISA-18.2-2016 16.4: a flood begins at 10 annunciations in 10 minutes and ends below 5; no title names a number unsaid."""
    flood = reckoned()["alarm-flood"].name
    assert "10 分钟内 10 条及以上开始，少于 5 条结束" in flood.zh
    assert "begins at 10 or more in 10 minutes, ends below 5" in flood.en
    assert [name for name, row in reckoned().items() if set("{}") & set(row.name.zh + row.name.en)] == []


def test_what_it_cannot_be_told_by_is_refused(tmp_path: Path) -> None:
    """Alarms have no months here, and a request has no source."""
    with pytest.raises(Trouble, match="is told by unit, district, domain, rule, not by month"):
        main(["show", "alarm-rate", "--archive", str(tmp_path), "--by", "month"])
    with pytest.raises(Trouble, match="not by source"):
        main(["show", "request-signed", "--archive", str(tmp_path), "--by", "source"])
