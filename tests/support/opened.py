"""A log that was opened, as its stages know it, and texts that are sealed."""

from collections.abc import Iterable

from agents.core.alerts.fold import Fold
from agents.core.trail import OpenedLog
from streams.messages import Sealed
from streams.outputs import Output
from tests.support.events import records
from tests.support.pure.alarm import BOOK

LOG = OpenedLog("ab" * 32)
TOPIC = "t.events.environment"
KID, DIGEST = "feedface" * 8, "deadbeef" * 8
SEALED = Sealed(KID, DIGEST, 64)


def judged(events: Iterable[bytes], opened: int | None = 0) -> list[Output]:
    """The outputs of a station's log that is opened at an offset, or never."""
    fold, found = Fold(BOOK, TOPIC, 0), list[Output]()
    for record in records(events):
        if record[0] == opened:
            fold.opened = LOG
        found += fold.run([record])
    return found
