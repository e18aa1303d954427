"""The native peer's side of the benchmarks: how occurrences are read and compared, what both judge by, what the page says."""

from pathlib import Path

import msgspec

from streams.messages import HOUR, Alert, encode, event_bytes, format_time, parse_time
from tests.bench.flink.compared import Occurrence, compare, ours, refused, theirs
from tests.bench.flink.disorder import disordered
from tests.bench.flink.few_book import RULES, few_book, write_grounds
from tests.bench.report import markdown
from tests.bench.runs.throughput import fold
from tests.bench.workload import marks
from tests.unit.bench.machine import MACHINE

AT = parse_time("2026-08-20T04:00:00+08:00")


def _hours(values: list[float]) -> list[bytes]:
    """Alerts of one station whose ozone has these values, hour after hour."""
    name = "station"
    facts: dict[str, object] = {"kind": "air_station", "name": {"zh": name, "en": name}, "adcode": "410102"}
    events: list[tuple[str, int, dict[str, object]]] = [("registered", AT, facts)]
    events += [("air_hour", AT + n * HOUR, {"o3": value}) for n, value in enumerate(values)]
    records = [
        (
            "environment",
            0,
            name.encode(),
            event_bytes(type=f"environment.{kind}", source="s", id=str(n), time=format_time(at), subject=name, data=data),
        )
        for n, (kind, at, data) in enumerate(events)
    ]
    return [encode(output) for output in fold(few_book(), "log", records) if isinstance(output, Alert)]


def test_an_alert_tells_each_of_its_occurrences() -> None:
    """Ozone above 200 for an hour, and again after clean ones: two occurrences, each from its hour to the one that ended it."""
    found = ours(_hours([201.0, 150.0, 150.5, 240.0]))
    first, second = ("gas-hourly", "o3", "station", 1), ("gas-hourly", "o3", "station", 2)
    assert found == {first: Occurrence(AT, AT, AT + HOUR), second: Occurrence(None, AT + 3 * HOUR)}


def test_the_peers_changes_are_occurrences_too() -> None:
    """A change to true begins one, a change to false ends it; the next one is another."""
    change = {"rule": "r", "item": "", "subject": "s", "opened_at": 4}
    told = [{"active": True, "at": 5}, {"active": False, "at": 6}, {"active": True, "at": 9, "opened_at": 8}]
    found = theirs([encode(change | each) for each in told])
    assert found == {("r", "", "s", 1): Occurrence(4, 5, 6), ("r", "", "s", 2): Occurrence(None, 9)}


def test_what_differs_is_counted_by_rule() -> None:
    """An occurrence of one alone, one of the other alone, and one with another end are three differences of three rules."""
    left = {("a", "", "s", 1): Occurrence(0, 1), ("b", "", "s", 1): Occurrence(0, 1, 2), ("c", "", "s", 1): Occurrence(0, 1)}
    right = {("b", "", "s", 1): Occurrence(0, 1, 3), ("c", "", "s", 1): Occurrence(0, 1), ("d", "", "s", 1): Occurrence(0, 1)}
    found = compare(left, right)
    assert (found.equal, found.ours_alone, found.theirs_alone, found.otherwise) == (1, {"a": 1}, {"d": 1}, {"b": 1})
    assert found.different == len(found.examples) == 3


def test_the_book_holds_these_rules_and_no_others(tmp_path: Path) -> None:
    """Six rules of five judges; the peer is told every kind of fact of every domain, and the limits of GB 3095 for an hour."""
    book = few_book()
    assert {*book.rules} == {rule for of in RULES.values() for rule in of}
    assert {spec.judge for spec in book.rules.values()} == {"limit", "burst", "flatline", "missing", "duty"}
    path = tmp_path / "grounds.json"
    write_grounds(path)
    grounds = msgspec.json.decode(path.read_bytes())
    assert {each["type"] for each in grounds["kinds"]} == {*book.plans}
    assert {"type": "environment.air_hour", "allowance": HOUR, "slots": 48} in grounds["kinds"]
    in_force = [row[2:] for row in grounds["gas"] if row[0] <= AT < row[1]]
    assert in_force == [[500, 200, 10, 200]]  # GB 3095-2012 and 2026 until 2030, table 1: SO2, NO2, CO (mg/m³), ozone


def test_disorder_makes_every_rule_and_every_refusal_speak() -> None:
    """The log of the comparison has occurrences of each rule that end, and records refused for every reason that it names."""
    outputs = [encode(each) for each in fold(few_book(), "log", disordered(1, 1))]
    alerts = [value for value in outputs if b'"occurrence"' in value and b'"evidence"' in value]
    ended = {rule for (rule, *_), each in ours(alerts).items() if each.ended is not None}
    assert ended == {rule for of in RULES.values() for rule in of}
    reasons = refused(value for value in outputs if b'"reason"' in value and b'"owner"' in value)
    assert reasons["not-json"] >= len(marks(1)) * 2
    assert {"late", "future", "duplicate", "conflict", "unregistered", "bad-time", "not-cloudevent"} <= {*reasons}


def test_the_page_names_what_the_peer_found() -> None:
    """Rates, processor time without the start, and the differences by rule stand on the page."""
    rows = [
        {"run": 1, "engine": engine, "events": 1_000_000, "events_per_s": rate, "cpu_s": cpu, "memory_mb": 100}
        for engine, rate, cpu in (("ours", 50_000, 22.0), ("flink", 200_000, 15.0))
    ]
    found = {"equal": 7, "ours_alone": {"flat-line": 2}, "theirs_alone": {}, "otherwise": {}, "refused": {"late": [3, 3]}}
    native = {
        "rules": ["flat-line"],
        "versions": {"Flink": "2.1.0"},
        "heap": "1g",
        "start_cpu_s": {"ours": 2.0, "flink": 5.0},
        "runs": rows,
        "compared": {"flink": found},
        "disorder": {"flink": found},
    }
    page = markdown({"machine": MACHINE, "versions": {}, "native": native})
    assert "| ours | 50,000 | 1.00 | 20.0 | 1.00 | 2.0 | 100 | 50,000 |" in page
    assert "| flink | 200,000 | 4.00 | 10.0 | 0.50 | 5.0 | 100 | 200,000 |" in page
    assert "| the stream | flink | 7 | flat-line 2 | 0 | 0 | late 3 / 3 |" in page
