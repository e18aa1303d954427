"""The seals of one partition of an opened log: what its worker says that it made, signed once a checkpoint.

Where the chain stands is kept in the checkpoint itself, and one transaction writes both: whenever a worker is killed, the next
one goes on behind the newest seal that readers see, so the chain has neither a gap nor a fork.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.stage import Stage
from streams.messages import HOUR, Seal, SealedHead, decode, encode, format_time
from streams.outputs import TRAIL_OF, TRAILS, Output, sealed_as, target
from streams.signing.chain import revision_digest
from streams.signing.machine.part import Part
from streams.signing.proofs.seal import in_order, seal_hash, signed_seal
from streams.signing.sign import Signer
from streams.signing.state import Trust, trust_digest
from streams.signing.suites import SUITES

SEALED = b"\xffseal"
"""The key of a checkpoint under which the chain's place is kept: no subject can be it, for it is no UTF-8."""

MOST_HEADS = 5_000
"""Heads of one seal: some 1.5 MB, below the 8 MiB of the topic. More make several seals in one transaction."""

Item = tuple[bytes, bytes | None]

_SEALED = frozenset((*TRAIL_OF, *(type_ for kind in TRAILS for type_ in kind.types)))


class Chain(Struct, frozen=True):
    """Where a partition's chain of seals stands: number and hash of the newest, its end, and its time (ms)."""

    n: int = 0
    prev: str = ""
    end: int = 0
    at: int | None = None


class Sealer:
    """Gathers the heads that a partition's outputs move, and seals them; in a log that was never opened it does nothing."""

    def __init__(self, part: Part, stage: Stage, held: bytes | None = None) -> None:
        """`held`: what the checkpoint has under SEALED."""
        self._part, self._stage = part, stage
        self._chain = Chain(end=stage.position) if held is None else msgspec.msgpack.decode(held, type=Chain)
        self._moved: dict[tuple[str, str], Any] = {}  # entries
        self._revised: dict[tuple[str, str], Any] = {}  # revisions of what has a trail

    @property
    def signer(self) -> Signer | None:
        """Who signs; None in a log that was never opened."""
        return self._part.key

    @property
    def begun(self) -> bool:
        """Whether there is a seal of the partition."""
        return self._chain.n > 0

    def follow(self, stored: bytes) -> None:
        """Go on behind a seal that stands in the log, where the checkpoint was lost and all is judged again."""
        seal = decode(stored, Seal)
        self._chain = Chain(seal.n, seal_hash(seal), self._stage.position)

    def took(self, outputs: Sequence[Output]) -> None:
        """Remember the newest entry of each trail, and the newest revision of each thing that has one, among some outputs."""
        if self._part.key is None:
            return
        found: list[Any] = [output for output in outputs if type(output) in _SEALED]
        for output in found:
            if type(output) in TRAIL_OF:
                self._revised[sealed_as(output)] = output
            else:
                self._moved[target(output)] = output

    def seals(self) -> list[Seal]:
        """The seals, not signed yet, of what has moved; none where nothing has, within an hour of the log."""
        key = self._part.key
        if key is None or not (self._moved or self._revised or self._due()):
            return []
        heads = in_order(self._heads(SUITES[key.suite].hash))
        self._moved, self._revised = {}, {}
        parts = [heads[at : at + MOST_HEADS] for at in range(0, len(heads), MOST_HEADS)] or [()]
        made = [self._next(part, key, self._chain.end) for part in parts[:-1]]
        return [*made, self._next(parts[-1], key, self._stage.position)]

    def _heads(self, name: str) -> Iterator[SealedHead]:
        """What has moved: of a thing that was told anew without an entry, its newest one."""
        for key in self._moved.keys() | self._revised.keys():
            entry: Any = self._moved.get(key)
            thing: Any = self._revised.get(key)
            if thing is None:
                revision = ""
            elif entry and (entry.n, entry.rev) == (thing.audit, thing.rev) and entry.revision:
                revision = entry.revision
            else:
                revision = revision_digest(name, encode(thing))
            yield SealedHead(*key, *((entry.n, entry.hash) if entry else (thing.audit, thing.head)), revision)

    def kept(self) -> Item:
        """The item of the checkpoint."""
        return SEALED, msgspec.msgpack.encode(self._chain)

    def _due(self) -> bool:
        """Whether the first tick of an hour is to be sealed, so that a quiet partition shows that it is not cut."""
        before, now = self._chain.at, self._stage.now
        return not self.begun or (now is not None and (before is None or now // HOUR > before // HOUR))

    def _next(self, heads: tuple[SealedHead, ...], key: Signer, end: int) -> Seal:
        chain, stage = self._chain, self._stage
        seal = Seal(
            logid=self._part.logid,
            topic=stage.topic,
            partition=stage.partition,
            n=chain.n + 1,
            prev=chain.prev,
            begin=chain.end,
            end=end,
            heads=heads,
            trust=_trusted(stage.trust),
            at="" if stage.now is None else format_time(stage.now),
            sigsuite=key.suite,
            sigkid=key.kid,
            sig="",
        )
        self._chain = Chain(seal.n, seal_hash(seal), seal.end, stage.now)
        return seal


def sealed_items(seals: Sequence[Seal], signer: Signer) -> list[Item]:
    """The records of seals, signed."""
    return [(f"{seal.topic}/{seal.partition}".encode(), encode(signed_seal(seal, signer))) for seal in seals]


def _trusted(trust: Trust) -> str:
    """The digest of what a partition knows of its log's trust; empty before the log was opened."""
    return trust_digest(trust, SUITES[trust.suite].hash) if trust.suite else ""
