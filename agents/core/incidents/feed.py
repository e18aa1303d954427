"""What the incidents' input is fed with: revisions of alerts, as events under their city."""

from collections.abc import Iterable

from agents.core.feed import fed, recorded
from agents.core.incidents.grouping import city_of
from streams.messages import REVISED, Alert, Audit
from streams.outputs import Output


def revisions(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of incidents reads of these outputs, as key (the city) and event: revisions with an entry in the trail.

    A new value alone has no entry and changes no incident. It follows from the outputs of one record alone, so that a crash
    repeats it byte for byte.
    """
    return [_event(*each) for each in recorded(outputs) if isinstance(each, tuple)]


def _event(alert: Alert, entry: Audit) -> tuple[bytes, bytes]:
    return fed(
        type=REVISED,
        id=f"{alert.id}/{entry.n}",
        time=entry.at,
        subject=city_of(alert.adcode),
        region=alert.adcode,
        data=alert,
    )
