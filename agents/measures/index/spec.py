"""An index as data: indicators, weights, how each becomes a score, what holds where one is missing, the period. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Literal

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from agents.measures.book.measure import MeasureRow, Provenance
from agents.measures.book.read import MeasureBook
from streams.appraisal.adoptions import PeriodKind
from streams.messages import Text, encode
from streams.messages.outputs.order import Basis

Missing = Literal["redistribute", "none", "fixed"]
"""Where nothing was due of an indicator: its weight goes to the others in proportion; there is no score; a fixed score."""

IndexBy = Literal["unit", "district"]

FULL = 100.0
"""What the weights of an index come to, and a full score."""


class Indicator(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One indicator: a measure of the book, or another index (二级指标), with its weight (%).

    `rule`, how it becomes a score (`agents.measures.index.normal`): `attainment` by `target` (%, `zero`: the score where less
    is better and there is none), `efficacy` between `poor` (60) and `good` (100), `points` from `start` by `each` case that
    `counts`, `score` of an index; `veto` has no weight, and with so many cases (`at`) the whole is at most `cap`. `clip`: the
    lowest and highest score. `least`: with fewer cases it is missing. `missing_score`: of the fixed rule.
    """

    name: Text
    measure: str = ""
    index: str = ""
    weight: float = 0.0
    rule: str
    target: float | None = None
    zero: float | None = None
    poor: float | None = None
    good: float | None = None
    start: float | None = None
    each: float | None = None
    counts: Literal["numerator", "rest"] = "numerator"
    at: int | None = None
    cap: float | None = None
    clip: tuple[float, float] | None = None
    least: int = 1
    missing: Missing | None = None
    missing_score: float | None = None


class IndexBand(Struct, frozen=True, forbid_unknown_fields=True):
    """A band of scores (分档), from this score on."""

    name: Text
    least: float = field(name="from")


class IndexRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One index, as a file of a place's folder `indexes` has it; the file's name is its id.

    `present`: so much of the weights (%) must have cases, else there is no score. `weights`: whether the issuer wrote them,
    they come of a matrix of judgements (`ahp`, rows in the order of the weighted indicators, as `"1/3"`), or of the entropy of
    data of a time that is `frozen`. `mark`: how sure the source is.
    """

    name: Text
    what: Text
    period: PeriodKind
    by: tuple[IndexBy, ...] = ("unit", "district")
    present: float
    weights: Literal["issuer", "ahp", "entropy"] = "issuer"
    ahp: tuple[tuple[str | float, ...], ...] = ()
    frozen: str = ""
    provenance: Provenance
    source: Text
    mark: Basis
    indicator: dict[str, Indicator]
    band: tuple[IndexBand, ...] = ()

    @property
    def weighted(self) -> dict[str, Indicator]:
        """The indicators that have a weight: all but vetoes."""
        return {name: each for name, each in self.indicator.items() if each.rule != "veto"}


class IndexText(Struct, frozen=True):
    """A version's text: the index, those that it rests on, and the digest of each measure's definition as it was then."""

    index: str
    indexes: dict[str, IndexRow]
    measures: dict[str, str]

    @property
    def row(self) -> IndexRow:
        """The index itself."""
        return self.indexes[self.index]


def reached(name: str, indexes: Mapping[str, IndexRow]) -> Iterator[str]:
    """An index and all that it rests on, each once; those that there are."""
    waiting, seen = [name], set[str]()
    while waiting:
        each = waiting.pop(0)
        if each in seen or each not in indexes:
            continue
        seen.add(each)
        yield each
        waiting += [indicator.index for indicator in indexes[each].indicator.values() if indicator.index]


def measures_below(name: str, indexes: Mapping[str, IndexRow]) -> list[str]:
    """The measures that an index and all below it rest on, each once."""
    there = (each for index in reached(name, indexes) for each in indexes[index].indicator.values())
    return sorted({each.measure for each in there if each.measure})


def index_text(name: str, indexes: Mapping[str, IndexRow], book: MeasureBook) -> IndexText:
    """The text of a sound index as it stands."""
    rows = {each: indexes[each] for each in reached(name, indexes)}
    return IndexText(name, rows, {each: definition(book.measures[each], book) for each in measures_below(name, indexes)})


def definition(row: MeasureRow, book: MeasureBook) -> str:
    """The digest of all that says what a measure counts: its row, and every condition below it."""
    names, waiting = dict[str, object](), [*row.due, *row.numerator, *row.exclusions]
    while waiting:
        each = waiting.pop()
        if each not in names:
            names[each] = book.conditions[each]
            waiting += book.conditions[each].names
    return hashlib.sha256(encode([row, dict(sorted(names.items()))])).hexdigest()


def written(text: IndexText) -> bytes:
    """The bytes of a text, by whose digest it is adopted."""
    return encode(text)


def digest_of_text(text: bytes) -> str:
    """SHA-256 (hex) of a text's bytes."""
    return hashlib.sha256(text).hexdigest()


def read_text(text: bytes) -> IndexText:
    """A text of its bytes; ValueError where they are none."""
    try:
        return msgspec.json.decode(text, type=IndexText)
    except msgspec.DecodeError as error:
        raise ValueError(f"this is no text of an index: {error}") from None


def with_weights(text: IndexText, weights: Mapping[str, float]) -> IndexText:
    """The same index with other weights; ValueError where they are not all of its indicators', or do not add up to 100."""
    row = text.row
    if strange := sorted(set(weights) - set(row.weighted)):
        raise ValueError(f"no weighted indicator is called {', '.join(strange)}: they are {', '.join(row.weighted)}")
    given = {name: weights.get(name, each.weight) for name, each in row.weighted.items()}
    told = ", ".join(f"{name}={each:g}" for name, each in given.items())
    if strange := [name for name, each in given.items() if not isfinite(each)]:
        raise ValueError(f"the weight of {', '.join(strange)} is no number: {told}")
    if any(each < 0 for each in given.values()) or abs(sum(given.values()) - FULL) > WEIGHT_ERROR:
        raise ValueError(f"weights are at least 0 and add up to 100: {told} add up to {sum(given.values()):g}")
    indicators = {name: replace(each, weight=given.get(name, each.weight)) for name, each in row.indicator.items()}
    return replace(text, indexes=text.indexes | {text.index: replace(row, indicator=indicators)})


WEIGHT_ERROR = 1e-6
"""By how much a sum of weights may differ from 100: the rounding of decimals."""
