"""Reading tables and CloudEvents into a timeline."""

import json
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from streams.command import Trouble
from streams.gateways.files import beats, check, main, read_file
from streams.gateways.timeline import Arrival
from streams.messages import HOUR, MINUTE, TICK, parse_time
from tests.support.shared import STAND_IN, air

HEADER = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2"


@pytest.fixture(params=["郑州", STAND_IN])
def city(request: pytest.FixtureRequest) -> str:
    """Whose file is read: Zhengzhou's stations as they were published, or what stands in for them."""
    return str(request.param)


@pytest.fixture
def path(city: str) -> Path:
    """The file."""
    return air(city)


def events(path: Path, **options: object) -> list[dict]:
    """The events of a file, decoded by the standard library, registers among them."""
    return [json.loads(arrival.value) for arrival in read_file(path, "environment", **options).arrivals]


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A CSV file of these lines."""
    path = folder / "table.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def hours(found: list[dict]) -> list[dict]:
    """The readings among events."""
    return [event for event in found if event["type"] == "environment.air_hour"]


@pytest.fixture
def pandas_rows(path: Path) -> pd.DataFrame:
    """The file as pandas reads it, as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_every_row_of_the_file_becomes_one_event_in_order_of_time(pandas_rows: pd.DataFrame, path: Path) -> None:
    """Every row, duplicates included, is one event; a stable sort by time is the order, the row's number is the id."""
    found = hours(events(path))
    stamp = pandas_rows["Date"] + pandas_rows["Hour"]
    expected = stamp.sort_values(kind="stable").index + 1
    assert [int(event["id"]) for event in found] == list(expected)
    labels = pd.to_datetime(stamp, format="%Y%m%d%H").dt.strftime("%Y-%m-%dT%H:%M:%S+08:00")
    assert all(event["time"] == labels[int(event["id"]) - 1] for event in found)


def test_values_of_the_file_are_what_pandas_reads(pandas_rows: pd.DataFrame, path: Path) -> None:
    """Each number is the number in the file, each NaN is absent, and what was published stands as it was written."""
    columns = {"so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3_1h", "o3_8h": "O3_8h", "pm10": "PM10", "pm25": "PM2.5"}
    for event in hours(events(path)):
        row = pandas_rows.iloc[int(event["id"]) - 1]
        data = dict(event["data"])
        published = data.pop("published", {})
        assert data == {field: float(row[column]) for field, column in columns.items() if row[column] != "NaN"}
        assert published.get("aqi") == (None if row["AQI"] == "NaN" else int(row["AQI"]))
        assert published.get("level", "") == row["Level"]
        assert published.get("primary", "NaN") == row["PrimaryPollution"]


def test_the_file_keeps_its_flaws(pandas_rows: pd.DataFrame, path: Path, city: str) -> None:
    """Zhengzhou's 30 second copies, the 8 multi-line fields and the 93 of 140 hours that are there all come through."""
    known = {"郑州": {"copies": 30, "lines": 8, "hours": (93, 140)}, STAND_IN: {"copies": 3, "lines": 1, "hours": (28, 30)}}[
        city
    ]
    found = hours(events(path))
    slots = [(event["subject"], event["time"]) for event in found]
    copies = int(pandas_rows.duplicated(["Date", "Hour", "WatchPoint"]).sum())
    assert len(slots) - len(set(slots)) == copies == known["copies"]
    assert sum("\n" in event["data"].get("published", {}).get("primary", "") for event in found) == known["lines"]
    times = {parse_time(event["time"]) for event in found}
    assert (len(times), (max(times) - min(times)) // HOUR + 1) == known["hours"]


def test_a_renamed_station_is_not_registered(pandas_rows: pd.DataFrame, path: Path, city: str) -> None:
    """岗李水库(对照点) is 岗李水库 with a suffix: its rows go out, the register knows the other nine names only."""
    other, count = {"郑州": ("岗李水库(对照点)", 96), STAND_IN: ("甲站(对照点)", 2)}[city]
    found = events(path)
    registered = {event["data"]["name"]["zh"] for event in found if event["type"] == "environment.registered"}
    assert registered == set(pandas_rows["WatchPoint"]) - {other}
    assert sum(event["subject"] == f"air.410100.{other}" for event in hours(found)) == count


def test_a_station_is_registered_before_its_first_reading(path: Path) -> None:
    """No reading of a registered station stands above its register."""
    seen: set[str] = set()
    for event in events(path):
        if event["type"] == "environment.registered":
            seen.add(event["subject"])
        else:
            assert event["subject"] in seen or event["subject"].endswith("(对照点)")


def test_a_mapping_can_register_the_renamed_station(tmp_path: Path) -> None:
    """A name in the mapping's register is registered, with what the register knows of it."""
    own = tmp_path / "own.toml"
    known = (Path(__file__).parents[3] / "streams/gateways/cnemc.toml").read_text("utf-8")
    own.write_text(known + '\n[stations."岗李水库(对照点)"]\nadcode = "410108"\nlon = 113.5\nlat = 34.8\n', "utf-8")
    rows = [f"20200402,08,{name},NaN,,NaN,1,2,0.1,3,4,5,6" for name in ("岗李水库", "岗李水库(对照点)")]
    facts = [event["data"] for event in events(table(tmp_path, *rows), own=own) if event["type"].endswith("registered")]
    assert [(fact["name"]["zh"], fact["adcode"], fact.get("lon")) for fact in facts] == [
        ("岗李水库", "410100", None),
        ("岗李水库(对照点)", "410108", 113.5),
    ]


def test_a_table_of_ones_own_goes_by_its_mapping(tmp_path: Path) -> None:
    """Other column names, and a label at the start of the hour: the event's time is the end."""
    own = tmp_path / "own.toml"
    own.write_text(
        'title = "mine"\nfact = "air_hour"\nkind = "air_station"\nsubject = "air"\nregion = "410300"\n'
        'station = "site"\n'
        'missing = ["-"]\n[time]\ncolumns = ["at"]\nformat = "%Y-%m-%d %H:%M"\nlabel = "start"\ninterval = "1h"\n'
        '[values]\no3 = "ozone"\nso2 = "sulfur"\n'
    )
    found = hours(events(table(tmp_path, "2026-06-01 08:00,北站,12.5,-", header="at,site,ozone,sulfur"), own=own))
    assert [(event["subject"], event["time"], event["data"]) for event in found] == [
        ("air.410300.北站", "2026-06-01T09:00:00+08:00", {"o3": 12.5})
    ]


def test_an_unknown_header_says_what_was_found_and_what_is_needed(tmp_path: Path) -> None:
    """The trouble names the columns that are there, those that a known mapping lacks, and --map."""
    with pytest.raises(Trouble, match=r"(?s)columns are: when, where.*needs.*WatchPoint.*--map FILE\.toml"):
        read_file(table(tmp_path, "a,b", header="when,where"), "environment")


def test_bad_rows_go_as_they_stand(tmp_path: Path) -> None:
    """Cells that are no number are left out, the others stay; an impossible hour and a row of too few cells go as text."""
    found = hours(
        events(
            table(
                tmp_path,
                "20200402,08,甲,NaN,,NaN,abc,21. Apr,1e999,3,4,5,6",
                "20200402,25,甲,NaN,,NaN,1,2,0.1,3,4,5,6",
                "20200402,09,甲,7",
                "20200402,09,,NaN,,NaN,1,2,0.1,3,4,5,6",
            )
        )
    )
    assert found[0]["data"] == {"no2": 3, "o3": 4, "o3_8h": 5, "so2": 6}
    assert found[1]["time"] == "20200402 25"
    assert found[2]["data"] == ["20200402", "09", "甲", "7"]
    assert "subject" not in found[3]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEADER.encode() + b"\n\x89PNG\xff\xff\xff\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (HEADER.encode() + b'\n"' + b"x" * 200_000, "quotation mark"),
        (HEADER.encode() + b"\n", "nothing to import"),
        (b"", "no mapping fits"),
    ],
)
def test_a_file_that_cannot_be_read_is_trouble(tmp_path: Path, content: bytes, words: str) -> None:
    """A wrong encoding, an open quotation mark, no rows, no header: each says what is wrong."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(Trouble, match=words):
        check(path, read_file(path, "environment"))


def test_parquet_of_the_same_columns_gives_the_same_events(tmp_path: Path, path: Path, pandas_rows: pd.DataFrame) -> None:
    """The file written as Parquet by pandas gives the events of the CSV file, but for the source's name."""
    written = tmp_path / f"{path.stem}.parquet"
    pandas_rows.to_parquet(written)
    without = [{**event, "source": ""} for event in events(path)]
    assert [{**event, "source": ""} for event in events(written)] == without


def test_numbers_and_nulls_of_parquet(tmp_path: Path) -> None:
    """Numeric columns and nulls of Parquet are read as numbers and missing values."""
    row = {"Date": [20200402], "Hour": [8], "WatchPoint": ["甲"], "AQI": [50.0], "Level": ["优"], "PrimaryPollution": [None]}
    values = {"PM2.5": [3.5], "PM10": [float("nan")], "CO": [0.1], "NO2": [3], "O3_1h": [4], "O3_8h": [None], "SO2": [6]}
    path = tmp_path / "t.parquet"
    pd.DataFrame(row | values).to_parquet(path)
    data = hours(events(path))[0]["data"]
    assert {key: data[key] for key in data if key != "published"} == {"pm25": 3.5, "co": 0.1, "no2": 3, "o3": 4, "so2": 6}


def test_cloudevents_lines_go_as_they_are(tmp_path: Path) -> None:
    """Lines keep their bytes; one that is no event goes with the line above it; each goes to the topic of its domain."""
    lines = [
        b'{"specversion":"1.0","id":"2","source":"s","type":"environment.air_hour","subject":"a","time":"2026-06-01T09:00:00+08:00"}',
        b"no event at all",
        b'{"specversion":"1.0","id":"1","source":"s","type":"environment.air_hour","subject":"b","time":"2026-06-01T08:00:00+08:00"}',
    ]
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(lines))
    arrivals = read_file(path, "environment").arrivals
    assert [arrival.value for arrival in arrivals] == [lines[2], lines[0], lines[1]]
    assert [arrival.key for arrival in arrivals] == [b"b", b"a", b""]


def test_ticks_in_a_file_say_when_its_events_arrived(tmp_path: Path) -> None:
    """Ticks are not copied; an event below a tick arrives at that tick, however old its own time is."""
    tick = b'{"specversion":"1.0","id":"t","source":"clock","type":"clock.tick","time":"2026-06-01T12:00:00+08:00"}'
    late = (
        b'{"specversion":"1.0","id":"1","source":"s","type":"environment.air_hour","subject":"b","time":"2026-06-01T08:00:00Z"}'
    )
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join([tick, late]))
    assert read_file(path, "environment").arrivals == [
        Arrival(parse_time("2026-06-01T12:00:00+08:00"), "environment", b"b", late)
    ]


def test_ticks_run_from_an_hour_before_to_the_settled_end(tmp_path: Path) -> None:
    """First tick an hour before the first row, last one `settle` after the last; every row follows the tick of its time."""
    rows = [f"20200402,{hour:02d},甲,NaN,,NaN,1,2,0.1,3,4,5,6" for hour in (9, 8, 11)]
    found = list(beats(read_file(table(tmp_path, *rows), "environment"), MINUTE, 2 * HOUR))
    ticks = [beat for beat in found if isinstance(beat, int)]
    eight = parse_time("2020-04-02T08:00:00+08:00")
    assert ticks == list(range(eight - HOUR, eight + 5 * HOUR + 1, MINUTE))
    now = None
    for beat in found:
        now = beat if isinstance(beat, int) else now
        if isinstance(beat, Arrival):
            assert now == beat.at


def test_standard_output_is_what_the_judge_reads(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`--stdout` writes CloudEvents and ticks, one a line, and the report goes to standard error."""
    assert main([str(table(tmp_path, "20200402,08,甲,NaN,,NaN,1,2,0.1,3,4,5,6")), "--stdout", "--settle", "1h"]) == 0
    out, err = capfdbinary.readouterr()
    types = [json.loads(line)["type"] for line in out.splitlines()]
    assert types.count(TICK) == 121
    assert types[60:63] == [TICK, "environment.registered", "environment.air_hour"]
    summary, line = err.splitlines()
    assert b"1 rows (utf-8, separated by ','); 0 cells or rows refused" in summary
    report = msgspec.json.decode(line)
    assert {key: report[key] for key in ("rows", "events", "ticks", "stations")} == {
        "rows": 1,
        "events": 2,
        "ticks": 121,
        "stations": 1,
    }
