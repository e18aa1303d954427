"""What the domain of signs judges beside the stock judges: nothing so far."""

from collections.abc import Callable
from typing import Any

from agents.core.judge import Judge
from agents.core.rules.rule import Binding
from agents.domains.signs.payload import Figure

JUDGES: dict[str, Callable[[Binding], Judge]] = {}
"""The domain's own judges, named `signs:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {}
"""Checks of a payload and its event time, by kind."""


def figure_status(data: Figure, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - one shape for all kinds
    """The newest values for the wall."""
    return {"value": data.value, "state": data.state}


STATUS: dict[str, Callable[[Any, int], dict[str, float | int | str | None]]] = {"figure": figure_status}
"""The newest values for the wall, by kind."""
