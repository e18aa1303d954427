"""From a draft to a log that is opened: what roots sign, what a part may, and what a crash leaves of it."""

import pytest
from kafka import TopicPartition
from msgspec.structs import replace

from streams.command import Trouble
from streams.kafka.series import LogSeries, folded, following, held, lacking
from streams.messages import HOUR, RIGHTS, parse_time
from streams.signing.envelope import envelope_bytes
from streams.signing.kinds import matches
from streams.signing.roots import ceremony
from streams.signing.roots.draft import Draft, opening
from streams.signing.roots.parts import ADMIN_ACTS, BULK, COSIGNED, rights_of_part, usual_policy
from streams.signing.series import RootKey
from streams.signing.sign import proof
from tests.support.signing import ED25519, Hand, SignedPartition

NOON = parse_time("2026-06-01T12:00:00+08:00")
PLACES = ("events.environment", "events.incidents", "jobs", "handovers")
DOMAINS = ("environment",)
ROOTS = tuple(Hand(f"root {n}") for n in range(3))
PARTS = {
    name: Hand(name, BULK if name.startswith("registrar") else ED25519)
    for name in ("clock", "clock-second", "screen-1", "notifier", "worker-1", "rules", "registrar-city", "keeper", "cli-wang")
}


def drafted(threshold: int = 2) -> Draft:
    """A log with a key of every part, not signed."""
    found = opening(
        name="live",
        nonce="ab" * 16,
        partitions=dict.fromkeys(PLACES, 2),
        roots=[RootKey(ED25519, root.public) for root in ROOTS],
        threshold=threshold,
        policy=usual_policy(simulated=False),
        at=NOON,
    ).with_suites([BULK], NOON)
    for name, hand in PARTS.items():
        found = found.adding(
            name, rights_of_part(name, PLACES, DOMAINS), hand.public, proof(hand, found.logid, hand.public, name), NOON
        )
    return found


def signed_by(draft: Draft, *roots: Hand) -> list[bytes]:
    """The events with the signatures of these roots, through the file each time."""
    text = ceremony.ceremony_bytes(draft.events)
    for root in roots:
        text = ceremony.ceremony_bytes(ceremony.with_root(ceremony.ceremony_of(text), root))
    return text.splitlines()


SERIES = signed_by(drafted(), *ROOTS[:2])
LOG = drafted().logid


def test_two_of_three_roots_open_a_log() -> None:
    """What two roots have signed one after the other, whichever two, a partition takes as a whole; one alone opens nothing."""
    for roots in (ROOTS[:2], ROOTS[1:], ROOTS[::-1]):
        values = signed_by(drafted(), *roots)
        here = SignedPartition()
        here.take_all([])
        assert [here.take(value).reason for value in values] == [None] * len(values)
        assert here.trust.logid == LOG
        assert {row.part for row in here.trust.keys.values()} == set(PARTS)
    alone = SignedPartition()
    assert alone.take(signed_by(drafted(), ROOTS[0])[0]).reason == "needs-second"
    assert alone.trust.logid == ""


def test_who_may_sign_a_file() -> None:
    """A key that is no root is refused, and a root that has signed everything; half a file is not taken for a ceremony."""
    events = drafted().events
    with pytest.raises(ValueError, match="no root of this log"):
        ceremony.with_root(events, Hand("stranger"))
    with pytest.raises(ValueError, match="has signed them all"):
        ceremony.with_root(ceremony.with_root(events, ROOTS[0]), ROOTS[0])
    other = replace(events[0], logid="00" * 32)
    for text in (b"", b"{}", b"\xff", ceremony.ceremony_bytes([other, *events[1:]]), SERIES[0][:-20]):
        with pytest.raises(ValueError, match="one log's roots"):
            ceremony.ceremony_of(text)


def test_what_is_signed_is_said() -> None:
    """Whoever signs reads the log's roots and how many must sign, and of each key whose it is and what it may."""
    lines = [ceremony.said(event) for event in drafted().events]
    assert "2 of 3 roots" in lines[0]
    assert all(root.kid in lines[0] for root in ROOTS)
    screen = next(line for line in lines if "screen-1" in line)
    assert PARTS["screen-1"].kid in screen
    assert "command.shelve" in screen
    ended = drafted().ending(PARTS["clock"].kid, "stolen", NOON, "2026-05-30T00:00:00+08:00").events[-1]
    assert "stolen" in ceremony.said(ended)
    assert "2026-05-30" in ceremony.said(ended)


def test_every_part_may_its_own_alone() -> None:
    """No kind is two parts': but for people's acts, which a screen and a command line both write."""
    rights = {name: rights_of_part(name, PLACES, DOMAINS) for name in PARTS}
    kinds = ("clock.chain", "clock.resumed", "command.shelve", "command.notify", "alert.revised", "book.adopted", "job.ask")
    acts = tuple(f"command.order.{act}" for act in ("issue", "purge", "deliver"))
    kinds = (*kinds, *acts, "order.filed", "order.link", "order.release")
    may = {kind: {name for name, each in rights.items() if matches(each.may, kind)} for kind in kinds}
    people = {"screen-1", "cli-wang"}
    assert may == {
        "clock.chain": {"clock"},
        "clock.resumed": {"clock"},
        "command.shelve": people,
        "command.notify": {"notifier"},
        "alert.revised": {"worker-1"},
        "book.adopted": {"rules"},
        "job.ask": people,
        "command.order.issue": people,
        "command.order.purge": people,
        "command.order.deliver": {*people, "notifier"},
        "order.filed": {"worker-1"},
        "order.link": {"worker-1"},
        "order.release": {"worker-1"},
    }
    assert {name for name, each in rights.items() if "notifier" in each.roles} == {"notifier"}
    assert rights["worker-1"].to == tuple(place for place in PLACES if place.startswith("events."))
    assert rights["registrar-city"].to == ("events.environment",)
    with pytest.raises(ValueError, match="no part is called 'screen'"):
        rights_of_part("screen", PLACES, DOMAINS)


def test_what_needs_a_second_signature() -> None:
    """The five acts of the administrator alone, adoptions, notices, a clock that was resumed, forgetting: no act of a desk."""
    assert set(ADMIN_ACTS) == {
        f"command.{verb}" for verb in ("suppress", "unsuppress", "remove-from-service", "return-to-service", "order.purge")
    }
    assert set(COSIGNED) - set(ADMIN_ACTS) == {
        "book.adopted",
        "calendar.notice",
        "clock.resumed",
        "personal.forget",
        "personal.release",
    }
    assert not any(matches(COSIGNED, f"command.{verb}") for verb, roles in RIGHTS.items() if "supervisor" in roles)
    assert (usual_policy(simulated=False).stale, usual_policy(simulated=True).stale) == (HOUR, 0)


def test_what_stands_of_a_series() -> None:
    """`<log>.keys` gives the series whatever stands between; garbage, copies and another log's opening change nothing."""
    other = signed_by(opening_of_another(), *ROOTS[:2])
    mixed = [b"{", None, other[0], SERIES[0], SERIES[0], *other, *SERIES[1:]]
    found = folded(((n, value) for n, value in enumerate(mixed)), LOG)
    assert list(found.values) == SERIES
    assert found.trust.logid == LOG
    assert folded((0, value) for value in mixed).trust.logid != LOG  # without an id the first opening is taken
    assert found.trust_at(2).logid == ""
    assert found.trust_at(3).keys == {}


def opening_of_another() -> Draft:
    """Another log of the same name and roots."""
    return opening(
        name="live",
        nonce="cd" * 16,
        partitions=dict.fromkeys(PLACES, 2),
        roots=[RootKey(ED25519, root.public) for root in ROOTS],
        threshold=2,
        policy=usual_policy(simulated=False),
        at=NOON,
    )


def test_only_what_follows_is_published() -> None:
    """The same file twice is nothing new; a draft after which another was published is refused, and one without its roots."""
    series = folded(((0, value) for value in SERIES), LOG)
    assert list(following(LogSeries(), SERIES, "live")) == SERIES
    assert list(following(series, SERIES, "live")) == []
    assert list(following(series, signed_by(drafted(), *ROOTS[1:]), "live")) == []  # the same, signed by others
    first = drafted().ending(PARTS["clock"].kid, "lost", NOON)
    second = drafted().ending(PARTS["rules"].kid, "lost", NOON)
    after = folded([(1, signed_by(first, *ROOTS[:2])[-1])], LOG, series)
    for late in (
        signed_by(second, *ROOTS[:2])[-1:],
        signed_by(second.demanding(usual_policy(simulated=True), NOON), *ROOTS[:2]),
    ):
        with pytest.raises(Trouble, match="draft it anew"):
            list(following(after, late, "live"))
    with pytest.raises(Trouble, match="1 of 2 roots"):
        list(following(series, signed_by(first, ROOTS[2])[-1:], "live"))


@pytest.mark.parametrize("crash", range(0, 4 * len(SERIES), 5))
def test_a_crash_of_the_broadcast(crash: int) -> None:
    """Killed after any number of copies, it is completed by the next run, and every partition comes to the same trust."""
    places = [TopicPartition("live.events.environment", n) for n in range(2)]
    places += [TopicPartition("live.events.incidents", n) for n in range(2)]
    logs: dict[TopicPartition, list[bytes | None]] = {place: [b"fact"] for place in places}
    for count in (crash, None):
        missing = lacking(SERIES, {place: held(SERIES, values) for place, values in logs.items()})
        for place, value in missing[:count]:
            logs[place].append(value)
    assert lacking(SERIES, {place: held(SERIES, values) for place, values in logs.items()}) == []
    trusts = []
    for place, values in logs.items():
        here = SignedPartition(place.partition, place.topic.partition(".")[2])
        found = [here.take(value) for value in values if value and value != b"fact"]
        assert not any(each.reason or each.copy for each in found)
        trusts.append({name: row.part for name, row in here.trust.keys.items()})
    assert trusts == trusts[:1] * 4


def test_a_partition_that_lacks_one() -> None:
    """From a gap on nothing counts; where the beginning of a partition is gone its first event stands for those before."""
    assert held(SERIES, [*SERIES[:3], *SERIES[4:]]) == 3
    assert held(SERIES, SERIES[4:]) == 0
    assert held(SERIES, SERIES[4:], trimmed=True) == len(SERIES)
    assert held(SERIES, [*SERIES[:2], *SERIES[:4]]) == 4
    assert envelope_bytes(ceremony.ceremony_of(SERIES[0])[0]) == SERIES[0]
