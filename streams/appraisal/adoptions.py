"""The versions of indexes as the log has them: who drafted one, who adopted it, and which one holds for which period.

Pure. One person drafts and another adopts, both of the measuring office. A period that has ended keeps what was adopted by
then: an index adopted later, from whatever month, changes no score of it.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from streams.appraisal.objections import not_the_office
from streams.messages import DAY, begin_of, parse_time
from streams.messages.services.appraisal import DraftStage, DraftStep, IndexStep

PeriodKind = Literal["month", "quarter", "year"]

_NEXT: Mapping[str, frozenset[DraftStage]] = {
    "": frozenset({"drafted"}),
    "drafted": frozenset({"adopted", "returned"}),
    "returned": frozenset({"drafted"}),
    "adopted": frozenset({"drafted"}),
}
"""Which steps may follow which; what is adopted may be drafted again, for another month."""


class AppraisalPeriod(Struct, frozen=True):
    """A period of an index: `2026-03`, `2026-Q1` or `2026`, with its first and last month."""

    name: str
    kind: PeriodKind
    since: str
    until: str

    @property
    def last(self) -> date:
        """Its last day, China Standard Time."""
        year, month = int(self.until[:4]), int(self.until[5:])
        return date(year, month, monthrange(year, month)[1])

    @property
    def end(self) -> int:
        """When it is over (ms): at 24:00 of its last day."""
        return begin_of(self.last) + DAY


def period(name: str) -> AppraisalPeriod:
    """The period of a name; ValueError where it is none.

    >>> period("2026-Q1").since, period("2026-Q1").until, period("2026").kind, period("2026-03").until
    ('2026-01', '2026-03', 'year', '2026-03')
    """
    year, _, rest = name.partition("-")
    if len(year) == 4 and year.isascii() and year.isdigit():
        if not rest and name == year:
            return AppraisalPeriod(name, "year", f"{year}-01", f"{year}-12")
        if rest in {"Q1", "Q2", "Q3", "Q4"}:
            first = 3 * int(rest[1]) - 2
            return AppraisalPeriod(name, "quarter", f"{year}-{first:02}", f"{year}-{first + 2:02}")
        if len(rest) == 2 and rest.isascii() and rest.isdigit() and 1 <= int(rest) <= 12:
            return AppraisalPeriod(name, "month", name, name)
    raise ValueError(f"{name!r} is no period: write 2026-03, 2026-Q1 or 2026")


class DraftVersion(Struct, frozen=True):
    """A version of an index or a baseline, its steps in order, of which a draft begins anew."""

    name: str
    version: str
    steps: tuple[DraftStep, ...]

    @property
    def state(self) -> DraftStage:
        """Its newest step."""
        return self.steps[-1].step


class Adopted(Struct, frozen=True):
    """That a version of an index or a baseline was adopted at a moment (ms).

    `since`: of an index from which month on it takes effect, of a baseline the first day of its window.
    """

    name: str
    version: str
    digest: str
    since: str
    at: int


def draft_versions(steps: Iterable[DraftStep], office: str) -> dict[tuple[str, str], DraftVersion]:
    """The versions by name and version, in the log's order; a step that may not be is passed over, as is a second copy.

    `steps`: of indexes alone, or of baselines alone.
    """
    found, _ = _walked(steps, office)
    return found


def adoptions(steps: Iterable[DraftStep], office: str) -> tuple[Adopted, ...]:
    """Every adoption, in the log's order: what was adopted stays so, whatever is drafted after it."""
    _, adopted = _walked(steps, office)
    return adopted


def _walked(steps: Iterable[DraftStep], office: str) -> tuple[dict[tuple[str, str], DraftVersion], tuple[Adopted, ...]]:
    found: dict[tuple[str, str], DraftVersion] = {}
    adopted: list[Adopted] = []
    for step in steps:
        if draft_refusal(found, step, office):
            continue
        name = step.name, step.version
        begun = found[name].steps if name in found and step.step != "drafted" else ()
        found[name] = DraftVersion(*name, (*begun, step))
        if step.step == "adopted":
            adopted.append(Adopted(*name, step.digest, step.since, parse_time(step.at)))
    return found, tuple(adopted)


def draft_refusal(known: Mapping[tuple[str, str], DraftVersion], step: DraftStep, office: str) -> str:
    """Why a step may not be done, or an empty text."""
    version = known.get((step.name, step.version))
    before = version.state if version else ""
    if not office or step.by.department != office:
        what = "indexes" if isinstance(step, IndexStep) else "baselines"
        return not_the_office(office, step.by, f"drafts and adopts {what}")
    if step.step not in _NEXT[before]:
        allowed = ", ".join(sorted(_NEXT[before]))
        return f"version {step.version} of {step.name} is {before or 'not drafted'}: what may follow is {allowed}"
    return "" if version is None or step.step == "drafted" else _after(version.steps[0], step)


def _after(draft: DraftStep, step: DraftStep) -> str:
    """Why what was drafted may not be adopted or returned so."""
    if step.drafted != draft.drafted:
        return f"version {step.version} was drafted as {draft.digest[:16]} from {draft.since}: adopt what was drafted"
    if step.step == "adopted" and step.by.id == draft.by.id:
        return f"{step.by.id!r} has drafted it: somebody else must adopt it"
    return ""


def holding(adopted: Iterable[Adopted], index: str, of: AppraisalPeriod) -> Adopted | None:
    """Which version of an index holds for a period: None where none was adopted before its end, to take effect by its begin.

    The one of the latest month goes first; of two of one month the one adopted later.
    """
    there = [each for each in adopted if each.name == index and each.since <= of.since and each.at < of.end]
    return max(there, key=lambda each: (each.since, each.at), default=None)


def held_at(adopted: Iterable[Adopted], baseline: str, at: int) -> Adopted | None:
    """Which version of a baseline holds at a moment (ms): the one adopted last by then, None where none was."""
    there = [each for each in adopted if each.name == baseline and each.at <= at]
    return max(there, key=lambda each: each.at, default=None)
