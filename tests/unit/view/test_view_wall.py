"""What the wall shows of domains, of the alarms' life, and what may sound, from a View whose contents are known."""

from msgspec.structs import replace

from screen.feed.fold import fold
from screen.feed.slices.clock import Clock
from screen.feed.view import View
from screen.wall.domains import shares
from screen.wall.incidents import calling
from screen.wall.life import Stage, life
from streams.catalogue import domains, on_screen
from streams.messages import DAY, HOUR, MINUTE, Actor, Aside, Case, Note, format_time, parse_time
from tests.support.town import acknowledged, alert, incident

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")
NOTE = Note(
    verb="acknowledge", actor=Actor(id="z", name="张", role="supervisor"), reason="已派人", at=format_time(NOW - MINUTE)
)


def test_every_domain_has_its_share() -> None:
    """All domains of the catalogue stand there, those without alerts too; load is 8, 4, 2, 1 by severity in each district."""
    view = fold(
        View(Clock(now=NOW)),
        [
            alert(LOG, 1, NOW, severity="red", domain="cyber"),
            alert(LOG, 13, NOW, severity="yellow", domain="cyber"),  # the same district, another place
            alert(LOG, 2, NOW, severity="red", domain="cyber", state="C"),
            alert(LOG, 3, NOW, severity="blue", domain="service"),
            alert(LOG, 4, NOW, severity="red", domain="service", state="A", active=False),
        ],
    )
    found = {share.name: share for share in shares(view)}
    assert list(found) == list(on_screen())
    assert set(found) == set(domains())
    here, there = (alert(LOG, n, NOW).adcode for n in (1, 2))
    assert (found["cyber"].counts, found["cyber"].loads, found["cyber"].red) == ((2, 0, 1, 0), {here: 10, there: 8}, {here: 1})
    assert (found["service"].counts, found["environment"].counts) == ((0, 0, 0, 1), (0, 0, 0, 0))
    assert (found["cyber"].sites, [site.counts for site in found["cyber"].worst]) == (3, [(1, 0, 0, 0)] * 2 + [(0, 0, 1, 0)])


def test_the_life_of_the_last_days_alarms() -> None:
    """Each step counts those that have done it, those that wait for it, and of these the late ones."""
    past, overdue = format_time(NOW - HOUR), Case(opened_at=format_time(NOW - DAY), due=format_time(NOW - HOUR), overdue=True)
    first, second = alert(LOG, 1, NOW), alert(LOG, 2, NOW)
    view = fold(
        View(Clock(now=NOW)),
        [
            first,
            acknowledged(first, NOTE, 900),  # C: acknowledged, its condition true
            second,
            replace(second, state="A", active=False, acknowledged=NOTE, rev=900, audit=3),  # over
            alert(LOG, 3, NOW, state="D", active=False, level=2),  # normal again, nobody acknowledged it in time
            alert(LOG, 4, NOW, due=past, case=overdue),  # its deadline and its case are past
            alert(LOG, 5, NOW, age=DAY + HOUR),  # annunciated before the last 24 h
            alert(LOG, 6, NOW),
            alert(LOG, 6, NOW, rev=900, state="E", aside=Aside(note=NOTE, until=format_time(NOW + HOUR))),  # put aside
        ],
    )
    assert life(view) == [
        Stage("raised", 4, 0, 0),
        Stage("acknowledged", 2, 2, 1),
        Stage("returned", 2, 2, 1),
        Stage("closed", 1, 3, 1),
    ]


def test_an_alarm_that_is_over_is_counted_for_a_day() -> None:
    """Its end counts also when the wall begins to read after it, and no more when its annunciation is 24 h old."""
    over = alert(LOG, 1, NOW, state="A", active=False)
    assert life(fold(View(Clock(now=NOW)), [over]))[3] == Stage("closed", 1, 0, 0)
    assert life(fold(View(Clock(now=NOW + DAY)), [over]))[0] == Stage("raised", 0, 0, 0)


def test_red_and_orange_call_until_they_are_acknowledged() -> None:
    """Each with its row: the incident that holds it, or itself; yellow, blue and what is acknowledged do not call."""
    red, orange = alert(LOG, 1, NOW, severity="red", occurrence=2), alert(LOG, 2, NOW, severity="orange", state="D")
    quiet = [alert(LOG, 3, NOW, severity="yellow"), alert(LOG, 4, NOW, severity="red", state="C")]
    whole = incident(orange, quiet[0])
    found = calling(fold(View(Clock(now=NOW)), [red, orange, *quiet, whole]))
    assert [(one.id, one.occurrence, one.severity, one.group) for one in found] == [
        (red.id, 2, "red", red.id),
        (orange.id, 1, "orange", whole.id),
    ]
