"""What a measure says of a period, by unit, district, domain, … or month, with the cases behind each figure. Pure."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from msgspec.structs import asdict

from agents.measures.columns import Numbers
from agents.measures.figures import CaseRows, case_rows, figure, reasons_of
from agents.measures.ledger import LEFT, OUT, RIGHT, Ledger
from agents.measures.months import month_number, month_text
from streams.oversight.wire import Figure

By = Literal["unit", "district", "domain", "kind", "matter", "month"]
"""What makes a row of an answer."""

WAYS: tuple[By, ...] = get_args(By)

FIRST, LAST = 0, 1 << 24
"""Months before and after every other."""


class MeasureAnswer(Figure, frozen=True, kw_only=True):
    """One row: its figure, and the ids of the cases behind it."""

    measure: str
    key: str
    numerator: tuple[str, ...]
    rest: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]


def answers(
    ledger: Ledger,
    measure: str,
    by: By = "unit",
    *,
    since: str = "",
    until: str = "",
    standing: Callable[[str], str] = str,
    chosen: Numbers | None = None,
) -> list[MeasureAnswer]:
    """The rows of a measure, in the order of their keys, of the months `since` to `until` (`2026-03`), both of them in it.

    `standing`: by the id of which body a unit is told, as that has its duties; by default its own. `chosen`: of which rows of
    the columns alone, as of `case_rows`. ValueError where the period runs backward.
    """
    if since and until and since > until:
        raise ValueError(f"the period from {since} to {until} runs backward")
    first, last = month_number(since) if since else FIRST, month_number(until) if until else LAST
    found = by_key(ledger, case_rows(ledger, measure, chosen).within(first, last), by, standing)
    return [answer_of(ledger, measure, key, cases) for key, cases in found.items()]


def by_key(ledger: Ledger, cases: CaseRows, by: By, standing: Callable[[str], str]) -> Mapping[str, CaseRows]:
    """Cases by the word of a column, or by month, in the order of these."""
    if by == "month":
        return cases.by(cases.months, month_text)
    words, told = ledger.codes.words, standing if by == "unit" else str
    return cases.by(ledger.columns.numbers(by)[cases.rows], lambda number: told(words[number]))


def answer_of(ledger: Ledger, measure: str, key: str, cases: CaseRows) -> MeasureAnswer:
    """The row of some cases."""

    def named(how: int) -> tuple[str, ...]:
        rows: Numbers = cases.rows[cases.hows == how]
        return tuple(sorted(ledger.columns.ids[row] for row in rows))

    found, reasons = figure(ledger, measure, cases), reasons_of(ledger.book.measures[measure])
    left_out = {why: named(OUT + n) for n, why in enumerate(reasons) if why in found.excluded}
    out = dict(sorted(left_out.items()))
    return MeasureAnswer(measure=measure, key=key, numerator=named(RIGHT), rest=named(LEFT), left_out=out, **asdict(found))
