"""Foreign documents into events: what is good is an event, and what is not is a refusal with its source, reason and place.

    outcomes = take(mappings, body, content_type, Origin(source="lifts-of-x", now=now, topic="lifts/L7/state"))

Each outcome is `Mapped`, an event with what was odd in its fields, or `Refused`. One bad field never discards the others, nor
one bad item the document. An id that a source does not give is made: of subject, quantities and time where these make a fact
one, else of the whole item too; so a message that is sent again is the same event.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from streams.gateways.cells import REASONS
from streams.gateways.foreign.document import Unreadable, read_document, read_json
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.foreign.place import Lookup, items, place, unpacked
from streams.gateways.foreign.redact import head_of
from streams.gateways.intake.datum import in_china, to_wgs84
from streams.gateways.intake.registered import oddities
from streams.gateways.meaning import Value, nested, read_moment, text_of
from streams.gateways.notes import LONGEST, notes_event
from streams.messages import REGISTERED, FieldNote, RefusalReason, event_bytes, format_time

MOST_ITEMS = 10_000
"""Items of one document that are taken, and facts of one mapping; 本系统默认 (a default of this system)."""

MOST_TIMES = 1_000
"""Facts that one item is at most, by `times`; 本系统默认."""

LONGEST_TEXT = 10_000
"""Characters of a text in which a pattern looks; 本系统默认."""

LONGEST_SUBJECT = 200
"""Characters of a subject, as of any short text of a message."""

UNREADABLE = frozenset({"empty", "encoding", "not-json", "not-xml", "too-deep", "too-large"})
"""Reasons by which nothing of a document can be read."""

REFUSALS: dict[str, str] = {
    "empty": "a document",
    "encoding": "text in the declared encoding",
    "not-json": "JSON (RFC 8259)",
    "not-xml": "XML without document type and entities",
    "too-deep": "fewer levels",
    "too-large": "a smaller document",
    "too-many": f"at most {MOST_ITEMS} items in one document",
    "no-mapping": "a document or an item that a mapping fits, by topic and by `when`",
    "no-subject": "one text that names whom it concerns",
    "no-time": "a time of one of the mapping's formats",
    "no-id": "one text, the source's id of the fact",
    "nothing": "at least one value that can be read",
}
"""Why a document or an item is refused, and what was expected."""


class Origin(Struct, frozen=True, kw_only=True):
    """Whence a document came: the source, as the gateway knows it; when it arrived (ms); its topic or path.

    `areas`: districts with a shape, by which the positions of registrations are checked; without them they are not.
    `shift`: so many ms later than it says is a fact whose mapping has `apart`.
    """

    source: str
    now: int
    topic: str = ""
    areas: Mapping[str, Any] = {}
    shift: int = 0


class Mapped(Struct, frozen=True, kw_only=True):
    """An event: its domain, type, subject, id, time (ms) and bytes, where its item stood, and what is odd in its fields.

    `note`: the event that tells of those fields, which stands behind it; None where there are none. `apart`: as its mapping.
    `nth`: which of the facts that its item is; so many ms later than the item it is, where they stand apart.
    """

    domain: str
    type: str
    subject: str
    id: str
    at: int
    value: bytes
    where: str
    odd: tuple[FieldNote, ...] = ()
    note: bytes | None = None
    apart: bool = False
    nth: int = 0

    @property
    def registers(self) -> bool:
        """Whether it is a registration."""
        return self.type.endswith(REGISTERED)

    @property
    def events(self) -> list[bytes]:
        """The event, and what is to be told of it."""
        return [self.value] if self.note is None else [self.value, self.note]


class Refused(Struct, frozen=True, kw_only=True):
    """What no event could be made of: source, a row of REFUSALS, where in the document, why, and its redacted head.

    `size`: bytes of the whole document. `domain`: whose it would have been; empty where no mapping fits.
    """

    source: str
    reason: str
    where: str
    message: str
    size: int
    head: str
    domain: str = ""
    subject: str = ""

    @property
    def told_as(self) -> RefusalReason:
        """What quality records call the reason."""
        return _TOLD_AS.get(self.reason, "unreadable" if self.reason in UNREADABLE else "not-mapped")


_TOLD_AS: dict[str, RefusalReason] = {
    "not-json": "not-json",
    "too-large": "too-big",
    "too-many": "too-many",
    "no-time": "bad-time",
    "nothing": "bad-data",
}


Outcome = Mapped | Refused


def take(mappings: Sequence[Foreign], body: bytes, content_type: str, origin: Origin) -> list[Outcome]:
    """What becomes of a document as it came: at least one outcome, but for what a mapping with `ignore` leaves out."""
    fitting = [each for each in mappings if each.parts_of(origin.topic) is not None]
    encoding = next((each.encoding for each in fitting if each.encoding), "")
    told = _Telling(origin, len(body), head_of(body), fitting[0].domain if fitting else "")
    try:
        document = read_document(body, content_type, encoding)
    except Unreadable as error:
        return [told.refused(error.reason, "$", str(error))]
    return _taken(fitting, document, origin, told)


def take_document(mappings: Sequence[Foreign], document: Any, origin: Origin) -> list[Outcome]:
    """What becomes of a document that was read already, such as a row of a table: a dict of its columns."""
    fitting = [each for each in mappings if each.parts_of(origin.topic) is not None]
    head = head_of(msgspec.json.encode(document, enc_hook=str))
    return _taken(fitting, document, origin, _Telling(origin, 0, head, fitting[0].domain if fitting else ""))


class _Telling(Struct, frozen=True):
    """What all refusals of a document have in common."""

    origin: Origin
    size: int
    head: str
    domain: str

    def refused(self, reason: str, where: str, why: str = "", mapping: Foreign | None = None, subject: str = "") -> Refused:
        """A refusal at a place of the document."""
        return Refused(
            source=self.origin.source or (mapping.source if mapping else ""),
            reason=reason,
            where=where,
            message=f"expected {REFUSALS[reason]}" + (f": {why}" if why else ""),
            size=self.size,
            head=self.head,
            domain=mapping.domain if mapping else self.domain,
            subject=subject,
        )


def _taken(fitting: Sequence[Foreign], document: Any, origin: Origin, told: _Telling) -> list[Outcome]:
    """The outcomes of a document by the mappings that fit its topic; an item that none of them takes is refused."""
    if not fitting:
        return [told.refused("no-mapping", "$")]
    done: list[Outcome] = []
    left: dict[str, bool] = {}
    known = False
    for mapping in fitting:
        try:
            for path in mapping.unpack:
                document = unpacked(path, document, read_json)
        except Unreadable as error:
            return [told.refused(error.reason, path, str(error), mapping)]
        parts = mapping.parts_of(origin.topic) or {}
        known = known or not mapping.each or bool(place(mapping.each)(Lookup(document, document)))
        begin = len(done)
        for n, (where, item) in enumerate(items(mapping.each, document) if mapping.each else [("$", document)]):
            if n == MOST_ITEMS or len(done) - begin >= MOST_ITEMS:
                done.append(told.refused("too-many", where, "", mapping))
                break
            scope = Lookup(item, document, parts | _extracted(mapping, item, document))
            fits = _fits(mapping, scope)
            left[where] = left.get(where, True) and not fits
            if fits and not mapping.ignore:
                done += _outcomes(mapping, scope, where, origin, told)
    done += [told.refused("no-mapping", where) for where, is_left in left.items() if is_left]
    done.sort(key=lambda each: not (isinstance(each, Mapped) and each.registers))  # who is not registered is refused
    return done if known else [told.refused("no-mapping", "$", "none finds an item in it")]


def _extracted(mapping: Foreign, item: Any, document: Any) -> dict[str, str]:
    """What the mapping's patterns find in the texts of an item."""
    found: dict[str, str] = {}
    for each in mapping.extract:
        texts = place(each.at)(Lookup(item, document))
        match = re.search(each.pattern, (text_of(texts[0]) or "")[:LONGEST_TEXT]) if texts else None
        found |= {name: text for name, text in match.groupdict().items() if text is not None} if match else {}
    return found


def _fits(mapping: Foreign, scope: Lookup) -> bool:
    """Whether what `when` says stands at its places."""
    for at, wanted in mapping.when.items():
        allowed = (wanted,) if isinstance(wanted, str) else wanted
        if not any(text_of(each) in allowed for each in place(at)(scope) or [""]):
            return False
    return True


def _outcomes(mapping: Foreign, scope: Lookup, where: str, origin: Origin, told: _Telling) -> Iterator[Outcome]:
    """An item's fact, as often as it says that it happened; what is beyond MOST_TIMES is refused."""
    found = place(mapping.times)(scope) if mapping.times else []
    said = (text_of(found[0]) or "").strip() if found else ""
    times = int(said[:9]) if said.isdecimal() else 1
    for nth in range(min(times, MOST_TIMES)):
        yield _outcome(mapping, scope, where, origin, told, nth)
    if times > MOST_TIMES:
        yield told.refused("too-many", where, f"{times} times in one item, {MOST_TIMES} are taken", mapping)


def _outcome(mapping: Foreign, scope: Lookup, where: str, origin: Origin, told: _Telling, nth: int = 0) -> Outcome:
    station = _station(mapping, scope)
    subject = mapping.subject_of(station)
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        return told.refused("no-subject", where, ", ".join(mapping.stations), mapping)
    at, remark = _moment(mapping, scope, origin.now)
    if at is None:
        return told.refused("no-time", where, ", ".join((*mapping.time.columns, *mapping.time.formats)), mapping, subject)
    at += origin.shift + nth if mapping.apart else 0
    odd: list[FieldNote] = []
    if remark:
        odd.append(_note(mapping.time.columns[0], remark, 0, where))
    values = _values(mapping, scope, where, odd) | _position(mapping, scope, where, odd)
    if not values:
        return told.refused("nothing", where, "", mapping, subject)
    if f".{mapping.fact}" == REGISTERED:
        odd += [_note(field, reason, 0, where) for field, reason in oddities(values, origin.areas)]
    time = format_time(at)
    id_ = _id(mapping, scope, subject, time, values)
    if not id_:
        return told.refused("no-id", where, mapping.id, mapping, subject)
    source = origin.source or mapping.source
    value = event_bytes(
        type=mapping.type, source=source, id=id_, time=time, subject=subject, region=mapping.region, data=nested(values)
    )
    note = None
    if odd:
        note = notes_event(mapping.domain, source, (mapping.fact, id_, subject), at, odd)
    return Mapped(
        domain=mapping.domain,
        type=mapping.type,
        subject=subject,
        id=id_,
        at=at,
        value=value,
        where=where,
        odd=tuple(odd),
        note=note,
        apart=mapping.apart,
        nth=nth,
    )


def _station(mapping: Foreign, scope: Lookup) -> str:
    """The text that names whom an item concerns; empty where one of its places has none, or several."""
    texts = []
    for at in mapping.stations:
        found = place(at)(scope)
        text = text_of(found[0]) if len(found) == 1 else None
        if not text or text in mapping.missing:
            return ""
        texts.append(text)
    return "-".join(texts)


def _moment(mapping: Foreign, scope: Lookup, now: int) -> tuple[int | None, str]:
    """The time of an item (ms), when it came where the mapping names no time; and a remark, a row of REASONS, or ""."""
    if not mapping.time.columns:
        return now, ""
    columns = [place(at)(scope) for at in mapping.time.columns]
    if any(len(found) != 1 for found in columns):
        return None, ""
    at, reason = read_moment(mapping.time, [found[0] for found in columns])
    return at, reason if at is not None else ""


def _values(mapping: Foreign, scope: Lookup, where: str, odd: list[FieldNote]) -> dict[str, Any]:
    """The values of an item that can be read; each that cannot is told, and the others stand."""
    values: dict[str, Any] = {}
    for name in mapping.values:
        value = mapping.value_of(name)
        found = place(value.at)(scope) if value.at else [None]
        read, reason = _read(mapping, value, found)
        if reason:
            odd.append(_note(name, reason, len(text_of(found[0]) or ""), f"{where} {value.at}"))
        if read is not None:
            values[name] = read
    measured = any(mapping.value_of(name).is_ is None for name in values)
    return values if measured or not any(mapping.value_of(name).at for name in mapping.values) else {}


def _read(mapping: Foreign, value: Value, found: list[Any]) -> tuple[Any, str]:
    if not found:
        return None, ""
    if any(each != found[0] for each in found[1:]):
        return None, "several"
    return mapping.read_value(value, found[0])


def _position(mapping: Foreign, scope: Lookup, where: str, odd: list[FieldNote]) -> dict[str, Any]:
    """Where an item is, in WGS-84; nothing where it does not say, or says what cannot be."""
    said = mapping.position
    if said is None:
        return {}
    degrees: list[float] = []
    for at in (said.lon, said.lat):
        number, reason = _read(mapping, Value(at=at), place(at)(scope))
        if number is None and not reason:
            return {}
        if number is not None:
            degrees.append(float(number))
    if len(degrees) < len(said.fields) or not _can_be(degrees[0], degrees[1], in_datum=said.datum != "WGS-84"):
        odd.append(_note(said.fields[0], "position", 0, f"{where} {said.lon} {said.lat}"))
        return {}
    return dict(zip(said.fields, to_wgs84(degrees[0], degrees[1], said.datum), strict=True))


def _can_be(lon: float, lat: float, *, in_datum: bool) -> bool:
    """Whether numbers are a position: 0, 0 is where devices are that do not know."""
    if in_datum:
        return in_china(lon, lat)
    return abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0)


def _id(mapping: Foreign, scope: Lookup, subject: str, time: str, values: Mapping[str, Any]) -> str:
    """The id of a fact: the source's, or one made of what makes it this one; empty where the source's is missing."""
    if mapping.id:
        found = place(mapping.id)(scope)
        return (text_of(found[0]) or "")[:LONGEST_SUBJECT] if len(found) == 1 else ""
    key: list[Any] = [subject, sorted(values)]
    if not mapping.by_interval:
        key += [scope.item, sorted(scope.parts.items())]
    digest = blake2b(msgspec.json.encode(key, order="deterministic", enc_hook=str), digest_size=12).hexdigest()
    return f"{mapping.fact}-{time}-{digest}"


def _note(name: str, reason: str, size: int, where: str) -> FieldNote:
    taken, expected = REASONS[reason]
    return FieldNote(name[:LONGEST], reason, size, taken, f"{where[: 2 * LONGEST]}: expected {expected}")


def refusals(outcomes: Sequence[Outcome]) -> Iterator[Refused]:
    """The refusals among outcomes."""
    return (each for each in outcomes if isinstance(each, Refused))
