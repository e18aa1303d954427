"""Whether a signed record is taken: the steps of verification, as a pure function of the partition's state and the record.

The first step that fails ends it. Before the signatures hold nothing is remembered but how often a reason was met; once they
hold the signer's number is used up, whatever else is found, so that the same bytes can never be taken later.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder
from msgspec.structs import replace

from streams.messages.event import RESUMED
from streams.messages.outputs.quality import Unfit
from streams.messages.times import HOUR, MINUTE, parse_time
from streams.signing import ticks
from streams.signing.envelope import Claim, Envelope, claim, where
from streams.signing.keys import Verify, applied, founded
from streams.signing.kinds import EVERYWHERE, NUMBERED, SERIES, Unverified, account_part, matches, own_key, partition_of
from streams.signing.preimage import content, cosignature_preimage, log_id, signature_preimage
from streams.signing.series import SERIES_DATA, LogOpened
from streams.signing.state import KeyRow, RootRow, Trust
from streams.signing.suites import SUITES

T = TypeVar("T")

FUTURE = 5 * MINUTE
"""How far ahead of the partition's time a signed event may be, as a fact may (DQ-10)."""

_DATA = {kind: Decoder(data) for kind, data in SERIES_DATA.items()}
_OPENED, _CHAIN, _RESUMED = Decoder(LogOpened), Decoder(ticks.ClockChain), Decoder(ticks.Resumed)

REMEMBERED = 32
"""How many digits of a content digest whoever judges remembers of an act: 128 bits."""

Known = Callable[[Envelope], str | None]
"""The first REMEMBERED digits of the content digest of an event's source and id; None where none is remembered."""


class Delivered(Struct, frozen=True, gc=False):
    """A record as it was delivered: where it stands (`to` as in `sigto`, partition, offset), its Kafka key, its bytes."""

    to: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes


class Outcome(Struct, frozen=True):
    """What became of a record: the state after it, and what was claimed, of which key and content, where it could be read.

    `reason`: why it is refused, None where it is taken; `copy`: it is taken for a second copy and changes nothing; `count`: how
    often the reason was met in this hour of the log.
    """

    trust: Trust
    reason: Unfit | None = None
    message: str = ""
    copy: bool = False
    count: int = 0
    envelope: Envelope | None = None
    content: str = ""


def needs_signature(trust: Trust, kind: str, measured: bool, offset: int) -> bool:
    """Whether a kind of event needs a signature at an offset; `measured`: the rule book says that it comes from instruments.

    The roots' own events always do: by one of them a log is opened.
    """
    demanded = _standing(trust, offset).policy.signed
    return matches(SERIES, kind) or ("*" in demanded and not measured) or matches(demanded, kind)


def take(trust: Trust, record: Delivered, now: int | None, verify: Verify, known: Known) -> Outcome:
    """Take a record that needs a signature. `now`: the newest tick of the partition (ms), None before the first.

    Where records of another log were copied, that log's own trust takes them; what that log followed itself is not looked at,
    for its offsets are not those of the copy.
    """
    try:
        said = claim(record.value)
    except Unverified as error:
        return _refused(trust, error, now, None)
    event = said.envelope
    try:
        if event.logid == trust.follows and record.offset < trust.until:
            inner = _taken(trust.copied or Trust(), said, record, now, verify, known)
            return replace(inner, trust=replace(trust, copied=inner.trust))
        return _taken(trust, said, record, now, verify, known)
    except Unverified as error:
        return _refused(trust, error, now, event)


def tick(trust: Trust, at: int, revealed: str, offset: int, now: int | None) -> Outcome:
    """Take a tick at a time (ms) that reveals a link; the state after it, or the refusal."""
    judge = _standing(trust, offset)
    patient = judge.refused.get("bad-tick ", 0) < ticks.PATIENCE or judge.hour != _hour(now)
    found = (
        ticks.ticked(SUITES[judge.suite].hash, judge.clock, at, revealed, patient) if judge.suite else "the log has no clock"
    )
    if isinstance(found, str):
        after = _refused(judge, Unverified("bad-tick", found), now, None)
    else:
        after = Outcome(judge if found is judge.clock else replace(judge, clock=found), copy=found is judge.clock)
    return after if judge is trust else replace(after, trust=replace(trust, copied=after.trust))


def doubted(trust: Trust, kid: str, at: int) -> bool:
    """Whether what a key signed at a time (ms) is doubted: it ended, and is said to have been in other hands since before."""
    row = trust.keys.get(kid)
    return row is not None and row.since is not None and at >= row.since


def is_told(count: int) -> bool:
    """Whether a refusal is told: the first, second, fourth, eighth … of its reason, key and hour."""
    return count & (count - 1) == 0


def pin_fault(trust: Trust, pinned: str) -> str:
    """Why a part that was started with a log's id must not go on with this state; empty where it may."""
    if not pinned or trust.logid == pinned:
        return ""
    return f"the log's id is {trust.logid or 'none, for it was never opened'}, and this part was started for {pinned}"


def _standing(trust: Trust, offset: int) -> Trust:
    return (trust.copied or Trust()) if offset < trust.until else trust


def _taken(trust: Trust, said: Claim, record: Delivered, now: int | None, verify: Verify, known: Known) -> Outcome:
    event = said.envelope
    series = matches(SERIES, event.type)
    opening = event.type == "log.opened" and not trust.logid
    if (said.number == 0) != matches(NUMBERED, event.type):
        raise Unverified("not-strict", "sigseq is 0 of kinds that number themselves, and of no other")
    if not opening and event.logid != trust.logid:
        raise Unverified("wrong-log", "it is signed for another log" if trust.logid else "this log was never opened")
    if series:
        return _series(trust, opening, said, record, verify)
    if trust.closed:
        raise Unverified("closed-log", "the log was closed")
    _place(trust, event, record)
    row = _right(trust, said, now)
    _check_age(trust, event, now)
    _signatures(trust, said, row, now, verify)
    replayed = said.number != 0 and said.number <= trust.seq.get(event.sigkid, 0)
    return _after(_used(trust, said), said, now, known, replayed)


def _place(trust: Trust, event: Envelope, record: Delivered) -> None:
    if matches(EVERYWHERE, event.type):
        if event.sigto != "*" or record.key is not None or event.subject:
            raise Unverified("wrong-place", "this kind goes everywhere: sigto is *, without subject and Kafka key")
        return
    if event.sigto != record.to:
        raise Unverified("wrong-place", "it is signed for another topic")
    number = trust.partitions.get(record.to)
    if number is None:
        raise Unverified("wrong-place", "the log's roots have not added this place: python -m agents keys stages")
    key = event.subject.encode()
    if record.key != key or partition_of(key, number) != record.partition:
        raise Unverified("wrong-place", "its Kafka key is not its subject, or it stands in another partition than that key's")


def _right(trust: Trust, said: Claim, now: int | None) -> KeyRow:
    event = said.envelope
    row = _valid(trust, event.sigkid, event.sigsuite, now)
    if not matches(row.may, event.type) or event.sigto not in row.to:
        raise Unverified("not-its-right", f"the key of {row.part} may not write this here")
    if not set(said.roles) <= set(row.roles):
        raise Unverified("not-its-right", f"the key of {row.part} may not claim this role")
    if own_key(row.part) and any(account_part(account) != row.part for account in said.accounts):
        raise Unverified("not-its-right", f"{row.part} is one person's own key, and somebody else is named as who acts")
    return row


def _valid(trust: Trust, kid: str, suite: str, now: int | None) -> KeyRow:
    row = trust.keys.get(kid)
    if row is None:
        raise Unverified("unknown-key", "the key was not adopted")
    if row.ended is not None or (row.until is not None and now is not None and now >= row.until):
        raise Unverified("ended-key", f"the key of {row.part} has ended")
    if row.suite != suite or not trust.suites.get(suite, False):
        raise Unverified("wrong-suite", "the suite is not that of the key's row, or retired")
    return row


def _check_age(trust: Trust, event: Envelope, now: int | None) -> None:
    try:
        at = parse_time(event.time)
        at = parse_time(event.recordedtime) if event.recordedtime else at
    except ValueError:
        raise Unverified("not-strict", "time or recordedtime is not RFC 3339") from None
    if now is None or matches(NUMBERED, event.type) or matches(("clock.*",), event.type):
        return
    if at > now + FUTURE:
        raise Unverified("future", f"{(at - now) // 1000} s ahead of the partition's time")
    if trust.policy.stale and at < now - trust.policy.stale:
        raise Unverified("stale", f"{(now - at) // 1000} s behind the partition's time")


def _signatures(trust: Trust, said: Claim, row: KeyRow, now: int | None, verify: Verify) -> None:
    event = said.envelope
    if not verify(row.suite, row.public, signature_preimage(event), event.sig):
        raise Unverified("bad-signature", "the signature is not the key's over these bytes")
    seen = {event.sigkid}
    for each in said.cosignatures:
        second = _valid(trust, each.kid, each.suite, now)
        if not matches(second.cosigns, event.type) or event.sigto not in second.to or second.part == row.part:
            raise Unverified("not-its-right", f"the key of {second.part} may not sign this as the second")
        if own_key(second.part) and second.part in map(account_part, said.accounts):
            raise Unverified("not-its-right", f"{second.part} is the key of who acts: a second person must sign")
        if each.kid in seen or not verify(
            second.suite, second.public, cosignature_preimage(event, each.suite, each.kid), each.sig
        ):
            raise Unverified("bad-signature", "a further signature is not its key's over these bytes, or stands twice")
        seen.add(each.kid)
    if matches(trust.policy.cosigned, event.type) and len(seen) < 2:
        raise Unverified("needs-second", "this kind needs a second signature, of another part or person")


def _used(trust: Trust, said: Claim) -> Trust:
    """The state in which the signer's number is used up."""
    kid = said.envelope.sigkid
    if said.number <= trust.seq.get(kid, 0):
        return trust
    return replace(trust, seq={**trust.seq, kid: said.number})


def _after(used: Trust, said: Claim, now: int | None, known: Known, replayed: bool) -> Outcome:
    """What becomes of a record whose signatures hold; `used` is the state whatever it is."""
    event = said.envelope
    digest = content(event, SUITES[used.suite].hash)
    try:
        before = known(event)
        if before is not None and before != digest[:REMEMBERED]:
            raise Unverified("conflict", "another event has this source and id; the first stands")
        if before is None and replayed:
            raise Unverified("replayed", "its number is not above the newest of its key")
        after = used if before is not None else _clocked(used, event, now)
    except Unverified as error:
        return replace(_refused(used, error, now, event), content=digest)
    return Outcome(after, copy=before is not None, envelope=event, content=digest)


def _clocked(trust: Trust, event: Envelope, now: int | None) -> Trust:
    """The state with what a clock's event changes of it."""
    policy, found = trust.policy, None
    if event.type == ticks.CHAIN:
        found = ticks.opened(trust.clock, event.sigkid, _read(_CHAIN, event.data), now, policy.ahead, policy.step)
    elif event.type == RESUMED:
        at = parse_time(event.time)
        found = ticks.resumed(trust.clock, _read(_RESUMED, event.data), at, now, policy.ahead)
    if isinstance(found, str):
        raise Unverified("bad-tick", found)
    return trust if found is None else replace(trust, clock=found)


def _series(trust: Trust, opening: bool, said: Claim, record: Delivered, verify: Verify) -> Outcome:
    """Take an event of the roots' series: k of n signatures, and its place after the one before."""
    event = said.envelope
    if event.type not in _DATA:
        raise Unverified("malformed-data", "the series has no such kind")
    _place(trust, event, record)
    if opening:
        trust = _founded(event, record)
    good = _roots(trust, said, verify)
    data = _read(_DATA[event.type], event.data)
    digest = content(event, SUITES[trust.suite].hash)
    if not opening and (data.n < trust.n or digest == trust.prev):
        return Outcome(trust, copy=True, envelope=event, content=digest)
    if good < trust.threshold:
        raise Unverified("needs-second", f"{good} of {trust.threshold} roots have signed")
    if opening:
        return Outcome(replace(trust, prev=digest), envelope=event, content=digest)
    if trust.closed:
        raise Unverified("closed-log", "the log was closed")
    if data.n != trust.n + 1 or data.prev != trust.prev:
        raise Unverified("broken-series", f"number {data.n} does not follow number {trust.n} of this partition; one is missing")
    after = applied(data, trust, record.offset, verify)
    return Outcome(replace(after, n=data.n, prev=digest), envelope=event, content=digest)


def _founded(event: Envelope, record: Delivered) -> Trust:
    data = _read(_OPENED, event.data)
    if data.suite not in SUITES:
        raise Unverified("wrong-suite", "the log stands on no known suite")
    if log_id(data.suite, bytes(event.data)) != event.logid:
        raise Unverified("wrong-log", "the log's id is not the hash of its opening")
    return founded(data, event.logid, (record.to, record.partition))


def _roots(trust: Trust, said: Claim, verify: Verify) -> int:
    """How many roots that have not ended have signed; every signature that stands must hold."""
    event, good = said.envelope, 0
    signers = [(event.sigkid, event.sigsuite, event.sig)]
    signers += [(each.kid, each.suite, each.sig) for each in said.cosignatures]
    if len({kid for kid, *_ in signers}) != len(signers):
        raise Unverified("bad-signature", "a root has signed twice")
    for n, (kid, suite, sig) in enumerate(signers):
        root = _root(trust, kid, suite)
        preimage = cosignature_preimage(event, suite, kid) if n else signature_preimage(event)
        if not verify(suite, root.public, preimage, sig):
            raise Unverified("bad-signature", "the signature is not the root's over these bytes")
        good += root.ended is None
    return good


def _root(trust: Trust, kid: str, suite: str) -> RootRow:
    root = trust.roots.get(kid)
    if root is None:
        raise Unverified("unknown-key", "the key is no root of this log")
    if root.suite != suite or not trust.suites.get(suite, False):
        raise Unverified("wrong-suite", "the suite is not that of the root, or retired")
    return root


def _read(decoder: Decoder[T], data: Raw) -> T:
    try:
        return decoder.decode(data)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise Unverified("malformed-data", f"the data are not what this kind has{where(error)}") from None


def _hour(now: int | None) -> int:
    return -1 if now is None else now // HOUR


def _refused(trust: Trust, error: Unverified, now: int | None, event: Envelope | None) -> Outcome:
    """The refusal, counted by reason and key in this hour of the log; a key that is not known is not remembered."""
    kid = event.sigkid if event is not None and event.sigkid in trust.keys else ""
    met = trust.refused if trust.hour == _hour(now) else {}
    row = f"{error.reason} {kid}"
    count = met.get(row, 0) + 1
    after = replace(trust, hour=_hour(now), refused={**met, row: count})
    return Outcome(after, error.reason, error.message, count=count, envelope=event)
