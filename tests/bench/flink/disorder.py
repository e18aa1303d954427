"""A log for comparing what is judged, not how fast: the facts of the few rules in every disorder that the definitions know.

Subjects send facts whose values flip about the limits, at edges of the rules' times and beyond them: late within the allowance
and beyond it, ahead of time, twice, twice with other data, with values that are none, before they are registered.
"""

import random
from collections.abc import Iterator
from typing import Any

from streams.catalogue import domains
from streams.kafka import clients
from streams.messages import HOUR, MINUTE, SECOND, event_bytes, format_time
from tests.bench.workload import FROM, Record, marks, tick

HOURS = 10
SUBJECTS = 40
"""So many of each kind."""

_STEPS = ("received", "received", "accepted", "answered", "dispatched", "assigned", "merged", "signed")
_TRAITS: dict[str, tuple[str, tuple[dict[str, Any], ...]]] = {
    "air_station": ("environment", ({},)),
    "info_system": ("cyber", ({"level": 2}, {"level": 3}, {"level": 4})),
    "gov_site": (
        "cyber",
        ({"portal": True, "tier": "city"}, {"portal": True, "tier": "county"}, {"portal": False, "tier": "province"}),
    ),
    "hotline": ("service", ({},)),
}
_KINDS = {
    "air_station": ("air_hour",),
    "info_system": ("login", "log_batch"),
    "gov_site": ("probe",),
    "hotline": ("request_step",),
}
_FLAWED = {"request": "R1", "step": "received", "channel": "pigeon"}
_LATE = {"air_hour": HOUR, "login": HOUR, "log_batch": HOUR, "probe": HOUR, "request_step": 72 * HOUR}


def disordered(partitions: int, seed: int) -> Iterator[Record]:
    """The records of such a log, between marks; the same seed gives the same."""
    chance = random.Random(seed)
    sources = [_Source(chance, kind, number) for kind in _TRAITS for number in range(SUBJECTS)]
    yield from marks(partitions)
    for minute in range(HOURS * 60):
        now = FROM + minute * MINUTE
        yield from ((domain, partition, None, tick(minute)) for domain in domains() for partition in range(partitions))
        for source in sources:
            key = source.name.encode()
            for value in source.sent(minute, now):
                yield source.domain, clients.partition_of(key, partitions), key, value
    yield from marks(partitions)


class _Source:
    """One subject: what it has sent, so that it may be sent again, and the values that it stays at for a while."""

    def __init__(self, chance: random.Random, kind: str, number: int) -> None:
        self._chance, self._kind = chance, kind
        self.domain, traits = _TRAITS[kind]
        self.name = f"{kind}.{number:03}"
        self._traits = traits[number % len(traits)]
        self._sent: list[bytes] = []
        self._value, self._number = 1.0, 0
        self._quiet = 0

    def sent(self, minute: int, now: int) -> Iterator[bytes]:
        """What it sends in the minute that begins now (ms)."""
        chance = self._chance
        if minute == 1 or chance.random() < 0.001:
            facts = {"kind": self._kind, "name": {"zh": self.name, "en": self.name}, "adcode": "410102", "traits": self._traits}
            yield self._event("registered", now + self._number, facts)
        if self._quiet > 0:
            self._quiet -= 1
            return
        if chance.random() < 0.02:
            self._quiet = chance.choice((13, 14, 15, 16, 30, 125))
        for kind in _KINDS[self._kind]:
            for _ in range(chance.choice((0, 0, 1, 1, 2) if kind != "login" else (0, 0, 1, 2, 4))):
                yield from self._fact(kind, now)

    def _fact(self, kind: str, now: int) -> Iterator[bytes]:
        chance = self._chance
        draw = chance.random()
        if draw < 0.05 and self._sent:
            yield chance.choice(self._sent[-20:])
            return
        at = now + chance.choice((0, 0, 1, 500)) + chance.randrange(60) * SECOND * chance.choice((0, 1))
        if draw < 0.12:
            back = chance.choice((MINUTE, 5 * MINUTE, 15 * MINUTE, _LATE[kind] - MINUTE, _LATE[kind], _LATE[kind] + MINUTE))
            at -= back
        elif draw < 0.14:
            at = now + 5 * MINUTE + chance.choice((-1, 0, 1))
        data = self._data(kind)
        value = self._event(kind, at, data)
        self._sent = [*self._sent[-19:], value]
        yield value
        if draw > 0.97:
            yield self._event(kind, at, self._data(kind))
        if draw > 0.99:
            yield chance.choice((b"{", b"[]", value[:-1], value.replace(b'"1.0"', b'"0.3"'), value.replace(b"+08:00", b"")))

    def _data(self, kind: str) -> dict[str, Any]:
        chance = self._chance
        if chance.random() < 0.25:
            self._value = chance.choice((1.0, 2.0, 14.9, 15.0, 150.0, 200.0, 200.1, 260.0, 501.0))
        if chance.random() < 0.01:
            return chance.choice(({}, {"strange": 1}, {"seconds": -1}, {"so2": "much"}, {"o3": 9, "no2": -4}, _FLAWED))
        match kind:
            case "air_hour":
                other = chance.choice((self._value, self._value, 17.5, None))
                return {"o3": self._value, "so2": other, "co": self._value / 20, "no2": other, "pm25": self._value} | (
                    {"minutes": chance.choice((44, 45, 60))} if chance.random() < 0.2 else {}
                )
            case "probe":
                return {"seconds": min(self._value, 600.0)}
            case "login":
                outcome = "failure" if chance.random() < 0.8 else "success"
                return {"source": f"203.0.113.{chance.choice((1, 1, 1, 2, 3, chance.randrange(400)))}", "outcome": outcome}
            case "log_batch":
                return {"lines": chance.randrange(1_000)}
        step, number = chance.choice(_STEPS), self._number - chance.choice((0, 0, 1, 2, 5, 40))
        return {"request": f"R{number}", "step": step, "channel": chance.choice(("call", "message", "mailbox"))}

    def _event(self, kind: str, at: int, data: dict[str, Any]) -> bytes:
        self._number += 1
        return event_bytes(
            type=f"{self.domain}.{kind}",
            source="disorder",
            id=f"{self.name}/{self._number}",
            time=format_time(at),
            subject=self.name,
            data=data,
        )
