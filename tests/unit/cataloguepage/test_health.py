"""How a source does is counted from the log itself: what came against what should, lateness, the newest, what was bad."""

from screen.catalogue.health import BAD, FEW, WINDOW, Sources, fault
from streams.messages import HOUR, MINUTE, event_bytes, format_time, parse_time, tick_bytes

NOW = parse_time("2026-06-01T12:00:00+08:00")
TOPIC = "live.events.environment"


def event(at: int, subject: str = "s1", type_: str = "environment.source_minute", source: str = "hj212") -> bytes:
    """A record of a source, of this time."""
    return event_bytes(
        type=type_, source=source, id=f"{subject}{at}", time=format_time(at), subject=subject, data={"factors": {}}
    )


def heard(values: list[bytes], start: int = 0) -> Sources:
    """What is known after the records of one partition."""
    sources = Sources()
    for n, value in enumerate(values, start):
        sources.take((TOPIC, 0, n), value)
    return sources


def test_an_hour_of_two_devices_that_send_every_ten_minutes() -> None:
    """12 records are expected (HJ 212: minute data every ten minutes), 12 came; the latest was two minutes late."""
    values = [tick_bytes(NOW - HOUR)]
    for minute in range(0, 60, 10):
        at = NOW - HOUR + minute * MINUTE
        values += [tick_bytes(at + 2 * MINUTE), event(at, "s1"), event(at + MINUTE, "s2")]
    (told,) = heard([*values, tick_bytes(NOW)]).health(NOW)
    assert (told.count, told.expected, told.window) == (12, 12.0, WINDOW)
    assert (told.late, told.allowance, told.bad, told.fault) == (2 * MINUTE, HOUR, 0, "")
    assert told.last == NOW - 8 * MINUTE
    assert (told.provider, told.origin) == ("zz-ee", "device")


def test_what_is_too_little_silent_late_or_bad_is_told() -> None:
    """Below 90 % of what is due few, none silent, beyond the allowance late, above 1 % bad: the gravest alone."""
    assert (FEW, BAD) == (0.9, 0.01)
    good = {"count": 100, "expected": 100.0, "late": 0, "allowance": HOUR, "bad": 1}
    assert fault(**good) == ""
    assert fault(**good | {"count": 89, "late": 2 * HOUR}) == "few"
    assert fault(**good | {"count": 0}) == "silent"
    assert fault(**good | {"late": HOUR + 1}) == "late"
    assert fault(**good | {"bad": 2}) == "bad"
    assert fault(**good | {"expected": None, "count": 0}) == ""
    assert fault(**good | {"expected": 0.5, "count": 0}) == ""


def test_a_source_that_falls_silent_is_missed() -> None:
    """An hour after its last record nothing of it is left in the window, and what was due is still expected."""
    sources = heard([tick_bytes(NOW - 2 * HOUR), event(NOW - 2 * HOUR), tick_bytes(NOW)])
    sources.forget(NOW)
    (told,) = sources.health(NOW)
    assert (told.count, told.expected, told.fault) == (0, 6.0, "silent")


def test_bad_records_are_counted_for_who_sent_them_once() -> None:
    """By the place of the record: a second telling changes nothing, a place that is not known is nobody's."""
    sources = heard([tick_bytes(NOW - 5 * MINUTE), event(NOW - 5 * MINUTE), event(NOW - 5 * MINUTE, source="other")])
    for place in (1, 1, 99):
        sources.bad((TOPIC, 0, place))
    assert {told.source: told.bad for told in sources.health(NOW)} == {"hj212": 1, "other": 0}


def test_acts_time_registrations_and_garbage_are_no_sources() -> None:
    """People's acts, ticks, registrations, what is no event, and records before the first tick are left out."""
    more = [event(NOW, type_=name) for name in ("command.shelve", "environment.registered", "nobody.knows", "order.link")]
    sources = heard([event(NOW), tick_bytes(NOW), *more, b"garbage", b""])
    assert sources.health(NOW) == []


def test_who_has_moved_to_another_source_is_not_missed_at_the_old_one() -> None:
    """A device that comes by a gateway from now on counts there: of the old source one subject is left, then none."""
    sources = heard(
        [tick_bytes(NOW - 2 * HOUR), event(NOW - 2 * HOUR, "s1", source="old"), event(NOW - 2 * HOUR, "s2", source="old")]
    )
    sources.take((TOPIC, 0, 9), tick_bytes(NOW))
    sources.take((TOPIC, 0, 10), event(NOW, "s1"), "hj212")
    sources.forget(NOW)
    assert {told.source: (told.road, told.expected) for told in sources.health(NOW)} == {
        "hj212": ("hj212", 6.0),
        "old": ("", 6.0),
    }
    sources.take((TOPIC, 0, 11), event(NOW, "s2"), "hj212")
    assert {told.source: (told.road, told.expected) for told in sources.health(NOW)} == {"hj212": ("hj212", 12.0)}


def test_a_single_record_is_not_missed_before_it_is_later_than_it_may_be() -> None:
    """A device of hourly data (allowance 2 h) whose next hour takes its time is silent after three hours, not after one."""
    hour = "environment.source_hour"
    told = {
        minutes: heard([tick_bytes(NOW), event(NOW, type_=hour), tick_bytes(NOW + minutes * MINUTE)])
        for minutes in (100, 180, 181)
    }
    faults = {}
    for minutes, sources in told.items():
        sources.forget(NOW + minutes * MINUTE)
        faults[minutes] = [each.fault for each in sources.health(NOW + minutes * MINUTE)]
    assert faults == {100: [""], 180: [""], 181: ["silent"]}
