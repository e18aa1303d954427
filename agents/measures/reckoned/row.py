"""What stands in the list of measures beside the book: each with whose it is, by what text, and what reckons it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from agents.measures.book.measure import Provenance
from agents.measures.command import TARGETS, read_targets
from agents.measures.kpi import title_of
from streams import toml
from streams.messages import Text
from streams.messages.outputs.order import Basis

FILE = Path(__file__).with_name("reckoned.toml")

UNMEASURED = Path(__file__).with_name("unmeasured.toml")

Reckoner = Literal["alarms", "recurrence", "calls", "sources"]
"""What reckons a measure: a module of this folder, or `agents.measures.recurrence`."""

ReckonedBy = Literal["unit", "district", "domain", "month", "hour", "rule", "source", "kind"]
"""What makes a row; `source`: as events name it; `hour`: by when it began, what the sums are made of."""

WAYS: Mapping[Reckoner, tuple[ReckonedBy, ...]] = {
    "alarms": ("unit", "district", "domain", "rule"),
    "recurrence": ("kind",),
    "calls": ("unit", "district", "month", "hour"),
    "sources": ("source", "unit", "district", "domain", "month"),
}
"""By what each can be told, the first where nothing else is asked for."""


MONTHLY: frozenset[Reckoner] = frozenset({"calls", "sources"})
"""Those that are told of months."""


class ReckonedRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measure: `figure` is which of its reckoner's; `mark` as in the book.

    `target`, `limit`: what is acceptable, and the most that can be managed, in its unit.
    """

    name: Text
    what: Text
    reckoner: Reckoner
    figure: str
    unit: str = "%"
    direction: Literal["higher", "lower"]
    target: float | None = None
    limit: float | None = None
    provenance: Provenance
    source: Text
    mark: Basis


class UnmeasuredRow(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for elsewhere and not measured here, and what that would need."""

    name: Text
    needs: Text


@cache
def unmeasured() -> Mapping[str, UnmeasuredRow]:
    """All of them by id."""
    return msgspec.convert(toml.loads(UNMEASURED.read_text("utf-8")), dict[str, UnmeasuredRow])


@cache
def reckoned() -> Mapping[str, ReckonedRow]:
    """All of them by id: those of alarms are what `targets.toml` has, `alarm-` before the name."""
    targets = read_targets(TARGETS)
    rows = msgspec.convert(toml.loads(FILE.read_text("utf-8")), dict[str, ReckonedRow])
    return rows | {
        f"alarm-{name}": ReckonedRow(
            name=title_of(targets, each),
            what=Text(
                "每个值班台或者区县、领域、规则，见告警系统绩效", "By desk, district, domain or rule: see alarm performance"
            ),
            reckoner="alarms",
            figure=name,
            unit=each.unit,
            direction="higher" if each.comparison == "at least" else "lower",
            target=each.target,
            limit=each.limit,
            provenance="本系统自定",
            source=Text(
                f"{each.clause}（标准为付费文本，数字据公开引用）",
                f"{each.clause} (a sold text, its numbers as public sources quote them)",
            ),
            mark="likely",
        )
        for name, each in targets.measure.items()
    }
