"""A fact that is entered by hand, and what is decided on it."""

from typing import Any

import msgspec
from msgspec import Raw

from streams.messages import Actor
from streams.messages.services.entry import EntryDecision, EntryDraft

ENTRY = "0" * 32
LU, FU, AMR = (
    Actor(id=name, role="handler", department=of) for name, of in (("lu", "zz-ee"), ("fu", "zz-ee"), ("m", "zz-amr"))
)
DATA = {"emergency": "E1", "step": "occurred", "what": "储罐泄漏"}
AT = "2026-06-01T09:00:00+08:00"


def draft(by: Actor = LU, data: Any = None, **more: Any) -> EntryDraft:
    """What Lu has entered: an emergency at a station."""
    of: dict[str, Any] = {
        "type": "environment.emergency",
        "subject": "s1",
        "time": "2026-06-01T08:00:00+08:00",
        "note": "台账",
    }
    raw = Raw(msgspec.json.encode(DATA if data is None else data))
    return EntryDraft(entry=ENTRY, at=AT, by=by, data=raw, **(of | more))


def decided(outcome: Any, by: Actor = FU, **more: Any) -> EntryDecision:
    """What somebody decides on it."""
    return EntryDecision(entry=ENTRY, at="2026-06-01T10:00:00+08:00", by=by, outcome=outcome, **more)
