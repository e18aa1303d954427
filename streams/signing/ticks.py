"""Ticks as a hash chain: one signature for an hour of ticks, each of which reveals the next link.

L. Lamport, Password authentication with insecure communication, CACM 24(11), 1981. `end` is link 0 and public; link j - 1 is
a hash of link j, so whoever has seen link j can make none after it.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from streams.messages.event import Resumption
from streams.messages.times import parse_time
from streams.signing.words import base64url, digest, from_base64url, labelled

CHAIN = "clock.chain"
"""The type of the event that opens a chain of ticks."""

SIZE = 16
"""Bytes of a link."""

MOST = 3_600
"""The most links of a chain: an hour of seconds."""

NEAR = 60
"""Steps that a tick may pass over however often wrong ones came before."""

PATIENCE = 64
"""Wrong ticks in an hour of the log after which none may pass over more than NEAR steps: a wrong one costs a hash a step."""

_LABEL = labelled("tick")

Step = Annotated[int, Meta(ge=1, le=86_400_000)]


class ClockChain(Struct, frozen=True, forbid_unknown_fields=True):
    """The data of `clock.chain`: tick j, from 1 to n, is at `begin` + j · `step` ms; `end` is link 0 (base64url)."""

    begin: str = field(name="from")
    step: Step
    n: Annotated[int, Meta(ge=1, le=MOST)]
    end: str


class Resumed(Resumption, frozen=True, forbid_unknown_fields=True):
    """The data of `clock.resumed`, strictly read. The event's own time says to when the clock may go on."""


class ClockTick(Struct, frozen=True, forbid_unknown_fields=True):
    """The data of `clock.tick` in an opened log: its link (base64url)."""

    r: str


class ClockState(Struct, frozen=True, gc=False):
    """What a partition knows of its clock: the chain and its key, the newest link and its number, to when it may be resumed."""

    kid: str = ""
    begin: int = 0
    step: int = 0
    n: int = 0
    j: int = 0
    link: str = ""
    resumed: int | None = None


def before(name: str, link: bytes) -> bytes:
    """Link j - 1, of link j."""
    return digest(name, _LABEL + link)[:SIZE]


def links(name: str, secret: bytes, n: int) -> Sequence[bytes]:
    """The links 0 to n of a chain whose last is `secret`, 16 random bytes."""
    if len(secret) != SIZE:
        raise ValueError(f"the last link has {SIZE} bytes, not {len(secret)}")
    found = [secret]
    for _ in range(n):
        found.append(before(name, found[-1]))
    return found[::-1]


def opened(state: ClockState, kid: str, chain: ClockChain, now: int | None, ahead: int, most_step: int) -> ClockState | str:
    """The clock with a new chain of a key, or why not. `now`: the newest tick, None before the first; times and steps in ms."""
    begin, end = _moment(chain.begin), from_base64url(chain.end)
    if begin is None or end is None or len(end) != SIZE:
        return "from is no time, or end no link"
    if chain.step > most_step:
        return f"its step is {chain.step} ms; at most {most_step}"
    if now is not None:
        limit = now if state.resumed is None else max(now, state.resumed)
        if begin < now:
            return "it begins before the newest tick"
        if begin > limit + ahead:
            return f"it begins more than {ahead} ms ahead; a person resumes the clock by clock.resumed"
    return ClockState(kid, begin, chain.step, chain.n, 0, chain.end, None)


def resumed(state: ClockState, data: Resumed, at: int, now: int | None, ahead: int) -> ClockState | str:
    """The clock that may go on to `at` (ms), or why not: it names the newest tick here, or in a partition a little ahead."""
    last = None if data.since is None else _moment(data.since)
    if last is None or now is None or not 0 <= last - now <= ahead:
        return "last is not the newest tick"
    if at < now:
        return "it goes back"
    return replace(state, resumed=at)


def ticked(name: str, state: ClockState, at: int, revealed: str, patient: bool) -> ClockState | str:
    """The clock after a tick at `at` (ms), the same after a copy, or why not. `patient`: it may pass over more than NEAR."""
    j, off = divmod(at - state.begin, state.step) if state.step else (0, 0)
    if off or not 0 < j <= state.n:
        return "it is not on the chain"
    if j == state.j and revealed == state.link:
        return state
    if j <= state.j:
        return "it is not after the newest tick"
    if j - state.j > NEAR and not patient:
        return f"it passes over {j - state.j} steps, after {PATIENCE} wrong ticks in this hour"
    if not _leads(name, revealed, state.link, j - state.j):
        return "its link is not of the chain"
    return replace(state, j=j, link=revealed)


def _leads(name: str, revealed: str, known: str, steps: int) -> bool:
    """Whether a link stands this many steps after a known one (both base64url)."""
    link = from_base64url(revealed)
    if link is None:
        return False
    for _ in range(steps):
        link = before(name, link)
    return base64url(link) == known


def _moment(text: str) -> int | None:
    try:
        return parse_time(text)
    except ValueError:
        return None
