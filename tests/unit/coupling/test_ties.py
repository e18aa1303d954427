"""Orders tie an alert, so that it cannot end before them; it lives on meanwhile, and copies of either event change nothing."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.alerts.feed import revisions_for_orders
from agents.core.alerts.fold import Fold
from agents.core.judge import Finding
from streams.messages import (
    HOUR,
    LINK,
    RELEASE,
    REVISED,
    Act,
    Alert,
    Audit,
    Link,
    Quality,
    State,
    decode,
    decode_event,
    event_bytes,
    format_time,
)
from streams.outputs import Output
from tests.support.events import START, STATION, act, clean, records, registered, tick
from tests.support.pure.alarm import BOOK, CAUSE, OZONE, at, bad, cased, desk, in_state, log_of, states
from tests.support.pure.case import OVER

ORDER, OTHER = "0f" * 16, "1e" * 16
ALERT = bad().id
STATES: tuple[State, ...] = ("A", "B", "C", "D", "C-latched", "D-latched", "E", "F", "G")


def link(alert: str = ALERT, occurrence: int = 1, order: str = ORDER, outcome: str = "") -> Link:
    """An alert of the station under an order."""
    number = f"GD-20260601-{order[:4]}"
    return Link(
        domain="environment",
        subject=STATION,
        alert=alert,
        occurrence=occurrence,
        order=order,
        number=number,
        outcome=outcome,
    )


def tie(kind: str = LINK, **changes: Any) -> bytes:
    """The event by which the stage of orders ties the alert of the station, or lets it go."""
    data = link(**changes)
    name = f"{data.order}/{data.alert}/{kind.removeprefix('order.')}"
    return event_bytes(type=kind, source="judge", id=name, time=format_time(START), subject=STATION, data=data)


def free(**changes: Any) -> bytes:
    """The order has come to its end."""
    return tie(RELEASE, **({"outcome": "done"} | changes))


def judged(*events: bytes, fold: Fold | None = None) -> list[Output]:
    """All that a station's events give."""
    by = fold or Fold(BOOK, "test.events.environment", 0)
    return list(by.run(records([registered(), tick(START), *events])))


def clear() -> list[bytes]:
    """The condition has returned to normal an hour later."""
    return [at(60), clean(START + HOUR)]


@pytest.mark.parametrize("state", STATES)
def test_a_tie_changes_no_alarm_and_stands_in_the_trail(state: State) -> None:
    """In each of the nine states a link and a release move nothing: the alert has the order, then has it no more."""
    before = in_state(state)
    done = alarm.tied(before, LINK, link(), CAUSE)
    assert done is not None
    tied, entry = done
    assert (tied.state, tied.active, tied.occurrence, tied.orders) == (state, before.active, 1, (ORDER,))
    assert (entry.event, entry.reason, entry.order) == ("link", "order GD-20260601-0f0f", ORDER)
    assert (tied.ended, "comment" in tied.verbs) == (False, True)
    assert alarm.tied(tied, LINK, link(), CAUSE) is None
    undone = alarm.tied(tied, RELEASE, link(outcome="transferred"), CAUSE)
    assert undone is not None
    let_go, entry = undone
    assert (let_go.state, let_go.orders, let_go.ended) == (state, UNSET, state == "A")
    assert (entry.event, entry.reason, entry.n) == ("release", "order GD-20260601-0f0f, transferred", tied.audit + 1)
    assert alarm.tied(let_go, RELEASE, link(), CAUSE) is None


def test_an_alert_with_an_order_ends_with_the_release() -> None:
    """Acknowledged and back to normal it is in A and stays; the order's end ends it."""
    _, alerts, trail = log_of(clean(START, o3=OZONE), tie(), act(ALERT), *clear())
    assert (alerts[-1].state, alerts[-1].ended, alerts[-1].verbs) == ("A", False, ("comment",))
    fold, alerts, trail = log_of(clean(START, o3=OZONE), tie(), act(ALERT), *clear(), free())
    assert (alerts[-1].state, alerts[-1].ended, alerts[-1].orders, alerts[-1].verbs) == ("A", True, UNSET, ())
    assert [each.event for each in trail] == ["raise", "link", "acknowledge", "clear", "release"]
    assert fold.subjects[STATION].alerts == {}


def test_a_release_of_a_standing_alert_lets_it_go_on() -> None:
    """The order is over, the condition is not: what ends the alert then is what ends any."""
    _, alerts, _ = log_of(clean(START, o3=OZONE), tie(), free())
    assert (alerts[-1].state, alerts[-1].ended, alerts[-1].orders) == ("B", False, UNSET)
    _, alerts, _ = log_of(clean(START, o3=OZONE), tie(), free(), act(ALERT), *clear())
    assert alerts[-1].ended


def test_case_and_order_each_hold_it() -> None:
    """Concluded but tied, or let go but not concluded, it goes on; both together end it, in either order."""
    conclude = desk(bad(), "conclude", finding="confirmed")
    begun = [clean(START, o3=OZONE), tie(), act(ALERT), *OVER]
    for last in ([conclude, free()], [free(), conclude]):
        fold = Fold(cased(), "test.events.environment", 0)
        alerts = [each for each in judged(*begun, *last, fold=fold) if isinstance(each, Alert) and each.id == ALERT]
        assert [each.ended for each in alerts[-2:]] == [False, True]
    fold = Fold(cased(), "test.events.environment", 0)
    alerts = [each for each in judged(*begun, conclude, fold=fold) if isinstance(each, Alert) and each.id == ALERT]
    assert alerts[-1].verbs == ("reopen", "comment")


def test_a_condition_that_comes_back_is_the_next_occurrence_of_the_tied_alert() -> None:
    """From A with an order it is raised again, row 1, and still tied; the alert is the same one."""
    back = [at(120), clean(START + 2 * HOUR, o3=OZONE)]
    _, alerts, trail = log_of(clean(START, o3=OZONE), tie(), act(ALERT), *clear(), *back)
    assert (alerts[-1].id, alerts[-1].state, alerts[-1].occurrence, alerts[-1].orders) == (ALERT, "B", 2, (ORDER,))
    assert (trail[-1].event, trail[-1].before, trail[-1].after) == ("raise", "A", "B")
    assert states(alerts)[-3:] == ["C", "A", "B"]


def test_a_concluded_case_begins_anew_with_the_next_occurrence() -> None:
    """A tied alert whose case was concluded has another case once its condition is true again."""
    done = replace(in_state("C"), orders=(ORDER,), case=alarm.case(START, 15 * 24 * HOUR))
    quiet, _ = alarm.found(done, Finding(active=False), "orange", CAUSE)
    concluded, _ = alarm.acted(quiet, "conclude", _concludes(), CAUSE)
    assert (concluded.state, concluded.ended) == ("A", False)
    again, _ = alarm.found(concluded, Finding(active=True, value=240), "orange", CAUSE)
    assert again.case is not None
    assert (again.state, again.occurrence, again.case.open, again.orders) == ("B", 2, True, (ORDER,))


def _concludes() -> Act:
    return msgspec.json.decode(decode_event(desk(bad(), "conclude", finding="confirmed")).data, type=Act)


def test_copies_change_nothing_whatever_came_between() -> None:
    """A crash of the stage of orders writes the last events again, in their order: not a byte comes of it."""
    log = [clean(START, o3=OZONE), tie(), tie(), free(), tie(), free(), act(ALERT), *clear(), tie(), free()]
    once = [clean(START, o3=OZONE), tie(), free(), act(ALERT), *clear()]
    alerts, trail = log_of(*log)[1:]
    assert [each.event for each in trail] == [each.event for each in log_of(*once)[2]]
    assert alerts[-1].ended
    assert not [each for each in judged(*log) if isinstance(each, Quality)]


def test_copies_after_a_restart_change_nothing() -> None:
    """The same from a checkpoint taken after every event, with the subject at rest in between."""
    events = [clean(START, o3=OZONE), tie(), free(), tie(), free(), act(ALERT), *clear(), tie()]
    log = list(records([registered(), tick(START), *events]))
    whole = Fold(BOOK, "test.events.environment", 0).run(log)
    found: list[Output] = []
    kept: dict[bytes, bytes | None] = {}
    for n in range(len(log)):
        by = Fold(BOOK, "test.events.environment", 0)
        by.restore(kept.items())
        found += by.run(log[: n + 1])
        kept |= dict(by.snapshot())
    assert found == whole
    again = Fold(BOOK, "test.events.environment", 0)
    rested: list[Output] = []
    for each in log:
        rested += again.run([each])
        for _ in range(3):
            again.snapshot()
    assert again.evicted == 1
    assert rested == whole


def test_of_an_ended_alert_the_trail_says_so() -> None:
    """A link that comes too late is refused in the trail, which goes on; its release is silent: nothing was tied."""
    ended = [clean(START, o3=OZONE), act(ALERT), *clear()]
    _, alerts, trail = log_of(*ended, tie(), tie(), free())
    assert alerts[-1].ended
    late = trail[-1]
    assert (late.event, late.verb, late.order, late.prev) == ("refuse", "link", ORDER, trail[-2].hash)
    assert late.reason == "order GD-20260601-0f0f: the alert has ended"
    assert [each.event for each in trail] == ["raise", "acknowledge", "clear", "refuse"]


@pytest.mark.parametrize("kind", [LINK, RELEASE])
def test_of_an_unknown_alert_a_quality_record_tells(kind: str) -> None:
    """Nothing is raised, nothing tied: whoever wrote it is told."""
    (told,) = [each for each in judged(tie(kind, alert="ab" * 16)) if isinstance(each, Quality)]
    assert (told.reason, told.type, told.field) == ("unknown-alert", kind, "$.data.alert")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "$.data.domain"),
        ("x", "$.data"),
        (link(order=""), "$.data.order"),
        (replace(link(), subject="other"), "$.data.subject"),
    ],
)
def test_a_link_that_is_none_is_refused(data: object, field: str) -> None:
    """Without its fields, without an order, or about another subject."""
    value = event_bytes(type=LINK, source="judge", id="1", time=format_time(START), subject=STATION, data=data)
    (told,) = [each for each in judged(clean(START, o3=OZONE), value) if isinstance(each, Quality)]
    assert (told.reason, told.field) == ("malformed-data", field)


def test_the_occurrence_that_the_order_was_sent_about() -> None:
    """An earlier one than the alert's ties it and says so; one that there has not been yet is refused in the trail."""
    _, alerts, trail = log_of(clean(START, o3=OZONE), tie(occurrence=2))
    assert (alerts[-1].orders, trail[-1].event, trail[-1].order) == (UNSET, "refuse", ORDER)
    assert trail[-1].reason == "order GD-20260601-0f0f is about occurrence 2, the alert is at occurrence 1"
    again = [clean(START, o3=OZONE), act(ALERT), *OVER, at(120), clean(START + 2 * HOUR, o3=OZONE)]
    fold = Fold(cased(), "test.events.environment", 0)
    out = judged(*again, tie(), fold=fold)
    alert = [each for each in out if isinstance(each, Alert) and each.id == ALERT][-1]
    entry = [each for each in out if isinstance(each, Audit) and each.alert == ALERT][-1]
    assert (alert.occurrence, alert.orders, entry.event) == (2, (ORDER,), "link")
    assert entry.reason == "order GD-20260601-0f0f, sent about occurrence 1"


def test_two_orders_each_hold_it() -> None:
    """The alert ends with the last of them."""
    tail = [act(ALERT), *clear(), free()]
    _, alerts, _ = log_of(clean(START, o3=OZONE), tie(), tie(order=OTHER), *tail)
    assert (alerts[-1].state, alerts[-1].orders, alerts[-1].ended) == ("A", (OTHER,), False)
    _, alerts, _ = log_of(clean(START, o3=OZONE), tie(), tie(order=OTHER), *tail, free(order=OTHER))
    assert alerts[-1].ended


def test_without_orders_the_bytes_say_nothing_of_them() -> None:
    """Alerts, trails and checkpoints of logs without orders are as they were."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = judged(clean(START, o3=OZONE), act(ALERT), fold=fold)
    for each in out:
        if isinstance(each, Alert | Audit):
            assert not {"orders", "verified", "order"} & msgspec.json.decode(msgspec.json.encode(each)).keys()
    assert all(b"ties" not in (value or b"") for _, value in fold.snapshot())


def fed(out: Iterable[Output]) -> list[tuple[str, str, str, int]]:
    """Key, id, state and number of the newest entry of each revision that orders are fed with."""
    found = []
    for key, value in revisions_for_orders(out):
        event = decode_event(value)
        assert (event.type, event.subject) == (REVISED, key.decode())
        alert = decode(bytes(event.data), Alert)
        found.append((event.subject, event.id, alert.state, alert.audit))
    return found


def test_each_order_hears_of_its_alert_from_link_to_release() -> None:
    """Every revision with an entry in the trail, once for each order; after the release nothing more."""
    before = [clean(START, o3=OZONE)]
    log = [tie(), tie(order=OTHER), act(ALERT), free(), *clear()]
    assert fed(judged(*before)) == []
    wanted = [
        (ORDER, "B", 2),
        (ORDER, "B", 3),
        (OTHER, "B", 3),
        (ORDER, "C", 4),
        (OTHER, "C", 4),
        (OTHER, "C", 5),
        (ORDER, "C", 5),
        (OTHER, "A", 6),
    ]
    assert fed(judged(*before, *log)) == [(order, f"{ALERT}/{n}", state, n) for order, state, n in wanted]


def test_a_refused_link_is_heard_by_its_order_alone() -> None:
    """So that an order does not wait for an alert that is not tied to it."""
    out = judged(clean(START, o3=OZONE), tie(occurrence=7))
    assert fed(out) == [(ORDER, f"{ALERT}/2", "B", 2)]
