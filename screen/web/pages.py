"""The pages there are: where each stands, what draws it, and whose it is."""

from msgspec import Struct

from screen.access.people import Person
from streams.messages import EVERYBODY, STUDY_RIGHTS, Role


class Page(Struct, frozen=True):
    """A page: its name in the address and in `screen/static`, its title, the roles that may see it, whether bars list it."""

    name: str
    zh: str
    en: str
    roles: frozenset[Role]
    listed: bool = True


PAGES = (
    Page("wall", "一屏", "Wall", EVERYBODY),
    Page("desk", "值守台", "Desk", EVERYBODY),
    Page("replay", "回放", "Replay", STUDY_RIGHTS["replay"]),
    Page("rules", "规则", "Rules", EVERYBODY),
    Page("print", "打印", "Print", EVERYBODY, listed=False),
)
"""The first one is the one without a name in the address."""


def pages_of(person: Person) -> list[str]:
    """The names of the pages that a person may see and that bars list."""
    return [page.name for page in PAGES if page.listed and person.role in page.roles]
