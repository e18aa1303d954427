"""A text of a person that is sealed: the judge sees that it is there, each place says that it is sealed, and no more."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from msgspec import json as wire
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.alerts.adopt import switched
from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.jobs import timeline
from agents.jobs.export import columns
from agents.notifications import text
from agents.notifications.routes import Language
from agents.offline.explain import Story, told
from agents.reports import cap
from agents.rulebook.grouping import sound_grouping
from screen.acts.handovers import handovers
from screen.desk.alert_context import similar
from screen.feed.fold import fold
from screen.feed.rows import lasting
from screen.feed.view import View
from screen.i18n.trail_text import trail_text
from streams.handover import Summary, handed, taken
from streams.messages import (
    HOUR,
    MINUTE,
    Act,
    Actor,
    Adoption,
    Alert,
    Audit,
    Handover,
    Incident,
    IncidentAudit,
    Note,
    Quality,
    Regroup,
    Sealed,
    decode,
    digest,
    encode,
    event_bytes,
    format_time,
    shown,
)
from tests.support.events import START, SUPERVISOR, clean, records, registered, tick
from tests.support.opened import DIGEST, KID, SEALED, TOPIC
from tests.support.pure.alarm import BOOK, CAUSE, at, bad, desk, in_state, log_of
from tests.support.pure.view import DESK

BOSS = Actor(id="boss", name="王主管", role="admin")
ID = bad().id
PUT_ASIDE = desk(bad(), "remove-from-service", lasts="1h", reason=SEALED, permit=SEALED)
EVENTS = (clean(START, o3=230), desk(bad(), "acknowledge", reason=SEALED), PUT_ASIDE, at(1))


def lived() -> tuple[list[Alert], list[Audit]]:
    """The revisions and the trail of an alert that was acknowledged and put aside, for reasons that are sealed."""
    return log_of(*EVENTS)[1:]


def test_the_judge_does_what_a_sealed_act_says() -> None:
    """The alert carries the references; in the trail they stand apart from what the judge adds, and the chain holds."""
    alerts, trail = lived()
    assert [each.state for each in alerts] == ["B", "C", "G"]
    aside = alerts[-1].aside
    assert aside is not None
    assert (aside.note.reason, aside.permit) == (SEALED, SEALED)
    acknowledged, removed = trail[1:3]
    assert (acknowledged.words, acknowledged.reason) == (SEALED, "")
    assert (removed.words, removed.reason) == (SEALED, f"until {aside.until}, permit sealed")
    assert [each.hash for each in trail] == [digest(each) for each in trail]
    assert [decode(encode(each), type(each)) for each in (*alerts, *trail)] == [*alerts, *trail]
    assert [each.prev for each in trail[1:]] == [each.hash for each in trail[:-1]]


@pytest.mark.parametrize("verb", ["acknowledge", "shelve", "suppress", "comment"])
def test_a_sealed_reason_is_one(verb: str) -> None:
    """What needs a reason has it, and one of blanks alone is none."""
    given = Act(alert=ID, occurrence=1, actor=BOSS, reason=SEALED, lasts="30m" if verb in {"shelve", "suppress"} else "")
    assert alarm.refusal(in_state("B"), verb, given) == ""
    assert alarm.refusal(in_state("B"), verb, replace(given, reason=" ")) == f"{verb} needs a reason"


def test_a_checkpoint_keeps_the_reference() -> None:
    """Cut and restored at any record, the log with sealed texts gives the same."""
    log = [registered(), tick(START), *EVENTS]
    whole = Fold(BOOK, TOPIC, 0).run(records(log))
    for cut in range(len(log)):
        first, second = Fold(BOOK, TOPIC, 0), Fold(BOOK, TOPIC, 0)
        begun = first.run(records(log[:cut]))
        second.restore(first.snapshot())
        assert list(chain(begun, second.run(records(log[cut:], start=cut)))) == whole


@pytest.mark.parametrize(
    "reference",
    [
        {"kid": KID, "digest": DIGEST, "size": 64, "text": "张三"},
        {"kid": KID, "digest": DIGEST},
        {"kid": KID, "digest": "张三", "size": 64},
        {"kid": KID[:32], "digest": DIGEST, "size": 64},
        {"kid": KID, "digest": DIGEST, "size": 0},
        ["张三"],
    ],
)
def test_what_is_no_reference_is_refused(reference: object) -> None:
    """A text beside the reference would stand in the log for ever; half a reference can never be opened."""
    act = {"alert": ID, "occurrence": 1, "actor": BOSS, "reason": reference}
    event = event_bytes(
        type="command.comment", source="t", id="x", time=format_time(START), subject="air.410100.test", data=act
    )
    out = Fold(BOOK, TOPIC, 0).run(records([registered(), tick(START), clean(START, o3=230), event]))
    assert isinstance(out[-1], Quality)
    assert out[-1].reason in {"malformed-data", "out-of-range"}
    assert "张三" not in encode(out[-1]).decode()


def test_both_forms_are_read_for_ever() -> None:
    """Each message that holds a text of a person takes plain text and the reference, and writes back what it read."""
    at_ = format_time(START)
    note = Note(verb="comment", actor=SUPERVISOR, reason="泵检修", at=at_)
    handover = handed("zz-ee", SUPERVISOR, "泵检修", Summary({}, {}, (), {}), "k", START)
    plain: list[tuple[Any, str]] = [
        (Act(alert=ID, occurrence=1, actor=SUPERVISOR, reason="泵检修"), "reason"),
        (Act(alert=ID, occurrence=1, actor=SUPERVISOR, permit="泵检修"), "permit"),
        (Regroup(incident="i", actor=SUPERVISOR, reason="泵检修"), "reason"),
        (Adoption(book="b", by="boss", reason="泵检修"), "reason"),
        (note, "reason"),
        (handover, "note"),
        (taken(handover, BOSS, "泵检修", START), "note"),
    ]
    for message, name in plain:
        for held in (message, replace(message, **{name: SEALED})):
            assert decode(encode(held), type(held)) == held
        assert json.loads(encode(message))[name] == "泵检修"
        assert json.loads(encode(replace(message, **{name: SEALED})))[name] == {"kid": KID, "digest": DIGEST, "size": 64}


def test_an_adoption_for_a_sealed_reason() -> None:
    """The reason of a change of rules is said in trails; one that is sealed is said to be so."""
    adoption = Adoption(book="b" * 64, by="boss", reason=SEALED)
    assert wire.decode(encode(adoption), type=Adoption).reason == SEALED
    assert switched(BOOK, BOOK, adoption, CAUSE).reason == f"rule book {'b' * 64} (boss: sealed)"


def said() -> Iterator[tuple[str, object]]:
    """What each place shows of the alert and its trail, as text."""
    alerts, trail = lived()
    alert = alerts[-1]
    for entry in trail:
        yield "trail", trail_text(entry)
        yield "timeline", timeline.act(entry)
    yield "export", columns(alert)
    yield "cap", cap.message(alert, (), "oversight.example.cn").decode()
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        yield "explain", told(Story(alert, tuple(trail), {}), language)
        yield "notice", text.title(alert, "raised", language) + text.body(alert, language)
    ended = replace(alert, id="0" * 32, state="A", active=False, case=None, aside=None)
    view = fold(View(), [alert, ended])
    yield "past", similar(view, alert, DESK)


def test_no_place_shows_the_reference() -> None:
    """Trail, story, export, CAP, notices and past alerts have neither the key nor the digest."""
    places = set()
    for place, found in said():
        places.add(place)
        assert DIGEST not in encode(found).decode(), place
        assert KID not in encode(found).decode(), place
    assert places == {"trail", "explain", "timeline", "export", "cap", "notice", "past"}


def test_a_trail_says_that_a_text_is_sealed() -> None:
    """In both languages, with what the judge adds."""
    _, trail = lived()
    until = format_time(START + HOUR)
    assert (trail_text(trail[1]).zh, trail_text(trail[1]).en) == ("已封存", "sealed")
    assert trail_text(trail[2]).zh == "已封存（至 2026-06-01 09:00，作业票 已封存）"
    assert trail_text(trail[2]).en == f"sealed (until {until}, permit sealed)"
    story = "\n".join(told(Story(lived()[0][-1], tuple(trail), {}), "zh"))
    assert "acknowledge B → C 王主管 (admin): 已封存" in story
    assert timeline.act(trail[1])["reason"] == shown(SEALED)
    assert timeline.act(replace(trail[1], words="泵检修"))["reason"] == "***", (
        "in clear it is masked: the file is for all who may replay"
    )


def test_a_row_of_the_screen_has_the_reference_and_no_text_of_it() -> None:
    """The page gets the reference as an object, which it says to be sealed (tests/js): its text is nowhere."""
    row = lasting(lived()[0][-1:])["rows"][0]
    assert decode(encode(row["aside"].note.reason), Sealed) == SEALED


def test_a_case_is_concluded_for_a_sealed_reason() -> None:
    """What was found stays in clear, why it was found is sealed."""
    case = alarm.case(START, HOUR)
    open_case = replace(in_state("D"), state="A", active=False, case=case)
    given = Act(alert=ID, occurrence=1, actor=BOSS, reason=SEALED, finding="unfounded")
    changed, entry = alarm.acted(replace(open_case, verbs=alarm.verbs(open_case)), "conclude", given, CAUSE)
    assert changed.case is not None
    assert changed.case.note is not None
    assert (changed.case.finding, changed.case.note.reason) == ("unfounded", SEALED)
    assert (entry.words, entry.reason) == (SEALED, "unfounded")
    assert trail_text(entry).zh == "不实：已封存"


def test_a_split_for_a_sealed_reason() -> None:
    """The incident's note and its trail carry the reference; the reason is not missing."""
    stage = Incidents(sound_grouping(BOOK.rules), "t.events.incidents", 0)
    first = Fold(BOOK, TOPIC, 0).run(records([registered(), tick(START), clean(START, o3=230, no2=260)]))
    fed = revisions(first)
    out = list(stage.run([(n, key, value) for n, (key, value) in enumerate(fed)]))
    incident = [each for each in out if isinstance(each, Incident)][-1]
    assert len(incident.members) > 1
    split = Regroup(incident=incident.id, actor=SUPERVISOR, reason=SEALED, alerts=incident.members[:1])
    event = event_bytes(type="command.split", source="t", id="s", time=format_time(START), subject=incident.city, data=split)
    more = stage.run([(len(fed), incident.city.encode(), event)])
    entries = [each for each in more if isinstance(each, IncidentAudit)]
    assert [(each.event, each.words, each.reason) for each in entries] == [("split", SEALED, ""), ("split-off", SEALED, "")]
    assert [each.hash for each in entries] == [digest(each) for each in entries]
    assert [decode(encode(each), type(each)) for each in more] == more
    assert {note.reason for each in more if isinstance(each, Incident) for note in each.notes} == {SEALED}


def test_notes_of_a_shift_may_be_sealed() -> None:
    """The screen takes them up as any other."""
    note = handed("zz-ee", SUPERVISOR, SEALED, Summary({}, {}, (), {}), "k", START)
    view = fold(View(), [note, taken(note, BOSS, SEALED, START + MINUTE)])
    desks = handovers(view, START + HOUR, DESK)["desks"]
    assert [each["note"].note for each in desks[0]["notes"]] == [SEALED]
    assert decode(encode(note), Handover) == note
