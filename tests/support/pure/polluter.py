"""Registers and facts of sources of pollution, as bytes."""

from streams.messages import (
    REGISTERED,
    TICK,
    Name,
    Registered,
    event_bytes,
    parse_time,
)

MN = "410102A8900016F000169DC0"


START = parse_time("2026-06-01T08:00:00+08:00")


def register(kind: str = "gas_boiler", subject: str = MN, adcode: str = "410102", **facts: object) -> bytes:
    """A subject becomes known."""
    data = Registered(kind=kind, name=Name(zh="测试"), adcode=adcode, **facts)  # type: ignore[arg-type]  # given by the test
    type_, time = f"environment{REGISTERED}", "2015-01-01T00:00:00+08:00"
    return event_bytes(type=type_, source="test", id=f"r-{subject}", time=time, subject=subject, data=data)


def fact(kind: str, time: str, **data: object) -> bytes:
    """A fact about MN."""
    return event_bytes(type=f"environment.{kind}", source="test", id=f"{kind}-{time}", time=time, subject=MN, data=data)


def tick(time: str) -> bytes:
    """The clock says so."""
    return event_bytes(type=TICK, source="clock", id=time, time=time)


MORNING, NOON = "2026-06-01T08:00:00+08:00", "2026-06-01T12:00:00+08:00"
