"""Which minutes, hours and days of a device are missing, and when they are asked for again. Pure: every moment is handed in.

Nothing is asked of before the first data that came: what a device has from before it was connected is its own. HJ 212-2017
6.2 and table 1: a request that is not answered within 10 s is sent again, three times; tables C.20 to C.22 have the requests.
"""

from collections.abc import Iterator

from msgspec import Struct

from streams.messages import DAY, HOUR, MINUTE, SECOND

GRACE = HOUR
"""How long after the end of an interval its data may still come by themselves (ms). 本系统默认 (a default of this system)."""

BACK = {"2051": DAY, "2061": 3 * DAY, "2031": 7 * DAY}
"""How far back data are asked for (ms). 本系统默认."""

AT_ONCE = 24
"""Intervals that one request asks for at most. 本系统默认."""

ASKS = 3
"""How often an interval is asked for: the count of table 1."""

AGAIN = HOUR
"""How long after it was asked for an interval is asked for again (ms). 本系统默认."""

ANSWER = 10 * SECOND
"""How long a device has to answer a request (ms; table 1)."""

DONE = 2 * MINUTE
"""How long its data may then be coming, from the newest on (ms). 本系统默认; 6.2.2 names none."""

PAUSE = MINUTE
"""How long a device is left alone between two requests (ms). 本系统默认."""

OFFSET = 8 * HOUR
"""China Standard Time, in which days begin at midnight (ms)."""


class Coverage(Struct):
    """Which intervals have come, as bits back from the newest one: bit 0 is that of `newest`, a number of intervals since 1970.

    `asked`: how often each missing one was asked for, and when last (ms). `step`: how long each is (ms); 0 where none has said.
    """

    newest: int
    bits: int = 1
    asked: dict[int, tuple[int, int]] = {}
    step: int = 0


class Question(Struct):
    """A request that a device has not finished: its QN and command, and the beginnings that it asks for (ms).

    `at`: when it was sent or something of it heard last (ms); `sent`: how often; `heard`: whether the device has answered.
    """

    qn: str
    cn: str
    span: tuple[int, int]
    at: int
    sent: int = 1
    heard: bool = False


def length(cn: str, minutes: int) -> int:
    """How long an interval is (ms)."""
    return {"2051": minutes * MINUTE, "2061": HOUR, "2031": DAY}[cn]


def cover(covered: Coverage | None, end: int, step: int) -> Coverage:
    """What has come, with an interval that ended then (ms) and is `step` long; intervals of another length are forgotten."""
    number = (end + OFFSET) // step
    if covered is None or covered.step not in {0, step}:
        return Coverage(number, step=step)
    covered.step = step
    ahead = number - covered.newest
    if ahead > 0:
        most = max(BACK.values()) // min(step, DAY)
        covered.bits = ((covered.bits << ahead) | 1) & ((1 << most) - 1) if ahead < most else 1
        covered.newest = number
        covered.asked = {each: asked for each, asked in covered.asked.items() if each > number - most}
    elif -ahead < covered.bits.bit_length():  # before the first one nothing is missed
        covered.bits |= 1 << -ahead
    covered.asked.pop(number, None)
    return covered


def missing(covered: Coverage, cn: str, step: int, now: int) -> tuple[int, int] | None:
    """The oldest missing intervals that stand together and are due: beginnings of the first and the last of them (ms).

    They count as asked for now. None too where those that came have another length.
    """
    if covered.step not in {0, step}:
        return None
    last = (now - GRACE + OFFSET) // step
    first = max((now - BACK[cn] + OFFSET) // step, covered.newest - covered.bits.bit_length() + 1)
    found: list[int] = []
    for number in range(first + 1, last + 1):
        behind = covered.newest - number
        times, at = covered.asked.get(number, (0, 0))
        if not (behind >= 0 and covered.bits >> behind & 1) and times < ASKS and now - at >= AGAIN:
            found.append(number)
        elif found:
            break
        if len(found) == AT_ONCE:
            break
    if not found:
        return None
    for number in found:
        covered.asked[number] = (covered.asked.get(number, (0, 0))[0] + 1, now)
    return (found[0] - 1) * step - OFFSET, (found[-1] - 1) * step - OFFSET


def stands(ask: Question, now: int) -> bool:
    """Whether a request may still bring something."""
    return now - ask.at <= (DONE if ask.heard else ANSWER)


def asked_for(ask: Question, cn: str, begin: int, now: int) -> bool:
    """Whether data that begin then (ms) are what was asked for."""
    return ask.cn == cn and ask.span[0] <= begin <= ask.span[1] and stands(ask, now)


def due(covered: dict[str, Coverage], minutes: int, now: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """What a device may be asked for: commands, each with its span."""
    for cn, each in covered.items():
        span = missing(each, cn, length(cn, minutes), now)
        if span is not None:
            yield cn, span
