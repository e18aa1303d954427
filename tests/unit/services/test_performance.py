"""Alarm performance: what counts, each boundary to the millisecond, and a recount that is written in another way."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.alarm import ROWS, Row
from agents.measures import performance as fold
from agents.measures.command import TARGETS, main, read_lines, read_targets
from agents.measures.kpi import GROUPINGS, FloodLimits, Target, faults, floods, performance, period, unknown, verdict
from agents.measures.performance import Journal, forget, take, told
from agents.offline.judge import judge_lines
from agents.stages import Basis
from fixtures.city import DEFAULT
from streams.command import Trouble
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Alert,
    Audit,
    Performance,
    Severity,
    State,
    Text,
    encode,
    format_time,
    parse_time,
)
from tests.support.books import the_book
from tests.support.pure.scenarios import lines
from tests.support.pure.trails import BEGIN, REAL, Step, alert, calls, life

GIVEN = read_targets(TARGETS)


def journal(*trails: list[Audit], until: int, alerts: Sequence[Alert] = ()) -> Journal:
    """What is remembered of these trails at `until` (ms after BEGIN); the log begins at BEGIN."""
    kept = Journal(first=BEGIN)
    for trail in trails:
        for entry in trail:
            take(kept, entry)
        take(kept, alert(trail[0].alert))
    for each in alerts:
        take(kept, each)
    told(kept, BEGIN + until)
    return kept


def measured(kept: Journal, by: Any = "desk") -> list[Performance]:
    """The measures of all groups of one kind."""
    over = period(kept)
    assert over is not None
    return list(performance(kept, GIVEN, "t", over, [by]))


def values(kept: Journal) -> dict[str, float | None]:
    """The values of the one desk."""
    (desk,) = measured(kept)
    return {each.name: each.value for each in desk.measures}


def test_only_an_entry_into_state_b_is_an_annunciation() -> None:
    """A raise, a re-alarm and what comes back from aside unseen: 4; all else that happened to it is none."""
    trail = life(
        "a",
        (0, "raise", "B"),
        (1, "severity", "B"),
        (2, "escalate", "B"),
        (3, "notify", "B"),
        (4, "acknowledge", "C"),
        (5, "confirm", "C"),
        (6, "re-alarm", "B"),
        (7, "clear", "D"),
        (8, "remind", "D"),
        (9, "re-alarm", "B"),
        (10, "shelve", "E"),
        (11, "condition", "E"),
        (12, "refuse", "E"),
        (13, "shelve-end", "B"),
        (14, "shelve", "E"),
        (15, "unshelve", "C"),
        (16, "clear", "A"),
    )
    (desk,) = measured(journal(trail, until=HOUR))
    assert desk.annunciations == 4


def test_what_is_suppressed_from_the_first_is_not_annunciated_until_it_is_shown() -> None:
    """A to F is none, F to B is one."""
    hidden = life("a", (0, "suppress", "F"))
    assert measured(journal(hidden, until=HOUR)) == []
    shown = life("a", (0, "suppress", "F"), (MINUTE, "unsuppress", "B"))
    assert measured(journal(shown, until=HOUR))[0].annunciations == 1


def test_chatter_is_three_in_sixty_seconds() -> None:
    """Three annunciations of one alarm, the last 59.999 s after the first, are chatter; 60 s after, or two, are not.

    The alerts differ, the alarm (rule, subject, item) is one.
    """

    def chattering(*times: int) -> float | None:
        same = [alert(f"a{n}", subject="s", rev=10**9) for n in range(len(times))]
        return values(journal(*calls(*times), until=HOUR, alerts=same))["chattering"]

    assert chattering(0, 30_000, 59_999) == 1
    assert chattering(0, 30_000, 60_000) == 0
    assert chattering(0, 1) == 0
    assert values(journal(*calls(0, 1, 2), until=HOUR))["chattering"] == 0, "three alarms, once each"


def test_chatter_is_more_than_five_transitions_in_five_minutes() -> None:
    """Six turns of the condition within less than 5 minutes are chatter; five, or six over 5 minutes, are not.

    A re-alarm of what is active and an acknowledgement are no transitions.
    """

    def chattering(*times: int) -> float | None:
        turns: list[Step] = [(at, *(("clear", "D") if n % 2 else ("re-alarm", "B"))) for n, at in enumerate(times)]  # type: ignore[misc]
        return values(journal(life("a", *turns), until=HOUR))["chattering"]

    minute = MINUTE
    assert chattering(0, 1, minute + 1, minute + 2, 4 * minute, 5 * minute - 1) == 1
    assert chattering(0, 1, minute + 1, minute + 2, 4 * minute, 5 * minute) == 0
    assert chattering(0, 1, minute + 1, minute + 2, 4 * minute) == 0
    acknowledged = life(
        "a",
        (0, "raise", "B"),
        (1, "acknowledge", "C"),
        (MINUTE, "re-alarm", "B"),
        (MINUTE + 1, "acknowledge", "C"),
        (3 * MINUTE, "re-alarm", "B"),
        (4 * MINUTE, "clear", "D"),
    )
    assert values(journal(acknowledged, until=HOUR))["chattering"] == 0


def test_fleeting_is_active_for_less_than_ten_seconds() -> None:
    """9.999 s are fleeting, 10 s are not, nor what was shelved after a second."""

    def fleeting(*steps: Step) -> float | None:
        return values(journal(life("a", (0, "raise", "B"), *steps), until=HOUR))["fleeting"]

    assert fleeting((9_999, "clear", "D")) == 1
    assert fleeting((10_000, "clear", "D")) == 0
    assert fleeting((1, "acknowledge", "C"), (9_999, "clear", "A")) == 1
    assert fleeting((1_000, "shelve", "E")) == 0


def test_stale_is_annunciated_and_active_for_more_than_a_day() -> None:
    """24 h to the millisecond are not stale, one more is; a day counts on which it was; shelving ends it."""
    stands = [life(f"a{n}", (0, "raise", "B")) for n in range(5)]
    for until, found in ((DAY, 0), (DAY + 1, 5)):
        (desk,) = measured(journal(*stands, until=until))
        assert (values(journal(*stands, until=until))["stale"], len(desk.stale)) == (found, found)
    assert measured(journal(*stands, until=DAY + 1))[0].stale[0].since == format_time(BEGIN)
    four = values(journal(*stands[:4], until=DAY + 1))
    assert verdict(four["stale"], GIVEN.measure["stale"]) == "acceptable"
    assert verdict(5, GIVEN.measure["stale"]) == "exceeded"

    def over(*steps: Step) -> float | None:
        return values(journal(life("a", (0, "raise", "B"), *steps), until=3 * DAY))["stale"]

    assert over((DAY + 1, "clear", "D")) == 0, "at its last moment it was 24 h old"
    assert over((DAY + 2, "clear", "D")) == 1
    assert over((HOUR, "acknowledge", "C"), (2 * HOUR, "re-alarm", "B"), (DAY + 2, "clear", "D")) == 1
    assert over((HOUR, "shelve", "E"), (2 * HOUR, "shelve-end", "B"), (DAY + HOUR, "clear", "D")) == 0
    assert over((HOUR, "shelve", "E"), (2 * HOUR, "unshelve", "C"), (DAY + 2 * HOUR + 2, "clear", "A")) == 1


def test_most_stale_on_any_day_is_not_their_sum() -> None:
    """One stale on the third day, another on the fourth: one on any day; both on the third: two."""
    first = life("a", (0, "raise", "B"), (DAY + HOUR, "clear", "D"))
    next_day = life("b", (DAY, "raise", "B"), (2 * DAY + HOUR, "clear", "D"))
    same_day = life("b", (HOUR, "raise", "B"), (DAY + 2 * HOUR, "clear", "D"))
    assert values(journal(first, next_day, until=4 * DAY))["stale"] == 1
    assert values(journal(first, same_day, until=4 * DAY))["stale"] == 2


def test_a_flood_begins_with_the_tenth_and_ends_below_five() -> None:
    """Nine in 10 minutes are none, ten are; the tenth exactly 10 minutes after the first is none.

    It ends when the fifth newest is 10 minutes old; at that very moment another one carries it on.
    """
    limits = FloodLimits(begins=10, ends_below=5)
    ten = [n * MINUTE for n in range(9)] + [10 * MINUTE - 1]
    assert floods(ten[:9], limits) == []
    assert floods(ten, limits) == [(10 * MINUTE - 1, 15 * MINUTE)], "the fifth newest came in minute 5"
    assert floods([*ten[:9], 10 * MINUTE], limits) == []
    assert floods([*ten, 15 * MINUTE], limits) == [(10 * MINUTE - 1, 16 * MINUTE)]
    assert floods([*ten, 15 * MINUTE + 1], limits) == [(10 * MINUTE - 1, 15 * MINUTE)]
    assert floods(ten[:9] + ten[-1:] * 2, FloodLimits(begins=11, ends_below=5)) == [(10 * MINUTE - 1, 16 * MINUTE)]


def test_time_in_flood_and_whether_one_goes_on() -> None:
    """Ten at once at hour 1 are a flood of 10 minutes: a sixth of one hour, cut at the end of the period."""
    ten = calls(*[HOUR] * 10)
    found = values(journal(*ten, until=10 * HOUR))
    assert found["flood"] == pytest.approx(100 / 60)
    (now,) = measured(journal(*ten, until=HOUR + 9 * MINUTE))
    (after,) = measured(journal(*ten, until=HOUR + 10 * MINUTE))
    assert (now.floods, now.flooded, after.floods, after.flooded) == (1, True, 1, False)
    assert values(journal(*ten, until=HOUR + 5 * MINUTE))["flood"] == pytest.approx(100 * 5 / 65)


def test_an_interval_is_crowded_with_more_than_ten() -> None:
    """Ten in one 10-minute interval of the clock are not, eleven are; 59.999 s and 60 s lie in two minutes."""
    ten = values(journal(*calls(*range(10)), until=100 * MINUTE - 1))
    eleven = values(journal(*calls(*range(11)), until=100 * MINUTE - 1))
    assert (ten["peak"], ten["crowded"]) == (10, 0)
    assert (eleven["peak"], eleven["crowded"]) == (11, 10), "one of ten intervals"
    apart = values(journal(*calls(*range(10), 10 * MINUTE), until=100 * MINUTE - 1))
    assert (apart["peak"], apart["crowded"]) == (10, 0)
    edge = values(journal(*calls(59_999, 60_000, 60_001), until=HOUR))
    assert (edge["peak-minute"], edge["peak-hour"]) == (2, 3)


def test_rates_and_their_verdicts() -> None:
    """144 in a day are 1 in 10 minutes and 6 an hour: acceptable; 145 to 288 can be managed; 289 cannot (ISA-18.2 table 5)."""

    def rate(count: int) -> tuple[float | None, str]:
        (desk,) = measured(journal(*calls(*(n * 4 * MINUTE for n in range(count))), until=DAY))
        return desk.measures[0].value, desk.measures[0].verdict

    assert rate(144) == (1, "acceptable")
    assert rate(145)[1] == "manageable"
    assert rate(288) == (2, "manageable")
    assert rate(289)[1] == "exceeded"
    assert values(journal(*calls(*(n * 10 * MINUTE for n in range(144))), until=DAY))["hourly"] == 6


def test_the_ten_most_frequent_and_their_share() -> None:
    """Twelve alarms: eleven once, one nine times. The ten most frequent are 9 + 9 of 20: 90 %."""
    turns: list[Step] = [(n * HOUR, *(("clear", "D") if n % 2 else ("re-alarm", "B"))) for n in range(17)]  # type: ignore[misc]
    kept = journal(life("z", *turns), *calls(*(n * HOUR for n in range(11))), until=DAY)
    (desk,) = measured(kept)
    assert values(kept)["frequent"] == 90
    assert (desk.frequent[0].subject, desk.frequent[0].count, len(desk.frequent)) == ("z", 9, 10)
    assert [each.subject for each in desk.frequent[1:]] == ["a0", "a1", "a10", *(f"a{n}" for n in range(2, 8))]


def test_who_was_never_acknowledged_and_how_long_it_took() -> None:
    """Of six: three acknowledged after 1, 2 and 30 s; one re-alarmed before anybody had, one stands, one was put aside."""
    kept = journal(
        life("a", (0, "raise", "B"), (1_000, "acknowledge", "C")),
        life("b", (0, "raise", "B"), (1_000, "clear", "D"), (2_000, "acknowledge", "A")),
        life("c", (0, "raise", "B"), (1_000, "clear", "D"), (2_000, "re-alarm", "B"), (32_000, "acknowledge", "C")),
        life("d", (0, "raise", "B")),
        life("e", (0, "raise", "B"), (5_000, "shelve", "E")),
        until=HOUR,
    )
    found = values(kept)
    assert found["never-acknowledged"] == 2
    assert (found["acknowledge-median"], found["acknowledge-p90"]) == (2, 30)


def test_priorities_are_shares_of_annunciations() -> None:
    """80/15/4/1 of 100: red is at 1 % and should be below it; the others are well (ISA-18.2 table 6)."""
    shares: dict[Severity, int] = {"blue": 80, "yellow": 15, "orange": 4, "red": 1}
    trails = [
        life(f"{severity}{n}", (n * MINUTE, "raise", "B"), severity=severity)
        for severity, count in shares.items()
        for n in range(count)
    ]
    (desk,) = measured(journal(*trails, until=DAY))
    found = {each.name: (each.value, each.verdict) for each in desk.measures if each.name.startswith("priority")}
    assert found == {
        "priority-red": (1, "exceeded"),
        "priority-orange": (4, "acceptable"),
        "priority-yellow": (15, "acceptable"),
        "priority-blue": (80, "acceptable"),
    }


def test_groups_and_who_has_targets() -> None:
    """An alert counts for its desk, district, domain and rule; what one person can manage is asked of desks alone."""
    kept = journal(*calls(0, 1), until=HOUR, alerts=[alert("a1", adcode="410103", rule="other", rev=10**9)])
    keys = {by: [each.key for each in measured(kept, by)] for by in GROUPINGS}
    assert keys == {
        "desk": ["zz-ee"],
        "district": ["410102", "410103"],
        "domain": ["environment"],
        "rule": [REAL.rule, "other"],
    }
    (domain,) = measured(kept, "domain")
    verdicts = {each.name for each in domain.measures if each.verdict}
    assert verdicts == {"chattering", "fleeting"}


def test_a_trail_without_a_revision_waits_for_it() -> None:
    """It is told as unknown, and measured once its revision has come."""
    kept = Journal()
    take(kept, life("a", (0, "raise", "B"))[0])
    assert (unknown(kept), measured(kept)) == (1, [])
    take(kept, alert("a"))
    assert (unknown(kept), measured(kept)[0].annunciations) == (0, 1)


def test_thirty_days_are_remembered_and_what_stands_longer() -> None:
    """An annunciation 30 days old is remembered, a millisecond later not; what stands since then is stale all the same."""
    kept = journal(life("old", (0, "raise", "B"), (1, "clear", "D")), life("stands", (0, "raise", "B")), until=30 * DAY)
    forget(kept)
    assert measured(kept)[0].annunciations == 2
    told(kept, BEGIN + 30 * DAY + 2)
    forget(kept)
    (desk,) = measured(kept)
    assert (desk.annunciations, len(desk.stale), sorted(kept.trails), sorted(kept.facts)) == (0, 1, ["stands"], ["stands"])
    assert desk.since == format_time(BEGIN + 2)


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the most that is remembered the oldest go, and the period says that it is shorter."""
    monkeypatch.setattr(fold, "MOST", 3)
    kept = journal(*calls(*(n * MINUTE for n in range(5))), until=HOUR)
    forget(kept)
    (desk,) = measured(kept)
    assert (desk.annunciations, desk.since) == (3, format_time(BEGIN + 2 * MINUTE))


# A random life of alarms by the real state table, and a recount of what it holds.


def lives(*longest: int) -> st.SearchStrategy[list[list[tuple[int, int]]]]:
    """Lives of alarms: seconds to the next step, at most `longest`, and the choice among what the table allows."""
    seconds = st.sampled_from((0, 1, 5, 9, 10, 59, 60, 300, *longest))
    return st.lists(st.lists(st.tuples(seconds, st.integers(0, 99)), max_size=20), min_size=1, max_size=14)


def walk(name: str, moves: Iterable[tuple[int, int]]) -> list[Audit]:
    """A life by the table: after so many seconds, one of the rows that begin in the present state."""
    state: State = "A"
    steps: list[Step] = []
    at = 0
    for seconds, choice in moves:
        rows = [row for row in ROWS if state in row.before]
        row: Row = rows[choice % len(rows)]
        at += seconds * SECOND
        state = row.after
        steps.append((at, row.steps[0], state))
    return life(name, *steps)


def interleaved(trails: Sequence[list[Audit]]) -> list[Audit]:
    """The entries of all trails in order of time."""
    return sorted((entry for trail in trails for entry in trail), key=lambda entry: (entry.at, entry.alert, entry.n))


@settings(deadline=None, max_examples=60)
@given(lives(7_200, 400_000), st.data())
def test_cut_anywhere_and_restored_it_is_equal(walks: list[list[tuple[int, int]]], data: st.DataObject) -> None:
    """A journal that is written and read back at any place, with copies of what came before, in another order of the alerts."""
    trails = [walk(f"a{n}", moves) for n, moves in enumerate(walks)]
    entries = interleaved(trails)
    whole, cut = Journal(), Journal()
    for entry in entries:
        take(whole, entry)
        take(whole, alert(entry.alert, rev=entry.n, changed_at=entry.at))
    other = [entry for trail in data.draw(st.permutations(trails)) for entry in trail]
    place = data.draw(st.integers(0, len(other)))
    again = data.draw(st.integers(0, place))
    for entry in other[:place]:
        take(cut, entry)
        take(cut, alert(entry.alert, rev=entry.n, changed_at=entry.at))
    forget(cut)
    cut = msgspec.json.decode(encode(cut), type=Journal)
    for entry in other[again:]:
        take(cut, alert(entry.alert, rev=entry.n, changed_at=entry.at))
        take(cut, entry)
    forget(whole)
    forget(cut)
    assert cut == whole
    over = period(whole)
    if over is not None:
        assert list(performance(cut, GIVEN, "t", over)) == list(performance(whole, GIVEN, "t", over))


def recount(entries: Sequence[dict[str, Any]], mine: Callable[[str], bool], since: int, until: int) -> dict[str, float]:
    """The same numbers by looking at the text of times and at each second, from trails as JSON."""
    own = [entry for entry in entries if mine(entry["alert"])]
    called = [entry for entry in own if entry["after"] == "B" and entry["before"] != "B"]
    stamps = [format_time(parse_time(entry["at"])) for entry in called]
    tens = Counter(stamp[:15] for stamp in stamps)
    seconds = Counter(parse_time(entry["at"]) // SECOND for entry in called)
    flooded, in_flood, count = 0, False, 0
    for second in range(since // SECOND, until // SECOND):
        count += seconds[second] - seconds[second - 600]
        in_flood = count >= (5 if in_flood else 10)
        flooded += in_flood
    hours = (until - since) / 3_600_000
    return {
        "rate": len(called) / (hours * 6),
        "hourly": len(called) / hours,
        "peak": max(tens.values(), default=0),
        "peak-hour": max(Counter(stamp[:13] for stamp in stamps).values(), default=0),
        "peak-minute": max(Counter(stamp[:16] for stamp in stamps).values(), default=0),
        "crowded": 100 * len([ten for ten, times in tens.items() if times > 10]) / _tens(since, until),
        "flood": 100 * flooded / ((until - since) / 1_000),
        "stale": _stale(own, since, until),
        "fleeting": _fleeting(own),
        "never-acknowledged": _waiting(own),
    }


def _tens(since: int, until: int) -> int:
    return len({format_time(at)[:15] for at in (*range(since, until, MINUTE), until)})


def _stale(entries: Sequence[dict[str, Any]], since: int, until: int) -> int:
    """Ask at every moment at which the answer can change, or a day begins or ends, who is stale then."""
    times = {parse_time(entry["at"]) for entry in entries}
    days = {BEGIN + n * DAY for n in range((until - BEGIN) // DAY + 2)}
    moments = {at + more for at in times | days for more in (-1, 0, 1, DAY - 1, DAY, DAY + 1)} | {until}
    found: dict[str, set[str]] = {}
    for moment in sorted(each for each in moments if since <= each <= until):
        began: dict[str, int] = {}
        for entry in entries:
            at = parse_time(entry["at"])
            if at > moment:
                continue
            if entry["after"] not in "BC":
                began.pop(entry["alert"], None)
            else:
                began.setdefault(entry["alert"], at)
        found.setdefault(format_time(moment)[:10], set()).update(each for each, at in began.items() if moment - at > DAY)
    return max(map(len, found.values()), default=0)


def _fleeting(entries: Sequence[dict[str, Any]]) -> int:
    began: dict[str, int] = {}
    count = 0
    for entry in entries:
        at, name = parse_time(entry["at"]), entry["alert"]
        if entry["after"] == "B" and entry["before"] in {"A", "D", "C-latched", "D-latched"}:
            began[name] = at
        elif entry["event"] == "clear":
            count += name in began and at - began.pop(name) < 10_000
        elif entry["after"] in {"E", "F", "G"}:
            began.pop(name, None)
    return count


def _waiting(entries: Sequence[dict[str, Any]]) -> int:
    """Annunciations after which, before the next of the same alert, nobody acknowledged it and it was not put aside."""
    waiting: Counter[str] = Counter()
    open_: set[str] = set()
    for entry in entries:
        name = entry["alert"]
        if entry["after"] == "B" != entry["before"]:
            waiting[name] += 1
            open_.add(name)
        elif name in open_ and (entry["event"] == "acknowledge" or entry["after"] in {"E", "F", "G"}):
            waiting[name] -= 1
            open_.remove(name)
    return waiting.total()


@settings(deadline=None, max_examples=25)
@given(lives(7_200, 30_000))
def test_a_recount_of_random_lives_agrees(walks: list[list[tuple[int, int]]]) -> None:
    """Whatever the table allows, second by second, within 30 days."""
    trails = [trail for n, moves in enumerate(walks) if (trail := walk(f"a{n}", moves))]
    entries = [json.loads(encode(entry)) for entry in interleaved(trails)]
    if not entries:
        return
    until = max(*(parse_time(entry["at"]) for entry in entries), BEGIN + HOUR)
    kept = journal(*trails, until=until - BEGIN)
    for desk in measured(kept):
        found = {each.name: each.value for each in desk.measures}
        expected = recount(entries, lambda _: True, BEGIN, until)
        assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_a_recount_of_the_simulated_day_agrees(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A day of the city, judged, measured by the command: each desk as the recount of the printed lines has it."""
    file = tmp_path / "judged.jsonl"
    with file.open("wb") as out:
        for output in judge_lines(Basis(the_book()), lines(DEFAULT)):
            topic = {Alert: "alerts", Audit: "audit"}.get(type(output))
            if topic:
                out.write(encode({"topic": topic, "key": "", "value": output}) + b"\n")
    assert main([str(file)]) == 0
    desks = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    printed = [json.loads(line) for line in file.read_bytes().splitlines()]
    owners = {each["value"]["id"]: each["value"]["department"]["id"] for each in printed if each["topic"] == "alerts"}
    entries = [each["value"] for each in printed if each["topic"] == "audit"]
    assert {desk["key"] for desk in desks} == {owners[entry["alert"]] for entry in entries}
    assert sum(desk["annunciations"] for desk in desks) > 100
    for desk in desks:
        expected = recount(
            entries, lambda name, key=desk["key"]: owners[name] == key, parse_time(desk["since"]), parse_time(desk["until"])
        )
        found = {each["name"]: each["value"] for each in desk["measures"]}
        assert {name: found[name] for name in expected} == pytest.approx(expected), desk["key"]


def test_targets_are_checked(tmp_path: Path) -> None:
    """The file that comes with it is sound; another one is refused with its name and the place at fault."""
    assert list(faults(GIVEN)) == []
    text = TARGETS.read_text("utf-8")
    for change, fault in (
        (("ends_below = 5", "ends_below = 11"), "flood: begins at 10 and ends below 11"),
        (('under = "10s"', 'under = "ten"'), "fleeting.under: length of time 'ten'"),
        (("[measure.rate]", "[measure.speed]"), "missing: rate, speed"),
        (("{flood.begins}", "{flood.starts}"), "measure.flood.title: names no number"),
        (("annunciations = 3", "annunciations = 1"), "chattering: one annunciation alone"),
        (("begins = 10 ", "starts = 10 "), "unknown field"),
    ):
        file = tmp_path / "targets.toml"
        file.write_text(text.replace(*change), "utf-8")
        with pytest.raises(Trouble, match=f"targets.toml: .*{fault}"):
            read_targets(file)


def test_each_number_names_its_clause() -> None:
    """A target without a clause would be an opinion; ours all name theirs."""
    assert all(target.clause for target in GIVEN.measure.values() if target.target is not None)


@pytest.mark.parametrize(
    ("value", "comparison", "expected"),
    [(1, "at most", "acceptable"), (1, "below", "manageable"), (2, "at most", "manageable"), (2.1, "at most", "exceeded")],
)
def test_a_verdict_says_which_boundary_is_used(value: float, comparison: Any, expected: str) -> None:
    """At most includes its number, below does not."""
    target = Target(title=Text("", ""), unit="", comparison=comparison, target=1, limit=2)
    assert verdict(value, target) == expected


def test_the_command_measures_a_part_and_refuses_what_it_does_not_know(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """--to leaves out what came after it, --from what came before; a strange line is named; wrong use is told."""
    file = tmp_path / "judged.jsonl"
    outputs = [("alerts", alert("a")), *(("audit", entry) for entry in life("a", (0, "raise", "B"), (HOUR, "clear", "D")))]
    outputs += [("alerts", alert("b")), *(("audit", entry) for entry in life("b", (2 * HOUR, "raise", "B")))]
    file.write_bytes(b"".join(encode({"topic": topic, "key": "", "value": value}) + b"\n" for topic, value in outputs))

    def counts(*more: str) -> list[tuple[int, float | None]]:
        assert main([str(file), *more]) == 0
        found = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        return [(each["annunciations"], each["measures"][7]["value"]) for each in found]

    assert counts() == [(2, 0)]
    assert counts("--to", format_time(BEGIN + HOUR)) == [(1, 0)]
    assert counts("--from", format_time(BEGIN + HOUR)) == [(1, 0)]
    assert counts("--to", format_time(BEGIN + 2 * DAY)) == [(2, 1)], "time passes though nothing happens: one is stale"
    with pytest.raises(ValueError, match="--from is after"):
        main([str(file), "--from", format_time(BEGIN + DAY)])
    with pytest.raises(ValueError, match="--follow goes with neither"):
        main([str(file), "--follow"])
    with pytest.raises(Trouble, match="line 1 is not what"):
        read_lines(Journal(), [b"{}"])
    with pytest.raises(Trouble, match="nothing to measure"):
        main([str(file), "--to", format_time(BEGIN - DAY)])
