"""How far a partition has been judged, as its checkpoint says it, and the version of the form in which all of it is kept.

Every stage keeps its position so, whatever else it remembers.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from agents.core.told import ToldToday
from streams.calendar.holidays import Notice
from streams.signing.state import Trust, trust_of

POSITION = b""
"""The checkpoint key of a partition's position; whatever else is kept has a key that is not empty."""

TRUST = b"\xfftrust"
"""The checkpoint key of what a partition trusts. It is no UTF-8, so that it can be nobody's name."""

VERSION = 2
"""The newest form of a checkpoint, that of a log which was opened: a program that verifies nothing must not go on with it."""

UNOPENED = 1
"""The form of the checkpoint of a log that was never opened."""


class Position(Struct, frozen=True):
    """How far a partition has been judged: next offset, the newest tick (ms), and the notices of holidays that came.

    `adopted`: the name of the rule book that the log has told it to judge by, None while that is the one it began with.
    `version`: the form of the whole checkpoint; those of the first version may not name it. `told`: what was told today once
    and counted after that, where there is any. `bounded`: no tick is believed that is far ahead of the newest one.
    `ticked`: the newest tick, where the log was opened and `now` is not a tick's. `filed`: the faults in data of which a matter
    was filed today.
    """

    offset: int
    now: int | None
    notices: tuple[Notice, ...] = ()
    adopted: str | None = None
    version: int = UNOPENED
    told: ToldToday | UnsetType = UNSET
    bounded: bool | UnsetType = UNSET
    ticked: int | UnsetType | None = UNSET
    filed: list[str] | UnsetType = UNSET


_WHOLE = frozenset((*range(0x80, 0xA0), *range(0xDC, 0xE0)))
"""First bytes of maps and lists (MessagePack specification, "Formats")."""


class _Form(Struct):
    """What alone is read before the version is known to be one of ours."""

    version: int = UNOPENED


class _Format(Struct):
    """What alone is read before the form of the trust is known to be ours."""

    format: int


class CheckpointError(ValueError):
    """A checkpoint in a form that this program does not know: the message says where it stands and what to do."""


def position_bytes(
    offset: int,
    now: int | None,
    notices: tuple[Notice, ...] = (),
    adopted: str | None = None,
    told: ToldToday | UnsetType = UNSET,
    *,
    bounded: bool = False,
    opened: bool = False,
    ticked: int | UnsetType | None = UNSET,
    filed: list[str] | UnsetType = UNSET,
) -> bytes:
    """A position as a checkpoint holds it, of a log that was opened or not."""
    version, resumed = VERSION if opened else UNOPENED, True if bounded else UNSET
    newest = ticked if opened else UNSET
    return msgspec.msgpack.encode(Position(offset, now, notices, adopted, version, told, resumed, newest, filed))


def position_of(items: Mapping[bytes, bytes | None], topic: str, partition: int) -> Position | None:
    """The position in what the checkpoint of a partition of an events topic holds; None where nothing was saved yet.

    CheckpointError where a later program wrote it.
    """
    position = items.get(POSITION)
    if position is None:
        if any(value is not None for value in items.values()):
            raise unreadable(topic, partition)
        return None
    found = msgspec.msgpack.decode(position, type=_Form).version
    if found > VERSION:
        raise CheckpointError(
            f"the checkpoint of {topic} partition {partition} has format version {found}, this program knows up to {VERSION}. "
            f"Start the version of this program that wrote it; or {_again(topic)}"
        )
    return msgspec.msgpack.decode(position, type=Position)


def trust_in(items: Mapping[bytes, bytes | None], held: Position, topic: str, partition: int) -> Trust:
    """What a partition trusted at a checkpoint's position. CheckpointError where that is lost, or of a later form."""
    value = items.get(TRUST)
    try:
        found = Trust() if value is None else trust_of(value)
    except msgspec.DecodeError:
        raise unreadable(topic, partition) from None
    except ValueError as error:
        raise CheckpointError(f"the checkpoint of {topic} partition {partition}: {error}") from None
    if bool(found.logid) != (held.version > UNOPENED):
        raise unreadable(topic, partition)
    return found


def legible_trust(value: bytes) -> bool:
    """Whether the record under TRUST can be one of ours, by its look: a JSON object that names its format."""
    try:
        msgspec.json.decode(value, type=_Format)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def legible(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint can be one of ours, by its look: one map or list of MessagePack, under a key of text.

    What it holds is read where it is used. A position is read whole: without it nothing else is of use.
    """
    if key == TRUST:
        return legible_trust(value)
    try:
        key.decode("utf-8", "surrogatepass")
        if key == POSITION and msgspec.msgpack.decode(value, type=_Form).version <= VERSION:
            msgspec.msgpack.decode(value, type=Position)
        msgspec.msgpack.decode(value, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return value[0] in _WHOLE


def legible_as(key: bytes, value: bytes, form: Any) -> bool:
    """Whether a record of a checkpoint is one of ours: position or trust, or one of this form (None: of none) under a text."""
    if key in {POSITION, TRUST}:
        return legible(key, value)
    if form is None:
        return False
    try:
        key.decode()
        msgspec.msgpack.decode(value, type=form)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
    return True


def unreadable(topic: str, partition: int) -> CheckpointError:
    """A checkpoint that has no position, or state that cannot be read, and what to do."""
    log, _, domain = topic.partition(".events.")
    return CheckpointError(
        f"the checkpoint of {topic} partition {partition} in the topic {log}.checkpoint.{domain} cannot be read: somebody else "
        f"has written into it. So {_again(topic)}"
    )


def _again(topic: str) -> str:
    log, _, domain = topic.partition(".events.")
    return (
        f"judge again what {topic} still holds: stop all workers of the log, delete the topic {log}.checkpoint.{domain} with "
        f"kafka-topics --delete, and make it anew with python -m streams topics create --log {log}"
    )
