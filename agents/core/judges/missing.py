"""Stock judge `missing`: a subject that has fallen silent."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Where, counting, matcher, number, reach
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.tiers import Tier, Tiers
from agents.core.rules.guard import ALWAYS, Guard, Remembers, all_of
from agents.core.rules.rule import Binding
from streams.messages import DAY, HOUR, NEVER, SECOND

LONGEST = 366 * DAY // SECOND
"""The longest reporting interval (seconds) that a register is believed."""


class MissingParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long without a fact is still allowed, counted from the event time of the newest one that counts.

    `after` (`15m`) or `after_hours`; with `interval`, a path to the subject's own reporting interval in seconds
    (`facts.traits.interval`), it is `times` that interval, and `after` only where the subject has none. A tier's `after` is
    the length of the silence.
    """

    after: str = ""
    after_hours: Annotated[float, Meta(gt=0, le=8_784)] | None = None
    interval: str = ""
    times: Annotated[float, Meta(gt=0, le=1_000)] = 3
    where: Where = {}
    tiers: tuple[Tier, ...] = ()


class Silence(Struct, array_like=True):
    """`at`: event time (ms) of the newest fact that counts; since when (ms) the silence is too long; when it was told.

    Where every fact of the subject counts, the newest one is known anyway: this is remembered only while the silence is too
    long.
    """

    at: int
    opened_at: int | None = None
    told: int = 0


class Missing:
    """Opens when more than the allowed time has passed since the newest fact, and closes with the next newer one.

    The value is the length of the silence in hours. A subject that was never heard is not judged: add `registered` to `on` to
    count from its registration.

    >>> from agents.core.judges.parts.example import example
    >>> example(Missing, {"after": "10s"}, (0, {}), (10, None), (36, None), (37, {}))
    ['36: stands 0.01', '37: over']
    """

    timed = True
    hears = True
    Memory: type[Struct] | None = Silence

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, MissingParams)
        if params.after and params.after_hours is not None:
            raise ValueError("give `after` or `after_hours`, not both")
        if not (params.after or params.after_hours or params.interval):
            raise ValueError("give `after` or `after_hours`: how long without a fact is allowed")
        self.key = binding.key
        self._kinds = binding.kinds
        self._binding, self._where = binding, params.where
        self._matches = matcher(binding, params.where)
        self._registered = all(path.startswith("facts.") for path in params.where)
        self._after = span(params.after) if params.after else round((params.after_hours or 0) * HOUR)
        self._interval = reach(binding, params.interval) if params.interval else None
        self._times = params.times
        self._tiers = Tiers(binding, params.tiers, lambda value, limit: value > limit, down=False)
        self._all = list(range(len(params.tiers)))
        self._law = InForce(binding)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count; where all do, only while the silence is too long."""
        return all_of(Remembers() if self._registered else ALWAYS, counting(self._binding, self._where, kind))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """A fact ends the silence, unless it is older than what is known."""
        if self._matches is not None and not self._matches(subject, data):
            return None
        silence: Silence | None = subject.memory.get(self.key)
        if silence is None:
            if not self._registered:
                subject.memory[self.key] = Silence(at)
            return None
        if at <= silence.at:
            return None
        silence.at, opened_at = at, silence.opened_at
        if opened_at is None:
            return None
        silence.opened_at = None
        if self._registered:
            del subject.memory[self.key]
        return Finding(active=False, opened_at=opened_at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The silence has become too long, or as long as the next tier."""
        silence: Silence | None = subject.memory.get(self.key)
        allowed = self._allowed(subject)
        if (silence is None or silence.opened_at is None) and (early := self._law.early(subject, now)):
            return early
        if silence is None:
            at = self._heard(subject)
            if at is None:
                return None
            silence = subject.memory[self.key] = Silence(at)
        if silence.opened_at is None:
            silence.opened_at = max(silence.at + allowed, self._law.since(subject))
        silence.told = now
        return Finding(
            active=True,
            opened_at=silence.opened_at,
            value=(now - silence.at) / HOUR,
            limit=allowed / HOUR,
            severity=self._tiers.severity(self._all, now - silence.at),
        )

    def due(self, subject: Subject) -> int:
        """The first moment after the allowed silence, then when the next tier is reached."""
        silence: Silence | None = subject.memory.get(self.key)
        if silence is not None and silence.opened_at is not None:
            longer = self._tiers.due(self._all, silence.told - silence.at)
            return NEVER if longer is None else silence.at + longer
        at = self._heard(subject) if silence is None else silence.at
        if at is None:
            return NEVER
        allowed = self._after if self._interval is None else self._allowed(subject)
        if subject.early and self.key in subject.early:  # told that there is no law yet: the next moment is when there is
            return max(at + allowed + 1, self._law.since(subject)) if allowed else NEVER
        return at + allowed + 1 if allowed else NEVER

    def _heard(self, subject: Subject) -> int | None:
        """The event time (ms) of the newest fact, where all of the subject's facts count and are not remembered here."""
        if not self._registered or (self._matches is not None and not self._matches(subject, None)):
            return None
        at = None
        for kind in self._kinds:
            newest = subject.latest.get(kind)
            if newest is not None and (at is None or newest.at > at):
                at = newest.at
        return at

    def _allowed(self, subject: Subject) -> int:
        if self._interval is None:
            return self._after
        seconds = number(self._interval(subject, None))
        return self._after if seconds is None or seconds <= 0 else round(min(seconds, LONGEST) * self._times * SECOND)
