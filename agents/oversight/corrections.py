"""Which figures of past months have changed, by which case, and by which act of its trail. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agents.measures.cases.case import OF_FACTS
from agents.measures.cases.made import topic_of
from agents.measures.ledger import CaseChange, CountedCase, Ledger
from agents.measures.months import month_of, month_text
from agents.oversight.bodies import StandingBodies
from streams.messages import Order, OrderAudit, OrderLine, format_time
from streams.oversight.wire import Correction, FigureScope, HowCounted

KEPT = 10_000
"""So many corrections are kept; 本系统默认 (a default of this system)."""

OF_FACT = "fact"
"""Why a case counts otherwise that facts make."""

LOOKED_BACK = 64
"""Among so many of the newest one is looked for to which an act belongs that is told after what it did."""


class KeptCorrection(Struct):
    """A correction with what it is asked by; `n`: the entry of the trail that says why, 0 where time did it."""

    told: Correction
    n: int
    district: str
    domain: str
    kind: str
    matter: str


class Corrections:
    """The newest corrections. `acts`: of each order the newest entry of its trail, and the act that it tells."""

    def __init__(self, kept: Iterable[KeptCorrection] = ()) -> None:
        self.kept: deque[KeptCorrection] = deque(kept, maxlen=KEPT)
        self._acts: dict[str, tuple[int, str]] = {}

    def take(self, message: Order | OrderLine | OrderAudit) -> None:
        """Know which act an entry tells of, for what it did, told before or after it."""
        if not isinstance(message, OrderAudit):
            return
        act = message.verb if message.event == "step" else message.event
        if message.n >= self._acts.get(message.order, (0, ""))[0]:
            self._acts[message.order] = message.n, act
        for _, each in zip(range(LOOKED_BACK), reversed(self.kept), strict=False):
            if (each.told.order, each.n) == (message.order, message.n) and not each.told.why:
                each.told = replace(each.told, why=act)

    def add(self, ledger: Ledger, changes: Iterable[CaseChange], by: Order | OrderLine | OrderAudit | None) -> None:
        """Keep of some changes those of past months; `by`: what they came of, None: time. Medians move on, uncorrected."""
        month = month_text(month_of(ledger.now))
        for change in changes:
            before = change.before
            if before is None or before.cell.month >= month or ledger.book.measures[change.measure].moments:
                continue
            self.kept.append(self._kept(ledger, change, before, by))

    def forget(self, orders: Iterable[str]) -> None:
        """These orders are not known any more."""
        for order in orders:
            self._acts.pop(order, None)

    def asked(self, measure: str, scope: FigureScope, hidden: frozenset[str], bodies: StandingBodies) -> Iterator[Correction]:
        """Those of a measure (empty: of all) and a scope, the newest first, but of `hidden` orders; by no kinds of bodies."""
        pairs = (("district", scope.districts), ("domain", scope.domains), ("kind", scope.kinds), ("matter", scope.matters))
        wanted = [(name, words) for name, words in pairs if words is not None]
        own = None if scope.units is None else {bodies.standing(unit) for unit in scope.units}
        for each in reversed(self.kept):
            told = each.told
            units = {bodies.standing(how.unit) for how in (told.before, told.after) if how is not None}
            if (
                measure in {"", told.measure}
                and told.order not in hidden
                and (own is None or units & own)
                and all(getattr(each, name) in words for name, words in wanted)
            ):
                yield told

    def _kept(
        self, ledger: Ledger, change: CaseChange, before: CountedCase, by: Order | OrderLine | OrderAudit | None
    ) -> KeptCorrection:
        head = ledger.cases.get(change.case)
        if head is not None and head.of in OF_FACTS:
            told = _told(ledger, change, before, "", "", head.number, OF_FACT)
            return KeptCorrection(told, 0, before.cell.district, before.cell.domain, head.kind, "")
        name, _, line = change.case.partition("/")
        facts = ledger.facts.get(name)
        order = facts.order if facts else None
        n = 0 if by is None else by.n if isinstance(by, OrderAudit) else by.audit
        known, act = self._acts.get(name, (0, ""))
        told = _told(ledger, change, before, name, line, order.number if order else "", act if n and known == n else "")
        return KeptCorrection(told, n, before.cell.district, before.cell.domain, order.kind if order else "", topic_of(order))


def _told(ledger: Ledger, change: CaseChange, before: CountedCase, order: str, line: str, number: str, why: str) -> Correction:
    return Correction(
        at=format_time(ledger.now),
        measure=change.measure,
        order=order,
        line=line,
        number=number,
        before=_how(before),
        after=None if change.after is None else _how(change.after),
        why=why,
    )


def _how(counted: CountedCase) -> HowCounted:
    behind: Literal["numerator", "rest", "left-out"]
    behind = "left-out" if counted.excluded else "numerator" if counted.numerator else "rest"
    return HowCounted(unit=counted.cell.unit, month=counted.cell.month, behind=behind, reason=counted.excluded)
