"""What the page of a sign is told: the book of signs whole, and how one of them stands in the city and its districts. Pure."""

from typing import Any

import msgspec

from screen.access.people import Person
from screen.feed.signs.city_signs import CitySigns
from screen.feed.signs.scope import SignScope, area_name, city, parts, why_not
from screen.feed.signs.told import described, standing
from screen.feed.view import View
from streams import places


def told_signs_book(view: View) -> dict[str, Any]:
    """All signs by id with what they are made of, and those that are not there, with what they need."""
    known = view[CitySigns]
    more = ("formula", "undue", "version", "owner", "delay", "deadband", "opens", "same_as", "rules", "cases")
    signs = {
        name: described(each) | {field: msgspec.to_builtins(getattr(each, field)) for field in more}
        for name, each in known.book.items()
    }
    return {"signs": signs, "missing": known.missing}


def told_sign_areas(view: View, sign: str, person: Person) -> list[dict[str, Any]]:
    """The city, its districts, and those of its zones of which something was told, each with the figure as it stands now.

    Of areas that are the person's with its day and band.
    """
    known, always = view[CitySigns], {city(), *places.place(places.here()).districts}
    areas = [area for area in (city(), *parts()) if area in always or (sign, area) in known.figures]
    return [
        {"code": area, "name": area_name(area)} | standing(view, sign, area, whole=not why_not(person, SignScope(area)))
        for area in areas
    ]
