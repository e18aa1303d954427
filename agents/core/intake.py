"""What may be judged and what may not: bad input becomes a quality record that says why, whose it is and where it stands.

What is said of it never quotes it: a message has our own words, names of fields and kinds, numbers and times that we have read.

Checks and their rows: reference list of data quality rules DQ-01 to DQ-18 of the rule book.
"""

import re
from hashlib import blake2s

import msgspec
from msgspec import UNSET, Struct

from agents.core.alerts.state import Latest
from streams.messages import (
    MINUTE,
    STEP,
    DecodeError,
    Event,
    Place,
    Quality,
    Reason,
    Redacted,
    Resumption,
    decode_event,
    format_time,
    invalid,
    parse_time,
)
from streams.signing.envelope import Envelope

FUTURE = 5 * MINUTE
"""How far ahead of the partition's time a fact may be (DQ-10 names 5 minutes for a source's clock)."""

_LATEST = parse_time("2198-12-01T00:00:00+08:00")
"""From when on (ms) nothing is judged: times are read to the end of 2199, and what a record causes may last for a year."""

_OUTSIDE = re.compile(r"(Expected `(int|float)` [<>]=|(Integer|Number|Float) (value )?out of range)")

JUDGED: frozenset[Reason] = frozenset(
    {"inconsistent", "undeclared-field", "unknown-kind", "unknown-code", "nothing-to-judge", "no-rule", "not-in-force"}
)
"""Reasons of records that are judged all the same, as far as they can be."""

UNKNOWN_CODE: Reason = "unknown-code"
"""What a domain's check gives in place of a row where a code, a mark or a unit is not one that it knows."""

NOTHING_TO_JUDGE: Reason = "nothing-to-judge"
"""What it gives where no rule reads anything of the fact."""

ROWS: dict[str, str] = {
    "late": "DQ-01",
    "duplicate": "DQ-03",
    "conflict": "DQ-04",
    "out-of-range": "DQ-05",
    "unregistered": "DQ-08",
    "future": "DQ-10",
    "malformed-data": "DQ-15",
    "not-json": "DQ-15",
    "not-cloudevent": "DQ-15",
    "bad-time": "DQ-15",
}
"""The row of the data quality list that a reason belongs to, where there is one."""


def identity(event: Event | Envelope) -> str:
    """BLAKE2s-128 (hex) of what identifies a CloudEvent: its source and id, however long they are (CloudEvents 1.0.2 §3.1)."""
    return blake2s(f"{event.source}\x1f{event.id}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Refused(Exception):  # noqa: N818 - not an error of ours: the record is refused
    """This record must not be judged: the reason, in words why, the field at fault, the row of the rule list.

    `more`: how many records it stands for, where its like was counted since it was told before; 0 for itself alone.
    """

    def __init__(self, reason: Reason, message: str, field: str = "", row: str = "", more: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field
        self.row = row or ROWS.get(reason, "")
        self.more = more


def refusal(error: Exception) -> Refused:
    """What an error says that reading or judging a record raised: a Refused, DecodeError or RecursionError."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, DecodeError):
        return Refused(error.reason, str(error), error.field)
    return Refused("not-json", "nested too deep")


def bad_data(error: msgspec.DecodeError, root: str = "$.data") -> Refused:
    """The refusal of data below `root` that are not of their type, or outside their bounds."""
    bad = invalid("malformed-data", error, root)
    return Refused("out-of-range" if _OUTSIDE.match(str(error)) else "malformed-data", str(bad), bad.field)


def unregistered() -> Refused:
    """The refusal of a fact about a subject that nobody registered."""
    return Refused("unregistered", "no register knows its subject", "$.subject")


def inconsistent(row: str, field: str, message: str) -> Refused:
    """What a domain's own check has found: a code that nobody knows, or something that does not fit the rest."""
    own = next((reason for reason in (UNKNOWN_CODE, NOTHING_TO_JUDGE) if row == reason), None)
    return Refused("inconsistent", message, field, row) if own is None else Refused(own, message, field)


class Source(Struct, frozen=True):
    """What is known of a record: where it stands, its size, whose data it is, and of what type and subject, if known."""

    place: Place
    size: int
    owner: str
    type: str = ""
    subject: str = ""


NO_TIME = "no time of the form 2026-06-01T08:00:00+08:00 (RFC 3339, with its offset) in the years 1970 to 2199"


def time_of(text: str) -> int:
    """The time of a record (ms); Refused where it is none, or too late for what is reckoned from it to be read back."""
    try:
        at = parse_time(text)
    except (ValueError, OverflowError):
        raise Refused("bad-time", NO_TIME, "$.time") from None
    if at >= _LATEST:
        raise Refused("bad-time", f"the time is not before {format_time(_LATEST)}", "$.time")
    return at


def whose(value: bytes) -> tuple[str, str]:
    """Type and subject of a record that was refused, as far as it is a CloudEvent."""
    try:
        event = decode_event(value)
    except (DecodeError, RecursionError):
        return "", ""
    return event.type, event.subject


def record(refused: Refused, source: Source, log: str, domain: str, now: int | None) -> Quality:
    """The quality record of a refusal; equal input at an equal place gives an equal record."""
    place = source.place
    parts = f"{place.topic}\x1f{place.partition}\x1f{place.offset}\x1f{refused.reason}\x1f{refused.row}\x1f{refused.field}"
    return Quality(
        id=blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
        reason=refused.reason,
        rule=refused.row,
        message=refused.message,
        field=refused.field,
        owner=source.owner,
        log=log,
        domain=domain,
        place=place,
        at=None if now is None else format_time(now),
        type=source.type,
        subject=source.subject,
        size=source.size,
        more=refused.more or UNSET,
    )


def told_again(redacted: Redacted, place: Place, log: str, domain: str, now: int | None) -> Quality:
    """The quality record of a refused record of which the archive has the stub alone: what was told of the record itself."""
    stub = redacted.stub
    source = Source(place, stub.size, stub.owner, stub.type, stub.subject)
    return record(Refused(stub.reason, stub.message, stub.field, stub.rule), source, log, domain, now)


def check_time(at: int, now: int | None, allowance: int) -> None:
    """Refuse a fact that is late or from the future; before a partition's first tick nothing is known and nothing refused."""
    if now is None:
        return
    if at > now + FUTURE:
        raise Refused(
            "future", f"its time {format_time(at)} is {(at - now) // 1000} s ahead of {format_time(now)}", field="$.time"
        )
    if now - at > allowance:
        raise Refused(
            "late",
            f"its time {format_time(at)} is {(now - at) // 1000} s behind {format_time(now)}; at most {allowance // 1000} s",
            field="$.time",
        )


def check_slot(latest: Latest, kind: str, at: int, crc: int) -> None:
    """Refuse a second copy (same subject, kind, time and bytes) and a conflict (same slot, other bytes).

    Slots are remembered by CRC-32 of the data: two different data with one CRC would pass for copies (one in four thousand
    million conflicts).
    """
    known = latest.crc_at(at)
    if known is None:
        return
    if known == crc:
        raise Refused("duplicate", f"a second copy of {kind} for {format_time(at)}; it changes nothing", "$.time")
    raise conflict(kind, at)


def conflict(kind: str, at: int) -> Refused:
    """Other data than the first report of a slot had."""
    return Refused("conflict", f"other data for {kind} at {format_time(at)}; the first report stands", "$.data")


def check_tick(at: int, now: int | None, *, bounded: bool) -> None:
    """Refuse a tick at `at` (ms) that is further ahead of the newest one than a clock's step, where the log's clock says gaps.

    `bounded`: the partition has had a `clock.resumed`. In a log from before there was such a thing every tick is believed.
    """
    if bounded and now is not None and at > now + STEP:
        raise Refused("bad-tick", f"a tick {(at - now) // 1000} s ahead of the newest one; at most {STEP // 1000} s", "$.time")


def check_resumed(event: Event, at: int, now: int | None, *, bounded: bool, within: int = 0) -> None:
    """Refuse a `clock.resumed` at `at` (ms) that goes on from another tick than the newest one, give or take `within` ms.

    A second copy, and the first one of a partition, say nothing that a tick could not say there: they fit.
    """
    try:
        since = msgspec.json.decode(event.data, type=Resumption).since
    except msgspec.DecodeError as error:
        bad = invalid("malformed-data", error, "$.data")
        raise Refused("malformed-data", str(bad), bad.field) from None
    before = None if since is None else time_of(since)
    if bounded and now is not None and at != now and (before is None or abs(before - now) > within):
        raise Refused("bad-tick", "time goes on from another tick than the newest one here", "$.data.last")
