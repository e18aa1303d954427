"""A log that was opened before there were orders: their topics stand, and nothing is taken there until its roots say so."""

from itertools import pairwise

from msgspec import UNSET

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import Order, OrderAudit, Quality, Text, decode_event, encode, event_bytes, format_time
from streams.messages.orders import Issue, Receiver
from streams.outputs import Output
from streams.signing.chain import revision_digest
from streams.signing.envelope import envelope_bytes
from streams.signing.roots.parts import rights_of_part
from streams.signing.sign import addressed, signed
from streams.signing.verify import verify
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, actor
from tests.support.signing import BEGIN, ENVIRONMENT, Hand, Roots

PLACE = "events.orders"
PERSON, SECOND = Hand("li"), Hand("li anew")


def issue(roots: Roots, hand: Hand, number: int, to: str = PLACE) -> bytes:
    """An order as a person signs it."""
    said = Issue(
        order=ORDER,
        kind="lead",
        actor=actor("dispatcher", ECOLOGY, "li"),
        title=Text("疑似超标", "Suspected"),
        receivers=(Receiver(unit=BRANCH, part="main"),),
    )
    event = event_bytes(
        type="command.order.issue", source="cli", id=str(number), time=format_time(BEGIN), subject=ORDER, data=said
    )
    return envelope_bytes(signed(addressed(decode_event(event), roots.logid, to, number), hand))


class Opened:
    """The partition of orders of a log whose roots knew of no orders when it was opened."""

    def __init__(self) -> None:
        self.roots = Roots(partitions={ENVIRONMENT: 1, "events.incidents": 1})
        before = rights_of_part("cli-li", (ENVIRONMENT, "events.incidents"), ("environment",))
        self.add(PERSON, may=["command.shelve"], roles=["supervisor"], to=[place for place in before.to if place != "*"])
        self.fold = Orders(order_rules("4101"), "live.events.orders", 0, verify=verify)
        self.give(envelope_bytes(self.roots.opened), envelope_bytes(self.added))

    def add(self, hand: Hand, **rights: object) -> None:
        """Adopt a key; its event is the newest of the series."""
        self.added = self.roots.key(hand, "cli-li", **rights)

    def give(self, *values: bytes) -> list[Output]:
        """Records of the partition, the subject as key."""
        records = [(self.fold.position + n, decode_event(each).subject.encode() or None, each) for n, each in enumerate(values)]
        return self.fold.run(records)


def test_nothing_is_taken_before_the_roots_have_added_the_place() -> None:
    """The series stands in the new topic, so the log is known as opened: an act is refused, and told what is to be done."""
    log = Opened()
    (told,) = log.give(issue(log.roots, PERSON, 1))
    assert isinstance(told, Quality)
    assert (told.reason, "agents keys stages" in told.message) == ("wrong-place", True)
    assert log.fold.known == 0


def test_an_unsigned_act_is_none() -> None:
    """What a program from before would write there is no act of anybody."""
    log = Opened()
    plain = event_bytes(type="command.order.issue", source="x", id="1", time=format_time(BEGIN), subject=ORDER, data={})
    (told,) = log.give(plain)
    assert isinstance(told, Quality)
    assert log.fold.known == 0


def test_once_the_place_is_added_keys_need_their_new_rights() -> None:
    """`keys stages` adds it; the old key may not write there, a rotated one may, and what was refused can be done again."""
    log = Opened()
    log.give(issue(log.roots, PERSON, 1))
    log.give(envelope_bytes(log.roots.write("log.stages", partitions={PLACE: 1})))
    (told,) = log.give(issue(log.roots, PERSON, 2))
    assert isinstance(told, Quality)
    assert told.reason == "not-its-right"
    now = rights_of_part("cli-li", (ENVIRONMENT, "events.incidents", PLACE), ("environment",))
    log.add(SECOND, may=list(now.may), cosigns=list(now.cosigns), roles=list(now.roles), to=list(now.to))
    log.give(envelope_bytes(log.added))
    out = log.give(issue(log.roots, SECOND, 1))
    order, entry = next((a, b) for a, b in pairwise(out) if isinstance(a, Order) and isinstance(b, OrderAudit))
    assert (order.state, order.head == entry.hash, entry.hash[:7]) == ("sent", True, "sha256:")
    assert (entry.kid, entry.revision is not UNSET) == (SECOND.kid, True)


def test_the_trail_of_an_opened_log_holds_line_and_order_by_digest() -> None:
    """Each entry has the digest of what it makes: of its line, or of the order where it names none (signing.md)."""
    log = Opened()
    log.give(envelope_bytes(log.roots.write("log.stages", partitions={PLACE: 1})))
    now = rights_of_part("cli-li", (ENVIRONMENT, PLACE), ("environment",))
    log.add(SECOND, may=list(now.may), roles=list(now.roles), to=list(now.to))
    log.give(envelope_bytes(log.added))
    out = log.give(issue(log.roots, SECOND, 1))
    pairs = list(zip(out[::2], out[1::2], strict=True))
    assert [entry.line for _, entry in pairs] == ["1", ""]
    assert all(entry.revision == revision_digest("sha256", encode(thing)) for thing, entry in pairs)
