"""Messages: frozen structs, one encoder, one decoder. Imports msgspec and the standard library only."""

from streams.messages.alert import (
    CAP_SEVERITY,
    SEVERITIES,
    Alert,
    Audit,
    Clause,
    Department,
    Evidence,
    Mark,
    Note,
    Phase,
    Severity,
    State,
)
from streams.messages.codec import DecodeError, decode, decode_event, encode, event_bytes, invalid, tick_bytes
from streams.messages.event import ADOPTED, COMMAND, NOTICE, REGISTERED, TICK, Act, Actor, Adoption, Event, Name, Registered
from streams.messages.quality import MAX_BYTES, Quality, Reason
from streams.messages.quarantine import MAX_TRACEBACK, Quarantine
from streams.messages.status import Pulse, Status, SubjectStatus
from streams.messages.text import Place, Text
from streams.messages.times import CST, DAY, HOUR, MINUTE, NEVER, SECOND, format_time, parse_time

__all__ = [
    "ADOPTED",
    "CAP_SEVERITY",
    "COMMAND",
    "CST",
    "DAY",
    "HOUR",
    "MAX_BYTES",
    "MAX_TRACEBACK",
    "MINUTE",
    "NEVER",
    "NOTICE",
    "REGISTERED",
    "SECOND",
    "SEVERITIES",
    "TICK",
    "Act",
    "Actor",
    "Adoption",
    "Alert",
    "Audit",
    "Clause",
    "DecodeError",
    "Department",
    "Event",
    "Evidence",
    "Mark",
    "Name",
    "Note",
    "Phase",
    "Place",
    "Pulse",
    "Quality",
    "Quarantine",
    "Reason",
    "Registered",
    "Severity",
    "State",
    "Status",
    "SubjectStatus",
    "Text",
    "decode",
    "decode_event",
    "encode",
    "event_bytes",
    "format_time",
    "invalid",
    "parse_time",
    "tick_bytes",
]
