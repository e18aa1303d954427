"""The numbers of the wall, from a View whose contents are known."""

from msgspec import json
from msgspec.structs import replace

from screen.access.people import Person
from screen.feed.fold import fold
from screen.feed.slices.annunciations import BINS
from screen.feed.slices.bad_input import BadInput
from screen.feed.slices.clock import Clock
from screen.feed.snapshot import Health, body, message, sections
from screen.feed.stories import story
from screen.feed.view import View
from screen.wall.figures import figures, ranking, standing, trend, unacknowledged
from streams.messages import DAY, HOUR, MINUTE, Actor, Aside, Case, Note, Place, Sealed, format_time, parse_time
from tests.support.town import LI, acknowledged, alert, bad, entry, station

DESK = Person("li", "李", "supervisor")
LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")


def test_an_empty_view_has_empty_figures() -> None:
    """Before any message nothing is counted and nothing is pretended."""
    found = figures(View())
    assert (found.unacknowledged, found.red, found.recent, found.bad) == (0, 0, 0, 0)
    assert (found.oldest, found.waited) == (None, None)
    assert {(own.value, own.online, own.all) for own in found.headline} == {(None, 0, 0)}


def test_key_figures() -> None:
    """Each figure counts what its name says."""
    signed = Note(
        verb="acknowledge",
        actor=Actor(id="z", name="张", role="supervisor"),
        reason="已派人",
        at=format_time(NOW - 20 * MINUTE),
    )
    first = alert(LOG, 3, NOW, age=50 * MINUTE, severity="red")
    view = fold(
        View(Clock(now=NOW)),
        [
            alert(LOG, 1, NOW, age=9 * MINUTE, severity="red"),
            alert(LOG, 2, NOW, age=DAY + HOUR, severity="blue", state="D", active=False),
            first,
            acknowledged(first, signed, 900),
            bad(LOG, 1, NOW),
        ],
    )
    found = figures(view)
    assert (found.unacknowledged, found.oldest) == (2, DAY + HOUR)
    assert (found.red, found.red_unacknowledged) == (2, 1)
    assert (found.recent, found.stale) == (1, 1)
    assert (found.bad, found.waited, found.signed) == (1, 30 * MINUTE, 1)


def test_the_list_is_worst_first_then_oldest() -> None:
    """Red before orange before yellow before blue; within one severity what stands longest comes first."""
    view = fold(
        View(Clock(now=NOW)),
        [
            alert(LOG, 1, NOW, age=1 * MINUTE, severity="red"),
            alert(LOG, 2, NOW, age=2 * MINUTE, severity="orange"),
            alert(LOG, 3, NOW, age=3 * MINUTE, severity="orange"),
            alert(LOG, 4, NOW, age=9 * MINUTE, severity="blue"),
            alert(LOG, 5, NOW, age=9 * MINUTE, severity="red", state="C"),
        ],
    )
    assert [item.subject for item in unacknowledged(view)] == [station(n, NOW).subject for n in (1, 3, 2, 4)]


def test_trend_bins_are_ten_minutes() -> None:
    """144 bins; the last holds now; in process goes up, after the fact down, red is counted in both."""
    view = fold(
        View(Clock(now=NOW)),
        [
            alert(LOG, 1, NOW, age=0, severity="red"),
            alert(LOG, 2, NOW, age=2 * MINUTE),
            alert(LOG, 3, NOW, age=3 * MINUTE, phase="post-event"),
            alert(LOG, 4, NOW, age=DAY - 10 * MINUTE),
        ],
    )
    found = trend(view)
    assert len(found.up) == len(found.down) == BINS == 144
    assert (found.up[-1], found.down[-2], found.red[-1]) == (2, 1, 1)  # 14:29 lies in the bin before 14:30
    assert found.up[0] == 1
    assert sum(found.up) + sum(found.down) == 4


def test_districts_rank_by_severity_and_weigh_by_it() -> None:
    """One red outranks many orange; load is 8, 4, 2, 1 for each open alert, acknowledged ones included."""
    a, b = station(0, NOW).adcode, station(1, NOW).adcode
    reds = [alert(LOG, 1, NOW, severity="red", state="C", verbs=())]
    others = [
        alert(LOG, 12 * n, NOW, severity=severity) for n, severity in enumerate(("orange", "orange", "yellow", "blue"), 1)
    ]
    first, second = ranking(fold(View(Clock(now=NOW)), reds + others), (a, b))
    assert (first.adcode, first.counts, first.load, first.red_unacknowledged) == (b, (1, 0, 0, 0), 8, 0)
    assert (second.adcode, second.counts, second.load) == (a, (0, 2, 1, 1), 11)


def test_what_the_map_cannot_show_is_counted() -> None:
    """An open alert without a place, or of a district that is not the city's, is counted as elsewhere."""
    alerts = [alert(LOG, 1, NOW), alert(LOG, 2, NOW, lon=None), alert(LOG, 3, NOW, adcode="410300", phase="post-event")]
    found = standing(fold(View(Clock(now=NOW)), alerts), tuple(station(n, NOW).adcode for n in range(12)))
    assert (found.counts, found.post_event, found.elsewhere) == ({"orange-B": 3}, 1, 2)


def test_bad_input_is_grouped_by_domain_reason_and_owner() -> None:
    """Most frequent first, with the newest one's time."""
    records = [bad(LOG, n, NOW - n * MINUTE, "late") for n in range(3)] + [bad(LOG, 9, NOW - HOUR, "duplicate")]
    found = fold(View(Clock(now=NOW)), records)[BadInput].grouped()
    assert found == [("environment", "late", "zz-ee", 3, NOW), ("environment", "duplicate", "zz-ee", 1, NOW - HOUR)]


def test_refused_signatures_are_counted() -> None:
    """Each counts for all that it stands for; `late` and `conflict`, which unsigned records meet too, are not among them."""
    records = [bad(LOG, 1, NOW, "bad-signature"), replace(bad(LOG, 2, NOW, "replayed"), more=4)]
    others = [bad(LOG, 3, NOW, "late"), bad(LOG, 4, NOW, "conflict")]
    assert figures(fold(View(Clock(now=NOW)), [*records, *others])).unverified == 5


def test_only_what_changed_is_sent() -> None:
    """A section that did not change is the very object of before; a message is JSON."""
    health = Health(broker=True, loaded=True)
    before = sections(fold(View(Clock(now=NOW)), [station(1, NOW)]), health, {})
    after = sections(fold(View(Clock(now=NOW)), [station(1, NOW), bad(LOG, 1, NOW)]), health, before)
    changed = {name: value for name, value in after.items() if before[name] is not value}
    assert set(changed) == {"figures", "quality"}
    sent = json.decode(message(body(changed), 5, mark="live"))
    assert set(sent) == {"at", "set", "mark"}
    assert set(sent["set"]) == {"figures", "quality"}


def test_what_the_list_leaves_out_can_be_seen() -> None:
    """What comes back first, and what is due first, stands first; a concluded case is none; the counts are the lists'."""
    note = Note(verb="shelve", actor=Actor(id="z", name="张", role="supervisor"), reason="检修", at=format_time(NOW))
    aside = [
        alert(LOG, n, NOW, state=state, aside=Aside(note=note, until=format_time(NOW + hours * HOUR)))
        for n, state, hours in ((1, "E", 3), (2, "G", 1), (3, "F", 2))
    ]
    case = Case(opened_at=format_time(NOW), due=format_time(NOW + 2 * DAY))
    sooner = Case(opened_at=format_time(NOW), due=format_time(NOW + DAY))
    over = Case(opened_at=format_time(NOW), due=format_time(NOW), finding="unfounded", note=note)
    cases = [
        alert(LOG, 4, NOW, case=case),
        alert(LOG, 5, NOW, state="A", active=False, case=sooner),
        alert(LOG, 6, NOW, case=over),
    ]
    view = fold(View(Clock(now=NOW)), [*aside, *cases])
    found = standing(view, ())
    assert (found.aside, found.cases, sum(found.counts.values())) == (3, 2, 2)
    built = sections(view, Health(), {})
    rows = {name: json.decode(built[name])["rows"] for name in ("aside", "cases")}
    assert [row["id"] for row in rows["aside"]] == [f"{n:032x}" for n in (2, 3, 1)]
    assert [row["id"] for row in rows["cases"]] == [f"{n:032x}" for n in (5, 4)]
    assert rows["aside"][0]["aside"]["note"]["verb"]
    assert rows["aside"][0]["aside"]["note"]["reason"] == "***", "a section is everybody's"


def test_a_story_has_its_trail() -> None:
    """Newest last, with the place of the record that caused each entry; an alert that is not known has no story."""
    made = alert(LOG, 1, NOW)
    entries = [entry(made, n, "comment", Place("t.events.environment", 2, n)) for n in (1, 2)]
    told = story(fold(View(Clock(now=NOW)), [made, *entries]), made.id, DESK)
    assert told is not None
    assert (told["alert"], told["ended"]) == (made, False)
    assert [(each["n"], each["place"].partition, each["place"].offset) for each in told["trail"]] == [(1, 2, 1), (2, 2, 2)]
    assert [each["sealed"] for each in told["trail"]] == [None, None]
    assert story(View(), made.id, DESK) is None


def test_a_story_has_the_references_of_sealed_words() -> None:
    """By them the page asks to look; the reason itself says that it is sealed."""
    made, reference = alert(LOG, 1, NOW), Sealed("ab" * 32, "cd" * 32, 32)
    told = story(fold(View(), [made, entry(made, 1, "comment", made.place, actor=LI, words=reference)]), made.id, DESK)
    assert told is not None
    assert [(each["sealed"], each["reason"].zh) for each in told["trail"]] == [(reference, "已封存")]
