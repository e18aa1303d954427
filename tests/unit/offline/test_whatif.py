"""What if: two rule books over one history, and every way in which their alerts differ."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.orders.feed import ties
from agents.core.orders.fold import Orders
from agents.jobs.whatif import whatif as job_of
from agents.jobs.work import Work
from agents.offline import whatif
from agents.offline.about import AlertsOrders
from agents.offline.difference import KEPT, KINDS, Change, ComparedPeriod, Count, Side, changes, tally
from agents.rulebook.orders import order_rules
from streams import catalogue
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.messages import HOUR, NEVER, Alert, encode, format_time
from streams.messages.orders import Link
from streams.messages.outputs.order import Linked
from streams.settings import load
from tests.support.books import the_book
from tests.support.events import START, act, clean, hour, records, registered, tick
from tests.support.orders.partition import BRANCH, ORDER, OrderPartition, actor
from tests.support.orders.records import name, order
from tests.support.shared import STAND_IN, air

ROOT = Path(__file__).resolve().parents[3]
RULES = catalogue.ROOT / "environment" / "rules.toml"
TOPIC = "test.events.environment"
BOOK = the_book()


def draft(folder: Path, *changed: tuple[str, str]) -> Path:
    """A folder with the environment's rules, changed in some places."""
    text = RULES.read_text("utf-8")
    for before, after in changed:
        assert before in text
        text = text.replace(before, after)
    (folder / "environment").mkdir(parents=True)
    (folder / "environment" / "rules.toml").write_text(text, "utf-8")
    return folder


def asked(capsys: pytest.CaptureFixture[str], source: Path, rules: Path) -> tuple[list[Any], dict[tuple[str, str], Any]]:
    """The changed alerts and the counts that the command prints."""
    assert whatif.main([str(source), "--rules", str(rules), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [each for each in lines if "change" in each], {(each["by"], each["name"]): each for each in lines if "by" in each}


def file_of(path: Path, values: Iterable[bytes]) -> Path:
    """Events as JSON lines."""
    path.write_bytes(b"".join(value + b"\n" for value in values))
    return path


def ozone(*values: float) -> list[bytes]:
    """One station, hour by hour; all but ozone stays clean."""
    hours = [clean(START + n * HOUR, o3=value) for n, value in enumerate(values)]
    return [registered(), *(each for n, value in enumerate(hours) for each in (tick(START + n * HOUR + 1), value))]


LIMIT = ('with = { limit = "law", valid_minutes = 45', "with = { limit = %s, valid_minutes = 45")


def limit(value: float) -> tuple[str, str]:
    """The change of the hourly gas limit to a number."""
    return LIMIT[0], LIMIT[1] % value


def test_a_lower_limit_raises_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ozone at 190 stays under the 200 of GB 3095 and exceeds 150: one alert is raised, on its day, in its district."""
    source = file_of(tmp_path / "events", ozone(100, 190, 100))
    found, counts = asked(capsys, source, draft(tmp_path / "d", limit(150)))
    (one,) = found
    assert (one["change"], one["rule"], one["item"], one["before"]) == (["raised"], "gas-hourly", "o3", None)
    assert one["after"]["opened_at"] == format_time(START + HOUR)
    assert one["after"]["ended_at"] == format_time(START + 2 * HOUR + 1)  # the log's time when the next hour is judged
    for place in [("all", ""), ("rule", "gas-hourly"), ("district", "410102"), ("day", "2026-06-01")]:
        assert (counts[place]["before"], counts[place]["after"], counts[place]["raised"]) == (0, 1, 1), place


def test_a_higher_limit_loses_and_delays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With 250: the hour at 210 is lost; the rise over 210 to 260 is the same alert, an hour later."""
    source = file_of(tmp_path / "events", ozone(210, 100, 210, 260, 100))
    found, counts = asked(capsys, source, draft(tmp_path / "d", limit(250)))
    assert [each["change"] for each in found] == [["lost"], ["later"]]
    assert found[1]["before"]["opened_at"] == format_time(START + 2 * HOUR)
    assert found[1]["after"]["opened_at"] == format_time(START + 3 * HOUR)
    assert {kind: counts["all", ""][kind] for kind in KINDS} == {
        "raised": 0,
        "lost": 1,
        "earlier": 0,
        "later": 1,
        "severity": 0,
    }


def test_less_patience_is_earlier_and_shows_the_severity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An index above 100 that opens after one hour instead of two is raised an hour earlier, from the same hour on."""
    hot = [hour(START + n * HOUR, o3=20, pm25=pm) for n, pm in enumerate([61, 61, 61, 20, 20])]
    source = file_of(tmp_path / "events", [registered(), *hot])
    changed = ("with = { open_after = 2, close_after = 2 }", "with = { open_after = 1, close_after = 2 }")
    (one,), _ = asked(capsys, source, draft(tmp_path / "d", changed))
    assert one["change"] == ["earlier"]
    assert one["before"]["opened_at"] == one["after"]["opened_at"] == format_time(START)
    assert one["before"]["raised_at"] == format_time(START + HOUR)
    assert one["after"]["raised_at"] == format_time(START)


def test_another_severity_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that is red instead of orange changes the severity of its alerts, and nothing else."""
    source = file_of(tmp_path / "events", ozone(210, 100, 210, 100))
    text = RULES.read_text("utf-8")
    head = text[text.index("[rule.gas-hourly]") : text.index('on = ["air_hour"]', text.index("[rule.gas-hourly]"))]
    found, _ = asked(capsys, source, draft(tmp_path / "d", (head, head.replace('severity = "orange"', 'severity = "red"'))))
    assert [(each["change"], each["before"]["severity"], each["after"]["severity"]) for each in found] == [
        (["severity"], "orange", "red")
    ] * 2


def test_a_changed_law_is_a_draft_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of clauses with the limits of 2031 in force already in 2026 raises what exceeds them: SO₂ 151 > 150."""
    text = (ROOT / "agents" / "law" / "clauses" / "environment.toml").read_text("utf-8")
    law = tmp_path / "d" / "law"
    law.mkdir(parents=True)
    for old in ("so2 = 500, no2 = 200, o3 = 200, co = 10",):
        assert old in text
        text = text.replace(old, "so2 = 150, no2 = 200, o3 = 200, co = 10")
    (law / "environment.toml").write_text(text, "utf-8")
    source = file_of(tmp_path / "events", [registered(), hour(START, so2=151), hour(START + HOUR, so2=150)])
    (one,), _ = asked(capsys, source, tmp_path / "d")
    assert (one["change"], one["item"]) == (["raised"], "so2")


def test_the_same_rules_make_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unchanged copy of the rules changes nothing, and both books count the same alerts."""
    source = file_of(tmp_path / "events", ozone(210, 100, 260, 100))
    found, counts = asked(capsys, source, draft(tmp_path / "d"))
    assert found == []
    assert counts["all", ""]["before"] == counts["all", ""]["after"] == 2


def test_what_people_did_makes_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An acknowledgement names an alert of the old book only, and still the alerts of both are matched."""
    values = ozone(210, 100, 210, 100)
    alert = next(o for o in Fold(BOOK, TOPIC, 0).run(records(values)) if isinstance(o, Alert))
    source = file_of(tmp_path / "events", [*values[:4], act(alert.id), *values[4:]])
    found, counts = asked(capsys, source, draft(tmp_path / "d", limit(205)))
    assert found == []
    assert counts["all", ""]["after"] == 2


def test_an_archive_gives_what_a_file_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same events as an archive of two partitions and as JSON lines differ in nothing."""
    values = ozone(100, 190, 100, 260, 100)
    rules = draft(tmp_path / "d", limit(150))
    chunk, ticks = Chunk(0), Chunk(0)
    for offset, key, value in records(values):
        chunk.add(offset, START, key, value)
        ticks.add(offset, START, None, tick(START + offset))
    archive_files.write(tmp_path / "archive", TOPIC, 0, chunk)
    archive_files.write(tmp_path / "archive", TOPIC, 1, ticks)
    assert asked(capsys, tmp_path / "archive", rules) == asked(capsys, file_of(tmp_path / "events", values), rules)


def test_the_table_shows_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people there is a table each for rules, districts and days, with the changed rows and the sum."""
    source = file_of(tmp_path / "events", ozone(100, 190, 100))
    assert whatif.main([str(source), "--rules", str(draft(tmp_path / "d", limit(150)))]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("by rule", "gas-hourly", "by district", "410102", "by day", "2026-06-01"))


REFUSED = [
    ('clause = "gb3095-gas-1h"', 'clause = "gb3095-gas"', "clause 'gb3095-gas' is unknown", 'clause = "gb3095-gas"'),
    ('unit = "AQI"', 'unit = "aqi"', "unit 'aqi' of the value is unknown: write", 'unit = "aqi"'),
    ('severity = "orange"', 'severity = "pink"', "Invalid enum value 'pink'", 'severity = "pink"'),
    ('row = "ENV-I01"', 'row = "ENV-I01', "Illegal character", 'row = "ENV-I01'),
]


@pytest.mark.parametrize(("before", "after", "message", "line"), REFUSED)
def test_a_broken_draft_is_refused(tmp_path: Path, before: str, after: str, message: str, line: str) -> None:
    """Exit 1; standard error names the file, the line and what to write, and nothing is judged."""
    rules = draft(tmp_path / "d", (before, after))
    source = file_of(tmp_path / "events", ozone(100))
    command = [sys.executable, "-m", "agents", "whatif", str(source), "--rules", str(rules), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    broken = rules / "environment" / "rules.toml"
    number = broken.read_text("utf-8").splitlines().index(line) + 1
    assert f"{broken}:{number}: " in ended.stderr
    assert message in ended.stderr


@pytest.mark.parametrize(("name", "message"), [("other/rules.toml", "replaces nothing"), ("notes.txt", "holds no rules")])
def test_a_draft_of_nothing_is_refused(tmp_path: Path, name: str, message: str) -> None:
    """A folder in which no file replaces a committed one is a mistake, not a comparison of a book with itself."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("", "utf-8")
    source = file_of(tmp_path / "events", ozone(100))
    command = [sys.executable, "-m", "agents", "whatif", str(source), "--rules", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 1
    assert message in ended.stderr


def revisions(edges: list[int]) -> list[Alert]:
    """Revisions of alerts of one station that stand from the 1st to the 2nd hour, and so on."""
    inside = {n for begin, end in zip(edges[::2], edges[1::2], strict=False) for n in range(begin, end)}
    values = [210 if n in inside else 100 for n in range(max(edges, default=0) + 1)]
    log = records([registered(), *(clean(START + n * HOUR, o3=value) for n, value in enumerate(values))])
    outputs = Fold(BOOK, TOPIC, 0).run(log)
    return [output for output in outputs if isinstance(output, Alert) and output.rule == "gas-hourly"]


EDGES = st.lists(st.integers(0, 60), unique=True, max_size=20).map(sorted)


def merged(before: list[Alert], after: list[Alert]) -> list[tuple[Side, Alert]]:
    """Both books' revisions in log order."""
    both: list[tuple[Side, Alert]] = [(0, alert) for alert in before] + [(1, alert) for alert in after]
    return sorted(both, key=lambda each: each[1].rev)


def total(found: Iterable[Change]) -> Count:
    """All changes, counted."""
    totals: dict[Any, Count] = {("all", ""): Count()}
    for change in found:
        tally(totals, change)
    return totals["all", ""]


@settings(max_examples=40, deadline=None)
@given(before=EDGES, after=EDGES)
def test_nothing_is_lost_in_the_count(before: list[int], after: list[int]) -> None:
    """What stays of the one book is what stays of the other, and looked at from the other side everything is reversed."""
    first, second = revisions(before), revisions(after)
    there, back = total(changes(merged(first, second))), total(changes(merged(second, first)))
    assert there.before - there.lost == there.after - there.raised
    assert (there.before, there.raised, there.earlier) == (back.after, back.lost, back.later)
    assert total(changes(merged(first, first))).changed is False


@settings(max_examples=40, deadline=None)
@given(before=EDGES, after=EDGES)
def test_alerts_are_the_same_where_their_hours_touch(before: list[int], after: list[int]) -> None:
    """A slow look at every pair of alerts: one that touches none of the other book is raised or lost."""
    ours, theirs = (list(zip(edges[::2], edges[1::2], strict=False)) for edges in (before, after))
    pairs = ((ours, theirs), (theirs, ours))
    alone = [sum(not any(a <= d and c <= b for c, d in other) for a, b in own) for own, other in pairs]
    closed = [edges[: len(edges) // 2 * 2] for edges in (before, after)]
    found = total(changes(merged(*map(revisions, closed))))
    assert found.lost >= alone[0]
    assert found.raised >= alone[1]
    assert (found.before, found.after) == (len(ours), len(theirs))


def test_a_flood_of_alerts_stays_within_bounds() -> None:
    """Ten thousand alerts of one rule that the other book does not have are told while they come, not at the end."""
    alert = replace(revisions([1, 2])[0])
    taken = 0

    def flood() -> Iterable[tuple[Side, Alert]]:
        nonlocal taken
        for taken in range(10_000):
            at = format_time(START + taken * HOUR)
            yield 0, replace(alert, opened_at=at, changed_at=at, active=True)
            yield 0, replace(alert, changed_at=format_time(START + taken * HOUR + 1), active=False)

    for told, change in enumerate(changes(flood())):
        assert change.kinds == ("lost",)
        assert taken - told <= KEPT
    assert told + 1 == 10_000


COLUMNS = {"so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3_1h"}


def runs(city: str, limits: dict[str, float]) -> list[tuple[str, str, int, int]]:
    """A city's published hours above the limits, in a row: item, station, first and last hour's place, by pandas."""
    rows = pd.read_csv(air(city), dtype=str)
    known = rows[~rows["WatchPoint"].str.contains("(", regex=False)].drop_duplicates(["Date", "Hour", "WatchPoint"])
    found = []
    for item, column in COLUMNS.items():
        values = known.assign(value=pd.to_numeric(known[column], errors="coerce")).dropna(subset="value")
        for station, hours in values.sort_values(["Date", "Hour"]).groupby("WatchPoint"):
            over = (hours["value"] > limits[item]).reset_index(drop=True)
            starts = (over != over.shift()).cumsum()[over]
            found += [(item, str(station), int(run.index[0]), int(run.index[-1])) for _, run in starts.groupby(starts)]
    return found


@pytest.mark.parametrize(("city", "known"), [("郑州", 77), (STAND_IN, 4)])
def test_hours_counted_by_pandas(city: str, known: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Zhengzhou in April 2020, the hourly gas limits (SO₂ 500, NO₂ 200, CO 10, O₃ 200) against 60: runs found by pandas."""
    events = tmp_path / "events"
    command = [sys.executable, "-m", "streams", "import", str(air(city)), "--domain", "environment", "--stdout"]
    with events.open("wb") as out:
        subprocess.run(command, stdout=out, check=True, cwd=ROOT)
    _, counts = asked(capsys, events, draft(tmp_path / "d", limit(60)))
    before = runs(city, {"so2": 500, "no2": 200, "co": 10, "o3": 200})
    after = runs(city, dict.fromkeys(COLUMNS, 60))
    within = [sum(b[:2] == a[:2] and a[2] <= b[2] and b[3] <= a[3] for b in before) for a in after]
    gas = counts["rule", "gas-hourly"]
    assert len(after) == known
    assert (gas["before"], gas["after"]) == (len(before), len(after))
    assert gas["raised"] == within.count(0)
    assert gas["lost"] == sum(n - 1 for n in within if n)


def ordered(alert: Alert, traits: dict[str, str] | None = None) -> list[bytes]:
    """An order on an alert, and that its receiver signs it."""
    by = OrderPartition(format_time(START + HOUR))
    by.log.clear()
    link = Link(domain=alert.domain, subject=alert.subject, alert=alert.id, occurrence=alert.occurrence)
    by.issue(alerts=(link,), verdict="true", traits=traits or {})
    by.act("sign", actor("clerk", BRANCH))
    return [value for _, _, value in by.log]


def test_orders_about_an_alert_that_is_lost_are_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a limit of 250 the hour at 210 raises nothing: its order, issued and signed in the log, stands beside it."""
    values = ozone(210, 100, 100)
    alert = next(o for o in Fold(BOOK, TOPIC, 0).run(records(values)) if isinstance(o, Alert))
    source = file_of(tmp_path / "events", [*values[:4], *ordered(alert), *values[4:]])
    (one,), _ = asked(capsys, source, draft(tmp_path / "d", limit(250)))
    assert (one["change"], one["after"]) == (["lost"], None)
    assert [(each["id"], each["kind"], each["state"], each["ended"]) for each in one["orders"]] == [
        (ORDER, "lead", "handling", False)
    ]
    assert whatif.main([str(source), "--rules", str(tmp_path / "d")]) == 0
    assert f"do not raise: {one['orders'][0]['number']}" in capsys.readouterr().out.replace("\n", " ")


def test_an_archive_tells_the_same_orders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Partitions of facts and of orders, the ties that the worker wrote among the facts: none of it stops the other book."""
    values = ozone(210, 100, 100)
    alert = next(o for o in Fold(BOOK, TOPIC, 0).run(records(values)) if isinstance(o, Alert))
    acts = [(n, ORDER.encode() if n else None, value) for n, value in enumerate((tick(START + HOUR), *ordered(alert)))]
    made = Orders(order_rules("4101"), "test.events.orders", 0).run(acts)
    tied = [value for _, value in ties(made, "environment")]
    assert tied
    for topic, events in ((TOPIC, records([*values[:4], *tied, *values[4:]])), ("test.events.orders", acts)):
        chunk = Chunk(0)
        for offset, key, value in events:
            chunk.add(offset, START, key, value)
        archive_files.write(tmp_path / "archive", topic, 0, chunk)
    (one,), counts = asked(capsys, tmp_path / "archive", draft(tmp_path / "d", limit(250)))
    assert (one["change"], [each["state"] for each in one["orders"]]) == (["lost"], ["handling"])
    assert counts["all", ""]["lost"] == 1
    (tmp_path / "w").mkdir()
    asked_for = {
        "from": format_time(START),
        "to": format_time(START + HOUR + 60_000),
        "rules": {"gas-hourly": {"limit": 250}},
    }
    job_of(Raw(encode(asked_for)), Work(load({}), "test", tmp_path / "archive", tmp_path / "w", lambda _: None))
    found = json.loads((tmp_path / "w" / "result.json").read_bytes())
    assert (found["orders_without"], [each["id"] for each in found["rows"][0]["orders"]]) == (1, ORDER.split())


def test_a_report_is_not_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Row 41: what a what-if finds is for many eyes; 举报 is hidden wholly."""
    values = ozone(210, 100, 100)
    alert = next(o for o in Fold(BOOK, TOPIC, 0).run(records(values)) if isinstance(o, Alert))
    source = file_of(tmp_path / "events", [*values[:4], *ordered(alert, {"nature": "report"}), *values[4:]])
    (one,), _ = asked(capsys, source, draft(tmp_path / "d", limit(250)))
    assert "orders" not in one


def test_what_follows_from_a_report_is_not_told() -> None:
    """信访工作条例 30: an order about the alert is told, and is not once the one that it follows from is a report (举报)."""
    alert = next(o for o in Fold(BOOK, TOPIC, 0).run(records(ozone(210, 100, 100))) if isinstance(o, Alert))
    change = Change(alert.rule, alert.item, alert.subject, ComparedPeriod(START, START, NEVER, alert.severity, alert), None)
    of = Link(domain=alert.domain, subject=alert.subject, alert=alert.id, occurrence=alert.occurrence)
    link = Linked(link=of, active=True)
    found = AlertsOrders()
    found.take([order(2, kind="supervision", alerts=(link,), parent=name(1)), order(1)])
    assert [each.id for each in found.of(change)] == [name(2)]
    found.take([order(1, traits={"nature": "report"})])
    assert found.of(change) == []
