"""A duty whose law was amended, or whose end an authority sets: each of its starts says in which days it counts."""

from datetime import date
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.duty import Duties, Duty, DutyParams, Side, listed, sides
from agents.core.judges.parts.fields import reach
from agents.core.rules.rule import Binding
from streams.messages import NEVER


class DatedSide(Side, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A start of the days from `since` on and before `to`, by the text of the law in force then.

    `from`: a path to a moment, or a day from its beginning, which is still to come, and from which `within` is counted: the day
    that an authority has set. A fact without it is no such start; an act ahead of that day fulfils.
    """

    since: date | None = None
    to: date | None = None
    start: str = msgspec.field(name="from", default="")


class AmendedParams(DutyParams, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `duty`; `starts` in the order in which they are tried."""

    starts: tuple[DatedSide, ...]


class Amended(Duty):
    """The stock judge `duty`, where the start depends on the day: what began by the old text ends by it."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, AmendedParams)
        own = ("since", "to", "start")
        plain = [{key: each for key, each in asdict(side).items() if key not in own} for side in params.starts]
        super().__init__(replace(binding, params=binding.params | {"starts": plain}))
        self._starts, self._acts = sides(binding, params.starts), sides(binding, listed(params.done))
        self._kinds = [side.kind for side in params.starts]
        self._days = [(moment(side.since) or -NEVER, moment(side.to) or NEVER) for side in params.starts]
        self._from = [reach(binding, side.start, [side.kind]) if side.start else None for side in params.starts]

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """As `duty`; an act also fulfils a duty of its own whose day is still to come."""
        memory: Duties | None = subject.memory.get(self.key)
        if memory is not None:
            for place, matches in self._acts.get(kind, ()):
                if matches is None or matches(subject, data):
                    _lift(memory, self._act_by[place](subject, data), at)
                    break
        return super().read(subject, kind, data, at)

    def _begin(self, memory: Duties, subject: Subject, data: Any, at: int, place: int) -> Finding | None:
        """Begin the duty by the first start of that day, unless it was done since."""
        for each, matches in self._starts[self._kinds[place]]:
            since, to = self._days[each]
            get = self._from[each]
            if since <= at < to and (matches is None or matches(subject, data)) and (get is None or moment(get(subject, data))):
                by = self._start_by[each](subject, data)
                ahead = get is not None and memory.acts.get(by, -NEVER) > at
                return None if ahead else super()._begin(memory, subject, data, at, each)
        return None


def _lift(memory: Duties, by: str, at: int) -> None:
    """Take out what is whose and has a day to come; nothing was told of it yet."""
    waiting = memory.pending.get(by, [])
    left = [each for each in waiting if each.start <= at]
    memory.count -= len(waiting) - len(left)
    if left:
        memory.pending[by] = left
    elif waiting:
        del memory.pending[by]
