"""The incidents that are open, or have ended within the last day. Pure."""

from typing import ClassVar

from screen.feed.alarm_counts import regrouped
from screen.feed.believed.sealed import Restored
from screen.feed.slices.alarms import Alarms
from screen.feed.view import Slice, View
from streams.messages import DAY, Incident, IncidentAudit, parse_time
from streams.outputs import BY_TYPE


class Incidents(Slice):
    """`incidents`: the newest revision of each by id, of those that have ended for 24 h of the log more.

    Reads the alerts of Alarms, and keeps up in its counts which of them stand in one row.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Incident, Restored)

    incidents: dict[str, Incident] = {}

    def shown(self, kind: str, thing: str) -> tuple[int, int] | None:
        """Where an incident is shown."""
        incident = self.incidents.get(thing) if kind == BY_TYPE[IncidentAudit].topic else None
        return (incident.rev, incident.audit) if incident else None

    def take(self, message: Incident | Restored, view: View) -> None:
        """Remember a newer revision; a second copy changes nothing. What is shown again replaces any."""
        again = isinstance(message, Restored)
        if isinstance(message, Restored):
            if not isinstance(message.thing, Incident):
                return
            message = message.thing
        known = self.incidents.get(message.id)
        if known is not None and not again and (message.rev, message.audit) <= (known.rev, known.audit):
            return
        for text in (message.opened_at, message.changed_at):
            parse_time(text)
        self.incidents[message.id] = message
        alarms = view[Alarms]
        regrouped(alarms.counts, known, message, self.incidents, alarms.alerts)

    def forget(self, now: int) -> None:
        """Let go of what has ended 24 h ago."""
        since = now - DAY
        self.incidents = {
            key: item for key, item in self.incidents.items() if item.state == "open" or parse_time(item.changed_at) > since
        }
