"""What the notifier says in the log: an entry of the alert's trail and nothing else, in every state and after its end."""

from itertools import chain

import pytest
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.alerts.decide import KEPT_ACTS
from agents.core.alerts.fold import Fold
from streams.messages import HOUR, Act, Actor, Alert, Audit, State
from tests.support.books import the_book
from tests.support.events import START, SUPERVISOR, act, clean, records, registered, tick
from tests.support.pure.alarm import CAUSE, in_state

BOOK = the_book()
NOTIFIER = Actor(id="notifier", name="通知服务", role="notifier")
TOPIC = "t.events.environment"


def told(alert: str, number: int = 1, occurrence: int = 1, role: str = "notifier") -> bytes:
    """A command of the notifier."""
    actor = replace(NOTIFIER, role=role)
    reason = f"raised: sent to desk-{number}"
    return act(alert, occurrence, "notify", actor=actor, reason=reason, id=f"n{number}")


def ozone(out: list[object]) -> list[Alert]:
    """The revisions of the ozone alert."""
    return [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]


def raised() -> tuple[Fold, Alert, list[bytes]]:
    """A fold in which ozone stands above its limit, its alert, and the log so far."""
    fold, log = Fold(BOOK, TOPIC, 0), [registered(), tick(START), clean(START, o3=230)]
    return fold, ozone(list(fold.run(records(log))))[-1], log


@pytest.mark.parametrize("state", ["B", "C", "D", "C-latched", "D-latched", "E", "F", "G"])
def test_it_is_accepted_in_every_state_and_changes_only_the_trail(state: State) -> None:
    """State, note, signatures and verbs stay; the trail has who and what, also for another occurrence than the present one."""
    before = in_state(state)
    given = Act(alert=before.id, occurrence=7, actor=NOTIFIER, reason="raised: sent to desk")
    after, entry = alarm.acted(before, "notify", given, CAUSE)
    assert (entry.event, entry.verb, entry.before, entry.after, entry.actor) == ("notify", "notify", state, state, NOTIFIER)
    assert entry.reason == "raised: sent to desk"
    assert replace(after, rev=before.rev, place=before.place, audit=before.audit, head=before.head) == before


def test_nobody_sees_it_as_something_to_do() -> None:
    """It is among the verbs of no state, and a supervisor who tries it is refused."""
    assert not [state for state, verbs in alarm.VERBS.items() if "notify" in verbs]
    refused, entry = alarm.acted(in_state("B"), "notify", Act(alert="", occurrence=1, actor=SUPERVISOR, reason="x"), CAUSE)
    assert (refused.state, entry.event) == ("B", "refuse")
    assert "supervisor" in entry.reason


def test_the_trail_goes_on_after_the_end() -> None:
    """An alert that was acknowledged and cleared is over (state A); its trail takes the notice and refuses a person."""
    fold, alert, log = raised()
    more = [act(alert.id), tick(START + HOUR), clean(START + HOUR), told(alert.id), act(alert.id, id="late")]
    out = fold.run(records(more, start=len(log)))
    trail = [each for each in out if isinstance(each, Audit) and each.alert == alert.id]
    assert [(each.event, each.before, each.after) for each in trail] == [
        ("acknowledge", "B", "C"),
        ("clear", "C", "A"),
        ("notify", "A", "A"),
        ("refuse", "A", "A"),
    ]
    assert [each.n for each in trail] == [2, 3, 4, 5]
    assert [each.prev for each in trail[1:]] == [each.hash for each in trail[:-1]]
    assert trail[2].reason == "raised: sent to desk-1"


def test_someone_else_is_refused_after_the_end() -> None:
    """A role that may not notify is refused there too."""
    fold, alert, log = raised()
    more = [act(alert.id), tick(START + HOUR), clean(START + HOUR), told(alert.id, role="supervisor")]
    out = fold.run(records(more, start=len(log)))
    assert [each.event for each in out if isinstance(each, Audit)][-1] == "refuse"


def test_a_second_copy_changes_nothing_and_many_notices_push_no_persons_act_out() -> None:
    """The same command twice is one entry; after more notices than are remembered a copy of a person's act is still known."""
    fold, alert, log = raised()
    many = [told(alert.id, n) for n in range(KEPT_ACTS + 4)]
    out = fold.run(records([act(alert.id), *many, many[-1], act(alert.id)], start=len(log)))
    entries = [each for each in out if isinstance(each, Audit)]
    assert [each.event for each in entries] == ["acknowledge", *["notify"] * len(many)]


def test_a_checkpoint_anywhere_gives_the_same() -> None:
    """Cut and restored at any record, the log gives the same alerts and the same trail."""
    _, alert, log = raised()
    log = [*log, told(alert.id), act(alert.id), told(alert.id, 2), tick(START + HOUR), clean(START + HOUR), told(alert.id, 3)]
    log += [told(alert.id), told(alert.id, 3)]
    whole = Fold(BOOK, TOPIC, 0).run(records(log))
    for cut in range(len(log)):
        first, second = Fold(BOOK, TOPIC, 0), Fold(BOOK, TOPIC, 0)
        begun = first.run(records(log[:cut]))
        second.restore(first.snapshot())
        assert list(chain(begun, second.run(records(log[cut:], start=cut)))) == whole
    assert whole[0].id == alert.id
