"""Whether a broker keeps what it acknowledges: what can be known of it is told, and what cannot is told as unknown. Pure.

A client is told some of it when it connects (MQTT 5, 3.2.2.3) and may read `$SYS`. How often the broker writes to its disk,
and how much it queues, stands in Mosquitto's configuration alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

DROPPED = "$SYS/broker/publish/messages/dropped"
VERSION = "$SYS/broker/version"

LEAST_QUEUE = 100_000
"""Messages that a queue should have room for; 本系统默认 (a default of this system): 10 a second for some 3 hours."""

OFTEN = 5
"""Seconds between two writes to the disk that are still called often; 本系统默认."""

_DEFAULTS = {
    "persistence": "false",
    "autosave_interval": "1800",
    "autosave_on_changes": "false",
    "max_queued_messages": "1000",
    "max_queued_bytes": "0",
    "queue_qos0_messages": "false",
    "message_size_limit": "0",
}
"""What Mosquitto 2.0 does where its configuration is silent (mosquitto.conf(5))."""

_SPAN = {"h": 3_600, "d": 86_400, "w": 604_800, "m": 2_592_000, "y": 31_536_000}


class ProfileRow(Struct, frozen=True):
    """One thing about a broker: its name, what was found, and whether that keeps the promise."""

    name: str
    found: str
    verdict: Literal["good", "risk", "unknown"]
    why: str

    def __str__(self) -> str:
        """As it is told at start."""
        return f"{self.verdict}: {self.name} is {self.found}: {self.why}"


class Granted(Struct, frozen=True):
    """What the broker said on connecting: how long it keeps the session (s), whether it had one, and the quality of service."""

    expiry: int
    had_session: bool
    quality: int = 2


def read_conf(texts: Iterable[str]) -> dict[str, str]:
    """The settings of Mosquitto's files in the order in which they are read, the defaults where they are silent.

    >>> read_conf(["persistence true  # yes", "autosave_interval 1"])["autosave_interval"]
    '1'
    """
    found = dict(_DEFAULTS)
    for text in texts:
        for line in text.splitlines():
            name, _, value = line.partition("#")[0].strip().partition(" ")
            if name:
                found[name] = value.strip()
    return found


def rows(asked: int, granted: Granted, conf: Mapping[str, str] | None, dropped: str) -> Iterator[ProfileRow]:
    """What is known of a broker.

    `asked`: how long it was asked to keep the session (s); `conf`: None where it cannot be read; `dropped`: empty where untold.
    """
    short = granted.expiry < asked
    kept = "what comes in a longer pause of the gateway is lost" if short else "so long the gateway may be away"
    yield ProfileRow("session expiry", f"{granted.expiry} s", "risk" if short else "good", kept)
    if granted.quality < 1:
        yield ProfileRow("quality of service", "0", "risk", "nothing that it delivers is promised")
    if conf is None:
        for name in ("persistence", "autosave", "queue"):
            yield ProfileRow(name, "not readable by a client", "unknown", "give `conf`, or see the profile mosquitto.conf")
    else:
        yield from _of_conf(conf, asked)
    if dropped:
        told = "counted since the broker's start, of all its clients; each further one is told"
        yield ProfileRow("messages dropped", dropped, "good" if dropped == "0" else "risk", told)
    else:
        yield ProfileRow("messages dropped", "not told", "unknown", f"let the user read {DROPPED}")


def _of_conf(conf: Mapping[str, str], asked: int) -> Iterator[ProfileRow]:
    if conf["persistence"] != "true":
        yield ProfileRow("persistence", conf["persistence"], "risk", "a stop of the broker loses all that it holds")
    changes, interval = conf["autosave_on_changes"] == "true", conf["autosave_interval"]
    if changes:
        good, found = interval.isdigit() and 1 <= int(interval) <= OFTEN, f"after {interval} changes"
    else:
        good, found = interval.isdigit() and 1 <= int(interval) <= OFTEN, f"every {interval} s"
    lost = "a kill of the broker loses what it acknowledged since its last save"
    yield ProfileRow("autosave", found, "good" if good else "risk", lost)
    most = conf["max_queued_messages"]
    room = most == "0" or (most.isdigit() and int(most) >= LEAST_QUEUE)
    yield ProfileRow("queue", f"{most} messages", "good" if room else "risk", "beyond them it drops; 0 is no limit")
    span = conf.get("persistent_client_expiration", "")
    if span and _seconds(span) < asked:
        yield ProfileRow("persistent_client_expiration", span, "risk", "the session goes before the gateway gives it up")


def _seconds(span: str) -> int:
    number, unit = span[:-1], span[-1:]
    return int(number) * _SPAN[unit] if number.isdigit() and unit in _SPAN else 0
