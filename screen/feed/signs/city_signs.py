"""The newest figure of each sign of the city in each area, the book of signs, and the alerts of crossings. Pure."""

from typing import ClassVar

from screen.feed.believed.sealed import Restored
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.view import Slice, View
from streams.messages import DAY, NEVER, SEVERITIES, Alert, CitySign, parse_time
from streams.rulebook import SignInForce, SignNotThere, SignsInForce

SIGNS = "signs"
"""The domain in which the crossing of a threshold is an alert; its subject is called by sign and area."""

MOST = 40_000
"""Figures that are remembered, those renewed last: 200 signs of 200 areas. A choice."""

Key = tuple[str, str]
"""A sign and an area."""


class CitySigns(Slice):
    """`figures` by sign and area; `book`: the signs by id, `missing`: those that are not there; `crossed`: ids of alerts.

    `stamp` grows whenever something that is told of signs has changed, `edition` whenever the book has. Reads the Clock;
    `crossing` the Alarms.
    """

    TAKES: ClassVar[tuple[type, ...]] = (CitySign, SignsInForce, Alert, Restored)

    figures: dict[Key, CitySign] = {}
    book: dict[str, SignInForce] = {}
    crossed: dict[Key, frozenset[str]] = {}
    missing: dict[str, SignNotThere] = {}
    stamp: int = 0
    edition: int = 0

    def take(self, message: CitySign | SignsInForce | Alert | Restored, view: View) -> None:
        """Take what is not older; of a time that the log is a day away from nothing is believed."""
        if isinstance(message, Restored):
            if not isinstance(message.thing, Alert):
                return
            message = message.thing
        if isinstance(message, Alert):
            if message.domain == SIGNS:
                key = key_of(message)
                self.crossed[key] = self.crossed.get(key, frozenset()) | {message.id}
                self.stamp += 1
            return
        if isinstance(message, SignsInForce):
            if (message.signs, message.missing) == (self.book, self.missing):
                return
            self.book, self.missing = message.signs, message.missing
            self.edition += 1
        else:
            self._take(message, (view[Clock].now or NEVER) + DAY)
        self.stamp += 1

    def crossing(self, sign: str, area: str, view: View) -> Alert | None:
        """The worst alert of a sign of an area that has not ended: of a threshold, or of input that is missing."""
        found = (view[Alarms].find(alert) for alert in self.crossed.get((sign, area), ()))
        return min(filter(None, found), key=lambda alert: (SEVERITIES.index(alert.severity), alert.id), default=None)

    def forget(self, now: int) -> None:
        """Let go of the figures renewed longest ago, where there are more than are shown."""
        if len(self.figures) > MOST:
            self.figures = dict(list(self.figures.items())[-MOST:])

    def _take(self, figure: CitySign, latest: int) -> None:
        key, at = (figure.sign, figure.area), parse_time(figure.at)
        known = self.figures.get(key)
        if known is not None and (at > latest or at < parse_time(known.at) <= latest):
            return
        self.figures.pop(key, None)
        self.figures[key] = figure


def key_of(alert: Alert) -> Key:
    """The sign and the area of a crossing, as its subject names them: `<sign>/<area>`."""
    sign, _, area = alert.subject.rpartition("/")
    return sign, area
