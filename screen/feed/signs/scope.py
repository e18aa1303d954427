"""Whose wall of signs is looked at: the city's, a district's or a department's; and whether it is the person's. Pure."""

from functools import cache

from msgspec import Struct

from screen.access.people import Person
from streams import places
from streams.messages import Text

CODE = 6
"""Digits of the code of a city or district (GB/T 2260)."""


class SignScope(Struct, frozen=True):
    """An area (six digits); of the signs those of one department, where it is named."""

    area: str
    department: str = ""


@cache
def city() -> str:
    """The code of this place."""
    return f"{places.here():0<{CODE}}"


@cache
def parts() -> dict[str, Text]:
    """The districts of this place by code, those of the state before its zones."""
    spec = places.place(places.here())
    return dict(spec.districts | spec.zones)


def area_name(area: str) -> Text:
    """What an area is called; its code where it is none of this place."""
    return places.place(places.here()).name if area == city() else parts().get(area, Text(area, area))


def is_area(area: str) -> bool:
    """Whether this code is the city's or a district's of it."""
    return area == city() or area in parts()


def why_not(person: Person, scope: SignScope) -> str:
    """Why a wall is not there or not the person's, or an empty text. The whole city's is everybody's who is signed in."""
    if not is_area(scope.area):
        return f"there is no area {scope.area!r} here: give the code of the city ({city()}) or of a district"
    if scope.department and scope.department not in places.departments():
        return f"there is no department {scope.department!r} here"
    return person.not_for(scope.department or None, None if scope.area == city() else scope.area)
