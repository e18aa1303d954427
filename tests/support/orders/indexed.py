"""Indexes for tests, and the figures of a ledger by which they are scored."""

from typing import Any

import msgspec

from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.measures.compare.objected import ObjectedFigure, figures
from agents.measures.index.score import Figures
from agents.measures.index.spec import IndexRow, IndexText, index_text
from agents.measures.ledger import Ledger
from streams.appraisal.adoptions import AppraisalPeriod
from streams.appraisal.objections import Objected


def indicator(measure: str, weight: float, rule: str = "efficacy", **more: Any) -> dict[str, Any]:
    """An indicator as a file has it: by default 功效系数 from 50 % (60) to 90 % (100)."""
    by_rule: dict[str, dict[str, Any]] = {
        "efficacy": {"poor": 50, "good": 90, "clip": [0, 100], "missing": "redistribute"},
        "attainment": {"target": 80, "clip": [0, 100], "missing": "redistribute"},
        "points": {"start": 100, "each": -2, "clip": [0, 100], "missing": "redistribute"},
        "score": {"missing": "redistribute"},
        "veto": {"at": 1, "cap": 59},
    }
    of = {"name": {"zh": measure, "en": measure}, "measure": measure, "weight": weight, "rule": rule}
    return of | by_rule.get(rule, {}) | more


def index_table(indicators: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An index as a file has it."""
    words = {"zh": "示例", "en": "An example"}
    of = {"name": words, "what": words, "period": "month", "present": 50, "provenance": "本系统自定", "source": words}
    return of | {"mark": "default", "indicator": indicators} | more


def index_row(indicators: dict[str, Any], **more: Any) -> IndexRow:
    """An index."""
    return msgspec.convert(index_table(indicators, **more), IndexRow)


def text_of_index(indicators: dict[str, Any], **more: Any) -> IndexText:
    """The text of an index `handling`."""
    return index_text("handling", {"handling": index_row(indicators, **more)}, measure_book())


def figures_of(ledger: Ledger, known: tuple[Objected, ...] = ()) -> Figures:
    """The figures of a ledger."""

    def found(measure: str, by: Any, of: AppraisalPeriod) -> list[ObjectedFigure]:
        rows = answers(ledger, measure, by, since=of.since, until=of.until)
        return figures(ledger, rows, known)

    return found
