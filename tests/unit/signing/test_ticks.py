"""Attack 13: time never moves by a forged record."""

from typing import Any

import pytest

from streams.messages import DAY, HOUR, SECOND, format_time
from streams.signing import ticks
from streams.signing.sign import cosigned
from streams.signing.trust import Outcome, tick
from streams.signing.words import base64url
from tests.support.signing import BEGIN, Hand, Roots, SignedPartition, act

CLOCK, ADMIN, SECOND_ADMIN = Hand("clock"), Hand("cli-li"), Hand("cli-wang")
LINKS = ticks.links("sha256", b"sixteen bytes it", 3_600)
OTHERS = ticks.links("sha256", b"another sixteen.", 3_600)


class SignedClock(Roots):
    """A log whose clock has a key, and one partition of it."""

    def __init__(self) -> None:
        super().__init__()
        self.here = SignedPartition()
        self.number = 0
        self.here.take_all(
            [
                self.opened,
                self.key(CLOCK, "clock", may=["clock.chain"], roles=[], to=["*"]),
                self.key(ADMIN, "cli-li", may=["clock.resumed"], roles=["admin"], to=["*"]),
                self.key(SECOND_ADMIN, "cli-wang", may=[], cosigns=["clock.resumed"], roles=[], to=["*"]),
            ]
        )

    def chain(self, begin: int, links: Any = LINKS, **more: Any) -> Outcome:
        """A chain of ticks that begins at a time (ms)."""
        self.number += 1
        data = {"from": format_time(begin), "step": 1_000, "n": 3_600, "end": base64url(links[0])} | more
        return self.here.take(
            act(self.logid, CLOCK, self.number, id=f"c{self.number}", type="clock.chain", subject="", to="*", data=data)
        )

    def tick(self, at: int, link: bytes) -> str | None:
        """A tick; the reason where it is refused, and "copy"."""
        found = tick(self.here.trust, at, base64url(link), self.here.offset, self.here.now)
        self.here.trust = found.trust
        if found.reason is None and not found.copy:
            self.here.now = at
        return "copy" if found.copy else found.reason


def test_13_an_hour() -> None:
    """Each of the 3,600 ticks is taken in its turn, and none after them."""
    clock = SignedClock()
    assert clock.chain(BEGIN).reason is None
    for j in range(1, 3_601):
        assert clock.tick(BEGIN + j * SECOND, LINKS[j]) is None
    assert clock.tick(BEGIN + 3_601 * SECOND, LINKS[3_600]) == "bad-tick"


@pytest.mark.parametrize(
    ("skipped", "reason"), [(1, None), (59, None), (3_598, None), (3_599, "bad-tick"), (3_600, "bad-tick")]
)
def test_13_skipped_ticks(skipped: int, reason: str | None) -> None:
    """A tick may pass over others of its chain; beyond its last there is none."""
    clock = SignedClock()
    clock.chain(BEGIN)
    assert clock.tick(BEGIN + SECOND, LINKS[1]) is None
    j = 2 + skipped
    assert clock.tick(BEGIN + j * SECOND, LINKS[min(j, 3_600)]) == reason
    assert clock.here.now == (BEGIN + SECOND if reason else BEGIN + j * SECOND)


def test_13_forged_ticks() -> None:
    """A tick of 2099, of another log's chain, of a past link, off the grid, at the chain's beginning, garbage: time stands."""
    clock = SignedClock()
    assert clock.tick(BEGIN + SECOND, LINKS[1]) == "bad-tick"
    clock.chain(BEGIN)
    clock.tick(BEGIN + 10 * SECOND, LINKS[10])
    state = clock.here.trust.clock
    for at, link in (
        (BEGIN + 73 * 365 * DAY, LINKS[11]),
        (BEGIN + 11 * SECOND, OTHERS[11]),
        (BEGIN + 11 * SECOND, LINKS[10]),
        (BEGIN + 11 * SECOND, LINKS[12]),
        (BEGIN + 9 * SECOND, LINKS[9]),
        (BEGIN + 9 * SECOND, LINKS[10]),
        (BEGIN + 10 * SECOND, LINKS[11]),
        (BEGIN + 11 * SECOND + 1, LINKS[11]),
        (BEGIN, LINKS[0]),
        (BEGIN - SECOND, LINKS[0]),
        (BEGIN + 11 * SECOND, b""),
        (BEGIN + 11 * SECOND, LINKS[11] + b"x"),
    ):
        assert clock.tick(at, link) == "bad-tick"
    assert tick(clock.here.trust, BEGIN + 11 * SECOND, "no base64url!", 99, BEGIN).reason == "bad-tick"
    assert (clock.here.trust.clock, clock.here.now) == (state, BEGIN + 10 * SECOND)
    assert clock.tick(BEGIN + 10 * SECOND, LINKS[10]) == "copy"
    assert clock.tick(BEGIN + 11 * SECOND, LINKS[11]) is None


def test_13_chains() -> None:
    """A chain begins at the newest tick or up to `ahead` after it, has a step and a length that may be, and comes once."""
    clock = SignedClock()
    assert clock.chain(BEGIN + 600 * SECOND + 1).reason == "bad-tick"
    assert clock.chain(BEGIN - 1).reason == "bad-tick"
    assert clock.chain(BEGIN, step=1_001).reason == "bad-tick"
    assert clock.chain(BEGIN, n=3_601).reason == "malformed-data"
    assert clock.chain(BEGIN, step=0).reason == "malformed-data"
    assert clock.chain(BEGIN, end="A" * 21 + "B").reason == "bad-tick"
    assert clock.chain(BEGIN, end="AA").reason == "bad-tick"
    assert clock.chain(BEGIN, **{"from": "tomorrow"}).reason == "bad-tick"
    assert clock.chain(BEGIN, extra=1).reason == "malformed-data"
    first = clock.chain(BEGIN)
    assert first.reason is None
    assert clock.tick(BEGIN + SECOND, LINKS[1]) is None
    assert clock.chain(BEGIN + 60 * SECOND, OTHERS).reason is None
    assert clock.tick(BEGIN + 2 * SECOND, LINKS[2]) == "bad-tick"
    assert first.envelope is not None
    clock.here.remembered.clear()
    assert clock.here.take(first.envelope).reason == "replayed"
    assert clock.tick(BEGIN + 61 * SECOND, OTHERS[1]) is None


def test_13_a_clock_that_only_says_it_is_one() -> None:
    """A chain that another key has signed, or nobody, opens nothing."""
    clock = SignedClock()
    data = {"from": format_time(BEGIN), "step": 1_000, "n": 3_600, "end": base64url(LINKS[0])}
    chain = {"type": "clock.chain", "subject": "", "to": "*", "data": data}
    assert clock.here.take(act(clock.logid, ADMIN, 1, **chain)).reason == "not-its-right"
    assert clock.here.take(act(clock.logid, Hand("thief"), 1, **chain)).reason == "unknown-key"
    assert clock.here.trust.clock == ticks.ClockState()


def test_13_after_a_weekend() -> None:
    """Beyond `ahead` two persons resume the clock, to the time of their event; a chain may begin there, and not later."""
    clock = SignedClock()
    clock.chain(BEGIN)
    clock.tick(BEGIN + SECOND, LINKS[1])
    monday = BEGIN + 2 * DAY
    assert clock.chain(monday, OTHERS).reason == "bad-tick"

    def resume(last: int | str, number: int, at: int = monday) -> Any:
        data = {"last": last if isinstance(last, str) else format_time(last)}
        return act(clock.logid, ADMIN, number, type="clock.resumed", subject="", to="*", time=format_time(at), data=data)

    assert clock.here.take(cosigned(resume("friday", 1), SECOND_ADMIN)).reason == "bad-tick"
    assert clock.here.take(cosigned(resume(BEGIN + SECOND, 2, BEGIN), SECOND_ADMIN)).reason == "bad-tick"
    assert clock.here.take(resume(BEGIN + SECOND, 3)).reason == "needs-second"
    assert clock.here.take(cosigned(resume(BEGIN - HOUR, 4), SECOND_ADMIN)).reason == "bad-tick"
    assert clock.here.take(cosigned(resume(BEGIN + HOUR, 5), SECOND_ADMIN)).reason == "bad-tick"
    resumed = cosigned(resume(BEGIN + 2 * SECOND, 6), SECOND_ADMIN)  # another partition was one tick ahead
    assert clock.here.take(resumed).reason is None
    assert clock.chain(monday + 601 * SECOND, OTHERS).reason == "bad-tick"
    assert clock.chain(monday, OTHERS).reason is None
    assert clock.tick(monday + SECOND, OTHERS[1]) is None
    assert clock.here.now == monday + SECOND
    clock.here.remembered.clear()
    assert clock.here.take(resumed).reason == "replayed"
    assert clock.chain(monday + DAY).reason == "bad-tick"


def test_13_the_chain_of_a_key_that_ended() -> None:
    """With the clock's key its chain ends: whoever stole it has the links to come. Another key's chain goes on."""
    clock = SignedClock()
    clock.chain(BEGIN)
    assert clock.tick(BEGIN + SECOND, LINKS[1]) is None
    clock.here.take_all([clock.ended(ADMIN)])
    assert clock.tick(BEGIN + 2 * SECOND, LINKS[2]) is None
    clock.here.take_all([clock.ended(CLOCK, why="stolen")])
    assert clock.tick(BEGIN + 3 * SECOND, LINKS[3]) == "bad-tick"
    new = Hand("the next clock")
    clock.here.take_all([clock.key(new, "clock", may=["clock.chain"], roles=[], to=["*"])])
    data = {"from": format_time(BEGIN + 60 * SECOND), "step": 1_000, "n": 3_600, "end": base64url(OTHERS[0])}
    clock.here.take_all([act(clock.logid, new, 1, id="n", type="clock.chain", subject="", to="*", data=data)])
    assert clock.tick(BEGIN + 61 * SECOND, OTHERS[1]) is None


def test_13_what_wrong_ticks_cost_is_bounded() -> None:
    """After 64 wrong ticks in an hour of the log none may pass over more than 60; the near ones are taken all the same."""
    clock = SignedClock()
    clock.chain(BEGIN)
    for _ in range(ticks.PATIENCE - 1):
        assert clock.tick(BEGIN + 3_600 * SECOND, LINKS[1]) == "bad-tick"
    assert clock.tick(BEGIN + 100 * SECOND, LINKS[100]) is None
    assert clock.tick(BEGIN + 3_600 * SECOND, LINKS[1]) == "bad-tick"
    assert clock.tick(BEGIN + 161 * SECOND, LINKS[161]) == "bad-tick"
    assert clock.tick(BEGIN + 160 * SECOND, LINKS[160]) is None


def test_13_before_the_first_tick() -> None:
    """A new partition's first chain may begin at any time; there is nothing to resume."""
    clock = SignedClock()
    clock.here.now = None
    data = {"last": format_time(BEGIN)}
    resumed = act(clock.logid, ADMIN, 1, type="clock.resumed", subject="", to="*", data=data)
    assert clock.here.take(cosigned(resumed, SECOND_ADMIN)).reason == "bad-tick"
    assert clock.chain(BEGIN + 400 * DAY).reason is None
    assert clock.tick(BEGIN + 400 * DAY + SECOND, LINKS[1]) is None


def test_a_link_is_sixteen_bytes() -> None:
    """A chain of another secret's length is not made."""
    with pytest.raises(ValueError, match="16 bytes"):
        ticks.links("sha256", b"short", 10)
