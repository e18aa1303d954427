"""What one stage makes for another: the events, and which revisions of alerts become some."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from streams.messages import Alert, Audit, event_bytes
from streams.outputs import Output

SOURCE = "judge"
"""The source of the events that one stage makes for another."""


def recorded(outputs: Iterable[Output]) -> Iterator[tuple[Alert, Audit] | Output]:
    """These outputs in their order, but of alerts only the revisions that have an entry in the trail, each with that entry.

    A new value alone has no entry, and is told to no other stage.
    """
    waiting: dict[str, Alert] = {}
    for output in outputs:
        if isinstance(output, Alert):
            waiting[output.id] = output
        elif not isinstance(output, Audit):
            yield output
        elif (alert := waiting.get(output.alert)) and (alert.audit, alert.rev) == (output.n, output.rev):
            yield alert, output


def fed(*, type: str, id: str, time: str, subject: str, region: str, data: Struct) -> tuple[bytes, bytes]:
    """The key (its subject) and the bytes of an event that one stage makes for another."""
    value = event_bytes(type=type, source=SOURCE, id=id, time=time, subject=subject, region=region, data=data)
    return subject.encode(), value
