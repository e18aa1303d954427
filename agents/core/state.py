"""What is remembered of one subject. Plain values only, so that a checkpoint is exact: restore(snapshot(x)) == x."""

from typing import Any

from msgspec import Struct

from streams.messages import NEVER, Alert, Registered


class Latest(Struct):
    """The newest fact of one kind: its event time (ms) and its payload."""

    at: int
    data: Any


class Subject(Struct):
    """The state of one subject; owned by one fold, which changes it in place.

    `memory` holds what each judge remembers, by judge key; `alerts` the open alerts by judge key; `slots` for each kind
    the newest event times with a checksum of their data; `acts` the ids of the newest commands; `ended` number and hash
    of the audit trail of the newest ended alerts, by alert id; `due` when time itself next matters to it (ms).
    """

    id: str
    facts: Registered | None = None
    latest: dict[str, Latest] = {}
    memory: dict[str, Any] = {}
    alerts: dict[str, Alert] = {}
    slots: dict[str, dict[int, int]] = {}
    acts: list[str] = []
    ended: dict[str, tuple[int, str]] = {}
    due: int = NEVER

    def knows_alert(self, alert: str) -> bool:
        """Whether an alert of this id is open, or is one of the newest that ended."""
        return alert in self.ended or any(standing.id == alert for standing in self.alerts.values())
