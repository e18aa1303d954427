"""A signed log of one partition for each stage: its roots, the usual parts and their keys, a clock; as records of a stage."""

from collections.abc import Iterable
from typing import Any

from msgspec import Raw, json
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from streams.messages import MINUTE, Event, decode_event, encode, format_time
from streams.outputs import Output
from streams.signing.envelope import Envelope, envelope_bytes
from streams.signing.kinds import NUMBERED, matches
from streams.signing.sign import addressed, cosigned, signed
from streams.signing.ticks import MOST, links
from streams.signing.verify import remembering, verify
from streams.signing.words import base64url
from tests.support.events import START, Record
from tests.support.pure.alarm import BOOK
from tests.support.signing import ENVIRONMENT, Hand, Roots

TOPIC = "live.events.environment"
INCIDENTS = "events.incidents"
STEP = MINUTE
SCREEN, CLOCK, NOTIFIER, REGISTRAR, WORKER, RULES, ADMIN, SECOND = (
    Hand(f"{part} of a signed log")
    for part in ("screen", "clock", "notifier", "registrar", "worker", "rules", "admin", "second")
)
LINKS = links("sha256", b"sixteen bytes it", MOST)
POLICY = {
    "signed": ["*"],
    "cosigned": ["book.adopted", "clock.resumed"],
    "ahead": 600_000,
    "stale": 0,
    "step": STEP,
}
VERIFY = remembering(verify, 1 << 16)
_ROLES = ["supervisor", "dispatcher"]


class SignedLog(Roots):
    """Writes records that the parts sign, in their order; `values` are those of the stage of the environment.

    `begin`: the time (ms) of the newest tick before its first chain of ticks, one a minute.
    """

    def __init__(self, begin: int = START - MINUTE, policy: dict[str, Any] | None = None, **more: Any) -> None:
        given: dict[str, Any] = {"partitions": {ENVIRONMENT: 1, INCIDENTS: 1}, "policy": POLICY | (policy or {})} | more
        super().__init__(**given)
        self.begin = begin
        self.number = 0
        everywhere = ["*"]
        self.series = [
            self.opened,
            self.key(SCREEN, "screen-1", roles=_ROLES, to=[ENVIRONMENT, INCIDENTS]),
            self.key(CLOCK, "clock", may=["clock.chain"], roles=[], to=everywhere),
            self.key(NOTIFIER, "notifier", may=["command.notify"], roles=["notifier"]),
            self.key(REGISTRAR, "registrar-1", may=["environment.*"], roles=[]),
            self.key(WORKER, "worker-1", may=["alert.revised"], roles=[], to=[INCIDENTS]),
            self.key(RULES, "rules", may=["book.adopted", "calendar.notice"], roles=[], to=everywhere),
            self.key(ADMIN, "cli-li", may=["clock.resumed"], roles=["admin"], to=everywhere),
            self.key(SECOND, "cli-wang", may=[], cosigns=["book.adopted", "clock.resumed"], roles=[], to=everywhere),
        ]

    @property
    def start(self) -> list[bytes]:
        """What stands first in every partition: the series, and a chain of ticks."""
        return [*map(envelope_bytes, self.series), self.chain()]

    def written(self, value: bytes, hand: Hand, to: str = ENVIRONMENT, **changes: Any) -> bytes:
        """An event as a part writes it; `changes` are made before it is signed."""
        return envelope_bytes(self.envelope(value, hand, to, **changes))

    def envelope(self, value: bytes, hand: Hand, to: str = ENVIRONMENT, **changes: Any) -> Envelope:
        """The same, not in bytes yet."""
        event = decode_event(value)
        self.number += 1
        number = 0 if matches(NUMBERED, event.type) else self.number
        return signed(replace(addressed(event, self.logid, to, number), **changes), hand)

    def both(self, value: bytes, hand: Hand) -> bytes:
        """An event for everywhere, as two persons sign it."""
        return envelope_bytes(cosigned(self.envelope(value, hand, "*"), SECOND))

    def chain(self, begin: int | None = None, hand: Hand = CLOCK) -> bytes:
        """A chain of ticks, one a minute after `begin` (ms)."""
        at = self.begin = self.begin if begin is None else begin
        data = {"from": format_time(at), "step": STEP, "n": MOST, "end": base64url(LINKS[0])}
        return self.written(event("clock.chain", at, data), hand, "*")

    def tick(self, at: int) -> bytes:
        """The tick of the chain at a time (ms)."""
        return event("clock.tick", at, {"r": base64url(LINKS[(at - self.begin) // STEP])})


def event(kind: str, at: int, data: Any) -> bytes:
    """An event that goes everywhere, unsigned."""
    text = format_time(at)
    raw = Raw(json.encode(data))
    return encode(Event(specversion="1.0", id=f"{kind}/{text}", source="test", type=kind, time=text, data=raw))


def records(values: Iterable[bytes], start: int = 0) -> list[Record]:
    """Records of a log: offsets counting up, the subject as key."""
    return [(n, decode_event(value).subject.encode() or None, value) for n, value in enumerate(values, start)]


def fold(**more: Any) -> Fold:
    """The stage of the environment's facts, at the beginning."""
    return Fold(BOOK, TOPIC, 0, verify=VERIFY, **more)


def judged(values: Iterable[bytes]) -> list[Output]:
    """The outputs of a log."""
    return list(fold().run(records(values)))
