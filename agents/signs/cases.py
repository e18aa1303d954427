"""The examples of the book of signs, reckoned by the functions that reckon a log: what each comes to otherwise than it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from agents.signs.book.case import SignCase
from agents.signs.book.sign import RegisterForm, SignRow, types_of
from agents.signs.facts import PartitionFacts
from agents.signs.figures import JudgedCase, SignFigure, SignGround, figure
from streams import places
from streams.messages import REGISTERED, TICK, Name, Registered, event_bytes, parse_time

LOG = "case"


class SignResult(Struct, frozen=True):
    """One case reckoned: what differs from what it expects, empty where nothing does."""

    sign: str
    case: str
    differences: tuple[str, ...]


def sign_results(book: Mapping[str, SignRow]) -> Iterator[SignResult]:
    """Every case of every sign, reckoned."""
    for name, row in book.items():
        for case in row.case:
            yield SignResult(name, case.name, tuple(_differences(reckoned_case(name, row, case), case)))


def reckoned_case(name: str, row: SignRow, case: SignCase) -> SignFigure:
    """What a sign comes to in a case, in the city of this place."""
    city, district = f"{places.here():0<6}", next(iter(places.place(places.here()).districts))
    area, at = city if case.of == "city" else district, parse_time(case.at)
    cases = [JudgedCase(parse_time(when), district, str(n), good) for n, (when, good) in enumerate(case.judged)]
    ground = SignGround(cases={name: cases}, residents={} if case.residents is None else {area: case.residents})
    return figure(name, row, _parts(row, case, district), area, at, ground)


def _parts(row: SignRow, case: SignCase, district: str) -> list[tuple[str, int, PartitionFacts]]:
    """The partitions of the case's facts, one of each domain."""
    types = types_of(row.formula)
    domains = dict.fromkeys(each.partition(".")[0] for each in types)
    if isinstance(row.formula, RegisterForm):
        domains[row.formula.domain] = None
    made = {domain: PartitionFacts({"case": row}, parse_time(case.at)) for domain in domains}
    for domain, facts in made.items():
        for offset, value in enumerate(_events(case, district, domain, types)):
            facts.take(offset, value)
    return [(f"{LOG}.events.{domain}", 0, facts) for domain, facts in made.items()]


def _events(case: SignCase, district: str, domain: str, types: tuple[str, ...]) -> Iterator[bytes]:
    def event(type_: str, at: str, subject: str, n: int, data: Any) -> bytes:
        return event_bytes(type=type_, source=LOG, id=str(n), time=at, subject=subject, data=data)

    for n, (subject, each) in enumerate(case.subjects.items()):
        name = Name(zh=subject, en=subject)
        registered = Registered(
            kind=each.kind, name=name, adcode=each.adcode or district, limits=dict(each.limits), traits=dict(each.traits)
        )
        yield event(f"{domain}{REGISTERED}", each.since, subject, n, registered)
    for n, given in enumerate(case.given, len(case.subjects)):
        type_ = given.type or types[0]
        if type_ == TICK or type_.startswith(f"{domain}."):
            yield event(type_, given.at, given.subject, n, dict(given.data))


def _differences(found: SignFigure, case: SignCase) -> Iterator[str]:
    expected = case.expect
    for name in expected.__struct_fields__:
        wanted, actual = getattr(expected, name), getattr(found, name)
        if wanted is not None and wanted != actual:
            yield f"{name}: expected {wanted}, got {actual}" + (f" ({found.why})" if found.why else "")
