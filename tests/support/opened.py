"""A log that was opened, as its stages know it, and texts that are sealed."""

from collections.abc import Iterable

from agents.core.alerts.fold import Fold
from agents.core.trail import OpenedLog
from agents.core.trusted import LogTrust
from streams.messages import Sealed
from streams.outputs import Output
from streams.signing.state import Trust
from tests.support.events import records
from tests.support.pure.alarm import BOOK

LOG = OpenedLog("ab" * 32)
TOPIC = "t.events.environment"
KID, DIGEST = "feedface" * 8, "deadbeef" * 8
SEALED = Sealed(KID, DIGEST, 64)


def open_log(trusted: LogTrust) -> None:
    """The partition is one of LOG, which demands no signature of anything."""
    trusted.keep(Trust(logid=LOG.id, suite="ed25519-sha256"))


def judged(events: Iterable[bytes], opened: int | None = 0) -> list[Output]:
    """The outputs of a station's log that is opened at an offset, or never."""
    fold, found = Fold(BOOK, TOPIC, 0), list[Output]()
    for record in records(events):
        if record[0] == opened:
            open_log(fold.trusted)
        found += fold.run([record])
    return found
