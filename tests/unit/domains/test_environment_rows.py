"""The rows of the environment and of data quality: each stands; the law in force at event time judges and is cited."""

from collections.abc import Iterable

import pytest

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.intake import ROWS
from agents.core.rules.book import Book
from agents.domains.environment.judges import check_air_hour
from agents.domains.environment.payload import AirHour, Published
from agents.domains.environment.source_checks import check_source
from agents.domains.environment.source_codes import UNITS
from agents.domains.environment.source_payload import Factor, SourceData
from streams.gateways.hj212.decode import Decoder, decode_lines
from streams.messages import (
    HOUR,
    Alert,
    Quality,
    event_bytes,
    format_time,
    parse_time,
)
from tests.support.books import the_book
from tests.support.pure.hj212 import uploaded
from tests.support.pure.polluter import MORNING, NOON, START, fact, register, tick


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rule book."""
    return the_book()


def judged(book: Book, values: Iterable[bytes]) -> list[Output]:
    """What a log of these values makes."""
    fold = Fold(book, "test.events.environment", 0, keyed=False)
    return fold.run((n, None, value) for n, value in enumerate(values))


def cited(outputs: Iterable[Output], rule: str) -> list[tuple[str, str]]:
    """Edition and article of each first raise of a rule."""
    alerts = [out for out in outputs if isinstance(out, Alert) and out.rule == rule and out.audit == 1]
    return [(alert.clause.edition, alert.clause.article) for alert in alerts]


def test_every_row_of_the_environment_is_a_rule(book: Book) -> None:
    """ENV-I01 to ENV-I15 and ENV-P01 to ENV-P22 each stand as a rule, in the phase that their letter says."""
    rows = {spec.row: spec.phase for spec in book.rules.values() if spec.row.startswith("ENV-")}
    in_process = {f"ENV-I{n:02d}": "in-process" for n in range(1, 16)}
    assert rows == in_process | {f"ENV-P{n:02d}": "post-event" for n in range(1, 23)}


def test_hj_633_changes_on_2026_03_01(book: Book) -> None:
    """Two hours of PM2.5 75 give index 100 by HJ 633-2012 and more by HJ 633-2026: nothing in February, an alert in March."""
    for day, expected in (("2026-02-28", []), ("2026-03-01", ["HJ 633-2026"])):
        hours = [
            fact("air_hour", f"{day}T{hour:02d}:00:00+08:00", so2=9, no2=45, co=0.7, o3=31, pm10=90, pm25=75) for hour in (8, 9)
        ]
        found = cited(judged(book, [register("air_station"), *hours]), "aqi-hourly")
        assert [edition for edition, _ in found] == expected


def test_gb_3095_changes_on_2026_03_01(book: Book) -> None:
    """An hour of ozone 201 exceeds before and after, by the edition of its own time."""
    for time, edition in (("2026-02-28T23:00:00+08:00", "GB 3095-2012"), ("2026-03-01T00:00:00+08:00", "GB 3095-2026")):
        found = cited(judged(book, [register("air_station"), fact("air_hour", time, o3=201)]), "gas-hourly")
        assert [each for each, _ in found] == [edition]


@pytest.mark.parametrize(
    ("finding", "rule", "old", "article"),
    [
        ("device-not-running", "device-not-kept", "生态环境监测条例", "第一千零八十六条"),
        ("data-falsified", "data-falsified", "生态环境监测条例", "第八十条"),
        ("evasion", "supervision-evaded", "环境保护法", "第一百六十四条"),
    ],
)
def test_the_code_holds_from_2026_08_15(book: Book, finding: str, rule: str, old: str, article: str) -> None:
    """The same finding is prosecuted by the old law until 2026-08-14 and by 生态环境法典 from 2026-08-15."""
    before, after = (
        cited(judged(book, [register(), fact("inspection", time, finding=finding)]), rule)
        for time in ("2026-08-14T23:59:59+08:00", "2026-08-15T00:00:00+08:00")
    )
    assert old in before[0][0]
    assert after[0][0].startswith("生态环境法典")
    assert article in after[0][1]


@pytest.mark.parametrize(("finding", "rule"), [("device-not-running", "device-not-kept"), ("data-falsified", "data-falsified")])
def test_the_monitoring_regulation_holds_from_2026_01_01(book: Book, finding: str, rule: str) -> None:
    """生态环境监测条例 (国务院令第820号) is in force from 2026-01-01: the day before the laws on air and water are cited."""
    before, after = (
        cited(judged(book, [register(), fact("inspection", time, finding=finding)]), rule)
        for time in ("2025-12-31T23:59:59+08:00", "2026-01-01T00:00:00+08:00")
    )
    assert "大气污染防治法" in before[0][0]
    assert after[0][0] == "生态环境监测条例"


@pytest.mark.parametrize(
    ("adcode", "time", "editions"),
    [
        ("410102", "2018-09-30T23:00:00+08:00", []),
        ("410102", "2018-10-01T00:00:00+08:00", ["GB 13271-2014；公告2018年第9号"]),
        ("410302", "2018-10-01T00:00:00+08:00", []),
        ("410302", "2021-03-01T00:00:00+08:00", ["DB41/2089-2021"]),
        ("410102", "2021-03-01T00:00:00+08:00", ["DB41/2089-2021"]),
        ("110101", "2021-03-01T00:00:00+08:00", []),
    ],
)
def test_boilers_are_held_to_the_limits_of_their_place(book: Book, adcode: str, time: str, editions: list[str]) -> None:
    """NOx 151 of a gas boiler: allowed by table 2 (200), not by the special limits of Zhengzhou (150) nor by Henan's (50)."""
    hour = fact("source_hour", time, factors={"a21002": {"zs_avg": 151, "flag": "N"}})
    found = cited(judged(book, [register(adcode=adcode), hour]), "cems-gas-boiler")
    assert [edition for edition, _ in found] == editions


@pytest.mark.parametrize(
    ("data_time", "outdated", "edition"), [("20251231220000", 0, "HJ 212-2017"), ("20251231230000", 1, "HJ 212-2025")]
)
def test_hj_212_changes_on_2026_01_01(book: Book, data_time: str, outdated: int, edition: str) -> None:
    """A frame of 2017 (Flag=5) of a new point is right while its hour ends in 2025, outdated from 2026-01-01 00:00 on.

    What its oxygen says is judged alike, and cited by the edition of its time.
    """
    content = f"DataTime={data_time};a19001-Avg=7,a19001-Flag=N;a21026-Avg=40,a21026-ZsAvg=60,a21026-Flag=N"
    events = decode_lines([uploaded("2061", content)], Decoder())
    found = judged(book, [register(traits={"new_point": True}), *events])
    assert len(cited(found, "protocol-outdated")) == outdated
    assert [each for each, _ in cited(found, "oxygen-conversion")] == [edition]


@pytest.mark.parametrize(
    ("day", "edition", "article"),
    [
        ("2026-08-13", "大气污染防治法", "第一百一十七条（七）"),
        ("2026-08-14", "大气污染防治法", "第一百一十七条（七）"),
        ("2026-08-15", "生态环境法典", "第一千一百三十条（七）"),
    ],
)
def test_a_cold_furnace_is_charged_by_the_law_of_its_day(book: Book, day: str, edition: str, article: str) -> None:
    """Six low means: 大气污染防治法 117(七) until 2026-08-14, though it is judged at noon of the 15th; then 法典 1130(七)."""
    cold = {"i33311": {"avg": 800, "flag": "N"}, "i33321": {"avg": 800, "flag": "N"}}
    frames = [source("source_minute", f"{day}T10:{minute:02d}:00+08:00", **cold) for minute in range(5, 35, 5)]
    noon = format_time(parse_time(f"{day}T00:00:00+08:00") + 36 * HOUR)
    (found,) = cited(judged(book, [register("incinerator"), *frames, tick(noon)]), "furnace-cold-day")
    assert edition in found[0]
    assert article in found[1]


@pytest.mark.parametrize(("kind", "rule"), [("incinerator", "marked-stopped-incinerator"), ("air_source", "marked-stopped")])
def test_false_marks_were_forbidden_to_incinerators_first(book: Book, kind: str, rule: str) -> None:
    """令第10号 4 binds incinerators from 2020, 监测条例 25(五) everybody from 2026-01-01."""
    found = {}
    for year in (2019, 2020, 2026):
        hour = source("source_hour", f"{year}-02-01T10:00:00+08:00", a21002={"avg": 60, "flag": "N"})
        mark = fact("work_mark", f"{year}-02-01T20:00:00+08:00", mark="stopped", since=f"{year}-02-01T09:00:00+08:00")
        found[year] = [edition for edition, _ in cited(judged(book, [register(kind), hour, mark]), rule)]
    assert not found[2019]
    assert bool(found[2020]) == (kind == "incinerator")
    assert "生态环境监测条例" in found[2026][0]


def air(time: str, **data: object) -> bytes:
    """An hour of an air station."""
    return fact("air_hour", time, **data)


def source(kind: str, time: str, **factors: dict[str, object]) -> bytes:
    """Data of a source."""
    return fact(kind, time, factors=factors)


def frames(*raw: bytes) -> list[bytes]:
    """Frames decoded."""
    return list(decode_lines(raw, Decoder()))


def sample(hour: int) -> bytes:
    """COD of the sample of 01:00, sent at an hour."""
    return source("source_hour", f"2026-06-01T{hour:02d}:00:00+08:00", w01018={"avg": 23, "sample_time": "20260601010000"})


CLEAN = {"so2": 4, "no2": 20, "co": 0.5, "o3": 240, "pm10": 40, "pm25": 15}
SWAPPED = CLEAN | {"so2": 240, "o3": 4}
ZERO = {"avg": 0, "flag": "N"}

QUALITY: dict[str, list[bytes]] = {
    "DQ-01": [tick(NOON), air(MORNING, o3=80)],
    "DQ-02": [
        *(source("source_hour", f"2026-06-01T{n:02d}:00:00+08:00", a21026={"avg": n, "flag": "N"}) for n in range(1, 20)),
        tick("2026-06-02T02:00:00+08:00"),
    ],
    "DQ-03": [air(MORNING, o3=80), air(MORNING, o3=80)],
    "DQ-04": [air(MORNING, o3=80), air(MORNING, o3=81)],
    "DQ-05": [source("source_hour", MORNING, w01001={"avg": 15.294, "flag": "N"})],
    "DQ-06": [air(MORNING, o3=80), tick("2026-06-02T08:00:00.001+08:00")],
    "DQ-07": [source("source_hour", format_time(START + n * HOUR), a21026={"avg": 0.4, "flag": "N"}) for n in range(24)],
    "DQ-08": [
        event_bytes(
            type="environment.air_hour", source="test", id="1", time=MORNING, subject="岗李水库(对照点)", data={"o3": 80}
        )
    ],
    "DQ-09": frames(uploaded("2011", "DataTime=20260601080000").replace(b"Flag", b"FLAG")),
    "DQ-10": [tick(MORNING), air("2026-06-01T08:05:01+08:00", o3=80)],
    "DQ-11": [sample(5), sample(6)],
    "DQ-12": [air(MORNING, **SWAPPED, published={"aqi": 120})],
    "DQ-13": [air(MORNING, **CLEAN, published={"aqi": 120, "level": "严重污染"})],
    "DQ-14": [air(MORNING, so2=0, no2=0, co=0, o3=0, pm10=0, pm25=0, published={"level": "优"})],
    "DQ-15": [air(MORNING, o3="21. Apr")],
    "DQ-16": [air(MORNING, **CLEAN, published={"aqi": 121})],
    "DQ-17": [air(MORNING, **CLEAN, published={"primary": "颗粒物(PM10)\n细颗粒物(PM2.5)"})],
    "DQ-18": [source("source_hour", MORNING, a21026=ZERO, a21002=ZERO, a34013=ZERO)],
}
"""For each row of data quality the shortest log that shows it."""


@pytest.mark.parametrize("row", QUALITY)
def test_every_row_of_data_quality_is_found(book: Book, row: str) -> None:
    """DQ-01 to DQ-18: each is told as a quality record or as an alert of that row."""
    kind = {"DQ-06": "air_station", "DQ-11": "sewage_works"}.get(row, "gas_boiler")
    found = judged(book, [register(kind), *QUALITY[row]])
    rows = {out.rule for out in found if isinstance(out, Quality)} | {out.row for out in found if isinstance(out, Alert)}
    assert row in rows


def test_all_rows_of_data_quality_are_tried() -> None:
    """The list has 18 rows, and no reason or check of ours names another."""
    rows = {f"DQ-{n:02d}" for n in range(1, 19)}
    assert set(QUALITY) == rows
    assert set(ROWS.values()) <= rows


def test_exchanged_columns_are_told_only_where_they_explain_the_index() -> None:
    """DQ-12: O₃ 240 gives index 120 by HJ 633-2026; with SO₂ and O₃ exchanged the published 120 fits, 121 fits neither way."""
    swapped = {"no2": 20, "co": 0.5, "so2": 240, "o3": 4, "pm10": 40, "pm25": 15}
    rows = {
        aqi: [row for row, _, _ in check_air_hour(AirHour(**swapped, published=Published(aqi)), START)]  # type: ignore[arg-type]
        for aqi in (120, 121)
    }
    assert rows == {120: ["DQ-16", "DQ-12"], 121: ["DQ-16"]}


@pytest.mark.parametrize(
    ("code", "value", "possible"),
    [
        ("w01001", 0, True),
        ("w01001", 14, True),
        ("w01001", 15.294, False),
        ("a01002", 100, True),
        ("a01002", 100.1, False),
        ("a21026", 0, True),
        ("a21026", -0.1, False),
        ("w01010", -1, True),
        ("a01013", -0.2, True),
        ("a19001", 21, True),
        ("a19001", 26, False),
    ],
)
def test_what_a_factor_can_be(code: str, value: float, possible: bool) -> None:
    """DQ-05: pH 0 to 14, humidity 0 to 100, amounts not below 0; temperatures and pressures may be."""
    found = check_source(SourceData(factors={code: Factor(unit=UNITS[code][0], avg=value, flag="N")}), START)
    assert [row for row, _, _ in found] == ([] if possible else ["DQ-05"])


def test_zeros_of_a_stopped_source_are_no_fault() -> None:
    """DQ-18 is about factors marked N; one factor alone may be 0, and a stopped boiler's all are."""
    assert check_source(SourceData(factors={"a21026": Factor(unit="mg/m³", avg=0, flag="N")}), START) == []
    stopped = {code: Factor(unit="mg/m³", avg=0, flag="F") for code in ("a21026", "a21002")}
    assert check_source(SourceData(factors=stopped), START) == []
