"""The duty table (值班表): which people are at a department's desk, by level of escalation and time, and how to reach them."""

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Annotated

from msgspec import Meta, Struct

from agents.notifications.hours import WEEK, Hours, shown
from streams.messages import Text

EVERYBODY = "*"
"""The department of a desk that answers for all departments without a desk of their own: the duty office (总值班室)."""

LEVELS = {1: Text("值班席", "desk"), 2: Text("科室负责人", "section head"), 3: Text("带班领导", "duty leader")}
"""Levels of escalation; that there are three is a choice."""

_Some = Annotated[tuple[str, ...], Meta(min_length=1)]


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person and the channels of the routes file that reach this person."""

    name: Text
    channels: _Some


class Shift(Hours, frozen=True, kw_only=True):
    """The people of one shift; `people` are keys of the table's people."""

    name: Text
    people: _Some


class DeskDuty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shifts of one department at one level: together they cover the week, and no minute twice."""

    department: str
    level: Annotated[int, Meta(ge=1, le=3)] = 1
    shifts: Annotated[tuple[Shift, ...], Meta(min_length=1)]


class DutyTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty table."""

    people: dict[str, Person]
    desks: tuple[DeskDuty, ...]

    def desk(self, department: str, level: int) -> DeskDuty | None:
        """The desk that answers for a department at a level, or else at the nearest level below; None where there is none.

        A department without desks of its own has those of EVERYBODY.
        """
        for name in (department, EVERYBODY):
            found = [desk for desk in self.desks if desk.department == name and desk.level <= level]
            if found:
                return max(found, key=lambda desk: desk.level)
        return None

    def on_duty(self, department: str, level: int, minute: int) -> tuple[str, ...]:
        """The keys of the people on duty for a department at a level in a minute of the week."""
        desk = self.desk(department, level)
        shift = None if desk is None else shift_at(desk, minute)
        return () if shift is None else shift.people


def shift_at(desk: DeskDuty, minute: int) -> Shift | None:
    """The shift of a desk in a minute of the week."""
    return next((shift for shift in desk.shifts if shift.covers(minute)), None)


def faults(duty: DutyTable, departments: Collection[str]) -> Iterator[str]:
    """What is wrong with a duty table, each with its place in the file."""
    seen: dict[tuple[str, int], int] = {}
    for number, desk in enumerate(duty.desks):
        place = f"desks[{number}]"
        key = desk.department, desk.level
        if key in seen:
            yield f"{place}: desks[{seen[key]}] is of department {desk.department!r} and level {desk.level} too: join them"
        seen.setdefault(key, number)
        if desk.department not in {*departments, EVERYBODY}:
            yield f"{place}.department: no department {desk.department!r}; known are {', '.join(sorted(departments))} and *"
        for at, shift in enumerate(desk.shifts):
            for person in shift.people:
                if person not in duty.people:
                    yield f"{place}.shifts[{at}].people: nobody is called {person!r} in [people]"
        yield from _hours(place, desk)
    for (department, level), number in seen.items():
        if level > 1 and (department, 1) not in seen:
            yield f"desks[{number}]: {department!r} has level {level} but no level 1"


def _hours(place: str, desk: DeskDuty) -> Iterator[str]:
    """The minutes of the week that no shift of a desk has, and those that several have."""
    holders: list[list[int]] = [[] for _ in range(WEEK)]
    for number, shift in enumerate(desk.shifts):
        for span in shift.spans():
            for minute in span:
                holders[minute % WEEK].append(number)
    for held, minutes in groupby(range(WEEK), key=lambda minute: tuple(holders[minute])):
        if len(held) != 1:
            first, *rest = minutes
            end = shown((rest or [first])[-1] + 1)
            who = "nobody is there" if not held else " and ".join(f"shifts[{number}]" for number in held) + " are there"
            yield f"{place} ({desk.department}, level {desk.level}): {who} from {shown(first)} to {end}"
