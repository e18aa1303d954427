"""All incidents of one partition: which alert is in which, under which keys it is found, and when it may be forgotten."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import islice

from agents.core.incidents.grouping import Grouping, Key, Member, Rule
from agents.core.incidents.incident import Group
from streams.messages import parse_time

LOOK = 64
"""How many alerts under one key a new one is compared with, the newest first; a choice that keeps the cost flat."""

GROUP = b"group/"
"""How the checkpoint's keys of incidents begin."""


class Board:
    """The incidents by id, and what follows from them: the home of each alert, the index, who ends when, who is not told yet.

    `dirty`: keys of the checkpoint whose values have changed since the last snapshot.
    """

    def __init__(self, grouping: Grouping) -> None:
        self.grouping = grouping
        self.groups: dict[str, Group] = {}
        self.dirty: set[bytes] = set()
        self.home: dict[str, str] = {}
        self.index: dict[tuple[str | int, ...], dict[str, None]] = {}
        self._ends: list[tuple[int, str]] = []
        self._untold: set[str] = set()

    def take_up(self) -> None:
        """Make again what follows from the groups: alerts are found in the order in which they joined."""
        everyone = [(one, name) for name, group in self.groups.items() for one in group.members.values()]
        for one, name in sorted(everyone, key=lambda each: each[0].joined):
            self.enter(one, self.groups[name])
            if one.ended is not None:
                self._ends.append((one.ended + self.grouping.reopen, one.id))
        heapify(self._ends)
        self._untold = {name for name, group in self.groups.items() if group.untold}

    def group(self, alert: str) -> Group:
        """The incident that an alert is in."""
        return self.groups[self.home[alert]]

    def member(self, alert: str) -> Member:
        """An alert that is in an incident."""
        return self.group(alert).members[alert]

    def changed(self, group: Group) -> None:
        """The next snapshot holds this incident; where alerts have joined it that only the trail tells of, so will `untold`."""
        self.dirty.add(GROUP + group.incident.id.encode())
        if group.untold:
            self._untold.add(group.incident.id)

    def enter(self, one: Member, group: Group) -> None:
        """An alert is in an incident from now on, and found by others."""
        self.home[one.id] = group.incident.id
        for rule in self.grouping.rules:
            for key in rule.keys(one):
                self.index.setdefault((group.incident.city, *key), {})[one.id] = None

    def end(self, one: Member, at: int) -> None:
        """An alert has ended at this time (ms); when it can open its incident no more it is forgotten."""
        one.ended = at
        heappush(self._ends, (at + self.grouping.reopen, one.id))

    def untold(self) -> Iterator[Group]:
        """The incidents of which only the trail tells who has joined; they count as told now."""
        names, self._untold = self._untold, set()
        for name in sorted(names):
            if (group := self.groups.get(name)) and group.untold:
                yield group

    def forget(self, at: int) -> None:
        """Let go of what ended too long before this time (ms) to be opened again."""
        while self._ends and self._ends[0][0] < at:
            due, alert = heappop(self._ends)
            ended = self.member(alert).ended if alert in self.home else None
            if ended is not None and ended + self.grouping.reopen == due:
                self._forget(alert)

    def found(self, one: Member, city: str, *, flooded: bool) -> tuple[Rule, Group] | None:
        """The first rule that finds an incident for an alert, and of the alerts that it finds the one that joined last."""
        for rule in self.grouping.rules:
            if rule.kind == "flood" and not flooded:
                continue
            near = [other for key in rule.seeks(one) if (other := self._nearest(rule, one, (city, *key)))]
            if near:
                other = max(near, key=lambda each: each.joined)
                return rule, self.group(other.id)
        return None

    def _nearest(self, rule: Rule, one: Member, key: Key) -> Member | None:
        for name in islice(reversed(self.index.get(key, {})), LOOK):
            group = self.group(name)
            other = group.members[name]
            if rule.joins(one, other) and self._takes(group, one):
                return other
        return None

    def _takes(self, group: Group, one: Member) -> bool:
        """Whether an incident may take another member: it has room, and has not ended too long ago."""
        ended = group.incident.ended_at
        if ended is not None and one.raised - parse_time(ended) > self.grouping.reopen:
            return False
        return len(group.members) < self.grouping.most

    def _forget(self, alert: str) -> None:
        name = self.home.pop(alert)
        group = self.groups[name]
        self._leave(group.members.pop(alert), group.incident.city)
        group.gone += 1
        self.dirty.add(GROUP + name.encode())
        if not group.members:
            del self.groups[name]

    def _leave(self, one: Member, city: str) -> None:
        for rule in self.grouping.rules:
            for key in rule.keys(one):
                bucket = self.index[city, *key]
                del bucket[one.id]
                if not bucket:
                    del self.index[city, *key]
