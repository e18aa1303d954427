"""What a log says of the instrument whose readings an alert rests on: its registration, marks on those days, checks. Pure.

Records of monitoring equipment are evidence only where it was reviewed, suits the standard, and is marked and made public
(行政处罚法 41); what is measured by an instrument out of its verification proves little (生态环境监测条例 22).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from streams.catalogue import domains
from streams.messages import (
    DAY,
    NEVER,
    Alert,
    DecodeError,
    Event,
    Place,
    Registered,
    Text,
    day_of,
    decode_event,
    parse_time,
)

FACTS: Mapping[str, Text] = {
    "instrument_model": Text("型号", "model"),
    "instrument_no": Text("出厂编号", "serial number"),
    "accepted": Text("验收", "accepted"),
    "verified_until": Text("检定有效至", "verified until"),
    "calibrated_until": Text("校准有效至", "calibrated until"),
    "siting_published": Text("设置地点公布", "siting published"),
    "legal_review": Text("法制审核", "legal review"),
    "technical_review": Text("技术审核", "technical review"),
}
"""What of a registration's traits is about the instrument."""

REVIEWS = frozenset({"legal_review", "technical_review"})
"""The reviews without which its records are no evidence (行政处罚法 41: 法制和技术审核)."""

MOST = 200
"""Records that a case has of its instrument at most, the newest. A choice."""


class InstrumentRecord(NamedTuple):
    """One record that is about the instrument."""

    place: Place
    event: Event
    value: bytes


class Instrument(Struct, frozen=True, kw_only=True):
    """What stands of it. `days`: the first and the last day of the readings, China Standard Time.

    `registration`: the newest before the last reading; `records`: that, and what else is about the instrument, in their order.
    """

    days: tuple[str, str]
    registration: InstrumentRecord | None = None
    records: tuple[InstrumentRecord, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """What the registration says of it, by the names of FACTS."""
        try:
            traits = msgspec.json.decode(self.registration.event.data, type=Registered).traits if self.registration else {}
        except (msgspec.MsgspecError, ValueError):
            traits = {}
        return {name: str(traits[name]) for name in FACTS if traits.get(name)}

    @property
    def reviewed(self) -> bool:
        """Whether the registration names both reviews."""
        return self.facts.keys() >= REVIEWS

    def told(self) -> dict[str, Any]:
        """As `case.json` has it."""
        facts = self.facts
        return {
            "days": list(self.days),
            "facts": facts,
            "missing": [name for name in FACTS if name not in facts],
            "records": {name_of(each.place): {"type": each.event.type, "time": each.event.time} for each in self.records},
            "reviewed": self.reviewed,
        }


def kinds() -> frozenset[str]:
    """The types of events that are about an instrument."""
    return frozenset(
        f"{name}.{kind}" for name, each in domains().items() for kind, facts in each.kind.items() if facts.instrument
    )


def name_of(place: Place) -> str:
    """A place as files of a case are named."""
    return f"{place.topic}/{place.partition}/{place.offset}"


def instrument(alert: Alert, records: Iterable[tuple[Place, bytes]]) -> Instrument:
    """What the records of the alert's subject say of its instrument, in the days of the alert's evidence.

    An alert that rests on no record, as one of silence may, has the day on which it opened.
    The registration is the newest that stands before the last reading. Marks and plans count where they hold on one of the
    days, checks where they are of these days or the newest of their sort before them.
    """
    times = [parse_time(each.at) for each in alert.evidence] or [parse_time(alert.opened_at)]
    days = day_of(min(times)).isoformat(), day_of(max(times)).isoformat()
    begin, end = _moment(days[0]), _moment(days[1]) + DAY
    read = max((each.place.offset for each in alert.evidence), default=alert.place.offset)
    registered, wanted = f"{alert.domain}.registered", kinds()
    entry: InstrumentRecord | None = None
    held: list[InstrumentRecord] = []
    before: dict[tuple[str, ...], InstrumentRecord] = {}
    for place, value in records:
        event = _event(value)
        if event is None or event.subject != alert.subject:
            continue
        said = InstrumentRecord(place, event, value)
        if event.type == registered:
            entry = said if place.offset < read else entry
        elif event.type in wanted:
            data = _data(event)
            since, until = _span(event, data)
            if since < end and until > begin:
                held.append(said)
            elif "since" not in data and since < begin:
                before[event.type, *_sort(data)] = said
    found = sorted((*held, *before.values()), key=lambda each: each.place.offset)[-MOST:]
    return Instrument(days=days, registration=entry, records=(*filter(None, [entry]), *found))


def _event(value: bytes) -> Event | None:
    try:
        event = decode_event(value)
        parse_time(event.time)
    except (DecodeError, ValueError):
        return None
    return event


def _data(event: Event) -> dict[str, Any]:
    try:
        return msgspec.json.decode(event.data, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _span(event: Event, data: Mapping[str, Any]) -> tuple[int, int]:
    """From when to when (ms) a record holds: the span that it states, or the moment of its time."""
    if "since" not in data:
        at = parse_time(event.time)
        return at, at + 1
    return _moment(data["since"], 0), _moment(data.get("until"), NEVER)


def _sort(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Of which sort a check is: by its texts but the day until which it is good."""
    return tuple(f"{name}={each}" for name, each in sorted(data.items()) if isinstance(each, str) and name != "until")


def _moment(text: object, otherwise: int = 0) -> int:
    """A time or the beginning of a day (ms)."""
    if not isinstance(text, str) or not text:
        return otherwise
    try:
        return parse_time(text if "T" in text else f"{text}T00:00:00+08:00")
    except ValueError:
        return otherwise
