"""Facts by hand at the signer: it reads the draft in the log itself, and signs the fact for two persons."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from screen.signer.notary import ByHand, NotSignedError
from screen.signer.wire import SignEntry, SignRecord
from streams.messages import Actor, decode_event
from streams.messages.services.entry import EnteredFact
from streams.signing.machine.part import Part
from tests.support.directory.entries import ENTRY, decided, draft
from tests.support.signer.room import SigningRoom

ZHANG = Actor(id="zhang", role="supervisor", department="zz-ee")
CONFIRMED = decided("confirmed", ZHANG)


@pytest.fixture
def room(tmp_path: Path) -> SigningRoom:
    """A signer that knows one draft, by somebody of zz-ee."""
    made = SigningRoom(tmp_path)
    made.notary._by_hand = ByHand(lambda name: draft() if name == ENTRY else None, Part())
    return made


def test_a_second_person_confirms(room: SigningRoom) -> None:
    """The fact goes into its domain first, then the decision with the fact's place; pressed again, nothing is written."""
    asked = SignEntry(session=room.session("zhang"), decision=CONFIRMED, region="410102")
    place = room.notary.sign(asked)
    assert room.notary.sign(asked) == place
    assert [topic for topic, _, _ in room.log.written] == ["t.events.environment", "t.entries"]
    fact = msgspec.json.decode(decode_event(room.log.written[0][2]).data, type=EnteredFact)
    assert (fact.entered.id, fact.confirmed.id, fact.confirmed.department) == ("lu", "zhang", "zz-ee")
    decision = msgspec.json.decode(decode_event(room.log.written[1][2]).data)
    assert (decision["outcome"], decision["place"]["offset"]) == ("confirmed", 0)


def test_one_person_alone_confirms_nothing(room: SigningRoom) -> None:
    """Neither who entered it, nor another department, nor what does not wait, nor without the key; nothing is written."""
    own = draft(ZHANG)
    for by_hand, account, decision, status in (
        (ByHand(lambda _: own, Part()), "zhang", CONFIRMED, 403),
        (ByHand(lambda _: draft(), Part()), "sun", decided("confirmed", Actor(id="sun", role="admin")), 403),
        (ByHand(lambda _: None, Part()), "zhang", CONFIRMED, 409),
        (None, "zhang", CONFIRMED, 503),
    ):
        room.notary._by_hand = by_hand
        with pytest.raises(NotSignedError) as refused:
            room.notary.sign(SignEntry(session=room.session(account), decision=decision, region=""))
        assert refused.value.status == status
    assert room.log.written == []


def test_a_draft_is_the_sessions_and_its_departments(room: SigningRoom) -> None:
    """A draft for another account, or of a type of another department, is not signed."""
    session = room.session("zhang")
    room.notary.sign(SignRecord(session=session, record=draft(ZHANG)))
    for wrong in (draft(), draft(ZHANG, type="food_drug.recall")):
        with pytest.raises(NotSignedError):
            room.notary.sign(SignRecord(session=session, record=replace(wrong, entry="1" * 32)))
    assert [topic for topic, _, _ in room.log.written] == ["t.entries"]
