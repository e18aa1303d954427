"""The rule book as one piece of JSON, and what the screen counts of each rule."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agents.rulebook.effective_book import told
from screen.feed.fold import fold
from screen.feed.slices.annunciations import DAYS, Annunciations, day_of
from screen.feed.view import View
from screen.rules.book import open_of, raised
from streams.catalogue import domains
from streams.messages import DAY, HOUR, Heartbeat, format_time, parse_time
from tests.support.books import the_book
from tests.support.town import alert

ROOT = Path(__file__).resolve().parents[3]
LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")
MIDNIGHT = parse_time("2026-11-24T00:00:00+08:00")


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    """What the command prints of the committed files, read by the standard library."""
    command = [sys.executable, "-m", "agents", "rules", "book"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    book: dict[str, Any] = json.loads(done.stdout)
    return book


def test_the_whole_book_is_one_line(printed: dict[str, Any]) -> None:
    """Every rule of every domain is there once with its clause and department, and the hash is the one an adoption names."""
    book = the_book()
    assert printed["hash"] == book.hash
    assert printed["adopted"] is None
    assert sorted(rule["id"] for rule in printed["rules"]) == sorted(book.rules)
    assert set(printed["domains"]) == set(domains())
    for rule in printed["rules"]:
        assert rule["rule"]["clause"] in printed["clauses"]
        assert rule["rule"]["department"] in printed["departments"]


def test_a_rule_says_what_the_core_judges_by(printed: dict[str, Any]) -> None:
    """Defaults are filled in, units are by item, and every kind that the judge reads is named, as the clause and TOML say."""
    by_id = {rule["id"]: rule for rule in printed["rules"]}
    gas = by_id["gas-hourly"]
    assert gas["unit"] == {"so2": "µg/m³", "no2": "µg/m³", "co": "mg/m³", "o3": "µg/m³"}
    assert (gas["rule"]["latch"], gas["rule"]["escalate"], gas["rule"]["suppress"]) == (False, {}, [])
    editions = printed["clauses"]["gb3095-gas-1h"]["edition"]
    assert [(each["from"], each["to"]) for each in editions] == [
        ("2016-01-01", "2026-03-01"),
        ("2026-03-01", "2031-01-01"),
        ("2031-01-01", None),
    ]
    assert editions[2]["limits"] == {"so2": 150, "no2": 200, "o3": 200, "co": 10}
    assert by_id["incident-report-passed-on"]["reads"] == ["incident_report"]
    assert "alert:day-permit" in by_id["case-not-opened"]["reads"]


def test_the_version_is_that_of_its_alerts(printed: dict[str, Any]) -> None:
    """The version told of each rule is the one that the fold pins to its alerts."""
    pinned = {bound.rule.id: bound.rule.version for bound in the_book().bounds.values()}
    assert {rule["id"]: rule["version"] for rule in printed["rules"]} == pinned


def test_the_time_of_an_adoption_is_told() -> None:
    """A book that a log has adopted says since when."""
    assert told(the_book(), "2026-11-24T14:32:00+08:00")["adopted"] == "2026-11-24T14:32:00+08:00"


def heartbeat(now: int) -> Heartbeat:
    """A heartbeat that tells the log's time."""
    told_at = format_time(now)
    return Heartbeat(
        domain="environment", partition=0, worker="w", now=told_at, sent=told_at, offset=1, lag=0, rate=0, rss=1, subjects=1
    )


def test_a_day_begins_at_midnight_of_the_city() -> None:
    """23:59:59.999 of one day and 00:00 of the next, China Standard Time, are two days."""
    assert day_of(MIDNIGHT) == day_of(MIDNIGHT - 1) + 1
    assert day_of(MIDNIGHT + DAY - 1) == day_of(MIDNIGHT)


def test_raised_alerts_are_counted_once_by_rule_and_day() -> None:
    """An alert counts on the day it was first raised: a second copy, an end or another occurrence adds nothing."""
    late = alert(LOG, 1, NOW, age=NOW - MIDNIGHT + 1)
    early = alert(LOG, 2, NOW, age=NOW - MIDNIGHT)
    again = replace(early, rev=early.rev + 5, occurrence=2, audit=4)
    ended = replace(late, rev=late.rev + 1, state="A", active=False, audit=2)
    other = alert(LOG, 3, NOW, age=HOUR, rule="aqi-hourly")
    view = fold(View(), [heartbeat(NOW), late, early, early, again, ended, other])
    found = raised(view)
    assert found.days[-1] == day_of(NOW)
    assert len(found.days) == DAYS
    assert found.raised["gas-hourly"] == [0] * (DAYS - 2) + [1, 1]
    assert found.raised["aqi-hourly"] == [0] * (DAYS - 1) + [1]
    assert found.open == {"gas-hourly": [0, 1, 0, 0], "aqi-hourly": [0, 1, 0, 0]}


def test_only_the_last_days_are_remembered() -> None:
    """What was raised before the first of the days is let go, also where the log's time was told later."""
    old = alert(LOG, 1, NOW, age=DAYS * DAY, state="A", active=False, verbs=())
    first = alert(LOG, 2, NOW, age=(DAYS - 1) * DAY, state="A", active=False, verbs=())
    view = fold(fold(View(), [old, first]), [heartbeat(NOW)])
    assert list(view[Annunciations].raised.values()) == [1]
    assert raised(view).raised["gas-hourly"] == [1] + [0] * (DAYS - 1)


def test_open_alerts_of_a_rule_come_worst_first() -> None:
    """Whatever their state, those that have not ended: worst first, then those that stand longest."""
    made = [
        alert(LOG, 1, NOW, severity="yellow"),
        alert(LOG, 2, NOW, severity="red", age=HOUR),
        alert(LOG, 3, NOW, severity="red", age=2 * HOUR, state="E"),
        alert(LOG, 4, NOW, severity="red", state="A", active=False),
        alert(LOG, 5, NOW, rule="aqi-hourly"),
    ]
    assert [int(found.id, 16) for found in open_of(fold(View(), made), "gas-hourly")] == [3, 2, 1]
