"""The desk's list: its order, its filters and counts, and that keeping it by changes gives what building it anew gives."""

import random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from screen.desk import list as desk
from screen.desk.list import GROUPS, Index, Query, advance, arrived, counts, follow, grouped, place_of, select
from screen.desk.page import Ask, DeskPage
from screen.feed.fold import fold
from screen.feed.ordered import MANY
from screen.feed.slices.alarms import Alarms
from screen.feed.view import View
from streams.messages import HOUR, MINUTE, SEVERITIES, Alert, Case, Name, format_time, parse_time
from tests.support.pure.view import DESK
from tests.support.town import BUREAU, alert

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")
CASE = Case(opened_at=format_time(NOW - HOUR), due=format_time(NOW + HOUR))


def view_of(*alerts: Alert) -> View:
    """A View in which these stand."""
    return fold(View(), alerts)


def ids(selection: desk.Selection) -> list[str]:
    """The ids of a list from its top."""
    return [row.alert.id for row in selection.order]


def crowd(seed: int, count: int) -> list[Alert]:
    """Alerts of all kinds, by lot."""
    lot = random.Random(seed)
    states = ("B", "C", "D", "C-latched", "D-latched", "E", "F", "G")
    return [
        alert(
            LOG,
            n,
            NOW,
            age=lot.randrange(1, 900) * MINUTE,
            state=lot.choice(states),
            severity=lot.choice(SEVERITIES),
            phase=lot.choice(("in-process", "post-event")),
            domain=lot.choice(("environment", "cyber")),
            name=Name(zh=lot.choice(("东站", "西站"))),
        )
        for n in range(count)
    ]


def test_unacknowledged_come_first_by_severity_and_age() -> None:
    """B and D before C, then cases, then what is put aside; within a group red before blue, and the oldest first."""
    young = alert(LOG, 1, NOW, age=MINUTE, severity="red")
    old = alert(LOG, 2, NOW, age=HOUR, severity="red", state="D")
    orange = alert(LOG, 3, NOW, age=9 * HOUR)
    seen = alert(LOG, 4, NOW, age=9 * HOUR, severity="red", state="C")
    case = alert(LOG, 5, NOW, severity="red", state="A", active=False, case=CASE)
    shelved, suppressed, out = (alert(LOG, n, NOW, severity="red", state=state) for n, state in ((6, "E"), (7, "F"), (8, "G")))
    index = advance(Index(), view_of(out, suppressed, shelved, case, seen, orange, young, old))
    assert ids(select(index, Query())) == [one.id for one in (old, young, orange, seen, case, shelved, suppressed, out)]
    assert grouped(select(index, Query())) == dict(zip(GROUPS, (3, 1, 1, 1, 1, 1), strict=True))


@pytest.mark.parametrize(
    "search",
    [
        "气态污染物",
        "ABOVE the limit",
        "3095-2026",
        "表4",
        "gas-hourly",
        "ENV-I02",
        "air.410102.0",
        "中原区 小时浓度",
        "zhongyuan o3",
    ],
)
def test_a_search_finds_rule_subject_clause_and_number_in_both_languages(search: str) -> None:
    """Rule, row, clause and its article, subject (the MN of a source) and names; all words must be found, case is no matter."""
    wanted, other = alert(LOG, 0, NOW), alert(LOG, 1, NOW, name=Name(zh="二号"), subject="x", rule="y", row="Z", item="")
    other = replace(
        other,
        title=msgspec.structs.replace(other.title, zh="-", en="-"),
        clause=replace(other.clause, edition="-", article="-"),
    )
    index = advance(Index(), view_of(wanted, other))
    assert ids(select(index, Query(search=search))) == [wanted.id]


def test_counts_beside_a_filter_are_what_it_would_give() -> None:
    """Of each value the rows it would show, were its facet filtered by it alone and the others as they are."""
    index = advance(Index(), view_of(*crowd(1, 300)))
    query = Query(severity=frozenset({"red", "blue"}), domain=frozenset({"cyber"}), search="东站")
    found = counts(select(index, query))
    for severity in SEVERITIES:
        assert found["severity"].get(severity, 0) == len(select(index, replace(query, severity=frozenset({severity}))).order)
    for domain in ("environment", "cyber"):
        assert found["domain"].get(domain, 0) == len(select(index, replace(query, domain=frozenset({domain}))).order)
    for group in GROUPS:
        assert found["group"].get(group, 0) == len(select(index, replace(query, group=frozenset({group}))).order)
    assert sum(found["severity"][each] for each in ("red", "blue")) == len(select(index, query).order)


@pytest.mark.parametrize(
    "query",
    [Query(), Query(search="东站"), Query(severity=frozenset({"red"})), Query(search="西", group=frozenset({"acknowledged"}))],
)
@pytest.mark.parametrize("step", [3, MANY + 1])
def test_a_list_kept_by_changes_is_the_list_built_anew(query: Query, step: int) -> None:
    """Over many publications that raise, change and end alerts, few at once or more than are put in place one by one."""
    lot = random.Random(7)
    standing = {one.id: one for one in crowd(2, 2 * MANY + 2)}
    index = advance(Index(), View(Alarms(alerts=dict(standing))))
    selection = select(index, query)
    for turn in range(12):
        for name in lot.sample(sorted(standing), step):
            one = standing[name]
            if lot.random() < 0.4:
                del standing[name]
            else:
                standing[name] = replace(one, state=lot.choice(("B", "C", "E")), severity=lot.choice(SEVERITIES))
        for one in crowd(turn + 100, step):
            made = replace(one, id=f"{turn}-{one.id}")
            standing[made.id] = made
        index = advance(index, View(Alarms(alerts=dict(standing))))
        selection = follow(selection, index)
        anew = advance(Index(), View(Alarms(alerts=dict(standing))))
        fresh = select(anew, query)
        assert ids(selection) == ids(fresh)
        assert counts(selection) == counts(fresh)
        assert grouped(selection) == grouped(fresh)
        assert index.facets == anew.facets


def test_only_alerts_whose_object_changed_are_keyed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication with one changed alert among a thousand makes one row; one without a change gives the very same Index."""
    standing = {one.id: one for one in crowd(3, 1000)}
    index = advance(Index(), View(Alarms(alerts=dict(standing))))
    made: list[str] = []
    real = desk.row_of

    def counted(one: Alert) -> desk.Row:
        made.append(one.id)
        return real(one)

    monkeypatch.setattr(desk, "row_of", counted)
    assert advance(index, View(Alarms(alerts=dict(standing)))) is index
    name = next(iter(standing))
    standing[name] = replace(standing[name], value=1.0)
    later = advance(index, View(Alarms(alerts=dict(standing))))
    assert made == [name]
    assert [row.alert.id for row in later.order] == [row.alert.id for row in sorted(later.order, key=lambda row: row.key)]


def test_a_page_that_comes_late_gets_the_whole_list() -> None:
    """More publications than are remembered have passed: the list is built anew, and nothing is missing."""
    standing = [alert(LOG, 0, NOW)]
    index = advance(Index(), view_of(*standing))
    query = Query(severity=frozenset({"orange"}))
    selection = select(index, query)
    for n in range(1, desk.REMEMBERED + 3):
        standing.append(alert(LOG, n, NOW))
        index = advance(index, view_of(*standing))
    assert ids(follow(selection, index)) == ids(select(index, query))
    assert arrived(selection, select(index, query), index) is None


def answered(page: DeskPage, index: Index, **asked: Any) -> dict[str, Any]:
    """What a page is told."""
    told = page.answer(index, Ask(n=asked.pop("n", 1), **asked))
    assert told is not None
    return msgspec.json.decode(told, type=dict[str, Any])


def test_a_page_is_told_of_its_window_and_then_of_what_is_new() -> None:
    """The window's ids in order, the rows once; nothing where nothing has changed; of a changed alert its row alone."""
    standing = [alert(LOG, n, NOW, age=(50 - n) * MINUTE) for n in range(40)]
    index, page = advance(Index(), view_of(*standing)), DeskPage(DESK)
    told = answered(page, index, first=10, rows=5)
    assert told["ids"] == [one.id for one in standing[10:15]]
    assert sorted(told["set"]) == sorted(told["ids"])
    assert (told["total"], told["groups"]["unacknowledged"], told["counts"]["severity"]) == (40, 40, {"orange": 40})
    assert page.answer(index, Ask(n=1, first=10, rows=5)) is None
    standing[12] = replace(standing[12], value=300.0, rev=999)
    told = answered(page, advance(index, view_of(*standing)), first=10, rows=5)
    assert {name: row["value"] for name, row in told["set"].items()} == {standing[12].id: 300.0}
    assert "counts" not in told


def test_a_frozen_list_stands_still_and_counts_what_waits() -> None:
    """Under the pointer the order stays; new rows are counted, what has become of the old ones is told in their places."""
    standing = {n: alert(LOG, n, NOW, age=(50 - n) * MINUTE) for n in range(5)}
    index, page = advance(Index(), view_of(*standing.values())), DeskPage(DESK)
    first = answered(page, index)
    standing[7] = alert(LOG, 7, NOW, severity="red")
    standing[8] = alert(LOG, 8, NOW, severity="red", state="C")
    standing[0] = replace(standing[0], state="C", rev=900)
    del standing[1]
    index = advance(index, view_of(*standing.values()))
    kept = answered(page, index, n=2, frozen=first["number"])
    assert (kept["ids"], kept["waiting"], kept["number"]) == (first["ids"], 2, first["number"])
    assert kept["set"][f"{0:032x}"]["state"] == "C"
    assert kept["set"][f"{1:032x}"]["gone"] is True
    moved = answered(page, index, n=3)
    assert moved["ids"][0] == f"{7:032x}"
    assert (moved["total"], moved["waiting"]) == (6, 0)


def test_a_page_freezes_the_list_that_it_shows() -> None:
    """The list that the page has seen is kept, though a newer one was sent before its word came."""
    standing = [alert(LOG, n, NOW, age=(50 - n) * MINUTE) for n in range(3)]
    index, page = advance(Index(), view_of(*standing)), DeskPage(DESK)
    shown = answered(page, index)
    index = advance(index, view_of(*standing, alert(LOG, 9, NOW, severity="red")))
    assert answered(page, index)["ids"] != shown["ids"]
    assert answered(page, index, n=2, frozen=shown["number"])["ids"] == shown["ids"]


def test_a_reach_is_told_once_and_is_bounded() -> None:
    """The rows between two places, either way round, at most as many as a bulk act may have."""
    standing = [alert(LOG, n, NOW, age=(900 - n) * MINUTE) for n in range(300)]
    index, page = advance(Index(), view_of(*standing)), DeskPage(DESK)
    told = answered(page, index, reach=(4, 2))
    assert [row["id"] for row in told["reach"]] == [one.id for one in standing[2:5]]
    assert page.answer(index, Ask(n=1, reach=(4, 2))) is None
    assert len(answered(page, index, n=2, reach=(0, 299))["reach"]) == 200


def test_the_place_of_an_alert_is_where_it_stands() -> None:
    """By bisection in the selection; None where the filters leave it out."""
    standing = [alert(LOG, n, NOW, age=(50 - n) * MINUTE, department=BUREAU) for n in range(5)]
    index = advance(Index(), view_of(*standing))
    row = index.rows[standing[3].id]
    assert place_of(select(index, Query()), row) == 3
    assert place_of(select(index, Query(severity=frozenset({"red"}))), row) is None


@pytest.mark.parametrize(
    "said", ['{"n":1,"rows":201}', '{"n":1,"first":-1}', '{"n":1,"query":{"severity":["purple"]}}', '{"n":1,"more":2}']
)
def test_what_a_page_may_not_ask_is_refused(said: str) -> None:
    """More rows than a window has, places before the first, values that there are not, unknown fields."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(said, type=Ask)
