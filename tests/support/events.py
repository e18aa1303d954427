"""Events for tests: a registered station, its hours, ticks and acts, as bytes and as records of a log."""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.messages import HOUR, Act, Actor, Name, Registered, event_bytes, format_time, parse_time

STATION = "air.410100.test"
START = parse_time("2026-06-01T08:00:00+08:00")
SUPERVISOR = Actor(id="zhang", name="张值班", role="supervisor")

Record = tuple[int, bytes | None, bytes | None]


def registered(subject: str = STATION, at: int = START, name: str = "测试站") -> bytes:
    """A station becomes known."""
    facts = Registered(kind="air_station", name=Name(zh=name, en="Test station"), adcode="410102", lon=113.6, lat=34.75)
    time = format_time(at)
    return event_bytes(
        type="environment.registered", source="test", id=f"r-{subject}-{time}", time=time, subject=subject, data=facts
    )


def hour(at: int, subject: str = STATION, **values: object) -> bytes:
    """One hour of a station that ended at `at` (ms)."""
    time = format_time(at)
    return event_bytes(
        type="environment.air_hour", source="test", id=f"h-{subject}-{time}", time=time, subject=subject, data=values
    )


def clean(at: int, subject: str = STATION, **values: object) -> bytes:
    """An hour of clean air that differs a little from hour to hour, so that no line is flat."""
    step = at // HOUR % 17
    normal = {"so2": 5 + step, "no2": 20 + step, "co": 0.4 + step / 10, "o3": 40 + step, "pm10": 40 + step, "pm25": 15 + step}
    return hour(at, subject, **(normal | values))


def tick(at: int) -> bytes:
    """The clock says `at` (ms)."""
    time = format_time(at)
    return event_bytes(type="clock.tick", source="clock", id=time, time=time)


def act(alert: str, occurrence: int = 1, verb: str = "acknowledge", **changes: object) -> bytes:
    """A person's act on an alert of STATION; `changes` are the id or subject of the event, or other fields of the act."""
    more = {name: value for name, value in changes.items() if name not in {"id", "subject"}}
    given: dict[str, Any] = {"actor": SUPERVISOR, "reason": "已派人核查"} | more
    data = Act(alert=alert, occurrence=occurrence, **given)
    return event_bytes(
        type=f"command.{verb}",
        source="test",
        id=str(changes.get("id", f"{verb}-{alert}-{occurrence}")),
        time=format_time(START),
        subject=str(changes.get("subject", STATION)),
        data=data,
    )


def records(values: Iterable[bytes], subject: str = STATION, start: int = 0) -> Iterator[Record]:
    """A log of one subject: offsets counting up, the subject as key."""
    return ((start + n, subject.encode(), value) for n, value in enumerate(values))
