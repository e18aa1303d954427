"""The stages over the events of a plain file, which has no topics: which line is whose, and what feeds whom."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from agents.core.signs.feed import SIGNS
from agents.core.stage import Stage
from agents.stages import STAGES, Basis, StageKind, fold_of
from streams.catalogue import domains
from streams.messages import COMMAND, Act, DecodeError, Event, decode_event
from streams.outputs import Output
from streams.signing.kinds import EVERYWHERE, matches
from streams.topics import events_topic, hears

FILE_LOG = "file"
"""The log's name of events that come from a plain file: one partition, the offset is the line (from 0)."""


class _Head(msgspec.Struct):
    type: str = ""
    subject: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


_head = msgspec.json.Decoder(_Head)
_act = msgspec.json.Decoder(Act)


class FileStages:
    """The stages of a file: `folds` for the facts, one a domain, by its name; `beyond` the others, by their input's.

    The type of a line tells whose it is; what goes everywhere in a log is every stage's, an act on an alert its whose subject
    has the alert. What one stage feeds to another is read by that right after it: it was made here, so that no signature is
    asked of it. A domain reads it at the line that caused it; the other stages, and the domain of signs, count what they read.
    """

    def __init__(self, basis: Basis) -> None:
        self.folds = {name: fold_of(basis, events_topic(FILE_LOG, name), 0, keyed=False) for name in domains()}
        self.beyond: dict[str, tuple[StageKind, Stage]] = {}
        self._acts: dict[str, str] = {}
        for kind in STAGES[1:]:
            for name in kind.inputs():
                if stage := kind.make(basis, events_topic(FILE_LOG, name), 0, False):
                    self.beyond[name] = kind, stage
                    self._acts |= dict.fromkeys(kind.commands or (), name)
        there = {*self.folds, *self.beyond}
        self._feeds = {kind.name: [(name, feed) for name, feed in kind.feeds.items() if name in there] for kind in STAGES}

    def take(self, line: int, value: bytes) -> list[Output]:
        """Judge one line of this number; nearly every one is a fact that tells nothing, so that nobody has anything to read."""
        value = value.rstrip(b"\r\n")
        head: Event | _Head
        try:
            head = event = decode_event(value)
        except (DecodeError, RecursionError):
            head = _read(value)
        else:
            domain = event.type.partition(".")[0]
            if domain in self.folds:
                judged = self._run(domain, line, value, lambda _: event)
                return self._fed(line, [judged]) if judged[1] else []
        given = [self._run(name, line, value) for name in self._whose(head)]
        return self._fed(line, given) if any(told for _, told in given) else []

    def _fed(self, line: int, given: list[tuple[StageKind, Sequence[Output]]]) -> list[Output]:
        """What stages have told, then what others make of that, in the order in which they read it."""
        out = [output for _, told in given for output in told]
        waiting = deque(given)
        while waiting:
            kind, told = waiting.popleft()
            for name, feed in self._feeds[kind.name]:
                for _, event in feed(told):
                    waiting.append(self._run(name, line, event))
                    out += waiting[-1][1]
        return out

    def _run(
        self, name: str, line: int, value: bytes, decode: Callable[[bytes], Event] = decode_event
    ) -> tuple[StageKind, Sequence[Output]]:
        if fold := self.folds.get(name):
            if name != SIGNS:
                fold.position = line  # what a line has caused stands at that line too
            return STAGES[0], fold.run([(fold.position, None, value)], decode)
        kind, stage = self.beyond[name]
        return kind, stage.run([(stage.position, None, value)])

    def _whose(self, head: Event | _Head) -> Iterable[str]:
        """The inputs of the stages that a line concerns."""
        domain = head.type.partition(".")[0]
        if domain in self.folds:
            return (domain,)
        if matches(EVERYWHERE, head.type):
            return [name for name in (*self.folds, *self.beyond) if hears(name, head.type)]
        if name := self._acts.get(head.type):
            return (name,)
        if head.type.startswith(COMMAND):
            return (self._acted(head),)
        return (next(iter(self.folds)),)

    def _acted(self, head: Event | _Head) -> str:
        """The domain whose subject has the alert of an act; the first where none has."""
        try:
            act = _act.decode(head.data)
        except msgspec.DecodeError:
            return next(iter(self.folds))
        return next((name for name, fold in self.folds.items() if fold.has(head.subject, act)), next(iter(self.folds)))


def _read(line: bytes) -> _Head:
    try:
        return _head.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Head()
