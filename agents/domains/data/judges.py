"""What the domain of the data judges beside the stock judges: nothing so far."""

from collections.abc import Callable
from typing import Any

from agents.core.judge import Judge
from agents.core.rules.rule import Binding

JUDGES: dict[str, Callable[[Binding], Judge]] = {}
"""The domain's own judges, named `data:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], dict[str, float | int | str | None]]] = {}
"""The newest values for the wall, by kind."""
