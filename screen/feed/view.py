"""The View: what the screen knows, folded from what the agents tell. Pure: no clock, no Kafka, no page.

A View is never changed once `fold` has returned it, so that a reader thread may publish it to everybody.
"""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, field

from screen.feed.alarm_counts import AlarmCounts, changed, copied, key_of, regrouped, settled
from screen.feed.law import Law, told
from screen.feed.ordered import counted
from screen.wall.labels import Spot
from streams.handover import Record, by_person
from streams.messages import (
    ASIDE,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Alert,
    Audit,
    Flood,
    Handover,
    Heartbeat,
    Incident,
    JobStatus,
    Performance,
    Phase,
    Quality,
    Severity,
    SubjectStatus,
    Takeover,
    parse_time,
)
from streams.rulebook import BookInForce, InForce, NoticeInForce

BIN = 10 * MINUTE
"""The trend's bins (ms)."""

BINS = DAY // BIN

EAST = 8 * HOUR
"""China Standard Time against UTC."""

MOST_ACTS = 5_000
"""Newest acts of people that are remembered, to be counted in a note at the change of a shift."""

MOST_NOTES = 3
"""Notes at the change of a shift that are kept of a department: the newest one and those before it."""

MOST_ENDED = 200
"""Ended alerts whose story is kept, newest first to stay."""

MOST_PAST = 30
"""Ended alerts of a rule that are kept, newest last, to show what became of alerts like one that stands."""

MOST_ENTRIES, MOST_TRAILS = 30, 2_000
"""Newest entries of a trail that are kept, and trails: those in which something was written last."""

MOST_JOBS = 500
"""Newest jobs that are remembered."""

FEW, PACE = 2_000, 5 * SECOND
"""With more subjects or annunciations than FEW, what must look at all of them is told once each PACE of the log's time (ms).

To find where the numbers of 20,000 subjects can stand takes a third of a second, the life of 100,000 alarms a quarter.
"""

DAYS = 14
"""Local days of the log, today among them, for which raised alerts are counted by rule (a choice)."""

MOST_BAD = 20_000
"""Quality records remembered at most, newest kept: more in one day are shown as this number or more."""


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


class Annunciation(Struct, frozen=True):
    """A raise or a re-alarm, which called for attention at `at` (ms)."""

    at: int
    phase: Phase
    severity: Severity


class Signed(Struct, frozen=True):
    """An acknowledgement at `at` (ms), `waited` ms after the annunciation."""

    at: int
    waited: int


class Beat(Struct, frozen=True):
    """The newest heartbeat of a partition: real time when it was sent (ms), records not yet judged, and judged per second."""

    sent: int
    lag: int
    rate: float


class Bad(Struct, frozen=True):
    """One quality record: of which domain, why, whose, and the log's time of it (ms)."""

    domain: str
    reason: str
    owner: str
    at: int


class Written(Struct, frozen=True):
    """An entry of a trail, and when Kafka took it (ms): real time, whatever the log's own time is."""

    entry: Audit
    at: int


Message = (
    Alert
    | Audit
    | Written
    | Incident
    | Flood
    | Quality
    | SubjectStatus
    | Heartbeat
    | Performance
    | Record
    | JobStatus
    | InForce
)


class Spots(dict[str, Spot]):
    """Subjects on the map by name. What is made of them is remembered for this very object, which is never changed."""

    __hash__ = object.__hash__  # type: ignore[assignment]


class View(Struct):
    """All of it: `alerts` by id that are annunciated, `aside` those that are shelved, suppressed or out of service.

    `normal` are those whose alarm is normal and whose case is open, `ended` the newest of the others, whose story people may
    still read; `past` the newest ended ones of each rule. `trails`: the newest entries of an alert's trail, newest last.
    `acts`: the newest acts of people, by alert and number of the entry. `handovers`: the newest notes of shifts by id, in the
    order of time, and `takeovers` by the note's id. `incidents` and `floods`: the newest revision of each, of those that have
    ended for 24 h more. `jobs`: how each stands, by id. `law`: what the log is judged by. `raised`: alerts by rule and local
    day on which they were first raised, of the last 14 days. What else is counted over time covers the last 24 h of the log;
    `bins` are the annunciations by bin, phase and whether they are red. `now` is the log's time (ms): the newest tick. `ticked`
    is the real time (ms) at which a heartbeat told of it. `placed`: the subjects that have a place; `spots`: as the map shows
    them, which of more than FEW may be PACE behind. `spots` and the counts's `marks` are the very objects of the View before
    where nothing in them has changed.
    """

    alerts: dict[str, Alert] = {}
    aside: dict[str, Alert] = {}
    normal: dict[str, Alert] = {}
    ended: dict[str, Alert] = {}
    past: dict[str, tuple[Alert, ...]] = {}
    trails: dict[str, tuple[Audit, ...]] = {}
    acts: dict[tuple[str, int], Written] = {}
    handovers: dict[str, Handover] = {}
    takeovers: dict[str, Takeover] = {}
    incidents: dict[str, Incident] = {}
    floods: dict[str, Flood] = {}
    versions: dict[str, Version] = {}
    annunciations: dict[tuple[str, int], Annunciation] = {}
    bins: dict[tuple[int, Phase, bool], int] = {}
    raised: dict[tuple[str, int], int] = {}
    signed: dict[tuple[str, int], Signed] = {}
    subjects: dict[str, SubjectStatus] = {}
    beats: dict[tuple[str, int], Beat] = {}
    bad: dict[str, Bad] = {}
    performance: dict[tuple[str, str], Performance] = {}
    jobs: dict[str, JobStatus] = {}
    law: Law = field(default_factory=Law)
    placed: dict[str, Spot] = {}
    spots: Spots = field(default_factory=Spots)
    counts: AlarmCounts = field(default_factory=AlarmCounts)
    now: int | None = None
    ticked: int | None = None


def day_of(at: int) -> int:
    """The local day (China Standard Time, UTC+08:00 all year) of a time (ms), in days since 1970-01-01."""
    return (at + EAST) // DAY


def within_pace(before: View, after: View) -> bool:
    """Whether the log's time has stayed within one PACE."""
    return (before.now or 0) // PACE == (after.now or 0) // PACE


def find(view: View, alert: str) -> Alert | None:
    """The alert of this id that has not ended."""
    return view.alerts.get(alert) or view.aside.get(alert) or view.normal.get(alert)


def newest_jobs(view: View) -> list[JobStatus]:
    """The jobs whose results were not removed, the one asked for last first."""
    found = [status for status in view.jobs.values() if status.state != "removed"]
    return sorted(found, key=lambda status: (parse_time(status.asked_at), status.id), reverse=True)


def fold(view: View, messages: Iterable[Message]) -> View:
    """The View after these messages, in the order of each topic's partition; second copies change nothing.

    A message with a time that cannot be read is left out: it says nothing that could be shown at its place.
    """
    draft = _copied(view)
    for message in messages:
        try:
            _TAKE[type(message)](draft, message)
        except (ValueError, OverflowError):
            continue
    settled(draft.counts)
    if draft.counts.marks == view.counts.marks:
        draft.counts.marks = view.counts.marks
    due = len(draft.placed) <= FEW or not within_pace(view, draft)
    draft.spots = Spots(draft.placed) if due and draft.placed != view.spots else view.spots
    _cut(draft)
    _forget(draft)
    return draft


def _copied(view: View) -> View:
    return View(
        alerts=dict(view.alerts),
        aside=dict(view.aside),
        normal=dict(view.normal),
        ended=dict(view.ended),
        past=dict(view.past),
        trails=dict(view.trails),
        acts=dict(view.acts),
        handovers=dict(view.handovers),
        takeovers=dict(view.takeovers),
        incidents=dict(view.incidents),
        floods=dict(view.floods),
        versions=dict(view.versions),
        annunciations=dict(view.annunciations),
        bins=dict(view.bins),
        raised=dict(view.raised),
        signed=dict(view.signed),
        subjects=dict(view.subjects),
        beats=dict(view.beats),
        bad=dict(view.bad),
        performance=dict(view.performance),
        jobs=dict(view.jobs),
        law=view.law,
        placed=dict(view.placed),
        counts=copied(view.counts),
        now=view.now,
        ticked=view.ticked,
    )


def _alert(view: View, alert: Alert) -> None:
    order = (alert.rev, alert.audit)
    known = view.versions.get(alert.id)
    if known is not None and order <= known.order:
        return
    key_of(alert)  # an alert whose times cannot be read changes nothing
    signed = alert.acknowledged is not None or alert.state[0] not in {"B", "D"}
    version = Version(order, alert.occurrence, parse_time(alert.changed_at), signed, not alert.active, alert.ended)
    _announce(view, alert, known, version.changed)
    _count(view, alert, known)
    _sign(view, alert)
    view.versions[alert.id] = version
    before, home = view.alerts.get(alert.id), _home(view, alert)
    for alerts in (view.alerts, view.aside, view.normal, view.ended):
        alerts.pop(alert.id, None)
    home[alert.id] = alert
    changed(view.counts, before, alert if home is view.alerts else None)
    view.counts.cases.pop(alert.id, None)
    if alert.case and alert.case.open and not alert.ended:
        view.counts.cases[alert.id] = alert
    if alert.ended:
        others = (one for one in view.past.get(alert.rule, ()) if one.id != alert.id)
        view.past[alert.rule] = (*others, alert)[-MOST_PAST:]


def _home(view: View, alert: Alert) -> dict[str, Alert]:
    if alert.ended:
        return view.ended
    if alert.state == "A":
        return view.normal
    return view.aside if alert.state in ASIDE else view.alerts


def _audit(view: View, entry: Audit) -> None:
    parse_time(entry.at)
    known = view.trails.pop(entry.alert, ())
    newer = not known or entry.n > known[-1].n
    view.trails[entry.alert] = (*known, entry)[-MOST_ENTRIES:] if newer else known


def _written(view: View, written: Written) -> None:
    _audit(view, written.entry)
    if by_person(written.entry):
        view.acts[written.entry.alert, written.entry.n] = written


def _handover(view: View, note: Handover) -> None:
    """Keep the first copy of a note, and the newest of its department; what is pushed out goes with its takeover."""
    parse_time(note.at)
    every = sorted(
        (view.handovers | {note.id: view.handovers.get(note.id, note)}).values(), key=lambda each: parse_time(each.at)
    )
    ours = [each.id for each in every if each.department == note.department]
    view.handovers = {each.id: each for each in every if each.id not in ours[:-MOST_NOTES]}
    view.takeovers = {key: item for key, item in view.takeovers.items() if key in view.handovers}


def _takeover(view: View, taken: Takeover) -> None:
    """Keep the first takeover of a note that is known: both have one key, and so come in order."""
    parse_time(taken.at)
    if taken.handover in view.handovers:
        view.takeovers.setdefault(taken.handover, taken)


def _announce(view: View, alert: Alert, known: Version | None, changed: int) -> None:
    """Count the raise where the alert is new, the re-alarm where the occurrence is, and what comes back from aside unseen.

    A compacted log keeps the last one.
    """
    if alert.state in ASIDE:
        return
    if known is None:
        _call(view, (alert.id, 1), Annunciation(parse_time(alert.raised_at), alert.phase, alert.severity))
    again = alert.occurrence > (known.occurrence if known else 1)
    if again or (alert.state == "B" and (alert.id, alert.occurrence) not in view.annunciations):
        _call(view, (alert.id, alert.occurrence), Annunciation(changed, alert.phase, alert.severity))


def _call(view: View, key: tuple[str, int], item: Annunciation) -> None:
    if before := view.annunciations.get(key):
        counted(view.bins, _bin(before), -1)
    view.annunciations[key] = item
    counted(view.bins, _bin(item), 1)


def _bin(item: Annunciation) -> tuple[int, Phase, bool]:
    return item.at // BIN, item.phase, item.severity == "red"


def _count(view: View, alert: Alert, known: Version | None) -> None:
    """Count an alert once, on the local day on which it was first raised: a compacted log gives the same counts."""
    if known is None:
        key = (alert.rule, day_of(parse_time(alert.raised_at)))
        view.raised[key] = view.raised.get(key, 0) + 1


def _sign(view: View, alert: Alert) -> None:
    key = (alert.id, alert.occurrence)
    begun = view.annunciations.get(key)
    if alert.note is None or alert.note.verb != "acknowledge" or begun is None or key in view.signed:
        return
    at = parse_time(alert.note.at)
    if at >= begun.at:  # a note that is older belongs to an earlier occurrence
        view.signed[key] = Signed(at, at - begun.at)


def _check(*times: str) -> None:
    """ValueError where a time cannot be read."""
    for text in times:
        parse_time(text)


def _incident(view: View, incident: Incident) -> None:
    known = view.incidents.get(incident.id)
    if known is None or (incident.rev, incident.audit) > (known.rev, known.audit):
        _check(incident.opened_at, incident.changed_at)
        view.incidents[incident.id] = incident
        regrouped(view.counts, known, incident, view.incidents, view.alerts)


def _flood(view: View, flood: Flood) -> None:
    known = view.floods.get(flood.id)
    if known is None or flood.rev > known.rev:
        _check(flood.began_at, flood.until)
        view.floods[flood.id] = flood


def _quality(view: View, record: Quality) -> None:
    at = parse_time(record.at) if record.at else view.now or 0
    view.bad[record.id] = Bad(record.domain, record.reason, record.owner, at)


def _subject(view: View, status: SubjectStatus) -> None:
    known = view.subjects.get(status.subject)
    if known is None or parse_time(status.at) >= parse_time(known.at):
        view.subjects[status.subject] = status
        if status.lon is not None and status.lat is not None:
            index = status.values.get("aqi")
            view.placed[status.subject] = Spot((status.lon, status.lat), index if type(index) is int else None, status.domain)


def _heartbeat(view: View, heartbeat: Heartbeat) -> None:
    sent = parse_time(heartbeat.sent)
    view.beats[heartbeat.domain, heartbeat.partition] = Beat(sent, heartbeat.lag, heartbeat.rate)
    now = parse_time(heartbeat.now) if heartbeat.now else None
    if now is not None and (view.now is None or now > view.now):
        view.now, view.ticked = now, sent


def _measured(view: View, measured: Performance) -> None:
    parse_time(measured.until)  # one whose time cannot be read is left out
    view.performance[measured.by, measured.key] = measured


def _job(view: View, status: JobStatus) -> None:
    _check(status.asked_at, status.changed_at)
    view.jobs[status.id] = status


def _law(view: View, record: InForce) -> None:
    view.law = told(view.law, record)


_TAKE: dict[type, Callable[[View, Any], None]] = {
    BookInForce: _law,
    NoticeInForce: _law,
    Alert: _alert,
    Audit: _audit,
    Written: _written,
    Handover: _handover,
    Takeover: _takeover,
    Incident: _incident,
    Flood: _flood,
    Quality: _quality,
    SubjectStatus: _subject,
    Heartbeat: _heartbeat,
    Performance: _measured,
    JobStatus: _job,
}

TAKEN = frozenset(_TAKE)
"""The types of messages that a View is made of."""


def _cut(view: View) -> None:
    """Let go of the oldest where more is kept than is shown."""
    view.ended = dict(list(view.ended.items())[-MOST_ENDED:])
    view.trails = dict(list(view.trails.items())[-MOST_TRAILS:])
    if len(view.bad) > MOST_BAD:
        view.bad = dict(list(view.bad.items())[-MOST_BAD:])
    if len(view.jobs) > MOST_JOBS:
        view.jobs = dict(sorted(view.jobs.items(), key=lambda item: item[1].asked_at)[-MOST_JOBS:])
    if len(view.acts) > MOST_ACTS:
        view.acts = dict(sorted(view.acts.items(), key=lambda item: item[1].at)[-MOST_ACTS:])


def _forget(view: View) -> None:
    """Let go of what is older than 24 h of the log's time."""
    since = (view.now or 0) - DAY
    view.annunciations = {key: item for key, item in view.annunciations.items() if item.at > since}
    view.bins = {key: count for key, count in view.bins.items() if key[0] > since // BIN}
    first = day_of(view.now or 0) - DAYS
    view.raised = {key: count for key, count in view.raised.items() if key[1] > first}
    view.signed = {key: item for key, item in view.signed.items() if item.at > since}
    view.incidents = {
        key: item for key, item in view.incidents.items() if item.state == "open" or parse_time(item.changed_at) > since
    }
    view.floods = {key: item for key, item in view.floods.items() if parse_time(item.until) > since}
    view.bad = {key: item for key, item in view.bad.items() if item.at > since}
    view.performance = {key: item for key, item in view.performance.items() if parse_time(item.until) > since}
    view.versions = {key: item for key, item in view.versions.items() if item.changed > since or find(view, key)}
