"""The life of an alarm, against the table of ANSI/ISA-18.2-2016 written here by hand."""

from itertools import product

import pytest
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.alerts.fold import Fold
from agents.core.judge import Finding
from agents.core.rules.book import Book
from streams.messages import ALERT_RIGHTS, HOUR, MINUTE, Act, Actor, Alert, Audit, Quality, digest, format_time
from tests.support.events import START, SUPERVISOR, act, clean, records, registered, tick
from tests.support.pure.alarm import BOOK, CAUSE, OZONE, at, bad, book_with, desk, in_state, log_of, states

STATES = ("A", "B", "C", "D", "C-latched", "D-latched", "E", "F", "G")
STEPS = (
    "raise",
    "clear",
    "re-alarm",
    "acknowledge",
    "shelve",
    "unshelve",
    "shelve-end",
    "suppress",
    "unsuppress",
    "remove-from-service",
    "return-to-service",
    "reset",
)

# (from, step): to, or (to where the condition is active, where it is not), or of "clear" (to, to where the rule latches).
# The numbers are the rows of the state table; what is not here must not happen.
TABLE: dict[tuple[str, str], str | tuple[str, str]] = {
    ("A", "raise"): "B",  # 1
    ("B", "acknowledge"): "C",  # 2
    ("C", "clear"): ("A", "C-latched"),  # 3, 16
    ("B", "clear"): ("D", "D-latched"),  # 4, 17
    ("D", "acknowledge"): "A",  # 5
    ("D", "re-alarm"): "B",  # 6
    ("D-latched", "re-alarm"): "B",  # 6
    ("C", "re-alarm"): "B",  # 7
    ("C-latched", "re-alarm"): "B",  # 7
    ("A", "shelve"): "E",  # 8
    ("B", "shelve"): "E",
    ("C", "shelve"): "E",
    ("D", "shelve"): "E",
    ("C-latched", "shelve"): "E",
    ("D-latched", "shelve"): "E",
    ("E", "shelve-end"): ("B", "A"),  # 9, 11
    ("E", "unshelve"): ("C", "A"),  # 10, 11
    ("A", "suppress"): "F",  # 12
    ("B", "suppress"): "F",
    ("C", "suppress"): "F",
    ("D", "suppress"): "F",
    ("C-latched", "suppress"): "F",
    ("D-latched", "suppress"): "F",
    ("F", "unsuppress"): ("B", "A"),  # 13
    ("A", "remove-from-service"): "G",  # 14
    ("B", "remove-from-service"): "G",
    ("C", "remove-from-service"): "G",
    ("D", "remove-from-service"): "G",
    ("C-latched", "remove-from-service"): "G",
    ("D-latched", "remove-from-service"): "G",
    ("E", "remove-from-service"): "G",
    ("F", "remove-from-service"): "G",
    ("G", "return-to-service"): ("B", "A"),  # 15
    ("D-latched", "acknowledge"): "C-latched",  # 17
    ("C-latched", "reset"): ("", "A"),  # 18: refused while the condition is active
}


@pytest.mark.parametrize("latched", [False, True], ids=["", "latched"])
@pytest.mark.parametrize("active", [False, True], ids=["inactive", "active"])
@pytest.mark.parametrize(("state", "step"), list(product(STATES, STEPS)))
def test_the_table_is_the_standards_and_nothing_else(state: str, step: str, active: bool, latched: bool) -> None:
    """Every state, step and guard leads where the standard's row says, and where there is no row it leads nowhere."""
    expected = TABLE.get((state, step), "")
    if isinstance(expected, tuple):
        expected = expected[latched] if step == "clear" else expected[not active]
    assert alarm.after(state, step, active=active, latched=latched) == (expected or None)  # type: ignore[arg-type]


def test_eighteen_rows() -> None:
    """The table has the rows 1 to 18, no other."""
    assert sorted({row.number for row in alarm.ROWS}) == list(range(1, 19))


@pytest.mark.parametrize(("state", "verb"), list(product(STATES[1:], [*ALERT_RIGHTS, "merge"])))
def test_a_person_may_do_what_the_table_holds_and_nothing_else(state: str, verb: str) -> None:
    """An act is refused, with a reason in the trail, exactly where no row is for a person in that state."""
    everywhere = {verb: set(STATES[1:]) for verb in ("comment", "verify", "call", "report", "confer")}
    beside = everywhere | {"confirm": {"C", "C-latched"}, "retry": set(), "notify": set(), "merge": set()}
    allowed = state in beside.get(verb, {before for before, step in TABLE if step == verb})
    before = in_state(state)
    given = replace(_act(), lasts="30m", permit="JSZ-7", actor=Actor(id="boss", name="王主管", role="admin"))
    if verb not in {"shelve", "suppress", "remove-from-service"}:
        given = replace(given, lasts="", permit="")
    who = "李所长" if verb in {"call", "confer"} else ""
    given = replace(given, finding={"verify": "true", "report": "oral"}.get(verb, ""), who=who)
    changed, entry = alarm.acted(before, verb, given, CAUSE)
    assert (entry.event == "refuse") != allowed
    if not allowed:
        assert (changed.state, changed.note, bool(entry.reason)) == (state, before.note, True)


@pytest.mark.parametrize(("before", "after"), [("B", "C"), ("D", "A")])
def test_acknowledge_silences_and_names_who_and_why(before: str, after: str) -> None:
    """Rows 2 and 5: an acknowledgement moves B to C and D to A, and the alert carries the person and the reason."""
    changed, entry = alarm.acted(in_state(before), "acknowledge", _act(), CAUSE)
    assert changed.note is not None
    assert (after, "张值班", "已到现场") == (changed.state, changed.note.actor.name, changed.note.reason)
    assert ("acknowledge", before, after) == (entry.event, entry.before, entry.after)


@pytest.mark.parametrize(
    ("state", "changes", "word"),
    [
        ("C", {}, "state C"),
        ("B", {"occurrence": 2}, "occurrence"),
        ("B", {"reason": "  "}, "reason"),
        ("B", {"actor": Actor(id="v", name="看客", role="viewer")}, "viewer"),
    ],
    ids=["twice", "other occurrence", "no reason", "no right"],
)
def test_an_act_that_may_not_be_is_refused_and_audited(state: str, changes: dict[str, object], word: str) -> None:
    """A refused act changes neither state nor note; the trail says who asked for what and why it was refused."""
    before = in_state(state)
    after, entry = alarm.acted(before, "acknowledge", replace(_act(), **changes), CAUSE)
    assert (before.state, before.note) == (after.state, after.note)
    assert (entry.event, entry.verb) == ("refuse", "acknowledge")
    assert word in entry.reason


def test_a_return_and_a_new_excess_are_a_new_occurrence() -> None:
    """Row 6: D becomes B again as occurrence 2, so an acknowledgement of occurrence 1 does not cover it."""
    returned, _ = alarm.found(in_state("B"), Finding(active=False), "orange", CAUSE)
    again, entry = alarm.found(returned, Finding(active=True, value=240, limit=200), "orange", CAUSE)
    assert (returned.state, again.state, again.occurrence) == ("D", "B", 2)
    assert entry is not None
    refused, why = alarm.acted(again, "acknowledge", _act(), CAUSE)
    assert (refused.state, why.event) == ("B", "refuse")


def test_an_acknowledged_alarm_that_gets_worse_asks_again() -> None:
    """Row 7: severity up in C re-alarms; severity down does not."""
    worse, entry = alarm.found(in_state("C"), Finding(active=True, value=900), "red", CAUSE)
    assert entry is not None
    assert (worse.state, worse.severity, entry.event) == ("B", "red", "re-alarm")
    better, entry = alarm.found(in_state("C"), Finding(active=True, value=210), "blue", CAUSE)
    assert entry is not None
    assert (better.state, better.severity, entry.event) == ("C", "blue", "severity")


def test_trail_is_a_chain() -> None:
    """Each audit entry names the hash of the one before it, the first one 64 zeros; every hash is that of its entry."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    alert = next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")
    more = [act(alert.id), act(alert.id, id="again"), tick(START + HOUR), clean(START + HOUR)]
    out += fold.run(records(more, start=3))
    trail = [output for output in out if isinstance(output, Audit) and output.alert == alert.id]
    assert [entry.event for entry in trail] == ["raise", "acknowledge", "refuse", "clear"]
    assert [entry.n for entry in trail] == [1, 2, 3, 4]
    assert [entry.prev for entry in trail] == ["0" * 64, *(entry.hash for entry in trail[:-1])]
    assert all(entry.hash == digest(entry) for entry in trail)


def test_an_act_after_the_end_is_refused_in_the_same_trail() -> None:
    """An acknowledgement of an alert that has ended is refused, and the refusal continues its chain."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    alert = next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")
    out += fold.run(records([act(alert.id), tick(START + HOUR), clean(START + HOUR), act(alert.id, id="late")], start=3))
    last, before = [output for output in reversed(out) if isinstance(output, Audit)][:2]
    assert ("refuse", "the alert has ended", before.hash) == (last.event, last.reason, last.prev)


HOURLY = "gas-hourly/o3"


def test_a_shelved_alarm_comes_back_unacknowledged_by_itself_and_acknowledged_by_hand() -> None:
    """ISA-18.2 11.7.3: the end of the time is row 9, a person's unshelving row 10; before its time nothing happens."""
    shelved = desk(bad(), "shelve", lasts="30m")
    _, alerts, trail = log_of(clean(START, o3=OZONE), shelved, at(29), at(30))
    assert states(alerts) == ["B", "E", "B"]
    assert alerts[1].aside is not None
    assert (alerts[1].aside.until, alerts[2].changed_at) == (format_time(START + 30 * MINUTE),) * 2
    assert [(each.event, each.actor is None) for each in trail] == [("raise", True), ("shelve", False), ("shelve-end", True)]
    _, alerts, _ = log_of(clean(START, o3=OZONE), shelved, desk(bad(), "unshelve"), at(31))
    assert states(alerts) == ["B", "E", "C"]
    assert alerts[-1].acknowledged is not None


def test_a_shelved_alarm_whose_condition_ends_is_normal_at_the_end_of_its_time() -> None:
    """Row 11; shelved once it ends with the condition, and what comes after is a new alert."""
    hours = [clean(START + HOUR), clean(START + 2 * HOUR, o3=OZONE)]
    late = [at(61), hours[0], at(121), hours[1], at(241)]
    _, alerts, _ = log_of(clean(START, o3=OZONE), desk(bad(), "shelve", lasts="4h"), *late)
    assert states(alerts) == ["B", "E", "E", "E", "B"]
    assert [each.active for each in alerts] == [True, True, False, True, True]
    assert alerts[-1].occurrence == 2
    _, alerts, _ = log_of(clean(START, o3=OZONE), desk(bad(), "shelve", once=True), *late)
    assert states(alerts) == ["B", "E", "A", "B"]
    assert alerts[-1].id != alerts[0].id


def test_an_acknowledgement_of_what_was_seen_does_not_cover_what_came_while_shelved() -> None:
    """The occurrence that began while the alarm was shelved needs its own acknowledgement."""
    shelved = [desk(bad(), "shelve", lasts="3h"), at(61), clean(START + HOUR), at(121), clean(START + 2 * HOUR, o3=OZONE)]
    _, alerts, trail = log_of(clean(START, o3=OZONE), *shelved, at(181), desk(bad(), "acknowledge"))
    assert (alerts[-1].state, trail[-1].event) == ("B", "refuse")
    assert "occurrence 2" in trail[-1].reason


@pytest.mark.parametrize(
    ("verb", "more", "word"),
    [
        ("shelve", {}, "lasts"),
        ("shelve", {"lasts": "soon"}, "45m"),
        ("shelve", {"lasts": "0s"}, "at most"),
        ("shelve", {"lasts": "5h"}, "4h at most"),
        ("suppress", {"once": True}, "once"),
        ("suppress", {"lasts": "400d"}, "8784h at most"),
        ("remove-from-service", {"lasts": "8h"}, "permit"),
        ("remove-from-service", {"permit": "JSZ-7"}, "lasts"),
    ],
)
def test_what_is_put_aside_needs_an_end_within_its_maximum(verb: str, more: dict[str, object], word: str) -> None:
    """An orange alarm is shelved for four hours at most; nothing goes out of service without a permit and an end."""
    _, alerts, trail = log_of(clean(START, o3=OZONE), desk(bad(), verb, **more))
    assert (alerts[-1].state, trail[-1].event) == ("B", "refuse")
    assert word in trail[-1].reason


def test_out_of_service_under_a_permit_and_back() -> None:
    """Rows 14 and 15: also from the shelf; alert and trail name the permit; its end brings the alarm back unacknowledged."""
    gone = desk(bad(), "remove-from-service", lasts="8h", permit="检修票 2026-118")
    _, alerts, trail = log_of(clean(START, o3=OZONE), desk(bad(), "shelve", lasts="1h"), gone, at(61), at(480))
    assert states(alerts) == ["B", "E", "G", "B"]
    assert alerts[2].aside is not None
    assert alerts[2].aside.permit == "检修票 2026-118"
    assert "检修票 2026-118" in trail[2].reason
    _, alerts, _ = log_of(clean(START, o3=OZONE), gone, at(61), clean(START + HOUR), desk(bad(), "return-to-service"))
    assert states(alerts) == ["B", "G", "G", "A"]


def test_an_alarm_at_rest_can_be_suppressed_before_it_comes() -> None:
    """Row 12 from A: what happens during the maintenance is not annunciated; at its end what still stands is (row 13)."""
    window = act("", 0, "suppress", alarm=HOURLY, lasts="2h", actor=Actor(id="boss", name="王主管", role="admin"))
    fold, alerts, trail = log_of(window, clean(START, o3=OZONE), at(119), at(120))
    assert states(alerts) == ["F", "F", "B"]
    assert [each.active for each in alerts] == [False, True, True]
    assert (alerts[0].occurrence, alerts[1].occurrence) == (0, 1)
    assert alerts[1].opened_at == format_time(START)
    assert len({each.id for each in alerts}) == 1
    assert [each.event for each in trail] == ["suppress", "condition", "unsuppress"]
    again = Fold(BOOK, "test.events.environment", 0)
    again.restore(fold.snapshot())
    assert again.subjects == fold.subjects


@pytest.mark.parametrize("alarm_key", ["gas-hourly", "no-rule", "station-silent/x", "lift-stranded"])
def test_an_alarm_that_the_subject_does_not_have_is_a_quality_record(alarm_key: str) -> None:
    """No rule of that name concerns the station: nothing is put aside."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), act("", 0, "suppress", alarm=alarm_key, lasts="2h")]))
    assert [(each.reason, each.field) for each in out if isinstance(each, Quality)] == [("unknown-alert", "$.data.alarm")]


def test_an_act_that_names_an_alert_and_an_alarm_is_one_on_the_alert() -> None:
    """What the alarm's name says, even nonsense, then means nothing, and nothing raises."""
    for name in ("gas-hourly/no2", "no-rule"):
        _, alerts, trail = log_of(clean(START, o3=OZONE), act(bad().id, alarm=name))
        assert (states(alerts), trail[-1].event) == (["B", "C"], "acknowledge")


def test_the_second_signature_is_somebody_elses() -> None:
    """Confirm follows acknowledge, by another person, once an occurrence; the state stays as it is."""
    acknowledged = [clean(START, o3=OZONE), act(bad().id)]
    early = log_of(clean(START, o3=OZONE), desk(bad(), "confirm"))[2][-1]
    assert (early.event, early.reason) == ("refuse", "cannot confirm in state B")
    own = log_of(*acknowledged, act(bad().id, verb="confirm", id="own"))[2][-1]
    assert (own.event, "somebody else" in own.reason) == ("refuse", True)
    _, alerts, trail = log_of(*acknowledged, desk(bad(), "confirm"), desk(bad(), "confirm", reason="再次"))
    assert (alerts[-1].state, trail[-2].event, trail[-1].event) == ("C", "confirm", "refuse")
    assert alerts[-1].confirmed is not None
    assert alerts[-1].confirmed.actor.id == "boss"


def test_a_comment_changes_nothing_but_the_trail() -> None:
    """Anybody who works with alerts may add one, in any state of an open alert."""
    analyst = Actor(id="a", name="分析员", role="analyst")
    _, alerts, trail = log_of(clean(START, o3=OZONE), act(bad().id, verb="comment", actor=analyst, reason="与邻站一致"))
    assert (alerts[-1].state, trail[-1].event, trail[-1].reason) == ("B", "comment", "与邻站一致")


def lived(book: Book, *events: bytes) -> list[Alert]:
    """Revisions of the ozone alerts by a book."""
    out = Fold(book, "test.events.environment", 0).run(records([registered(), tick(START), *events]))
    return [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]


def test_a_latched_alarm_waits_for_its_reset() -> None:
    """Rows 16 to 18: the condition's end is not the alarm's; a reset while it is true is refused."""
    book = book_with(latch=True)
    over = [at(61), clean(START + HOUR)]
    reset = desk(bad(), "reset")
    assert states(lived(book, clean(START, o3=OZONE), act(bad().id), *over, reset)) == ["B", "C", "C-latched", "A"]
    assert states(lived(book, clean(START, o3=OZONE), *over, act(bad().id), reset)) == ["B", "D-latched", "C-latched", "A"]
    assert states(lived(book, clean(START, o3=OZONE), act(bad().id), reset))[-1] == "C"


def test_an_acknowledged_alarm_asks_again_after_its_re_alarm_time() -> None:
    """Row 7: so long after the acknowledgement, while the condition stands, as another occurrence."""
    alerts = lived(book_with(re_alarm="30m"), clean(START, o3=OZONE), at(10), act(bad().id), at(39), at(40), at(120))
    assert states(alerts) == ["B", "C", "B"]
    assert alerts[-1].changed_at == format_time(START + 40 * MINUTE)
    assert (alerts[-1].occurrence, alerts[-1].acknowledged) == (2, None)


def test_the_first_alarm_of_a_group_is_marked() -> None:
    """Of the gases of one station in a group the first is first out, later ones are not, until all are normal again."""
    book = book_with(first_out="gases")
    alerts = lived(book, clean(START, o3=OZONE), at(61), clean(START + HOUR, o3=OZONE, no2=260))
    assert {each.item: each.first_out for each in alerts} == {"o3": True, "no2": False}
    both = lived(book, clean(START, o3=OZONE), at(61), clean(START + HOUR), at(121), clean(START + 2 * HOUR, no2=260))
    assert (both[-1].item, both[-1].first_out) == ("no2", True)
    assert bad().first_out is None


def test_a_new_tier_of_the_same_severity_asks_again() -> None:
    """Row 7, a new sub-condition: once for each tier and occurrence, not each time that it is reached again."""
    tiers = [{"over": 1.5, "severity": "orange"}]
    params = {**BOOK.rules["gas-hourly"].params, "tiers": tiers}
    book = book_with(severity="orange", params=params)
    hours = [clean(START + n * HOUR, o3=value) for n, value in enumerate((210, 320, 210, 320))]
    ticks = [at(60 * n + 1) for n in range(4)]
    signed = act(bad().id)
    again = act(bad().id, 2, id="second")
    alerts = lived(book, hours[0], signed, ticks[1], hours[1], again, ticks[2], hours[2], ticks[3], hours[3])
    assert states(alerts) == ["B", "C", "B", "C", "C", "C"]


def _act() -> Act:
    return Act(alert="x", occurrence=1, actor=SUPERVISOR, reason="已到现场")
