"""Tables as the field sends them: encodings, Excel, wide archives, and every irregular cell by itself."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.fold import Fold
from streams.command import Trouble
from streams.gateways.cells import MOST, REASONS, Numbers, read_number
from streams.gateways.files import Content, main, read_file
from streams.messages import Quality, format_time, tick_bytes
from tests.support.books import the_book
from tests.support.pure.workbook import Cell, write_workbook

HEADER = [
    "Date",
    "Hour",
    "WatchPoint",
    "AQI",
    "Level",
    "PrimaryPollution",
    "PM2.5",
    "PM10",
    "CO",
    "NO2",
    "O3_1h",
    "O3_8h",
    "SO2",
]
WIDTH = {ord(each): ord(each) - ord("0") + 0xFF10 for each in "0123456789"} | {ord("."): 0xFF0E, ord("<"): 0xFF1C}
"""Characters of half width and their twins of full width (Unicode, FF00 to FFEF)."""
ITEMS = ["pm25", "pm10", "co", "no2", "o3", "o3_8h", "so2"]
VALUES = ["57", "69", "0.7", "45", "31", "47", "9"]
READ = {"pm25": 57, "pm10": 69, "co": 0.7, "no2": 45, "o3": 31, "o3_8h": 47, "so2": 9}
OWN = """
title = "one column of time"
fact = "air_hour"
kind = "air_station"
subject = "air"
region = "410100"
station = "站点"
missing = ["NA"]
[time]
columns = ["时间"]
format = ["%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y年%m月%d日%H时"]
label = "end"
interval = "1h"
[values]
o3 = "臭氧"
[numbers]
sentinels = [-99, 9999]
"""


def row(*changes: tuple[str, str], values: Sequence[str] = VALUES) -> list[str]:
    """A row of the national feed, with some columns changed."""
    cells = dict(zip(HEADER, ["20240601", "08", "烟厂", "78", "良", "颗粒物", *values], strict=True))
    return list((cells | dict(changes)).values())


def text(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """A table as Excel writes it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def written(folder: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    """A CSV file in UTF-8."""
    path = folder / "table.csv"
    path.write_text(text([header, *rows]), "utf-8", newline="")
    return path


def facts(content: Content) -> list[dict[str, Any]]:
    """The readings of a file."""
    events = [json.loads(arrival.value) for arrival in content.arrivals]
    return [event for event in events if event["type"].endswith(".air_hour")]


def read(folder: Path, *rows: Sequence[str], strict: bool = False) -> Content:
    """What is read of rows of the national feed."""
    return read_file(written(folder, rows), "environment", strict=strict)


def own(folder: Path, *lines: str, numbers: str = "") -> Content:
    """What is read of rows of one's own table: time, station, ozone."""
    mapping, path = folder / "own.toml", folder / "own.csv"
    mapping.write_text(OWN + numbers, "utf-8")
    path.write_text("\n".join(["时间;站点;臭氧", *lines]), "gb18030")
    return read_file(path, "environment", mapping)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),
        ("gb18030", ","),
        ("gbk", ";"),
        ("utf-16", "\t"),
        ("utf-16-le", "\t"),
        ("utf-16-be", ","),
        ("utf-8", ";"),
    ],
)
def test_what_office_programs_write(tmp_path: Path, encoding: str, separator: str) -> None:
    """Excel here writes CSV in GB18030, "Unicode text" in UTF-16 with tabs, and semicolons where the comma is decimal."""
    path = tmp_path / "table.csv"
    path.write_bytes(text([HEADER, row(), row(("Hour", "09"))], separator).encode(encoding))
    content = read_file(path, "environment")
    assert content.odd == []
    assert [(fact["subject"], fact["time"]) for fact in facts(content)] == [
        ("air.410100.烟厂", "2024-06-01T08:00:00+08:00"),
        ("air.410100.烟厂", "2024-06-01T09:00:00+08:00"),
    ]
    assert facts(content)[0]["data"] == READ | {"published": {"aqi": 78, "level": "良", "primary": "颗粒物"}}


def test_single_broken_bytes_do_not_change_the_encoding(tmp_path: Path) -> None:
    """A text in UTF-8 with one broken byte stays UTF-8: the row with the broken name is refused, the names of others stand."""
    whole = text([HEADER, *(row(("Hour", f"{hour:02d}")) for hour in range(12))]).encode()
    at = whole.rindex("烟".encode())
    path = tmp_path / "table.csv"
    path.write_bytes(whole[: at + 1] + b"\xff" + whole[at + 2 :])
    content = read_file(path, "environment")
    assert [fact.get("subject") for fact in facts(content)] == ["air.410100.烟厂"] * 11 + [None]
    assert [(odd.line, odd.column, odd.reason) for odd in content.odd] == [(13, "WatchPoint", "encoding")]


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2024, 6, 1), 8),
        (20240601, 8.0),
        (date(2024, 6, 1), timedelta(hours=8)),
        ("2024/6/1", "8"),
        ("2024年6月1日", "8时"),
        (date(2024, 5, 31), 32 - 8),
    ],
)
def test_excel(tmp_path: Path, day: Cell, hour: Cell) -> None:
    """A workbook gives what the CSV of the same cells gives: dates, whole numbers and durations are read as they are shown."""
    path = tmp_path / "table.xlsx"
    rest: list[Cell] = ["烟厂", 78, "良", "颗粒物", 57, 69.0, 0.7, 45, 31, 47, None]
    write_workbook(path, {"小时": [HEADER, [day, hour, *rest]]})
    (fact,) = facts(read_file(path, "environment"))
    midnight = hour == 24
    assert fact["time"] == ("2024-06-01T00:00:00+08:00" if midnight else "2024-06-01T08:00:00+08:00")
    assert {item: fact["data"].get(item) for item in ITEMS} == READ | {"so2": None}


def test_midnight_in_a_column_of_times(tmp_path: Path) -> None:
    """Excel keeps 00:00 as a whole number of days: in a column of times it is midnight, not a day without a time."""
    mapping, path = tmp_path / "own.toml", tmp_path / "own.xlsx"
    mapping.write_text(OWN, "utf-8")
    times = [datetime(2024, 6, 1, 23), datetime(2024, 6, 2), datetime(2024, 6, 2, 1)]
    rows: list[list[Cell]] = [[time, "北站", 7] for time in times]
    write_workbook(path, {"a": [["时间", "站点", "臭氧"], *rows], "b": [["x"]]})
    content = read_file(path, "environment", mapping)
    assert [fact["time"] for fact in facts(content)] == [f"{time:%Y-%m-%dT%H:00:00}+08:00" for time in times]
    assert [(odd.reason, odd.value) for odd in content.odd] == [("sheets", "b")]


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    """A text named .xlsx is trouble that names the file."""
    path = written(tmp_path, [row()]).rename(tmp_path / "table.xlsx")
    with pytest.raises(Trouble, match=r"table\.xlsx is no workbook"):
        read_file(path, "environment")


CELLS = [
    ("<2", None, "below-limit"),
    ("<2".translate(WIDTH), None, "below-limit"),
    ("≤2", None, "below-limit"),
    ("NA", None, ""),
    ("—", None, ""),
    ("", None, ""),
    ("-99", None, ""),
    ("\N{MINUS SIGN}99", None, ""),
    ("9999", None, ""),
    ("1,020", None, "one-comma"),
    ("12,5", 12.5, "decimal-comma"),
    ("0,125", 0.125, "decimal-comma"),
    ("1020".translate(WIDTH), 1020, "full-width"),
    ("12.5".translate(WIDTH), 12.5, "full-width"),
    ("abc", None, "not-a-number"),
    ("21. Apr", None, "not-a-number"),
    ("1e999", None, "not-a-number"),
    ("12,5,1", None, "not-a-number"),
    ("5\ufffd", None, "encoding"),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("cell", "value", "reason"), CELLS)
def test_each_cell(tmp_path: Path, cell: str, value: float | None, reason: str, strict: bool) -> None:
    """One cell is read, missing or refused; the other six values of the hour stand; --strict takes nothing irregular."""
    content = read(tmp_path, row(("PM10", cell)), strict=strict)
    (fact,) = facts(content)
    taken = bool(reason) and REASONS[reason][0] and not strict
    kept = {} if value is None or (reason and not taken) else {"pm10": value}
    assert {item: fact["data"][item] for item in ITEMS if item in fact["data"]} == {
        item: read for item, read in READ.items() if item != "pm10"
    } | kept
    assert [(odd.line, odd.column, odd.value, odd.reason, odd.taken) for odd in content.odd] == (
        [(2, "PM10", cell, reason, taken)] if reason else []
    )


@pytest.mark.parametrize(
    ("decimal", "cell", "value"),
    [
        (".", "1,020", 1020),
        (".", "1,020.5", 1020.5),
        (".", "12,5", None),
        (",", "1,020", 1.02),
        (",", "1.020,5", 1020.5),
        (",", "1.020", 1020),
        (",", "12.5", None),
        (",", "12,5", 12.5),
        (",", "7", 7),
    ],
)
def test_a_declared_decimal_sign_settles_it(decimal: Any, cell: str, value: float | None) -> None:
    """With its decimal sign declared 1,020 is one thing only, and a number of the other way of writing is refused."""
    found, reason = read_number(cell, Numbers(decimal))
    assert (found, bool(reason)) == (value, value is None)


@pytest.mark.parametrize(
    ("changes", "time", "reason"),
    [
        ((("Hour", "24"),), "2024-06-02T00:00:00+08:00", "hour-24"),
        ((("Date", "20241231"), ("Hour", "24")), "2025-01-01T00:00:00+08:00", "hour-24"),
        ((("Date", "2024-06-24"), ("Hour", "24:00")), "2024-06-25T00:00:00+08:00", "hour-24"),
        ((("Date", "2024/6/1"), ("Hour", "8:00")), "2024-06-01T08:00:00+08:00", ""),
        ((("Date", "2024-06-01"), ("Hour", "8")), "2024-06-01T08:00:00+08:00", ""),
        ((("Date", "20240601".translate(WIDTH)),), "2024-06-01T08:00:00+08:00", "full-width"),
        ((("Hour", "25"),), "20240601 25", "time"),
        ((("Hour", "24:30"),), "20240601 24:30", "time"),
        ((("Date", "20240631"),), "20240631 08", "time"),
        ((("Date", "1/6/2024"),), "1/6/2024 08", "time"),
    ],
)
def test_each_time(tmp_path: Path, changes: tuple[tuple[str, str], ...], time: str, reason: str) -> None:
    """Hour 24 is midnight at the end of the day; what is no time is told with what was expected, and the next row is read."""
    content = read(tmp_path, row(*changes), row(("Hour", "10")))
    found = facts(content)
    assert sorted(fact["time"] for fact in found) == sorted([time, "2024-06-01T10:00:00+08:00"])
    assert [(odd.line, odd.column, odd.reason) for odd in content.odd] == ([(2, "Date Hour", reason)] if reason else [])
    assert reason != "time" or "%Y%m%d %H" in content.odd[0].expected


def test_usual_times_are_declared_in_the_mapping(tmp_path: Path) -> None:
    """Of several formats the first that fits reads a row; 24:00 goes with each; semicolons separate, the comma is decimal."""
    content = own(
        tmp_path, "2024/6/1 8:00;北站;12,5", "2024-06-01 09:00:00;北站;-99", "2024年6月1日24时;北站;7", "1.6.2024;北站;7"
    )
    assert [(fact["time"], fact["data"]) for fact in facts(content)][-2] == ("2024-06-02T00:00:00+08:00", {"o3": 7})
    assert [fact["data"] for fact in facts(content)][:2] == [{"o3": 12.5}, {}]
    assert [(odd.line, odd.reason) for odd in content.odd] == [(2, "decimal-comma"), (4, "hour-24"), (5, "time")]
    declared = own(tmp_path, "2024/6/1 8:00;北站;1,020", numbers='decimal = ","')
    assert (facts(declared)[0]["data"], declared.odd) == ({"o3": 1.02}, [])


def test_a_refused_cell_says_where_it_is(tmp_path: Path) -> None:
    """File, line (a cell of two lines counts), column, value (shortened) and what was expected."""
    content = read(tmp_path, row(("PrimaryPollution", "a\nb")), row(("SO2", "x" * 99)), row()[:-1])
    first, second = content.odd
    assert (first.file, first.line, first.column, len(first.value)) == ("table.csv", 4, "SO2", MOST)
    assert first.expected.startswith("a number")
    assert (second.line, second.column, second.value, second.expected[-2:]) == (5, "", "12 cells", "13")


def test_the_log_says_which_fields_were_refused(tmp_path: Path) -> None:
    """Beside the fact stands a note without the cell's text; the judge makes a record (DQ-15) of each, and judges the rest."""
    content = read(tmp_path, row(("PM10", "<2 secret"), ("CO", "secret")))
    values = [arrival.value for arrival in content.arrivals]
    note = json.loads(values[-1])
    assert (note["type"], note["subject"]) == ("environment.field_note", "air.410100.烟厂")
    assert sorted(each["field"] for each in note["data"]["notes"]) == ["CO", "PM10"]
    assert "secret" not in values[-1].decode()
    at = content.arrivals[-1].at
    fold = Fold(the_book(), "test.events.environment", 0, keyed=False)
    outs = fold.run((n, None, value) for n, value in enumerate([tick_bytes(at), *values]))
    found = [out for out in outs if isinstance(out, Quality)]
    assert [record.rule for record in found if record.type.endswith("field_note")] == ["DQ-15", "DQ-15"]


WIDE = ["date", "hour", "type", "1001A", "1317A", "3329A"]


def wide(folder: Path, *rows: Sequence[str]) -> Content:
    """What is read of rows of the archive."""
    return read_file(written(folder, rows, WIDE), "environment")


def test_the_wide_archive(tmp_path: Path) -> None:
    """A row a pollutant, a column a station: one fact a station and hour; running means of a day are left out."""
    content = wide(
        tmp_path,
        ["20240601", "0", "AQI", "50", "60", ""],
        ["20240601", "0", "PM2.5", "35", "43", ""],
        ["20240601", "0", "PM2.5_24h", "99", "99", "99"],
        ["20240601", "0", "O3_8h", "80", "81", ""],
        ["20240601", "1", "PM2.5", "36", "", ""],
        ["20240601", "1", "CO", "0.7", "", "0.8"],
    )
    assert content.odd == []
    assert [(fact["subject"], fact["time"][11:13], fact["data"]) for fact in facts(content)] == [
        ("air.100000.1001A", "00", {"pm25": 35, "o3_8h": 80, "published": {"aqi": 50}}),
        ("air.100000.1317A", "00", {"pm25": 43, "o3_8h": 81, "published": {"aqi": 60}}),
        ("air.100000.1001A", "01", {"pm25": 36, "co": 0.7}),
        ("air.100000.3329A", "01", {"co": 0.8}),
    ]
    registered = [json.loads(each.value)["subject"] for each in content.arrivals if b".registered" in each.value]
    assert sorted(registered) == ["air.100000.1001A", "air.100000.1317A", "air.100000.3329A"]


def test_odd_cells_of_the_wide_archive(tmp_path: Path) -> None:
    """A bad cell, hour, pollutant, row or second value is told with its line; the other cells stand."""
    content = wide(
        tmp_path,
        ["20240601", "8", "SO2", "9", "<2", "7"],
        ["20240601", "8", "SO2", "9", "8", "6"],
        ["20240601", "25", "NO2", "1", "1", "1"],
        ["20240601", "8", "NOx", "1", "1", "1"],
        ["20240601", "8", "NO2", "1"],
        ["20240601", "24", "CO", "0.5", "", ""],
    )
    assert sorted((odd.line, odd.column, odd.reason) for odd in content.odd) == [
        (2, "1317A", "below-limit"),
        (3, "3329A", "twice"),
        (4, "date hour", "time"),
        (5, "type", "item"),
        (6, "", "cells"),
        (7, "date hour", "hour-24"),
    ]
    assert [(fact["subject"][-5:], fact["time"][8:13], fact["data"]) for fact in facts(content)] == [
        ("1001A", "01T08", {"so2": 9}),
        ("1317A", "01T08", {"so2": 8}),
        ("3329A", "01T08", {"so2": 7}),
        ("1001A", "02T00", {"co": 0.5}),
    ]


def test_every_reason_is_tried() -> None:
    """Each row of the table of reasons has a case in this file; others in test_foreign.py, test_registered.py."""
    told = {reason for _, _, reason in CELLS} | {"hour-24", "time", "cells", "item", "twice", "sheets", "encoding"}
    told |= {"unknown-word", "not-whole", "not-a-text", "not-a-flag", "owner-code", "position", "several"}
    told |= {"datum-gcj02", "datum-bd09", "elsewhere"}
    assert told - {""} == set(REASONS)


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Kafka it lists what was refused and what would be written, and exits 0; --report takes the list elsewhere."""
    path = written(tmp_path, [row(("SO2", "abc"), ("CO", "0,7"))])
    assert main([str(path), "--dry-run", "--settle", "1h"]) == 0
    out, err = capsys.readouterr()
    *odd, report = [json.loads(line) for line in out.splitlines()]
    assert sorted((each["column"], each["taken"]) for each in odd) == [("CO", True), ("SO2", False)]
    assert (report["rows"], report["events"], report["ticks"]) == (1, 3, 121)
    assert (report["refused"], report["remarks"]) == ({"not-a-number": 1}, {"decimal-comma": 1})
    assert "1 rows (utf-8, separated by ','); 1 cells or rows refused, 1 taken with a remark" in err
    listed = tmp_path / "odd.jsonl"
    assert main([str(path), "--dry-run", "--report", str(listed)]) == 0
    assert [json.loads(line) for line in listed.read_text("utf-8").splitlines()] == odd
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_nothing_taken_is_exit_1_and_still_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file without one readable time is trouble (exit 1); what was refused is listed before."""
    with pytest.raises(Trouble, match="nothing to import"):
        main([str(written(tmp_path, [row(("Hour", "25"))])), "--dry-run"])
    assert json.loads(capsys.readouterr().out)["reason"] == "time"


BAD = st.sampled_from([cell for cell, value, _ in CELLS if value is None and "\ufffd" not in cell])
NUMBERS = st.lists(st.integers(0, 999), min_size=7, max_size=7)


@settings(max_examples=100, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=4), BAD, st.data())
def test_one_bad_cell_never_changes_the_others(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[list[int]], bad: str, data: st.DataObject
) -> None:
    """Whatever stands in one cell, every other value of the file is what it is without it."""
    line, column = data.draw(st.integers(0, len(numbers) - 1)), data.draw(st.integers(0, 6))
    cells = [[str(number) for number in row_] for row_ in numbers]
    cells[line][column] = bad
    rows = [row(("Hour", f"{n:02d}"), values=values) for n, values in enumerate(cells)]
    found = [fact["data"] for fact in facts(read(tmp_path_factory.mktemp("bad"), *rows))]
    for n, (fact, known) in enumerate(zip(found, numbers, strict=True)):
        expected = dict(zip(ITEMS, known, strict=True))
        if n == line:
            del expected[ITEMS[column]]
        assert {item: fact[item] for item in ITEMS if item in fact} == expected


def test_ids_and_times_do_not_depend_on_what_was_refused(tmp_path: Path) -> None:
    """A row keeps its number as id, whatever is refused around it."""
    content = read(tmp_path, row(("SO2", "abc")), row()[:5], row(("Hour", "09")))
    found = {fact["id"]: fact["time"] for fact in facts(content)}
    assert found["1"] == format_time(content.arrivals[0].at)
    assert sorted(found) == ["1", "2", "3"]
