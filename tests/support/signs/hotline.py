"""An archive of three weeks of a hotline, told every hour: one day is missing, one hour comes late."""

from pathlib import Path

from streams.archive import files
from streams.messages import HOUR, Name, begin_of, event_bytes, format_time

SIGN = "hotline-answered"
BEGIN, SINCE, UNTIL = "2026-05-30", "2026-06-01", "2026-06-21"
"""A Saturday; the Monday after it, and the Sunday three weeks later."""

DAYS = 24
LATE = 250
"""The hour that is told five hours late."""

MISSING = 11
"""The day of which nothing came, the tenth of June."""


def answered(hour: int) -> float | None:
    """The percentage of an hour since the begin: a wave, worse at weekends."""
    day = hour // 24
    if day == MISSING:
        return None
    return (87.0 if day % 7 in {0, 1} else 95.0) - (hour % 24 in {8, 9, 10}) * 6.0 + hour * 7 % 5


def archive(root: Path) -> Path:
    """A hotline of 100 calls an hour, and another partition that has ticks alone."""
    times = [format_time(begin_of(BEGIN) + n * HOUR) for n in range(DAYS * 24)]
    told = {n: _calls(n, at, value) for n, at in enumerate(times) if (value := answered(n)) is not None}
    ticks = [event_bytes(type="clock.tick", source="clock", id=at, time=at) for at in times]
    lines = [ticks[0], _registered(times[0])]
    for n, beat in enumerate(ticks):
        lines.append(beat)
        lines += [told[n]] if n in told and n != LATE else []
        lines += [told[LATE]] if n == LATE + 5 else []
    for domain, values in {"service": lines, "cyber": ticks}.items():
        chunk = files.Chunk(0.0)
        for offset, value in enumerate(values):
            chunk.add(offset, 0, b"key", value)
        files.write(root, f"live.events.{domain}", 0, chunk)
    return root


def _calls(n: int, at: str, value: float) -> bytes:
    data = {"answered": value, "calls": 100}
    return event_bytes(type="service.calls", source="test", id=str(n), time=at, subject="h", data=data)


def _registered(at: str) -> bytes:
    data = {"kind": "hotline", "name": Name(zh="热线", en="Hotline"), "adcode": "410105"}
    return event_bytes(type="service.registered", source="test", id="r", time=at, subject="h", data=data)
