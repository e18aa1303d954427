"""What the service domain judges with a memory of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

from agents.core.judge import Judge
from agents.core.rules.rule import Binding
from agents.domains.service.connected import Connected
from agents.domains.service.payload import Calls, Queue


def queue_status(data: Queue, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - the contract of a status
    """Minutes waited, and how many wait."""
    return {"minutes": data.minutes, "waiting": data.waiting}


def calls_status(data: Calls, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - as above
    """Share of calls answered, percent."""
    return {"answered": data.answered}


JUDGES: dict[str, Callable[[Binding], Judge]] = {"connected": Connected}
"""The domain's own judges, named `service:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], dict[str, float | int | str | None]]] = {"queue": queue_status, "calls": calls_status}
"""The newest values for the wall, by kind."""
