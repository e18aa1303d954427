"""For which body a person sends an order."""

from screen.access.people import Person
from streams.organs.unit import Units
from streams.places import organs


def sender_of(person: Person, units: Units) -> str:
    """The body that the person's acts name, where it is one of this place; else the city's general office."""
    if (own := person.actor.department) in units:
        return own
    home = organs.routes().home
    office = units.office(home)
    return office.id if office else home
