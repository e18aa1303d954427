"""Which alerts may be an event that must be reported at once (先报告): `report_first.toml`, read once.

突发事件应对法 17, 61: an order is not the road for an emergency; it is reported at once, by telephone, and reported on.
"""

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from streams import toml
from streams.messages import Phase, Severity, Text
from streams.messages.outputs.order import Basis

FILE = Path(__file__).with_name("report_first.toml")


class ReportFirst(Struct, frozen=True, forbid_unknown_fields=True):
    """An event: of a domain, at these severities, while it lasts; empty `rule`: whichever rule found it.

    `title` is what stands above the press, `basis` the law, `mark` how sure it is that such an alert is such an event.
    """

    domain: str
    severity: tuple[Severity, ...]
    title: Text
    basis: str
    mark: Basis
    rule: tuple[str, ...] = ()


class _Sheet(Struct, frozen=True, forbid_unknown_fields=True):
    event: tuple[ReportFirst, ...]


@cache
def report_first(path: Path = FILE) -> tuple[ReportFirst, ...]:
    """All rows; ValueError names the file and what is wrong."""
    try:
        return msgspec.convert(toml.loads(path.read_text("utf-8")), _Sheet).event
    except (OSError, toml.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None


def must_report(domain: str, rule: str, severity: Severity, phase: Phase) -> ReportFirst | None:
    """The row that an alert falls under; None where it is after the fact, or nothing says that it is reported at once."""
    if phase != "in-process":
        return None
    fits = (each for each in report_first() if each.domain == domain and severity in each.severity)
    return next((each for each in fits if not each.rule or rule in each.rule), None)
