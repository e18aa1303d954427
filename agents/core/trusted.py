"""What a stage trusts of its partition, and the one way to ask: nothing is remembered, fetched or compiled unverified.

The steps themselves are `streams.signing.trust`; a log that was never opened demands nothing, and nothing changes here.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct, UnsetType

from agents.core.intake import Refused
from agents.core.position import TRUST
from agents.core.rules.book import Plan
from agents.core.trail import OpenedLog
from streams.messages import NEVER, TICK, Event, format_time, parse_time
from streams.messages.outputs.quality import Unfit
from streams.signing.keys import Verify
from streams.signing.kinds import partition_of
from streams.signing.state import Trust, trust_bytes
from streams.signing.suites import SUITES
from streams.signing.ticks import ClockTick
from streams.signing.trust import REMEMBERED, Delivered, Known, Outcome, is_told, needs_signature, take, tick

_tick = msgspec.json.Decoder(ClockTick)


def no_verdict(suite: str, public: str, preimage: bytes, signature: str) -> bool:  # noqa: ARG001 - as `Verify`
    """Where nobody can say whether a signature holds: a log that has signatures must not be judged there."""
    raise RuntimeError("this log has signatures, and whoever judges it was given nothing that verifies them")


class Admitted(Struct, frozen=True):
    """A record that may be judged. `verified`: it needed a signature, or a tick its link, and has it.

    `kid`: the key that has signed it; `content`: the digits by which a second copy of it is known.
    """

    verified: bool = False
    kid: str = ""
    content: str = ""


class Doubt(Struct, frozen=True):
    """What a key signed from `since` to before `until` (ms, log's time) is doubted from now on."""

    kid: str
    since: int
    until: int

    def covers(self, kid: str | UnsetType, at: str) -> bool:
        """Whether an act of a key at a time (RFC 3339) is doubted."""
        return kid == self.kid and self.since <= parse_time(at) < self.until


class LogTrust:
    """The trust of one partition. `state` is all of it; `opened` the log, where it was opened.

    `believes_ticks`: no tick need prove itself.

    `verify` says whether a signature holds. `keyed`: a record stands where it was delivered; else it comes from a plain file,
    and stands where its subject belongs.
    """

    def __init__(self, topic: str, partition: int, verify: Verify, *, keyed: bool) -> None:
        self.state = Trust()
        self.opened: OpenedLog | None = None
        self.believes_ticks = not self._demands(TICK, False)
        self._to = topic.partition(".")[2]
        self._partition = partition
        self._verify = verify
        self._keyed = keyed
        self._changed = False

    def admit(
        self,
        event: Event,
        record: tuple[int, bytes | None, bytes],
        now: int | None,
        known: Known,
        *,
        measured: bool = False,
    ) -> Admitted | None:
        """Whether a record of (offset, key, value) may be judged, at the newest tick `now` (ms).

        None where it is a second copy, or is refused for the like of what was told already; Refused where that is to be told.
        """
        if not needs_signature(self.state, event.type, measured, record[0]):
            return Admitted()
        found = self._tick(event, record[0], now) if event.type == TICK else self._asked(event, record, now, known)
        self.keep(found.trust)
        if found.reason is not None and is_told(found.count):
            raise _refused(found.reason, found)
        if found.reason is not None or found.copy:
            return None
        return Admitted(True, found.envelope.sigkid if found.envelope else "", found.content[:REMEMBERED])

    def would_admit(self, event: Event, record: tuple[int, bytes | None, bytes], now: int | None, known: Known) -> bool:
        """Whether a record would be admitted now; nothing is remembered of the question."""
        if not needs_signature(self.state, event.type, False, record[0]):
            return True
        found = self._asked(event, record, now, known)
        return found.reason is None and not found.copy

    def free(self, plans: Mapping[str, Plan]) -> Mapping[str, Plan]:
        """Of the facts that are known by type those that need no signature, whatever their offset."""
        if not self.state.logid:
            return plans
        return {type_: plan for type_, plan in plans.items() if not self._demands(type_, plan.measured)}

    def hash_at(self, offset: int) -> str:
        """The name of the hash of the log that a record at an offset is one of; empty where that was never opened."""
        log = (self.state.copied or Trust()) if offset < self.state.until else self.state
        return SUITES[log.suite].hash if log.suite else ""

    def keep(self, state: Trust) -> None:
        """The state is this one from now on."""
        if state is self.state:
            return
        if state.logid != self.state.logid:
            self.opened = OpenedLog(state.logid, SUITES[state.suite].hash) if state.logid else None
        self.state, self._changed = state, True
        self.believes_ticks = not self._demands(TICK, False)

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint must hold of it, where it has changed since the last one."""
        changed, self._changed = self._changed, False
        return [(TRUST, trust_bytes(self.state))] if changed else []

    def take_up(self, state: Trust) -> None:
        """Go on with the state of a checkpoint."""
        self.keep(state)
        self._changed = False

    def _demands(self, kind: str, measured: bool) -> bool:
        offsets = {self.state.until, max(0, self.state.until - 1)}  # of the log itself, and of the one that it was copied from
        return any(needs_signature(self.state, kind, measured, offset) for offset in offsets)

    def _asked(self, event: Event, record: tuple[int, bytes | None, bytes], now: int | None, known: Known) -> Outcome:
        offset, key, value = record
        partition = self._partition
        if not self._keyed:
            key = event.subject.encode() or None
            partition = partition_of(key, self.state.partitions.get(self._to, 1)) if key else partition
        return take(self.state, Delivered(self._to, partition, offset, key, value), now, self._verify, known)

    def _tick(self, event: Event, offset: int, now: int | None) -> Outcome:
        """A tick that tells no time, or reveals no link, is on no chain."""
        try:
            at, link = parse_time(event.time), _tick.decode(event.data).r
        except (ValueError, OverflowError):  # msgspec's errors are ValueErrors
            at, link = -1, ""
        return tick(self.state, at, link, offset, now)


def content_of(known: Iterable[str], identity: str) -> str | None:
    """The digits that are remembered beside an act's id; None where it is not remembered, or was without a signature."""
    return next((each[len(identity) :] for each in known if each.startswith(identity)), None) or None


def doubts(before: Trust, after: Trust) -> list[Doubt]:
    """What is doubted after an event of the roots, and was not before."""
    return [*_doubts(before, after), *_doubts(before.copied or Trust(), after.copied or Trust())]


def told_doubt(found: list[Doubt], acts: Iterable[str]) -> str:
    """What a trail says of acts that are doubted, by their names."""
    since = format_time(min(each.since for each in found))
    return f"acts whose key is doubted since {since}: {', '.join(dict.fromkeys(acts))}"


def _doubts(before: Trust, after: Trust) -> Iterator[Doubt]:
    for kid, row in sorted(after.keys.items()):
        was = before.keys[kid].since if kid in before.keys else None
        if row.since is not None and row.since != was:
            yield Doubt(kid, row.since, NEVER if was is None else was)


def _refused(reason: Unfit, found: Outcome) -> Refused:
    """The refusal of a record, which stands for those that were met since the last one was told."""
    message = found.message if found.count == 1 else f"{found.message}; {found.count} times in this hour of the log"
    return Refused(reason, message, more=found.count // 2 if found.count > 2 else 0)
