"""The service that anchors an opened log: it reads the workers' seals, and signs the heads in them that have moved.

Only sealed heads are anchored; entries of trails that stay without a seal are told. Each anchor is one Kafka transaction, with
the note over all anchors by then; the transactional id is the log's, so of two that anchor one log the older is fenced.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from agents.audit.anchorer import ACCEPTED, WHO, Anchorer, ends_of, say
from agents.audit.anchors import Anchors
from agents.audit.keys import Keys
from agents.audit.opened.anchors import LogAnchors, is_first, named_key, newest, tree_of
from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from streams.archive.manifests import manifests_of
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import NEVER, DecodeError, SealedHead, decode, format_time
from streams.outputs import TRAILS, OutputKind
from streams.settings import Settings
from streams.signing.machine.keyfile import Key
from streams.signing.machine.part import Part
from streams.signing.proofs.anchor import LABEL, SEALS, LogAnchor, is_second
from streams.signing.proofs.lines import fault, read
from streams.signing.proofs.manifest import read_manifest
from streams.signing.proofs.note import SUITE, is_note, leaf, log_key, note_of, signed_note
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.proofs.seal import ANCHOR, MANIFEST, key_for
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify
from streams.topics import topic_name

UNSEALED = 15_000
"""Milliseconds for which an entry may be without its seal: a checkpoint comes every five seconds."""

MOST_FILES = 2_000
"""Files of the archive in one anchor: some 400 kB."""


class Unsealed:
    """Entries of one kind of trail that no seal covers yet. `offsets`: before which offsets all was read."""

    def __init__(self, kind: OutputKind, offsets: Mapping[int, int]) -> None:
        self.kind = kind
        self.offsets = dict(offsets)
        self._waiting: dict[str, tuple[int, str, int]] = {}
        self._told: set[str] = set()

    def take(self, value: bytes, place: str, seals: Seals, at: int) -> str:
        """Take up one entry that Kafka got at a time (ms); what is wrong where its seal is over another, or an empty text."""
        try:
            entry: Any = decode(value, self.kind.message)
        except DecodeError as error:
            return f"no audit entry: {error}"
        name = self.kind.key(entry)
        head = seals.sealed.get((self.kind.topic, name))
        if head is not None and head.n == entry.n and head.hash != entry.hash:
            return f"entry {entry.n} of {self.kind.trail} {name} is another one than its seal has: not anchored"
        if head is None or head.n < entry.n:
            self._waiting[name] = (entry.n, place, at)
        return ""

    def late(self, seals: Seals, now: int) -> Iterator[tuple[str, str]]:
        """Place and words of those that have waited for too long, each trail once."""
        for name, (n, place, since) in list(self._waiting.items()):
            head = seals.sealed.get((self.kind.topic, name))
            if head is not None and head.n >= n:
                del self._waiting[name]
            elif now - since >= UNSEALED and name not in self._told:
                self._told.add(name)
                yield place, f"entry {n} of {self.kind.trail} {name} is under no seal: not anchored"


class LogAnchorer:
    """Anchors one opened log, from its newest anchor on; used with `closing`.

    Trouble where the log's keys are not in it, where the topic of seals ends before what is anchored, and where anchors from
    before the log was opened cannot be closed.
    """

    def __init__(self, settings: Settings, log: str, now: Callable[[], int], part: Part, archive: Path) -> None:
        """`now`: the wall clock in ms. `archive`: where the log's archive stands, if it has one."""
        assert part.key is not None  # noqa: S101 - a part of an opened log has its key
        self._log, self._now, self._archive = log, now, archive
        self._part, self._key = part, part.key
        self._topic = topic_name(log, "anchors")
        self._after = _ended(settings, log, now, self._key)
        self._producer = clients.producer(settings, transactional_id=self._topic)
        self._reader = clients.consumer(settings)
        try:
            self._producer.init_transactions()  # from here on no older one can write
            self._keys = {part_.partition: 0 for part_ in clients.partitions_of(self._reader, topic_name(log, KEYS))}
            self._trust = Trust()
            self._refresh()
            self._anchors, self._seals = LogAnchors(self._trust), Seals(self._trust)
            self._every: dict[tuple[str, str], SealedHead] = {}
            self._refused: set[str] = set()
            self._continue()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Leave the broker."""
        self._producer.close(timeout=1)
        self._reader.close()

    def step(self) -> Iterator[LogAnchor]:
        """Read what is new and write an anchor where a head has moved, a file was archived, or a day has ended."""
        self._refresh()
        self._anchors.trust = self._seals.trust = self._trust
        now = self._now()
        self._read_seals(clients.end_offsets(self._reader, topic_name(self._log, SEALS)))
        self._read_trails(now)
        moved = self._moved()
        files = self._new_files()
        while moved or files or self._ended_day(now):
            some = dict(list(files.items())[:MOST_FILES])
            yield self._write(now, moved, some)
            moved, files = {}, {name: hashed for name, hashed in files.items() if name not in some}

    def _refresh(self) -> None:
        """Take up what the roots have written since."""
        topic = topic_name(self._log, KEYS)
        ends = clients.end_offsets(self._reader, topic)
        series = [(record.timestamp, record.value or b"") for record in clients.stream(self._reader, topic, self._keys, ends)]
        self._keys = dict(ends)
        self._trust = read_series(self._trust, self._part.logid, series, verify)
        if not self._trust.logid:
            raise Trouble(
                f"{topic} does not hold the events that open the log {self._part.logid}: compare the id in "
                f"ONESCREEN_TRUST with the one that was published"
            )
        row = key_for(self._trust, ANCHOR, self._key.suite, self._key.kid, NEVER)
        if isinstance(row, str):
            raise Trouble(f"nothing is anchored: {row}; see `python -m agents keys rotate audit`, and start again")

    def _continue(self) -> None:
        """Take up the chain of anchors, and the seals that it has read."""
        ends = clients.end_offsets(self._reader, self._topic)
        for record in clients.stream(self._reader, self._topic, {}, ends):
            value = record.value or b""
            if is_second(value) or is_note(value, self._trust.name, self._trust.logid):
                for found in self._anchors.take(value, "", record.timestamp):
                    clients.passed_over(record, f"{found.message}; run `agents audit verify --log {self._log}`", WHO)
        anchored = dict(enumerate(self._anchors.read.get(SEALS, ())))
        ends = clients.end_offsets(self._reader, topic_name(self._log, SEALS))
        if short := [part for part, offset in anchored.items() if ends.get(part, 0) < offset]:
            raise Trouble(f"{self._log}.{SEALS} ends before what is anchored (partitions {short}): run `agents audit verify`")
        self._offsets: dict[int, int] = {}
        self._read_seals({part: anchored.get(part, 0) for part in ends})
        self._moved()
        self._trails = [Unsealed(kind, dict(enumerate(self._anchors.read.get(kind.topic, ())))) for kind in TRAILS]
        self._reads: deque[tuple[int, dict[str, tuple[int, ...]]]] = deque([(0, dict(self._anchors.read))])

    def _read_seals(self, ends: Mapping[int, int]) -> None:
        for record in clients.stream(self._reader, topic_name(self._log, SEALS), self._offsets, ends):
            place = f"{record.topic}/{record.partition}/{record.offset}"
            seal = Written(record.value or b"", place, record.partition, record.offset, record.timestamp)
            for found in self._seals.take(seal):
                say(f"{place}: {found.message}; run `python -m agents audit verify --log {self._log}`")
        self._offsets = dict(ends)

    def _moved(self) -> dict[tuple[str, str], SealedHead]:
        moved: dict[tuple[str, str], SealedHead] = {}
        for seal in self._seals.good:
            newest(moved, seal.heads)
        self._seals.good.clear()
        newest(self._every, moved.values())
        return moved

    def _read_trails(self, now: int) -> None:
        ends = [ends_of(self._reader, self._log, trail.kind) for trail in self._trails]
        for trail, end in zip(self._trails, ends, strict=True):
            topic = topic_name(self._log, trail.kind.topic)
            for record in clients.stream(self._reader, topic, trail.offsets, end) if end else ():
                place = f"{record.topic}/{record.partition}/{record.offset}"
                if wrong := trail.take(record.value or b"", place, self._seals, record.timestamp):
                    say(f"{place}: {wrong}")
            trail.offsets = end
            for place, wrong in trail.late(self._seals, now):
                say(f"{place}: {wrong}; run `python -m agents audit verify --log {self._log}`")
        self._reads.append((now, {trail.kind.topic: _row(trail.offsets) for trail in self._trails}))
        while len(self._reads) > 1 and self._reads[1][0] <= now - UNSEALED:
            self._reads.popleft()

    def _new_files(self) -> dict[str, str]:
        """The manifests that are not anchored yet; what cannot be read as one is told by `agents audit verify`.

        One that a key has signed which may not, or has ended, is told here too, once: nobody can say when that was.
        """
        found = {}
        for name, path in manifests_of(self._archive):
            if name in self._anchors.files:
                continue
            with suppress(ValueError, OSError):
                signed, _ = read_manifest(path.read_bytes())
                wrong = fault(signed, MANIFEST, self._trust, verify, NEVER)
                if not wrong:
                    found[name] = signed.hash()
                elif name not in self._refused:
                    self._refused.add(name)
                    say(f"{path} is not anchored: {wrong}")
        return found

    def _ended_day(self, now: int) -> str:
        """The day of the newest anchor where it is over, or an empty text."""
        before = self._anchors.newest
        return before.at[:10] if before is not None and before.at[:10] < format_time(now)[:10] else ""

    def _write(self, now: int, moved: dict[tuple[str, str], SealedHead], files: Mapping[str, str]) -> LogAnchor:
        name, day = SUITES[self._key.suite].hash, self._ended_day(now)
        anchor = LogAnchor(
            logid=self._part.logid,
            n=self._anchors.n + 1,
            prev=self._anchors.hash,
            at=format_time(now),
            moved=tree_of(name, moved),
            read=self._reads[0][1] | {SEALS: _row(self._offsets)},
            files=files,
            day=day,
            all=tree_of(name, self._every) if day else None,
            after=self._after if not self._anchors.chain else "",
        )
        values = [anchor.stored(self._key)]
        if self._key.suite == SUITE:
            values.append(self._note(values[0]))
        self._producer.begin_transaction()
        sent = [self._producer.send(self._topic, value, partition=0) for value in values]
        self._producer.commit_transaction()
        for value, each in zip(values, sent, strict=True):
            if wrong := self._anchors.take(value, "", each.get(ACCEPTED).timestamp):
                raise Trouble(f"the anchor that was written is none: {wrong[0].message}")
        return anchor

    def _note(self, stored: bytes) -> bytes:
        """The note over all anchors with this one."""
        note = note_of(self._trust.name, self._trust.logid, [*self._anchors.leaves, leaf(read(LABEL, stored).body)])
        return signed_note(note, log_key(note.origin, self._key.public), self._key).whole().encode()


def _row(offsets: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(offsets.get(part, 0) for part in range(max(offsets, default=-1) + 1))


def _ended(settings: Settings, log: str, now: Callable[[], int], key: Key) -> str:
    """Number and hash of the last anchor from before the log was opened, which is made where it was not; empty without one."""
    before = _before(settings, log)
    if before is None:
        return ""
    if before.newest is None or before.newest.next_key != named_key(key.public):
        with closing(Anchorer(settings, log, now)) as anchorer:
            for _ in anchorer.step():
                pass
            anchorer.end(named_key(key.public))
        before = _before(settings, log) or before
    return f"{before.n} {before.hash}"


def _before(settings: Settings, log: str) -> Anchors | None:
    """The chain of the first version; None where there is none, or where that of the second has begun."""
    topic, keys = topic_name(log, "anchors"), Keys(settings.audit_keys, log)
    with clients.consumer(settings) as reader:
        clients.partitions_of(reader, topic)
        ends = clients.end_offsets(reader, topic)
        values = [record.value or b"" for record in clients.stream(reader, topic, {}, ends)]
    older = list(filter(is_first, values))
    if not older or any(map(is_second, values)):
        return None
    if keys.current() is None:
        raise Trouble(
            f"{topic} has anchors from before the log was opened, and {keys.folder} not their key: put it back, so that they "
            "can be closed"
        )
    anchors = Anchors(keys.first(), log)
    for value in older:
        anchors.take(value)
    return anchors if anchors.n else None
