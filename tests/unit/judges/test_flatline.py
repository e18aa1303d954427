"""A flat line through the fold, where values come late between others: what the definition of the judge says of readings."""

from typing import Any

from agents.core.alerts.fold import Fold
from streams.messages import MINUTE, Alert, event_bytes, format_time, parse_time
from tests.bench.flink.few_book import few_book

AT = parse_time("2026-08-20T04:00:00+08:00")
NAME = "air.410100.001"
LATE = 0
"""The minute of the fact that comes late."""


def _found(facts: list[tuple[int, dict[str, Any]]]) -> list[tuple[str, int, bool]]:
    """Item, minute of the evidence and whether it opens, of each revision about a flat line; facts by minute, in log order."""
    registered = {"kind": "air_station", "name": {"zh": NAME, "en": NAME}, "adcode": "410102"}
    events = [("registered", AT - 10 * MINUTE, registered)]
    events += [("air_hour", AT + minute * MINUTE, data) for minute, data in facts]
    records = [
        (
            n,
            NAME.encode(),
            event_bytes(type=f"environment.{kind}", source="s", id=str(n), time=format_time(at), subject=NAME, data=of),
        )
        for n, (kind, at, of) in enumerate(events)
    ]
    alerts = [out for out in Fold(few_book(), "log.events.environment", 0).run(records) if isinstance(out, Alert)]
    return [
        (each.item, (parse_time(each.evidence[-1].at) - AT) // MINUTE, each.active)
        for each in alerts
        if each.rule == "flat-line"
    ]


def test_a_reading_that_comes_late_behind_a_fact_without_one_begins_a_row() -> None:
    """It is newer than the newest reading of its item, and facts without a value do not count: five more of it make six."""
    before = [(-3, {"no2": 200.0}), (1, {"o3": 80.0}), (LATE, {"no2": 17.5})]
    after = [(minute, {"no2": 17.5}) for minute in range(2, 7)]
    assert _found([*before, *after]) == [("no2", 6, True)]
    assert _found([*before, *after[:-1]]) == []


def test_a_reading_older_than_the_newest_of_its_item_is_left_out() -> None:
    """The same with a value in the fact before: the late one neither begins a row nor ends it."""
    before = [(-3, {"no2": 200.0}), (1, {"no2": 80.0}), (LATE, {"no2": 17.5})]
    after = [(minute, {"no2": 17.5}) for minute in range(2, 8)]
    assert _found([*before, *after]) == [("no2", 7, True)]
    assert _found([*before, *after[:-1]]) == []
