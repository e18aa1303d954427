"""What counts the facts of one domain for a sign, by the sign's form."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from agents.core.duration import span
from agents.core.signs.counts import CountedFact
from agents.measures.book.read import measure_book
from agents.signs.book.sign import (
    AIR_HOUR,
    AirForm,
    EmissionForm,
    MeasureForm,
    OnlineForm,
    PairsForm,
    RateForm,
    ReceivedForm,
    RegisterForm,
    ShareForm,
    SignRow,
)
from agents.signs.reading import ReadingsForm, ReadingSource, absent, reading_of, sources_of
from agents.signs.stage.duties import DutyCounter
from agents.signs.stage.events import PairsCounter, RateCounter
from agents.signs.stage.newest import AirCounter, OnlineCounter, RegisterCounter
from agents.signs.stage.readings import ReadingsCounter
from agents.signs.stage.services import Services
from agents.signs.stage.tally import Tally
from streams.messages import Registered


class Counter(Protocol):
    """What of the facts of a partition counts for a sign: of these `types`, of subjects of one `kind`, or of all if empty."""

    types: tuple[str, ...]
    kind: str
    tally: Tally

    FORMS: tuple[Any, Any]
    """The types of what `changes` and `whole` give, as they are read again."""

    def take(self, facts: Sequence[CountedFact], now: int, /) -> None:
        """These came, in this order, when time stood at `now` (ms)."""

    def correct(self, name: str, at: int, corrects: int, data: Any, facts: Registered | None, now: int, /) -> None:
        """What a fact should have been."""

    def bring(self, at: int, services: Services, /) -> None:
        """Bring the sums of the tally to a full minute (ms), which is never before the last one."""

    def touch(self, names: Iterable[str], services: Services, /) -> None:
        """The services of these subjects have changed: their units are dirty."""

    def changes(self) -> list[Any]:
        """What has changed since it was asked for, as `follow` takes it up: each item small."""

    def whole(self) -> Iterable[Any]:
        """All that is kept, as `restore` takes it up: each item at most some 100 KB."""

    def follow(self, changes: Any, /) -> None:
        """Take up what has changed."""

    def restore(self, whole: Any, /) -> None:
        """Take up all, some items at a time."""


def counters(row: SignRow, domain: str) -> Iterator[Counter]:
    """What counts the facts of a domain for a sign; nothing where the sign reads none of them."""
    formula, window = row.formula, span(row.window)
    if isinstance(formula, ShareForm | ReceivedForm | EmissionForm):
        yield from (_readings(formula, each, window) for each in sources_of(formula) if is_of(each.type, domain))
    elif isinstance(formula, OnlineForm):
        yield from (OnlineCounter(each, formula.times) for each in formula.sources if is_of(each.type, domain))
    elif isinstance(formula, AirForm) and is_of(AIR_HOUR, domain):
        yield AirCounter(formula, window)
    elif isinstance(formula, RegisterForm) and formula.domain == domain:
        yield RegisterCounter(formula)
    elif isinstance(formula, PairsForm) and is_of(formula.type, domain):
        yield PairsCounter(formula, window)
    elif isinstance(formula, RateForm) and is_of(formula.type, domain):
        yield RateCounter(formula, window)
    elif isinstance(formula, MeasureForm):  # of which domain its rules are a rule book says
        yield DutyCounter(formula, window, domain, measure_book())


def _readings(formula: ReadingsForm, source: ReadingSource, window: int) -> ReadingsCounter:
    return ReadingsCounter(
        source,
        window,
        reading_of(formula, source),
        lacking=bool(absent(formula).denominator),
        merges=isinstance(formula, ShareForm) and formula.of == "due",
        timely=isinstance(formula, ReceivedForm) and formula.counts == "timely",
    )


def is_of(type_: str, domain: str) -> bool:
    """Whether a type of event is of a domain."""
    return type_.partition(".")[0] == domain
