"""What a worker needs of a stage of judging, and what a stage gives: where outputs go, and what of them the next stage reads.

There are two: the facts of a domain become alerts (`agents.core.alerts.fold`), the alerts of a city become incidents
(`agents.core.incidents.fold`). Both are pure functions of their log, and the worker runs them alike.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from agents.core.alerts import decide
from agents.core.incidents.grouping import city_of
from streams.calendar.holidays import Notice
from streams.messages import (
    REVISED,
    Alert,
    Audit,
    Flood,
    Incident,
    IncidentAudit,
    SubjectStatus,
    event_bytes,
)

Output = decide.Output | Incident | IncidentAudit | Flood

SOURCE = "judge"
"""The source of the events that one stage makes for the next."""


class Stage(Protocol):
    """One partition of an input topic, and the one way to move it on.

    `position`: the next offset to judge; `now`: the partition's time (ms); `adopted`: the rule book that its log has told it to
    judge by, None while that is the one it began with; `notices`: the notices of holidays that came in it, in their order;
    `known`: how many things it remembers.
    """

    topic: str
    partition: int
    log: str
    domain: str
    position: int
    now: int | None
    adopted: str | None
    notices: tuple[Notice, ...]

    @property
    def known(self) -> int:
        """How many things are remembered."""

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> Sequence[Output]:
        """Judge records of (offset, key, value) in log order; those before `position` are skipped."""

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """What changed since the last snapshot, for a checkpoint; the position is last."""

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up what a checkpoint holds; later items win."""

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """At most `limit` statuses that were not told yet."""


def target(output: Output) -> tuple[str, str]:
    """The topic (below the log's name) and the key of an output."""
    if isinstance(output, Incident):
        return "incidents", output.id
    if isinstance(output, IncidentAudit):
        return "incident-audit", output.incident
    if isinstance(output, Flood):
        return "floods", output.id
    return decide.target(output)


def revisions(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of incidents reads of these outputs, as key (the city) and event: revisions with an entry in the trail.

    A new value alone has no entry and changes no incident. It follows from the outputs of one record alone, so that a crash
    repeats it byte for byte.
    """
    waiting: dict[str, Alert] = {}
    found = []
    for output in outputs:
        if isinstance(output, Alert):
            waiting[output.id] = output
        elif isinstance(output, Audit) and (alert := waiting.get(output.alert)) and _newest(alert, output):
            found.append(_event(alert, output))
    return found


def _newest(alert: Alert, entry: Audit) -> bool:
    """Whether an entry is the newest of an alert's trail as this revision has it."""
    return (alert.audit, alert.rev) == (entry.n, entry.rev)


def _event(alert: Alert, entry: Audit) -> tuple[bytes, bytes]:
    city = city_of(alert.adcode)
    value = event_bytes(
        type=REVISED,
        source=SOURCE,
        id=f"{alert.id}/{entry.n}",
        time=entry.at,
        subject=city,
        region=alert.adcode,
        data=alert,
    )
    return city.encode(), value
