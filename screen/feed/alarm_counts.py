"""What is counted of the alarms that stand, kept up alert by alert: a publication costs what is new, not what stands. Pure."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from copy import copy
from typing import Any, NamedTuple

from msgspec import Struct

from screen.feed.ordered import counted, moved
from screen.wall.marks import Mark, letter, marks_of
from streams.messages import SEVERITIES, Alert, Incident, Phase, Severity, parse_time


class Key(NamedTuple):
    """Where an annunciated alert stands in the wall's list: `severity` 0 is the worst, `raised` in ms."""

    acknowledged: bool
    severity: int
    raised: int
    id: str


class Kind(NamedTuple):
    """What annunciated alerts are counted by; `state`: the letter, `placed`: it has a place on the map."""

    severity: Severity
    state: str
    phase: Phase
    domain: str
    adcode: str
    placed: bool

    @property
    def calls(self) -> bool:
        """Whether it is red and unacknowledged."""
        return self.severity == "red" and self.state != "C"


Counts = tuple[int, int, int, int]
"""How many of each severity, worst first."""


class AlarmCounts(Struct):
    """Of the alerts that are annunciated, in states B, C and D: their order, and how many of each kind there are.

    `subjects`: those of a subject, `sites`: how many of each severity it has, by domain and subject; `marks`: its marks on the
    map. `cases`: the alerts, in whatever state, whose case is open. `claims`: the open incidents that tell of an alert;
    `homes`: the newest of these. `groups`: the unacknowledged alerts of an incident, in order; `alone`: how many are of none.
    `come` and `gone` are not yet in the order, which `settled` puts right.
    """

    order: list[Key] = []
    kinds: dict[Kind, int] = {}
    subjects: dict[str, tuple[Alert, ...]] = {}
    sites: dict[tuple[str, str], Counts] = {}
    marks: dict[str, tuple[Mark, ...]] = {}
    cases: dict[str, Alert] = {}
    claims: dict[str, tuple[str, ...]] = {}
    homes: dict[str, str] = {}
    groups: dict[str, tuple[Key, ...]] = {}
    alone: dict[tuple[Phase, Severity], int] = {}
    come: set[Key] = set()
    gone: set[Key] = set()

    @property
    def waiting(self) -> int:
        """How many are unacknowledged: the first ones of the order."""
        return bisect_left(self.order, (True,))


def copied(counts: AlarmCounts) -> AlarmCounts:
    """A AlarmCounts that may be changed while the one before stays as it is."""
    return AlarmCounts(**{name: copy(getattr(counts, name)) for name in counts.__struct_fields__})


def key_of(alert: Alert) -> Key:
    """The place of an alert: unacknowledged first, then the worst, then what stands longest; ValueError: a time is no time."""
    return Key(letter(alert) == "C", SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id)


def changed(counts: AlarmCounts, before: Alert | None, after: Alert | None) -> None:
    """An annunciated alert has become another one, has come, or is one no more."""
    if before is not None:
        _take(counts, before, -1)
    if after is not None:
        _take(counts, after, 1)


def regrouped(
    counts: AlarmCounts,
    before: Incident | None,
    after: Incident,
    incidents: Mapping[str, Incident],
    alerts: Mapping[str, Alert],
) -> None:
    """An incident has become another one; `incidents` holds it as it is now, beside the others."""
    members = after.members if after.state == "open" else ()
    for name in set(before.members if before else ()) - set(members):
        _keep(counts.claims, name, tuple(one for one in counts.claims.get(name, ()) if one != after.id))
        _rehome(counts, name, incidents, alerts)
    for name in members:
        claims = counts.claims.get(name, ())
        if after.id not in claims:
            counts.claims[name] = (*claims, after.id)
        _rehome(counts, name, incidents, alerts)


def settled(counts: AlarmCounts) -> None:
    """Put the order right."""
    if counts.come or counts.gone:
        counts.order = moved(counts.order, counts.gone, counts.come, key=lambda key: key)
        counts.come, counts.gone = set(), set()


def _take(counts: AlarmCounts, alert: Alert, by: int) -> None:
    """Count an alert (1), or count it no more (-1)."""
    key = key_of(alert)
    _move(counts, key, by)
    placed = alert.lon is not None and alert.lat is not None
    counted(counts.kinds, Kind(alert.severity, letter(alert), alert.phase, alert.domain, alert.adcode, placed), by)
    others = tuple(one for one in counts.subjects.get(alert.subject, ()) if one.id != alert.id)
    _keep(counts.subjects, alert.subject, (*others, alert) if by > 0 else others)
    _keep(counts.marks, alert.subject, marks_of(counts.subjects.get(alert.subject, ())))
    site = (alert.domain, alert.subject)
    severities = list(counts.sites.get(site, (0, 0, 0, 0)))
    severities[key.severity] += by
    _keep(counts.sites, site, tuple(severities) if any(severities) else ())
    if not key.acknowledged:
        _group(counts, alert, key, counts.homes.get(alert.id), by)


def _move(counts: AlarmCounts, key: Key, by: int) -> None:
    here, there = (counts.come, counts.gone) if by > 0 else (counts.gone, counts.come)
    if key in there:
        there.discard(key)
    else:
        here.add(key)


def _group(counts: AlarmCounts, alert: Alert, key: Key, home: str | None, by: int) -> None:
    """Count an unacknowledged alert in its incident, or alone."""
    if home is None:
        counted(counts.alone, (alert.phase, alert.severity), by)
    else:
        others = [one for one in counts.groups.get(home, ()) if one != key]
        if by > 0:
            insort(others, key)
        _keep(counts.groups, home, tuple(others))


def _rehome(counts: AlarmCounts, name: str, incidents: Mapping[str, Incident], alerts: Mapping[str, Alert]) -> None:
    """Let an alert stand in the newest incident that tells of it, or alone."""
    home = max(counts.claims.get(name, ()), key=lambda one: incidents[one].rev, default=None)
    before, alert = counts.homes.get(name), alerts.get(name)
    if home == before:
        return
    if home is None:
        del counts.homes[name]
    else:
        counts.homes[name] = home
    if alert is not None and not (key := key_of(alert)).acknowledged:
        _group(counts, alert, key, before, -1)
        _group(counts, alert, key, home, 1)


def _keep(of: dict[Any, Any], key: object, value: tuple[Any, ...]) -> None:
    """Keep a value where there is any."""
    if value:
        of[key] = value
    else:
        of.pop(key, None)
