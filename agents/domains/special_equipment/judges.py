"""What the domain of special equipment judges with a memory of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

from agents.core.dates import moment, validity
from agents.core.judge import Judge
from agents.core.judges.parts.filed import Filed
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.accident import Graded, Understated, Unreported
from agents.domains.special_equipment.barred import Rested, Unfit
from agents.domains.special_equipment.dated import Awaited, Each
from agents.domains.special_equipment.directive import Directive
from agents.domains.special_equipment.in_use import RunningBand, Share, Unregistered, UsedLimit, Valve
from agents.domains.special_equipment.payload import (
    Accident,
    BoilerState,
    Calibration,
    CraneState,
    Handling,
    LiftState,
    Operation,
    Order,
    Seizure,
    VehicleState,
    VesselState,
)
from agents.domains.special_equipment.period import Counting
from agents.domains.special_equipment.safety_code import Code
from agents.domains.special_equipment.stranded import Stranded
from agents.domains.special_equipment.travel import Travel
from agents.domains.special_equipment.unapplied import Unapplied
from agents.domains.special_equipment.untried import Untried
from streams.messages import format_time

Row = tuple[str, str, str]
Values = dict[str, float | int | str | None]


def check_accident(data: Accident, at: int) -> list[Row]:
    """Whether the moment of an accident can be read, and is not after the fact that tells of it."""
    occurred = moment(data.occurred)
    if occurred is None:
        return [("DQ-15", "$.data.occurred", f"no time: write it like {format_time(at)}")]
    return [("", "$.data.occurred", "after the fact itself")] if occurred > at else []


def check_order(data: Order, at: int) -> list[Row]:  # noqa: ARG001 - the contract of a check
    """Whether an order that is issued sets a day that there is."""
    if data.step != "issued" or validity(data.until) is not None:
        return []
    return [("DQ-15", "$.data.until", "no day: an order that is issued sets one")]


def check_calibration(data: Calibration, at: int) -> list[Row]:  # noqa: ARG001 - as above
    """Whether a calibration is valid until a day that there is."""
    if data.step == "removed" or validity(data.until) is not None:
        return []
    return [("DQ-15", "$.data.until", "no day: a calibration is valid until one")]


def check_operation(data: Operation, at: int) -> list[Row]:  # noqa: ARG001 - as above
    """Whether a certificate is valid until a day that there is."""
    if data.certificate == "none" or validity(data.until) is not None:
        return []
    return [("DQ-15", "$.data.until", "no day: a certificate is valid until one")]


def check_since(data: Seizure | Handling, at: int) -> list[Row]:
    """Whether a step that is told later names a day that there is, and not after the fact."""
    if not data.since:
        return []
    since = moment(data.since)
    if since is None:
        return [("DQ-15", "$.data.since", "no day: write the day of the step, or leave it out")]
    return [("", "$.data.since", "after the fact itself")] if since > at else []


def lift_status(data: LiftState, at: int) -> Values:  # noqa: ARG001 - the contract of a status
    """Whether it travels, and its door."""
    return {"running": "yes" if data.running else "no", "door": data.door, "mode": data.mode}


def boiler_status(data: BoilerState, at: int) -> Values:  # noqa: ARG001 - as above
    """Steam pressure (MPa) and water level."""
    return {"pressure": data.pressure, "water": data.water}


def vessel_status(data: VesselState, at: int) -> Values:  # noqa: ARG001 - as above
    """Pressure (MPa) and temperature (°C)."""
    return {"pressure": data.pressure, "temperature": data.temperature}


def vehicle_status(data: VehicleState, at: int) -> Values:  # noqa: ARG001 - as above
    """Slope of its way in percent."""
    return {"slope": data.slope}


def crane_status(data: CraneState, at: int) -> Values:  # noqa: ARG001 - as above
    """Load in percent of the rated one."""
    return {"load_percent": data.load_percent}


JUDGES: dict[str, Callable[[Binding], Judge]] = {
    "awaited": Awaited,
    "code": Code,
    "each": Each,
    "filed": Filed,
    "grade": Graded,
    "directive": Directive,
    "period": Counting,
    "rested": Rested,
    "running_band": RunningBand,
    "share": Share,
    "stranded": Stranded,
    "travel": Travel,
    "unapplied": Unapplied,
    "understated": Understated,
    "unfit": Unfit,
    "unregistered": Unregistered,
    "unreported": Unreported,
    "untried": Untried,
    "used_limit": UsedLimit,
    "valve": Valve,
}
"""The domain's own judges, named `special_equipment:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[Row]]] = {
    "accident": check_accident,
    "calibration": check_calibration,
    "handling": check_since,
    "operation": check_operation,
    "order": check_order,
    "seizure": check_since,
}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], Values]] = {
    "boiler_state": boiler_status,
    "crane_state": crane_status,
    "lift_state": lift_status,
    "vehicle_state": vehicle_status,
    "vessel_state": vessel_status,
}
"""The newest values for the wall, by kind."""
