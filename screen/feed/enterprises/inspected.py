"""The inspections of each enterprise in the calendar year, and its class of credit risk, as they were imported. Pure."""

from typing import ClassVar, TypeVar

from msgspec import Struct, field

from screen.feed.sharded import Sharded
from screen.feed.view import Slice, View
from streams.messages import SubjectStatus, begin_of, day_of

Value = TypeVar("Value")

INSPECTION, ENTERPRISE = "inspection", "enterprise"
"""The kinds of subjects of the service domain that tell of them."""

MOST = 200_000
"""Enterprises that are remembered; those that come beyond are counted (a choice: some 100 MB)."""

MOST_EACH = 60
"""Inspections of one enterprise that are remembered, the newest: more than one a week. A choice."""


MOST_OWNED = 2_000
"""Subjects of one enterprise that are remembered; a choice: more than a chain of shops, or an owner of lifts, has in a city."""


class Inspected(Struct, frozen=True, gc=False):
    """One inspection: by whom, of which list; `month` when it was planned; `day` when it was made, empty while it was not.

    `sort`: routine, special or case, with its `cause`; `result`: as the platform publishes it.
    """

    subject: str
    organ: str
    adcode: str
    month: str = ""
    task: str = ""
    items: str = ""
    joint: bool = False
    day: str = ""
    sort: str = ""
    cause: str = ""
    result: str = ""

    @property
    def year(self) -> int:
        """The calendar year that it counts in: when it was made, else when it is planned."""
        return int((self.day or self.month)[:4])


class Credit(Struct, frozen=True, gc=False):
    """A class of credit risk (信用风险分类): by which system and edition of its index, since when, and who gave it."""

    grade: str
    system: str
    day: str
    edition: str
    by: str


class Enterprises(Slice):
    """`inspections` and `credits` by 统一社会信用代码; `beyond`: how much was not taken because there is too much.

    `codes`: whose each inspection was said to be, for a correction may name another enterprise; `owned`: the subjects whose
    register has named an enterprise, which the newest may not do any more.

    Of inspections those of this calendar year, and of the next, stand. Reads no other slice; dispatch sheet and press ask.
    """

    TAKES: ClassVar[tuple[type, ...]] = (SubjectStatus,)

    inspections: Sharded[tuple[Inspected, ...]] = field(default_factory=Sharded)
    credits: Sharded[Credit] = field(default_factory=Sharded)
    codes: Sharded[str] = field(default_factory=Sharded)
    owned: Sharded[frozenset[str]] = field(default_factory=Sharded)
    beyond: int = 0
    year: int = 0

    def take(self, message: SubjectStatus, view: View) -> None:
        """Remember an inspection, or a class, in place of what was known of it, and whose a subject is."""
        if isinstance(message.owner, str):
            self._own(message.owner, message.subject)
        if message.domain != "service":
            return
        if message.kind == INSPECTION and (found := _inspection(message)):
            self._put(str(message.values["enterprise"]), found)
        elif message.kind == ENTERPRISE and isinstance(message.owner, str) and message.values.get("grade"):
            self._room(self.credits, message.owner, Credit(*(_text(message, name) for name in Credit.__struct_fields__)))

    def forget(self, now: int) -> None:
        """At the turn of the year let go of what was inspected before."""
        year = day_of(now).year if now else 0
        if not year or year == self.year:
            return
        self.year = year
        for code in list(self.inspections):
            kept = tuple(each for each in self.inspections.get(code) or () if each.year >= year)
            self._keep(code, kept)

    def _put(self, code: str, found: Inspected) -> None:
        before = self.codes.get(found.subject) or code
        self._keep(before, tuple(each for each in self.inspections.get(before) or () if each.subject != found.subject))
        if found.year >= self.year:
            known = (*(self.inspections.get(code) or ()), found)
            self._room(self.inspections, code, tuple(sorted(known, key=lambda each: each.day or each.month)[-MOST_EACH:]))
            self.codes.put(found.subject, code)

    def _keep(self, code: str, kept: tuple[Inspected, ...]) -> None:
        for each in self.inspections.get(code) or ():
            if each not in kept:
                self.codes.drop(each.subject)
        if kept:
            self.inspections.put(code, kept)
        else:
            self.inspections.drop(code)

    def _own(self, code: str, subject: str) -> None:
        known = self.owned.get(code) or frozenset()
        if subject in known:
            return
        if len(known) < MOST_OWNED:
            self._room(self.owned, code, known | {subject})
        else:
            self.beyond += 1

    def _room(self, known: Sharded[Value], code: str, value: Value) -> None:
        if code in known or len(known) < MOST:
            known.put(code, value)
        else:
            self.beyond += 1


def _inspection(message: SubjectStatus) -> Inspected | None:
    """What a status says of an inspection; None where it names no enterprise, organ or time. ValueError: its day is none."""
    said = {name: _text(message, name) for name in ("organ", "month", "task", "items", "day", "sort", "cause", "result")}
    if not (message.values.get("enterprise") and said["organ"] and (said["day"] or said["month"])):
        return None
    if said["day"]:
        begin_of(said["day"])
    return Inspected(message.subject, adcode=message.adcode, joint=bool(message.values.get("joint")), **said)


def _text(message: SubjectStatus, name: str) -> str:
    value = message.values.get(name)
    return value if isinstance(value, str) else ""
