"""What is counted of the alarms that stand, kept up alert by alert: a publication costs what is new, not what stands. Pure."""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from screen.marks import Mark, marks_of
from streams.messages import SEVERITIES, Alert, Incident, Phase, Severity, parse_time

MANY = 500
"""Changes from which the order is sorted anew: each of fewer is put in its place by itself (a choice)."""

Key = tuple[bool, int, int, str]
"""Whether it is acknowledged, its severity (0 is the worst), when it was raised (ms), its id: the order of the wall's list."""

Kind = tuple[Severity, str, Phase, str, str, bool]
"""Severity, letter of the state, phase, domain, district, and whether it has a place on the map."""

Counts = tuple[int, int, int, int]
"""How many of each severity, worst first."""


class Tally(Struct):
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


def copied(tally: Tally) -> Tally:
    """A Tally that may be changed while the one before stays as it is."""
    return Tally(**{name: copy(getattr(tally, name)) for name, copy in _COPIES.items()})


def key_of(alert: Alert) -> Key:
    """Where an annunciated alert stands in the order; ValueError where its time cannot be read."""
    return alert.state[0] == "C", SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id


def changed(tally: Tally, before: Alert | None, after: Alert | None) -> None:
    """An annunciated alert has become another one, has come, or is one no more."""
    if before is not None:
        _take(tally, before, -1)
    if after is not None:
        _take(tally, after, 1)


def regrouped(
    tally: Tally, before: Incident | None, after: Incident, incidents: Mapping[str, Incident], alerts: Mapping[str, Alert]
) -> None:
    """An incident has become another one; `incidents` holds it as it is now, beside the others."""
    members = after.members if after.state == "open" else ()
    for name in set(before.members if before else ()) - set(members):
        _keep(tally.claims, name, tuple(one for one in tally.claims.get(name, ()) if one != after.id))
        _rehome(tally, name, incidents, alerts)
    for name in members:
        claims = tally.claims.get(name, ())
        if after.id not in claims:
            tally.claims[name] = (*claims, after.id)
        _rehome(tally, name, incidents, alerts)


def settled(tally: Tally) -> None:
    """Put the order right."""
    if len(tally.come) + len(tally.gone) > MANY:
        tally.order = sorted([*(key for key in tally.order if key not in tally.gone), *tally.come])
    else:
        for key in tally.gone:
            del tally.order[bisect_left(tally.order, key)]
        for key in tally.come:
            insort(tally.order, key)
    tally.come, tally.gone = set(), set()


def counted(counts: dict[Any, int], key: object, by: int) -> None:
    """Count so many more or fewer of something; what there is none of is not kept."""
    number = counts.get(key, 0) + by
    if number:
        counts[key] = number
    else:
        counts.pop(key, None)


def _take(tally: Tally, alert: Alert, by: int) -> None:
    """Count an alert (1), or count it no more (-1)."""
    key = key_of(alert)
    _move(tally, key, by)
    placed = alert.lon is not None and alert.lat is not None
    counted(tally.kinds, (alert.severity, alert.state[0], alert.phase, alert.domain, alert.adcode, placed), by)
    others = tuple(one for one in tally.subjects.get(alert.subject, ()) if one.id != alert.id)
    _keep(tally.subjects, alert.subject, (*others, alert) if by > 0 else others)
    _keep(tally.marks, alert.subject, marks_of(tally.subjects.get(alert.subject, ())))
    site = (alert.domain, alert.subject)
    counts = list(tally.sites.get(site, (0, 0, 0, 0)))
    counts[key[1]] += by
    _keep(tally.sites, site, tuple(counts) if any(counts) else ())
    if not key[0]:
        _group(tally, alert, key, tally.homes.get(alert.id), by)


def _move(tally: Tally, key: Key, by: int) -> None:
    here, there = (tally.come, tally.gone) if by > 0 else (tally.gone, tally.come)
    if key in there:
        there.discard(key)
    else:
        here.add(key)


def _group(tally: Tally, alert: Alert, key: Key, home: str | None, by: int) -> None:
    """Count an unacknowledged alert in its incident, or alone."""
    if home is None:
        counted(tally.alone, (alert.phase, alert.severity), by)
    else:
        others = [one for one in tally.groups.get(home, ()) if one != key]
        if by > 0:
            insort(others, key)
        _keep(tally.groups, home, tuple(others))


def _rehome(tally: Tally, name: str, incidents: Mapping[str, Incident], alerts: Mapping[str, Alert]) -> None:
    """Let an alert stand in the newest incident that tells of it, or alone."""
    home = max(tally.claims.get(name, ()), key=lambda one: incidents[one].rev, default=None)
    before, alert = tally.homes.get(name), alerts.get(name)
    if home == before:
        return
    if home is None:
        del tally.homes[name]
    else:
        tally.homes[name] = home
    if alert is not None and alert.state[0] != "C":
        key = key_of(alert)
        _group(tally, alert, key, before, -1)
        _group(tally, alert, key, home, 1)


def _keep(of: dict[Any, Any], key: object, value: tuple[Any, ...]) -> None:
    """Keep a value where there is any."""
    if value:
        of[key] = value
    else:
        of.pop(key, None)


_COPIES: dict[str, Callable[[Any], Any]] = {
    name: {"order": list, "come": set, "gone": set}.get(name, dict) for name in Tally.__struct_fields__
}
