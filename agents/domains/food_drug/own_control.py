"""Judge `filed-where`: a record that is due in every day, week or month, of those subjects alone that the duty binds."""

from typing import Any

import msgspec
from msgspec import structs

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Where, matcher
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.filed import Filed


class FiledWhere(Filed):
    """The judge `filed` with `where`: facts that do not equal it mean nothing (`facts.traits.enterprise`)."""

    def __init__(self, binding: Binding) -> None:
        where = msgspec.convert(binding.params.get("where", {}), Where)
        super().__init__(structs.replace(binding, params={"level": binding.params.get("level")}))
        self._matches = matcher(binding, where, binding.kinds)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A record of one whom the duty binds."""
        if self._matches is not None and not self._matches(subject, data):
            return None
        return super().read(subject, kind, data, at)
