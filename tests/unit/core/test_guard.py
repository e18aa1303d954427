"""Guards, and judges that wait for nothing: asking only whom a fact or time concerns gives what asking all of them gives."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import force_setattr

from agents.core.alerts.fold import Fold
from agents.core.alerts.state import Subject
from agents.core.judges.missing import Missing
from agents.core.rules import bound
from agents.core.rules.book import Book
from agents.core.rules.guard import (
    ALWAYS,
    Above,
    AllOf,
    Among,
    AnyOf,
    Guard,
    Has,
    Holds,
    Remembers,
    Repeats,
    Screens,
    all_of,
    any_of,
)
from agents.core.rules.paths import Path as Field
from agents.core.rules.paths import Types
from agents.rulebook.load import load_book, payloads_of, read_rules
from streams import catalogue
from streams.messages import HOUR, MINUTE, NEVER, Name, Registered, encode, event_bytes, format_time
from tests.support import events
from tests.support.pure.values import NUMBERS, value_of

FACTS = 1_500
TRAITS = ("valid_until", "register_by", "use_state", "level", "cii", "tier", "interval", "production", "treatment")


@pytest.fixture(scope="module")
def books() -> tuple[Book, Book]:
    """The book as it is, and one in which every judge is always asked, of facts and of time."""
    guarded = load_book()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "guard_of", lambda judge, kind: ALWAYS)
        asked = load_book()
    for each in asked.bounds.values():
        force_setattr(each, "idle", False)
    return guarded, asked


@pytest.mark.parametrize("domain", catalogue.domains())
@pytest.mark.parametrize("seed", range(3))
def test_guards_change_nothing(books: tuple[Book, Book], domain: str, seed: int) -> None:
    """Random facts of all kinds: both books give the same outputs and the same checkpoint, and there are alerts among them."""
    records = list(_log(domain, random.Random(f"{domain} {seed}")))
    guarded, asked = (Fold(book, f"test.events.{domain}", 0) for book in books)
    outputs = guarded.run(records)
    assert [encode(output) for output in outputs] == [encode(output) for output in asked.run(records)]
    assert guarded.snapshot() == asked.snapshot()
    assert sum(hasattr(output, "rule_version") for output in outputs) > 5, "alerts must come of this"


def test_a_wrong_guard_is_found(books: tuple[Book, Book]) -> None:
    """The comparison above tells two books apart of which one never asks the judge of a single rule."""
    records = list(_log("cyber", random.Random("cyber 0")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound, "guard_of", lambda judge, kind: any_of() if judge.key == "port-scan" else ALWAYS)
        wrong = Fold(load_book(), "test.events.cyber", 0)
    assert [encode(output) for output in wrong.run(records)] != [
        encode(output) for output in Fold(books[1], "test.events.cyber", 0).run(records)
    ]


def test_a_judge_that_wrongly_waits_for_nothing_is_found(books: tuple[Book, Book]) -> None:
    """The comparison above tells two books apart of which one skips the judge of silence while it remembers nothing."""
    records = list(_log("environment", random.Random("environment 0")))
    wrong = load_book()
    for each in wrong.bounds.values():
        force_setattr(each, "idle", each.idle or isinstance(each.judge, Missing))
    assert [encode(output) for output in Fold(wrong, "test.events.environment", 0).run(records)] != [
        encode(output) for output in Fold(books[1], "test.events.environment", 0).run(records)
    ]


@pytest.mark.parametrize("domain", catalogue.domains())
def test_who_waits_for_nothing_is_due_never(books: tuple[Book, Book], domain: str) -> None:
    """A judge that says so is due NEVER, at every tick, for each subject of which it remembers nothing."""
    book, looks = books[0], 0
    fold = Fold(book, f"test.events.{domain}", 0)
    waiting = [each.judge for each in book.bounds.values() if each.rule.domain == domain and each.idle and each.judge.timed]
    for record in _log(domain, random.Random(f"{domain} idle")):
        fold.run([record])
        for subject in fold.subjects.values() if record[1] is None else ():
            for judge in waiting:
                if judge.key not in subject.memory:
                    assert judge.due(subject) == NEVER, judge.key
                    looks += 1
    assert looks or not waiting


def _log(domain: str, chance: random.Random) -> Iterator[tuple[int, bytes | None, bytes]]:
    """Subjects of every kind that a rule names, facts of all kinds about them, sometimes a new registration or a tick.

    Two thirds of the facts are of kinds that some rule reads of such a subject.
    """
    root = Path(catalogue.__file__).parents[2] / "agents" / "domains"
    rules = read_rules(root / domain / "rules.toml").rule
    kinds = sorted({kind for rule in rules.values() for kind in rule.subjects} | {"thing"})
    limits = sorted({item for rule in rules.values() for item in (*rule.items, *rule.units)} | {"pressure", "safety_valve"})
    payloads = payloads_of(domain)
    subjects = [f"{kind}.{n}" for kind in kinds for n in range(2)]
    signs = [rule.params["where"]["sign"][0] for rule in rules.values()] if domain == "signs" else []
    read = sorted({(who, kind) for rule in rules.values() for kind in rule.on if kind in payloads for who in rule.subjects})
    at = events.START
    for offset in range(len(subjects) + FACTS):
        at += chance.choice((0, MINUTE, 7 * MINUTE, HOUR)) if chance.random() < 0.5 else 0
        draw = chance.random()
        if offset < len(subjects) or draw < 0.02:
            name = subjects[offset] if offset < len(subjects) else chance.choice(subjects)
            data: Any = _registration(name.partition(".")[0], limits, chance)
            kind = "registered"
        elif draw < 0.12:
            yield offset, None, events.tick(at)
            continue
        else:
            name, kind = chance.choice(subjects), chance.choice(sorted(set(payloads) - {"registered"}))
            if read and draw < 0.7:  # mostly what a rule reads of such a subject: of all pairs too few are
                who, kind = chance.choice(read)
                name = f"{who}.{chance.randrange(2)}"
            data = value_of(payloads[kind], chance)
            if signs:
                data["sign"] = chance.choice(signs)
        moment = at - chance.choice((0, 0, 0, 0, 20 * MINUTE))
        yield (
            offset,
            name.encode(),
            event_bytes(type=f"{domain}.{kind}", source="t", id=str(offset), time=format_time(moment), subject=name, data=data),
        )


def _registration(kind: str, limits: list[str], chance: random.Random) -> Registered:
    own = {item: chance.choice(NUMBERS) for item in chance.sample(limits, min(len(limits), 12))}
    traits = {name: value_of(bool | int | str, chance) for name in TRAITS if chance.random() < 0.5}
    return Registered(kind=kind, name=Name("名"), adcode="410102", limits=own, traits=traits)


GUARDS: list[tuple[Guard, list[bool]]] = [
    (Above(("o3",), 160), [False, True, False]),
    (Has(("o3",)), [True, True, False]),
    (Among(Field("fact", ("so2",)), (5.0, 6.0)), [True, False, True]),
    (all_of(Has(("o3",)), Above(("so2",), 5.0)), [False, True, False]),
    (any_of(Above(("o3",), lambda subject: 100.0), Remembers()), [True, True, False]),
    (Holds(lambda subject: False), [False, False, False]),
    (Repeats(("so2",), ()), [False, False, False]),
    (AnyOf((Has(("pm25",)), AllOf((Has(("o3",)), Has(("so2",)))))), [True, True, False]),
]


@pytest.mark.parametrize(("guard", "expected"), GUARDS, ids=lambda each: type(each).__name__)
def test_a_guard_means_what_it_says(guard: Guard, expected: list[bool]) -> None:
    """Three facts by hand: ozone at 160, above it, and not measured."""
    payload = payloads_of("environment")["air_hour"]
    facts = [payload(so2=5.0, o3=160.0), payload(so2=7.0, o3=161.0), payload(so2=6.0)]
    subject = Subject("s")
    ask, numbers = Screens(Types(payload), [("judge", "key", guard)]).of(subject)
    before = None
    for fact, wanted in zip(facts, expected, strict=True):
        assert ask(fact, 0, subject, before, numbers) == (("judge",) if wanted else ())
        before = fact
