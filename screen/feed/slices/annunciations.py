"""When alerts called for attention and how long they waited for it, over the last day; how often each rule raised. Pure."""

from typing import ClassVar

from msgspec import Struct

from screen.feed.ordered import counted
from screen.feed.slices.alarms import Alarms, Version
from screen.feed.view import Slice, View
from streams.messages import ASIDE, DAY, HOUR, MINUTE, Alert, Phase, Severity, parse_time

BIN = 10 * MINUTE
"""The trend's bins (ms)."""

BINS = DAY // BIN

EAST = 8 * HOUR
"""China Standard Time against UTC."""

DAYS = 14
"""Local days of the log, today among them, for which raised alerts are counted by rule (a choice)."""


class Annunciation(Struct, frozen=True):
    """A raise or a re-alarm, which called for attention at `at` (ms)."""

    at: int
    phase: Phase
    severity: Severity


class Signed(Struct, frozen=True):
    """An acknowledgement at `at` (ms), `waited` ms after the annunciation."""

    at: int
    waited: int


class Annunciations(Slice):
    """`annunciations` and `signed`: by alert and occurrence, of the last 24 h of the log.

    `bins`: the former by bin, phase and whether they are red. `raised`: alerts by rule and the local day on which they were
    first raised, of the last DAYS days.

    Reads in Alarms what was known of an alert before this revision: it stands before Alarms in the list of slices.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Alert,)

    annunciations: dict[tuple[str, int], Annunciation] = {}
    bins: dict[tuple[int, Phase, bool], int] = {}
    raised: dict[tuple[str, int], int] = {}
    signed: dict[tuple[str, int], Signed] = {}

    def take(self, message: Alert, view: View) -> None:
        """Count what is new in a revision; a second copy changes nothing."""
        alarms = view[Alarms]
        if version := alarms.newer(message):
            known = alarms.versions.get(message.id)
            self._announce(message, known, version.changed)
            self._count(message, known)
            self._sign(message)

    def forget(self, now: int) -> None:
        """Let go of what is older than 24 h, and of days before the last DAYS."""
        since, first = now - DAY, day_of(now) - DAYS
        self.annunciations = {key: item for key, item in self.annunciations.items() if item.at > since}
        self.bins = {key: count for key, count in self.bins.items() if key[0] > since // BIN}
        self.raised = {key: count for key, count in self.raised.items() if key[1] > first}
        self.signed = {key: item for key, item in self.signed.items() if item.at > since}

    def _announce(self, alert: Alert, known: Version | None, changed: int) -> None:
        """Count the raise where the alert is new, the re-alarm where the occurrence is, and what comes back from aside unseen.

        A compacted log keeps the last one.
        """
        if alert.state in ASIDE:
            return
        if known is None:
            self._call((alert.id, 1), Annunciation(parse_time(alert.raised_at), alert.phase, alert.severity))
        again = alert.occurrence > (known.occurrence if known else 1)
        if again or (alert.state == "B" and (alert.id, alert.occurrence) not in self.annunciations):
            self._call((alert.id, alert.occurrence), Annunciation(changed, alert.phase, alert.severity))

    def _call(self, key: tuple[str, int], item: Annunciation) -> None:
        if before := self.annunciations.get(key):
            counted(self.bins, _bin(before), -1)
        self.annunciations[key] = item
        counted(self.bins, _bin(item), 1)

    def _count(self, alert: Alert, known: Version | None) -> None:
        """Count an alert once, on the local day on which it was first raised: a compacted log gives the same counts."""
        if known is None:
            counted(self.raised, (alert.rule, day_of(parse_time(alert.raised_at))), 1)

    def _sign(self, alert: Alert) -> None:
        key = (alert.id, alert.occurrence)
        begun = self.annunciations.get(key)
        if alert.note is None or alert.note.verb != "acknowledge" or begun is None or key in self.signed:
            return
        at = parse_time(alert.note.at)
        if at >= begun.at:  # a note that is older belongs to an earlier occurrence
            self.signed[key] = Signed(at, at - begun.at)


def day_of(at: int) -> int:
    """The local day (China Standard Time, UTC+08:00 all year) of a time (ms), in days since 1970-01-01."""
    return (at + EAST) // DAY


def _bin(item: Annunciation) -> tuple[int, Phase, bool]:
    return item.at // BIN, item.phase, item.severity == "red"
