"""What is said in the trails of a subject's alerts without any change of them: of orders on people's texts."""

from msgspec import UNSET

from agents.core.alerts import alarm
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import KEPT_ACTS, Output, keep
from agents.core.alerts.state import Subject
from agents.core.personal import Remark


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
