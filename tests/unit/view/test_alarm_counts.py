"""What is kept up alert by alert equals what counting everything anew would give, after any messages in any portions."""

from collections import Counter
from itertools import groupby
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from screen.feed.fold import fold
from screen.feed.ordered import MANY
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import BIN, Annunciations
from screen.feed.slices.clock import Clock
from screen.feed.slices.incidents import Incidents
from screen.feed.view import View
from screen.wall.figures import trend, unacknowledged
from screen.wall.incidents import calling, entries, listed
from screen.wall.marks import marks_of
from streams.messages import MINUTE, SEVERITIES, Alert, Case, Incident, parse_time
from tests.support.pure.view import LOG, NOW
from tests.support.town import alert, incident

PEOPLE = 6
STATES = ("B", "C", "D", "A", "E", "ended")

moves = st.one_of(
    st.tuples(
        st.just("alert"),
        st.integers(1, PEOPLE),
        st.sampled_from(STATES),
        st.sampled_from(SEVERITIES),
        st.booleans(),
    ),
    st.tuples(st.just("incident"), st.integers(1, 3), st.sets(st.integers(1, PEOPLE)), st.booleans(), st.just(None)),
)


def message(n: int, move: tuple[Any, ...]) -> Struct:
    """The n-th message."""
    kind, number, what, how, case = move
    if kind == "alert":
        made = alert(LOG, number, NOW, severity=how, phase="post-event" if number % 2 else "in-process")
        opened = Case(opened_at=made.raised_at, due=made.raised_at) if case else None
        return replace(
            made,
            rev=n,
            subject=f"s{number % 3}",
            state="A" if what == "ended" else what,
            case=opened if what != "ended" else None,
        )
    members = tuple(alert(LOG, one, NOW).id for one in sorted(what))
    return replace(
        incident(alert(LOG, 1, NOW)), id=f"i{number}", rev=n, audit=n, members=members, state="open" if how else "ended"
    )


def home(view: View, name: str) -> Incident | None:
    """The newest open incident that tells of an alert."""
    found = [one for one in view[Incidents].incidents.values() if one.state == "open" and name in one.members]
    return max(found, key=lambda one: one.rev, default=None)


def order(one: Alert) -> tuple[int, int, str]:
    """Worst first, then those that stand longest."""
    return SEVERITIES.index(one.severity), parse_time(one.raised_at), one.id


@given(st.lists(moves, max_size=40), st.integers(1, 9))
def test_what_is_kept_up_is_what_counting_anew_gives(given_moves: list[tuple[Any, ...]], portion: int) -> None:
    """Order, kinds, sites, marks, cases, rows, their numbers and the trend's bins, whatever came in whatever portions."""
    messages = [message(n, move) for n, move in enumerate(given_moves, 1)]
    view = View(Clock(now=NOW))
    for begin in range(0, len(messages), portion):
        before = view
        view = fold(view, messages[begin : begin + portion])
        assert before[Alarms].counts.waiting == len(list(unacknowledged(before)))  # the View before is as it was
    standing, counts = list(view[Alarms].alerts.values()), view[Alarms].counts
    waiting = sorted((one for one in standing if one.state[0] != "C"), key=order)
    assert list(unacknowledged(view)) == waiting
    assert counts.kinds == Counter((a.severity, a.state[0], a.phase, a.domain, a.adcode, a.lon is not None) for a in standing)
    by_subject = groupby(sorted(standing, key=lambda one: one.subject), key=lambda one: one.subject)
    alerts = {subject: list(found) for subject, found in by_subject}
    assert counts.marks == {subject: marks_of(found) for subject, found in alerts.items()}
    assert {subject: counts for (_, subject), counts in counts.sites.items()} == {
        subject: tuple(sum(one.severity == severity for one in found) for severity in SEVERITIES)
        for subject, found in alerts.items()
    }
    every = (*standing, *view[Alarms].aside.values(), *view[Alarms].normal.values())
    assert counts.cases == {one.id: one for one in every if one.case and one.case.open}
    rows: dict[str, list[Alert]] = {}
    for one in waiting:
        its = home(view, one.id)
        rows.setdefault(its.id if its else one.id, []).append(one)
    shown = [(entry.incident.id if entry.incident else entry.alerts[0].id, list(entry.alerts)) for entry in entries(view)]
    assert shown == list(rows.items())
    assert {call.id: call.group for call in calling(view)} == {
        one.id: name for name, found in rows.items() for one in found if one.severity in {"red", "orange"}
    }
    for phase, told in listed(view).items():
        ours = [found for found in rows.values() if found[0].phase == phase]
        assert told.entries == len(ours)
        assert told.severities == tuple(sum(a.severity == severity for found in ours for a in found) for severity in SEVERITIES)
    called = Counter(item.at // BIN for item in view[Annunciations].annunciations.values())
    found = trend(view)
    assert sum(found.up) + sum(found.down) == sum(called.values())


def test_many_at_once_and_one_by_one_give_the_same_order() -> None:
    """A log that is read from its beginning is put in order at once, a living one alert by alert."""
    alerts = [alert(LOG, n, NOW, age=n * 7 % 90 * MINUTE, severity=SEVERITIES[n % 4]) for n in range(1, MANY + 3)]
    one_by_one = View(Clock(now=NOW))
    for one in alerts:
        one_by_one = fold(one_by_one, [one])
    assert (
        list(unacknowledged(fold(View(Clock(now=NOW)), alerts)))
        == list(unacknowledged(one_by_one))
        == sorted(alerts, key=order)
    )
