"""Notes at the change of a shift: what they hold, their ids, who may take over, and what the screen keeps of them."""

from typing import Any

from msgspec.structs import replace

from screen.acts.handovers import handovers, summary_now
from screen.feed.fold import fold
from screen.feed.slices.shifts import MOST_NOTES, Shifts
from screen.feed.slices.trails import MOST_ACTS, Trails, Written
from screen.feed.view import View
from streams.handover import Summary, handed, refusal, summary, taken
from streams.messages import DAY, HOUR, MINUTE, Actor, Audit, Department, Handover, Place, Text, parse_time
from tests.support.pure.view import DESK
from tests.support.town import LI, alert, entry

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")
WANG = Actor(id="wang", name="王夜班", role="supervisor")
NOTIFIER = Actor(id="notifier", name="notifier", role="notifier")
NOTHING = Summary({}, {}, (), {})
ELSE = Department(id="zz-cac", name=Text("网信办", "CAC"), basis="")

WAITS = alert(LOG, 1, NOW, age=5 * MINUTE)
WAITS_LONGER = alert(LOG, 2, NOW, age=9 * MINUTE, state="D", severity="red")
SIGNED = alert(LOG, 3, NOW, state="C")
SHELVED = alert(LOG, 4, NOW, state="E", severity="blue")
ENDED = alert(LOG, 5, NOW, state="A", active=False)
OTHERS = alert(LOG, 6, NOW, department=ELSE)
ALL = (WAITS, WAITS_LONGER, SIGNED, SHELVED, ENDED, OTHERS)


def act(n: int, verb: str, **changes: Any) -> Audit:
    """A person's n-th entry in a trail."""
    on = changes.pop("on", SIGNED)
    return entry(on, n, changes.pop("event", verb), Place("t.audit", 0, n), verb=verb, **({"actor": LI} | changes))


def note(department: str, at: int, by: Actor = LI) -> Handover:
    """A note of a department."""
    return handed(department, by, "臭氧已派人", NOTHING, f"{at}", at)


def test_the_summary_of_a_department() -> None:
    """Its open alerts by state and by severity, worst first; who waits, longest first; what people did, and that alone."""
    trail = [
        act(1, "acknowledge"),
        act(2, "comment"),
        act(3, "comment", on=ENDED),
        act(4, "shelve", event="refuse"),
        act(5, "notify", actor=NOTIFIER),
        act(6, "", event="clear", actor=None),
        act(7, "acknowledge", on=OTHERS),
    ]
    assert summary({each.id: each for each in ALL}, trail, "zz-ee") == Summary(
        states={"B": 1, "C": 1, "D": 1, "E": 1},
        severities={"red": 1, "orange": 2, "blue": 1},
        unacknowledged=(WAITS_LONGER.id, WAITS.id),
        done={"acknowledge": 1, "comment": 2},
    )


def test_a_press_is_one_note() -> None:
    """The id is that of the person, the department and the key, whenever it is sent; another of them is another note."""
    first = handed("zz-ee", LI, "一", NOTHING, "k", NOW)
    assert handed("zz-ee", LI, "一", NOTHING, "k", NOW + MINUTE).id == first.id
    others = [handed("zz-cac", LI, "一", NOTHING, "k", NOW), handed("zz-ee", WANG, "一", NOTHING, "k", NOW)]
    assert len({first.id, *(each.id for each in others), handed("zz-ee", LI, "一", NOTHING, "l", NOW).id}) == 4
    assert (first.at, first.by, first.note) == ("2026-11-24T14:32:00+08:00", LI, "一")


def test_somebody_else_takes_over_once() -> None:
    """Not who has written it, not twice, and nothing that is not there: each refusal says why."""
    left = note("zz-ee", NOW)
    took = taken(left, WANG, "收到", NOW + MINUTE)
    assert (took.handover, took.department, took.at) == (left.id, "zz-ee", "2026-11-24T14:33:00+08:00")
    assert refusal([left], left.id, "wang") == ""
    assert "'li' has written it: somebody else must take over" in refusal([left], left.id, "li")
    assert "'wang' has taken it over at 2026-11-24T14:33:00" in refusal([left, took], left.id, "zhao")
    assert "there is no note 'x'" in refusal([left], "x", "wang")


def test_the_screen_keeps_the_newest_notes_of_each_department() -> None:
    """Some of each, with their takeovers; a second copy, a second takeover and an unreadable time change nothing."""
    notes = [note("zz-ee", NOW + n * HOUR) for n in range(MOST_NOTES + 2)]
    other = note("zz-cac", NOW)
    first, last = taken(notes[0], WANG, "收到", NOW), taken(notes[-1], WANG, "收到", NOW)
    view = fold(View(), [other, notes[0], first, *notes[1:], last])
    assert set(view[Shifts].handovers) == {other.id, *(each.id for each in notes[-MOST_NOTES:])}
    assert view[Shifts].takeovers == {notes[-1].id: last}
    copies = [notes[0], replace(notes[-1], at=other.at), taken(notes[-1], LI, "我也", NOW), replace(other, id="x", at="noon")]
    again = fold(view, copies)
    assert (again[Shifts].handovers, again[Shifts].takeovers) == (view[Shifts].handovers, view[Shifts].takeovers)
    assert view[Shifts].not_taken() == 1
    assert fold(view, [taken(other, WANG, "收到", NOW)])[Shifts].not_taken() == 0


def test_acts_count_by_the_time_of_their_writing_since_the_note_before() -> None:
    """Real time as in the note, not the log's, which may run ahead; of the last 24 h where there is no note."""
    ahead = "2027-01-01T00:00:00+08:00"
    acts = [Written(act(n, "comment", at=ahead), at) for n, at in enumerate((NOW - DAY - 1, NOW - 2 * HOUR, NOW - MINUTE), 1)]
    view = fold(View(), [*ALL, *acts])
    assert summary_now(view, "zz-ee", NOW).done == {"comment": 2}
    assert summary_now(fold(view, [note("zz-ee", NOW - HOUR)]), "zz-ee", NOW).done == {"comment": 1}
    assert summary_now(fold(view, [note("zz-cac", NOW - HOUR)]), "zz-ee", NOW).done == {"comment": 2}
    assert view[Trails].trails[SIGNED.id][-1] == acts[-1].entry


def test_acts_are_bounded() -> None:
    """The oldest by their writing go first; an entry of the judge is none."""
    many = [Written(act(n, "comment"), NOW + n) for n in range(MOST_ACTS + 5, 0, -1)]
    view = fold(View(), [*many, Written(act(0, "", event="raise", actor=None), NOW)])
    assert len(view[Trails].acts) == MOST_ACTS
    assert min(each.at for each in view[Trails].acts.values()) == NOW + 6


def test_what_the_page_is_told() -> None:
    """A desk for each department with open alerts or a note: its counts now, its notes with who took over, newest first."""
    old, new, quiet = note("zz-ee", NOW - HOUR), note("zz-ee", NOW), note("zz-amr", NOW)
    took = taken(old, WANG, "收到", NOW)
    told = handovers(fold(View(), [*ALL, old, new, took, quiet]), NOW, DESK)
    desks = {desk["department"]: desk for desk in told["desks"]}
    assert list(desks) == ["zz-amr", "zz-cac", "zz-ee"]
    assert desks["zz-ee"]["notes"] == [{"note": new, "taken": None}, {"note": old, "taken": took}]
    assert desks["zz-ee"]["name"].zh == "郑州市生态环境局"
    assert sum(desks["zz-ee"]["now"].states.values()) == 4
    assert (desks["zz-amr"]["now"], desks["zz-cac"]["notes"]) == (NOTHING, [])
    assert "zz-amr" in told["departments"]
