"""What raises in the golden log: judges and a check of its own, which its rule books name and no product file holds.

The numbers at which the judges raise stand in the books, so that an adopted book puts them right. The check is never put right.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from agents.core.alerts.state import Subject
from agents.core.judge import Finding, Judge
from agents.core.judges import STOCK
from agents.core.rules.rule import Binding
from agents.domains.environment import judges as environment
from agents.domains.service import judges as service

BAD_OZONE = 13.0
"""The ozone value (µg/m³) at which the judges of the first book raise."""

BAD_QUEUE = 77.0
"""The minutes in a queue at which the check raises."""


class Failing:
    """A stock judge as a domain's own: it raises at one value of ozone, having lost its memory, or at every wake."""

    def __init__(self, stock: str, binding: Binding) -> None:
        params = dict(binding.params)
        self._value, self._wakes = params.pop("broken", None), bool(params.pop("broken_wakes", 0))
        self._inner: Judge = STOCK[stock](structs.replace(binding, params=params))
        self.key, self.timed, self.Memory = self._inner.key, self._inner.timed, self._inner.Memory
        self.due = self._inner.due

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """As the stock judge, but broken at one value."""
        if self._value is not None and getattr(data, "o3", None) == self._value:
            subject.memory.pop(self.key, None)
            raise ZeroDivisionError("no such hour")
        return self._inner.read(subject, kind, data, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """As the stock judge, but broken."""
        if self._wakes:
            raise KeyError("time")
        return self._inner.wake(subject, now)


def _check_queue(data: Any, at: int) -> list[tuple[str, str, str]]:
    if data.minutes == BAD_QUEUE:
        raise LookupError("no such queue")
    return []


@contextmanager
def in_place() -> Iterator[None]:
    """Let books find the judges and the check as if the domains had them."""
    with pytest.MonkeyPatch.context() as patch:
        for stock in ("window", "missing", "limit"):
            patch.setitem(environment.JUDGES, f"failing-{stock}", partial(Failing, stock))
        patch.setitem(service.CHECKS, "queue", _check_queue)
        yield
