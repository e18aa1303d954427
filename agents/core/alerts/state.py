"""What is remembered of one subject. Plain values only, so that a checkpoint is exact: restore(snapshot(x)) == x."""

import struct
from typing import Any

from msgspec import UNSET, Struct, UnsetType, msgpack

from streams.messages import NEVER, REGISTERED, Alert, Place, Quarantine, Registered

REGISTRATION = REGISTERED.removeprefix(".")
"""The kind of fact that registers a subject."""

_SLOT = struct.Struct(">qI")
_TIME = struct.Struct(">q").pack
pack = _SLOT.pack
"""The bytes of a slot: event time (ms) and CRC-32 of a fact's data."""

SLOT = _SLOT.size
"""How many they are."""


def room_for(kept: int) -> int:
    """How many bytes the slots of a kind may be that remembers so many: they are cut to these now and then, not each time."""
    return 2 * kept * SLOT


class Latest(Struct, array_like=True):
    """The newest fact of one kind: its event time (ms), its payload, and the CRC-32 of its data.

    `slots` holds event times and CRC-32 of other facts, packed (12 bytes each), at least as many as the kind remembers;
    `before` and `before_at` the fact that was the newest until this one came, where a judge compares the two.
    """

    at: int
    data: Any
    crc: int = 0
    slots: bytearray | None = None
    before: Any = None
    before_at: int = 0

    def remember(self, at: int, crc: int, kept: int) -> None:
        """Remember a slot of a fact that is not the newest, among at most `kept` with the newest one."""
        if kept > 1:
            slots = self.slots = bytearray() if self.slots is None else self.slots
            slots += pack(at, crc)
            if len(slots) > room_for(kept):
                del slots[: -kept * SLOT]

    def crc_at(self, at: int) -> int | None:
        """The CRC-32 of the fact of this event time, where it is known: of several the first that is remembered."""
        if at == self.at:
            return self.crc
        slots, time = self.slots or b"", _TIME(at)
        place = slots.find(time)
        while place > 0 and place % SLOT:  # these bytes are of two slots
            place = slots.find(time, place + 1)
        return None if place < 0 else int.from_bytes(slots[place + len(time) : place + SLOT], "big")


def followed(latest: Latest | None, at: int, data: Any) -> Latest:
    """What is known of a kind after one more fact, for one judge alone: the fold does the same, and remembers slots."""
    if latest is None:
        return Latest(at, data)
    return latest if at < latest.at else Latest(at, data, before=latest.data, before_at=latest.at)


class Held(Struct, frozen=True, array_like=True):
    """Something that a judge on hold has not judged: a fact, an alert of another rule, or the passing of time.

    `kind` is the fact's kind, `alert:<rule>`, or the type of a tick or notice; `at` its event time (ms); `data` the record's
    bytes, for an alert the alert's; `place` and `sha256` are of the record that brought it, `now` was the time then (ms).
    """

    kind: str
    at: int
    data: bytes
    place: Place
    sha256: str
    now: int


class Hold(Struct, array_like=True):
    """A judge on hold: its quarantine record, and what it needs to go on from where it raised.

    `facts` and `latest` are what was known of the subject when it raised, with the record at `known` among it; `since` is
    the time (ms) it has lived through; `events` are held in their order, `size` their bytes; `passed` came when there was no
    more room.
    """

    record: Quarantine
    facts: Registered | None
    latest: dict[str, Latest]
    known: Place
    since: int
    events: list[Held]
    size: int = 0
    passed: int = 0


class Past(Struct, array_like=True):
    """What is remembered of acts on a subject's alerts, of those that have any.

    `acts`: the ids of the newest commands of people, `notified` those of the notifier, which are many; of those that were
    signed with the digits of their content. `ended`: number and hash of the trail of the newest ended alerts, by alert id.
    """

    acts: list[str] = []
    notified: list[str] = []
    ended: dict[str, tuple[int, str]] = {}


class Subject(Struct):
    """The state of one subject; owned by one fold, which changes it in place.

    `facts` is the payload of its newest registration, the very object that `latest` has. `memory` holds what each judge
    remembers, by judge key; `alerts` the open alerts by judge key; `past` what was done to them and to those before, None where
    nothing was; `due` when time itself next matters to it (ms); `held` the judges on hold by key, None where there are none.
    `early`: the keys of judges of which was told that their clause does not bind it yet. `told`: the newest events that its
    trails tell without any change, by id and the digits of their content. `ties`: by alert the events of orders that tied it or
    let it go, known in the same way, for as long as the alert is.
    """

    id: str
    facts: Registered | None = None
    latest: dict[str, Latest] = {}
    memory: dict[str, Any] = {}
    alerts: dict[str, Alert] = {}
    past: Past | None = None
    due: int = NEVER
    held: dict[str, Hold] | None = None
    early: list[str] | UnsetType = UNSET
    told: list[str] | UnsetType = UNSET
    ties: dict[str, list[str]] | UnsetType = UNSET

    def knows_alert(self, alert: str) -> bool:
        """Whether an alert of this id is open, or is one of the newest that ended."""
        ended = () if self.past is None else self.past.ended
        return alert in ended or any(standing.id == alert for standing in self.alerts.values())


def bytes_of(subject: Subject) -> bytes:
    """A subject as a checkpoint holds it; its newest registration, a third of it, stands there once, as its `facts`."""
    newest = subject.latest.get(REGISTRATION)
    if newest is None:
        return msgpack.encode(subject)
    newest.data = None
    try:
        return msgpack.encode(subject)
    finally:
        newest.data = subject.facts
