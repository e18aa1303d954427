"""What the food and drug domain judges with a memory or arithmetic of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

from agents.core.alerts.state import Subject
from agents.core.dates import ends, moment, validity
from agents.core.judge import Finding, Judge
from agents.core.judges.event import Event
from agents.core.judges.parts.filed import Filed
from agents.core.rules.rule import Binding, adcode_of, in_force
from agents.domains.food_drug.amended import Amended
from agents.domains.food_drug.faults import Early, Fine, Late, Signal
from agents.domains.food_drug.gap import Gap
from agents.domains.food_drug.labelled import Labelled
from agents.domains.food_drug.offence import Offence
from agents.domains.food_drug.paired import Paired
from agents.domains.food_drug.payload import DrugClimate, FoodClimate, FridgeDay, RecheckApplication, VaccineClimate
from streams.messages import format_time

Row = tuple[str, str, str]
Values = dict[str, float | int | str | None]


class EventInForce(Event):
    """The stock judge `event`, for a duty that is new law: facts before its first edition is in force mean nothing."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._editions = binding.editions

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact that opens, or one that closes."""
        return super().read(subject, kind, data, at) if in_force(self._editions, at, adcode_of(subject.facts)) else None


class Sold(Event):
    """The stock judge `event`, which only a check of stock closes that finds nothing past its last day left for sale."""

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A sale, or a check of stock."""
        past = ends(data.earliest) if kind == "stock_check" else None
        return None if past is not None and past <= at else super().read(subject, kind, data, at)


def check_days(*fields: str) -> Callable[[Any, int], list[Row]]:
    """A check that fields hold a day that there is, where they hold one."""

    def check(data: Any, at: int) -> list[Row]:  # noqa: ARG001 - the same for all checks
        days = {field: getattr(data, field) for field in fields}
        wrong = [field for field, day in days.items() if day is not None and validity(day) is None]
        return [("DQ-15", f"$.data.{field}", "no day of the calendar") for field in wrong]

    return check


def check_recheck_application(data: RecheckApplication, at: int) -> list[Row]:
    """Whether the moment at which the conclusion came can be read, and was before the application."""
    received = moment(data.received)
    if received is None:
        return [("DQ-15", "$.data.received", f"no time: write it like {format_time(at)}")]
    return [("", "$.data.received", "after the application itself")] if received > at else []


def drug_climate_status(data: DrugClimate, at: int) -> Values:  # noqa: ARG001 - the same for all kinds
    """The newest values for the wall: °C and % of both probes."""
    return {name: getattr(data, name) for name in ("temperature", "temperature_2", "humidity", "humidity_2")}


def food_climate_status(data: FoodClimate, at: int) -> Values:  # noqa: ARG001 - the same for all kinds
    """The newest temperature, °C."""
    return {"temperature": data.temperature}


def fridge_day_status(data: FridgeDay, at: int) -> Values:  # noqa: ARG001 - the same for all kinds
    """Minutes out of range today, and the extremes in °C."""
    return {name: getattr(data, name) for name in ("above_minutes", "below_minutes", "minimum", "maximum")}


def vaccine_climate_status(data: VaccineClimate, at: int) -> Values:  # noqa: ARG001 - the same for all kinds
    """The newest temperature, °C."""
    return {"temperature": data.temperature}


JUDGES: dict[str, Callable[[Binding], Judge]] = {
    "amended": Amended,
    "early": Early,
    "event-in-force": EventInForce,
    "filed": Filed,
    "fine": Fine,
    "gap": Gap,
    "labelled": Labelled,
    "late": Late,
    "offence": Offence,
    "paired": Paired,
    "signal": Signal,
    "sold": Sold,
}
"""The domain's own judges, named `food_drug:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[Row]]] = {
    "disposal": check_days("since", "expires"),
    "follow_up": check_days("until"),
    "inspection": check_days("mend_by"),
    "recall": check_days("until"),
    "recheck_application": check_recheck_application,
    "sale": check_days("expires"),
    "sample": check_days("agreed"),
    "stock_check": check_days("earliest"),
}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], Values]] = {
    "drug_climate": drug_climate_status,
    "food_climate": food_climate_status,
    "fridge_day": fridge_day_status,
    "vaccine_climate": vaccine_climate_status,
}
"""The newest values for the wall, by kind."""
