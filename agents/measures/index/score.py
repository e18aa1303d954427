"""The score of each unit or district in a period, with what each indicator gives to it and the cases behind that. Pure.

The parts that are there add up to the score: each gives its own score times its weight, those of missing ones shared out by
their rule, and a veto takes away what lies above its cap.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from agents.measures.book.measure import MeasureRow
from agents.measures.compare.bands import class_of
from agents.measures.compare.counted import CountedUnit, standing_units
from agents.measures.compare.objected import ObjectedFigure, ObjectionMark
from agents.measures.index.normal import score_of, vetoed
from agents.measures.index.spec import FULL, IndexBy, IndexRow, IndexText, Indicator
from agents.measures.interval import wilson
from streams.appraisal.adoptions import AppraisalPeriod
from streams.messages import Text
from streams.organs.unit import Units

Figures = Callable[[str, IndexBy, AppraisalPeriod], list[ObjectedFigure]]
"""The rows of a measure by unit or district in a period."""

Counted = Mapping[str, Mapping[str, CountedUnit]]
"""By measure what is counted of each unit or district."""


class Part(Struct, frozen=True, kw_only=True):
    """What an indicator gives. `weight`: written; `counted`: with its share of those of missing ones; `points`: of the whole.

    `value`: the share (%), of `count` in `of`, with its interval of Wilson; `vetoes`: whether a veto holds; `missing`: by which
    rule, empty where it is there. `numerator`, `rest`, `left_out`: the ids of the cases; `parts`: of an index within the index.
    """

    id: str
    name: Text
    measure: str = ""
    index: str = ""
    rule: str
    weight: float
    counted: float = 0.0
    value: float | None
    count: int = 0
    of: int = 0
    low: float | None = None
    high: float | None = None
    score: float | None
    points: float = 0.0
    vetoes: bool = False
    missing: str = ""
    numerator: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    marks: tuple[ObjectionMark, ...] = ()
    parts: tuple["Part", ...] = ()


class IndexScore(Struct, frozen=True, kw_only=True):
    """A unit's or district's score in a period, None with the reason (`why`) where there is none.

    `band`: 分档, None without bands; `merged`: bodies that have ended and count with it; `over`: whether the period is over.
    """

    index: str
    period: str
    by: IndexBy
    key: str
    score: float | None
    why: Text | None
    band: Text | None
    parts: tuple[Part, ...]
    merged: tuple[str, ...]
    over: bool


class _Whole(NamedTuple):
    score: float | None
    why: Text | None
    parts: tuple[Part, ...]


def index_scores(
    text: IndexText,
    measures: Mapping[str, MeasureRow],
    figures: Figures,
    of: AppraisalPeriod,
    by: IndexBy,
    units: Units,
    now: int,
) -> list[IndexScore]:
    """The scores of all that have cases, in the order of the place's list of bodies, or of the districts' codes.

    Who is never compared has no score. ValueError where the index is by another period or not for these, or nobody has cases.
    """
    row = text.row
    if of.kind != row.period or by not in row.by:
        raise ValueError(f"index {text.index} is by {row.period} for {', '.join(row.by)}: {of.name} by {by} has no score")
    counted = _counted(text, figures, of, by, units)
    keys = _keys(counted, by, units)
    if not keys:
        raise ValueError(f"no case counts in any indicator of {text.index} in {of.name}: there is no score")
    made = []
    for key in keys:
        whole = _whole(text.index, text, measures, counted, key)
        merged = {each for there in counted.values() if key in there for each in there[key].merged}
        made.append(
            IndexScore(
                index=text.index,
                period=of.name,
                by=by,
                key=key,
                score=whole.score,
                why=whole.why,
                band=_band(row, whole.score),
                parts=whole.parts,
                merged=tuple(sorted(merged)),
                over=now >= of.end,
            )
        )
    return made


def _counted(text: IndexText, figures: Figures, of: AppraisalPeriod, by: IndexBy, units: Units) -> Counted:
    none = Units([])
    return {
        measure: standing_units(figures(measure, by, of), units if by == "unit" else none, of.last) for measure in text.measures
    }


def _keys(counted: Counted, by: IndexBy, units: Units) -> list[str]:
    there = {key for keys in counted.values() for key in keys}
    if by == "district":
        return sorted(there - {""})
    return [unit.id for unit in units if unit.id in there and class_of(unit)]


def _whole(index: str, text: IndexText, measures: Mapping[str, MeasureRow], counted: Counted, key: str) -> _Whole:
    row = text.indexes[index]
    parts = [_part(name, each, text, measures, counted, key) for name, each in row.indicator.items()]
    there = sum(each.weight for each in parts if each.score is not None)
    lost = sum(each.weight for each in parts if each.missing == "redistribute")
    if why := _why_none(row, parts):
        return _Whole(None, why, tuple(parts))
    parts = [_weighed(each, (there + lost) / there) for each in parts]
    total = sum(each.points for each in parts)
    caps = [(row.indicator[each.id].cap or 0.0, n) for n, each in enumerate(parts) if each.vetoes]
    if caps and (least := min(caps))[0] < total:
        cap, n = least
        parts[n] = replace(parts[n], points=cap - total)
        total = cap
    return _Whole(total, None, tuple(parts))


def _weighed(part: Part, times: float) -> Part:
    if part.score is None:
        return part
    return replace(part, counted=part.weight * times, points=part.score * part.weight * times / FULL)


def _why_none(row: IndexRow, parts: list[Part]) -> Text | None:
    """Why there is no score; None where there is one."""
    for each in parts:
        if each.missing == "none":
            return Text(f"{each.name.zh}没有案件，按规定不评分", f"{each.name.en} has no cases: by its rule there is no score")
    there = sum(each.weight for each in parts if not each.missing)
    if there >= row.present and there:
        return None
    return Text(
        f"有案件的指标权重合计{there:g}%，不足{row.present:g}%，不评分",
        f"indicators with cases weigh {there:g} %, less than {row.present:g} %: there is no score",
    )


def _band(row: IndexRow, score: float | None) -> Text | None:
    return None if score is None else next((each.name for each in row.band if score >= each.least), None)


def _part(
    name: str, indicator: Indicator, text: IndexText, measures: Mapping[str, MeasureRow], counted: Counted, key: str
) -> Part:
    if indicator.index:
        return _inner(name, indicator, _whole(indicator.index, text, measures, counted, key))
    cases = counted[indicator.measure].get(key) or CountedUnit()
    count, of = cases.counts
    low, high = wilson(count, of) if of else (None, None)
    enough = of >= indicator.least
    direction = measures[indicator.measure].direction
    scored = score_of(indicator, direction, cases.counts) if enough and indicator.rule != "veto" else None
    score, missing = _scored(indicator, scored)
    return Part(
        id=name,
        name=indicator.name,
        measure=indicator.measure,
        rule=indicator.rule,
        weight=indicator.weight,
        value=FULL * count / of if of else None,
        count=count,
        of=of,
        low=low,
        high=high,
        score=score,
        vetoes=indicator.rule == "veto" and vetoed(indicator, cases.counts),
        missing=missing,
        numerator=tuple(sorted(cases.numerator)),
        rest=tuple(sorted(cases.rest)),
        left_out=tuple(sorted(cases.left_out)),
        marks=tuple(cases.marks),
    )


def _inner(name: str, indicator: Indicator, whole: _Whole) -> Part:
    score, missing = _scored(indicator, whole.score)
    return Part(
        id=name,
        name=indicator.name,
        index=indicator.index,
        rule=indicator.rule,
        weight=indicator.weight,
        value=whole.score,
        score=score,
        missing=missing,
        parts=whole.parts,
    )


def _scored(indicator: Indicator, score: float | None) -> tuple[float | None, str]:
    """A score, or what holds where there is none: the fixed one, and by which rule it is missing."""
    if score is not None or indicator.rule == "veto":
        return score, ""
    return (indicator.missing_score if indicator.missing == "fixed" else None), indicator.missing or ""
