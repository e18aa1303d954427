"""Checks of what sources send: unknown codes, impossible values, zeros that are no measurement, bad frames, no times."""

from functools import lru_cache

from agents.core.dates import NO_TIME, moment
from agents.core.intake import NOTHING_TO_JUDGE, UNKNOWN_CODE
from agents.core.mend import SHOWN
from agents.domains.environment.operation.payload import DeviceMark, WorkMark
from agents.domains.environment.payload import Publication
from agents.domains.environment.source_codes import MARKS, NORMAL, faults, units_of
from agents.domains.environment.source_payload import (
    BadFrame,
    Factor,
    MaintenancePlan,
    RevisionReason,
    SourceData,
)
from streams.messages import NEVER

Found = list[tuple[str, str, str]]
"""Rows of (rule row, field, message)."""

BOUNDS = {"w01001": (0.0, 14.0), "a01002": (0.0, 100.0), "a01014": (0.0, 100.0), "a19001": (0.0, 25.0)}
"""What pH, relative humidity, flue humidity and oxygen (%) can be at all; air has 21 % of oxygen, an analyser drifts."""

NOT_NEGATIVE = ("w", "a05", "a2", "a3")
"""Codes of factors that begin so are amounts, which are 0 at least."""

TEMPERATURE = "w01010"

VALUES = ("rtd", "avg", "min", "max", "zs_rtd", "zs_avg")


def check_source(data: SourceData, at: int) -> Found:  # noqa: ARG001 - the contract of a check
    """Codes, marks and units that nobody knows, impossible values (DQ-05), all zero though all marked normal (DQ-18)."""
    found: Found = []
    silent = True
    for code, factor in data.factors.items():
        low, high, counts, unknown = _about(code[:SHOWN], factor.unit, factor.flag)
        if unknown:
            found += unknown
        if silent and counts and (factor.avg is not None or factor.flag not in NORMAL):
            silent = False  # nearly always by the first factor
        if not (  # in one expression: a step of a loop costs as much as the test
            ((value := factor.avg) is None or low <= value <= high)
            and ((value := factor.rtd) is None or low <= value <= high)
            and ((value := factor.min) is None or low <= value <= high)
            and ((value := factor.max) is None or low <= value <= high)
            and ((value := factor.zs_rtd) is None or low <= value <= high)
            and ((value := factor.zs_avg) is None or low <= value <= high)
        ):
            found += _impossible(code, factor)
    if len(data.factors) > 1 and all(map(_zero, data.factors.values())):
        found.append(("DQ-18", "$.data.factors", f"all {len(data.factors)} factors are 0 and marked N"))
    if silent and not any(map(_told, data.factors.items())):
        found.append((NOTHING_TO_JUDGE, "$.data.factors", "no known factor has a value or a mark other than N"))
    return found


def check_bad_frame(data: BadFrame, at: int) -> Found:  # noqa: ARG001 - the contract of a check
    """A frame that could not be read (DQ-09), or whose clock is wrong (DQ-10)."""
    row = "DQ-10" if data.reason == "clock" else "DQ-09"
    return [(row, "$.data", f"{data.reason}: {data.message} (MN {data.mn or 'unreadable'})")]


def check_maintenance_plan(data: MaintenancePlan, at: int) -> Found:  # noqa: ARG001 - the contract of a check
    """Whether both ends of the window are times."""
    return [("DQ-15", f"$.data.{name}", NO_TIME) for name, text in _ends(data).items() if moment(text) is None]


def check_mark(data: WorkMark | DeviceMark, at: int) -> Found:
    """Whether both ends are times, the end comes after the beginning, and nothing is marked that is still to come."""
    since, until = moment(data.since), moment(data.until) if data.until else NEVER
    found = [("DQ-15", f"$.data.{name}", NO_TIME) for name, time in (("since", since), ("until", until)) if time is None]
    if since is not None and until is not None and until <= since:
        found.append(("DQ-15", "$.data.until", "the mark ends before it begins"))
    if since is not None and since > at:
        found.append(("", "$.data.since", "it had not come yet"))
    return found


def check_revision_reason(data: RevisionReason, at: int) -> Found:
    """Whether the interval is a time, and had ended when the reason was filed."""
    return _ended("$.data.interval", data.interval, at)


def check_publication(data: Publication, at: int) -> Found:
    """Whether the period is a time, and, but for a forecast, had ended when it was published."""
    if data.report == "forecast":
        return [] if moment(data.covers) is not None else [("DQ-15", "$.data.covers", NO_TIME)]
    return _ended("$.data.covers", data.covers, at)


def _values(factor: Factor) -> tuple[float | None, ...]:
    """The values of a factor that were measured or computed from what was, in the order of VALUES."""
    return factor.rtd, factor.avg, factor.min, factor.max, factor.zs_rtd, factor.zs_avg


def _impossible(code: str, factor: Factor) -> Found:
    low, high = _bounds(code[:SHOWN])
    return [
        (
            "DQ-05",
            f"$.data.factors.{code[:SHOWN]}.{name}",
            f"{value}, which it cannot be",
        )
        for name, value in zip(VALUES, _values(factor), strict=True)
        if value is not None and not low <= value <= high
    ]


@lru_cache(maxsize=1_024)
def _bounds(code: str) -> tuple[float, float]:
    """What a factor of this code can be at all."""
    return BOUNDS.get(code, (0.0 if code.startswith(NOT_NEGATIVE) and code != TEMPERATURE else float("-inf"), float("inf")))


@lru_cache(maxsize=4_096)
def _about(code: str, unit: str, mark: str) -> tuple[float, float, bool, tuple[tuple[str, str, str], ...]]:
    """What a factor can be at all, whether rules read it where it has a value, and what of it nobody knows."""
    unknown = [(UNKNOWN_CODE, f"$.data.factors.{code}{below}", message) for below, message in faults(code, unit, mark)]
    return *_bounds(code), bool(units_of(code)) and mark in MARKS, tuple(unknown)


def _told(item: tuple[str, Factor]) -> bool:
    """Whether rules read anything of a factor: a value, or a mark that says why there is none."""
    code, factor = item
    _, _, counts, _ = _about(code[:SHOWN], factor.unit, factor.flag)
    return counts and (factor.flag not in NORMAL or any(value is not None for value in _values(factor)))


def _zero(factor: Factor) -> bool:
    if factor.flag != "N" or factor.avg or factor.rtd:
        return False
    values = [value for value in _values(factor) if value is not None]
    return bool(values) and not any(values)


def _ended(field: str, text: str, at: int) -> Found:
    time = moment(text)
    if time is None:
        return [("DQ-15", field, NO_TIME)]
    return [("", field, "it had not come yet")] if time > at else []


def _ends(data: MaintenancePlan) -> dict[str, str]:
    return {"since": data.since, "until": data.until}
