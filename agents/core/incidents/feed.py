"""What the incidents' input is fed with: revisions of alerts, as events under their city."""

from collections.abc import Iterable

from agents.core.incidents.grouping import city_of
from streams.messages import REVISED, Alert, Audit, event_bytes
from streams.outputs import Output

SOURCE = "judge"
"""The source of the events that one stage makes for the next."""


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
