"""A fact that is entered by hand, and what is decided on it."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from streams.entry.drafts import fact_id, topic_of_fact
from streams.entry.log import Span, Stamped
from streams.messages import Actor, Place, decode, decode_event
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryRecord
from tests.support.signer.room import ListLog

ENTRY = "0" * 32
LU, FU, AMR = (
    Actor(id=name, role="handler", department=of) for name, of in (("lu", "zz-ee"), ("fu", "zz-ee"), ("m", "zz-amr"))
)
DATA = {"emergency": "E1", "step": "occurred", "what": "储罐泄漏"}
AT = "2026-06-01T09:00:00+08:00"


def draft(by: Actor = LU, data: Any = None, **more: Any) -> EntryDraft:
    """What Lu has entered: an emergency at a station."""
    of: dict[str, Any] = {
        "type": "environment.emergency",
        "subject": "s1",
        "time": "2026-06-01T08:00:00+08:00",
        "note": "台账",
    }
    raw = Raw(msgspec.json.encode(DATA if data is None else data))
    return EntryDraft(entry=ENTRY, at=AT, by=by, data=raw, **(of | more))


def decided(outcome: Any, by: Actor = FU, **more: Any) -> EntryDecision:
    """What somebody decides on it."""
    return EntryDecision(entry=ENTRY, at="2026-06-01T10:00:00+08:00", by=by, outcome=outcome, **more)


class ListedEntries:
    """What a list of records has of entries, as `EntryLog` reads it; each record has the time at which it is first read."""

    def __init__(self, log: ListLog, read: Callable[[bytes], Any] = lambda value: decode(value, EntryRecord)) -> None:  # type: ignore[arg-type]
        self._log, self._read = log, read
        self._at: list[float] = []

    def pass_by(self, ms: float) -> None:
        """Let all that stands be older by so many milliseconds."""
        self._at = [at - ms for at in self._stamps()]

    def records(self, entry: str) -> list[Stamped]:
        """As `EntryLog`."""
        return [
            Stamped(self._read(value), int(at), Place(topic, 0, n))
            for n, (at, (topic, key, value)) in enumerate(zip(self._stamps(), self._log.written, strict=True))
            if (topic, key) == ("t.entries", entry)
        ]

    def fact(self, draft: EntryDraft, spans: Sequence[Span]) -> Place | None:
        """As `EntryLog`."""
        for n, (at, (topic, _, value)) in enumerate(zip(self._stamps(), self._log.written, strict=True)):
            mine = topic == f"t.{topic_of_fact(draft)}" and decode_event(value).id == fact_id(draft.entry)
            if mine and any(since <= at < until for since, until in spans):
                return Place(topic, 0, n)
        return None

    def _stamps(self) -> list[float]:
        new = len(self._log.written) - len(self._at)
        self._at += [time.time() * 1_000] * new
        return self._at
