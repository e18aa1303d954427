"""The trails of one kind checked against themselves and against the anchors: a pure fold over their entries."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from agents.audit.anchors import ALERTS
from agents.audit.chained import begins, follows, form_of, hash_of
from agents.audit.finding import AuditFinding
from streams.messages import DecodeError, decode
from streams.outputs import OutputKind

_SIZE = 32  # bytes of a SHA-256
_UNKNOWN = b"\xff" * _SIZE  # the hash of a changed entry: what follows it cannot be held against it


class Covering(Protocol):
    """How far trails are covered, by anchors or by seals: as the fields of `Anchors` of these names are."""

    offsets: dict[str, tuple[int, ...]]
    heads: dict[str, dict[str, list[tuple[int, str, int]]]]
    sound: bool

    @property
    def n(self) -> int:
        """Number of the newest anchor."""

    def anchored(self, trail: str, name: str) -> int:
        """Number of the newest covered entry of the trail of a thing; 0 where there is none."""


def _nothing(_: Any) -> Iterable[AuditFinding]:
    return ()


class _Run:
    """Entries of one trail that follow each other without a break: number of the first, its `prev`, all hashes.

    `begun` and `form`: the forms of the first and of the newest one.
    """

    __slots__ = ("begun", "first", "form", "hashes", "prev")

    def __init__(self, first: int, prev: str, hashed: bytes, form: str) -> None:
        self.first = first
        self.prev = prev
        self.hashes = bytearray(hashed)
        self.begun = self.form = form

    @property
    def last(self) -> int:
        return self.first + len(self.hashes) // _SIZE - 1

    def hash(self, n: int) -> bytes:
        at = (n - self.first) * _SIZE
        return bytes(self.hashes[at : at + _SIZE])


class Trails:
    """All trails of one kind; `entries` counts what was read, copies too. 32 bytes are kept of each entry."""

    def __init__(
        self, kind: OutputKind, anchors: Covering | None, log: str = "", saw: Callable[[Any], Iterable[AuditFinding]] = _nothing
    ) -> None:
        """`anchors`: the whole chain, or None where only each trail's own chain is to be checked.

        `log`: the id of the log, where it was opened and whoever asks knows it. `saw`: what else is wrong with an entry.
        """
        self.kind = kind
        self.entries = 0
        self._log = log
        self._saw = saw
        self._anchors = anchors
        self._runs: dict[str, list[_Run]] = {}
        self._strangers: set[str] = set()

    @property
    def things(self) -> int:
        """How many things have a trail."""
        return len(self._runs)

    @property
    def unbound(self) -> int:
        """How many trails begin in a log that was opened, of which nobody has said which it is."""
        return 0 if self._log else sum(bool(runs[0].begun) for runs in self._runs.values())

    @property
    def ahead(self) -> int:
        """How many entries are newer than the newest anchor of their trail."""
        return sum(max(0, max(run.last for run in runs) - self._anchored(name)) for name, runs in self._runs.items())

    def take(self, value: bytes, place: str = "", partition: int = -1, offset: int = -1) -> Iterator[AuditFinding]:
        """Take up one entry, in the order of its partition; what is wrong with it. Partition and offset where known."""
        self.entries += 1
        try:
            entry: Any = decode(value, self.kind.message)
        except DecodeError as error:
            yield AuditFinding(kind="malformed", message=f"no audit entry: {error}", trail=self._other, place=place)
            return
        name, n = self.kind.key(entry), entry.n
        hashed = hash_of(value, entry) or _UNKNOWN
        form = "" if hashed == _UNKNOWN else form_of(entry)
        yield from self._saw(entry)
        if hashed == _UNKNOWN:
            message = f"entry {n} does not have its own hash: a field of it was changed"
            yield AuditFinding(kind="changed", message=message, **self._named(name), first=n, last=n, place=place)
        runs = self._runs.get(name, [])
        known = _known(runs, n)
        if known is not None or n < 1:
            if known is None or (known != hashed and _UNKNOWN not in {known, hashed}):
                message = f"there are two entries {n}, and they differ" if n > 0 else f"a trail has no entry {n}"
                yield AuditFinding(kind="inserted", message=message, **self._named(name), first=n, last=n, place=place)
            return
        newest = max((run.last for run in runs), default=0)
        if hashed == _UNKNOWN and n != newest + 1:
            return  # its number or id may be what was changed
        if n < newest:
            message = f"entry {n} stands behind entry {newest}"
            yield AuditFinding(kind="reordered", message=message, **self._named(name), first=n, last=n, place=place)
        run = runs[-1] if runs else None
        if run is not None and n == run.last + 1 and _follows(run, entry.prev, hashed, form):
            run.hashes += hashed
            run.form = form
        else:
            self._runs.setdefault(name, runs).append(_Run(n, entry.prev, hashed, form))
        yield from self._stranger(name, n, place, partition, offset)

    def end(self) -> Iterator[AuditFinding]:
        """What is wrong with the trails as a whole, once all entries were taken up."""
        anchored = self._anchors.heads.get(self.kind.topic, {}) if self._anchors else {}
        for name, runs in self._runs.items():
            heads = anchored.get(name, [])
            runs.sort(key=lambda run: run.first)
            sound = begins(runs[0].prev, runs[0].begun, self.kind.topic, name, self._log)
            if len(runs) > 1 or runs[0].first != 1 or not sound or heads:
                yield from _whole(self._named(name), runs, heads, sound=sound)
        for name, heads in anchored.items():
            if name not in self._runs:
                n, _, anchor = heads[-1]
                message = f"the whole trail is missing: {_by(anchor)} holds its entry {n}"
                yield AuditFinding(kind="cut", message=message, **self._named(name), first=1, last=n, anchor=anchor)

    def _stranger(self, name: str, n: int, place: str, partition: int, offset: int) -> Iterator[AuditFinding]:
        """Whether an entry stands where an anchor has read, without being anchored; said once of a trail."""
        anchors = self._anchors
        offsets = anchors.offsets.get(self.kind.topic, ()) if anchors else ()
        if anchors is None or not anchors.sound or not 0 <= partition < len(offsets):
            return
        if offset < offsets[partition] and n > self._anchored(name) and name not in self._strangers:
            self._strangers.add(name)
            message = f"entry {n} stands before the end of what anchor {anchors.n} has read, but no anchor holds it"
            yield AuditFinding(
                kind="inserted", message=message, **self._named(name), first=n, last=n, anchor=anchors.n, place=place
            )

    def _anchored(self, name: str) -> int:
        return self._anchors.anchored(self.kind.topic, name) if self._anchors else 0

    @property
    def _other(self) -> str:
        """What a finding calls this kind of trail: nothing where it is that of alerts."""
        return "" if self.kind.topic == ALERTS else self.kind.topic

    def _named(self, name: str) -> dict[str, Any]:
        """Whose trail a finding is about, as its fields."""
        return {"trail": self._other, "of": name} if self._other else {"alert": name}


def _known(runs: list[_Run], n: int) -> bytes | None:
    """The hash of entry n of a trail."""
    return next((run.hash(n) for run in reversed(runs) if run.first <= n <= run.last), None)


def _follows(run: _Run, prev: str, hashed: bytes, form: str) -> bool:
    """Whether an entry follows a run; of two of which one is changed that is not known, and not doubted."""
    before = run.hash(run.last)
    return _UNKNOWN in {before, hashed} or follows(prev, form, before, run.form)


def _whole(
    named: dict[str, Any], runs: list[_Run], heads: list[tuple[int, str, int]], *, sound: bool
) -> Iterator[AuditFinding]:
    """What is wrong with a trail: gaps, breaks of its chain, and what differs from the anchors."""
    told: set[int] = set()
    for before, run in zip([None, *runs], runs, strict=False):
        last = before.last if before else 0
        if run.first > last + 1:
            message = f"entries {last + 1} to {run.first - 1} are missing before entry {run.first}"
            yield AuditFinding(kind="removed", message=message, **named, first=last + 1, last=run.first - 1)
        elif not (_follows(before, run.prev, run.hash(run.first), run.begun) if before else sound or _changed(run)):
            broken = _broken(named, before, run, heads)
            told |= {broken.first, broken.last}
            yield broken
    newest = runs[-1].last
    agreed = 0
    for n, anchored, anchor in heads:
        known = _known(runs, n)
        if n > newest:
            message = f"entries {newest + 1} to {heads[-1][0]} are missing: {_by(heads[-1][2])} holds entry {heads[-1][0]}"
            yield AuditFinding(kind="cut", message=message, **named, first=newest + 1, last=heads[-1][0], anchor=heads[-1][2])
            return
        if known is None or known in {_UNKNOWN, bytes.fromhex(anchored)}:
            agreed = n
        elif n not in told:
            message = f"entry {n} is another one than {_by(anchor)} holds: of entries {agreed + 1} to {n} one was changed, "
            message += "and the chain after it made anew"
            yield AuditFinding(kind="changed", message=message, **named, first=agreed + 1, last=n, anchor=anchor)
            return


def _by(anchor: int) -> str:
    """What covers an entry: an anchor of this number, or a seal."""
    return f"anchor {anchor}" if anchor else "a seal"


def _changed(run: _Run) -> bool:
    return run.hash(run.first) == _UNKNOWN


def _broken(named: dict[str, Any], before: _Run | None, run: _Run, heads: list[tuple[int, str, int]]) -> AuditFinding:
    """Which of the two entries was changed where a chain breaks, as far as anchors tell."""
    last, first = run.first - 1, run.first
    message = f"entry {first} was written after another entry {last} than the one here" if last else "entry 1 follows another"
    if before is None or any(n == last and before.hash(last).hex() == anchored for n, anchored, _ in heads):
        last = first
    elif any(first <= n <= run.last and run.hash(n).hex() == anchored for n, anchored, _ in heads):
        first = last
    return AuditFinding(kind="changed", message=message, **named, first=last, last=first)
