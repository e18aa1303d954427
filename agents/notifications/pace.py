"""How fast a channel is used: limits, digests in a flood, longer and longer pauses after failures. No clock is read here."""

from msgspec import Struct

from agents.core.duration import span
from agents.notifications.routes import Channel


class ChannelPace(Struct, frozen=True):
    """Where a channel stands: the moments (ms) of its newest attempts, failures in a row, and when it may be tried again."""

    attempts: tuple[int, ...] = ()
    failures: int = 0
    again: int = 0


def take(channel: Channel, pace: ChannelPace, waiting: int, now: int) -> int:
    """How many of those that wait go into one message now: none, one, or, in a flood, all of them as a digest.

    The last message that the limit leaves is kept for a digest, so that a flood waits for no more than one window.
    """
    recent = [at for at in pace.attempts if at > now - span(channel.window)]
    left = channel.limit - len(recent)
    if not waiting or now < pace.again or left <= 0:
        return 0
    return 1 if waiting < left else waiting


def tried(channel: Channel, pace: ChannelPace, now: int, *, delivered: bool) -> ChannelPace:
    """After an attempt that ended at `now` (ms)."""
    attempts = (*pace.attempts, now)[-channel.limit :]
    if delivered:
        return ChannelPace(attempts)
    failures = pace.failures + 1
    return ChannelPace(attempts, failures, now + min(span(channel.retry) << min(failures - 1, 20), span(channel.longest)))
