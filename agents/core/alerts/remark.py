"""What is said in the trails of a subject's alerts without any change of them: of orders on people's texts, and of doubt.

Doubt: a key is said to have been in other hands. The acts on open alerts that bear it stand, and their trails say so.
"""

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from agents.core.alerts import alarm
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import KEPT_ACTS, Output, keep
from agents.core.alerts.state import Subject
from agents.core.personal import Remark
from agents.core.trusted import Doubt, told_doubt
from streams.messages import Alert, Note


def remark(subject: Subject, said: Remark, mark: str, cause: Cause, out: list[Output]) -> None:
    """Write it into the trail of each alert that is open, or of which the trail is remembered.

    `mark`: the event's id and the digits of its content, by which a second copy is known.
    """
    known = [] if subject.told is UNSET else subject.told
    subject.told = [*known, mark][-KEPT_ACTS:]
    for key, alert in list(subject.alerts.items()):
        changed, entry = alarm.remarked(alert, said.event, said.reason, cause)
        keep(subject, key, changed)
        out += [changed, entry]
    if subject.past is None:
        return
    for alert_id, trail in subject.past.ended.items():
        entry = alarm.remarked_after_end(alert_id, trail, said.event, said.reason, cause)
        subject.past.ended[alert_id] = (entry.n, entry.hash)
        out.append(entry)


def doubted_acts(subject: Subject, found: Iterable[Doubt]) -> bool:
    """Whether any standing act on a subject's open alerts is doubted."""
    return any(_covers(found, note) for alert in subject.alerts.values() for note in _notes(alert))


def doubt(subject: Subject, found: list[Doubt], cause: Cause, out: list[Output]) -> None:
    """Write into the trail of each open alert which of the acts that stand are doubted; nothing else changes."""
    for key, alert in list(subject.alerts.items()):
        if acts := [note.verb for note in _notes(alert) if _covers(found, note)]:
            changed, entry = alarm.remarked(alert, "doubt", told_doubt(found, acts), cause)
            keep(subject, key, changed)
            out += [changed, entry]


def _covers(found: Iterable[Doubt], note: Note) -> bool:
    return any(each.covers(note.kid, note.at) for each in found)


def _notes(alert: Alert) -> Iterator[Note]:
    """The acts that stand on an alert: the newest, both signatures, what puts it aside, verdict and conclusion."""
    aside, case = alert.aside, alert.case
    standing = (alert.acknowledged, alert.confirmed, aside and aside.note, case and case.note, alert.note)
    verified = alert.verified and alert.verified.note
    return (note for note in (*standing, verified) if note)
