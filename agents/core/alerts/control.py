"""What changes a partition without being a measurement, and what is verified before it does.

Ticks, acts of people, orders that tie an alert or let it go, notices of holidays, the adoption of a rule book, what the roots
of the log say, and the keeper of people's texts; and of facts that are stated whether they may be judged.
"""

from functools import partial

import msgspec
from msgspec import UNSET

from agents.core import intake
from agents.core.alerts.adopt import switched
from agents.core.alerts.alarm import Cause
from agents.core.alerts.coupling.correction import correct, corrected_in
from agents.core.alerts.coupling.entered import plan_of_entered
from agents.core.alerts.coupling.tie import link_of, tie
from agents.core.alerts.decide import KEPT_ACTS, Command, Output, Renewal, knows, wake
from agents.core.alerts.entry import Entry
from agents.core.alerts.partition import PartitionState
from agents.core.alerts.remark import doubt, doubted_acts, remark
from agents.core.alerts.state import Subject
from agents.core.intake import Refused, bad_data
from agents.core.personal import KINDS, remark_of
from agents.core.rules.book import BookError, Plan
from agents.core.trusted import Admitted, content_of, doubts
from streams.calendar.holidays import Notice
from streams.messages import (
    ADOPTED,
    COMMAND,
    CORRECTED,
    LINK,
    NEVER,
    NOTICE,
    RELEASE,
    RESUMED,
    SIGN_FACTS,
    TICK,
    Act,
    Adoption,
    DecodeError,
    Event,
    Place,
    TextAdoption,
    decode_event,
)
from streams.messages.services.entry import ENTERED
from streams.signing.envelope import Envelope
from streams.signing.kinds import SERIES, matches
from streams.signing.state import Trust
from streams.signing.ticks import CHAIN

_TIMES = frozenset({TICK, RESUMED})
TIED = frozenset({LINK, RELEASE})

NO_NOTICE = (
    "the notice does not fit the calendar: its spans lie in its year, and make-up days are Saturdays and Sundays not off"
)
NO_BOOK = (
    "the rule book that it names is not in the log's topic `books`, or cannot be used: python -m agents rules adopt writes one"
)


def take(  # noqa: C901, PLR0912 - a table of what there is
    state: PartitionState, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]
) -> Plan | None:
    """Let an event that is no measurement do what it does; Refused where nothing is known of its type.

    Where a log was opened it is verified first. A fact that may be judged now is left to the caller: its plan is given.
    """
    if event.type == TICK and state.trusted.believes_ticks:
        _tell_time(state, event, offset, value, out, verified=False)
        return None
    if event.type in TIED and not state.keyed:  # in a plain file they are made where it is judged, and signed by nobody
        _tie(state, event, offset, key, value, Admitted(), out)
        return None
    plan, before = state.book.plans.get(event.type), state.trust
    made_here = event.type in SIGN_FACTS and not state.keyed
    measured = plan is not None and (plan.measured or made_here)
    admitted = state.trusted.admit(event, (offset, key, value), state.now, partial(_remembered, state), measured=measured)
    if admitted is None or plan is not None:
        return plan if admitted else None
    if admitted.verified and matches(SERIES, event.type):
        _series(state, before, event, offset, value, out)
    elif event.type in _TIMES:
        _tell_time(state, event, offset, value, out, verified=admitted.verified)
    elif event.type == NOTICE:
        _notice(state, event, offset, value, out)
    elif event.type == ADOPTED:
        _adopt(state, event, offset, key, value, out)
    elif event.type.startswith(COMMAND):
        _command(state, event, offset, key, value, admitted, out)
    elif event.type == f"{state.domain}{CORRECTED}":
        _correct(state, event, offset, key, value, admitted, out)
    elif event.type == f"{state.domain}{ENTERED}":
        return _entered(state, event, key, admitted)
    elif event.type in TIED:
        _tie(state, event, offset, key, value, admitted, out)
    elif admitted.verified and event.type in KINDS:
        _personal(state, event, offset, value, admitted, out)
    elif not (admitted.verified and event.type == CHAIN):
        raise Refused("unknown-type", "no kind of fact, tick or act is called so", "$.type")
    return None


def adopted_by(state: PartitionState, offset: int, key: bytes | None, value: bytes) -> str | None:
    """The name of the rule book that a record adopts, where it would be taken as the next one; nothing changes."""
    if state.keyed and key is not None:
        return None
    try:
        event = decode_event(value)
        known = partial(_remembered, state)
        if event.type != ADOPTED or not state.trusted.would_admit(event, (offset, key, value), state.now, known):
            return None
        return _adoption(state, event, offset).name
    except (Refused, DecodeError, msgspec.DecodeError, RecursionError):
        return None


def _remembered(state: PartitionState, event: Envelope) -> str | None:
    """The digits that are remembered of an event's source and id, among the acts on its subject."""
    entry = state.memory.entries.get(event.subject)
    if entry is None:
        return None
    known = state.memory.looked_at(entry, state.book)
    acts = () if known.past is None else (*known.past.acts, *known.past.notified)
    ties = (mark for marks in (known.ties or {}).values() for mark in marks)
    return content_of((*acts, *(known.told or ()), *ties), intake.identity(event))


def _series(state: PartitionState, before: Trust, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
    """What the roots have said holds from here on; the acts of a key of which they think otherwise than before are doubted."""
    state.judge_by(state.book)
    found = doubts(before, state.trust)
    if not found:
        return
    cause, memory = state.cause(offset, value, state.time(event.time)), state.memory
    for name in sorted(memory.entries):
        entry = memory.entries[name]
        if entry.subject is None and not any(each.kid.encode() in entry.packed for each in found):
            continue
        if doubted_acts(memory.looked_at(entry, state.book), found):
            doubt(memory.at_hand(entry, state.book), found, cause, out)
            memory.touch(entry)


def _tell_time(state: PartitionState, event: Event, offset: int, value: bytes, out: list[Output], *, verified: bool) -> None:
    """Time goes on; where ticks are verified by these alone: after a gap it goes on with the next chain of them."""
    if verified and event.type == RESUMED:
        return
    at = state.time(event.time)
    if event.type == RESUMED:
        intake.check_resumed(event, at, state.now, bounded=state.bounded)
        state.bounded = True
    elif not verified:
        intake.check_tick(at, state.now, bounded=state.bounded)
    _tick(state, at, offset, value, out)


def _tick(state: PartitionState, now: int, offset: int, value: bytes, out: list[Output]) -> None:
    if state.now is not None and now <= state.now:
        return
    if now >= state.day.ends:
        state.end_day(now, out)
    state.now = now
    if state.memory.waits(now):
        cause = state.cause(offset, value, now)
        for entry in state.memory.due(now):
            _wake(state, entry, cause, out)
    out += state.counts.tick(now, out)


def _wake(state: PartitionState, entry: Entry, cause: Cause, out: list[Output]) -> None:
    memory = state.memory
    subject = entry.subject or memory.at_hand(entry, state.book)
    subject.due = NEVER
    wake(state.book, subject, memory.timed(entry, state.book), cause, out)
    if subject.held:
        entry.ways = {}
    memory.await_wake(subject, NEVER)
    memory.touch(entry)


def _command(
    state: PartitionState,
    event: Event,
    offset: int,
    key: bytes | None,
    value: bytes,
    admitted: Admitted,
    out: list[Output],
) -> None:
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
    cause = state.cause(offset, value, at, admitted.kid)
    verb = event.type.removeprefix(COMMAND)
    state.decide(entry, Command(verb, intake.identity(event), act, cause, admitted.content), out)


def _tie(
    state: PartitionState,
    event: Event,
    offset: int,
    key: bytes | None,
    value: bytes,
    admitted: Admitted,
    out: list[Output],
) -> None:
    """An order ties an alert, or lets it go."""
    at = state.time(event.time)
    state.check_key(event.subject, key)
    link = link_of(event)
    entry = state.memory.entries.get(event.subject)
    if entry is None or not state.memory.looked_at(entry, state.book).knows_alert(link.alert):
        raise Refused("unknown-alert", "its subject has no such alert, and none that ended lately", "$.data.alert")
    subject, cause = state.memory.at_hand(entry, state.book), state.cause(offset, value, at)
    tie(subject, event.type, link, intake.identity(event), admitted.content, cause, out)
    state.memory.touch(entry)


def _correct(
    state: PartitionState,
    event: Event,
    offset: int,
    key: bytes | None,
    value: bytes,
    admitted: Admitted,
    out: list[Output],
) -> None:
    """A fact is corrected; a second copy changes nothing."""
    state.time(event.time)
    state.check_key(event.subject, key)
    said, plan, at, data = corrected_in(event, state.book.plans, state.domain, Place(state.topic, state.partition, offset))
    if (found := _not_yet_told(state, event)) is None:
        return
    entry, subject = found
    due = subject.due
    left = correct(state.book, subject, plan, said, data, state.cause(offset, value, at, admitted.kid), out)
    if plan.type in state.counts.reads:
        state.counts.correct(plan.type, event.subject, subject.facts, data, at, said.corrects.offset)
    if left:
        state.refuse(Refused(intake.NOTHING_TO_JUDGE, left, "$.data.at"), offset, value, out)
    _tell(subject, event, admitted)
    state.memory.await_wake(subject, due)
    entry.ways = {}
    state.memory.changed_now(entry)


def _entered(state: PartitionState, event: Event, key: bytes | None, admitted: Admitted) -> Plan | None:
    """A fact that was entered by hand: what to do with it; None for a second copy."""
    state.time(event.time)
    state.check_key(event.subject, key)
    plan = plan_of_entered(event, state.book.plans, state.domain)
    if (found := _not_yet_told(state, event)) is None:
        return None
    entry, subject = found
    _tell(subject, event, admitted)
    state.memory.changed_now(entry)
    return plan


def _not_yet_told(state: PartitionState, event: Event) -> tuple[Entry, Subject] | None:
    """Whom a correction or an entered fact is about; None for a second copy, Refused where nobody knows the subject."""
    entry = state.memory.entries.get(event.subject)
    if entry is None:
        raise intake.unregistered()
    subject = state.memory.at_hand(entry, state.book)
    return None if knows(subject.told or [], intake.identity(event)) else (entry, subject)


def _tell(subject: Subject, event: Event, admitted: Admitted) -> None:
    """Remember such an event, by which a second copy is known."""
    known = [] if subject.told is UNSET else subject.told
    subject.told = [*known, f"{intake.identity(event)}{admitted.content}"][-KEPT_ACTS:]


def _personal(state: PartitionState, event: Event, offset: int, value: bytes, admitted: Admitted, out: list[Output]) -> None:
    """What the keeper says of a subject's texts stands in its trails; of a subject that nobody knows there are none."""
    said = remark_of(event)
    entry = state.memory.entries.get(event.subject)
    if entry is not None:
        mark = f"{intake.identity(event)}{admitted.content}"
        cause = state.cause(offset, value, state.time(event.time), admitted.kid)
        remark(state.memory.at_hand(entry, state.book), said, mark, cause, out)
        state.memory.touch(entry)


def _standing_cause(state: PartitionState, offset: int, value: bytes, at: int) -> Cause:
    """The cause of what takes effect where it stands in the log: its time is the partition's, whatever it says of itself.

    Else a rule book or a notice that is dated back would end alerts before they were raised.
    """
    return state.cause(offset, value, at if state.now is None else state.now)


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
        state.judge_by(state.book.with_notice(notice))
    except ValueError:
        raise Refused("malformed-data", NO_NOTICE, "$.data") from None
    state.notices = (*state.notices, notice)
    state.memory.forget()
    cause = _standing_cause(state, offset, value, at)
    memory, book = state.memory, state.book
    for name in sorted(name for name, entry in memory.entries.items() if book.reckons(memory.looked_at(entry, book))):
        state.decide(memory.entries[name], Renewal(cause), out)


def _adoption(state: PartitionState, event: Event, offset: int) -> Adoption:
    """What an event adopts; in an opened log it names the bytes of the text by the log's hash."""
    by = state.trusted.hash_at(offset)
    try:
        adoption = msgspec.json.decode(event.data, type=TextAdoption if by else Adoption)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    if isinstance(adoption, TextAdoption) and not adoption.digest.startswith(f"{by}:"):
        raise Refused("malformed-data", f"the digest of the text is by {by} in this log", "$.data.digest")
    if " " in adoption.book:
        raise Refused("unusable-book", NO_BOOK, "$.data.book")
    return adoption


def _adopt(state: PartitionState, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
    """Judge by another rule book from here on; where it cannot be used, or is the same, by this one."""
    at = state.time(event.time)
    if state.keyed and key is not None:
        raise Refused("key-mismatch", "a rule book is adopted by a whole partition: its record has no key")
    adoption = _adoption(state, event, offset)
    if adoption.name == state.adopted:
        return
    try:
        book = state.books(adoption.name)
    except BookError:
        raise Refused("unusable-book", NO_BOOK, "$.data.book") from None
    for notice in state.notices:
        book = book.with_notice(notice)
    cause = _standing_cause(state, offset, value, at)
    memory, before = state.memory, state.book
    to = switched(before, book, adoption, cause)
    concerned = sorted(
        name for name, entry in memory.entries.items() if to.concerns(memory.looked_at(entry, before), state.domain)
    )
    for name in concerned:
        memory.at_hand(
            memory.entries[name], before
        )  # by the book that judged it: the other one does not know all that it holds
    state.judge_by(book)
    state.adopted = adoption.name
    memory.forget()
    for name in concerned:
        state.decide(memory.entries[name], to, out)
