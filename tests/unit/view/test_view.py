"""The fold of the screen: what is known after any order of copies, and what is let go."""

from msgspec.structs import replace

from screen.feed.fold import fold
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import Annunciations
from screen.feed.slices.bad_input import MOST_BAD, BadInput
from screen.feed.slices.clock import Beat, Clock
from screen.feed.slices.measures import Measures
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import MOST_ENTRIES, MOST_TRAILS, Trails
from screen.feed.view import View
from streams.messages import DAY, HOUR, MINUTE, Actor, Case, Note, Performance, Text, format_time
from tests.support.pure.view import LOG, NOW, heartbeat
from tests.support.town import acknowledged, alert, bad, entry, station

PERSON = Actor(id="zhang", name="张值班", role="supervisor")


def note(at: int) -> Note:
    """An acknowledgement."""
    return Note(verb="acknowledge", actor=PERSON, reason="已派人", at=format_time(at))


def test_an_alert_stands_until_it_ends() -> None:
    """State B, C and D are open; A is not."""
    made = alert(LOG, 1, NOW)
    view = fold(View(), [made])
    assert view[Alarms].alerts == {made.id: made}
    ended = replace(made, state="A", rev=made.rev + 1, audit=2)
    after = fold(view, [ended])
    assert (after[Alarms].alerts, after[Alarms].ended) == ({}, {made.id: ended})


def test_a_second_copy_changes_nothing() -> None:
    """An older or equal revision is left out, also after the end, so that a crash that repeats outputs raises nothing twice."""
    made = alert(LOG, 1, NOW)
    ended = replace(made, state="A", rev=made.rev + 1, audit=2)
    once = fold(View(), [made, ended])
    twice = fold(once, [made, ended])
    assert twice[Alarms].alerts == {}
    assert twice[Annunciations].annunciations == once[Annunciations].annunciations
    assert len(once[Annunciations].annunciations) == 1


def test_two_revisions_of_one_event_keep_their_order() -> None:
    """Of two revisions at one offset the one with the longer trail is the newer."""
    made = alert(LOG, 1, NOW)
    later = replace(made, state="D", audit=2)
    assert fold(View(), [made, later])[Alarms].alerts[made.id].state == "D"
    assert fold(View(), [later, made])[Alarms].alerts[made.id].state == "D"


def test_a_raise_and_each_re_alarm_call_once() -> None:
    """An annunciation is a raise or a higher occurrence; a new value or an acknowledgement is none."""
    first = alert(LOG, 1, NOW, age=50 * MINUTE)
    measured = replace(first, value=230.0, rev=200)
    returned = replace(measured, state="D", rev=201, audit=2)
    again = replace(returned, state="B", occurrence=2, rev=202, audit=3, changed_at=format_time(NOW - MINUTE))
    view = fold(View(), [first, measured, returned, again])
    assert sorted(item.at for item in view[Annunciations].annunciations.values()) == [NOW - 50 * MINUTE, NOW - MINUTE]


def test_a_compacted_log_still_tells_the_raise() -> None:
    """Where only a later revision is left, the raise is taken from its own field and the re-alarm from its last change."""
    kept = alert(LOG, 1, NOW, age=50 * MINUTE, occurrence=3, changed_at=format_time(NOW - 5 * MINUTE))
    view = fold(View(), [kept])
    assert {key[1]: item.at for key, item in view[Annunciations].annunciations.items()} == {
        1: NOW - 50 * MINUTE,
        3: NOW - 5 * MINUTE,
    }


def test_the_wait_for_an_acknowledgement_is_of_its_occurrence() -> None:
    """Time to acknowledge runs from the annunciation of the occurrence; a note of an earlier one does not count again."""
    made = alert(LOG, 1, NOW, age=30 * MINUTE)
    signed = acknowledged(made, note(NOW - 18 * MINUTE), 200)
    again = replace(signed, state="B", occurrence=2, rev=201, audit=3, changed_at=format_time(NOW - 10 * MINUTE))
    view = fold(View(), [made, signed, again])
    assert [item.waited for item in view[Annunciations].signed.values()] == [12 * MINUTE]


def test_time_is_the_newest_tick_and_never_goes_back() -> None:
    """`now` is the highest tick that any partition tells; `ticked` is when the first heartbeat told it."""
    view = fold(View(), [heartbeat(NOW, 1000), heartbeat(NOW - HOUR, 2000, partition=1), heartbeat(NOW, 3000)])
    assert (view[Clock].now, view[Clock].ticked) == (NOW, 1000)
    assert view[Clock].beats == {
        ("environment", 0): Beat(3000, 3, 2.0, 0, 4, NOW),
        ("environment", 1): Beat(2000, 3, 2.0, 0, 4, NOW - HOUR),
    }
    assert fold(View(), [heartbeat(None, 1000)])[Clock].now is None


def test_what_is_older_than_a_day_is_let_go() -> None:
    """Annunciations, waits, quality records and ended alerts leave after 24 h of the log's time; open alerts never do."""
    old, ended = alert(LOG, 1, NOW - DAY), alert(LOG, 2, NOW - DAY, state="A", verbs=())
    view = fold(View(), [old, ended, bad(LOG, 1, NOW - DAY - 1), bad(LOG, 2, NOW - DAY + MINUTE), heartbeat(NOW, NOW)])
    assert set(view[Alarms].alerts) == {old.id}
    assert set(view[Alarms].versions) == {old.id}
    assert view[Annunciations].annunciations == {}
    assert [item.at for item in view[BadInput].bad.values()] == [NOW - DAY + MINUTE]


def test_bad_data_is_bounded() -> None:
    """More quality records than can be kept push the oldest out."""
    view = fold(View(Clock(now=NOW)), [bad(LOG, n, NOW) for n in range(MOST_BAD + 5)])
    assert len(view[BadInput].bad) == MOST_BAD
    assert f"q{0:031x}" not in view[BadInput].bad


def test_the_newest_values_of_a_subject_win() -> None:
    """An older status that comes later is left out."""
    new, old = station(1, NOW), station(1, NOW - 2 * HOUR)
    assert fold(View(), [new, old])[Subjects].subjects == {new.subject: new}


def test_a_published_view_never_changes() -> None:
    """Folding makes a new View; the one before stays as it was."""
    before = fold(View(), [alert(LOG, 1, NOW)])
    fold(before, [alert(LOG, 2, NOW), station(1, NOW), bad(LOG, 1, NOW), heartbeat(NOW, NOW)])
    assert len(before[Alarms].alerts) == 1
    assert (before[Subjects].subjects, before[BadInput].bad, before[Clock].beats, before[Clock].now) == ({}, {}, {}, None)


def test_a_time_that_cannot_be_read_stops_nothing() -> None:
    """A message with a broken time is left out, the others are taken."""
    broken, whole = alert(LOG, 1, NOW, changed_at="yesterday"), alert(LOG, 2, NOW)
    assert set(fold(View(), [broken, whole])[Alarms].alerts) == {whole.id}


def measures(until: str, annunciations: int = 1) -> Performance:
    """The measures of one desk."""
    return Performance(
        log=LOG,
        by="desk",
        key="zz-ee",
        name=Text("局", "bureau"),
        since=format_time(NOW - DAY),
        until=until,
        annunciations=annunciations,
        floods=0,
        flooded=False,
        measures=(),
        frequent=(),
        chattering=(),
        stale=(),
    )


def test_the_newest_measures_of_a_group_stay_for_a_day() -> None:
    """One message a group; one whose time cannot be read is left out; what nobody has renewed for 24 h is let go."""
    view = fold(View(), [measures(format_time(NOW - MINUTE)), measures(format_time(NOW), 2), measures("yesterday", 3)])
    assert {key: each.annunciations for key, each in view[Measures].performance.items()} == {("desk", "zz-ee"): 2}
    assert fold(view, [heartbeat(NOW + DAY - 1, NOW)])[Measures].performance == view[Measures].performance
    assert fold(view, [heartbeat(NOW + DAY, NOW)])[Measures].performance == {}


def test_what_is_normal_with_an_open_case_has_not_ended() -> None:
    """It leaves the alerts that ask for somebody, can be found, and ends with its conclusion."""
    case = Case(opened_at=format_time(NOW), due=format_time(NOW + DAY))
    normal = alert(LOG, 1, NOW, state="A", active=False, case=case)
    view = fold(View(), [normal])
    assert (view[Alarms].alerts, view[Alarms].ended, view[Alarms].find(normal.id)) == ({}, {}, normal)
    concluded = replace(normal, case=replace(case, finding="confirmed"), rev=normal.rev + 1, audit=2)
    after = fold(view, [concluded])
    assert (after[Alarms].find(normal.id), after[Alarms].ended) == (None, {normal.id: concluded})


def test_what_is_put_aside_keeps_its_version() -> None:
    """An old copy that comes days later does not bring back what is put aside."""
    old = alert(LOG, 1, NOW - 3 * DAY)
    aside = replace(old, state="E", rev=old.rev + 1, audit=2)
    view = fold(View(), [old, aside, heartbeat(NOW, NOW)])
    assert fold(view, [old])[Alarms].aside == {old.id: aside}


def test_a_trail_keeps_its_newest_entries_once() -> None:
    """In their order, without copies, at most so many of one alert and of so many alerts."""
    made = alert(LOG, 1, NOW)
    entries = [entry(made, n, "comment", made.place) for n in range(1, MOST_ENTRIES + 6)]
    view = fold(View(), [*entries, entries[3], entries[-1], entry(made, 99, "comment", made.place, at="yesterday")])
    assert [each.n for each in view[Trails].trails[made.id]] == list(range(6, MOST_ENTRIES + 6))
    many = [entry(alert(LOG, n, NOW), 1, "raise", made.place) for n in range(2, MOST_TRAILS + 2)]
    assert made.id not in fold(view, many)[Trails].trails
    assert made.id in fold(view, [*many[:-1], entry(made, 100, "comment", made.place)])[Trails].trails
