"""An opened log in memory as its topics hold it: judged, sealed, anchored and noted by keys that its roots have adopted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from agents.audit.finding import AuditFinding
from agents.audit.opened.anchors import LogAnchors, newest, tree_of
from agents.audit.opened.check import Asked, check
from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from agents.core.alerts.fold import Fold
from agents.worker.seal import Sealer, sealed_items
from streams.messages import SealedHead, decode_event, encode, parse_time
from streams.outputs import TRAILS, Output, target
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.part import Part
from streams.signing.proofs.anchor import LABEL, SEALS, LogAnchor
from streams.signing.proofs.lines import read
from streams.signing.proofs.note import LogNote, leaf, log_key, note_of, signed_note
from streams.signing.proofs.reading import read_series
from streams.signing.sign import addressed, signed
from streams.signing.state import Trust
from streams.signing.verify import verify
from tests.support.events import STATION
from tests.support.pure.alarm import BOOK
from tests.support.signing import ENVIRONMENT, POLICY, Hand, Roots

TOPIC = "live.events.environment"
AT = "2026-06-01T09:00:00+08:00"
KAFKA = parse_time(AT)
"""When Kafka got a record (ms), where a test says nothing else."""


def part(logid: str, hand: Hand) -> Part:
    """What a part writes with, whose key is in memory."""
    return Part(logid, cast("Any", hand))


class SealedLog:
    """One partition of a log, and all that stands in its topics: `topics` by name below the log's, values in their order.

    `times`: when Kafka got a record (ms), by its bytes, where not at KAFKA. `acts`: whether acts must be signed, as `acted`
    does.
    """

    def __init__(self, name: str = "live", acts: bool = False, **more: Any) -> None:
        policy = POLICY | {"signed": ["command.*"] if acts else [], "cosigned": []}
        self.roots = Roots(name, **({"policy": policy, "partitions": {ENVIRONMENT: 1}} if acts else {}) | more)
        self.acts = acts
        self.worker, self.anchorer, self.archiver, self.screen, self.registrar = (
            Hand(f"{each} of {name}") for each in ("worker", "audit", "archive", "screen", "registrar")
        )
        self.topics: defaultdict[str, list[bytes]] = defaultdict(list)
        keys = [
            self.roots.key(self.worker, "worker", may=["alert.revised", "seal"], roles=[]),
            self.roots.key(self.anchorer, "audit", may=["anchor"], roles=[]),
            self.roots.key(self.archiver, "archive", may=["manifest"], roles=[]),
        ]
        if acts:
            keys += [
                self.roots.key(self.registrar, "registrar-1", may=["environment.*"], roles=[]),
                self.roots.key(self.screen, "screen-1"),
            ]
        self.topics["keys"] = [envelope_bytes(each) for each in (self.roots.opened, *keys)]
        self.trust = read_series(Trust(), self.roots.logid, ((KAFKA, value) for value in self.topics["keys"]), verify)
        self.begin()
        self.anchors = LogAnchors(self.trust)
        self.times: dict[bytes, int] = {}
        self._judged: list[bytes] = []
        self._anchored = 0
        self._every: dict[tuple[str, str], SealedHead] = {}

    def begin(self) -> None:
        """A worker that knows nothing takes the partition up."""
        self.fold = Fold(BOOK, TOPIC, 0, verify=verify)
        self.fold.trusted.keep(self.trust if self.acts else Trust(logid=self.roots.logid, suite="ed25519-sha256"))
        self.sealer = Sealer(part(self.roots.logid, self.worker), self.fold)

    def judge_again(self) -> None:
        """The checkpoint was lost: all is judged anew, and sealed behind the newest seal that stands in the log."""
        events, self._judged = self._judged, []
        self.begin()
        self.sealer.follow(self.topics[SEALS][-1])
        self.judge(*events)

    def acted(self, value: bytes, hand: Hand | None = None) -> bytes:
        """An act as the screen signs it, or what another part writes."""
        event = addressed(decode_event(value), self.roots.logid, ENVIRONMENT, self.fold.position + 1)
        return envelope_bytes(signed(event, hand or self.screen))

    @property
    def records(self) -> list[bytes]:
        """The events of the partition, by offset."""
        return self._judged

    def judge(self, *events: bytes) -> None:
        """Judge events of the station and write what comes of them."""
        self._judged += events
        for value in events:
            self.write(self.fold.run([(self.fold.position, STATION.encode(), value)]))

    def write(self, outputs: Sequence[Output]) -> None:
        """Write outputs, which the next checkpoint seals."""
        self.sealer.took(outputs)
        for output in outputs:
            self.topics[target(output)[0]].append(encode(output))

    def seal(self) -> None:
        """What a checkpoint seals."""
        self.topics[SEALS] += [value or b"" for _, value in sealed_items(self.sealer.seals(), self.worker)]

    def anchor(self, at: str = AT, hand: Hand | None = None, **more: Any) -> LogNote:
        """Anchor what was sealed since, and write the note over it."""
        signer = hand or self.anchorer
        seals = Seals(self.trust)
        for value in self.topics[SEALS][self._anchored :]:
            seals.take(Written(value, "", at=KAFKA))
        self._anchored = len(self.topics[SEALS])
        moved: dict[tuple[str, str], SealedHead] = {}
        for seal in seals.good:
            newest(moved, seal.heads)
        newest(self._every, moved.values())
        reads = {kind.topic: (len(self.topics[kind.topic]),) for kind in TRAILS}
        anchor = LogAnchor(
            logid=self.roots.logid,
            n=self.anchors.n + 1,
            prev=self.anchors.hash,
            at=at,
            moved=tree_of("sha256", moved),
            read=reads | {SEALS: (self._anchored,)},
            all=tree_of("sha256", self._every) if "day" in more else None,
            **more,
        )
        stored = anchor.stored(signer)
        note = note_of(self.trust.name, self.trust.logid, [*self.anchors.leaves, leaf(read(LABEL, stored).body)])
        note = signed_note(note, log_key(note.origin, signer.public), signer)
        for value in (stored, note.whole().encode()):
            self.topics["anchors"].append(value)
            assert self.anchors.take(value) == []
        return note

    def read(self, topic: str) -> Iterator[Written]:
        """The records of a topic as they are verified."""
        return (
            Written(value, f"{topic}/0/{n}", 0, n, self.times.get(value, KAFKA)) for n, value in enumerate(self.topics[topic])
        )

    def end(self, hand: Hand, at: int) -> None:
        """The roots end a key; Kafka gets that at a time (ms)."""
        value = envelope_bytes(self.roots.ended(hand, "stolen"))
        self.topics["keys"].append(value)
        self.times[value] = at

    def found(self, notes: Iterable[LogNote] = ()) -> list[AuditFinding]:
        """What verifying the whole log finds."""
        return list(check(Asked(logid=self.roots.logid, notes=list(notes)), self.read))

    def kinds(self, *notes: LogNote) -> set[str]:
        """The classes of what it finds."""
        return {finding.kind for finding in self.found(notes)}
