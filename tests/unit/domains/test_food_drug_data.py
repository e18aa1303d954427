"""Real data through the food and drug rules: what an independent pandas script counts is what the rules find."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

import chinese_calendar
import pandas as pd
from msgspec.structs import replace

from agents import law
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import book_of
from streams.messages import HOUR, Alert, Name, Quality, Registered, event_bytes, format_time, parse_time
from tests.support.books import the_book
from tests.support.shared import either, shared

Fact = tuple[int, str, str, dict[str, Any]]


def _at(day: Any, clock: str = "10:00:00") -> int:
    return parse_time(f"{str(day)[:10]}T{clock}+08:00")


def _tick(at: int) -> tuple[bytes | None, bytes]:
    return None, event_bytes(type="clock.tick", source="clock", id=str(at), time=format_time(at))


def _fact(subject: str, kind: str, at: int, data: Any) -> tuple[bytes | None, bytes]:
    value = event_bytes(
        type=f"food_drug.{kind}", source="test", id=f"{kind}-{at}", time=format_time(at), subject=subject, data=data
    )
    return subject.encode(), value


def _log(facts: Iterable[Fact], kind: str, ticks: Iterable[int]) -> Iterator[tuple[int, bytes | None, bytes]]:
    """Registrations of all subjects, then facts (time, subject, kind, data) and ticks in order of time.

    A tick comes before each fact as well: the clock is never behind the data.
    """
    facts = list(facts)
    register = Registered(kind=kind, name=Name("测试"), adcode="410102")
    first = min(at for at, *_ in facts)
    offsets = count()
    for subject in dict.fromkeys(subject for _, subject, _, _ in facts):
        yield next(offsets), *_fact(subject, "registered", first, register)
    timed = [(at, 1, _fact(subject, name, at, data)) for at, subject, name, data in facts]
    timed += [(at, 0, _tick(at)) for at in {at for at, *_ in facts}] + [(at, 2, _tick(at)) for at in ticks]
    for _, _, record in sorted(timed, key=lambda each: each[:2]):
        yield next(offsets), *record


@cache
def _book() -> Book:
    """The rules as though their law had always held: the data are from years before it, and from abroad."""
    book = the_book()
    clauses = {
        name: replace(clause, edition=(replace(clause.edition[0], since=date(1990, 1, 1)), *clause.edition[1:]))
        for name, clause in book.clauses.items()
    }
    return book_of(book.specs, clauses, book.departments)


def _judged(log: Iterable[tuple[int, bytes | None, bytes]]) -> list[Alert]:
    out = Fold(_book(), "test.events.food_drug", 0).run(log)
    assert [each for each in out if isinstance(each, Quality)] == []
    return [each for each in out if isinstance(each, Alert)]


def _newest(alerts: list[Alert], rule: str) -> dict[str, Alert]:
    """The newest revision by subject."""
    return {alert.subject: alert for alert in alerts if alert.rule == rule}


@either
def test_every_day_of_a_fridge_logger_is_judged_as_its_own_alarm_settings_say(ours: bool) -> None:
    """Fridge-tag 2, 60 days at room temperature: 60 days reach 600 minutes above +8.0 °C, none 60 minutes of frost."""
    text = shared("cold_chain/sample-fridge-tag-kaivandivier.txt", ours=ours).read_text("utf-8")
    settings = re.findall(r"T AL: ([+-][\d.]+), t AL: (\d+)", text)
    assert settings == [("-0.5", "60"), ("+8.0", "600")]
    assert law.clauses()["vaccine-fridge"].edition[0].limits == {"above_minutes": 600, "below_minutes": 60}
    pattern = r"Date: (\S+)\s+Min T: (\S+),.*?Max T: (\S+),.*?0:\s+t Acc: (\d+).*?1:\s+t Acc: (\d+)"
    table = pd.DataFrame(re.findall(pattern, text, re.S), columns=["day", "low", "high", "below", "above"])
    table = table.astype({"low": float, "high": float, "below": float, "above": float})
    expected = {"above_minutes": int((table.above >= 600).sum()), "below_minutes": int((table.below >= 60).sum())}
    assert (len(table), *expected.values()) == ((5, 2, 1) if ours else (60, 60, 0))
    facts = [
        (
            _at(row["day"], "23:59:00"),
            f"fridge.{row['day']}",
            "fridge_day",
            {"above_minutes": row["above"], "below_minutes": row["below"], "minimum": row["low"], "maximum": row["high"]},
        )
        for row in table.to_dict("records")
    ]
    judged = _judged(_log(facts, "vaccine_fridge", []))
    alerts = [alert for alert in judged if alert.rule == "vaccine-fridge" and alert.audit == 1]
    found = {item: len({alert.id for alert in alerts if alert.item == item}) for item in expected}
    assert found == expected
    reached = [*table.above[table.above >= 600], *table.below[table.below >= 60]]
    assert sorted(alert.value or 0 for alert in alerts) == sorted(reached)


def _inspections(ours: bool) -> pd.DataFrame:
    table = pd.read_csv(shared("food_inspections/chicago_4000.csv", ours=ours))
    table = table.sort_values(["Inspection_Date", "Inspection_ID"], kind="stable")
    nth = table.groupby(["License", "Inspection_Date"]).cumcount()
    table["again"] = table.duplicated("License")
    table["at"] = [_at(day) + int(n) * HOUR for day, n in zip(table.Inspection_Date, nth, strict=True)]
    return table


def _inspection_alerts(table: pd.DataFrame) -> list[Alert]:
    results = {"Pass": "pass", "Pass w/ Conditions": "conditions", "Fail": "fail"}
    facts = [
        (
            int(row["at"]),
            f"food.{row['License']:.0f}",
            "inspection",
            {
                "purpose": "recheck" if row["again"] else "routine",
                "result": results[row["Results"]],
                "critical": int(row["criticalCount"]),
                "serious": int(row["seriousCount"]),
                "minor": int(row["minorCount"]),
            },
        )
        for row in table.to_dict("records")
    ]
    first, last = date.fromisoformat(table.Inspection_Date.min()), date.fromisoformat(table.Inspection_Date.max())
    ticks = [_at(first + timedelta(n), "20:00:00") for n in range((last - first).days + 60)]
    return _judged(_log(facts, "shop", ticks))


def _due(day: str) -> int:
    """24:00 of the 20th working day after a day, by PyPI chinesecalendar."""
    each, left = date.fromisoformat(day), 20
    while left:
        each += timedelta(1)
        left -= chinese_calendar.is_workday(each)
    return _at(each + timedelta(1), "00:00:00")


@either
def test_demands_to_mend_are_overdue_where_no_inspection_follows_in_time(ours: bool) -> None:
    """Real inspections, some passed with conditions: the shops overdue, and how many demands each has open at the end.

    监督检查管理办法 33: what is to be mended is followed up; the next inspection of a shop is taken as that.
    """
    table = _inspections(ours)
    slight = table[table.Results == "Pass w/ Conditions"]
    assert (len(table), len(slight)) == ((18, 3) if ours else (4000, 412))
    again = table[table.again][["License", "at"]]
    pairs = slight.merge(again, on="License", how="left", suffixes=("", "_again"))
    pairs = pairs[pairs["at_again"].isna() | (pairs["at_again"] > pairs["at"])]
    answered = pairs.groupby("Inspection_ID")["at_again"].min().reindex(slight.Inspection_ID)
    mended = pd.DataFrame({"License": slight.License.to_numpy(), "by": answered.to_numpy()})
    mended["overdue"] = ~(mended.by <= [_due(day) for day in slight.Inspection_Date])
    expected = mended[mended.overdue].groupby("License").by.agg(lambda by: int(by.isna().sum())).to_dict()
    alerts = _newest([a for a in _inspection_alerts(table) if a.severity == "yellow"], "inspection-recheck")
    found = {float(name.removeprefix("food.")): int(alert.value or 0) if alert.active else 0 for name, alert in alerts.items()}
    assert found == expected
    assert (len(expected), sum(expected.values())) == ((2, 1) if ours else (412, 396))


@either
def test_shops_that_fail_twice_within_a_year_are_found(ours: bool) -> None:
    """FD-P12: shops with two failed inspections less than 365 days apart."""
    table = _inspections(ours)
    gaps = table[table.Results == "Fail"].groupby("License")["at"].diff()
    expected = set(table.License[gaps[gaps < 365 * 24 * HOUR].index])
    found = {float(name.removeprefix("food.")) for name in _newest(_inspection_alerts(table), "repeat-failed-inspection")}
    assert found == expected
    assert len(expected) == (1 if ours else 12)


@either
def test_recalls_are_overdue_by_their_class(ours: bool) -> None:
    """72 recalls of the FDA's weekly report, by class I, II, III.

    Those of food are late after 24, 48 and 72 hours (食品召回管理办法 2015, 13), those of drugs after 24:00 of the first, third
    and seventh day after the decision (药品召回管理办法 2022, 16).
    """
    lines = shared("recalls/ucm308307.json", ours=ours).read_text("utf-8").splitlines()
    table = pd.DataFrame(json.loads(line) for line in lines if line.strip())
    assert len(table) == (7 if ours else 72)
    level = table.classification.map({"Class I": 1, "Class II": 2, "Class III": 3})
    product = table["product-type"].map({"Food": "food", "Drugs": "drug"})
    begun = _at("2026-06-13", "00:00:00")
    rows = [n for n in table.index if isinstance(product[n], str)]
    facts = [
        (
            begun + 1000 * n,
            f"firm.{table['recalling-firm'][n]}"[:200],
            "recall",
            {
                "case": str(n),
                "product": product[n],
                "level": int(level[n]),
                "step": "learned" if product[n] == "food" else "decided",
            },
        )
        for n in rows
    ]
    expected = table.assign(level=level, product=product, firm=table["recalling-firm"]).dropna(subset="product")
    ends = {("food", 1): 24, ("food", 2): 48, ("food", 3): 72, ("drug", 1): 48, ("drug", 2): 96, ("drug", 3): 192}
    rules = {"food": "food-recall-start", "drug": "drug-recall-notice"}
    for hours in sorted({*ends.values()}):
        alerts = _judged(_log(facts, "maker", [begun + hours * HOUR + 100_000]))
        found = {
            (kind, grade): sum(int(alert.value or 0) for alert in _newest(alerts, f"{rules[kind]}-{grade}").values())
            for kind, grade in ends
        }
        late = expected[[ends[each] <= hours for each in zip(expected["product"], expected.level, strict=True)]]
        assert {key: n for key, n in found.items() if n} == late.groupby(["product", "level"]).size().to_dict()
    real = {("food", 1): 7, ("food", 2): 9, ("drug", 2): 3, ("drug", 3): 2}
    own = {("food", 1): 2, ("food", 2): 1, ("food", 3): 1, ("drug", 1): 1, ("drug", 2): 1}
    assert late.groupby(["product", "level"]).size().to_dict() == (own if ours else real)
