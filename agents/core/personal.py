"""What the keeper says of people's texts, as trails tell it: what was ordered and by whom, what was destroyed."""

import msgspec
from msgspec import Struct

from agents.core.intake import Refused, bad_data
from streams.messages import Event, NoTime, check_times, format_time, parse_time
from streams.messages.personal import ACCEPTED, CANCEL, DESTROYED, FORGET, HOLD, RELEASE, Accepted, Destroyed

KINDS = frozenset({ACCEPTED, DESTROYED})
"""The kinds of events that tell it; in a log that was never opened they are none."""

ORDERED = {FORGET: "forget-ordered", CANCEL: "forget-cancelled", HOLD: "hold-placed", RELEASE: "hold-released"}
"""What the entry of a trail is called, by the kind of the order."""

GONE = "texts-destroyed"
"""What the entry is called that tells the end of texts and keys."""

_accepted, _destroyed = msgspec.json.Decoder(Accepted), msgspec.json.Decoder(Destroyed)


class Remark(Struct, frozen=True):
    """An entry of a trail that changes nothing else: what it is called, and what it says."""

    event: str
    reason: str


def remark_of(event: Event) -> Remark:
    """What trails say of an event of KINDS; Refused where its data are not what its kind has."""
    try:
        return _ordered(_accepted.decode(event.data)) if event.type == ACCEPTED else _gone(_destroyed.decode(event.data))
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    except NoTime as error:
        raise Refused("malformed-data", "no time", f"$.data{str(error).removeprefix('$')}") from None


def _ordered(said: Accepted) -> Remark:
    if said.kind not in ORDERED:
        raise Refused("malformed-data", f"an order is one of {', '.join(ORDERED)}", "$.data.kind")
    check_times(said)
    basis = f", basis {said.basis}" if said.basis else ""
    return Remark(ORDERED[said.kind], f"order {said.act} by {', '.join(said.by)}: reason {said.reason}{basis}")


def _gone(said: Destroyed) -> Remark:
    check_times(said)
    dead = format_time(parse_time(said.backupsdead))
    keys = f"{len(said.kids)} keys of class {said.class_}"
    return Remark(GONE, f"order {said.forget}: {keys} destroyed, no backup opens them after {dead}")
