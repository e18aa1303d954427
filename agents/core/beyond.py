"""What the stages beyond the domains' share: how a partition of events that are acts, ticks and what is fed moves on.

Of each record it is asked whether it may be judged; bad input becomes a quality record, never an error.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from agents.core import intake
from agents.core.intake import Refused, Source
from agents.core.position import POSITION, position_bytes, position_of, trust_in
from agents.core.trusted import Admitted, LogTrust, content_of
from streams.calendar.holidays import Notice
from streams.messages import (
    RESUMED,
    STEP,
    DecodeError,
    Event,
    NoTime,
    Place,
    Redacted,
    SubjectStatus,
    check_times,
    invalid,
    is_ours,
)
from streams.outputs import Output
from streams.signing.envelope import Envelope
from streams.signing.keys import Verify
from streams.signing.state import Trust
from streams.topics import split_events_topic


class BeyondStage(ABC):
    """One partition of an input that is no domain's.

    `position` is the next offset to fold, `refused` the newest that was refused whole (-1 for none since the start). `now` is
    the newest time that any record told (ms), `ticked` the newest tick of a log that was opened; `bounded`: no time is believed
    that is far ahead. `keyed`: the record's key must be its subject. It is not where the records come from a plain file, of
    which judging itself makes what other stages feed (`fed`, by type): these need no signature.
    `owner`: the department that bad records go to; `whom`: what a subject is here.
    `trusted`: what it trusts, by what `verify` says of signatures.
    """

    adopted: str | None = None
    notices: tuple[Notice, ...] = ()
    unjudged = 0
    fed: frozenset[str] = frozenset()
    owner = ""
    whom = "subject"

    def __init__(self, topic: str, partition: int, verify: Verify, *, keyed: bool) -> None:
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.refused = -1
        self.now: int | None = None
        self.bounded = False
        self.trusted = LogTrust(topic, partition, verify, keyed=keyed)
        self.ticked: int | None = None

    @property
    def trust(self) -> Trust:
        """What the partition trusts."""
        return self.trusted.state

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Fold records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                try:
                    self.record(offset, key, value or b"", out)
                except (Refused, DecodeError, RecursionError) as error:
                    self.refused = offset
                    self._refuse(intake.refusal(error), offset, value or b"", out)
        return out

    @abstractmethod
    def record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        """Fold one record; Refused where it may not be."""

    @abstractmethod
    def known_subject(self, subject: str) -> bool:
        """Whether a quality record may name this subject: it is one that is known here."""

    @abstractmethod
    def remembered(self, event: Envelope) -> str | None:
        """The digits that are remembered of an event that was signed."""

    def adopts(self, _offset: int, _key: bytes | None, _value: bytes | None) -> str | None:
        """None: what is judged by here comes from the files."""
        return None

    def statuses(self, _limit: int) -> list[SubjectStatus]:
        """None: nothing here has values."""
        return []

    def admitted(self, event: Event, offset: int, key: bytes | None, value: bytes) -> Admitted | None:
        """Whether a record may be judged; None where it is a second copy, or refused for the like of what was told."""
        if event.type in self.fed and not self.keyed:
            return Admitted()
        now = self.now if self.trusted.opened is None else self.ticked
        return self.trusted.admit(event, (offset, key, value), now, self.remembered)

    def tell_time(self, event: Event, at: int, *, verified: bool) -> None:
        """Take the time of a tick, or of what says that time goes on after a gap; Refused where it is not believed."""
        if event.type == RESUMED:
            intake.check_resumed(event, at, self.now, bounded=self.bounded, within=STEP)  # a revision may have come first
            self.bounded = True
        elif not verified:
            intake.check_tick(at, self.now, bounded=self.bounded)
        self.ticked = at if self.ticked is None else max(at, self.ticked)

    def near(self, at: int) -> int:
        """The time of what was fed (ms), where it is near the newest one: none carries the partition's time away."""
        bounded = self.bounded or self.trusted.opened is not None
        far = bounded and self.now is not None and at > self.now + STEP
        return self.now if far and self.now is not None else at

    def check_key(self, event: Event, key: bytes | None) -> None:
        """Refuse a record whose key is not its subject."""
        if self.keyed and key != event.subject.encode("utf-8", "surrogatepass"):
            raise Refused("key-mismatch", f"the record's key is not its {self.whom}", "$.subject")

    def kept_position(self) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint ends with: the trust where it changed, and the position."""
        opened = self.trusted.opened is not None
        position = position_bytes(
            self.position, self.now, self.notices, bounded=self.bounded, opened=opened, ticked=self.ticked
        )
        return [*self.trusted.saved(), (POSITION, position)]

    def take_up_position(self, newest: Mapping[bytes, bytes | None]) -> bool:
        """Take up what a checkpoint says of position and trust; False where it holds nothing."""
        held = position_of(newest, self.topic, self.partition)
        if held is None:
            return False
        self.position, self.now, self.bounded = held.offset, held.now, held.bounded is True
        self.notices = held.notices
        self.trusted.take_up(trust_in(newest, held, self.topic, self.partition))
        self.ticked = None if held.ticked is UNSET else held.ticked
        return True

    def _refuse(self, refused: Refused, offset: int, value: bytes, out: list[Output]) -> None:
        place = Place(self.topic, self.partition, offset)
        if isinstance(value, Redacted):
            out.append(intake.told_again(value, place, self.log, self.domain, self.now))
            return
        type_, subject = intake.whose(value)
        known = type_ in self.fed or is_ours(type_)
        named = subject if self.known_subject(subject) else ""
        source = Source(place, len(value), self.owner, type_ if known else "", named)
        out.append(intake.record(refused, source, self.log, self.domain, self.now))


def remembered_among(acts: list[str], event: Envelope) -> str | None:
    """The digits that are remembered beside an act's id in a list of them."""
    return content_of(acts, intake.identity(event))


def is_copy(acts: list[str], event: Event) -> bool:
    """Whether an event is among the remembered acts."""
    identity = intake.identity(event)
    return any(each.startswith(identity) for each in acts)


def with_act(acts: list[str], event: Event, admitted: Admitted, most: int) -> list[str]:
    """The remembered acts and this one: its id and the digits of its content. The oldest beyond `most` are forgotten."""
    return [*acts, f"{intake.identity(event)}{admitted.content}"][-most:]


def data_of(event: Event, type_: type[Any]) -> Any:
    """The data of an event; Refused where they are not of their type, or a time in them is none."""
    try:
        data = msgspec.json.decode(event.data, type=type_)
        check_times(data)
    except NoTime as error:
        raise Refused("malformed-data", "no time", f"$.data{str(error).removeprefix('$')}") from None
    except msgspec.DecodeError as error:
        bad = invalid("malformed-data", error, "$.data")
        raise Refused("malformed-data", str(bad), bad.field) from None
    return data
