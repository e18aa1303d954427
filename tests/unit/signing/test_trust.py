"""Attacks on a signed log, at the partition that takes its records: each is refused by its own reason, and changes nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, json
from msgspec.structs import replace

from streams.messages import DAY, HOUR, MINUTE, SECOND, format_time
from streams.signing import ticks
from streams.signing import trust as steps
from streams.signing.envelope import Envelope, envelope_bytes
from streams.signing.kinds import partition_of
from streams.signing.sign import batch, cosigned, proof, signed
from streams.signing.state import Trust, trust_bytes, trust_digest, trust_of
from streams.signing.suites import SUITES
from streams.signing.trust import doubted, is_told, needs_signature, pin_fault
from streams.signing.words import base64url
from tests.support.signing import BEGIN, ED25519, ENVIRONMENT, PARTITIONS, POLICY, Hand, Roots, SignedPartition, act, subject_of

TREE = "ed25519-sha256-tree"
SCREEN, CLOCK, NOTIFIER, REGISTRAR, WORKER = (
    Hand("screen-1"),
    Hand("clock"),
    Hand("notifier"),
    Hand("hj212", TREE),
    Hand("worker"),
)
SECOND_PERSON = Hand("an admin's own key")


class SignedTown(Roots):
    """A log with the usual keys; `series` is all that its roots have written."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._made: dict[tuple[int, str], Trust] = {}
        self.series = [
            self.opened,
            self.write("log.suite", adopts=[TREE]),
            self.key(SCREEN, "screen-1"),
            self.key(CLOCK, "clock", may=["clock.chain"], roles=[], to=["*"]),
            self.key(NOTIFIER, "notifier", may=["command.notify"], roles=["notifier"]),
            self.key(REGISTRAR, "registrar-hj212", may=["environment.registered"], roles=[]),
            self.key(WORKER, "worker-1", may=["alert.revised"], roles=[], to=["events.incidents"]),
            self.key(SECOND_PERSON, "cli-wang", may=[], cosigns=["command.suppress"], roles=[]),
        ]

    def partition(self, number: int = 0, to: str = ENVIRONMENT) -> SignedPartition:
        """A partition that has taken the series."""
        made = self._made.get((number, to))
        found = SignedPartition(number, to, made)
        if made is None:
            found.take_all(self.series)
            self._made[number, to] = found.trust
        found.offset = len(self.series)
        return found


TOWN = SignedTown()
LOG = TOWN.logid


def refused(partition: SignedPartition, record: Envelope | bytes, key: bytes | None = None) -> str:
    """The reason for which a record is refused, which leaves everything but the count of refusals as it was."""
    before = partition.trust
    found = partition.take(record, key)
    blank = replace(found.trust, refused={}, hour=-1)
    assert blank == replace(before, refused={}, hour=-1)
    assert found.count >= 1
    return found.reason or ""


def test_the_usual_is_taken() -> None:
    """An act, a register in a tree, a second signature, an incident's input: none of them is refused."""
    here = TOWN.partition()
    suppress = act(LOG, SCREEN, 2, type="command.suppress")
    registers = [act(LOG, Hand("x"), 10 + n, type="environment.registered", data={"kind": "air_station"}) for n in range(3)]
    here.take_all([act(LOG, SCREEN, 1), cosigned(suppress, SECOND_PERSON), *batch(registers, REGISTRAR)])
    assert here.trust.seq == {SCREEN.kid: 2, REGISTRAR.kid: 12}
    there = TOWN.partition(0, "events.incidents")
    there.take_all([act(LOG, WORKER, 0, type="alert.revised", to="events.incidents", data={"rev": 1})])


# --- 1 ---------------------------------------------------------------------------------------------

ACT = envelope_bytes(act(LOG, SCREEN, 7))
EXPECTED = {
    "not-cloudevent",
    "unsigned",
    "not-strict",
    "wrong-log",
    "wrong-place",
    "unknown-key",
    "wrong-suite",
    "not-its-right",
    "stale",
    "future",
    "bad-signature",
}


@given(st.integers(0, len(ACT) * 8 - 1))
def test_1_a_bit_flipped_anywhere(bit: int) -> None:
    """Attack 1: no flipped bit of any attribute, of the data or of the signature is taken, and the true act still is."""
    here = TOWN.partition()
    value = bytearray(ACT)
    value[bit // 8] ^= 1 << bit % 8
    assert refused(here, bytes(value), subject_of(0).encode()) in EXPECTED
    assert here.take(ACT, subject_of(0).encode()).reason is None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("id", "act-8", "bad-signature"),
        ("source", "other", "bad-signature"),
        ("type", "command.unshelve", "bad-signature"),
        ("type", "command", "not-its-right"),
        ("subject", "other", "wrong-place"),
        ("time", format_time(BEGIN + SECOND), "bad-signature"),
        ("time", "tomorrow", "not-strict"),
        ("dataschema", "urn:x", "bad-signature"),
        ("region", "410100", "bad-signature"),
        ("recordedtime", "2026-06-01T08:00:00+08:00", "bad-signature"),
        ("logid", "cd" * 32, "wrong-log"),
        ("sigto", "events.incidents", "wrong-place"),
        ("sigseq", "8", "bad-signature"),
        ("sigsuite", TREE, "wrong-suite"),
        ("sigkid", WORKER.kid, "not-its-right"),
        ("sigkid", "0" * 32, "unknown-key"),
        ("sig", "", "bad-signature"),
        ("sig", SCREEN.sign(b"x"), "bad-signature"),
        ("data", Raw(b'{"alert":"a2"}'), "bad-signature"),
        ("data", Raw(b"null"), "bad-signature"),
    ],
)
def test_1_each_attribute_changed(name: str, value: object, reason: str) -> None:
    """Attack 1: every attribute and the data are under the signature."""
    good = act(LOG, SCREEN, 7)
    assert refused(TOWN.partition(), replace(good, **{name: value}), subject_of(0).encode()) == reason


# --- 3 ---------------------------------------------------------------------------------------------


def test_3_the_same_act_elsewhere() -> None:
    """Attack 3: another subject, Kafka key, partition, stage; a log of the same name, a successor, a log never opened."""
    good = act(LOG, SCREEN, 7)
    key = good.subject.encode()
    assert refused(TOWN.partition(), replace(good, subject=subject_of(1)), key) == "wrong-place"
    assert refused(TOWN.partition(), good, subject_of(1).encode()) == "wrong-place"
    assert refused(TOWN.partition(), envelope_bytes(good), None) == "wrong-place"
    assert refused(TOWN.partition(1), good) == "wrong-place"
    assert refused(TOWN.partition(0, "events.incidents"), good) == "wrong-place"
    same_name = SignedTown(nonce="01" * 16)
    assert refused(same_name.partition(), good) == "wrong-log"
    successor = SignedTown(nonce="02" * 16, follows={"logid": LOG, "anchor": "sha256:" + "0" * 64})
    assert refused(successor.partition(), good) == "wrong-log"
    assert refused(SignedPartition(), good) == "wrong-log"


def test_3_what_goes_everywhere_has_no_subject() -> None:
    """Attack 3: a kind that goes everywhere is for no stage and has neither subject nor key, any other has both."""
    data = {"from": format_time(BEGIN), "step": 1000, "n": 10, "end": "A" * 22}
    chain = act(LOG, CLOCK, 1, type="clock.chain", subject="", to="*", data=data)
    assert TOWN.partition().take(chain).reason is None
    assert refused(TOWN.partition(), chain, b"key") == "wrong-place"
    assert (
        refused(TOWN.partition(), act(LOG, CLOCK, 1, type="clock.chain", subject="", to=ENVIRONMENT, data=data))
        == "wrong-place"
    )
    assert refused(TOWN.partition(), act(LOG, SCREEN, 1, to="*")) == "wrong-place"
    with_subject = act(LOG, CLOCK, 1, type="clock.chain", subject="x", to="*", data=data)
    assert refused(TOWN.partition(), envelope_bytes(with_subject), None) == "wrong-place"


def test_a_stage_of_which_the_log_knows_nothing() -> None:
    """Nothing is taken in a stage whose number of partitions the roots have not told; once they have, it is."""
    town = SignedTown()
    there = SignedPartition(0, "events.new")
    there.take_all(town.series)
    event = act(town.logid, WORKER, 0, type="alert.revised", to="events.new", data={"rev": 1})
    assert refused(there, event) == "wrong-place"
    there.take_all([town.write("log.stages", partitions={"events.new": 1}), town.ended(WORKER)])
    other = Hand("worker of the new stage")
    there.take_all([town.key(other, "worker-2", may=["alert.revised"], roles=[], to=["events.new"])])
    there.take_all([act(town.logid, other, 0, type="alert.revised", to="events.new", data={"rev": 1})])
    assert refused(there, town.write("log.stages", partitions={"events.new": 2})) == "broken-series"


# --- 4, 5, 6 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("acts", [0, 16, 10_000])
def test_4_a_genuine_act_again(acts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack 4: at once a silent copy, `replayed` after so many others that its id is forgotten, and after a restart."""
    monkeypatch.setattr("tests.support.signing.verify", lambda *_: True)  # ten thousand signatures are not this test's fact
    here, shelve = TOWN.partition(), act(LOG, SCREEN, 1)
    here.take_all([shelve])
    for number in range(2, acts + 2):
        here.take_all([replace(shelve, id=f"comment-{number}", sigseq=str(number), type="command.comment")])
    again = here.take(shelve)
    if acts < 16:
        assert (again.reason, again.copy) == (None, True)
    else:
        assert again.reason == "replayed"
    restarted = SignedPartition(trust=trust_of(trust_bytes(here.trust)))
    assert refused(restarted, shelve) == "replayed"


def test_4_a_copy_signed_anew_uses_its_number_up() -> None:
    """Attack 4: a retry under a new number is a silent copy; when its id is forgotten it is no new act either.

    So is a conflict, and an act that whoever judges refuses afterwards: a number is used up once the signature holds.
    """
    here, first = TOWN.partition(), act(LOG, SCREEN, 1)
    here.take_all([first])
    retried, other = act(LOG, SCREEN, 20, id="act-1"), act(LOG, SCREEN, 30, id="act-1", type="command.reset")
    assert here.take(retried).copy
    assert here.take(other).reason == "conflict"
    here.remembered.clear()
    assert refused(here, retried) == "replayed"
    assert refused(here, other) == "replayed"
    assert here.take(act(LOG, SCREEN, 31)).reason is None


def test_5_a_forged_record_first() -> None:
    """Attack 5: a record with the id of a coming press is refused, forged or unsigned, and the press is done."""
    here, press = TOWN.partition(), act(LOG, SCREEN, 7)
    assert refused(here, replace(press, data=Raw(b"{}"), sigseq="99")) == "bad-signature"
    assert refused(here, replace(signed(press, Hand("thief")), sigkid=SCREEN.kid)) == "bad-signature"
    assert here.take(press).reason is None


def test_6_delivered_late_and_out_of_order() -> None:
    """Attack 6: an act that was held back for a day is stale; an older number after a newer is replayed, whatever its id."""
    here = TOWN.partition()
    held = act(LOG, SCREEN, 5)
    here.now = BEGIN + HOUR
    assert here.take(act(LOG, SCREEN, 4)).reason is None
    here.now = BEGIN + HOUR + 1
    assert refused(here, held) == "stale"
    here.now = BEGIN
    here.take_all([act(LOG, SCREEN, 6)])
    assert refused(here, held) == "replayed"
    assert refused(here, act(LOG, SCREEN, 6, id="another")) == "replayed"
    assert here.take(act(LOG, SCREEN, 7, time=format_time(BEGIN + 5 * MINUTE))).reason is None
    assert refused(here, act(LOG, SCREEN, 8, time=format_time(BEGIN + 5 * MINUTE + 1))) == "future"


def test_6_before_the_first_tick_and_in_a_simulation() -> None:
    """Before the first tick no age is known; where the policy's `stale` is 0 an act may be of any age."""
    here = TOWN.partition()
    here.now = None
    assert here.take(act(LOG, SCREEN, 1, time=format_time(BEGIN - 400 * DAY))).reason is None
    simulation = SignedTown(policy=POLICY | {"stale": 0}).partition()
    assert simulation.take(act(simulation.trust.logid, SCREEN, 1, time=format_time(BEGIN - 400 * DAY))).reason is None


def test_6_what_numbers_itself_may_be_late_and_has_no_number() -> None:
    """A revision that a worker writes again after an outage is taken; a number on it, or none on an act, is refused."""
    there = TOWN.partition(0, "events.incidents")
    there.now = BEGIN + 3 * DAY
    revised = {"type": "alert.revised", "to": "events.incidents", "data": {"rev": 1}}
    assert there.take(act(LOG, WORKER, 0, **revised)).reason is None
    assert there.take(act(LOG, WORKER, 0, **revised)).copy
    assert refused(there, act(LOG, WORKER, 1, **revised)) == "not-strict"
    assert refused(TOWN.partition(), act(LOG, SCREEN, 0)) == "not-strict"


# --- 7 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hand", "more"),
    [
        (CLOCK, {}),
        (NOTIFIER, {}),
        (SCREEN, {"type": "alert.revised", "number": 0}),
        (SCREEN, {"type": "clock.chain", "to": "*", "subject": ""}),
        (SCREEN, {"data": {"actor": {"id": "n", "role": "notifier"}}}),
        (SCREEN, {"data": {"actor": {"id": "n", "role": "admin"}}}),
        (SCREEN, {"data": {"actor": {"id": "n"}}}),
        (SCREEN, {"data": {"by": {"id": "n", "role": "admin"}}}),
        (SCREEN, {"data": {"actor": {"id": "lw", "role": "supervisor"}, "by": {"id": "n", "role": "admin"}}}),
        (REGISTRAR, {"type": "cyber.registered"}),
        (REGISTRAR, {"type": "environment.registered.other"}),
        (SECOND_PERSON, {"type": "command.suppress"}),
    ],
)
def test_7_a_key_has_its_rights_alone(hand: Hand, more: dict[str, Any]) -> None:
    """Attack 7: the clock's key signs no command, the screen claims no role that is not its own, a gateway no foreign type."""
    given_ = dict(more)
    assert refused(TOWN.partition(), act(LOG, hand, given_.pop("number", 5), **given_)) == "not-its-right"


def test_7_a_key_writes_to_its_stages_alone() -> None:
    """Attack 7: the screen's key is not for the stage of incidents."""
    there = TOWN.partition(0, "events.incidents")
    assert refused(there, act(LOG, SCREEN, 1, to="events.incidents")) == "not-its-right"


def test_7_second_signatures() -> None:
    """What the policy says needs a second one, of another part that may; one that does not hold spoils any record."""
    suppress = act(LOG, SCREEN, 2, type="command.suppress")
    assert refused(TOWN.partition(), suppress) == "needs-second"
    assert refused(TOWN.partition(), cosigned(suppress, NOTIFIER)) == "not-its-right"
    assert refused(TOWN.partition(), cosigned(suppress, Hand("thief"))) == "unknown-key"
    assert refused(TOWN.partition(), cosigned(cosigned(suppress, SECOND_PERSON), SECOND_PERSON)) == "bad-signature"
    moved = cosigned(replace(suppress, id="another"), SECOND_PERSON).cosig
    assert refused(TOWN.partition(), replace(suppress, cosig=moved)) == "bad-signature"
    as_second = suppress.sig
    assert refused(TOWN.partition(), replace(suppress, cosig=f"{ED25519}.{SCREEN.kid}.{as_second}")) == "not-its-right"
    here = TOWN.partition()
    assert refused(here, suppress) == "needs-second"
    assert here.take(cosigned(suppress, SECOND_PERSON)).reason is None


def test_7_the_second_is_of_another_part() -> None:
    """Two keys of one part are one signature."""
    town = SignedTown()
    twin = Hand("the screen's second key")
    here = town.partition()
    here.take_all([town.key(twin, "screen-1", may=[], cosigns=["command.*"])])
    assert refused(here, cosigned(act(town.logid, SCREEN, 2, type="command.suppress"), twin)) == "not-its-right"


def test_7_the_second_is_for_this_stage() -> None:
    """A key that may be the second elsewhere is not the second here."""
    town = SignedTown()
    elsewhere = Hand("an admin of the incidents")
    here = town.partition()
    here.take_all([town.key(elsewhere, "cli-li", may=[], cosigns=["command.*"], to=["events.incidents"])])
    assert refused(here, cosigned(act(town.logid, SCREEN, 2, type="command.suppress"), elsewhere)) == "not-its-right"


def test_7_a_persons_own_key_signs_for_that_person_alone() -> None:
    """Whoever holds the key of one account does not act as another with it, nor beside the screen as a second person."""
    town, own = SignedTown(), Hand("lw's own key")
    here = town.partition()
    here.take_all([town.key(own, "cli-lw", cosigns=["command.*"])])
    somebody = {"alert": "a1", "occurrence": 1, "actor": {"id": "zj", "role": "supervisor"}, "reason": "检修"}
    assert refused(here, act(town.logid, own, 1, data=somebody)) == "not-its-right"
    assert refused(here, cosigned(act(town.logid, SCREEN, 2, type="command.suppress"), own)) == "not-its-right"
    here.take_all(
        [
            act(town.logid, own, 1),
            cosigned(act(town.logid, SCREEN, 2, type="command.suppress", data=somebody), own),
        ]
    )


# --- 8 ---------------------------------------------------------------------------------------------


def test_8_a_key_that_ends() -> None:
    """Attack 8: by offset: what stands before its end is taken, what stands after it is not, in each partition."""
    town = SignedTown()
    one, two = town.partition(0), town.partition(1)
    ended = town.ended(SCREEN, why="stolen", since=format_time(BEGIN - 7 * DAY))
    one.take_all([act(town.logid, SCREEN, 1)])
    one.take_all([ended])
    assert refused(one, act(town.logid, SCREEN, 2)) == "ended-key"
    two.take_all([act(town.logid, SCREEN, 3, subject=subject_of(1)), ended])
    assert refused(two, act(town.logid, SCREEN, 4, subject=subject_of(1))) == "ended-key"
    assert one.trust.keys[SCREEN.kid].ended == len(town.series) + 1


def test_8_since_marks_doubt_and_undoes_nothing() -> None:
    """Attack 8: `since` tells which acts are doubted; a later, earlier `since` widens it, a later one does not narrow it."""
    town = SignedTown()
    here = town.partition()
    here.take_all([town.ended(SCREEN, why="stolen", since=format_time(BEGIN))])
    assert not doubted(here.trust, SCREEN.kid, BEGIN - 1)
    assert doubted(here.trust, SCREEN.kid, BEGIN)
    first = here.trust.keys[SCREEN.kid]
    here.take_all([town.ended(SCREEN, why="stolen", since=format_time(BEGIN - DAY))])
    here.take_all([town.ended(SCREEN, why="lost", since=format_time(BEGIN + DAY))])
    row = here.trust.keys[SCREEN.kid]
    assert (row.ended, row.since, row.why) == (first.ended, BEGIN - DAY, "lost")
    assert not doubted(here.trust, NOTIFIER.kid, BEGIN)
    assert not doubted(here.trust, "0" * 32, BEGIN)


def test_8_until_is_compared_with_the_partition_s_time() -> None:
    """A key with `until` signs to the millisecond before it, in the partition's time; the same log gives the same verdict."""
    town = SignedTown()
    short = Hand("for an hour")
    here = town.partition()
    here.take_all([town.key(short, "screen-2", until=format_time(BEGIN + HOUR))])
    here.now = BEGIN + HOUR - 1
    assert here.take(act(town.logid, short, 1)).reason is None
    here.now = BEGIN + HOUR
    assert refused(here, act(town.logid, short, 2)) == "ended-key"


def test_8_restarted_at_every_offset_it_is_the_same() -> None:
    """Attack 8: a restart from the checkpoint at any offset ends in the same state, byte for byte, with the same outcomes."""
    town = SignedTown()
    told = act(town.logid, NOTIFIER, 1, id="notice-1", type="command.notify", data={"actor": {"id": "n", "role": "notifier"}})
    records = [
        *town.series,
        act(town.logid, SCREEN, 1),
        told,
        town.ended(SCREEN),
        act(town.logid, SCREEN, 2),
        told,
    ]
    straight = SignedPartition()
    outcomes = [straight.take(record).reason for record in records]
    assert outcomes[-3:] == [None, "ended-key", None]
    for at in range(len(records)):
        one = SignedPartition()
        for record in records[:at]:
            one.take(record)
        two = SignedPartition(trust=trust_of(trust_bytes(one.trust)))
        two.offset, two.remembered = one.offset, one.remembered
        assert [two.take(record).reason for record in records[at:]] == outcomes[at:]
        assert trust_bytes(two.trust) == trust_bytes(straight.trust)
    assert trust_digest(two.trust, "sha256") == trust_digest(straight.trust, "sha256")


# --- 9 ---------------------------------------------------------------------------------------------


def test_9_withheld_doubled_reordered() -> None:
    """Attack 9: an event of the series that is withheld shows at the next one; a second copy changes nothing."""
    town = SignedTown()
    here, whole = SignedPartition(), SignedPartition()
    whole.take_all(town.series)
    here.take_all(town.series[:2])
    assert refused(here, town.series[3]) == "broken-series"
    assert refused(here, act(town.logid, SCREEN, 1)) == "unknown-key"
    for record in town.series[:3]:
        assert here.take(record).reason is None
    assert here.take(town.series[2]).copy
    here.take_all(town.series)
    offsets = {kid: replace(row, added=0) for kid, row in here.trust.keys.items()}
    assert offsets == {kid: replace(row, added=0) for kid, row in whole.trust.keys.items()}
    assert (here.trust.n, here.trust.prev) == (whole.trust.n, whole.trust.prev)


@pytest.mark.parametrize("crash", range(5))
def test_9_a_broadcast_that_breaks_off(crash: int) -> None:
    """Attack 9: broken off after any partition and done again with the same bytes, every partition is in the same state."""
    town = SignedTown()
    partitions = [town.partition(number) for number in range(4)]
    ended = town.ended(SCREEN)
    for each in partitions[:crash]:
        each.take_all([ended])
    for each in partitions:
        each.offset = 100
        each.take_all([ended])
    assert {each.trust.prev for each in partitions} == {town.prev}
    assert all(each.trust.keys[SCREEN.kid].ended is not None for each in partitions)


def test_9_roots_that_say_two_things() -> None:
    """Attack 9: two events of one number: the second is told, and what is built upon it does not follow."""
    town, forked = SignedTown(), SignedTown()
    here = town.partition()
    here.take_all([town.ended(SCREEN)])
    other = forked.ended(NOTIFIER)
    assert refused(here, other) == "broken-series"
    assert refused(here, forked.ended(CLOCK)) == "broken-series"
    assert here.take(town.ended(NOTIFIER)).reason is None


def test_9_a_number_left_out_and_a_kind_that_is_not_there() -> None:
    """Attack 9: the right event before, but another number than the next; a kind of the series that nobody knows."""
    town = SignedTown()
    here = town.partition()
    town.n += 1
    assert refused(here, town.ended(SCREEN)) == "broken-series"
    town = SignedTown()
    assert refused(town.partition(), town.write("log.emptied")) == "malformed-data"


# --- 10 --------------------------------------------------------------------------------------------


def test_10_a_second_opening() -> None:
    """Attack 10: once opened, another opening is of another log, with `follows` too; the same one again changes nothing."""
    here = TOWN.partition()
    assert refused(here, Roots(nonce="05" * 16).opened) == "wrong-log"
    assert refused(here, Roots(nonce="06" * 16, follows={"logid": LOG}).opened) == "wrong-log"
    assert here.take(TOWN.opened).copy


def test_10_the_first_opening_is_taken_in_mid_log_and_pinned_from_outside() -> None:
    """Attack 10: the fold takes what stands first; a part that was started for another id, or finds none, does not go on."""
    late = SignedPartition()
    late.offset = 5_000
    assert not needs_signature(late.trust, "command.shelve", False, 4_999)
    late.take_all([TOWN.opened])
    assert needs_signature(late.trust, "command.shelve", False, 5_001)
    assert pin_fault(late.trust, LOG) == pin_fault(late.trust, "") == pin_fault(Trust(), "") == ""
    assert "never opened" in pin_fault(Trust(), LOG)
    assert LOG in pin_fault(late.trust, "ab" * 32)


def test_10_wrong_roots_and_too_few() -> None:
    """Attack 10: k - 1 signatures, one root twice, roots of another log, a root's signature beside a stranger's."""
    draft = replace(TOWN.opened, sig="", cosig="")
    one, two, three = TOWN.hands
    stranger = Hand("stranger")
    assert refused(SignedPartition(), Roots.by(draft, [one])) == "needs-second"
    assert refused(SignedPartition(), Roots.by(draft, [one, one])) == "bad-signature"
    assert refused(SignedPartition(), Roots.by(draft, [stranger, one])) == "unknown-key"
    assert refused(SignedPartition(), Roots.by(draft, [one, stranger])) == "unknown-key"
    spoilt = Roots.by(draft, [one, two])
    assert refused(SignedPartition(), replace(spoilt, cosig=spoilt.cosig[:-2] + "AA")) == "bad-signature"
    assert SignedPartition().take(Roots.by(draft, [three, one])).reason is None
    town = SignedTown()
    single = Roots.by(town.ended(SCREEN), [town.hands[1]])
    assert refused(town.partition(), single) == "needs-second"
    assert refused(town.partition(), signed(replace(single, cosig=""), SCREEN)) == "unknown-key"


def test_10_the_id_is_the_hash_of_the_opening() -> None:
    """Attack 10: an opening under another id than the hash of its data opens nothing."""
    draft = replace(TOWN.opened, logid="ab" * 32)
    assert refused(SignedPartition(), Roots.by(draft, TOWN.hands)) == "wrong-log"
    assert (
        refused(SignedPartition(), Roots.by(replace(TOWN.opened, data=Raw(bytes(TOWN.opened.data) + b" ")), TOWN.hands)) != ""
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"suite": "rsa"}, "wrong-suite"),
        ({"n": 1}, "broken-series"),
        ({"prev": "ab" * 32}, "broken-series"),
        ({"format": 2}, "malformed-data"),
        ({"nonce": ""}, "malformed-data"),
        ({"policy": POLICY | {"signed": ["a*"]}}, "malformed-data"),
        ({}, None),
    ],
)
def test_10_openings_that_are_none(more: dict[str, Any], reason: str | None) -> None:
    """A suite that is not there, a number or an event before it, another format, no nonce, a pattern that names no kind."""
    data = json.encode(json.decode(TOWN.opened.data) | more)
    opened = replace(TOWN.opened, data=Raw(data), logid=steps.log_id(ED25519, data))
    assert SignedPartition().take(Roots.by(opened, TOWN.hands)).reason == reason


@pytest.mark.parametrize(
    "more",
    [
        {"threshold": 4},
        {"roots": [{"suite": ED25519, "public": Hand("root 0 of live").public}] * 3},
        {"roots": [{"suite": ED25519, "public": "AQ" + "A" * 41}], "threshold": 1},
        {"roots": [{"suite": TREE, "public": Hand("root 0 of live", TREE).public}], "threshold": 1},
        {"suite": "webauthn-es256"},
    ],
)
def test_10_openings_that_no_log_stands_on(more: dict[str, Any]) -> None:
    """More signatures asked than roots, one root twice, a root of small order, of a suite that is no root's."""
    roots = Roots(**more)
    if "suite" in more:
        roots.logid = steps.log_id("webauthn-es256", bytes(roots.opened.data))
    found = refused(SignedPartition(), Roots.by(replace(roots.opened, logid=roots.logid), roots.hands[:2]))
    assert found == "unusable-key"


def test_10_a_root_that_ended_counts_no_more() -> None:
    """Two of three remain after one has ended; after two nothing can be changed any more, and old copies still are copies."""
    town = SignedTown()
    here = town.partition()
    one, two, three = town.hands
    here.take_all([town.write("key.ended", kid=one.kid, why="lost")])
    draft = town.ended(NOTIFIER)
    assert refused(here, Roots.by(draft, [one, two])) == "needs-second"
    here.take_all([Roots.by(draft, [two, three])])
    here.take_all([Roots.by(town.write("key.ended", kid=two.kid, why="lost"), [two, three])])
    assert refused(here, Roots.by(town.ended(CLOCK), [three, two])) == "needs-second"
    assert here.take(town.series[-1]).copy


def test_10_an_old_act_in_a_drill() -> None:
    """Attack 10: the copied records of the log that a drill follows are taken up to its `until` and no further."""
    old = TOWN
    copied = [*old.series, act(LOG, SCREEN, 1), act(LOG, SCREEN, 2)]
    until = 1 + len(copied)
    drill = SignedTown(name="drill", nonce="07" * 16, follows={"logid": LOG, "until": {ENVIRONMENT: [until]}})
    here = SignedPartition()
    here.take_all([drill.opened, *copied])
    assert here.trust.copied is not None
    assert here.trust.copied.seq == {SCREEN.kid: 2}
    assert refused(here, act(LOG, SCREEN, 3)) == "wrong-log"
    here.take_all(drill.series[1:])
    assert here.take(act(drill.logid, SCREEN, 1)).reason is None
    assert refused(here, act(LOG, SCREEN, 4)) == "wrong-log"
    other = SignedPartition(1)
    other.take_all([drill.opened])
    assert refused(other, old.opened) == "wrong-log"


def test_10_a_drill_of_a_drill() -> None:
    """Of a log that was a drill itself only its own records are taken: what it followed has other offsets in the copy."""
    first = SignedTown(name="first", nonce="09" * 16, follows={"logid": LOG, "until": {ENVIRONMENT: [99]}})
    second = SignedTown(name="second", nonce="0a" * 16, follows={"logid": first.logid, "until": {ENVIRONMENT: [99]}})
    here = SignedPartition()
    here.take_all([second.opened, *first.series, act(first.logid, SCREEN, 1)])
    assert refused(here, TOWN.opened) == "wrong-log"


def test_10_the_ticks_of_a_copied_log() -> None:
    """Copied ticks are those of the old log's chain, and the new log's clock begins behind them."""
    links = ticks.links("sha256", b"sixteen bytes it", 10)
    data = {"from": format_time(BEGIN), "step": 1_000, "n": 10, "end": base64url(links[0])}
    chain = act(LOG, CLOCK, 1, type="clock.chain", subject="", to="*", data=data)
    copied = [*TOWN.series, chain]
    until = len(copied) + 2
    drill = SignedTown(name="drill", nonce="0b" * 16, follows={"logid": LOG, "until": {ENVIRONMENT: [until]}})
    here = SignedPartition()
    here.take_all([drill.opened, *copied])
    found = steps.tick(here.trust, BEGIN + 1_000, base64url(links[1]), until - 1, BEGIN)
    assert (found.reason, found.copy) == (None, False)
    assert found.trust.copied is not None
    assert found.trust.copied.clock.j == 1
    assert steps.tick(found.trust, BEGIN + 2_000, base64url(links[2]), until, BEGIN + 1_000).reason == "bad-tick"


def test_10_a_copy_of_a_log_never_opened_needs_no_signature_to_its_end() -> None:
    """The old records of a log without signatures are judged as they were; from `until` on the drill's own policy holds."""
    drill = SignedTown(name="drill", nonce="08" * 16, follows={"logid": "ab" * 32, "until": {ENVIRONMENT: [10]}})
    here = SignedPartition()
    here.take_all([drill.opened])
    assert not needs_signature(here.trust, "command.shelve", False, 9)
    assert needs_signature(here.trust, "key.added", False, 9)
    assert needs_signature(here.trust, "command.shelve", False, 10)


def test_10_a_closed_log() -> None:
    """After `log.closed` nothing is taken, of roots or keys; what stood before is known as a copy."""
    town = SignedTown()
    here = town.partition()
    closed = town.write("log.closed")
    here.take_all([closed])
    assert refused(here, act(town.logid, SCREEN, 1)) == "closed-log"
    assert refused(here, town.ended(SCREEN)) == "closed-log"
    assert here.take(closed).copy


# --- 11, 12 ----------------------------------------------------------------------------------------


def proved(town: SignedTown, hand: Hand, **more: Any) -> dict[str, Any]:
    """A key event's data with one thing changed."""
    return {"proof": proof(hand, town.logid, hand.public, "screen-9")} | more


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"public": "AQ" + "A" * 41}, "unusable-key"),
        ({"public": Hand("other").public}, "unusable-key"),
        ({"proof": Hand("new").sign(b"x")}, "unusable-key"),
        ({"proof": ""}, "malformed-data"),
        ({"part": "screen-8"}, "unusable-key"),
        ({"may": ["*"]}, "unusable-key"),
        ({"may": []}, "unusable-key"),
        ({"suite": "webauthn-es256"}, "unusable-key"),
        (
            {
                "suite": "sm2-sm3",
                "public": "CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F-_NeCEpmMvYHLamtEw",
            },
            "wrong-suite",
        ),
        ({"may": ["clock.chain"], "until": "2027-01-01T00:00:00Z"}, "unusable-key"),
        ({"until": "tomorrow"}, "malformed-data"),
        ({"level": 7}, "malformed-data"),
    ],
)
def test_11_keys_that_are_not_adopted(more: dict[str, Any], reason: str) -> None:
    """Attack 11: a bad point, another's key, a proof of something else, a pattern for everything, a suite not adopted."""
    town, new = SignedTown(), Hand("new")
    here = town.partition()
    assert refused(here, town.key(new, "screen-9", **proved(town, new, **more))) == reason


def test_11_a_key_comes_once() -> None:
    """A key that is known, a root, or a key that ended is not adopted again."""
    town = SignedTown()
    here = town.partition()
    assert refused(here, town.key(SCREEN, "screen-1")) == "unusable-key"
    town = SignedTown()
    here = town.partition()
    assert refused(here, town.key(town.hands[0], "screen-1")) == "unusable-key"
    town = SignedTown()
    here = town.partition()
    here.take_all([town.ended(SCREEN)])
    assert refused(here, town.key(SCREEN, "screen-1")) == "unusable-key"
    town = SignedTown()
    assert refused(town.partition(), town.ended(Hand("nobody"))) == "unusable-key"


def test_12_suites() -> None:
    """Attack 12: a record that names another suite than its key's row, a retired suite, a suite that is not there."""
    good = act(LOG, SCREEN, 7)
    for name in ("sm2-sm3", TREE, "webauthn-es256", "rsa"):
        assert refused(TOWN.partition(), replace(good, sigsuite=name)) == "wrong-suite"
        assert refused(SignedPartition(), replace(TOWN.opened, sigsuite=name)) == "wrong-suite"
    town = SignedTown()
    here = town.partition()
    register = act(town.logid, REGISTRAR, 1, type="environment.registered", data={"kind": "air_station"})
    here.take_all([town.write("log.suite", retires=[TREE])])
    assert refused(here, register) == "wrong-suite"
    here.take_all([town.write("log.suite", adopts=[TREE])])
    assert here.take(register).reason is None
    assert refused(here, town.write("log.suite", adopts=["rsa"])) == "wrong-suite"


def test_12_suites_of_roots() -> None:
    """Attack 12: a root's event under another adopted suite than its row's; roots of a retired suite change nothing more."""
    town = SignedTown()
    here = town.partition()
    assert refused(here, replace(town.ended(NOTIFIER), sigsuite=TREE)) == "wrong-suite"
    town = SignedTown()
    here = town.partition()
    here.take_all([town.write("log.suite", retires=[ED25519])])
    assert refused(here, town.ended(NOTIFIER)) == "wrong-suite"


def test_12_a_signature_of_another_role() -> None:
    """Attack 12: what a key signed as the second is not its signature as the first, nor a root's for another number."""
    town = SignedTown()
    good = act(town.logid, SCREEN, 7)
    second = cosigned(replace(good, sig="x"), SCREEN).cosig.split(".")[2]
    assert refused(town.partition(), replace(good, sig=second)) == "bad-signature"


GENUINE = [act(LOG, SCREEN, n, type="command.comment") for n in (1, 2, 3)]
FORGED = [
    act(LOG, Hand("thief"), 9),
    replace(GENUINE[1], data=Raw(b"{}")),
    replace(GENUINE[2], sigseq="99"),
    act(LOG, CLOCK, 9),
    act("ab" * 32, SCREEN, 9),
    act(LOG, SCREEN, 9, time=format_time(BEGIN - 2 * HOUR)),
    replace(TOWN.opened, logid="ab" * 32),
    Roots.by(SignedTown().ended(SCREEN), [TOWN.hands[0]]),
    Roots.by(SignedTown().ended(SCREEN), [Hand("a"), Hand("b")]),
]


@given(st.lists(st.sampled_from(range(len(FORGED))), max_size=12), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_forged_records_change_nothing(forged: list[int], where: list[int]) -> None:
    """Whatever forgeries stand between genuine records, in whatever order, the end is as without them but for the counts."""
    plain, attacked = TOWN.partition(), TOWN.partition()
    plain.take_all(GENUINE)
    for n, record in enumerate([*GENUINE, None]):
        for each, place in zip(forged, where, strict=False):
            if place == n:
                assert attacked.take(FORGED[each]).reason is not None
        if record is not None:
            attacked.take_all([record])
    assert replace(attacked.trust, refused={}, hour=-1) == replace(plain.trust, refused={}, hour=-1)


# --- counting, policy ------------------------------------------------------------------------------


def test_refusals_are_counted_by_reason_and_key_and_bounded() -> None:
    """Told at 1, 2, 4, 8 …; by hour of the log; keys that are not known have one row between them, so forgers fill no state."""
    here = TOWN.partition()
    told = []
    for number in range(100):
        found = here.take(act(LOG, Hand(f"forger {number % 7}"), number + 1))
        told.append(is_told(found.count))
    assert [number + 1 for number, each in enumerate(told) if each] == [1, 2, 4, 8, 16, 32, 64]
    assert here.trust.refused == {"unknown-key ": 100}
    assert here.take(act(LOG, CLOCK, 1)).count == 1
    assert here.trust.refused == {"unknown-key ": 100, f"not-its-right {CLOCK.kid}": 1}
    here.now = BEGIN + HOUR
    assert here.take(act(LOG, Hand("forger"), 1)).count == 1


def test_policy() -> None:
    """`*` is every kind but the measured ones; a kind that is named needs a signature though it is measured."""
    here = TOWN.partition()
    assert needs_signature(here.trust, "command.shelve", False, 99)
    assert not needs_signature(here.trust, "environment.air_hour", True, 99)
    town = SignedTown(policy=POLICY | {"signed": ["command.*", "environment.registered"]})
    there = town.partition().trust
    assert needs_signature(there, "key.added", False, 99)
    assert needs_signature(there, "environment.registered", True, 99)
    assert not needs_signature(there, "clock.tick", False, 99)
    wider = town.partition()
    wider.take_all([town.write("log.policy", policy=POLICY)])
    assert needs_signature(wider.trust, "clock.tick", False, 99)
    assert refused(wider, town.write("log.policy", policy=POLICY | {"cosigned": ["*"]})) == "malformed-data"


@pytest.mark.parametrize(
    "record",
    [
        replace(TOWN.opened, data=Raw(b'{"n":0,"prev":"","format":1,"secret":"13800138000"}')),
        replace(TOWN.opened, data=Raw(b'{"n":"13800138000"}')),
        envelope_bytes(act(LOG, SCREEN, 7)).replace(b'"sigseq":"7"', b'"sigseq":13800138000'),
        envelope_bytes(act(LOG, SCREEN, 7)).replace(b'"sigseq":"7"', b'"sigseq":"13800138000x"'),
        envelope_bytes(act(LOG, SCREEN, 7)).replace(b'"sigseq":', b'"13800138000":'),
        envelope_bytes(act(LOG, SCREEN, 7)).replace(b'"occurrence":1', b"13800138000"),
        act(LOG, SCREEN, 7, data={"actor": {"id": "x", "role": "13800138000"}}),
        act(LOG, SCREEN, 7, time="13800138000"),
    ],
)
def test_a_refusal_holds_no_value(record: Envelope | bytes) -> None:
    """What a person may have written is in no refusal's words."""
    here = SignedPartition() if isinstance(record, Envelope) and record.type == "log.opened" else TOWN.partition()
    found = here.take(record)
    assert found.reason is not None
    assert "13800138000" not in found.message


def test_nothing_is_asked_of_the_memory_before_the_signature_holds() -> None:
    """What is remembered of ids is looked at after verification alone, and verification comes after every cheap test."""
    asked: list[str] = []
    here = TOWN.partition()

    def known(event: Envelope) -> str | None:
        asked.append("known")
        return None

    def check(suite: str, public: str, preimage: bytes, signature: str) -> bool:
        asked.append("verify")
        return False

    delivered = steps.Delivered(ENVIRONMENT, 0, 99, subject_of(0).encode(), ACT)
    assert steps.take(here.trust, delivered, BEGIN, check, known).reason == "bad-signature"
    assert asked == ["verify"]
    for record, now in ((act(LOG, CLOCK, 1), BEGIN), (act(LOG, SCREEN, 1), BEGIN + DAY), (act(LOG, Hand("x"), 1), BEGIN)):
        steps.take(here.trust, replace(delivered, value=envelope_bytes(record)), now, check, known)
    assert asked == ["verify"]


def test_every_suite_has_a_row() -> None:
    """The table names its hashes, and which suites are a root's and a first signature's."""
    assert {name: (row.hash, row.sig, row.cosig, row.root) for name, row in SUITES.items()} == {
        ED25519: ("sha256", True, True, True),
        TREE: ("sha256", True, False, False),
        "webauthn-es256": ("sha256", False, True, False),
        "sm2-sm3": ("sm3", True, True, True),
    }
    assert partition_of(subject_of(2).encode(), PARTITIONS[ENVIRONMENT]) == 2
