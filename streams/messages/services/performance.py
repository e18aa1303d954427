"""How the alarm system does, measured: one message for each desk, district, domain and rule, with its targets and verdicts.

The figures are those of ANSI/ISA-18.2-2016 16.4 and EEMUA 191; `docs/operate/performance.md` says how each is counted.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.text import Text

Grouping = Literal["desk", "district", "domain", "rule"]
"""What alarms are measured together: those of a responsible department, of an adcode, of a domain, of a rule."""

Comparison = Literal["at most", "below", "at least", ""]
"""How a value must stand to its target; empty where there is none."""

Verdict = Literal["acceptable", "manageable", "exceeded", ""]
"""`manageable`: beyond the target, within the maximum; `exceeded`: beyond both. Empty where nothing is to be compared."""


class Measure(Struct, frozen=True, gc=False, kw_only=True):
    """One key performance indicator of a group: `value` in `unit`, None where there is nothing to reckon it from.

    `target` is what is acceptable, `limit` the most that can be managed where the clause has one.
    """

    name: str
    title: Text
    value: float | None
    unit: str
    comparison: Comparison
    target: float | None
    limit: float | None
    verdict: Verdict
    clause: str


class AlarmCount(Struct, frozen=True, gc=False):
    """How often one alarm (rule, subject and item) was annunciated in the period."""

    rule: str
    item: str
    subject: str
    count: Count


class StaleAlarm(Struct, frozen=True, gc=False):
    """An alert that stands annunciated and active for too long, and since when."""

    alert: str
    rule: str
    item: str
    subject: str
    since: Time


class TrueAlarms(Struct, frozen=True, gc=False, kw_only=True):
    """What verifications (核实) of a period came to, by occurrence the newest: 属实, 误报, 无法核实."""

    true: Count
    false: Count
    unclear: Count

    @property
    def share(self) -> float | None:
        """Percent of the alarms that could be verified that were true: 属实 / (属实 + 误报); None where there were none."""
        verified = self.true + self.false
        return 100 * self.true / verified if verified else None


class PutRight(Struct, frozen=True, gc=False, kw_only=True):
    """回头看: of the alarms of a period that an order has ended as put right (`ended`) those annunciated again since (`back`).

    It says nothing of anybody's honesty: 虚假 is a finding, and only a verification makes it (政府督查工作条例 16, 25).
    """

    ended: Count
    back: Count


class Performance(Struct, frozen=True, gc=False, kw_only=True):
    """The measures of one group from `since` to `until` (the log's time); the topic is compacted by `by`/`key`.

    `annunciations`: how many there were; `floods`: how many floods began, `flooded`: one goes on at `until`. `frequent`: the
    ten most frequent alarms, `chattering` and `stale` at most ten of those that are, the most frequent or the oldest first.
    `verified`: what verifications came to, `put_right`: what came back of what orders have put right, where there were any.
    """

    log: str
    by: Grouping
    key: str
    name: Text
    since: Time
    until: Time
    annunciations: Count
    floods: Count
    flooded: bool
    measures: tuple[Measure, ...]
    frequent: tuple[AlarmCount, ...]
    chattering: tuple[AlarmCount, ...]
    stale: tuple[StaleAlarm, ...]
    verified: TrueAlarms | UnsetType = UNSET
    put_right: PutRight | UnsetType = UNSET
