"""What the cyber domain judges with a memory of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

from agents.core.judge import Judge
from agents.core.rules.rule import Binding
from agents.domains.cyber.breach import Breach
from agents.domains.cyber.each import OneByOne
from agents.domains.cyber.kept import kept
from agents.domains.cyber.payload import Probe, ServiceState, SiteDay
from agents.domains.cyber.usual import Usual
from agents.domains.cyber.week import Week


def check_site_day(data: SiteDay, at: int) -> list[tuple[str, str, str]]:  # noqa: ARG001 - the contract of a check
    """Whether no more visits failed than there were."""
    if data.failed <= data.visits:
        return []
    return [("", "$.data.failed", f"{data.failed} of {data.visits} visits failed")]


def probe_status(data: Probe, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - the contract of a status
    """Seconds until the home page stood there."""
    return {"seconds": data.seconds}


def service_status(data: ServiceState, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - as above
    """Whether the part of the system that was told of last works."""
    return {data.part: "working" if data.working else "out"}


JUDGES: dict[str, Callable[[Binding], Judge]] = {
    "breach": Breach,
    "each": OneByOne,
    "kept": kept,
    "usual": Usual,
    "week": Week,
}
"""The domain's own judges, named `cyber:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {"site_day": check_site_day}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], dict[str, float | int | str | None]]] = {
    "probe": probe_status,
    "service_state": service_status,
}
"""The newest values for the wall, by kind."""
