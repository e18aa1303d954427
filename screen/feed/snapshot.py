"""What goes to the page: a View in sections of JSON, each built once and sent only where it changed. Pure."""

from typing import Any

from msgspec import Struct

from screen.feed.alarm_counts import key_of
from screen.feed.law import Law
from screen.feed.view import FEW, View, find, newest_jobs, within_pace
from screen.i18n.texts import owner_name
from screen.i18n.trail_text import trail_text
from screen.wall.deck import deck
from screen.wall.domains import shares
from screen.wall.figures import (
    PHASES,
    bad_input,
    by_severity,
    figures,
    open_cases,
    put_aside,
    ranking,
    standing,
    stations,
    trend,
)
from screen.wall.incidents import Entry, Listed, calling, entries, floods, listed, of_alert, others
from screen.wall.life import life
from screen.wall.picture import adcodes, districts, marks
from screen.wall.points import dots, edges, icons, indices, names
from streams.messages import (
    Alert,
    Audit,
    Duty,
    Flood,
    Incident,
    JobStatus,
    Phase,
    SubjectStatus,
    encode,
    parse_time,
)

MOST_ROWS = 200
"""Rows of the list sent for each phase; the wall has room for a dozen, shows the others on demand and counts what is beyond."""

MOST_OTHERS = 60
"""Incidents offered for a merge."""

MOST_REDS = 6
"""Red alerts of one incident that have rows of their own in a flood."""

MOST_STATIONS = 40

MOST_JOBS = 20
"""Newest jobs of which every page is told."""

Sections = dict[str, bytes]


class Health(Struct, frozen=True):
    """How the reader does: whether the broker answers, and in its own words why not; whether all that stood there is read."""

    broker: bool = False
    trouble: str = ""
    loaded: bool = False


def sections(view: View, health: Health, before: Sections) -> Sections:
    """The sections that are told at once: all but the slow ones.

    One that did not change is the very object of `before`, so that `is` tells what is new.
    """
    called = {place.adcode: (place.zh, place.en) for place in districts()}
    ranked = ranking(view, adcodes())
    values: dict[str, Any] = {
        "health": health,
        "time": _time(view),
        "figures": _figures(view),
        "ranking": [(found, called[found.adcode]) for found in ranked],
        "standing": standing(view, adcodes()),
        "list": _list(view),
        "calling": calling(view),
        "domains": shares(view),
        "aside": _lasting(put_aside(view)),
        "cases": _lasting(open_cases(view)),
        "floods": [_flood(flood) for flood in floods(view)],
        "trend": trend(view),
        "quality": [(domain, reason, owner_name(owner), count, at) for domain, reason, owner, count, at in bad_input(view)],
        "jobs": [_job(status) for status in newest_jobs(view)[:MOST_JOBS]],
    }
    return _kept({name: encode(value) for name, value in values.items()}, before)


def slow_sections(view: View, before: Sections, known: View | None = None) -> Sections:
    """The sections that look at all that stands, as `sections` has the others: the map, the life of alarms, the stations.

    The map is its land, edges and names of districts, dots and indices of subjects, marks of alerts. `known` is the View of
    which `before` was made: what follows from a part that is the same is not made again.
    """
    ranked = ranking(view, adcodes())
    built = {"map": deck(ranked), "edges": encode(edges(ranked))}
    if known is None or known.spots is not view.spots:
        built |= {name: encode(rows(view.spots)) for name, rows in _PLACED.items()}
    if known is None or known.counts.marks is not view.counts.marks:
        built["marks"] = encode(icons(marks(view)))
    if known is None or not (_crowded(view) and within_pace(known, view)):
        built |= {"life": encode(life(view)), "stations": encode(_stations(view))}
    return _kept(before | built, before)


_PLACED = {"names": names, "dots": dots, "indices": indices}


def _crowded(view: View) -> bool:
    """Whether so much stands that what looks at all of it is made once each PACE of the log only."""
    return max(len(view.subjects), len(view.annunciations)) > FEW


def _kept(built: Sections, before: Sections) -> Sections:
    return {name: before[name] if before.get(name) == value else value for name, value in built.items()}


def body(changed: Sections) -> str:
    """Sections as the text that a message holds."""
    return b",".join(encode(name) + b":" + value for name, value in changed.items()).decode()


def message(body: str, at: int, **more: Any) -> str:
    """One message to a page: server's time `at` (ms), the `body` of the sections that are new to it, what else it must know."""
    rest = b"".join(b"," + encode(name) + b":" + encode(value) for name, value in more.items()).decode()
    return f'{{"at":{at},"set":{{{body}}}{rest}}}'


def _time(view: View) -> dict[str, Any]:
    beats = view.beats.values()
    return {
        "now": view.now,
        "ticked": view.ticked,
        "beats": [beat.sent for beat in beats],
        "lag": sum(beat.lag for beat in beats),
        "rate": round(sum(beat.rate for beat in beats), 1),
    }


def _figures(view: View) -> dict[str, Any]:
    found = figures(view)
    worst = view.subjects[found.worst_subject] if found.worst_subject else None
    return {**_fields(found), "worst_name": worst.name if worst else None}


def _fields(struct: Struct) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _list(view: View) -> dict[str, Any]:
    every, flood = listed(view), bool(floods(view))
    found: dict[Phase, list[Entry]] = {phase: [] for phase in PHASES}
    missing = sum(min(MOST_ROWS, every[phase].entries) for phase in PHASES)
    rows = entries(view)
    while missing:
        entry = next(rows)
        of = found[entry.alerts[0].phase]
        if len(of) < MOST_ROWS:
            of.append(entry)
            missing -= 1
    return {phase: _phase(every[phase], found[phase], view.law, flood=flood) for phase in PHASES}


def _phase(every: Listed, found: list[Entry], law: Law, *, flood: bool) -> dict[str, Any]:
    return {
        "count": sum(every.severities),
        "entries": every.entries,
        "severities": every.severities,
        "rows": [_entry(entry, law, flood=flood) for entry in found],
    }


def _entry(entry: Entry, law: Law, *, flood: bool) -> dict[str, Any]:
    """An incident of several alerts with its first one; an alert alone is a row like any other.

    While a desk is in a flood an incident comes with its unacknowledged red alerts: each has its own row, the rest is folded.
    """
    first = row(entry.alerts[0])
    if entry.incident is None or entry.incident.count == 1:
        return first
    more = {"waiting": len(entry.alerts), "severities": by_severity(entry.alerts)}
    more["reds"] = [row(alert) for alert in entry.alerts if alert.severity == "red"][:MOST_REDS] if flood else []
    return first | {"incident": _incident(entry.incident, law)} | more


def _incident(incident: Incident, law: Law) -> dict[str, Any]:
    """What a row, or the choice of a merge, shows of an incident."""
    return {
        "id": incident.id,
        "rev": incident.rev,
        "title": incident.title,
        "severity": incident.severity,
        "state": incident.state,
        "adcode": incident.adcode,
        "open": incident.open,
        "count": incident.count,
        "rules": [law.rule_name(rule) for rule in incident.rules],
        "flood": incident.flood,
        "lead": _duty(incident.lead, law),
        "helpers": [_duty(duty, law) for duty in incident.helpers],
        "opened": parse_time(incident.opened_at),
    }


def _duty(duty: Duty, law: Law) -> dict[str, Any]:
    return {"id": duty.department.id, "name": duty.department.name, "rule": law.rule_name(duty.rule) if duty.rule else None}


def _flood(flood: Flood) -> dict[str, Any]:
    return {
        "department": flood.department.name,
        "began": parse_time(flood.began_at),
        "count": flood.count,
        "peak": flood.peak,
        "until": parse_time(flood.until),
    }


def incident_of(view: View, alert: str) -> dict[str, Any] | None:
    """The incident of an alert with its alerts that have not ended, and those with which it may be merged; None without one.

    An incident that has ended is told of as long as it is remembered.
    """
    incident = of_alert(view, alert)
    if incident is None:
        return None
    found = [find(view, name) for name in incident.members]
    return {
        "incident": _incident(incident, view.law) | {"notes": incident.notes[::-1]},
        "rows": [row(one) for one in sorted(filter(None, found), key=key_of)],
        "others": [_incident(other, view.law) for other in others(view, incident)[:MOST_OTHERS]],
    }


def _lasting(alerts: list[Alert]) -> dict[str, Any]:
    """What is put aside, or waits for its conclusion: each row says also until when, and who has put it aside and why."""
    rows = [row(alert) | {"aside": alert.aside, "case": alert.case} for alert in alerts[:MOST_ROWS]]
    return {"count": len(alerts), "rows": rows}


def row(alert: Alert) -> dict[str, Any]:
    """What the list shows of an alert."""
    return {
        "id": alert.id,
        "rev": alert.rev,
        "occurrence": alert.occurrence,
        "severity": alert.severity,
        "state": alert.state,
        "phase": alert.phase,
        "domain": alert.domain,
        "title": alert.title,
        "item": alert.item,
        "name": alert.name,
        "adcode": alert.adcode,
        "value": alert.value,
        "limit": alert.limit,
        "unit": alert.unit,
        "clause": [alert.clause.edition, alert.clause.article, alert.clause.mark],
        "department": alert.department.name,
        "owner": alert.department.id,
        "raised": parse_time(alert.raised_at),
        "due": parse_time(alert.due) if alert.due else None,
        "provisional": alert.provisional,
        "verbs": alert.verbs,
    }


def story(view: View, name: str) -> dict[str, Any] | None:
    """An alert that stands or has ended not long ago, and what is known of its trail, newest last; None for another."""
    alert = find(view, name) or view.ended.get(name)
    if alert is None:
        return None
    return {"alert": alert, "ended": alert.ended, "trail": [_happened(entry) for entry in view.trails.get(name, ())]}


def _happened(entry: Audit) -> dict[str, Any]:
    """An entry as the page shows it; by `place` the page knows what its own act has come to."""
    return {
        "n": entry.n,
        "at": entry.at,
        "event": entry.event,
        "verb": entry.verb,
        "before": entry.before,
        "after": entry.after,
        "occurrence": entry.occurrence,
        "actor": entry.actor,
        "reason": trail_text(entry),
        "place": entry.place,
        "hash": entry.hash,
    }


def _job(status: JobStatus) -> dict[str, Any]:
    """A job without its parameters."""
    return {name: value for name, value in _fields(status).items() if name != "params"}


def _stations(view: View) -> dict[str, Any]:
    found = sorted(stations(view), key=lambda status: (-_index(status), status.subject))
    return {"count": len(found), "rows": [_station(status) for status in found[:MOST_STATIONS]]}


def _index(status: SubjectStatus) -> int:
    value = status.values.get("aqi")
    return value if isinstance(value, int) else -1


def _station(status: SubjectStatus) -> dict[str, Any]:
    return {
        "name": status.name,
        "adcode": status.adcode,
        "at": parse_time(status.at),
        "aqi": status.values.get("aqi"),
        "level": status.values.get("level"),
        "primary": status.values.get("primary"),
    }
