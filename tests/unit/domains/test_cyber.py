"""The cyber domain's own judges against slow obvious references, and at the edges of their memory."""

import statistics
from datetime import date
from math import sqrt
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Finding, Judge
from agents.core.rules.rule import Binding, Edition
from agents.domains.cyber.breach import SOURCES, Breach
from agents.domains.cyber.each import OneByOne
from agents.domains.cyber.judges import check_site_day
from agents.domains.cyber.kept import kept
from agents.domains.cyber.payload import AccessHour, Leak, Login, LogRetention, Measure, PageCheck, SiteDay
from agents.domains.cyber.usual import Usual
from agents.domains.cyber.week import Week
from streams.messages import DAY, HOUR, MINUTE, Name, Registered, Text

MIDNIGHT = 1_772_380_800_000
"""2026-03-02T00:00:00+08:00."""

EDITION = Edition(
    edition="2019", article="1", text=Text("", ""), mark="v", source="", since=date(1970, 1, 1), limits={"failed": 5}
)


def _binding(kinds: tuple[str, ...], **params: object) -> Binding:
    return Binding(rule="rule", item="", kinds=kinds, params=params, editions=(EDITION,))


def _told(judge: Judge, facts: list[tuple[int, str, Any]]) -> list[Finding | None]:
    """What a judge says of facts (event time, kind, data) in the order in which they come."""
    subject, found = Subject("s"), []
    for at, kind, data in facts:
        subject.latest[kind] = followed(subject.latest.get(kind), at, data)
        found.append(judge.read(subject, kind, data, at))
    return found


def _breach() -> Breach:
    return Breach(_binding(("login", "measure"), failures=3, within="5m"))


def _login(outcome: str, source: str = "a") -> Login:
    return Login(source=source, outcome=outcome)  # type: ignore[arg-type]  # one of both, given by the test


ATTEMPTS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["a", "b"]), st.sampled_from(["failure", "failure", "success"])), max_size=30
)


@given(ATTEMPTS)
@example([(0, "a", "failure"), (0, "a", "failure"), (0, "a", "failure"), (5, "a", "success")])
def test_breach_counts_what_it_has_heard(attempts: list[tuple[int, str, str]]) -> None:
    """In any order: a success counts the failures of its source told before it, in the 5 minutes before its own time."""
    found = _told(_breach(), [(minute * MINUTE, "login", _login(outcome, source)) for minute, source, outcome in attempts])
    for n, (at, source, outcome) in enumerate(attempts):
        before = [a for a, s, o in attempts[:n] if s == source and o == "failure"]
        kept = sorted(before)[-12:]
        count = sum(at - 5 <= a < at for a in kept)
        expected = count if outcome == "success" and count >= 3 else None
        finding = found[n]
        assert expected == (None if finding is None else finding.value)


def test_breach_ends_when_access_is_secured() -> None:
    """Only the measure `access-secured` ends a breach; a success that is older than it opens none."""
    failures = [(n * MINUTE, "login", _login("failure")) for n in range(3)]
    secured = Measure(what="access-secured")
    found = _told(
        _breach(),
        [
            *failures,
            (3 * MINUTE, "login", _login("success")),
            (4 * MINUTE, "measure", Measure(what="malware-removed")),
            (5 * MINUTE, "measure", secured),
            (6 * MINUTE, "measure", secured),
            (4 * MINUTE, "login", _login("success")),
        ],
    )
    assert [each and each.active for each in found[3:]] == [True, None, False, None, None]


def test_breach_remembers_a_bounded_number_of_sources() -> None:
    """Of more sources than are remembered the one not seen for longest is forgotten."""
    judge, subject = _breach(), Subject("s")
    for n in range(SOURCES + 1):
        for _ in range(50):
            judge.read(subject, "login", _login("failure", str(n)), n)
    failed = subject.memory["rule"].failed
    assert (len(failed), "0" in failed, max(map(len, failed.values()))) == (SOURCES, False, 12)


def _usual() -> Usual:
    return Usual(_binding(("access_hour",), field="records", sigmas=5, learn=4))


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_usual_is_mean_and_deviations_of_the_usual_values_before(records: list[int]) -> None:
    """A value is unusual above mean + 5 deviations of all usual values before it, by the statistics module."""
    found = _told(_usual(), [(n * HOUR, "access_hour", AccessHour(records=value)) for n, value in enumerate(records)])
    usual: list[int] = []
    for n, value in enumerate(records):
        unusual = False
        if len(usual) >= 4:
            mean = statistics.fmean(usual)
            limit = mean + 5 * max(statistics.stdev(usual), sqrt(mean), 1)
            if value == pytest.approx(limit):
                return
            unusual = value > limit
        if not unusual:
            usual.append(value)
        finding = found[n]
        assert unusual == (finding is not None and finding.active)


def test_usual_leaves_older_hours_out() -> None:
    """An hour older than the newest is neither judged nor learned."""
    hours = [(n * HOUR, "access_hour", AccessHour(records=100)) for n in (1, 2, 3, 4)]
    found = _told(_usual(), [*hours, (0, "access_hour", AccessHour(records=9_000))])
    assert found == [None] * 5


def _week() -> Week:
    return Week(_binding(("site_day",), visits=20))


DAYS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 40), st.integers(0, 4)), max_size=25)


@given(DAYS)
@example([(n, 20, 1) for n in range(1, 8)])
def test_week_is_the_share_of_seven_days(days: list[tuple[int, int, int]]) -> None:
    """In any order: at or above 5 % of the visits of the seven days that end with the newest, if all have 20 visits."""
    facts = [(MIDNIGHT + day * DAY, "site_day", SiteDay(visits=visits, failed=failed)) for day, visits, failed in days]
    found = _told(_week(), facts)
    known: dict[int, tuple[int, int]] = {}
    stood = False
    for n, (day, visits, failed) in enumerate(days):
        if visits >= 20:
            known[day] = (visits, failed)
        week = [known[each] for each in range(day - 6, day + 1) if each in known]
        if day < max(known, default=day) or len(week) < 7:
            assert found[n] is None
            continue
        stands = 100 * sum(each[1] for each in week) >= 5 * sum(each[0] for each in week)
        finding = found[n]
        assert (stands if stands or stood else None) == (None if finding is None else finding.active)
        stood = stands


def test_week_counts_the_day_that_ends_at_midnight_once() -> None:
    """A report of 23:00 and one of the midnight after are of the same day: the later told counts."""
    facts = [(MIDNIGHT + day * DAY, "site_day", SiteDay(visits=20, failed=0)) for day in range(1, 7)]
    last = MIDNIGHT + 7 * DAY
    facts += [(last - HOUR, "site_day", SiteDay(visits=140, failed=140)), (last, "site_day", SiteDay(visits=20, failed=6))]
    found = _told(_week(), facts)
    assert [each and each.active for each in found[6:]] == [True, False]


ILLEGAL = {"kind": "page_check", "where": {"content": "illegal"}, "within": "2m"}
REMOVED = {"kind": "page_check", "where": {"content": ["same", "changed"]}}
CHECKS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["/a", "/b"]), st.sampled_from(["illegal", "changed", "same"])), max_size=25
)


@given(CHECKS)
@example([(0, "/a", "illegal"), (1, "/a", "illegal"), (2, "/b", "illegal")])
def test_each_page_has_its_own_time(checks: list[tuple[int, str, str]]) -> None:
    """Checks in order: at each minute as many stand as pages have been illegal for 2 minutes without a check between."""
    judge = OneByOne(_binding(("page_check",), starts=[ILLEGAL], until=[REMOVED], by=["page", "address"]))
    subject, standing = Subject("s"), 0.0
    for now in range(25):
        for at, address, content in checks:
            if at == now:
                data = PageCheck(page="other", content=content, address=address)  # type: ignore[arg-type]  # one of them
                found = judge.read(subject, "page_check", data, MIDNIGHT + at * MINUTE)
                standing = standing if found is None else (found.value or 0.0) if found.active else 0.0
        if judge.due(subject) <= MIDNIGHT + now * MINUTE:
            found = judge.wake(subject, MIDNIGHT + now * MINUTE)
            standing = standing if found is None else (found.value or 0.0) if found.active else 0.0
        since: dict[str, int] = {}
        for at, address, content in sorted((each for each in checks if each[0] <= now), key=lambda each: each[0]):
            if content == "illegal":
                since.setdefault(address, at)
            else:
                since.pop(address, None)
        assert standing == sum(now >= at + 2 for at in since.values())


def test_each_leak_has_its_newest_number() -> None:
    """Of two leaks the greater number counts, a correction replaces it, the last one handled closes; a late one does not."""
    starts, until = ({"kind": "leak", "where": {"state": each}} for each in ("found", "handled"))
    tiers = [{"from": 1_000_000, "severity": "red"}]
    judge = OneByOne(_binding(("leak",), starts=[starts], until=[until], by="leak", field="people", tiers=tiers))
    facts = [
        (1, Leak(leak="a", people=50)),
        (2, Leak(leak="b", people=1_000_000)),
        (3, Leak(leak="b", people=60)),
        (4, Leak(leak="b", people=60, state="handled")),
        (3, Leak(leak="b", people=2_000_000)),
        (5, Leak(leak="a", people=50, state="handled")),
    ]
    found = _told(judge, [(minute * MINUTE, "leak", data) for minute, data in facts])
    assert [each and (each.active, each.value, each.severity) for each in found] == [
        (True, 50, None),
        (True, 1_000_000, "red"),
        (True, 60, None),
        (True, 50, None),
        None,
        (False, None, None),
    ]


@pytest.mark.parametrize(("began", "months", "short"), [("2026-01-02", 2, True), ("2026-01-02", 3, False), (None, 5, True)])
def test_a_young_system_keeps_what_it_has(began: str | None, months: int, short: bool) -> None:
    """On 2 April 2026 a system of 2 January has three whole months; without a day the six of the law count."""
    edition = Edition(
        edition="2016", article="1", text=Text("", ""), mark="v", source="", since=date(1970, 1, 1), limits={"months": 6}
    )
    params = {"field": "months", "limit": "law", "direction": "below"}
    judge = kept(Binding(rule="rule", item="", kinds=("log_retention",), params=params, editions=(edition,)))
    traits = {} if began is None else {"began": began}
    subject = Subject("s", facts=Registered(kind="info_system", name=Name("例"), adcode="410102", traits=traits))
    found = judge.read(subject, "log_retention", LogRetention(months=months), MIDNIGHT + 31 * DAY)
    assert (found is not None) == short


def test_more_failures_than_visits_are_told() -> None:
    """A day with more failures than visits is inconsistent; one that failed throughout is not."""
    assert [field for _, field, _ in check_site_day(SiteDay(visits=20, failed=21), 0)] == ["$.data.failed"]
    assert check_site_day(SiteDay(visits=20, failed=20), 0) == []
