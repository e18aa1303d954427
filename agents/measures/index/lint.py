"""What would make an index dishonest, or no index at all. Pure."""

from collections.abc import Iterator, Mapping

from agents.measures.book.measure import MeasureRow
from agents.measures.index.ahp import matrix_wrongs
from agents.measures.index.normal import REFUSED, RULES
from agents.measures.index.spec import FULL, WEIGHT_ERROR, IndexRow, Indicator

_PARAMETERS = ("target", "zero", "poor", "good", "start", "each", "at", "cap", "clip", "missing")


def index_wrongs(indexes: Mapping[str, IndexRow], measures: Mapping[str, MeasureRow]) -> Iterator[tuple[str, str]]:
    """What is wrong with indexes, by id."""
    for name, row in indexes.items():
        yield from ((name, wrong) for wrong in _row_wrongs(row))
        for id_, indicator in row.indicator.items():
            found = (*_what_wrongs(row, indicator, indexes, measures), *_rule_wrongs(indicator))
            yield from ((name, f"{id_}: {wrong}") for wrong in found)
        if circle := _circle(name, indexes, ()):
            yield name, f"it goes in a circle: {' → '.join(circle)}"


def _row_wrongs(row: IndexRow) -> Iterator[str]:
    total = sum(each.weight for each in row.indicator.values())
    if abs(total - FULL) > WEIGHT_ERROR:
        yield f"its weights add up to {total:g}, not to 100"
    if any(each.weight <= 0 for each in row.weighted.values()):
        yield "a weight is above 0: leave out what does not count, or make it a veto"
    if any(each.weight for each in row.indicator.values() if each.rule == "veto"):
        yield "a veto has no weight: it caps the whole"
    if not 0 < row.present <= FULL:
        yield f"present {row.present:g}: how much of the weights (%) must have cases lies above 0, up to 100"
    if not row.by:
        yield "by names nobody: a score is a unit's or a district's"
    if not (row.source.zh.strip() and row.source.en.strip()):
        yield "its source has no words: by what text is it measured so?"
    ends = [each.least for each in row.band]
    if ends and (sorted(set(ends), reverse=True) != ends or ends[-1] != 0):
        yield "its bands go from the highest score down to 0, each once"
    yield from _weights_wrongs(row)


def _weights_wrongs(row: IndexRow) -> Iterator[str]:
    if row.weights == "ahp":
        yield from (f"ahp: {wrong}" for wrong in matrix_wrongs(row.ahp, [each.weight for each in row.weighted.values()]))
    elif row.ahp:
        yield 'a matrix of judgements stands here and the weights do not come of it: write weights = "ahp", or take it out'
    if row.weights == "entropy" and not row.frozen.strip():
        yield "entropy weights chase the data of each period: say in frozen of which data these numbers were made, once for all"
    if row.weights != "entropy" and row.frozen:
        yield "frozen says of which data entropy weights were made: these are none"


def _what_wrongs(
    row: IndexRow, indicator: Indicator, indexes: Mapping[str, IndexRow], measures: Mapping[str, MeasureRow]
) -> Iterator[str]:
    if bool(indicator.measure) == bool(indicator.index):
        yield "it is a measure or an index, one of them"
    elif indicator.index:
        yield from _index_wrongs(row, indicator, indexes)
    elif (found := measures.get(indicator.measure)) is None:
        yield f"there is no measure {indicator.measure!r}; `python -m agents measure list` shows all"
    else:
        yield from _measure_wrongs(row, indicator, found)


def _index_wrongs(row: IndexRow, indicator: Indicator, indexes: Mapping[str, IndexRow]) -> Iterator[str]:
    found = indexes.get(indicator.index)
    if found is None:
        yield f"there is no index {indicator.index!r}"
    elif indicator.rule != "score":
        yield 'an index within an index counts by its score: rule = "score"'
    elif found.period != row.period or not set(row.by) <= set(found.by):
        yield f"index {indicator.index!r} is by {found.period} for {', '.join(found.by)}, unlike this one"


def _measure_wrongs(row: IndexRow, indicator: Indicator, measure: MeasureRow) -> Iterator[str]:
    if measure.unit != "%" or measure.reading != "assessment":
        yield f"{indicator.measure} is no share of 考核口径: times and what is for analysis are no part of a score"
    if not set(row.by) <= set(measure.by):
        yield f"{indicator.measure} is not reckoned for {', '.join(sorted(set(row.by) - set(measure.by)))}"
    if indicator.rule == "score":
        yield "a measure becomes a score by attainment, efficacy or points"
    end = FULL if measure.direction == "higher" else 0.0
    if end in {indicator.target, indicator.good}:
        yield "nobody is set a target that allows no single miss (国办函〔2025〕66号：不设置不切实际的目标要求)"
    if indicator.rule == "attainment" and measure.direction == "lower" and indicator.zero is None:
        yield "where less is better and there is none, nothing can be divided by: say in zero which score that is"
    if indicator.rule == "efficacy" and indicator.poor is not None and indicator.good is not None:
        better = indicator.good > indicator.poor if measure.direction == "higher" else indicator.good < indicator.poor
        if not better:
            yield f"good {indicator.good:g} is not better than poor {indicator.poor:g}: {measure.direction} is better"


def _rule_wrongs(indicator: Indicator) -> Iterator[str]:
    if indicator.rule in REFUSED:
        yield REFUSED[indicator.rule]
        return
    if indicator.rule not in RULES:
        yield f"there is no rule {indicator.rule!r}: rules are {', '.join(RULES)}"
        return
    needs = RULES[indicator.rule]
    takes = {*needs, "zero"} if indicator.rule == "attainment" else {*needs}
    given = {name for name in _PARAMETERS if getattr(indicator, name) is not None}
    if missing := [name for name in needs if name not in given]:
        yield f"{indicator.rule} needs {', '.join(missing)}"
    if strange := sorted(given - takes):
        yield f"{indicator.rule} takes no {', '.join(strange)}"
    yield from _number_wrongs(indicator)


def _number_wrongs(indicator: Indicator) -> Iterator[str]:
    if indicator.target is not None and not 0 < indicator.target <= FULL:
        yield f"a target of {indicator.target:g} % is none: it lies above 0"
    if indicator.clip is not None and not 0 <= indicator.clip[0] < indicator.clip[1]:
        yield "clip is the lowest and the highest score, in this order, at least 0"
    if indicator.each == 0:
        yield "each case adds or takes something: each is not 0"
    if indicator.at is not None and indicator.at < 1:
        yield "a veto needs a case: at is at least 1"
    if indicator.cap is not None and not 0 <= indicator.cap < FULL:
        yield "cap is what the whole is at most, below 100"
    if indicator.least < 1:
        yield "least is at least 1: nothing due is no figure"
    if (indicator.missing == "fixed") != (indicator.missing_score is not None):
        yield 'missing_score is the score of missing = "fixed", and of that alone'
    if indicator.missing_score is not None and not 0 <= indicator.missing_score < FULL:
        yield "where nothing was due nobody gets full marks: missing_score is at least 0, below 100"


def _circle(name: str, indexes: Mapping[str, IndexRow], way: tuple[str, ...]) -> tuple[str, ...]:
    """The way from an index back to itself; empty where there is none."""
    if name in way:
        return (*way, name) if way[0] == name else ()
    below = (each.index for each in indexes[name].indicator.values() if each.index in indexes)
    return next((found for each in below if (found := _circle(each, indexes, (*way, name)))), ())
