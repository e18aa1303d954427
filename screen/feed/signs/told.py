"""What the wall is told of signs: those that it shows, in their places, of an area and of its parts. Pure but for files.

Times are ms. A sign that nobody has told of has its place all the same, and no figure: its place never moves.
"""

from typing import Any

from screen.feed.signs.city_signs import CitySigns
from screen.feed.signs.scope import SignScope, area_name, city, parts
from screen.feed.view import View
from screen.i18n.texts import owner_name
from streams import places
from streams.messages import SEVERITIES, Alert, CitySign, parse_time
from streams.places.wall_signs import MOST, wall_signs
from streams.rulebook import SignInForce

LEVELS = tuple(reversed(SEVERITIES))
"""The mildest first."""


def chosen(book: dict[str, SignInForce], department: str = "") -> tuple[str, ...]:
    """The signs of a wall: those of the place's folder, or a department's own, the place's first among them."""
    first = wall_signs().signs
    if not department:
        return first
    own = [name for name, sign in book.items() if places.answering(sign.department) == department]
    return tuple(sorted(own, key=lambda name: (name not in first, first.index(name) if name in first else 0)))[:MOST]


def told_signs(view: View, scope: SignScope) -> dict[str, Any]:
    """The section `signs`: `count` of all figures known; `rows` by place; `parts`: districts with their figures by place."""
    known = view[CitySigns]
    names = chosen(known.book, scope.department)
    below = parts() if scope.area == city() else {}
    always = places.place(places.here()).districts  # have their place whether or not anything is known of them; zones have none
    return {
        "area": {"code": scope.area, "name": area_name(scope.area), "whole": scope.area == city()},
        "department": owner_name(scope.department) if scope.department else None,
        "first": wall_signs().first,
        "count": len(known.figures),
        "rows": [{"id": name, **standing(view, name, scope.area, whole=True)} for name in names],
        "parts": [
            {"code": code, "name": name, "figures": [standing(view, each, code, whole=False) for each in names]}
            for code, name in below.items()
            if code in always or any((each, code) in known.figures for each in names)
        ],
    }


def told_book(view: View) -> dict[str, Any]:
    """The section `sign_book`: what stands beside a figure, by id."""
    short = wall_signs().short
    return {name: described(sign) | {"short": short.get(name)} for name, sign in view[CitySigns].book.items()}


def standing(view: View, sign: str, area: str, *, whole: bool) -> dict[str, Any]:
    """The figure of a sign in an area, `whole` with its day and band, and the alert of its crossing."""
    known = view[CitySigns]
    figure, alert = known.figures.get((sign, area)), known.crossing(sign, area, view)
    return {"figure": figure and _figure(figure, whole=whole), "alert": alert and _alert(alert)}


def _figure(figure: CitySign, *, whole: bool) -> dict[str, Any]:
    told = {name: getattr(figure, name) for name in _FIELDS}
    told |= {name: parse_time(getattr(figure, name)) for name in ("at", "since")}
    told["newest"] = parse_time(figure.newest) if figure.newest else None
    return told | ({"trend": figure.trend, "band": figure.band} if whole else {})


_FIELDS = ("state", "value", "numerator", "denominator", "valid", "due", "coverage", "late", "corrected", "version")


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "severity": alert.severity,
        "state": alert.state,
        "raised": parse_time(alert.raised_at),
        "department": alert.department.name,
    }


def described(sign: SignInForce) -> dict[str, Any]:
    """What stands beside the figures of a sign."""
    limits = [
        {"severity": level, "value": sign.limits[level].value, "basis": sign.limits[level].basis}
        for level in LEVELS
        if level in sign.limits
    ]
    told = {name: getattr(sign, name) for name in _SAID}
    return told | {"limits": limits, "department": owner_name(places.answering(sign.department))}


_SAID = (
    "name",
    "what",
    "unit",
    "window",
    "better",
    "floor",
    "floor_basis",
    "provenance",
    "source",
    "mark",
    "guidance",
    "reads",
)
