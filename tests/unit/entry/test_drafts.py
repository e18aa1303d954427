"""Facts by hand (系统补录): one person enters, another of the same department confirms or returns; a pure fold over the log."""

import msgspec
import pytest

from screen.access.people import Person
from screen.entry.page import hidden, told_entries
from screen.feed.directory import Entries
from screen.feed.fold import fold
from screen.feed.view import View
from streams.catalogue.described import catalogue
from streams.desk import event_of, place_of, record_of
from streams.entry.drafts import draft_fault, entries, entry_id, entry_refusal, fact_bytes, with_sealed
from streams.entry.form import form_of
from streams.messages import Place, decode_event
from streams.messages.services.entry import EnteredFact, EntryDraft, EntryRecord
from streams.messages.words import Sealed
from tests.support.directory.entries import AMR, DATA, ENTRY, FU, LU, decided, draft


def test_a_draft_waits_until_another_confirms_it() -> None:
    """待复核, then 已入库; or returned, or taken back."""
    assert entries([draft()])[ENTRY].state == "waiting"
    for decision in (decided("confirmed"), decided("returned", reason="时间不符"), decided("withdrawn", LU)):
        assert entries([draft(), decision])[ENTRY].state == decision.outcome


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        ([], decided("confirmed"), "no draft"),
        ([draft()], draft(), "is known"),
        ([draft()], decided("confirmed", LU), "does not confirm it"),
        ([draft()], decided("returned", LU, reason="错"), "does not confirm it"),
        ([draft()], decided("confirmed", AMR), "of the department"),
        ([draft()], decided("returned"), "give a reason"),
        ([draft()], decided("withdrawn"), "nobody else"),
        ([draft(), decided("confirmed")], decided("returned", reason="错"), "is confirmed"),
        ([draft()], decided("confirming", LU), "does not confirm it"),
        ([draft(), decided("confirming")], decided("withdrawn", LU), "looked up first"),
        ([draft(), decided("confirming")], decided("returned", reason="错"), "looked up first"),
        ([draft(), decided("confirming"), decided("confirming")], decided("withdrawn", LU, looked=1), "looked up first"),
        ([draft(), decided("withdrawn", LU)], decided("confirming"), "is withdrawn"),
    ],
)
def test_what_may_not_be_changes_nothing(before: list[EntryRecord], wrong: EntryRecord, words: str) -> None:
    """Never the same person, never another department; what is decided stays."""
    known = entries(before)
    assert words in entry_refusal(known, wrong)
    assert entries([*before, wrong]) == known


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (draft(AMR), "nothing that zz-amr provides"),
        (draft(type="environment.air_hour", data={"so2": 5}), "nothing that"),
        (draft(type="environment.moon"), "nothing that"),
        (draft(data={"emergency": "E1", "step": "exploded"}), "step"),
        (draft(data={"emergency": "E1", "step": "occurred", "more": 1}), "more"),
        (draft(note=" "), "entered from"),
    ],
)
def test_only_what_the_department_states_is_entered(wrong: EntryDraft, words: str) -> None:
    """The providing department, a stated type (what devices measure is not entered), data of its payload, a source."""
    assert words in draft_fault(wrong)
    assert draft_fault(draft()) == ""


def test_the_fact_names_both_and_is_the_same_however_often_it_is_made() -> None:
    """Type, subject and time are the fact's; who entered and who confirmed stand in it; its id is the draft's."""
    event = decode_event(fact_bytes(draft(), FU))
    assert (event.type, event.subject, event.time) == ("environment.entered", "s1", "2026-06-01T08:00:00+08:00")
    assert (event.source, event.id) == ("entry/zz-ee", f"entry/{ENTRY}")
    said = msgspec.json.decode(event.data, type=EnteredFact)
    assert (said.kind, said.entered.id, said.confirmed.id, msgspec.json.decode(said.data)) == ("emergency", "lu", "fu", DATA)
    assert fact_bytes(draft(), FU) == fact_bytes(draft(), FU)
    assert entry_id(LU, "k") == entry_id(LU, "k") != entry_id(FU, "k")


def test_a_correction_is_an_entry_too() -> None:
    """It becomes `<domain>.corrected` as it stands, with the place of the fact, and names both persons as a fact does."""
    place = Place("t.events.environment", 0, 7)
    event = decode_event(fact_bytes(draft(corrects=place), FU))
    data = msgspec.json.decode(event.data)
    assert event.type == "environment.corrected"
    assert (data["corrects"]["offset"], data["kind"], data["at"]) == (7, "emergency", "2026-06-01T08:00:00+08:00")
    assert (data["entered"]["id"], data["confirmed"]["id"], data["entry"]) == ("lu", "fu", ENTRY)


def test_texts_of_persons_are_sealed_in_the_draft() -> None:
    """In an opened log the signer seals them before the draft stands anywhere: the fact has the references."""
    seen: list[tuple[str, str]] = []

    def seal(path: str, text: str) -> Sealed:
        seen.append((path, text))
        return Sealed("a" * 64, "b" * 64, 32)

    sealed = with_sealed(draft(), seal)
    data = msgspec.json.decode(sealed.data)
    assert seen == [("data.what", "储罐泄漏"), ("note", "台账")]
    assert sealed.note == Sealed("a" * 64, "b" * 64, 32)
    assert data["what"] == {"kid": "a" * 64, "digest": "b" * 64, "size": 32}
    assert draft_fault(draft(data=data)) == ""


def test_a_sealed_note_stays_sealed_in_what_it_becomes() -> None:
    """Neither the fact nor the correction has a word of what was sealed."""
    note = Sealed("a" * 64, "b" * 64, 32)
    fact = msgspec.json.decode(decode_event(fact_bytes(draft(note=note), FU)).data)
    corrected = msgspec.json.decode(decode_event(fact_bytes(draft(note=note, corrects=Place("t", 0, 7)), FU)).data)
    assert fact["note"] == corrected["reason"] == {"kid": "a" * 64, "digest": "b" * 64, "size": 32}


def test_what_is_hidden_may_be_looked_at_by_the_two_alone() -> None:
    """What is sealed of an entry is named to who entered it and to who may confirm it, of their department; to nobody else."""
    note = Sealed("a" * 64, "b" * 64, 32)
    view = fold(View(), [draft(note=note, data=DATA | {"what": note})])
    entry = view[Entries].entries[ENTRY]
    people = [Person(id=a.id, name="", role="handler", departments=(a.department,)) for a in (LU, FU, AMR)]
    people.append(Person(id="yi", name="", role="dispatcher", departments=("zz-ee",)))
    assert [hidden(entry, each) for each in people] == [["data.what", "note"], ["data.what", "note"], [], []]
    (told,) = told_entries(view, people[1])["entries"]
    assert told["note"] is None


def test_the_form_is_the_directorys() -> None:
    """Names in both languages, lists of values, what is needed; no form for what is measured or what no form takes."""
    fields = {field.name: field for field in form_of(catalogue()["environment.emergency"]) or ()}
    assert (fields["emergency"].required, fields["emergency"].longest) == (True, 100)
    assert fields["step"].widget == "choice"
    assert "occurred" in fields["step"].values
    assert (fields["what"].sealable, fields["what"].required) == (True, False)
    assert all(field.title.zh and field.title.en for field in fields.values())
    assert form_of(catalogue()["environment.air_hour"]) is None
    assert form_of(catalogue()["environment.hand_sample"]) is None
    assert form_of(catalogue()["command.*"]) is None
    assert form_of(catalogue()["data.sharing"]) is None
    assert form_of(catalogue()["data.directory"]) is None


def test_the_page_tells_each_what_may_be_done() -> None:
    """Who entered it takes it back, another of the department confirms or returns, other departments see nothing."""
    view = fold(View(), [draft(), draft(), decided("confirmed", LU)])
    assert view[Entries].entries[ENTRY].state == "waiting"
    people = [Person(id=a.id, name="", role="handler", departments=(a.department,)) for a in (LU, FU, AMR)]
    told = [[each["offers"] for each in told_entries(view, person)["entries"]] for person in people]
    assert told == [[["withdrawn"]], [["confirmed", "returned"]], []]
    assert "environment.emergency" in {each["type"] for each in told_entries(view, people[0])["forms"]}


def test_records_of_entries_are_signed_in_a_topic_of_their_own() -> None:
    """`entry.draft` and `entry.decision`, in `entries`, keyed by the draft."""
    for record, type_ in ((draft(), "entry.draft"), (decided("confirmed"), "entry.decision")):
        event = event_of(record, "test")
        assert (place_of(record), event.type) == (("entries", ENTRY), type_)
        assert record_of(event.type, bytes(event.data)) == record
