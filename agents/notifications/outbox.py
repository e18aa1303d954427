"""All that the notifier holds in memory, and how each thing that happens moves it on: no clock, no Kafka, no channel is here.

What a method returns is to be written to the log's topic `notices` before the next step: planned, then sent, then in the trail.
"""

from collections.abc import Container, Iterable, Mapping

from msgspec.structs import replace

from agents.core.duration import span
from agents.notifications import plan
from agents.notifications.pace import ChannelPace, take, tried
from agents.notifications.plan import Ways
from streams.messages import Alert, Health, Notification, Told

Key = tuple[str, str, str, int, int]


def key(notification: Notification) -> Key:
    """What identifies a notification."""
    return notification.channel, notification.alert, notification.kind, notification.rev, notification.audit


class Outbox:
    """What is told and owed, by alert; what waits, by channel, oldest first; the pace of each channel."""

    def __init__(self, ways: Ways, remembered: Iterable[Told | Health] = ()) -> None:
        self._ways = ways
        self._channels = ways.routes.channels
        self._told: dict[str, Told] = {}
        self._deadlines: dict[str, Alert] = {}
        self._waiting: dict[str, dict[Key, Notification]] = {name: {} for name in self._channels}
        self._unfiled: dict[Key, Notification] = {}
        self.health: dict[str, Health] = {}
        for record in remembered:
            if isinstance(record, Health):
                self.health[record.channel] = record
            else:
                self._keep(record)
        self.paces = {
            name: ChannelPace(failures=self.health[name].failures if name in self.health else 0) for name in self._channels
        }

    def revised(self, alert: Alert, at: int) -> Told | None:
        """Plan for a revision; what is to be remembered, or None where nothing that matters here has changed."""
        before = self._told.get(alert.id)
        order = (alert.rev, alert.audit)
        known = (-1, -1) if before is None else (before.rev, before.audit)
        if order < known:
            return None  # a copy that a worker wrote after a crash
        if alert.active and alert.due is not None:
            self._deadlines[alert.id] = alert
        else:
            self._deadlines.pop(alert.id, None)
        if order == known:
            return None
        now = plan.revised(self._ways, before, alert, at)
        self._keep(now)
        return None if before is not None and replace(before, rev=now.rev, audit=now.audit) == now else now

    def passed(self, now: Mapping[tuple[str, int], int], at: int) -> list[Told]:
        """Plan for the deadlines that have passed; `now` is the log's time (ms) by domain and partition."""
        changed = []
        for alert in self._deadlines.values():
            moment = now.get((alert.domain, alert.place.partition))
            told = self._told.get(alert.id)
            if moment is not None and told is not None:
                owing = plan.overdue(self._ways, told, alert, moment, at)
                if owing is not None:
                    changed.append(owing)
        for told in changed:
            self._keep(told)
        return changed

    def take(self, channel: str, now: int) -> list[Notification]:
        """What may go to a channel in one message now, oldest first."""
        waiting = self._waiting[channel]
        count = take(self._channels[channel], self.paces[channel], len(waiting), now)
        return list(waiting.values())[:count]

    def waiting(self, channel: str) -> int:
        """How many notifications wait for a channel."""
        return len(self._waiting[channel])

    def tried(self, batch: list[Notification], now: int, *, delivered: bool) -> list[Told]:
        """After an attempt to send these, all to one channel, in one message."""
        channel = batch[0].channel
        self.paces[channel] = tried(self._channels[channel], self.paces[channel], now, delivered=delivered)
        after = {key(each): replace(each, attempts=each.attempts + 1, batch=len(batch)) for each in batch}
        if delivered:
            return self._change({name: replace(each, delivery="sent") for name, each in after.items()})
        self._change(after)
        return []

    def abandoned(self, now: int, busy: Container[str] = ()) -> list[Told]:
        """Give up what was tried and could not be delivered in time, and what is for a channel that is no more.

        `busy` channels are trying it right now.
        """
        given_up = {}
        for told in self._told.values():
            for each in told.open:
                channel = self._channels.get(each.channel)
                old = channel is not None and each.attempts and now >= each.planned + span(channel.give_up)
                if each.delivery == "owed" and each.channel not in busy and (channel is None or old):
                    given_up[key(each)] = replace(each, delivery="failed")
        return self._change(given_up)

    def unfiled(self) -> list[Notification]:
        """What was sent or given up and is not known to be in the audit trail."""
        return list(self._unfiled.values())

    def filed(self, done: Iterable[Notification]) -> list[Told]:
        """These are in the trail: nothing more is to be done for them."""
        return self._change(dict.fromkeys(map(key, done)))

    def _change(self, to: Mapping[Key, Notification | None]) -> list[Told]:
        """Put notifications in the place of their older selves; None takes them away."""
        changed = []
        for alert in dict.fromkeys(name[1] for name in to):
            told = self._told[alert]
            new = (to.get(key(each), each) for each in told.open)
            changed.append(replace(told, open=tuple(each for each in new if each is not None)))
        for name in to:
            self._unfiled.pop(name, None)
        for told in changed:
            self._keep(told)
        return changed

    def _keep(self, told: Told) -> None:
        self._told[told.alert] = told
        for each in told.open:
            if each.delivery == "owed":
                self._waiting.get(each.channel, {})[key(each)] = each
            else:
                self._waiting.get(each.channel, {}).pop(key(each), None)
                self._unfiled[key(each)] = each
