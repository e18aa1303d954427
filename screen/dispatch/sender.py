"""For which body a person sends an order."""

from screen.access.people import Person
from streams.organs.unit import Units
from streams.places import organs


def sender_of(person: Person, units: Units) -> str:
    """A person's first department that is a body of this place, or else the general office of the city's government."""
    for department in person.departments:
        if department in units:
            return department
    home = organs.routes().home
    office = units.office(home)
    return office.id if office else home
