"""Orders in an opened log: what was done to lines and trails is found, a line's revisions held against its own entries."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from agents.core.trail import OpenedLog
from streams.messages import MINUTE, Order, OrderAudit, OrderLine, Place, decode, encode
from streams.outputs import made_by, sealed_as, told_in
from streams.signing.chain import chained, revision_digest
from tests.support.events import START, tick
from tests.support.orders import ordered
from tests.support.orders.ordered import LINE, ORDER
from tests.support.proofs.sealed import KAFKA, TOPIC, SealedLog

PLACES = [Place(TOPIC, 0, offset) for offset in range(6)]


def log() -> SealedLog:
    """A log of two seals with an order of one line: issued, signed (the line, then the whole), submitted and endorsed."""
    made = SealedLog()
    steps = ordered.chain(
        OpenedLog(made.roots.logid),
        (ordered.order(PLACES[0]), "issue"),
        (ordered.line(PLACES[0]), "issue"),
        (ordered.line(PLACES[2], "signed"), "sign"),
        (ordered.order(PLACES[2], "handling"), "sign"),
        (ordered.line(PLACES[3], "review"), "submit"),
        (ordered.line(PLACES[4], "reported"), "endorse"),
    )
    for n, outputs in enumerate(steps):
        made.judge(tick(START + n * MINUTE))
        made.write(outputs)
        if n in {1, 5}:
            made.seal()
    made.anchor()
    return made


def test_an_order_that_nobody_touched_is_intact() -> None:
    """All revisions of order and line stand in one trail, and a seal is over the newest of each."""
    made = log()
    assert made.found() == []
    assert [len(made.topics[name]) for name in ("orders", "order-audit", "seals")] == [6, 6, 2]


def test_what_seals_and_trails_call_an_order_and_its_line() -> None:
    """A line is told of in its order's trail, and sealed under its own id; an entry makes the revision of what it names."""
    line, whole = ordered.line(PLACES[0]), ordered.order(PLACES[0])
    assert (told_in(whole), sealed_as(whole)) == (("order-audit", ORDER), ("order-audit", ORDER))
    assert (told_in(line), sealed_as(line)) == (("order-audit", ORDER), ("orders", LINE))
    assert made_by(ordered.entry(line, 2, "sign", "")) == LINE
    assert made_by(ordered.entry(whole, 2, "sign", "")) == ORDER


def test_a_seal_has_the_newest_entry_and_the_digests_of_both() -> None:
    """The trail's head is its newest entry, whichever thing it changed; order and line each have the digest of their newest."""
    made = log()
    seals = Seals(made.trust)
    for value in made.topics["seals"]:
        seals.take(Written(value, "", at=KAFKA))
    stored = made.topics["orders"]
    assert [n for n, _, _ in seals.heads["order-audit"][ORDER]] == [2, 6]
    assert seals.sealed["order-audit", ORDER].revision == revision_digest("sha256", stored[3])
    assert seals.sealed["orders", LINE].revision == revision_digest("sha256", stored[5])
    assert seals.sealed["orders", LINE].n == 6


def changed_line(made: SealedLog) -> None:
    """The line's last revision says that it was never late, under the head that was there."""
    made.topics["orders"][-1] = encode(replace(decode(made.topics["orders"][-1], OrderLine), outcome="rectified"))


def changed_between(made: SealedLog) -> None:
    """An older revision of the line, which no seal names, is changed."""
    made.topics["orders"][2] = encode(replace(decode(made.topics["orders"][2], OrderLine), unit="zz-market"))


def line_for_order(made: SealedLog) -> None:
    """A revision of the order that stands on the entry of its line."""
    line = decode(made.topics["orders"][4], OrderLine)
    false = replace(decode(made.topics["orders"][3], Order), state="closed", rev=line.rev, audit=line.audit, head=line.head)
    made.topics["orders"].append(encode(false))


def foreign_line(made: SealedLog) -> None:
    """A line that no entry has made, on the head of one that there is."""
    line = decode(made.topics["orders"][-1], OrderLine)
    made.topics["orders"].append(encode(replace(line, id=f"{ORDER}/2", n="2", unit="zz-market")))


def dropped_entry(made: SealedLog) -> None:
    """An entry in the middle is gone."""
    del made.topics["order-audit"][4]


def cut_entry(made: SealedLog) -> None:
    """The newest entry is gone, and its revision with it."""
    del made.topics["order-audit"][-1], made.topics["orders"][-1]


def foreign_trail(made: SealedLog) -> None:
    """A whole trail of an order that nobody issued."""
    first = decode(made.topics["order-audit"][0], OrderAudit)
    made.topics["order-audit"].insert(0, chained("sha256", encode(replace(first, order="ff" * 16, hash=""))))


def remade_entry(made: SealedLog) -> None:
    """An entry names another who signed, its hash made anew."""
    entry = decode(made.topics["order-audit"][2], OrderAudit)
    made.topics["order-audit"][2] = chained("sha256", encode(replace(entry, told={"at": "earlier"}, hash="")))


@pytest.mark.parametrize(
    ("attack", "kinds"),
    [
        (changed_line, {"changed"}),
        (changed_between, {"changed"}),
        (line_for_order, {"changed"}),
        (foreign_line, {"changed"}),
        (dropped_entry, {"removed", "changed"}),
        (cut_entry, {"cut", "changed"}),
        (foreign_trail, {"inserted", "changed"}),
        (remade_entry, {"changed"}),
    ],
)
def test_what_was_done_to_an_order_is_found(attack: Callable[[SealedLog], object], kinds: set[str]) -> None:
    """Changed revisions of a line, new or old, one on another's entry, a line of nobody's, entries dropped, cut, made anew."""
    made = log()
    attack(made)
    found = made.found()
    assert {each.kind for each in found} & kinds
    assert {each.kind for each in found} <= kinds
    assert {each.trail for each in found} == {"order-audit"}
