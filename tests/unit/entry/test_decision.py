"""A draft is decided in three steps; wherever the process ends, its fact stands once or not at all."""

from collections.abc import Callable
from itertools import count

import pytest
from msgspec.structs import replace

from screen.acts import entry_decision
from screen.acts.entry_decision import SETTLED, EntryWriter, decide
from screen.web.json_response import RefusedError
from streams.entry.drafts import entries
from streams.messages import Actor, Place, encode
from streams.messages.services.entry import EntryDecision, EntryDraft, decision_name
from tests.support.directory.entries import ENTRY, LU, ListedEntries, decided, draft
from tests.support.signer.room import ListLog

WANG = Actor(id="wang", role="handler", department="zz-ee")
CONFIRMED, RETURNED, WITHDRAWN = decided("confirmed"), decided("returned", reason="时间不符"), decided("withdrawn", LU)


class EndedError(BaseException):
    """The process ends here."""


class DecidingRoom:
    """A log that is a list, with one draft, and processes that decide on it one after the other."""

    def __init__(self) -> None:
        self.log = ListLog()
        self.log.written.append(("t.entries", ENTRY, encode(draft())))
        self.entries = ListedEntries(self.log)
        self.moments = count()

    def press(self, decision: EntryDecision, steps: int = 9, others: dict[int, EntryDecision] | None = None) -> Place:
        """Decide in a process of its own that ends before it writes the record `steps`.

        `others`: what somebody else decides, by the record that it comes before.
        """
        log = ListLog()
        log.written = self.log.written
        written, once = count(1), log.once

        def stopped(name: str, topic: str, key: str, value: Callable[[], bytes]) -> Place:
            number = next(written)
            if number == steps:
                raise EndedError
            if other := (others or {}).get(number):
                self.log.written.append(("t.entries", ENTRY, encode(other)))
            return once(name, topic, key, value)

        log.once = stopped  # type: ignore[method-assign]

        def decided(_: EntryDraft, record: EntryDecision) -> Place:
            return log.once(decision_name(record), "t.entries", ENTRY, lambda: encode(record))

        said = replace(decision, at=f"2026-06-01T10:00:{next(self.moments):02}+08:00")
        return decide(self.entries, EntryWriter(log, "t", "", decided), said)

    def refused(self, decision: EntryDecision) -> str:
        """Why a press is refused; nothing is written."""
        before = len(self.log.written)
        with pytest.raises(RefusedError) as error:
            self.press(decision)
        assert (error.value.status, len(self.log.written)) == (409, before)
        return str(error.value)

    @property
    def state(self) -> str:
        """How the entry stands for all that read the log."""
        return entries(each.record for each in self.entries.records(ENTRY))[ENTRY].state

    @property
    def facts(self) -> list[int]:
        """Where facts stand."""
        return [n for n, (topic, _, _) in enumerate(self.log.written) if topic == "t.events.environment"]


@pytest.fixture
def screen() -> DecidingRoom:
    """A log with a draft by Lu."""
    return DecidingRoom()


@pytest.mark.parametrize(("steps", "facts"), [(1, 0), (2, 0), (3, 1), (9, 1)])
def test_confirmed_again_it_stands_once(screen: DecidingRoom, steps: int, facts: int) -> None:
    """Killed before each of its three records, or after the last: it is confirmed again, and there is one fact."""
    if steps < 9:
        with pytest.raises(EndedError):
            screen.press(CONFIRMED, steps)
    else:
        screen.press(CONFIRMED)
    assert (len(screen.facts), screen.state) == (facts, {1: "waiting", 9: "confirmed"}.get(steps, "confirming"))
    screen.entries.pass_by(SETTLED)
    place = screen.press(CONFIRMED)
    assert (screen.facts, screen.state) == ([place.offset], "confirmed")
    last = screen.entries.records(ENTRY)[-1].record
    assert isinstance(last, EntryDecision)
    assert (last.outcome, last.place) == ("confirmed", place)


@pytest.mark.parametrize("other", [RETURNED, WITHDRAWN])
def test_what_stands_is_neither_returned_nor_taken_back(screen: DecidingRoom, other: EntryDecision) -> None:
    """Killed behind the fact: who would return it or take it back is told where it stands; whoever confirms completes it."""
    with pytest.raises(EndedError):
        screen.press(CONFIRMED, 3)
    screen.entries.pass_by(10 * SETTLED)
    assert "t.events.environment/0/2" in screen.refused(other)
    assert screen.press(replace(CONFIRMED, by=WANG)).offset == 2
    assert (screen.facts, screen.state) == ([2], "confirmed")


@pytest.mark.parametrize(("other", "state"), [(RETURNED, "returned"), (WITHDRAWN, "withdrawn")])
def test_what_does_not_stand_is(screen: DecidingRoom, other: EntryDecision, state: str) -> None:
    """Killed before the fact: at first it may still come, so nothing is decided; then it is looked for, and none is found."""
    with pytest.raises(EndedError):
        screen.press(CONFIRMED, 2)
    assert "try again" in screen.refused(other)
    assert "try again" in screen.refused(CONFIRMED)
    screen.entries.pass_by(SETTLED)
    screen.press(other)
    assert (screen.facts, screen.state) == ([], state)
    assert state in screen.refused(CONFIRMED)


def test_two_confirm_at_the_same_time(screen: DecidingRoom) -> None:
    """The first in the log writes the fact, the other is told; as is who confirms what was taken back a moment before."""
    with pytest.raises(RefusedError, match="by somebody else"):
        screen.press(CONFIRMED, others={1: decided("confirming", WANG)})
    assert screen.facts == []
    other = DecidingRoom()
    with pytest.raises(RefusedError, match="withdrawn"):
        other.press(CONFIRMED, others={1: WITHDRAWN})
    assert (other.facts, other.state) == ([], "withdrawn")


def test_taken_back_a_moment_later_it_is_confirmed_all_the_same(screen: DecidingRoom) -> None:
    """A record that does not say that it looked counts for nothing behind one that the fact is being written."""
    screen.press(CONFIRMED, others={2: WITHDRAWN})
    assert (len(screen.facts), screen.state) == (1, "confirmed")


def test_a_process_that_stood_still_writes_no_fact(screen: DecidingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind its time no fact is sent: whoever has looked for it meanwhile has looked for good."""
    moments = iter([0.0, 6.0])
    monkeypatch.setattr(entry_decision, "monotonic", lambda: next(moments))
    with pytest.raises(RefusedError, match="took too long"):
        screen.press(CONFIRMED)
    assert (screen.facts, screen.state) == ([], "confirming")
