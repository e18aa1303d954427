"""An opened log verified whole: what its workers, its anchorer and Kafka's writers may have done to it is found (C18, C19)."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from agents.audit.anchors import Anchors, signed
from agents.audit.opened.anchors import named_key
from agents.audit.opened.check import Asked, check
from streams.messages import GENESIS, HOUR, MINUTE, Alert, Anchor, Audit, Seal, SealedHead, decode, encode
from streams.signing.chain import chained
from streams.signing.proofs.seal import seal_hash, signed_seal
from tests.support.events import START, act, clean, registered, tick
from tests.support.proofs.sealed import AT, KAFKA, SealedLog
from tests.support.pure.alarm import raised

ALERT = raised().id


def log() -> SealedLog:
    """A log of three seals and two anchors, with an alert that was acted on."""
    made = SealedLog()
    made.judge(registered(), tick(START), clean(START, o3=230))
    made.seal()
    made.judge(act(ALERT, reason="已派人"), tick(START + MINUTE))
    made.seal()
    made.anchor()
    made.judge(tick(START + HOUR), act(ALERT, verb="comment", id="2", reason="复查"), clean(START + HOUR, o3=260))
    made.seal()
    made.anchor("2026-06-02T00:00:30+08:00", day="2026-06-01")
    return made


def test_a_log_that_nobody_touched_is_intact() -> None:
    """All seals, anchors and notes fit; revisions without an entry of their own (a new value) are covered by seals."""
    made = log()
    assert made.found() == []
    assert [len(made.topics[name]) for name in ("seals", "anchors")] == [3, 4]
    assert len(made.topics["alerts"]) > len(made.topics["audit"])


def test_another_id_is_another_log() -> None:
    """Whoever compares another id finds nothing that opens it."""
    made = log()
    made.roots.logid = "00" * 32
    assert made.kinds() == {"wrong-log"}


def test_a_seal_chains_the_offsets_of_its_partition() -> None:
    """N counts up, prev is the hash of the seal before, from is its to; copies after a crash are none of their own."""
    seals = [decode(value, Seal) for value in log().topics["seals"]]
    assert [seal.n for seal in seals] == [1, 2, 3]
    assert [seal.prev for seal in seals] == ["", *(seal_hash(seal) for seal in seals[:-1])]
    assert [seal.begin for seal in seals] == [0, *(seal.end for seal in seals[:-1])]
    assert [sorted(head.n for head in seal.heads) for seal in seals] == [[1], [2], [1, 3]]


def changed_value(made: SealedLog) -> None:
    """A value with the head that was there."""
    alert = decode(made.topics["alerts"][-1], Alert)
    made.topics["alerts"].append(encode(replace(alert, value=1.0)))


def rev_beyond(made: SealedLog) -> None:
    """A revision of a false entry, within what was sealed."""
    alert = decode(made.topics["alerts"][-1], Alert)
    made.topics["alerts"].append(encode(replace(alert, rev=alert.rev + 1, audit=99, head="sha256:" + "0" * 64)))


def foreign_trail(made: SealedLog) -> None:
    """A whole trail that no worker made, with a chain of its own."""
    entry = decode(made.topics["audit"][0], Audit)
    blank = encode(replace(entry, alert="ff" * 16, hash=""))
    made.topics["audit"].insert(0, chained("sha256", blank))


def remade_entry(made: SealedLog) -> None:
    """An entry that was changed, and its hash made anew."""
    entry = decode(made.topics["audit"][1], Audit)
    made.topics["audit"][1] = chained("sha256", encode(replace(entry, reason="别的话", hash="")))


@pytest.mark.parametrize(
    ("attack", "kinds"),
    [
        (changed_value, {"changed"}),
        (rev_beyond, {"changed"}),
        (foreign_trail, {"inserted", "changed"}),
        (remade_entry, {"changed"}),
        (lambda made: made.topics["audit"].pop(), {"cut", "changed"}),
        (lambda made: made.topics["audit"].clear(), {"cut", "changed"}),
        (lambda made: made.topics["audit"].pop(1), {"removed", "changed"}),
    ],
)
def test_what_was_done_to_trails_and_revisions_is_found(attack: Callable[[SealedLog], object], kinds: set[str]) -> None:
    """C18: a changed value under the old head, a false revision, a foreign trail, a changed entry, a cut, a removal."""
    made = log()
    attack(made)
    found = made.kinds()
    assert found & kinds
    assert found <= kinds


def test_seals_that_were_cut_or_forged_are_found() -> None:
    """A seal that is missing breaks the chain and the anchor's tree; one of another key, or changed, is none."""
    made = log()
    del made.topics["seals"][1]
    assert {"seal-removed", "anchor-differs"} <= made.kinds()
    made = log()
    del made.topics["seals"][-1]
    assert "anchor-differs" in made.kinds()
    made = log()
    seal = decode(made.topics["seals"][0], Seal)
    made.topics["seals"][0] = encode(replace(seal, heads=(SealedHead("audit", ALERT, 9, seal.heads[0].hash),)))
    assert "seal-forged" in made.kinds()
    made = log()
    made.topics["seals"].append(encode(signed_seal(replace(seal, n=4, sigkid=made.anchorer.kid), made.anchorer)))
    assert made.kinds() == {"seal-forged"}, "the anchorer's key may not seal"


def test_a_worker_that_seals_two_histories_is_found() -> None:
    """A second seal of a number, signed by the genuine key, is a fork."""
    made = log()
    seal = decode(made.topics["seals"][1], Seal)
    made.topics["seals"].append(encode(signed_seal(replace(seal, at=""), made.worker)))
    assert made.kinds() == {"seal-forked"}


def test_all_that_is_judged_again_continues_the_chain() -> None:
    """Where a checkpoint was lost, the worker goes on behind the newest seal; what it seals anew is no fork."""
    made = log()
    made.judge_again()
    made.seal()
    made.anchor("2026-06-02T00:01:30+08:00")
    assert made.found() == []
    seal = decode(made.topics["seals"][-1], Seal)
    assert (seal.n, seal.begin, seal.end) == (4, 0, 8)


def test_anchors_that_were_cut_are_known_by_a_note() -> None:
    """C19: whoever cuts anchors, seals and trails back to one moment leaves an intact log, which the kept note refutes."""
    made = log()
    note = made.anchors.notes[2]
    assert made.kinds(note) == set()
    del made.topics["anchors"][2:], made.topics["seals"][2:], made.topics["audit"][2:]
    made.topics["alerts"] = [value for value in made.topics["alerts"] if decode(value, Alert).rev < 5]
    assert made.kinds() == set()
    assert made.kinds(note) == {"note-differs"}


def test_a_fork_by_the_keys_holder_is_known_by_a_note() -> None:
    """C19: another history under valid signatures has another root; two anchors of one number in one log are a fork."""
    made, other = log(), SealedLog()
    note = made.anchors.notes[2]
    other.judge(registered(), tick(START), clean(START, o3=250))
    other.seal()
    other.anchor()
    other.anchor("2026-06-02T00:00:30+08:00", day="2026-06-01")
    assert (other.kinds(), other.kinds(note)) == (set(), {"note-differs"})
    made.topics["anchors"].append(other.topics["anchors"][2])
    assert "anchor-forked" in made.kinds()


def test_anchors_of_another_key_or_removed_are_found() -> None:
    """An anchor that the worker signs is none; one that is missing leaves a gap."""
    made = log()
    made.topics["anchors"][0] = made.topics["anchors"][0].replace(b"n 1", b"n 2", 1)
    assert {"anchor-forged", "anchor-removed"} <= made.kinds()
    made = log()
    del made.topics["anchors"][:2]
    assert "anchor-removed" in made.kinds()


def closed_by(named: str, made: SealedLog) -> tuple[Anchors, str]:
    """One anchor from before the log was opened, which names a key: the chain that is trusted, and what follows it."""
    private = Ed25519PrivateKey.generate()
    unsigned = Anchor(log="live", n=1, prev=GENESIS, at=AT, offsets=(0,), alerts=0, entries=0, heads=(), key="", next_key=named)
    value = encode(signed(unsigned, private))
    made.topics["anchors"].insert(0, value)
    return Anchors(private.public_key(), "live"), f"1 {sha256(value).hexdigest()}"


def test_anchors_from_before_the_log_was_opened_are_closed() -> None:
    """B9: the last of them names the new key, the first of the opened log names it; else there are two histories."""
    made, other = SealedLog(), SealedLog()
    key = named_key(made.anchorer.public)
    found = []
    for log_, named, follows in ((made, key, True), (other, "00" * 32, True), (SealedLog(), key, False)):
        first, after = closed_by(named, log_)
        log_.anchor(after=after if follows else "")
        found.append([finding.kind for finding in check(Asked(logid=log_.roots.logid, first=first), log_.read)])
    assert found == [[], ["anchor-forked"], ["anchor-forked"]]
    assert made.kinds() == set(), "without the first key the older ones are not verified, and the name is there"


def test_a_note_of_another_log_or_without_the_logs_signature_is_refused() -> None:
    """A note says whose it is; one with another root is not signed."""
    made = log()
    note = made.anchors.notes[2]
    assert made.kinds(replace(note, origin="onescreen/live/" + "0" * 16)) == {"wrong-log"}
    assert made.kinds(replace(note, root=bytes(32))) == {"note-differs"}


def test_what_a_key_signed_before_its_end_counts_for_good() -> None:
    """Kafka got seals and anchors before the ends of their keys: nothing is found, however long ago the keys were ended."""
    made = log()
    for hand in (made.worker, made.anchorer):
        made.end(hand, KAFKA + 1)
    assert made.found() == []


def test_what_a_key_signed_from_its_end_on_is_refused() -> None:
    """A seal that Kafka got at the moment of the end of the worker's key, an anchor at that of the anchorer's."""
    made = log()
    made.end(made.worker, KAFKA + 1)
    made.times[made.topics["seals"][-1]] = KAFKA + 1
    assert "seal-forged" in made.kinds()
    made = log()
    made.end(made.anchorer, KAFKA + 1)
    made.times[made.topics["anchors"][2]] = KAFKA + 1
    assert ("anchor-forged", "anchor 2 is not the anchorer's: the key of audit had ended by then") in {
        (finding.kind, finding.message) for finding in made.found()
    }


def test_without_times_nothing_of_an_ended_key_is_believed() -> None:
    """A file that does not say when Kafka got its records, as older exports do not."""
    made = log()
    made.times |= dict.fromkeys((value for values in made.topics.values() for value in values), -1)
    assert made.found() == []
    made.end(made.worker, -1)
    assert "seal-forged" in made.kinds()
    assert any("when Kafka got it is not known" in finding.message for finding in made.found())
