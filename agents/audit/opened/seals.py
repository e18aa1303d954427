"""The seals of a log checked: whether workers of the log signed them, and follow each other without a gap or a fork. Pure."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from agents.audit.finding import AuditFinding
from agents.audit.records import Written
from streams.messages import DecodeError, Seal, SealedHead, decode
from streams.signing.proofs.seal import seal_fault, seal_hash
from streams.signing.state import Trust
from streams.signing.verify import verify


class Sealed(Struct, frozen=True, gc=False):
    """A good seal where it stands: partition and offset of the topic of seals."""

    partition: int
    offset: int
    heads: tuple[SealedHead, ...]


class _Chain(Struct):
    """The seals of one partition of the events: the hash of each, and the end of the newest."""

    hashes: dict[int, str]
    n: int = 0
    end: int = 0


class Seals:
    """The seals as far as they were taken up, in the order of each partition.

    `trust`: the keys of the log as they are known by now. `heads`: by kind of trail and thing its sealed entries, oldest first:
    number, digits of the hash, 0 (as of an anchor's heads). `sealed`: by kind and thing the newest sealed head as it was
    signed. `revisions`: by kind and thing the digests of all sealed revisions. `ends`: before which offset of each partition of
    the events all is sealed. `good`: those that hold and were not taken away yet.
    """

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self.heads: dict[str, dict[str, list[tuple[int, str, int]]]] = {}
        self.sealed: dict[tuple[str, str], SealedHead] = {}
        self.revisions: dict[tuple[str, str], set[str]] = {}
        self.ends: dict[tuple[str, int], int] = {}
        self.good: list[Sealed] = []
        self.count = 0
        self._chains: dict[tuple[str, int], _Chain] = {}

    def take(self, record: Written) -> list[AuditFinding]:
        """Take up one seal; what is wrong with it."""
        self.count += 1
        try:
            seal: Seal = decode(record.value, Seal)
        except DecodeError as error:
            return [AuditFinding(kind="malformed", message=f"no seal: {error}", trail="seals", place=record.place)]
        fault = seal_fault(seal, self.trust, verify, record.at)
        if not fault and record.partition not in {-1, seal.partition}:
            fault = f"it is one of partition {seal.partition}"
        named = _named(seal, record.place)
        if fault:
            return [AuditFinding(kind="seal-forged", message=f"seal {seal.n} is none of a worker: {fault}", **named)]
        chain = self._chains.setdefault((seal.topic, seal.partition), _Chain({}))
        hashed = seal_hash(seal)
        if chain.hashes.get(seal.n) == hashed:
            return []
        found = list(_unchained(seal, chain, named))
        if seal.n > chain.n:
            chain.n, chain.end = seal.n, seal.end
        chain.hashes.setdefault(seal.n, hashed)
        self.ends[seal.topic, seal.partition] = max(seal.end, self.ends.get((seal.topic, seal.partition), 0))
        for head in seal.heads:
            found += self._head(head, named)
        self.good.append(Sealed(record.partition, record.offset, seal.heads))
        return found

    def _head(self, head: SealedHead, named: dict[str, Any]) -> Iterator[AuditFinding]:
        key, digits = (head.kind, head.id), head.hash.rpartition(":")[2]
        known = self.heads.setdefault(head.kind, {}).setdefault(head.id, [])
        if head.revision:
            self.revisions.setdefault(key, set()).add(head.revision)
        before = next((hashed for n, hashed, _ in reversed(known) if n == head.n), None)
        if before not in {None, digits}:
            message = f"two seals have another entry {head.n} of {head.id} in {head.kind}"
            yield AuditFinding(kind="seal-forked", message=message, **named)
        elif before is None:
            known.append((head.n, digits, 0))
            if len(known) > 1 and known[-2][0] > head.n:
                known.sort()
        if key not in self.sealed or head.n >= self.sealed[key].n:
            self.sealed[key] = head


def _unchained(seal: Seal, chain: _Chain, named: dict[str, Any]) -> Iterator[AuditFinding]:
    """Where a genuine seal does not follow the one before it. It may begin again before its end: then all was judged anew."""
    if seal.n > chain.n + 1:
        message = f"seals {chain.n + 1} to {seal.n - 1} are missing before seal {seal.n}"
        yield AuditFinding(kind="seal-removed", message=message, **named)
    elif seal.n in chain.hashes or seal.prev != chain.hashes.get(seal.n - 1, ""):
        message = f"seal {seal.n} follows another history than the one here: a worker's key has signed two"
        yield AuditFinding(kind="seal-forked", message=message, **named)
    elif chain.n and seal.begin > chain.end:
        message = f"the events from {chain.end} to {seal.begin - 1} are under no seal"
        yield AuditFinding(kind="seal-removed", message=message, **named)


def _named(seal: Seal, place: str) -> dict[str, Any]:
    return {"trail": "seals", "of": f"{seal.topic}/{seal.partition}", "first": seal.n, "last": seal.n, "place": place}
