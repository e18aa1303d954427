"""The inline cases of the rules, judged by the very fold that judges a log: expected revisions against what comes out."""

from collections.abc import Iterator

from msgspec import Struct, convert, structs

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.intake import JUDGED
from agents.core.rules.book import Book
from agents.core.rules.rule import Case, Expected, Given
from streams import places
from streams.messages import REGISTERED, TICK, Alert, Audit, Quality, Registered, event_bytes
from streams.topics import events_topic

LOG = "case"
SUBJECT = "case-subject"


class Result(Struct, frozen=True):
    """One case judged: what differs from what it expects, empty where nothing does."""

    domain: str
    rule: str
    case: str
    differences: tuple[str, ...]


def results(book: Book, only: str | None = None) -> Iterator[Result]:
    """Every case of every rule of a book, or those of one domain only, judged."""
    domains = {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}
    for rule, spec in book.rules.items():
        for case in spec.case if only in {None, domains[rule]} else ():
            yield Result(domains[rule], rule, case.name, differences(book, domains[rule], rule, case))


def registered_at() -> str:
    """The adcode of a case's subject, where the case registers none: the place's own (`410100`)."""
    return f"{places.here():0<6}"


def differences(book: Book, domain: str, rule: str, case: Case) -> tuple[str, ...]:
    """What a rule makes of a case's events otherwise than the case expects."""
    outputs = judged(book, domain, rule, case)
    refused = tuple(
        f"event {out.place.offset} is refused as {out.reason}: {out.message}"
        for out in outputs
        if isinstance(out, Quality) and out.reason not in JUDGED
    )
    revisions = [out for out in outputs if isinstance(out, Alert) and out.rule == rule]
    called = _called(outputs)
    actual = [_as_expected(out, case) for out in revisions if (out.id, out.audit) not in called]
    compared = [structs.replace(a, **_blanked(e)) for a, e in zip(actual, case.alerts, strict=False)] + actual[
        len(case.alerts) :
    ]
    rows = range(max(len(compared), len(case.alerts)))
    expected_at, actual_at = dict(enumerate(case.alerts)), dict(enumerate(compared))
    return refused + tuple(
        f"revision {n + 1}: expected {_words(expected_at.get(n))}, got {_words(actual_at.get(n))}"
        for n in rows
        if expected_at.get(n) != actual_at.get(n)
    )


def judged(book: Book, domain: str, rule: str, case: Case) -> list[Output]:
    """All that the fold makes of a case's events."""
    spec = book.rules[rule]
    kind = spec.on[0]
    given = records(domain, kind, case, spec.subjects[0] if spec.subjects else kind)
    return Fold(book, events_topic(LOG, domain), 0).run(given)


def revisions(book: Book, domain: str, rule: str, case: Case) -> list[Alert]:
    """The revisions of a rule's own alerts that a case's events make, in order."""
    return [out for out in judged(book, domain, rule, case) if isinstance(out, Alert) and out.rule == rule]


def records(domain: str, kind: str, case: Case, registered: str = "") -> list[tuple[int, bytes | None, bytes]]:
    """The registration of the one subject (as `registered`, else as `kind`), then the case's events: offset, key, value."""
    data = convert({"kind": registered or kind, "name": {"zh": "例"}, "adcode": registered_at()} | case.register, Registered)
    time = case.given[0].at if case.given else "1970-01-01T00:00:00Z"
    first = event_bytes(type=f"{domain}{REGISTERED}", source=LOG, id="0", time=time, subject=SUBJECT, data=data)
    key = SUBJECT.encode()
    rest = [(n, key, _event(domain, kind, n, given)) for n, given in enumerate(case.given, 1)]
    return [(0, key, first), *rest]


def _called(outputs: list[Output]) -> set[tuple[str, int]]:
    """Alert and number of the entries by which an alert only goes up, or is asked about again: cases do not tell them."""
    return {(out.alert, out.n) for out in outputs if isinstance(out, Audit) and out.event in {"escalate", "remind"}}


def _event(domain: str, kind: str, n: int, given: Given) -> bytes:
    if isinstance(given.fact, str):
        return event_bytes(type=TICK, source=LOG, id=str(n), time=given.at)
    type_ = f"{domain}.{given.kind or kind}"
    return event_bytes(type=type_, source=LOG, id=str(n), time=given.at, subject=SUBJECT, data=given.fact)


def _as_expected(alert: Alert, case: Case) -> Expected:
    at = case.given[alert.rev - 1].at
    state, severity, item = alert.state, alert.severity, alert.item
    return Expected(at=at, state=state, severity=severity, item=item, value=alert.value, limit=alert.limit, due=alert.due)


def _blanked(expected: Expected) -> dict[str, None]:
    return {name: None for name in ("value", "limit", "due") if getattr(expected, name) is None}


def _words(expected: Expected | None) -> str:
    if expected is None:
        return "none"
    return " ".join(f"{name}={value}" for name, value in structs.asdict(expected).items() if value not in (None, ""))
