"""A signed log is judged as the same log unsigned, wherever it is restarted; and what becomes of the acts of a stolen key."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pytest
from msgspec import msgpack
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.position import POSITION, TRUST, VERSION, CheckpointError
from agents.offline.file_stages import FileStages
from agents.rulebook.grouping import sound_grouping
from agents.stages import Basis
from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.gateways.timeline import Arrival
from streams.messages import (
    HOUR,
    MINUTE,
    Act,
    Alert,
    Audit,
    Incident,
    IncidentAudit,
    Quality,
    Regroup,
    decode_event,
    encode,
    event_bytes,
    format_time,
    parse_time,
    tick_bytes,
)
from streams.outputs import Output
from streams.signing.envelope import envelope_bytes
from streams.signing.state import trust_bytes
from tests.support.events import START, STATION, SUPERVISOR, act, clean, registered
from tests.support.pure.alarm import BOOK, raised
from tests.support.signed_log import (
    INCIDENTS,
    REGISTRAR,
    SCREEN,
    VERIFY,
    WORKER,
    SignedLog,
    fold,
    judged,
    records,
)

ALERT = raised().id
GROUPING = sound_grouping(BOOK.rules)
CITY_HOURS = 10


def of(kind: type[Any], outputs: Iterable[Output]) -> list[Any]:
    """The outputs of a kind."""
    return [each for each in outputs if isinstance(each, kind)]


def group(values: Iterable[bytes]) -> list[Any]:
    """The outputs of the stage of incidents."""
    return list(Incidents(GROUPING, "live.events.incidents", 0, verify=VERIFY).run(records(values)))


# --- a living city, signed and unsigned -------------------------------------------------------------


@cache
def city() -> tuple[int, list[int | bytes]]:
    """The first hours of the simulated city's environment: its beginning; its ticks as times, its facts as bytes."""
    air = Air(1, load_scenario(DEFAULT))
    found: list[int | bytes] = []
    for beat in beats(air, CITY_HOURS):
        if isinstance(beat, int):
            found.append(beat)
        elif isinstance(beat, Arrival) and beat.domain == "environment":
            found.append(beat.value)
    return air.begin, found


def acts(outputs: Sequence[Any], at: int) -> list[bytes]:
    """An acknowledgement of each alert that was raised."""
    first = {each.id: each for each in outputs if isinstance(each, Alert) and each.state == "B"}
    return [
        event_bytes(
            type="command.acknowledge",
            source="test",
            id=f"ack-{name}",
            time=format_time(at),
            subject=alert.subject,
            data=Act(alert=name, occurrence=alert.occurrence, actor=SUPERVISOR, reason="已派人"),
        )
        for name, alert in first.items()
    ]


def written(log: SignedLog, each: int | bytes, newest: int) -> bytes:
    """What a part writes of a tick or an event: what is stated signed, what is measured as it is."""
    if isinstance(each, int):
        return log.tick(each)
    kind = decode_event(each).type
    if kind.startswith("command."):
        return log.written(each, SCREEN)
    return each if BOOK.plans[kind].measured else log.written(each, REGISTRAR, recordedtime=format_time(newest))


def content(alert: Alert) -> tuple[Any, ...]:
    """What an alert says of the world, but for the places of records and what follows from them."""
    note = alert.acknowledged and replace(alert.acknowledged, kid="0" * 32)
    kept = replace(alert, rev=0, place=raised().place, evidence=(), audit=0, head="", note=None, acknowledged=note)
    return kept, len(alert.evidence), alert.audit


def incidents(outputs: Sequence[Output], log: SignedLog | None) -> list[tuple[Any, ...]]:
    """What the second stage makes of the outputs of the first: each revision after the tick at which it was made."""
    values, newest = list[bytes]() if log is None else list(log.start), 0
    for _, fed in revisions(outputs):
        at = parse_time(decode_event(fed).time)
        if at > newest:
            values.append(tick_bytes(at) if log is None else log.tick(at))
        values.append(fed if log is None else log.written(fed, WORKER, INCIDENTS))
        newest = max(at, newest)
    found = group(values)
    assert of(Quality, found) == []
    return [(each.id, each.state, each.severity, each.members, each.opened_at, each.ended_at) for each in of(Incident, found)]


def test_a_signed_city_is_judged_as_an_unsigned_one() -> None:
    """Registers, readings, filings, acts, ticks: the same alerts and incidents, with the same states and times; no refusal."""
    begin, happened = city()
    first = Fold(BOOK, "live.events.environment", 0).run(records(tick_bytes(x) if isinstance(x, int) else x for x in happened))
    last = max(each for each in happened if isinstance(each, int))
    whole = [*happened, *acts(first, last), last + MINUTE]
    log = SignedLog(begin=begin - MINUTE)
    signed, newest = list(log.start), begin
    for each in whole:
        newest = each if isinstance(each, int) else newest
        signed.append(written(log, each, newest))
    assert sum(b'"sigkid"' in value for value in signed) > 50
    plain = Fold(BOOK, "live.events.environment", 0).run(records(tick_bytes(x) if isinstance(x, int) else x for x in whole))
    given = judged(signed)
    assert [(q.reason, q.type) for q in of(Quality, given)] == [(q.reason, q.type) for q in of(Quality, plain)]
    assert len(of(Alert, plain)) > 9
    assert [content(each) for each in of(Alert, given)] == [content(each) for each in of(Alert, plain)]
    assert {each.kid for each in of(Audit, given) if each.actor} == {SCREEN.kid}

    assert incidents(given, SignedLog(begin=begin - MINUTE)) == incidents(plain, None) != []


# --- restart at every offset ------------------------------------------------------------------------


def lived(since: str = format_time(START)) -> list[bytes]:
    """A log in which all happens: acts, copies, forgeries, a key that ended since an hour ago, another one."""
    log = SignedLog()
    press = log.written(act(ALERT), SCREEN)
    shelve = log.written(act(ALERT, verb="shelve", lasts="30m"), SCREEN)
    return [
        *log.start,
        log.written(registered(), REGISTRAR),
        log.tick(START),
        clean(START, o3=230),
        act(ALERT, id="forged"),
        press,
        press,
        shelve,
        log.tick(START + MINUTE),
        log.tick(START + MINUTE),
        act(ALERT, id="forged"),
        envelope_bytes(log.ended(SCREEN, why="stolen", since=since)),
        log.written(act(ALERT, verb="comment", id="late"), SCREEN),
        act(ALERT, id="forged"),
        log.tick(START + HOUR),
        clean(START + HOUR, o3=100),
        shelve,
        log.tick(START + 2 * HOUR),
    ]


def test_8_the_acts_of_a_stolen_key_are_doubted_and_stand() -> None:
    """Attack 8: the trail of the open alert says so, by the key's last hour; its state, severity and times stay."""
    out = judged(lived())
    entry = next(each for each in of(Audit, out) if each.event == "doubt")
    before = next(each for each in reversed(out[: out.index(entry) - 1]) if isinstance(each, Alert))
    after = out[out.index(entry) - 1]
    assert entry.reason == f"acts whose key is doubted since {format_time(START)}: acknowledge, shelve"
    assert (entry.actor, entry.before, entry.after) == (None, "E", "E")
    same = {"rev": 0, "place": before.place, "audit": 0, "head": ""}
    assert replace(after, **same) == replace(before, **same)
    assert [each.reason for each in of(Quality, out)] == ["unsigned", "unsigned", "ended-key", "ended-key"]
    later = judged(lived(since=format_time(START + MINUTE)))
    assert not [each for each in of(Audit, later) if each.event == "doubt"]


def test_8_restarted_at_every_offset_it_is_the_same() -> None:
    """Attack 8: outputs and trust after a restart at any record are those of a run without one, byte for byte."""
    values = lived()
    whole = fold()
    wanted = [encode(each) for each in whole.run(records(values))]
    for at in range(9, len(values) + 1):  # the series alone: tests/unit/signing
        one, two = fold(), fold()
        begun = one.run(records(values[:at]))
        two.restore(one.snapshot())
        assert [encode(each) for each in (*begun, *two.run(records(values[at:], at)))] == wanted, at
        assert trust_bytes(two.trust) == trust_bytes(whole.trust)


def test_8_doubt_in_an_incident_and_restarts_at_every_offset() -> None:
    """A split by a key that was stolen before it is doubted in the trail of both incidents; restarts change nothing."""
    log = SignedLog()
    alerts = [event for _, event in revisions(judged([*lived()[:12], clean(START, o3=230, no2=260)]))]
    fed = [*log.start, log.tick(START), *(log.written(each, WORKER, INCIDENTS) for each in alerts)]
    incident = of(Incident, group(fed))[-1]
    split = Regroup(incident=incident.id, actor=SUPERVISOR, reason="另案", alerts=incident.members[:1])
    event = event_bytes(type="command.split", source="t", id="s", time=format_time(START), subject=incident.city, data=split)
    signed = log.written(event, SCREEN, INCIDENTS)
    values = [
        *fed,
        event,
        signed,
        signed,
        log.tick(START + MINUTE),
        envelope_bytes(log.ended(SCREEN, since=format_time(START))),
        event,
        log.tick(START + 2 * MINUTE),
    ]
    out = group(values)
    assert [each.reason for each in of(Quality, out)] == ["unsigned", "unsigned"]
    entries = [
        (each.event, each.incident == incident.id) for each in of(IncidentAudit, out) if each.event in {"doubt", "split"}
    ]
    assert entries[0] == ("split", True)
    assert sorted(entries[1:]) == [("doubt", False), ("doubt", True)]
    assert next(each for each in of(IncidentAudit, out) if each.event == "split").kid == SCREEN.kid
    wanted = [encode(each) for each in out]
    for at in range(len(values) + 1):
        one, two = (Incidents(GROUPING, "live.events.incidents", 0, verify=VERIFY) for _ in range(2))
        begun = one.run(records(values[:at]))
        two.restore(one.snapshot())
        assert [encode(each) for each in (*begun, *two.run(records(values[at:], at)))] == wanted, at


def test_15_forged_and_repeated_revisions() -> None:
    """Attack 15: a revision that nobody signed, or another part, is refused; one that a crash repeats changes nothing."""
    log = SignedLog()
    alerts = [event for _, event in revisions(judged(lived()[:13]))]
    start = [*log.start, log.tick(START)]
    assert [each.reason for each in of(Quality, group([*start, *alerts]))] == ["unsigned"]
    by_screen = [log.written(each, SCREEN, INCIDENTS, sigseq="0") for each in alerts]
    assert [each.reason for each in of(Quality, group([*start, *by_screen]))] == ["not-its-right"]
    once = [log.written(each, WORKER, INCIDENTS) for each in alerts]
    again = [log.written(each, WORKER, INCIDENTS) for each in alerts]
    assert group([*start, *once, *again]) == group([*start, *once])
    assert of(Incident, group([*start, *once]))


def test_no_revision_carries_the_time_of_ticks_away() -> None:
    """A revision that runs before its tick does not make the clock's next chain late."""
    log = SignedLog()
    alert = of(Alert, judged(lived()[:13]))[0]
    at = format_time(START + 5 * MINUTE)
    revised = event_bytes(type="alert.revised", source="judge", id="1", time=at, subject=alert.adcode[:4] + "00", data=alert)
    early = log.written(revised, WORKER, INCIDENTS)
    assert of(Quality, group([*log.start, log.tick(START), early, log.chain(START), log.tick(START + MINUTE)])) == []


# --- checkpoints ------------------------------------------------------------------------------------


def test_a_checkpoint_of_an_opened_log_has_another_form() -> None:
    """Trust stands beside the position, whose version is 2; that of a log never opened has version 1 and no trust."""
    opened, never = fold(), fold()
    opened.run(records(lived()))
    never.run(records([registered(), clean(START)]))
    for by, version in ((opened, VERSION), (never, 1)):
        items = dict(by.snapshot())
        assert msgpack.decode(items[POSITION] or b"")["version"] == version
        assert (TRUST in items) == (version == VERSION)
        assert (VERSION, list(items)[-1]) == (2, POSITION)


@pytest.mark.parametrize("damage", ["lost", "garbage", "later", "unopened"])
def test_a_checkpoint_without_its_trust_is_refused(damage: str) -> None:
    """An opened log never goes on as one that was not: the checkpoint is refused in a sentence."""
    by = fold()
    by.run(records(lived()))
    items = dict(by.snapshot())
    damaged = {"lost": None, "garbage": b"\xc1", "later": b'{"format":2}', "unopened": b'{"format":1}'}
    with pytest.raises(CheckpointError, match=r"live\.events\.environment partition 0"):
        fold().restore((items | {TRUST: damaged[damage]}).items())


# --- a plain file -----------------------------------------------------------------------------------


def test_a_plain_file_is_verified_too() -> None:
    """Lines have no key and no partition: they stand where they belong. The revisions made meanwhile need no signature."""
    stages = FileStages(Basis(BOOK, GROUPING))
    out = [each for n, value in enumerate(lived()) for each in stages.take(n, value)]
    told = of(Quality, out)
    assert {each.reason for each in told} == {"unsigned", "ended-key"}
    assert [each.event for each in of(Audit, out)][:3] == ["raise", "acknowledge", "shelve"]
    assert of(Incident, out)
    assert all(each.hash.startswith("sha256:") for each in of(IncidentAudit, out))
    assert STATION in stages.folds["environment"].subjects
