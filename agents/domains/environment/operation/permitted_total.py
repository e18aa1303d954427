"""What a source may discharge altogether: the sums of -Cou against the permit (许可排放量)."""

import msgspec
from msgspec import structs

from agents.core.judges.calendar_window import Calendar
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.window import WindowParams
from agents.core.rules.rule import Binding


class PermittedTotal(Calendar):
    """Like `window` for the sum of a month or year, against the registered limit `<item>.month` or `<item>.year`."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, WindowParams)
        super().__init__(binding, structs.replace(params, limit=0.0))
        self._limit = LimitSource(binding, "permit", f"{binding.item}.{params.over}")
