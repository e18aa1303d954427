"""Orders on people's texts, and their end, stand in the trails of the family's alerts and change nothing else."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.rulebook.grouping import sound_grouping
from screen.i18n.trail_text import trail_text
from streams.messages import (
    HOUR,
    MINUTE,
    Alert,
    Audit,
    Incident,
    IncidentAudit,
    Quality,
    Regroup,
    encode,
    event_bytes,
    format_time,
)
from tests.support.events import START, SUPERVISOR, act, clean, registered
from tests.support.keeper.kept_log import KEEPER, KeptLog, personal
from tests.support.pure.alarm import BOOK, raised
from tests.support.signed_log import (
    INCIDENTS,
    SCREEN,
    TOPIC,
    VERIFY,
    WORKER,
    fold,
    judged,
    records,
)

ALERT = raised().id
GROUPING = sound_grouping(BOOK.rules)


def of(kind: type[Any], outputs: Iterable[Any]) -> list[Any]:
    """The outputs of a kind."""
    return [each for each in outputs if isinstance(each, kind)]


def test_orders_and_their_end_stand_in_the_trail() -> None:
    """One entry for each, of nobody's act, in words of both languages; state, times and value of the alert stay."""
    log = KeptLog()
    said = [
        log.accepted("personal.forget", basis="pipl-47"),
        log.accepted("personal.cancel", "c1-accepted", act="c1", reason="mistake", by=("lw",)),
        log.accepted("personal.hold", "h1-accepted", act="h1", reason="litigation", by=("lw",)),
        log.accepted("personal.release", "r1-accepted", act="r1"),
        log.destroyed(),
    ]
    out = judged([*log.begun(), *said])
    entries = of(Audit, out)[2:]
    assert [each.event for each in entries] == [
        *("forget-ordered", "forget-cancelled", "hold-placed", "hold-released", "texts-destroyed"),
    ]
    assert {(each.actor, each.verb, each.before, each.after) for each in entries} == {(None, "", "C", "C")}
    assert [trail_text(each).en for each in (entries[0], entries[2], entries[4])] == [
        "order f1 by lw, zj: reason erasure-request, basis pipl-47",
        "order h1 by lw: reason litigation",
        "order f1: 2 keys of class personal destroyed, no backup opens them after 2026-06-08T08:00:00+08:00",
    ]
    assert [trail_text(each).zh for each in (entries[0], entries[2], entries[4])] == [
        "lw, zj 的指令 f1：事由 erasure-request，依据 pipl-47",
        "lw 的指令 h1：事由 litigation",
        "指令 f1：已销毁个人信息类密钥 2 个，至迟 2026-06-08 08:00 起任何备份都不能再打开",
    ]
    before, *_, after = of(Alert, out)[1:]
    same = {"rev": 0, "place": before.place, "audit": 0, "head": ""}
    assert replace(after, **same) == replace(before, **same)
    assert of(Quality, out) == []


def test_a_repeat_is_silent_and_a_forgery_told() -> None:
    """What the keeper writes again after a crash says nothing new, whatever came between; what nobody signed is refused."""
    log = KeptLog()
    acts = [log.written(act(ALERT, verb="comment", id=f"c{n}"), SCREEN) for n in range(20)]
    first = [log.accepted("personal.forget"), log.destroyed(), *acts]
    again = [log.accepted("personal.forget"), log.destroyed(), log.destroyed()]
    begun = log.begun()
    assert judged([*begun, *first, *again]) == judged([*begun, *first])
    forged = personal(
        "personal.destroyed",
        "x",
        {},
    )
    wrong = log.written(personal("personal.accepted", "y", {"act": "f1"}), KEEPER)
    other = log.accepted("personal.look", "z")
    by_screen = log.written(personal("personal.destroyed", "w", {}), SCREEN)
    told = of(Quality, judged([*begun, forged, wrong, other, by_screen]))
    assert [each.reason for each in told] == ["unsigned", "malformed-data", "malformed-data", "not-its-right"]


def test_of_a_subject_that_nobody_knows_nothing_is_told() -> None:
    """A family may have texts and no register here: that is no bad input."""
    log = KeptLog()
    assert judged([*log.start, log.accepted("personal.forget"), log.destroyed()]) == []


def test_the_trail_of_an_ended_alert_tells_it_too() -> None:
    """Its texts are the same family's: the entry follows its newest one, and makes no revision."""
    log = KeptLog()
    ended = [*log.begun(), log.tick(START + HOUR), clean(START + HOUR, o3=100), log.tick(START + 2 * HOUR)]
    out = judged([*ended, log.destroyed(), log.destroyed("f2-destroyed", forget="f2")])
    assert of(Alert, out)[-1].ended
    *_, last, first, second = of(Audit, out)
    assert (first.event, second.event, last.event) == ("texts-destroyed", "texts-destroyed", "clear")
    assert (first.alert, first.prev, first.n, second.prev) == (ALERT, last.hash, last.n + 1, first.hash)
    assert not first.revision
    assert len(of(Alert, out)) == len(of(Alert, judged(ended)))


@pytest.mark.parametrize("kind", ["personal.accepted", "personal.destroyed"])
def test_a_log_never_opened_knows_no_such_kind(kind: str) -> None:
    """There it is an unknown type as ever."""
    told = Fold(BOOK, TOPIC, 0).run(records([registered(), personal(kind, "x", {})]))
    assert [each.reason for each in of(Quality, told)] == ["unknown-type"]


def test_restarted_at_every_offset_it_is_the_same() -> None:
    """Outputs after a restart at any record are those of a run without one, byte for byte."""
    log = KeptLog()
    said = [log.accepted("personal.forget"), log.destroyed()]
    values = [*log.begun(), *said, log.tick(START + HOUR), clean(START + HOUR, o3=100), *said, log.accepted("personal.forget")]
    wanted = [encode(each) for each in judged(values)]
    for at in range(len(log.start), len(values) + 1):
        one, two = fold(), fold()
        begun = one.run(records(values[:at]))
        two.restore(one.snapshot())
        assert [encode(each) for each in (*begun, *two.run(records(values[at:], at)))] == wanted, at


def test_incidents_that_people_put_together_tell_it_once() -> None:
    """The reasons of merges and splits are a city's family: its open incidents with notes tell it, others do not."""
    log = KeptLog()
    alerts = [event for _, event in revisions(judged([*log.begun()[:-2], clean(START, o3=230, no2=260)]))]
    fed = [*log.start, log.tick(START), *(log.written(each, WORKER, INCIDENTS) for each in alerts)]

    def group(values: list[bytes]) -> list[Any]:
        return list(Incidents(GROUPING, "live.events.incidents", 0, verify=VERIFY).run(records(values)))

    incident = of(Incident, group(fed))[-1]
    order = {"to": INCIDENTS, "subject": incident.city}
    assert group([*fed, log.accepted("personal.forget", **order)]) == group(fed)
    split = Regroup(incident=incident.id, actor=SUPERVISOR, reason="另案", alerts=incident.members[:1])
    event = event_bytes(type="command.split", source="t", id="s", time=format_time(START), subject=incident.city, data=split)
    noted = [*fed, log.written(event, SCREEN, INCIDENTS), log.tick(START + MINUTE)]
    out = group([*noted, log.accepted("personal.forget", **order), log.accepted("personal.forget", **order)])
    assert [each.event for each in of(IncidentAudit, out)][-2:] == ["forget-ordered"] * 2
    assert len(out) == len(group(noted)) + 4
    assert of(Quality, out) == []
