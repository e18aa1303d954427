"""Facts by hand at the signer: it reads the draft in the log itself, and signs the fact for two persons."""

import os
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from screen.access.accounts import Account, write
from screen.signer.notary import ByHand, NotSignedError
from screen.signer.sealing import by_keeper
from screen.signer.wire import LookEntry, SignEntry, SignRecord
from screen.web.json_response import RefusedError
from streams.desk import desk_bytes, record_of
from streams.keeper.client import KeeperClient
from streams.keeper.server import KeeperServer, peers_of
from streams.messages import Actor, decode_event
from streams.messages.services.entry import EnteredFact, EntryDecision, EntryDraft, EntryRecord
from streams.messages.words import Sealed
from streams.signing.machine.part import Part
from tests.support.directory.entries import ListedEntries, decided, draft
from tests.support.keeper.kept import Kept, MemoryLog
from tests.support.signer.room import HASH, PEOPLE, SigningRoom

ZHANG = Actor(id="zhang", role="supervisor", department="zz-ee")
CONFIRMED = decided("confirmed", ZHANG)


@pytest.fixture
def room(tmp_path: Path) -> SigningRoom:
    """A signer whose log has one draft, by somebody of zz-ee."""
    made = SigningRoom(tmp_path)
    hold(made, draft())
    return made


def hold(room: SigningRoom, *drafts: EntryDraft) -> None:
    """Let the signer's log have these drafts and nothing else."""
    room.log.written[:] = [("t.entries", each.entry, desk_bytes(each, "test")) for each in drafts]
    room.notary._by_hand = ByHand(ListedEntries(room.log, said), Part())


def said(value: bytes) -> EntryRecord:
    """The record in a signed event."""
    event = decode_event(value)
    return record_of(event.type, bytes(event.data))  # type: ignore[return-value]  # it is one of an entry


def test_a_second_person_confirms(room: SigningRoom) -> None:
    """That it is being confirmed, the fact, the decision with the fact's place; pressed again, nothing is written."""
    asked = SignEntry(session=room.session("zhang"), decision=CONFIRMED, region="410102")
    place = room.notary.sign(asked)
    assert room.notary.sign(asked) == place
    assert [topic for topic, _, _ in room.log.written] == ["t.entries", "t.entries", "t.events.environment", "t.entries"]
    fact = msgspec.json.decode(decode_event(room.log.written[2][2]).data, type=EnteredFact)
    assert (fact.entered.id, fact.confirmed.id, fact.confirmed.department) == ("lu", "zhang", "zz-ee")
    decision = msgspec.json.decode(decode_event(room.log.written[3][2]).data)
    assert (decision["outcome"], decision["place"]["offset"]) == ("confirmed", 2)


def test_one_person_alone_confirms_nothing(room: SigningRoom) -> None:
    """Neither who entered it, nor another department, nor what does not wait, nor without the key; nothing is written."""
    sun = decided("confirmed", Actor(id="sun", role="admin"))
    for drafts, account, decision, status in (
        ([draft(ZHANG)], "zhang", CONFIRMED, 409),
        ([draft()], "sun", sun, 409),
        ([], "zhang", CONFIRMED, 409),
        ([draft()], "li", CONFIRMED, 403),
    ):
        hold(room, *drafts)
        with pytest.raises(RefusedError) as refused:
            room.notary.sign(SignEntry(session=room.session(account), decision=decision, region=""))
        assert (refused.value.status, len(room.log.written)) == (status, len(drafts))


def test_notes_and_reasons_are_sealed_for_the_two(tmp_path: Path) -> None:
    """No record has a word of them; who entered it and who may confirm it open them, on record; another department does not."""
    kept = Kept(tmp_path, MemoryLog())
    keeper = KeeperServer(tmp_path / "socket", kept.keeper, kept.forgetting, "t", peers_of("", os.geteuid()))
    client = KeeperClient(tmp_path / "socket")
    room = SigningRoom(tmp_path, by_keeper(client), keeper=client)
    write(room.file, (*PEOPLE, Account("far", "远处", "supervisor", ("zz-amr",), hash=HASH)))
    hold(room)
    room.looking._entries = ListedEntries(room.log, said)
    session = room.session("zhang")
    room.notary.sign(SignRecord(session=session, record=draft(ZHANG, note="来电人王五")))
    sealed = said(room.log.written[0][2])
    assert isinstance(sealed, EntryDraft)
    assert isinstance(sealed.note, Sealed)
    assert "王五" not in room.log.written[0][2].decode()
    assert "储罐" not in room.log.written[0][2].decode()
    asked = LookEntry(session=session, entry=sealed.entry, path="note", reference=sealed.note, purpose="review")
    assert room.looking.look_entry(asked).text == "来电人王五"
    assert len(kept.log.values("looks")) == 1
    with pytest.raises(NotSignedError) as refused:
        room.looking.look_entry(replace(asked, session=room.session("far")))
    assert refused.value.status == 403
    with pytest.raises(NotSignedError) as refused:
        room.looking.look_entry(replace(asked, path="data.what"))
    assert refused.value.status == 409
    keeper.close()
    kept.close()
    room.close()


def test_a_reason_is_sealed_where_a_draft_is_returned(room: SigningRoom) -> None:
    """As the note of a draft: under the family of what it is about."""
    families: list[tuple[str, str]] = []

    def seal(_text: str, type_: str, _id: str, family: str, path: str) -> Sealed:
        families.append((f"{type_} {path}", family))
        return Sealed("a" * 64, "b" * 64, 32)

    room.notary._seal = seal
    asked = SignEntry(session=room.session("zhang"), decision=decided("returned", ZHANG, reason="王五说不对"), region="")
    room.notary.sign(asked)
    assert families == [("entry.decision reason", "events.environment/s1")]
    last = said(room.log.written[-1][2])
    assert isinstance(last, EntryDecision)
    assert last.reason == Sealed("a" * 64, "b" * 64, 32)


def test_without_the_registrars_key_a_draft_is_returned_alone(room: SigningRoom) -> None:
    """Nothing is confirmed (503), what is decided else is signed with the screen's own key."""
    assert room.notary._by_hand
    room.notary._by_hand = ByHand(room.notary._by_hand.entries, None)
    session = room.session("zhang")
    with pytest.raises(NotSignedError) as refused:
        room.notary.sign(SignEntry(session=session, decision=CONFIRMED, region=""))
    assert refused.value.status == 503
    room.notary.sign(SignEntry(session=session, decision=decided("returned", ZHANG, reason="时间不符"), region=""))
    assert [topic for topic, _, _ in room.log.written] == ["t.entries", "t.entries"]


def test_a_draft_is_the_sessions_and_its_departments(room: SigningRoom) -> None:
    """A draft for another account, or of a type of another department, is not signed."""
    session = room.session("zhang")
    hold(room)
    room.notary.sign(SignRecord(session=session, record=draft(ZHANG)))
    for wrong in (draft(), draft(ZHANG, type="food_drug.recall")):
        with pytest.raises(NotSignedError):
            room.notary.sign(SignRecord(session=session, record=replace(wrong, entry="1" * 32)))
    assert [topic for topic, _, _ in room.log.written] == ["t.entries"]
