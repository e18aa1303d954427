"""Kind `replay`: what the wall showed over a period, as changes in the order of the log's time, with a keyframe in each chunk.

The archive is judged from its beginning, a partition after the other, into one file of changes each; these are merged by time.
What was before the period is remembered as state alone. `docs/operate/jobs.md` has the format.
"""

import gzip
import heapq
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain, filterfalse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct

from agents.basis import whole_basis
from agents.core.orders.fold import Orders
from agents.core.stage import Stage
from agents.jobs import domain_values
from agents.jobs.alerts import newest_alert
from agents.jobs.past_orders import PastOrders
from agents.jobs.work import Work, read, span
from agents.offline.reading import Reading, RefusedError
from agents.rulebook.book_cache import BookCache
from agents.stages import Basis, stage_of
from streams.archive.files import partitions, read_books, read_partition
from streams.catalogue.sight import NOBODY, seen
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    Alert,
    Audit,
    Incident,
    SubjectStatus,
    Text,
    encode,
    parse_time,
    whole_reason,
)
from streams.orders.funnel import FlowStage, funnel
from streams.outputs import Output, target

MOST = 31 * DAY
"""The longest period; a choice."""

STEPS = (MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
MOST_CHUNKS = 150
"""The length of a chunk is the shortest that gives so many at most; a choice: each is some ten kilobytes to load at a jump."""

MOST_CHANGES = 2_000_000
"""Changes within a period at most; a choice that bounds the result to some hundreds of megabytes."""

MOST_RAISED = 5_000
"""Raises that the index tells of."""

NEWEST = 50
"""Newest entries of trails in a keyframe."""

TICKS = 60
"""Ticks kept of a chunk."""

AROUND, MOST_AROUND = 30 * MINUTE, DAY
"""What is shown before an alert's opening and after its return, and the longest period of one alert; choices."""

RAISES = frozenset({"raise", "re-alarm"})

JUDGING = 0.9
"""The share of the work that judging is; the rest is merging."""


class ReplayParams(Struct, frozen=True, forbid_unknown_fields=True):
    """A period, or an alert to look around."""

    since: str = msgspec.field(name="from", default="")
    until: str = msgspec.field(name="to", default="")
    alert: str = ""


class TimelineChange(Struct, frozen=True, array_like=True):
    """At the log's time `at` (ms) what has `key` among its `kind` became `value` (JSON); `ended`: it leaves the state.

    An entry of an alert's trail has the order as its key that ties the alert, if it tells of one.
    """

    at: int
    kind: str
    key: str
    ended: bool
    value: Raw


_change = msgspec.json.Decoder(TimelineChange)

PLURAL = {"alert": "alerts", "incident": "incidents", "subject": "subjects", "order": "orders", "line": "lines"}
"""The kinds that are state, and what a keyframe calls them."""

TRAILS = {"audit": "audit", "entry": "order_audit"}
"""The kinds that are entries of trails, of alerts and of orders, and what a keyframe calls the newest of them."""

OF_ORDERS = frozenset({"order", "line", "entry"})
"""The kinds that a log without orders says nothing of."""

FLOW = "flow"
"""The kind that is the funnel's numbers of one partition; of all partitions together they stand in the files."""

_numbers = msgspec.json.Decoder(list[tuple[int, bool, int]])


class State:
    """Everything as it is at one moment: the newest value of each thing that has not ended, and the newest audit entries.

    `flows`: the funnel's numbers by partition.
    """

    def __init__(self) -> None:
        self.flows: dict[str, Raw] = {}
        self.things: dict[str, dict[str, Raw]] = {kind: {} for kind in PLURAL}
        self.trails: dict[str, deque[TimelineChange]] = {kind: deque(maxlen=NEWEST) for kind in TRAILS}

    def take(self, change: TimelineChange) -> None:
        """Move on by one change."""
        if change.kind in self.trails:
            self.trails[change.kind].append(change)
        elif change.kind == FLOW:
            self.flows[change.key] = change.value
        elif change.kind in self.things:
            self.things[change.kind].pop(change.key, None)
            if not change.ended:
                self.things[change.kind][change.key] = change.value

    def keyframe(self, now: int | None) -> dict[str, Any]:
        """As it stands in a chunk."""
        found: dict[str, Any] = {PLURAL[kind]: things for kind, things in self.things.items() if _told(kind, things)}
        newest = {TRAILS[kind]: [each.value for each in some] for kind, some in self.trails.items() if _told(kind, some)}
        flow = {FLOW: self.flow()} if self.flows else {}
        return found | newest | flow | {"now": now}

    def flow(self) -> list[FlowStage]:
        """The funnel of orders, of all partitions."""
        sums = Counter[tuple[int, bool]]()
        for numbers in self.flows.values():
            for stage, late, count in _numbers.decode(numbers):
                sums[stage, late] += count
        return funnel(sums)


def _told(kind: str, what: Collection[Any]) -> bool:
    """Whether a keyframe has a kind: those of orders where there are any."""
    return bool(what) or kind not in OF_ORDERS


class Recorder:
    """Takes the changes of one partition: those before the period as state, those in it as lines of a file."""

    def __init__(self, file: BinaryIO, since: int) -> None:
        self.state = State()
        self.count = 0
        self._file, self._since = file, since

    def take(self, change: TimelineChange) -> None:
        """Take the next change, none of which is earlier than the one before."""
        if change.at < self._since:
            self.state.take(change)
        else:
            self.count += 1
            self._file.write(encode(change) + b"\n")

    def take_all(self, changes: Iterable[TimelineChange]) -> None:
        """Take several."""
        for change in changes:
            self.take(change)


def replay(params: Raw, work: Work) -> None:
    """Write the timeline; RefusedError where the archive has nothing of the period."""
    asked = read(params, ReplayParams)
    begin, end = _period(asked, work)
    step = next(step for step in STEPS if (end - begin) / step <= MOST_CHUNKS)
    reading = Reading(end, work.records, work.tell, JUDGING)
    basis = whole_basis(BookCache(read_books(work.archive)))
    with TemporaryDirectory(dir=work.folder) as parts, ExitStack() as stack:
        judged = Judged(begin, end, step)
        files = list(judged.run(basis, work.archive, reading, Path(parts)))
        reading.check(begin, work.log)
        opened = [stack.enter_context(file.open("rb")) for file in files]
        changes = heapq.merge(*(map(_change.decode, lines) for lines in opened), key=lambda change: change.at)
        _write(work, judged, asked.alert, reading.reached, filterfalse(judged.is_withheld, changes))


def _period(asked: ReplayParams, work: Work) -> tuple[int, int]:
    if not asked.alert:
        return span(asked.since, asked.until, MOST)
    alert = newest_alert(work.settings, work.log, asked.alert)
    begin = parse_time(alert.opened_at) - AROUND
    end = max(parse_time(each) for each in (alert.raised_at, alert.changed_at, alert.cleared_at or alert.raised_at))
    return begin, min(end + AROUND, begin + MOST_AROUND)


class Judged:
    """What judging an archive leaves: the state at the beginning, the subjects with a place, the clock's ticks."""

    def __init__(self, begin: int, end: int, step: int) -> None:
        self.begin, self.end, self.step = begin, end, step
        self.state = State()
        self.subjects: dict[str, dict[str, Any]] = {}
        self.ticks: dict[int, int] = {}
        self.now: int | None = None
        self.raised: list[Raw] = []
        self.withheld: set[str] = set()
        self._told: dict[str, dict[str, Any]] = {}
        self._changes = 0

    def run(self, basis: Basis, archive: Path, reading: Reading, folder: Path) -> Iterator[Path]:
        """Judge each partition into a file of changes."""
        recent: dict[str, list[TimelineChange]] = {kind: [] for kind in TRAILS}
        for number, (topic, partition) in enumerate(partitions(archive)):
            if (stage := stage_of(basis, topic, partition)) is None:
                continue
            path, orders = folder / f"{number:05}", PastOrders(f"{topic}/{partition}")
            with path.open("wb") as file:
                recorder = Recorder(file, self.begin)
                records = chain.from_iterable(read_partition(archive, topic, partition))
                for at, part in reading.moments((topic, partition), records):
                    self._tick(at)
                    if at is not None and at >= self.begin:
                        recorder.take_all(self._statuses(stage))
                    recorder.take_all(self._changes_of(stage, stage.run(part), orders))
                    if self._changes + recorder.count > MOST_CHANGES:
                        raise RefusedError(
                            f"时段内的变化超过 {MOST_CHANGES:,} 条，请缩短时段",
                            f"the period has more than {MOST_CHANGES:,} changes: choose a shorter one",
                        )
                recorder.take_all(self._statuses(stage))
            self._changes += recorder.count
            self.withheld |= orders.withheld
            self.state.flows |= recorder.state.flows
            for kind, things in recorder.state.things.items():
                self.state.things[kind] |= things
            for kind, entries in recorder.state.trails.items():
                recent[kind] += entries
            yield path
        for kind, entries in self.state.trails.items():
            told = (change for change in recent[kind] if not self.is_withheld(change))
            entries.extend(sorted(told, key=lambda change: change.at))

    def is_withheld(self, change: TimelineChange) -> bool:
        """Whether a change names an order of which nothing is told: known once all partitions are judged."""
        return change.kind == "audit" and change.key in self.withheld

    def _tick(self, at: int | None) -> None:
        if at is None:
            return
        if at < self.begin:
            self.now = at if self.now is None else max(self.now, at)
        else:
            bucket = (at - self.begin) // (self.step // TICKS)
            self.ticks[bucket] = min(at, self.ticks.get(bucket, at))

    def _changes_of(self, stage: Stage, outputs: Iterable[Output], orders: PastOrders) -> Iterator[TimelineChange]:
        at = stage.now or 0
        if isinstance(stage, Orders):
            for told in orders.changes(stage, outputs):
                yield TimelineChange(at, told.kind, told.key, told.ended, _raw(told.value))
            return
        revised: dict[str, Alert] = {}
        for output in outputs:
            if shown := SHOWN.get(type(output)):
                _, key = target(output)
                yield TimelineChange(at, shown.kind, key, shown.ended(output), _raw(shown.value(output)))
            if isinstance(output, Alert):
                revised[output.id] = output
            elif isinstance(output, Audit):
                about = output.alert if output.order is UNSET else output.order
                yield TimelineChange(at, "audit", about, False, _raw(act(output)))
                alert = revised.get(output.alert)
                if output.event in RAISES and alert is not None:
                    yield TimelineChange(
                        at, "raised", alert.id, False, _raw([at, alert.severity, alert.phase, alert.adcode, alert.id])
                    )

    def _statuses(self, stage: Stage) -> Iterator[TimelineChange]:
        """What is new of subjects since it was last asked: within the period at each tick, before it once."""
        at = stage.now or 0
        for status in stage.statuses(MOST_CHANGES):
            if status.lon is not None and status.lat is not None:
                self._place(status, at)
            value = domain_values.shown(status)
            if value is not None and self._told.get(status.subject) != value:
                self._told[status.subject] = value
                yield TimelineChange(at, "subject", status.subject, False, _raw(value))

    def _place(self, status: SubjectStatus, at: int) -> None:
        since = self.subjects.get(status.subject, {}).get("since", at)
        self.subjects[status.subject] = {
            "since": since,
            "domain": status.domain,
            "kind": status.kind,
            "name": seen(status, NOBODY).name,
            "adcode": status.adcode,
            "lon": status.lon,
            "lat": status.lat,
        }


def _write(work: Work, judged: Judged, alert: str, reached: int, changes: Iterable[TimelineChange]) -> None:
    """Write chunks, subjects and the index, from the changes in the order of time."""
    waiting = iter(changes)
    following = next(waiting, None)
    state, now = judged.state, judged.now
    counts: Counter[str] = Counter()
    chunks: list[dict[str, Any]] = []
    raised: list[Raw] = []
    ticks = deque(at for _, at in sorted(judged.ticks.items()) if at <= reached)
    last = min(judged.end, reached + 1)
    for begin in range(judged.begin, last, judged.step):
        end, keyframe, shown = min(begin + judged.step, judged.end), state.keyframe(now), list[Any]()
        first = encode(keyframe)
        while following is not None and following.at < min(end, last):
            if following.kind == "raised":
                raised.append(following.value)
            else:
                counts[following.kind] += 1
                state.take(following)
                shown.append((following.at, following.kind, state.flow() if following.kind == FLOW else following.value))
            following = next(waiting, None)
        ticked = []
        while ticks and ticks[0] < end:
            now = ticks.popleft()
            ticked.append(now)
        name = f"{len(chunks):04}.json.gz"
        _zip(work, name, {"from": begin, "to": end, "state": Raw(first), "changes": shown, "ticks": ticked})
        chunks.append({"file": name, "from": begin, "to": end, "changes": len(shown)})
        work.tell(JUDGING + (1 - JUDGING) * (end - judged.begin) / (judged.end - judged.begin))
    _zip(work, "subjects.json.gz", {key: value for key, value in judged.subjects.items() if value["since"] < last})
    work.write(
        "index.json",
        {
            "log": work.log,
            "from": judged.begin,
            "to": judged.end,
            "until": min(reached, judged.end),
            "step": judged.step,
            "alert": alert,
            "chunks": chunks,
            "counts": {kind: counts[kind] for kind in (*PLURAL, *TRAILS) if counts[kind] or kind not in OF_ORDERS},
            "raised": raised[:MOST_RAISED],
            "raised_more": max(0, len(raised) - MOST_RAISED),
            **domain_values.described(),
        },
    )


def _zip(work: Work, name: str, value: Any) -> None:
    (work.folder / name).write_bytes(gzip.compress(encode(value), 6, mtime=0))


def _raw(value: Any) -> Raw:
    return Raw(encode(value))


def row(alert: Alert) -> dict[str, Any]:
    """What the wall's list shows of an alert; times in ms. Files of a replay are for all who may replay: marks are masked."""
    alert = seen(alert, NOBODY)
    return {
        "id": alert.id,
        "rev": alert.rev,
        "occurrence": alert.occurrence,
        "domain": alert.domain,
        "rule": alert.rule,
        "severity": alert.severity,
        "state": alert.state,
        "phase": alert.phase,
        "active": alert.active,
        "ended": alert.ended,
        "title": alert.title,
        "subject": alert.subject,
        "name": alert.name,
        "item": alert.item,
        "value": alert.value,
        "limit": alert.limit,
        "unit": alert.unit,
        "lon": alert.lon,
        "lat": alert.lat,
        "adcode": alert.adcode,
        "clause": [alert.clause.edition, alert.clause.article, alert.clause.mark],
        "department": alert.department.name,
        "department_id": alert.department.id,
        "opened": parse_time(alert.opened_at),
        "raised": parse_time(alert.raised_at),
        "changed": parse_time(alert.changed_at),
        "due": parse_time(alert.due) if alert.due else None,
        "case_due": parse_time(alert.case.due) if alert.case and alert.case.open else None,
        "provisional": alert.provisional,
        "level": alert.level,
        "aside_until": parse_time(alert.aside.until) if alert.aside else None,
    }


def act(entry: Audit) -> dict[str, Any]:
    """An entry of a trail as a story shows it."""
    entry = seen(entry, NOBODY)
    actor = entry.actor
    return {
        "alert": entry.alert,
        "n": entry.n,
        "at": parse_time(entry.at),
        "event": entry.event,
        "verb": entry.verb,
        "before": entry.before,
        "after": entry.after,
        "occurrence": entry.occurrence,
        "severity": entry.severity,
        "actor": None if actor is None else {"id": actor.id, "name": actor.shown, "role": actor.role},
        "reason": _reason(entry),
    }


def _reason(entry: Audit) -> str | Text:
    """What an entry says; in both languages only where they differ."""
    said = whole_reason(entry)
    return said if said.zh != said.en else said.en


def incident(of: Incident) -> dict[str, Any]:
    """What the list shows of an incident."""
    return {
        "id": of.id,
        "rev": of.rev,
        "title": of.title,
        "severity": of.severity,
        "ended": of.state == "ended",
        "members": of.members,
        "count": of.count,
        "open": of.open,
        "lead": of.lead.department.name,
        "lon": of.lon,
        "lat": of.lat,
        "adcode": of.adcode,
        "opened": parse_time(of.opened_at),
        "changed": parse_time(of.changed_at),
        "flood": of.flood,
    }


class Shown(NamedTuple):
    """How the newest revision of a thing is state: of which kind of PLURAL, whether it has ended, and what is shown of it."""

    kind: str
    ended: Callable[[Any], bool]
    value: Callable[[Any], dict[str, Any]]


SHOWN: Mapping[type, Shown] = {
    Alert: Shown("alert", lambda of: of.ended, row),
    Incident: Shown("incident", lambda of: of.state == "ended", incident),
}
"""The outputs that are state."""
