"""A hundred thousand poisoned records through the pure fold, in all domains: each is owned, none changes anything else."""

import json
import random
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.signs.feed import SIGNS, figures
from agents.offline.file_stages import FileStages
from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.catalogue import EVERYWHERE, domains
from streams.gateways.timeline import Arrival, Beat
from streams.messages import Alert, Audit, Quality, encode
from tests.support.books import the_book
from tests.support.events import Record, tick
from tests.support.poison import BAD, Case, mutated, parts, ten_megabytes
from tests.support.pure.scenarios import basis

BOOK = the_book()
CASES = 10_000
HOURS = 6
STEP = 1_000
"""Real events stand at multiples of this offset, poison between them."""


@cache
def city() -> list[Beat]:
    """Six hours of the simulated city, all domains; after each beat what the stage of signs tells of it."""
    stages, made = FileStages(basis()), list[Beat]()
    for n, beat in enumerate(beats(Air(1, load_scenario(DEFAULT)), HOURS)):
        at, value = (beat.at, beat.value) if isinstance(beat, Arrival) else (beat, tick(beat))
        made += [beat, *(Arrival(at, SIGNS, key, told) for key, told in figures(stages.take(n, value)))]
    return made


def real(domain: str) -> list[tuple[int, Beat]]:
    """What the city sends in one domain, with offsets, ticks included."""
    mine = [beat for beat in city() if isinstance(beat, int) or beat.domain == domain]
    return [(n * STEP, beat) for n, beat in enumerate(mine)]


def record(offset: int, beat: Beat) -> Record:
    """A beat as a record of a log."""
    return (offset, beat.key, beat.value) if isinstance(beat, Arrival) else (offset, None, tick(beat))


def judged(domain: str, records: Iterable[Record]) -> tuple[Fold, list[Output]]:
    """A fold that has judged these records, in batches and through checkpoints as a worker does it, and what came out."""
    fold = Fold(BOOK, f"test.events.{domain}", 0)
    checkpoint: list[tuple[bytes, bytes | None]] = []
    out: list[Output] = []
    whole = list(records)
    for start in range(0, len(whole), 5_000):
        out += fold.run(whole[start : start + 5_000])
        checkpoint += fold.snapshot()
        fold = Fold(BOOK, f"test.events.{domain}", 0)
        fold.restore(checkpoint)
    return fold, out


def bytes_of(outputs: Iterable[Output]) -> list[bytes]:
    """The outputs as they would be published."""
    return [encode(output) for output in outputs]


def bad_cases(domain: str) -> Iterator[tuple[int, str, Case]]:
    """Bad records with their offsets and what is bad about them, each made from the fact before it."""
    chance = random.Random(f"bad {domain}")
    events = [(offset, beat) for offset, beat in real(domain) if isinstance(beat, Arrival) and _knows_copies(beat)]
    for n in range(CASES):
        offset, like = events[n * len(events) // CASES]
        way = BAD[n % len(BAD)]
        yield offset + 1 + n % (STEP - 1), way.__name__, way(chance, like)
    for offset, like in events[:3]:
        yield offset + STEP - 1, "ten_megabytes", ten_megabytes(like)


def _knows_copies(fact: Arrival) -> bool:
    """Whether it is a fact of a kind whose second copies are known (a state may be told again and again)."""
    plan = BOOK.plans.get(parts(fact)["type"])
    return plan is not None and not plan.registers and plan.slots > 0


def merged(domain: str, cases: Iterable[tuple[int, Case]]) -> list[Record]:
    """The city's records with these cases between them."""
    poison = [(offset, key, value) for offset, (key, value) in cases]
    return sorted([*(record(*one) for one in real(domain)), *poison], key=lambda one: one[0])


COPIED = [
    name
    for name, domain in domains().items()
    if any(kind.slots for each, kind in domain.kind.items() if each not in EVERYWHERE)
]
"""Domains with facts of their own whose second copies are known."""


@pytest.mark.parametrize("domain", COPIED)
def test_what_is_bad_is_owned_and_changes_nothing(domain: str) -> None:
    """10,000 bad records among real ones: each gives a quality record with its place, all else is as without them.

    But a second copy of what the stage of signs told gives none: a worker that starts again writes such copies.
    """
    cases = {offset: (way, case) for offset, way, case in bad_cases(domain)}
    _, clean = judged(domain, merged(domain, ()))
    _, out = judged(domain, merged(domain, ((offset, case) for offset, (_, case) in cases.items())))
    told = {output.place.offset: output for output in out if isinstance(output, Quality)}
    bad = [offset for offset, (way, _) in cases.items() if (domain, way) != (SIGNS, "_second_copy")]
    missed = sorted(cases[offset] for offset in bad if offset not in told)
    assert not missed, f"{len(missed)} bad records were judged, the first: {missed[0]}"
    assert all(told[offset].reason and told[offset].owner for offset in bad)
    others = [output for output in out if not (isinstance(output, Quality) and output.place.offset in cases)]
    assert bytes_of(others) == bytes_of(clean)
    assert any(isinstance(output, Alert) for output in clean) or domain == "service"


@pytest.mark.parametrize("domain", domains())
def test_broken_events_of_some_subjects_leave_the_others_alone(domain: str) -> None:
    """10,000 real events broken at random: those that are no JSON are refused, nothing raises, no other subject notices."""
    chance = random.Random(f"mutated {domain}")
    events = [(offset, beat) for offset, beat in real(domain) if isinstance(beat, Arrival)]
    names = sorted({beat.key for _, beat in events})
    sick = {name for n, name in enumerate(names) if n % 2}
    victims = [(offset, beat) for offset, beat in events if beat.key in sick]
    cases: dict[int, Case] = {}
    most = min(CASES, (STEP - 1) * len(victims))  # so many have room between the real events of a small domain
    for n in range(most):
        offset, like = victims[n * len(victims) // most]
        cases[offset + 1 + n % (STEP - 1)] = mutated(chance, like)
    assert len(cases) == most
    _, clean = judged(domain, merged(domain, ()))
    fold, out = judged(domain, merged(domain, cases.items()))
    assert bytes_of(of_others(out, sick)) == bytes_of(of_others(clean, sick))
    told = {output.place.offset for output in out if isinstance(output, Quality)}
    assert {offset for offset, (_, value) in cases.items() if not is_json(value)} <= told
    assert fold.position == max(real(domain)[-1][0], *cases) + 1
    assert bytes_of(out)


def of_others(outputs: Iterable[Output], sick: set[bytes]) -> list[Output]:
    """Alerts and audit entries about the subjects that are not `sick`."""
    mine = {output.id for output in outputs if isinstance(output, Alert) and output.subject.encode() not in sick}
    return [
        output
        for output in outputs
        if (isinstance(output, Alert) and output.id in mine) or (isinstance(output, Audit) and output.alert in mine)
    ]


def is_json(value: bytes | None) -> bool:
    """Whether Python's own reader takes it for JSON text."""
    try:
        json.loads((value or b"").decode("utf-8"), parse_constant=lambda name: json.loads(f"?{name}"))
    except (ValueError, RecursionError):
        return False
    return True
