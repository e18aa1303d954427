"""A signed log in memory: hands that sign, a log that its roots open, a partition that takes records one by one."""

from collections.abc import Iterable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Raw, json
from msgspec.structs import replace

from streams.messages import Event, format_time, parse_time
from streams.signing.envelope import Envelope, envelope_bytes
from streams.signing.kinds import partition_of
from streams.signing.preimage import content, key_id, log_id
from streams.signing.sign import addressed, cosigned, proof, signed
from streams.signing.state import Trust
from streams.signing.trust import REMEMBERED, Delivered, Outcome, take
from streams.signing.verify import verify
from streams.signing.words import base64url

ED25519 = "ed25519-sha256"
BEGIN = parse_time("2026-06-01T08:00:00+08:00")
ENVIRONMENT = "events.environment"
PARTITIONS = {ENVIRONMENT: 4, "events.incidents": 1, "jobs": 1}
POLICY = {
    "signed": ["*"],
    "cosigned": ["command.suppress", "book.adopted", "clock.resumed"],
    "ahead": 600_000,
    "stale": 3_600_000,
    "step": 1_000,
}


class Hand:
    """A key made of a name: the same in every run."""

    def __init__(self, name: str, suite: str = ED25519) -> None:
        self.suite = suite
        self._private = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public = base64url(self._private.public_key().public_bytes_raw())
        self.kid = key_id(suite, self.public)

    def sign(self, message: bytes) -> str:
        """The signature over some bytes."""
        return base64url(self._private.sign(message))


class Roots:
    """The roots of one log, and the series of their events."""

    def __init__(self, name: str = "live", number: int = 3, threshold: int = 2, nonce: str = "00" * 16, **more: object) -> None:
        self.hands = [Hand(f"root {n} of {name}") for n in range(number)]
        self.threshold = threshold
        opened = {
            "format": 1,
            "name": name,
            "nonce": nonce,
            "partitions": PARTITIONS,
            "suite": ED25519,
            "roots": [{"suite": ED25519, "public": hand.public} for hand in self.hands],
            "threshold": threshold,
            "policy": POLICY,
        } | more
        self.n, self.prev = 0, ""
        self.logid = log_id(ED25519, json.encode({"n": 0, "prev": "", **opened}))
        self.opened = self.write("log.opened", **opened)

    def write(self, kind: str, **data: object) -> Envelope:
        """The next event of the series, signed by as many roots as must."""
        written = self.unsigned(kind, self.n, self.prev, data)
        self.n, self.prev = self.n + 1, content(written, "sha256")
        return self.by(written, self.hands[: self.threshold])

    def unsigned(self, kind: str, n: int, prev: str, data: dict[str, object]) -> Envelope:
        """An event of the series that nobody has signed."""
        raw = Raw(json.encode({"n": n, "prev": prev, **data}))
        event = Event(specversion="1.0", id=f"{kind}-{n}", source="roots", type=kind, time=format_time(BEGIN), data=raw)
        return addressed(event, self.logid, "*", 0)

    @staticmethod
    def by(envelope: Envelope, hands: Iterable[Hand]) -> Envelope:
        """The event with the signatures of these roots alone."""
        first, *others = hands
        found = signed(replace(envelope, cosig=""), first)
        for hand in others:
            found = cosigned(found, hand)
        return found

    def key(self, hand: Hand, owner: str, **more: object) -> Envelope:
        """The adoption of a key."""
        data = {
            "suite": hand.suite,
            "public": hand.public,
            "part": owner,
            "may": ["command.*"],
            "roles": ["supervisor"],
            "to": [ENVIRONMENT],
            "proof": proof(hand, self.logid, hand.public, owner),
        } | more
        return self.write("key.added", **data)

    def ended(self, hand: Hand, why: str = "retired", **more: object) -> Envelope:
        """The end of a key."""
        return self.write("key.ended", kid=hand.kid, why=why, **more)


class SignedPartition:
    """One partition as whoever judges sees it: the trust, the newest tick, and the ids that it remembers of each subject."""

    def __init__(self, partition: int = 0, to: str = ENVIRONMENT, trust: Trust | None = None) -> None:
        self.to, self.partition = to, partition
        self.trust = trust or Trust()
        self.now: int | None = BEGIN
        self.offset = 0
        self.remembered: dict[str, list[tuple[str, str]]] = {}

    def known(self, event: Envelope) -> str | None:
        """What is remembered of an id: of the newest 16 of each subject."""
        return dict(self.remembered.get(event.subject, ())).get(f"{event.source} {event.id}")

    def take(self, record: Envelope | bytes, key: bytes | None = None) -> Outcome:
        """Take the next record."""
        value = record if isinstance(record, bytes) else envelope_bytes(record)
        if key is None and not isinstance(record, bytes) and record.subject:
            key = record.subject.encode()
        found = take(self.trust, Delivered(self.to, self.partition, self.offset, key, value), self.now, verify, self.known)
        self.offset += 1
        self.trust = found.trust
        if found.reason is None and not found.copy and found.envelope is not None:
            event = found.envelope
            ids = self.remembered.setdefault(event.subject, [])
            ids.append((f"{event.source} {event.id}", found.content[:REMEMBERED]))
            del ids[:-16]
        return found

    def take_all(self, records: Iterable[Envelope]) -> None:
        """Take records that must all be taken."""
        for record in records:
            found = self.take(record)
            assert found.reason is None, (record.type, found.reason, found.message)


def subject_of(partition: int, stage: str = ENVIRONMENT) -> str:
    """A subject whose partition this is."""
    return next(name for n in range(1_000) if partition_of((name := f"站-{n}").encode(), PARTITIONS[stage]) == partition)


def act(logid: str, hand: Hand, number: int, **more: object) -> Envelope:
    """A signed act on a subject of partition 0 of the environment's stage."""
    given = {
        "id": f"act-{number}",
        "type": "command.shelve",
        "subject": subject_of(0),
        "time": format_time(BEGIN),
        "to": ENVIRONMENT,
        "data": {"alert": "a1", "occurrence": 1, "actor": {"id": "lw", "role": "supervisor"}, "reason": "检修"},
    } | more
    data, to = Raw(json.encode(given.pop("data"))), str(given.pop("to"))
    event = Event(specversion="1.0", source="screen", data=data, **given)  # type: ignore[arg-type]
    return signed(addressed(event, logid, to, number), hand)
