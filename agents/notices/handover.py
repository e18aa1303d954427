"""The automatic part of a note at the change of a shift: what a department's alerts are, and what was done about them."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from streams.messages import SEVERITIES, Alert, Audit, Handover, Takeover

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
    by_people = (entry for entry in trail if entry.alert in ours and entry.actor and entry.actor.role != "notifier")
    return Summary(
        states=dict(sorted(Counter(alert.state for alert in still).items())),
        severities={severity: bad[severity] for severity in SEVERITIES if bad[severity]},
        unacknowledged=tuple(alert.id for alert in asking),
        done=dict(sorted(Counter(entry.verb for entry in by_people if entry.event != "refuse").items())),
    )


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
