"""What the page is told of the directory: groups, types, fields, who reads them, what comes of it, versions. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from screen.feed.directory import Directories
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.orders.list import Looker
from screen.orders.seen import view_for
from streams.calendar.working_time import Calendar
from streams.catalogue.described import catalogue, groups
from streams.directory import version
from streams.directory.lineage import lineage_row
from streams.directory.telling import field_row, type_row
from streams.directory.versions import AUTHORITY, STEPS, clocks, in_force
from streams.messages import Text
from streams.rulebook import BookInForce

CORRECTION = "correction"
"""The kind of order by which a department's data are corrected (政务数据校核, 令809 第二十六条)."""


@cache
def directory() -> bytes:
    """Groups, types and fields, as JSON: of this program, so that it never changes while it runs."""
    told = {
        "version": version.fingerprint(),
        "groups": [{"name": name, "title": title} for name, title in groups().items()],
        "types": [
            type_row(each) | {"fields": [field_row(field, each) for field in each.fields], "lineage": lineage_row(each)}
            for each in catalogue().values()
        ],
    }
    return msgspec.json.encode(told)


def readers(book: BookInForce | None) -> dict[str, list[dict[str, Any]]]:
    """By type the rules that read it: id, row, title, severity, phase, and the fields whose values they judge."""
    if book is None:
        return {}
    told: Mapping[str, Any] = msgspec.json.decode(book.book)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in told["rules"]:
        rule = each["rule"]
        row = {name: rule[name] for name in ("row", "title", "severity", "phase")}
        row |= {"id": each["id"], "items": [item for item in each["unit"] if item]}
        for kind in each["reads"]:
            name = "*.registered" if kind == "registered" else f"{each['domain']}.{kind}"
            found.setdefault(name, []).append(row)
    return found


def standing(view: View) -> dict[str, int]:
    """How many alerts of each rule have not ended."""
    found: dict[str, int] = {}
    alarms = view[Alarms]
    for alerts in (alarms.alerts, alarms.aside, alarms.normal):
        for alert in alerts.values():
            found[alert.rule] = found.get(alert.rule, 0) + 1
    return found


def corrections(view: View, who: Looker) -> dict[str, list[dict[str, Any]]]:
    """The open orders to correct data that are for who looks, by the unit that must: number, when due, whether late."""
    orders, found = view_for(view, who)[Orders], dict[str, list[dict[str, Any]]]()
    for name in orders.orders:
        order = orders.orders.get(name)
        if order is None or order.kind != CORRECTION or order.ended:
            continue
        for line in orders.lines_of(order.id).values():
            if who.bound and line.unit not in (who.units or ()):
                continue
            clock = next((each for each in order.clocks if each.runs), None)
            row = {
                "id": order.id,
                "number": order.number,
                "due": clock.due if clock else None,
                "late": bool(clock and clock.late),
            }
            found.setdefault(line.unit, []).append(row)
    return found


def told_versions(view: View, now: int, calendar: Calendar) -> list[dict[str, Any]]:
    """The versions of the log, newest step last, with their clocks; the one in force is marked."""
    known = view[Directories].versions()
    force = in_force(known)
    return [
        {
            "version": each.version,
            "state": each.state,
            "in_force": each is force,
            "steps": [
                {"step": step.step, "title": STEPS[step.step], "at": step.at, "unit": _unit(step.by.department)}
                for step in each.steps
            ],
            "clocks": clocks(each, now, calendar),
        }
        for each in known.values()
    ]


def _unit(department: str) -> Text:
    return unit_name(department or AUTHORITY)


def law(view: View) -> tuple[BookInForce | None, Calendar]:
    """The rule book in force, and the calendar."""
    known = view[LawInForce].law
    return known.book, known.calendar
