"""The pages there are: where each stands, what draws it, and whose it is."""

from msgspec import Struct

from screen.people import Person, Role


class Page(Struct, frozen=True):
    """A page: its name in the address and in `screen/static`, its title, the roles that may see it, whether bars list it."""

    name: str
    zh: str
    en: str
    roles: frozenset[Role]
    listed: bool = True


EVERYBODY: frozenset[Role] = frozenset({"viewer", "supervisor", "dispatcher", "analyst", "admin"})

ANALYSTS: frozenset[Role] = frozenset({"analyst", "supervisor", "admin"})
"""Who may ask for long work: a replay, a what-if, files."""

PAGES = (
    Page("wall", "一屏", "Wall", EVERYBODY),
    Page("replay", "回放", "Replay", ANALYSTS),
    Page("rules", "规则", "Rules", EVERYBODY),
    Page("print", "打印", "Print", EVERYBODY, listed=False),
)
"""The first one is the one without a name in the address."""


def pages_of(person: Person) -> list[str]:
    """The names of the pages that a person may see and that bars list."""
    return [page.name for page in PAGES if page.listed and person.role in page.roles]
