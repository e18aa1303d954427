"""The stages over the events of a plain file, which has no topics: which line is whose, and what feeds whom."""

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from agents.core.alerts.fold import Fold
from agents.core.stage import Stage
from agents.stages import STAGES, Basis, StageKind, fold_of
from streams.catalogue import domains
from streams.messages import ADOPTED, COMMAND, NOTICE, RESUMED, TICK, Act
from streams.outputs import Output
from streams.signing.kinds import SERIES, matches
from streams.signing.ticks import CHAIN
from streams.topics import events_topic

FILE_LOG = "file"
"""The log's name of events that come from a plain file: one partition, the offset is the line (from 0)."""


class _Head(msgspec.Struct):
    type: str = ""
    subject: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


_head = msgspec.json.Decoder(_Head)
_act = msgspec.json.Decoder(Act)


class FileStages:
    """The stages of a file: `folds` for the facts, one a domain, by its name; `fed` the others, by their input's.

    The type of a line tells whose it is; ticks and what the roots say are everybody's, notices and adoptions every domain's, an
    act on an alert its whose subject has the alert. A stage that is fed reads what others give of a line right after it: that
    was made here, so that no signature is asked of it.
    """

    def __init__(self, basis: Basis) -> None:
        self.folds = {name: fold_of(basis, events_topic(FILE_LOG, name), 0, keyed=False) for name in domains()}
        self.fed: dict[str, tuple[StageKind, Stage]] = {}
        self._acts: dict[str, str] = {}
        for kind in STAGES[1:]:
            for name in kind.inputs():
                if stage := kind.make(basis, events_topic(FILE_LOG, name), 0, False):
                    self.fed[name] = kind, stage
                    self._acts |= dict.fromkeys(kind.commands or (), name)

    def take(self, offset: int, line: bytes) -> Iterator[Output]:
        """Judge one line."""
        head, value = _read(line), line.rstrip(b"\r\n")
        whose = self._acts.get(head.type)
        given: deque[tuple[StageKind, Sequence[Output]]] = deque()
        if whose is None:
            outputs = [output for fold in self._folds(head) for output in fold.run([(offset, None, value)])]
            yield from outputs
            given.append((STAGES[0], outputs))
        for name in self.fed if _everybodys(head.type) else () if whose is None else (whose,):
            given.append(self._run(name, value))
            yield from given[-1][1]
        while given:
            kind, told = given.popleft()
            for name, feed in kind.feeds.items():
                for _, event in feed(told) if name in self.fed or name in self.folds else ():
                    given.append(self._run(name, event) if name in self.fed else self._back(name, offset, event))
                    yield from given[-1][1]

    def _run(self, name: str, value: bytes) -> tuple[StageKind, Sequence[Output]]:
        kind, stage = self.fed[name]
        return kind, stage.run([(stage.position, None, value)])

    def _back(self, name: str, offset: int, value: bytes) -> tuple[StageKind, Sequence[Output]]:
        """Let a domain read what a later stage makes of a line, which stands where that line does."""
        by = self.folds[name]
        by.position = offset
        return STAGES[0], by.run([(offset, None, value)])

    def _folds(self, head: _Head) -> Iterator[Fold]:
        """Those of the domains that a line concerns."""
        if _everybodys(head.type) or head.type in {NOTICE, ADOPTED}:
            yield from self.folds.values()
        elif head.type.startswith(COMMAND):
            yield self._acted(head)
        else:
            yield self.folds.get(head.type.partition(".")[0], self._first)

    @property
    def _first(self) -> Fold:
        return next(iter(self.folds.values()))

    def _acted(self, head: _Head) -> Fold:
        try:
            act = _act.decode(head.data)
        except msgspec.DecodeError:
            return self._first
        return next((fold for fold in self.folds.values() if fold.has(head.subject, act)), self._first)


def _everybodys(kind: str) -> bool:
    """Whether every stage reads a kind of event: what tells time, and what the roots say."""
    return kind in {TICK, RESUMED, CHAIN} or matches(SERIES, kind)


def _read(line: bytes) -> _Head:
    try:
        return _head.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Head()
