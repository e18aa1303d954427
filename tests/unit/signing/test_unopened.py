"""A log that was never opened, into which somebody writes signed events: their further attributes change nothing."""

from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from streams.messages import HOUR, MINUTE, Actor, Authn, decode_event, encode, resumed_bytes, tick_bytes, told_time
from streams.signing.envelope import envelope_bytes
from streams.signing.sign import addressed, cosigned, signed
from tests.support.events import START, act, clean, records, registered, tick
from tests.support.opened import LOG, TOPIC
from tests.support.pure.alarm import BOOK, raised
from tests.support.signing import Hand

ALERT = raised().id
EVENTS = [
    registered(),
    tick(START),
    clean(START, o3=230),
    act(ALERT),
    act(ALERT, verb="shelve", lasts="30m"),
    tick(START + 31 * MINUTE),
    act(ALERT, id="again"),
]


def by_hand(value: bytes, number: int) -> bytes:
    """An event with all attributes of a signed one."""
    envelope = addressed(decode_event(value), LOG.id, "events.environment", number, "2026-06-01T08:00:00+08:00")
    return envelope_bytes(cosigned(signed(envelope, Hand("screen")), Hand("second")))


def test_signed_events_are_judged_as_plain_ones() -> None:
    """Registration, ticks and acts with log id, place, number, suite, key, signatures: the same outputs, byte for byte."""
    written = [value if b"air_hour" in value else by_hand(value, n) for n, value in enumerate(EVENTS, 1)]
    assert written[3] != EVENTS[3]
    assert all(name in written[3] for name in (b'"logid"', b'"sigto"', b'"sigseq"', b'"sigsuite"', b'"sigkid"', b'"sig"'))
    plain, given = (Fold(BOOK, TOPIC, 0).run(records(log)) for log in (EVENTS, written))
    assert len(plain) > 5
    assert [encode(each) for each in given] == [encode(each) for each in plain]


def test_a_signed_measurement_is_judged_too() -> None:
    """Only the digest of its bytes in the evidence is another."""
    plain, given = (Fold(BOOK, TOPIC, 0).run(records([*EVENTS[:2], last])) for last in (EVENTS[2], by_hand(EVENTS[2], 1)))
    assert [type(each) for each in given] == [type(each) for each in plain]
    assert given[0] == replace(plain[0], evidence=given[0].evidence)


def test_signed_time_is_told() -> None:
    """Readers of ticks read them too."""
    for value in (tick_bytes(START), resumed_bytes(START + HOUR, START)):
        assert told_time(by_hand(value, 1)) == told_time(value) is not None


def test_an_act_may_come_without_a_name_and_with_what_the_signer_knows() -> None:
    """The actor of a signed act is account, role and department; how he was known changes nothing that is judged."""
    bare = Actor(id="zhang", role="supervisor", department="zz-ee")
    assert (bare.shown, replace(bare, name="张值班").shown) == ("zhang", "张值班")
    assert encode(bare) == b'{"id":"zhang","role":"supervisor","department":"zz-ee"}'
    knows = Authn("password", "2026-06-01T07:59:00+08:00", "s-1")
    outputs = [
        Fold(BOOK, TOPIC, 0).run(records([*EVENTS[:3], act(ALERT, id="x", actor=bare, **more)]))
        for more in ({}, {"authn": knows})
    ]
    assert outputs[0] == outputs[1]
    assert encode(outputs[0][-1]).count(b'"actor":{"id":"zhang","role":"supervisor","department":"zz-ee"}') == 1
