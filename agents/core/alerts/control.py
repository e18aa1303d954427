"""What changes a partition without being a fact: ticks, acts of people, notices of holidays, the adoption of a rule book."""

import msgspec

from agents.core import intake
from agents.core.alerts.adopt import switched
from agents.core.alerts.decide import Command, Output, Renewal, Wake
from agents.core.alerts.partition import PartitionState
from agents.core.intake import Refused, bad_data
from agents.core.rules.book import BookError
from streams.calendar.holidays import Notice
from streams.messages import ADOPTED, COMMAND, NEVER, NOTICE, RESUMED, TICK, Act, Adoption, Event

NO_NOTICE = (
    "the notice does not fit the calendar: its spans lie in its year, and make-up days are Saturdays and Sundays not off"
)
NO_BOOK = (
    "the rule book that it names is not in the log's topic `books`, or cannot be used: python -m agents rules adopt writes one"
)


def take(state: PartitionState, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
    """Let an event that is no fact do what it does; Refused where nothing is known of its type."""
    if event.type == TICK:
        at = state.time(event.time)
        intake.check_tick(at, state.now, bounded=state.bounded)
        _tick(state, at, offset, value, out)
    elif event.type == RESUMED:
        at = state.time(event.time)
        intake.check_resumed(event, at, state.now, bounded=state.bounded)
        state.bounded = True
        _tick(state, at, offset, value, out)
    elif event.type == NOTICE:
        _notice(state, event, offset, value, out)
    elif event.type == ADOPTED:
        _adopt(state, event, offset, key, value, out)
    elif event.type.startswith(COMMAND):
        _command(state, event, offset, key, value, out)
    else:
        raise Refused("unknown-type", "no kind of fact, tick or act is called so", "$.type")


def _tick(state: PartitionState, now: int, offset: int, value: bytes, out: list[Output]) -> None:
    if state.now is not None and now <= state.now:
        return
    if now >= state.day.ends:
        state.end_day(now, out)
    state.now = now
    wake = Wake(state.cause(offset, value, now))
    for entry in state.memory.due(now):
        state.memory.at_hand(entry, state.book).due = NEVER
        state.decide(entry, wake, out)


def _command(state: PartitionState, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
    at = state.time(event.time)
    try:
        act = msgspec.json.decode(event.data, type=Act)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    state.check_key(event.subject, key)
    entry = state.memory.entries.get(event.subject)
    if entry is None or not state.has(event.subject, act):
        name = "alert" if act.alert else "alarm"
        raise Refused("unknown-alert", f"its subject has no such {name}", f"$.data.{name}")
    cause = state.cause(offset, value, at)
    state.decide(entry, Command(event.type.removeprefix(COMMAND), intake.identity(event), act, cause), out)


def _notice(state: PartitionState, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
    """Take up the holidays of a notice and reckon every deadline anew; a second copy of a notice changes nothing."""
    at = state.time(event.time)
    try:
        notice = msgspec.json.decode(event.data, type=Notice)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    if notice in state.notices:
        return
    try:
        state.book = state.book.with_notice(notice)
    except ValueError:
        raise Refused("malformed-data", NO_NOTICE, "$.data") from None
    state.notices = (*state.notices, notice)
    state.memory.forget()
    cause = state.cause(offset, value, at)
    memory, book = state.memory, state.book
    for name in sorted(name for name, entry in memory.entries.items() if book.reckons(memory.looked_at(entry, book))):
        state.decide(memory.entries[name], Renewal(cause), out)


def _adopt(state: PartitionState, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
    """Judge by another rule book from here on; where it cannot be used, or is the same, by this one."""
    at = state.time(event.time)
    if state.keyed and key is not None:
        raise Refused("key-mismatch", "a rule book is adopted by a whole partition: its record has no key")
    try:
        adoption = msgspec.json.decode(event.data, type=Adoption)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    if adoption.book == state.adopted:
        return
    try:
        book = state.books(adoption.book)
    except BookError:
        raise Refused("unusable-book", NO_BOOK, "$.data.book") from None
    for notice in state.notices:
        book = book.with_notice(notice)
    cause = state.cause(offset, value, at)
    memory, before = state.memory, state.book
    to = switched(before, book, adoption, cause)
    concerned = sorted(
        name for name, entry in memory.entries.items() if to.concerns(memory.looked_at(entry, before), state.domain)
    )
    for name in concerned:
        memory.at_hand(
            memory.entries[name], before
        )  # by the book that judged it: the other one does not know all that it holds
    state.book, state.adopted = book, adoption.book
    memory.forget()
    for name in concerned:
        state.decide(memory.entries[name], to, out)
