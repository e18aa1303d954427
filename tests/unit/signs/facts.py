"""Facts of a few subjects for signs."""

from streams.messages import Name, event_bytes


def fact(type_: str, subject: str, time: str, id_: str = "1", /, **data: object) -> bytes:
    """A fact of a test."""
    return event_bytes(type=type_, source="test", id=id_, time=time, subject=subject, data=data)


def registered(domain: str, kind: str, subject: str, at: str = "2026-08-01T00:00:00+08:00") -> bytes:
    """A subject of a district."""
    return fact(f"{domain}.registered", subject, at, kind=kind, name=Name(zh=subject, en=subject), adcode="410105")


def tick(at: str) -> bytes:
    """The clock."""
    return event_bytes(type="clock.tick", source="clock", id=at, time=at)
