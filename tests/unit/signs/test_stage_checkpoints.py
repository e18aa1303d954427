"""No record of a checkpoint of signs grows with how many subjects there are, or with how long a partition is waited for."""

from collections.abc import Iterable

from agents.core.signs.fold import CitySigns
from agents.signs.stage.basis import sign_rules
from streams.catalogue.payloads import payload
from streams.messages import CELLS, MINUTE, Name, Registered, SignCell, SignCells, event_bytes, format_time, parse_time
from tests.unit.signs.facts import tick

BEGIN = parse_time("2026-08-20T00:00:00+08:00")
MOST = 300_000
"""Bytes that a record may have; Kafka takes 1,048,576 of a whole request unless it is told otherwise."""

SITES, HOURS = 400, 12
"""Sites of a partition, and for how long they are probed."""

AHEAD = 6 * 60
"""Minutes that all partitions but one are ahead."""


def longest(items: Iterable[tuple[bytes, bytes | None]]) -> int:
    """The bytes of the longest record of a checkpoint."""
    return max(len(key) + len(value or b"") for key, value in items)


def test_no_record_of_what_a_partition_counts_is_long() -> None:
    """400 sites, probed each five minutes for half a day; and what is started again from it tells the same minutes."""
    domain = "cyber"
    one, two = (sign_rules().counts(f"t.events.{domain}", 0) for _ in range(2))
    probe = payload("cyber.probe")(seconds=1)
    who = Registered(kind="gov_site", name=Name(zh="站", en="site"), adcode="410105")
    for n in range(SITES):
        one.take(("cyber.registered", f"s{n}", who, who, BEGIN, n, False))
    kept: dict[bytes, bytes | None] = {}
    most = 0
    for number in range(1, HOURS * 12 + 1):
        at = BEGIN + 5 * number * MINUTE
        for n in range(SITES):
            one.take(("cyber.probe", f"s{n}", who, probe, at, SITES * number + n, False))
        one.tick(at + MINUTE)
        if number % 12 in {0, 6, 11}:
            saved = one.saved()
            most = max(most, longest(saved))
            kept |= dict(saved)
    assert 0 < most < MOST
    assert sum(len(value or b"") for value in kept.values()) > 4 * MOST, "all of it together is long"
    two.take_up([(key, value) for key, value in kept.items() if value is not None], at + MINUTE)
    for later in range(2, 40):
        assert two.tick(at + later * MINUTE) == one.tick(at + later * MINUTE) != ()


def told(partition: int, minute: int) -> bytes:
    """What a partition tells of a minute, of each sign in twelve districts."""
    at = format_time(BEGIN + minute * MINUTE)
    cells = tuple(
        SignCell(sign=sign, area=f"4101{area:02}", numerator=minute % 7, denominator=9, valid=9, due=9, newest=at)
        for sign in sign_rules().signs
        for area in range(1, 13)
    )
    data = SignCells(topic="t.events.cyber", partition=partition, city="410100", at=at, cells=cells)
    return event_bytes(type=CELLS, source="test", id=f"{partition}/{at}", time=at, subject="410100", region="410100", data=data)


def test_no_record_of_a_city_grows_with_how_long_a_partition_is_waited_for() -> None:
    """One is 6 hours behind; started again the signs are the same once it has come, and nothing waits in the checkpoint."""
    one, two = (CitySigns(sign_rules(), "t.events.cells", 0, keyed=False) for _ in range(2))
    kept: dict[bytes, bytes | None] = {}
    soon = tick(format_time(BEGIN + 2 * MINUTE))
    lines = [told(0, 1), told(1, 1), soon, *(told(0, minute) for minute in range(2, AHEAD))]
    for offset, line in enumerate(lines):
        one.run([(offset, None, line)])
        if offset % 50 == 0:
            kept |= dict(saved := one.snapshot())
            assert longest(saved) < MOST / 5
    kept |= dict(one.snapshot())
    assert longest(kept.items()) < MOST / 5
    assert sum(len(value or b"") for value in kept.values()) > 4 * MOST, "all of it together is long"
    two.restore(kept.items())
    rest = [(len(lines) + minute, None, told(1, minute)) for minute in range(2, AHEAD)]
    out = one.run(rest)
    assert two.run(rest) == out
    assert len(out) > AHEAD
    kept |= dict(two.snapshot())
    assert sum(value is not None for key, value in kept.items() if key.startswith(b"wait/")) == 0
