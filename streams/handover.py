"""A note at the change of a shift: its automatic part, how it is made, and who may take over. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2s

from msgspec import Struct

from streams.messages import SEVERITIES, Actor, Alert, Audit, Handover, Takeover, Words, encode, format_time

Record = Handover | Takeover


class Summary(Struct, frozen=True):
    """Open alerts by state and severity, the ids of those that ask for an acknowledgement, acts of people by verb."""

    states: dict[str, int]
    severities: dict[str, int]
    unacknowledged: tuple[str, ...]
    done: dict[str, int]


def summary(alerts: Mapping[str, Alert], trail: Iterable[Audit], department: str) -> Summary:
    """What to hand over of a department: `alerts` are the newest revisions by id, `trail` the entries since its last note."""
    ours = {name: alert for name, alert in alerts.items() if alert.department.id == department}
    still = [alert for alert in ours.values() if not alert.ended]
    asking = sorted((alert for alert in still if alert.state in {"B", "D", "D-latched"}), key=lambda alert: alert.raised_at)
    bad = Counter(alert.severity for alert in still)
    acts = Counter(entry.verb for entry in trail if entry.alert in ours and by_person(entry))
    return Summary(
        states=dict(sorted(Counter(alert.state for alert in still).items())),
        severities={severity: bad[severity] for severity in SEVERITIES if bad[severity]},
        unacknowledged=tuple(alert.id for alert in asking),
        done=dict(sorted(acts.items())),
    )


def by_person(entry: Audit) -> bool:
    """Whether the entry is an act of a person that was done: no refusal, and none of the notifier's."""
    return entry.actor is not None and entry.actor.role != "notifier" and entry.event != "refuse"


def handed(department: str, by: Actor, note: Words, found: Summary, key: str, at: int) -> Handover:
    """The note of a person at `at` (ms): the same person, department and `key` give the same id (BLAKE2s-64, hex)."""
    return Handover(
        id=blake2s(encode([department, by.id, key]), digest_size=8).hexdigest(),
        department=department,
        at=format_time(at),
        by=by,
        note=note,
        states=found.states,
        severities=found.severities,
        unacknowledged=found.unacknowledged,
        done=found.done,
    )


def taken(handover: Handover, by: Actor, note: Words, at: int) -> Takeover:
    """That a person has taken that note over, at `at` (ms)."""
    return Takeover(handover=handover.id, department=handover.department, at=format_time(at), by=by, note=note)


def refusal(records: Iterable[Record], handover: str, account: str) -> str:
    """Why this account may not take over that note, or an empty text."""
    note = None
    for record in records:
        if isinstance(record, Handover) and record.id == handover:
            note = record
        elif isinstance(record, Takeover) and record.handover == handover:
            return f"{record.by.id!r} has taken it over at {record.at}"
    if note is None:
        return f"there is no note {handover!r}: see python -m agents duty notes"
    return f"{account!r} has written it: somebody else must take over" if note.by.id == account else ""
