"""What is decided on a draft, in an order that holds wherever a process ends: a fact stands once, or not at all.

Confirming is three records: that it is being confirmed, the fact, that it is confirmed with the fact's place. Whoever finds the
first alone looks in the log whether the fact stands.
"""

from collections.abc import Callable, Sequence
from time import monotonic, time
from typing import NamedTuple, Protocol

from kafka.errors import KafkaError
from msgspec.structs import replace

from screen.web.json_response import RefusedError
from streams.command import Trouble
from streams.entry.drafts import Entry, draft_fault, entries, entry_refusal, fact_bytes, fact_id, topic_of_fact
from streams.entry.log import Span, Stamped
from streams.messages import MINUTE, Place
from streams.messages.services.entry import EntryDecision, EntryDraft
from streams.topics import topic_name

WRITTEN_WITHIN = 5.0
"""Seconds after its `confirming` within which a fact is sent, else it is not."""

SETTLED = 20_000
"""Milliseconds after which a `confirming` brings no fact any more: WRITTEN_WITHIN, thrice 4 s to connect and send, a rest."""

APART = MINUTE
"""How far (ms) the clocks of a cluster's brokers may stand apart. A choice."""


class EntryRecords(Protocol):
    """What is read of a log: `EntryLog`."""

    def records(self, entry: str, /) -> list[Stamped]:
        """The records of an entry in the log's order."""

    def fact(self, draft: EntryDraft, spans: Sequence[Span], /) -> Place | None:
        """Where the fact of a draft stands, of those that Kafka got within these times."""


class Once(Protocol):
    """What writes into Kafka, each once: `ActLog`."""

    def place(self, name: str, /) -> Place | None:
        """Where what has this name stands, where it is remembered."""

    def once(self, name: str, topic: str, key: str, value: Callable[[], bytes], /) -> Place:
        """Write it where it was not yet; `value` is asked right before."""


class EntryWriter(NamedTuple):
    """How it is written: into which log, of a subject in which district; how a decision is, and what is signed of a fact.

    `value`: the record's bytes, of the fact's own and the topic below the log's name.
    """

    acts: Once
    log: str
    region: str
    decided: Callable[[EntryDraft, EntryDecision], Place]
    value: Callable[[bytes, str], bytes] = lambda fact, _to: fact


def decide(log: EntryRecords, writer: EntryWriter, decision: EntryDecision, now: Callable[[], float] = time) -> Place:
    """Write what a person decides on a draft; the fact's place where it is confirmed. RefusedError says why not.

    `now`: the time in seconds, near the broker's.
    """
    try:
        return _decided(log, writer, decision, now)
    except (KafkaError, Trouble) as error:
        raise RefusedError(503, f"the log does not say how this entry stands, so nothing was done: {error}") from None


def _decided(log: EntryRecords, writer: EntryWriter, decision: EntryDecision, now: Callable[[], float]) -> Place:
    entry, attempts = _standing(log, decision.entry)
    draft, done = entry.draft, entry.decision
    if done and done.outcome == decision.outcome == "confirmed" and done.by.id == decision.by.id and done.place:
        return done.place
    decision = replace(decision, looked=0 if decision.outcome == "confirmed" else len(attempts))
    if why := entry_refusal({decision.entry: entry}, decision):
        raise RefusedError(409, why)
    fact = _fact(log, writer, draft, attempts)
    if fact is not None and decision.outcome != "confirmed":
        raise RefusedError(409, f"its fact stands at {fact.topic}/{fact.partition}/{fact.offset}: confirm it, then correct it")
    if fact is not None:
        writer.decided(draft, replace(decision, place=fact))
        return fact
    if attempts and now() * 1000 < attempts[-1].at + SETTLED:
        raise RefusedError(409, f"it is being confirmed: try again in {SETTLED // 1000} s")
    if decision.outcome != "confirmed":
        return writer.decided(draft, decision)
    return _confirmed(log, writer, draft, decision, len(attempts))


def _confirmed(log: EntryRecords, writer: EntryWriter, draft: EntryDraft, decision: EntryDecision, before: int) -> Place:
    """Say that it is being confirmed, where nobody else said so since; then the fact, then that it is confirmed."""
    if why := draft_fault(draft):
        raise RefusedError(409, why)
    began = monotonic()
    place = writer.decided(draft, replace(decision, outcome="confirming"))
    entry, attempts = _standing(log, decision.entry)
    if entry.decision is not None or [each.place for each in attempts[before:]][:1] != [place]:
        raise RefusedError(409, f"draft {decision.entry} is {entry.state}, by somebody else")

    def in_time() -> bytes:
        if monotonic() > began + WRITTEN_WITHIN:
            raise RefusedError(503, f"it took too long, so nothing was confirmed: try again in {SETTLED // 1000} s")

        return writer.value(fact_bytes(draft, decision.by, writer.region), to)

    to = topic_of_fact(draft)
    fact = writer.acts.once(fact_id(draft.entry), topic_name(writer.log, to), draft.subject, in_time)
    writer.decided(draft, replace(decision, place=fact))
    return fact


def _standing(log: EntryRecords, name: str) -> tuple[Entry, list[Stamped]]:
    """An entry, and the records that it was being confirmed."""
    records = log.records(name)
    entry = entries(each.record for each in records).get(name)
    if entry is None:
        raise RefusedError(409, f"there is no draft {name!r}")
    return entry, [each for each in records if each.record in entry.confirming]


def _fact(log: EntryRecords, writer: EntryWriter, draft: EntryDraft, attempts: Sequence[Stamped]) -> Place | None:
    if not attempts:
        return None
    spans = [(each.at - APART, each.at + SETTLED + APART) for each in attempts]
    return writer.acts.place(fact_id(draft.entry)) or log.fact(draft, spans)
