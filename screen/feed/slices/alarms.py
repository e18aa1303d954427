"""The alerts by how they stand, and what is counted of them. Pure."""

from typing import ClassVar

from msgspec import Struct, field

from screen.feed.alarm_counts import AlarmCounts, changed, copied, settled
from screen.feed.believed.sealed import ALERTS, Restored
from screen.feed.view import Slice, View
from streams.messages import ASIDE, DAY, Alert, parse_time

MOST_ENDED = 200
"""Ended alerts whose story is kept, newest first to stay."""

MOST_PAST = 30
"""Ended alerts of a rule that are kept, newest last, to show what became of alerts like one that stands."""


class Version(Struct, frozen=True):
    """The newest revision known of an alert, open or ended: its order (offset, number of audit entries), and when it came.

    `signed`: it waits for no acknowledgement; `returned`: its condition is normal; `ended`: nothing is left to be done.
    """

    order: tuple[int, int]
    occurrence: int
    changed: int
    signed: bool
    returned: bool
    ended: bool


class Alarms(Slice):
    """`alerts` by id that are annunciated, `aside` those that are shelved, suppressed or out of service.

    `normal` are those whose alarm is normal and whose case is open, `ended` the newest of the others, whose story people may
    still read; `past` the newest ended ones of each rule. `versions`: of those that have ended for 24 h of the log more. The
    `marks` of `counts` are the very object of the View before where nothing in them has changed.

    Reads no other slice; Incidents keeps up the rows of `counts`.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Alert, Restored)

    alerts: dict[str, Alert] = {}
    aside: dict[str, Alert] = {}
    normal: dict[str, Alert] = {}
    ended: dict[str, Alert] = {}
    past: dict[str, tuple[Alert, ...]] = {}
    versions: dict[str, Version] = {}
    counts: AlarmCounts = field(default_factory=AlarmCounts)

    def find(self, alert: str) -> Alert | None:
        """The alert of this id that has not ended."""
        return self.alerts.get(alert) or self.aside.get(alert) or self.normal.get(alert)

    def known(self, alert: str) -> Alert | None:
        """The alert of this id as it stands, or as it ended."""
        return self.find(alert) or self.ended.get(alert)

    def newer(self, alert: Alert) -> Version | None:
        """What is to be known of a revision; None where it is known already. ValueError: a time of it is none."""
        order = (alert.rev, alert.audit)
        known = self.versions.get(alert.id)
        if known is not None and order <= known.order:
            return None
        parse_time(alert.raised_at)  # by which `counts` puts it in order
        signed = alert.acknowledged is not None or alert.state[0] not in {"B", "D"}
        return Version(order, alert.occurrence, parse_time(alert.changed_at), signed, not alert.active, alert.ended)

    def copied(self) -> "Alarms":
        """One with counts of its own."""
        return Alarms(
            dict(self.alerts),
            dict(self.aside),
            dict(self.normal),
            dict(self.ended),
            dict(self.past),
            dict(self.versions),
            copied(self.counts),
        )

    def shown(self, kind: str, thing: str) -> tuple[int, int] | None:
        """Where an alert is shown."""
        version = self.versions.get(thing) if kind == ALERTS else None
        return version.order if version else None

    def take(self, message: Alert | Restored, view: View) -> None:
        """Put a newer revision where it stands now; a second copy changes nothing. What is shown again replaces any."""
        if isinstance(message, Restored):
            if not isinstance(message.thing, Alert):
                return
            message = message.thing
            self.versions.pop(message.id, None)
        version = self.newer(message)
        if version is None:
            return
        self.versions[message.id] = version
        before, home = self.alerts.get(message.id), self._home(message)
        for alerts in (self.alerts, self.aside, self.normal, self.ended):
            alerts.pop(message.id, None)
        home[message.id] = message
        changed(self.counts, before, message if home is self.alerts else None)
        self.counts.cases.pop(message.id, None)
        if message.case and message.case.open and not message.ended:
            self.counts.cases[message.id] = message
        if message.ended:
            others = (one for one in self.past.get(message.rule, ()) if one.id != message.id)
            self.past[message.rule] = (*others, message)[-MOST_PAST:]

    def settle(self, view: View, before: View) -> None:
        """Put the order right."""
        settled(self.counts)
        known = before[Alarms].counts.marks
        if self.counts.marks == known:
            self.counts.marks = known

    def forget(self, now: int) -> None:
        """Let go of ended alerts beyond the newest ones, and after 24 h of their versions."""
        since = now - DAY
        self.ended = dict(list(self.ended.items())[-MOST_ENDED:])
        self.versions = {key: item for key, item in self.versions.items() if item.changed > since or self.find(key)}

    def _home(self, alert: Alert) -> dict[str, Alert]:
        if alert.ended:
            return self.ended
        if alert.state == "A":
            return self.normal
        return self.aside if alert.state in ASIDE else self.alerts
