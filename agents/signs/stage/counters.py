"""What counts the facts of one domain for a sign, by the sign's form."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from agents.core.duration import span
from agents.signs.book.sign import AirForm, Form, OnlineForm, PairsForm, RateForm, ServiceSteps, ShareForm, SignRow
from agents.signs.reading import reading_of
from agents.signs.stage.events import PairsCounter, RateCounter
from agents.signs.stage.newest import AirCounter, OnlineCounter
from agents.signs.stage.readings import ReadingsCounter
from agents.signs.stage.services import Services
from agents.signs.stage.sums import ByArea
from streams.messages import Registered


class Counter(Protocol):
    """What of the facts of a partition counts for a sign: of these `types`, of subjects of one `kind`, or of all if empty."""

    types: tuple[str, ...]
    kind: str

    FORMS: tuple[Any, Any]
    """The types of what `changes` and `whole` give, as they are read again."""

    def take(self, name: str, at: int, offset: int, data: Any, facts: Registered | None, now: int, flags: int, /) -> None:
        """A fact of a subject came when time stood at `now` (ms)."""

    def correct(self, name: str, at: int, corrects: int, data: Any, facts: Registered | None, now: int, /) -> None:
        """What a fact should have been."""

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add what there is at a moment (ms)."""

    def changes(self) -> Any:
        """What has changed since it was asked for, as `follow` takes it up."""

    def whole(self) -> Mapping[str, Any]:
        """All that is kept, by subject, as `restore` takes it up."""

    def follow(self, changes: Any) -> None:
        """Take up what has changed."""

    def restore(self, whole: Any) -> None:
        """Take up all of some subjects."""


def counters(row: SignRow, domain: str) -> Iterator[Counter]:
    """What counts the facts of a domain for a sign; nothing where the sign reads none of them."""
    formula, window = row.formula, span(row.window)
    if isinstance(formula, OnlineForm):
        yield from (OnlineCounter(each, formula.times) for each in formula.sources if _is_of(each.type, domain))
    elif isinstance(formula, AirForm):
        yield from [AirCounter(formula, window)] if domain == "environment" else ()
    elif not _is_of(formula.type, domain):
        return
    elif isinstance(formula, ShareForm):
        read = reading_of(formula)
        yield ReadingsCounter(formula.type, window, lambda data, facts, _at, _now: read(data, facts), formula.due)
    elif isinstance(formula, PairsForm):
        yield PairsCounter(formula, window)
    else:
        yield RateCounter(formula, window)


def steps_of(formula: Form) -> ServiceSteps | None:
    """By which facts the subjects of a sign leave service and come back."""
    return formula.service if isinstance(formula, RateForm) else None


def _is_of(type_: str, domain: str) -> bool:
    return type_.partition(".")[0] == domain
