"""The file that goes from root to root: the events as JSON lines, each with the signatures that it has so far. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder

from streams.signing.envelope import Envelope, envelope_bytes
from streams.signing.preimage import key_id
from streams.signing.series import (
    SERIES_DATA,
    KeyAdded,
    KeyEnded,
    LogOpened,
    Policy,
    PolicyChanged,
    SeriesEvent,
    StagesAdded,
    SuitesChanged,
)
from streams.signing.sign import Signer, cosigned, signed

MAX_FILE = 4 << 20
_envelope = Decoder(Envelope)


def ceremony_bytes(events: Iterable[Envelope]) -> bytes:
    """The file of some events."""
    return b"".join(envelope_bytes(event) + b"\n" for event in events)


def ceremony_of(text: bytes) -> tuple[Envelope, ...]:
    """The events of a file; ValueError where it is none, without a byte of it."""
    try:
        events = tuple(_envelope.decode(line) for line in text[:MAX_FILE].splitlines() if line.strip())
        for event in events:
            data_of(event)
    except (ValidationError, DecodeError, UnicodeDecodeError, KeyError):
        events = ()
    if not events or len({event.logid for event in events}) != 1:
        raise ValueError("no events of one log's roots stand in the file: use the one that `agents keys` has written")
    return events


def data_of(event: Envelope) -> SeriesEvent:
    """The data of an event of the roots."""
    return Decoder(SERIES_DATA[event.type]).decode(event.data)


def signers_of(event: Envelope) -> tuple[str, ...]:
    """The ids of the keys that have signed an event."""
    return (*((event.sigkid,) if event.sig else ()), *(each.split(".")[1] for each in event.cosig.split()))


def with_root(events: Sequence[Envelope], root: Signer) -> tuple[Envelope, ...]:
    """The events with a root's signature beside those that they have; ValueError where it has signed all, or is no root."""
    opened = next((data for event in events if isinstance(data := data_of(event), LogOpened)), None)
    if opened and root.kid not in {key_id(each.suite, each.public) for each in opened.roots}:
        raise ValueError(f"the key {root.kid} is no root of this log")
    if all(root.kid in signers_of(event) for event in events):
        raise ValueError(f"the root {root.kid} has signed them all")
    return tuple(
        event if root.kid in signers_of(event) else cosigned(event, root) if event.sig else signed(event, root)
        for event in events
    )


def said(event: Envelope) -> str:
    """What an event says, in words for whoever signs it."""
    data = data_of(event)
    return f"{data.n}. {event.type}, {event.time}: {', '.join(_words(data))}"


def _words(data: SeriesEvent) -> Iterator[str]:
    match data:
        case LogOpened():
            yield f"opens the log {data.name!r} ({data.suite})"
            yield f"{data.threshold} of {len(data.roots)} roots: "
            yield from (f"root {key_id(each.suite, each.public)}" for each in data.roots)
            yield "partitions " + " ".join(f"{place}={number}" for place, number in data.partitions.items())
            yield from _policy(data.policy)
            if data.follows:
                yield f"follows the log {data.follows.logid}"
        case KeyAdded():
            yield f"adopts the key {key_id(data.suite, data.public)} ({data.suite}) of {data.part}"
            yield f"may sign {' '.join(data.may) or 'nothing alone'}"
            yield f"as the second {' '.join(data.cosigns) or 'nothing'}"
            yield f"for people as {' '.join(data.roles) or 'nobody'}"
            yield f"into {' '.join(data.to)}"
            yield f"until {data.until or 'it is ended'}"
        case KeyEnded():
            yield f"ends the key {data.kid}, {data.why}"
            yield f"what it signed since {data.since} is doubted" if data.since else "what it signed stands"
        case PolicyChanged():
            yield from _policy(data.policy)
        case StagesAdded():
            yield "new places " + " ".join(f"{place}={number}" for place, number in data.partitions.items())
        case SuitesChanged():
            yield f"adopts {' '.join(data.adopts) or 'no suite'}, retires {' '.join(data.retires) or 'none'}"
        case _:
            yield "nothing is taken after it"


def _policy(policy: Policy) -> Iterator[str]:
    yield f"signed: {' '.join(policy.signed) or 'nothing'}"
    yield f"with a second signature: {' '.join(policy.cosigned) or 'nothing'}"
    yield f"a clock goes on by itself after {policy.ahead // 1000} s at most, with steps of at most {policy.step // 1000} s"
    yield f"acts are at most {policy.stale // 1000} s old" if policy.stale else "acts may have any age"
