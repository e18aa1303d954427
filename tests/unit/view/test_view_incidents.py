"""Incidents and floods on the screen: every unacknowledged alert stands in one row, whatever the log has told so far."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from screen.feed.fold import fold
from screen.feed.slices.clock import Clock
from screen.feed.slices.floods import Floods
from screen.feed.slices.incidents import Incidents
from screen.feed.snapshot import Health, sections
from screen.feed.stories import incident_of
from screen.feed.view import View
from screen.wall.incidents import entries, others
from streams.messages import DAY, HOUR, MINUTE, Incident, format_time
from tests.support.pure.view import DESK, LOG, NOW, heartbeat
from tests.support.town import alert, flood, incident

ALERTS = [alert(LOG, n, NOW, severity=severity) for n, severity in enumerate(("yellow", "red", "orange", "blue"), 1)]


def rows(view: View) -> list[tuple[str | None, list[int]]]:
    """The list: the incident of each row and the numbers of its alerts."""
    return [(entry.incident and entry.incident.id, [int(one.id, 16) for one in entry.alerts]) for entry in entries(view)]


def test_a_row_stands_where_its_worst_alert_would() -> None:
    """The incident of a yellow and a red alert comes first, then the orange one, which is alone."""
    whole = incident(ALERTS[0], ALERTS[1])
    assert rows(fold(View(), [*ALERTS[:3], whole])) == [(whole.id, [2, 1]), (None, [3])]


def test_an_acknowledged_member_is_not_waiting_but_in_its_incident() -> None:
    """The row counts those that wait; the incident's own page has all that have not ended, those that wait first."""
    whole = incident(ALERTS[0], ALERTS[1], ALERTS[2])
    signed = replace(ALERTS[1], state="C", rev=900)
    gone = replace(ALERTS[2], state="A", rev=901)
    view = fold(View(), [*ALERTS[:3], whole, signed, gone])
    assert rows(view) == [(whole.id, [1])]
    told = incident_of(view, signed.id, DESK)
    assert told is not None
    assert [row["id"] for row in told["rows"]] == [ALERTS[0].id, signed.id]


def test_an_incident_that_ended_or_was_merged_claims_nothing() -> None:
    """Its alerts stand in the incident whose part it has become; where two tell of an alert the newest word counts."""
    one, two = incident(ALERTS[0], rev=5), incident(ALERTS[1], rev=6)
    merged = replace(one, rev=7, members=(ALERTS[0].id, ALERTS[1].id), audit=2)
    assert rows(fold(View(), [*ALERTS[:2], one, two, merged])) == [(one.id, [2, 1])]
    gone = replace(two, rev=7, audit=2, state="ended", members=(), merged_into=one.id)
    view = fold(View(), [*ALERTS[:2], one, two, merged, gone, two])
    assert (rows(view), others(view, merged)) == ([(one.id, [2, 1])], [])


@given(st.permutations([*ALERTS, incident(ALERTS[0], ALERTS[1]), incident(ALERTS[2], rev=3), incident(ALERTS[2], rev=2)]))
def test_nothing_is_hidden_in_any_order(messages: list[Struct]) -> None:
    """After each message every unacknowledged alert that is known stands in exactly one row."""
    view = View()
    for n, message in enumerate(messages, 1):
        view = fold(view, [message])
        known = sorted(int(one.id, 16) for one in messages[:n] if not isinstance(one, Incident))  # type: ignore[union-attr]
        assert sorted(number for _, numbers in rows(view) for number in numbers) == known
    assert [numbers for _, numbers in rows(view)] == [[2, 1], [3], [4]]


def test_a_flood_is_shown_while_it_goes_on() -> None:
    """The greatest first; neither one that has ended nor one whose end the log's time has reached."""
    small, great = flood(LOG, NOW - MINUTE, NOW + 1), flood(LOG, NOW - 2 * MINUTE, NOW + MINUTE, count=30)
    over = flood(LOG, NOW - HOUR, NOW)
    told = flood(LOG, NOW - 3 * MINUTE, NOW + MINUTE, ended_at=format_time(NOW))
    view = fold(View(), [heartbeat(NOW, NOW), small, great, over, told])
    assert view[Floods].standing(view) == [great, small]
    ended = replace(great, rev=2, ended_at=format_time(NOW))
    after = fold(view, [ended, great])
    assert after[Floods].standing(after) == [small]


def test_what_ended_a_day_ago_is_let_go() -> None:
    """Incidents and floods that ended more than 24 h before the log's time leave; an open incident never does."""
    old = incident(ALERTS[0], changed_at=format_time(NOW - DAY))
    gone = incident(ALERTS[1], state="ended", changed_at=format_time(NOW - DAY))
    view = fold(View(), [old, gone, flood(LOG, NOW - 2 * DAY, NOW - DAY), heartbeat(NOW, NOW)])
    assert (set(view[Incidents].incidents), view[Floods].floods) == ({old.id}, {})


def test_in_a_flood_every_red_alert_of_an_incident_has_its_row() -> None:
    """While the desk is in a flood the unacknowledged red ones come with their incident; before it they are folded."""
    members = [alert(LOG, n, NOW, severity="red" if n < 4 else "orange", state="C" if n == 1 else "B") for n in range(1, 6)]
    view = fold(View(Clock(now=NOW)), [*members, incident(*members)])
    assert [len(entry["reds"]) for entry in listed(view)] == [0]
    flooded = fold(view, [flood(LOG, NOW - MINUTE, NOW + MINUTE)])
    assert [[one["id"] for one in entry["reds"]] for entry in listed(flooded)] == [[members[1].id, members[2].id]]


def listed(view: View) -> list[dict[str, Any]]:
    """The rows in process as the page gets them."""
    found = json.loads(sections(view, Health(), {})["list"])
    rows: list[dict[str, Any]] = found["in-process"]["rows"]
    return rows
