"""The pages there are: where each stands, what draws it, and whose it is."""

from msgspec import Struct

from screen.people import Person, Role


class Page(Struct, frozen=True):
    """A page: its name in the address and in `screen/static`, its title, and the roles that may see it."""

    name: str
    zh: str
    en: str
    roles: frozenset[Role]


EVERYBODY: frozenset[Role] = frozenset({"viewer", "supervisor", "dispatcher", "analyst", "admin"})

PAGES = (
    Page("wall", "一屏", "Wall", EVERYBODY),
    Page("desk", "值守台", "Desk", EVERYBODY),
)
"""The first one is the one without a name in the address."""


def pages_of(person: Person) -> list[str]:
    """The names of the pages that a person may see."""
    return [page.name for page in PAGES if person.role in page.roles]
