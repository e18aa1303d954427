"""Attacks on a signed log, at the stage that judges it: each is refused by its own reason, what is judged stays the same."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from streams.messages import DAY, HOUR, MINUTE, SECOND, Alert, Audit, Quality, Registered, encode, event_bytes, format_time
from streams.signing.envelope import envelope_bytes
from streams.signing.trust import pin_fault
from tests.support.events import START, STATION, SUPERVISOR, act, clean, registered, tick
from tests.support.pure.alarm import raised
from tests.support.signed_log import (
    ADMIN,
    CLOCK,
    INCIDENTS,
    NOTIFIER,
    REGISTRAR,
    SCREEN,
    WORKER,
    SignedLog,
    event,
    fold,
    records,
)
from tests.support.signing import Hand, Roots

ALERT = raised().id
LOG = SignedLog()
BEGUN = [*LOG.start, LOG.written(registered(), REGISTRAR), LOG.tick(START), clean(START, o3=230)]
"""A station that has an alert."""


def begun() -> Fold:
    """A stage that has judged BEGUN."""
    by = fold()
    by.restore(_BEGUN)
    return by


def _snapshot() -> list[tuple[bytes, bytes | None]]:
    by = fold()
    assert not reasons(by.run(records(BEGUN)))
    return by.snapshot()


def reasons(outputs: Iterable[Output]) -> list[str]:
    """Why something was refused."""
    return [each.reason for each in outputs if isinstance(each, Quality)]


_BEGUN = _snapshot()


def take(by: Fold, *values: bytes, key: bytes | None = None) -> list[Output]:
    """Judge the next records of a stage."""
    given = records(values, by.position)
    return by.run([(offset, own if key is None else key, value) for offset, own, value in given])


def state(by: Fold) -> tuple[Any, ...]:
    """What a stage knows, but for how often something was refused, and which numbers are used up."""
    return by.now, by.subjects, replace(by.trust, refused={}, hour=-1, seq={}), by.notices, by.adopted


def refused(by: Fold, value: bytes, key: bytes | None = None) -> str:
    """The reason for which the next record is refused: one quality record, and nothing else has changed."""
    before = state(by)
    key = records([value])[0][1] if key is None else key
    found = by.run([(by.position, key, value)])
    assert state(by) == before
    assert [type(each) for each in found] == [Quality]
    return reasons(found)[0]


def test_the_usual_is_judged() -> None:
    """Register, ticks by their chain, a reading, an act: the alert is raised and acknowledged, its trail names the key."""
    by = begun()
    out = take(by, LOG.written(act(ALERT), SCREEN), LOG.tick(START + MINUTE))
    assert [type(each) for each in out] == [Alert, Audit]
    alert, entry = out
    assert isinstance(alert, Alert)
    assert isinstance(entry, Audit)
    assert alert.acknowledged is not None
    assert (alert.state, alert.acknowledged.kid, entry.kid) == ("C", SCREEN.kid, SCREEN.kid)
    assert entry.hash.startswith("sha256:")
    assert by.now == START + MINUTE


# --- 1 ---------------------------------------------------------------------------------------------

PRESS = LOG.written(act(ALERT), SCREEN)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PRESS) * 8 - 1))
def test_1_a_bit_flipped_anywhere(bit: int) -> None:
    """Attack 1: an act of which any bit is another acknowledges nothing; the true one still does."""
    by, value = begun(), bytearray(PRESS)
    value[bit // 8] ^= 1 << bit % 8
    assert not [each for each in by.run([(by.position, STATION.encode(), bytes(value))]) if isinstance(each, Alert)]
    assert isinstance(take(by, PRESS)[0], Alert)


# --- 3, 4, 5, 6 ------------------------------------------------------------------------------------


def test_3_the_same_act_elsewhere() -> None:
    """Attack 3: the act of a drill of the same name, a Kafka key that is not the subject, another stage."""
    other = SignedLog(nonce="01" * 16)
    assert refused(begun(), other.written(act(ALERT), SCREEN)) == "wrong-log"
    assert refused(begun(), PRESS, b"other") == "wrong-place"
    assert refused(begun(), LOG.written(act(ALERT), SCREEN, INCIDENTS)) == "wrong-place"


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("comments", [0, 16, 200])
def test_4_a_genuine_shelve_again(comments: int, restarted: bool) -> None:
    """Attack 4: at once a silent copy, after 16 other acts `replayed`; the alarm is not shelved a second time."""
    by, log = begun(), LOG
    shelve = log.written(act(ALERT, verb="shelve", lasts="30m"), SCREEN)
    take(by, shelve, log.written(act(ALERT, verb="unshelve", occurrence=1), SCREEN))
    for n in range(comments):
        take(by, log.written(act(ALERT, verb="comment", id=f"c{n}"), SCREEN))
    if restarted:
        items, by = by.snapshot(), fold()
        by.restore([*_BEGUN, *items])
    out = take(by, shelve)
    assert reasons(out) == (["replayed"] if comments else [])
    assert not [each for each in out if isinstance(each, Alert)]
    assert next(iter(by.subjects[STATION].alerts.values())).state == "C"


def test_4_the_same_id_with_another_content() -> None:
    """Another act under the id of one that is remembered is a conflict, though a genuine key signs it."""
    by = begun()
    take(by, PRESS)
    assert refused(by, LOG.written(act(ALERT, reason="另一理由"), SCREEN)) == "conflict"
    again = take(by, LOG.written(act(ALERT), SCREEN))
    assert again == []  # a retry, signed anew


def test_5_a_forged_record_with_the_id_of_a_coming_press() -> None:
    """Attack 5: unsigned, or signed by a thief, it is refused and not remembered; the press is done."""
    by = begun()
    assert refused(by, act(ALERT)) == "unsigned"
    assert refused(by, LOG.written(act(ALERT), Hand("thief"))) == "unknown-key"
    assert [type(each) for each in take(by, PRESS)] == [Alert, Audit]


def test_6_held_back_for_a_day() -> None:
    """Attack 6: an act that comes a day later is stale; a filed fact may tell of last week, if it was received now."""
    log = SignedLog(policy={"stale": HOUR})
    by = fold()
    by.run(records([*log.start, log.written(registered(), REGISTRAR, recordedtime=format_time(START)), log.tick(START)]))
    take(by, clean(START, o3=230), log.tick(START + DAY))
    assert refused(by, log.written(act(ALERT), SCREEN)) == "stale"
    now = format_time(START + DAY)
    filed = event_bytes(
        type="environment.inspection",
        source="test",
        id="i",
        time=format_time(START),
        subject=STATION,
        data={"finding": "corrected"},
    )
    assert refused(by, log.written(filed, REGISTRAR)) == "stale"
    assert reasons(take(by, log.written(filed, REGISTRAR, recordedtime=now))) == ["no-rule"]  # of a station: it was judged


# --- 7 ---------------------------------------------------------------------------------------------


def test_7_a_key_has_its_rights_alone() -> None:
    """Attack 7: the clock signs no command, the screen is no notifier, a registrar registers its own types alone."""
    by = begun()
    notify = act(ALERT, verb="notify", actor=replace(SUPERVISOR, role="notifier"))
    assert refused(by, LOG.written(act(ALERT), CLOCK)) == "not-its-right"
    assert refused(by, LOG.written(notify, SCREEN)) == "not-its-right"
    assert refused(begun(), LOG.written(registered(), SCREEN)) == "not-its-right"
    assert [type(each) for each in take(by, LOG.written(notify, NOTIFIER))] == [Alert, Audit]


# --- 9, 10, 12 -------------------------------------------------------------------------------------


def test_9_an_event_of_the_roots_is_withheld() -> None:
    """Attack 9: one that is missing shows at the next; what its key signs is refused; copies of all change nothing."""
    log = SignedLog()
    values = [envelope_bytes(each) for each in log.series]
    by = fold()
    assert reasons(by.run(records(values[:1]))) == []
    assert refused(by, values[2]) == "broken-series"
    assert refused(by, log.written(act(ALERT), SCREEN)) == "unknown-key"
    assert reasons(take(by, *values, *values)) == []
    assert by.trust.n == len(values) - 1


def test_10_a_second_opening_and_roots_that_are_none() -> None:
    """Attack 10: of another log, of too few roots, of strangers: the log stays the one that it is, or stays unopened."""
    by = begun()
    assert refused(by, envelope_bytes(Roots(nonce="02" * 16).opened)) == "wrong-log"
    draft = replace(LOG.opened, sig="", cosig="")
    assert refused(fold(), envelope_bytes(Roots.by(draft, LOG.hands[:1]))) == "needs-second"
    assert refused(fold(), envelope_bytes(Roots.by(draft, [Hand("a"), Hand("b")]))) == "unknown-key"
    never = fold()
    never.run(records([registered(), tick(START)]))
    assert "never opened" in pin_fault(never.trust, LOG.logid)
    assert pin_fault(by.trust, LOG.logid) == ""


def test_10_a_log_that_is_opened_on_its_way() -> None:
    """What stands before needs no signature; from the opening on it does, and ticks go by the chain."""
    log = SignedLog(begin=START)
    by = fold()
    plain = [registered(), tick(START), clean(START, o3=230), act(ALERT)]
    out = by.run(records(plain))
    assert reasons(out) == []
    assert not reasons(take(by, *log.start))
    assert refused(by, act(ALERT, verb="comment", id="x")) == "unsigned"
    assert refused(by, tick(START + MINUTE)) == "bad-tick"
    assert not reasons(take(by, log.tick(START + MINUTE), log.written(act(ALERT, verb="comment", id="x"), SCREEN)))
    again = take(by, log.written(act(ALERT), SCREEN))
    assert again == []  # the act from before the opening is known by its id alone


def test_12_suites() -> None:
    """Attack 12: another suite than the key's, an empty signature, none at all."""
    press = LOG.envelope(act(ALERT), SCREEN)
    assert refused(begun(), envelope_bytes(replace(press, sigsuite="sm2-sm3"))) == "wrong-suite"
    assert refused(begun(), envelope_bytes(replace(press, sig=""))) == "bad-signature"


# --- 13 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        tick(START + 73 * 365 * DAY),
        tick(START + MINUTE),
        event("clock.tick", START + MINUTE, {"r": "AAAAAAAAAAAAAAAAAAAAAA"}),
        event("clock.tick", START + MINUTE + SECOND, msgspec.json.decode(LOG.tick(START + MINUTE))["data"]),
        event("clock.tick", START + MINUTE, {"r": 7}),
        event("clock.tick", START + MINUTE, msgspec.json.decode(LOG.tick(START + MINUTE))["data"]).replace(
            b"2026-06", b"2026-xx"
        ),
    ],
)
def test_13_no_forged_tick_moves_time(forged: bytes) -> None:
    """Attack 13: of 2099, without a link, with another, off the grid, garbage: refused, and a true reading is not late."""
    by = begun()
    assert refused(by, forged) == "bad-tick"
    assert by.now == START
    assert not reasons(take(by, LOG.tick(START + MINUTE)))
    assert by.now == START + MINUTE


def test_13_chains_and_a_weekend() -> None:
    """A chain that another key signs, or begins too far ahead, is refused; after `clock.resumed` by two persons it may."""
    log = SignedLog()
    by = fold()
    by.run(records([*log.start, log.tick(START)]))
    monday = START + 2 * DAY
    assert refused(by, log.chain(START, SCREEN)) == "not-its-right"
    assert refused(by, log.chain(monday)) == "bad-tick"
    resumed = event("clock.resumed", monday, {"last": format_time(START)})
    assert refused(by, log.written(resumed, ADMIN, "*")) == "needs-second"
    assert refused(by, resumed) == "unsigned"
    assert take(by, log.both(resumed, ADMIN)) == []
    assert by.now == START
    assert not reasons(take(by, log.chain(monday), log.tick(monday + MINUTE)))
    assert by.now == monday + MINUTE


# --- 14 --------------------------------------------------------------------------------------------


def test_14_a_forged_register_ends_no_alarm() -> None:
    """Attack 14: what is stated needs its signature: a limit of 1e9 by nobody, then a reading of 230: the alarm stands."""
    by = begun()
    forged = msgspec.json.decode(registered())
    forged["data"]["limits"] = {"o3": 1e9}
    forged["id"] = "forged"
    assert refused(by, encode(forged)) == "unsigned"
    assert refused(by, LOG.written(encode(forged), Hand("thief"))) == "unknown-key"
    for kind in ("maintenance_plan", "inspection", "revision_reason", "gap_reason"):
        found = event_bytes(type=f"environment.{kind}", source="x", id=kind, time=format_time(START), subject=STATION, data={})
        assert refused(begun(), found) == "unsigned"
    take(by, clean(START + HOUR, o3=230))
    assert next(iter(by.subjects[STATION].alerts.values())).active


def test_a_measurement_needs_no_signature_and_a_register_that_has_one_is_judged() -> None:
    """The registrar's own word changes the station's name; a reading stands as it is, signed or not."""
    by = begun()
    new = LOG.written(registered(at=START + MINUTE, name="新名"), REGISTRAR)
    assert not reasons(take(by, new))
    facts = by.subjects[STATION].facts
    assert isinstance(facts, Registered)
    assert facts.name.zh == "新名"
    assert STATION in by.subjects


def test_a_kind_that_the_policy_names_needs_one_though_it_is_measured() -> None:
    """A log may ask for signatures of readings too."""
    log = SignedLog(policy={"signed": ["*", "environment.air_hour"]})
    by = fold()
    by.run(records([*log.start, log.written(registered(), REGISTRAR), log.tick(START)]))
    assert refused(by, clean(START, o3=230)) == "unsigned"
    assert isinstance(take(by, log.written(clean(START, o3=230), REGISTRAR))[0], Alert)


# --- 15 --------------------------------------------------------------------------------------------


def test_15_a_revision_is_no_business_of_facts() -> None:
    """Attack 15: `alert.revised` in the stage of facts is refused, whoever signs it."""
    revised = event_bytes(type="alert.revised", source="x", id="1", time=format_time(START), subject=STATION, data={})
    assert refused(begun(), revised) == "unsigned"
    assert refused(begun(), LOG.written(revised, WORKER)) == "not-its-right"


# --- 32 --------------------------------------------------------------------------------------------


def flood(by: Fold, number: int) -> list[Quality]:
    """What is told of so many forged acts."""
    forged = [act(ALERT, id=f"f{n}") for n in range(number)]
    return [each for each in by.run(records(forged, by.position)) if isinstance(each, Quality)]


def test_32_a_flood_of_forgeries_is_told_seldom() -> None:
    """Attack 32: 5,000 forgeries are 13 records, which together stand for 4,096 of them; the state does not grow."""
    by = begun()
    told = flood(by, 5_000)
    assert [each.reason for each in told] == ["unsigned"] * 13
    assert sum(each.more or 1 for each in told) == 4_096
    assert told[0].message == "the attribute 'logid' is missing"
    assert told[-1].message == "the attribute 'logid' is missing; 4096 times in this hour of the log"
    assert by.trust.refused == {"unsigned ": 5_000}
    assert [key for key, _ in by.snapshot()] == [b"\xfftrust", b""]
    assert [each.state for each in take(by, PRESS) if isinstance(each, Alert)] == ["C"]


def test_nothing_of_a_refused_record_is_quoted() -> None:
    """A quality record of a forgery has no word of its data."""
    by = begun()
    told = take(by, act(ALERT, reason="secret-word"), LOG.written(act(ALERT, id="2", reason="secret-word"), Hand("thief")))
    assert reasons(told) == ["unsigned", "unknown-key"]
    assert b"secret-word" not in encode(told)
