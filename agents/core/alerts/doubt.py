"""Doubt: a key is said to have been in other hands. The acts on open alerts that bear it stand, and their trails say so."""

from collections.abc import Iterable, Iterator

from agents.core.alerts import alarm
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import Output, keep
from agents.core.alerts.state import Subject
from agents.core.trusted import Doubt, told_doubt
from streams.messages import Alert, Note


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
    """The acts that stand on an alert: the newest, both signatures, what puts it aside, what its case came to."""
    aside, case = alert.aside, alert.case
    standing = (alert.acknowledged, alert.confirmed, aside and aside.note, case and case.note, alert.note)
    return (note for note in standing if note)
