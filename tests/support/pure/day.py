"""A day of one partition with everything in it, and what one fold makes of it."""

from collections.abc import Iterator
from itertools import count

from agents.core.alerts.fold import Fold
from streams.messages import DAY, HOUR, MINUTE, Alert, Name, Registered, encode, event_bytes, format_time
from tests.support.books import the_book
from tests.support.events import START, STATION, Record, act, clean, records, registered, tick

BOOK = the_book()


TOPIC = "test.events.environment"


def aired(
    time: str = format_time(START), subject: str = STATION, kind: str = "environment.air_hour", data: object = None
) -> bytes:
    """An event whose parts the test chooses."""
    return event_bytes(type=kind, source="test", id="1", time=time, subject=subject, data=data or {"o3": 41})  # type: ignore[arg-type]


def day() -> list[Record]:
    """A day and a half of one station with an ozone episode, gaps, copies, noise and acts."""
    values = [registered(), tick(START)]
    for n in range(36):
        at = START + n * HOUR
        values += [tick(at + m * MINUTE) for m in (0, 20, 40)]
        if n % 9 == 5:
            continue
        values.append(clean(at, o3=150 + 40 * (n % 7)) if 4 <= n < 20 else clean(at))
        if n % 6 == 0:
            values += [values[-1], b"noise", aired(data={"o3": -3})]
    alerts = [output for output in Fold(BOOK, TOPIC, 0).run(records(values)) if isinstance(output, Alert)]
    opened = {alert.id: alert for alert in alerts if alert.state == "B"}
    acts = [(alert.place.offset + 3, act(alert.id, alert.occurrence)) for alert in opened.values()]
    for offset, command in sorted(acts, reverse=True):
        values.insert(min(offset, len(values)), command)
    return list(records([*values, tick(START + 3 * DAY)]))


DAY_LOG = day()


WHOLE = [encode(output) for output in Fold(BOOK, TOPIC, 0).run(DAY_LOG)]


def requests(unit: str) -> Iterator[Record]:
    """A request that nobody answers, due in seven working days, and each hour an urgent one that is answered at once."""
    register = Registered(kind="handling_unit", name=Name("承办单位"), adcode="410102")
    offsets = count()

    def told(kind: str, at: int, data: object) -> Record:
        n, time = next(offsets), format_time(at)
        value = event_bytes(type=f"service.{kind}", source="test", id=f"{n}", time=time, subject=unit, data=data)
        return n, unit.encode(), value

    yield told("registered", START, register)
    yield next(offsets), None, tick(START)
    yield told("request_step", START, {"request": "G0", "step": "assigned"})
    for n in range(1, 10 * 24):
        at = START + n * HOUR
        yield next(offsets), None, tick(at)
        yield told("request_step", at, {"request": f"G{n}", "step": "assigned", "category": "urgent"})
        for later, step in enumerate(("contacted", "replied", "called-back"), 1):
            yield told("request_step", at + later * MINUTE, {"request": f"G{n}", "step": step})
