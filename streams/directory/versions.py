"""The versions of the directory as the log has them: who has done which step, what may be done next, what the law's days say.

Pure. A version is drafted, agreed by the department's head, who has both assessments made (令809 第十三条第一款), reviewed and
published by the authority (第十六条). Nobody does two steps of one draft, what was
published last is in force.
"""

from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from streams.calendar.time_limit import deadline, parse_limit
from streams.calendar.working_time import Calendar, midnight
from streams.messages import DAY, Text, format_time, parse_time
from streams.messages.services.catalogue import CatalogueStep, Stage

AUTHORITY = "zz-data"
"""政务数据共享主管部门: who reviews and publishes."""

UPDATE, MORE, PUBLISH = 10, 5, 2
"""Working days to bring it up to date, by which they are put off with consent, to review and publish (令809 第十七条)."""

NEXT: dict[str, frozenset[Stage]] = {
    "": frozenset({"drafted"}),
    "drafted": frozenset({"consented", "agreed", "returned"}),
    "consented": frozenset({"agreed", "returned"}),
    "agreed": frozenset({"reviewed", "returned"}),
    "reviewed": frozenset({"published", "returned"}),
    "returned": frozenset({"drafted"}),
    "published": frozenset({"drafted"}),
}
"""Which steps may follow which."""

STEPS: dict[str, Text] = {
    "drafted": Text("拟定", "Drafted"),
    "consented": Text("同意延期", "More time granted"),
    "agreed": Text("部门审核", "Agreed"),
    "reviewed": Text("主管部门审核", "Reviewed"),
    "published": Text("发布", "Published"),
    "returned": Text("退回", "Returned"),
}


class LawClock(Struct, frozen=True):
    """One of the law's days: its name, limit and source; when it began and ends (RFC 3339); when it was met; whether late.

    `left`: working days that are left after today, 0 on the last one; of one that is over how many have gone, negative.
    """

    name: Text
    limit: str
    source: Text
    start: str
    due: str
    met: str
    late: bool
    left: int


class DirectoryVersion(Struct, frozen=True):
    """A version: its steps in order, of which a draft begins anew."""

    version: str
    steps: tuple[CatalogueStep, ...]

    @property
    def state(self) -> Stage:
        """Its newest step."""
        return self.steps[-1].step

    def stamp(self, *steps: Stage) -> CatalogueStep | None:
        """Its newest step of these kinds since it was drafted last, None where there is none."""
        return next((each for each in reversed(self.steps) if each.step in steps), None)


def versions(steps: Iterable[CatalogueStep]) -> dict[str, DirectoryVersion]:
    """The versions by name, from their steps in the log's order; a step that may not be is passed over, as is a second copy."""
    found: dict[str, DirectoryVersion] = {}
    for step in steps:
        take_step(found, step)
    return found


def take_step(known: dict[str, DirectoryVersion], step: CatalogueStep) -> None:
    """Take a step into the versions that are known, where it may be done."""
    if not refusal(known, step):
        before = known.get(step.version)
        begun = () if before is None or step.step == "drafted" else before.steps
        known[step.version] = DirectoryVersion(step.version, (*begun, step))


def refusal(known: dict[str, DirectoryVersion], step: CatalogueStep) -> str:
    """Why a step may not be done, or an empty text."""
    version = known.get(step.version)
    before = version.state if version else ""
    if step.step not in NEXT[before]:
        allowed = ", ".join(sorted(NEXT[before]))
        return f"version {step.version} is {before or 'not drafted'}: what may follow is {allowed}, not {step.step}"
    if version and step.step != "drafted" and (why_not := _own(version, step)):
        return why_not
    if step.step == "agreed" and not (step.secrecy and step.impact):
        return "risk to secrets and impact on personal data are assessed first (令809 第十三条): say --secrecy and --impact"
    draft = version.stamp("drafted") if version else None
    if step.step == "consented" and not (draft and draft.since):
        return "no law or duty changed that this draft follows, so there are no days to put off (令809 第十七条)"
    if step.step in {"consented", "reviewed", "published"} and step.by.department != AUTHORITY:
        return f"{step.step} is the authority's alone ({AUTHORITY}, 令809 第十六条), not {step.by.department!r}"
    return ""


def _own(version: DirectoryVersion, step: CatalogueStep) -> str:
    """Why a step is not for this person: it did one of the same draft (consent apart), or is of another department."""
    if step.by.id in {each.by.id for each in version.steps if each.step != "consented"}:
        return f"{step.by.id!r} did a step of this draft: somebody else must do this one"
    draft = version.stamp("drafted")
    if step.step == "agreed" and draft and step.by.department != draft.by.department:
        return (
            f"the head of {draft.by.department!r} agrees, which has drafted it (令809 第十三条), not of {step.by.department!r}"
        )
    if step.step == "returned" and draft and step.by.department not in {draft.by.department, AUTHORITY}:
        return f"who sends back is of {draft.by.department!r} or {AUTHORITY!r}, not of {step.by.department!r}"
    return ""


def in_force(known: dict[str, DirectoryVersion]) -> DirectoryVersion | None:
    """The version published last, None before the first."""
    published = [each for each in known.values() if each.state == "published"]
    return max(published, key=lambda each: parse_time(each.steps[-1].at), default=None)


def clocks(version: DirectoryVersion, now: int, calendar: Calendar) -> tuple[LawClock, ...]:
    """The law's days of a version at `now` (ms): to bring it up to date, and for the authority to review and publish it.

    What is sent back has been reviewed: the days of the next draft begin with its own agreement.
    """
    found = []
    drafted, agreed, done = version.stamp("drafted"), version.stamp("agreed"), version.stamp("published", "returned")
    source = Text("政务数据共享条例（令809）第十七条", "Order 809 Art. 17")
    if drafted and drafted.since:
        name, met = Text("目录更新", "Bring up to date"), agreed.at if agreed else ""
        days = UPDATE + MORE if more_days(version, calendar) else UPDATE
        found.append(law_clock((name, days, source), drafted.since, met, now, calendar))
    if agreed:
        name, met = Text("审核发布", "Review and publish"), done.at if done else ""
        found.append(law_clock((name, PUBLISH, source), agreed.at, met, now, calendar))
    return tuple(found)


def more_days(version: DirectoryVersion, calendar: Calendar) -> bool:
    """Whether the time to bring it up to date is put off: the authority consented, and did so within the first days.

    That it must within them is this system's reading: what has run out cannot be put off.
    """
    drafted, consented = version.stamp("drafted"), version.stamp("consented")
    if drafted is None or consented is None or not drafted.since:
        return False
    first = deadline(parse_time(drafted.since), parse_limit(f"{UPDATE} civil-working-days"), calendar)
    return parse_time(consented.at) <= first.at


def law_clock(what: tuple[Text, int, Text], start: str, met: str, now: int, calendar: Calendar) -> LawClock:
    """The clock of a name, so many working days and their source, from `start` (RFC 3339), met then or not yet (empty)."""
    name, days, source = what
    limit = f"{days} civil-working-days"
    due = deadline(parse_time(start), parse_limit(limit), calendar).at
    until = parse_time(met) if met else now
    left = bisect_right(calendar.days, due - DAY) - bisect_right(calendar.days, midnight(until))
    return LawClock(name, limit, source, start, format_time(due), met, until > due, left)
