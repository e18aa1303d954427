"""What the anchorer tells of entries that no seal covers, whether it goes on or anchors once."""

from agents.audit.opened.anchorer import UNSEALED, Unsealed
from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from streams.outputs import TRAILS
from tests.support.events import START, clean, registered, tick
from tests.support.proofs.sealed import KAFKA, SealedLog

AUDIT = next(kind for kind in TRAILS if kind.topic == "audit")


def waiting(made: SealedLog) -> tuple[Unsealed, Seals]:
    """What an anchorer knows after one look at all that stands in a log."""
    seals, trail = Seals(made.trust), Unsealed(AUDIT, {})
    for record in made.read("seals"):
        seals.take(record)
    for record in made.read("audit"):
        trail.take(record.value, record.place, seals, record.at)
    return trail, seals


def test_one_look_tells_what_is_without_a_seal_for_too_long() -> None:
    """The age of an entry is that since Kafka got it, not since it was read: of 15 seconds it is told, once."""
    made = SealedLog()
    made.judge(registered(), tick(START), clean(START, o3=230))
    trail, seals = waiting(made)
    assert list(trail.late(seals, KAFKA + UNSEALED - 1)) == []
    ((place, said),) = trail.late(seals, KAFKA + UNSEALED)
    assert (place, said.partition(" of ")[0]) == ("audit/0/0", "entry 1")
    assert said.endswith("is under no seal: not anchored")
    assert list(trail.late(seals, KAFKA + 2 * UNSEALED)) == []


def test_what_is_sealed_is_never_told() -> None:
    """However old it is; and what is sealed only after it was told waits no more."""
    made = SealedLog()
    made.judge(registered(), tick(START), clean(START, o3=230))
    trail, seals = waiting(made)
    assert len(list(trail.late(seals, KAFKA + UNSEALED))) == 1
    made.seal()
    assert seals.take(Written(made.topics["seals"][0], "", at=KAFKA)) == []
    assert list(trail.late(seals, KAFKA + 9 * UNSEALED)) == []
    trail, seals = waiting(made)
    assert list(trail.late(seals, KAFKA + 9 * UNSEALED)) == []
