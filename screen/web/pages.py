"""The pages there are: where each stands, what draws it, and whose it is."""

from msgspec import Struct

from screen.access.declared_routes import Audience
from screen.access.people import Person


class Page(Struct, frozen=True):
    """A page: its name in the address and in `screen/static`, its title, whose it is (`LookRoute`), whether bars list it."""

    name: str
    zh: str
    en: str
    right: Audience | str
    listed: bool = True

    def is_for(self, person: Person) -> bool:
        """Whether this person may see it."""
        return isinstance(self.right, Audience) or not person.may_not(self.right)


PAGES = (
    Page("wall", "一屏", "Wall", Audience.SIGNED_IN),
    Page("desk", "值守台", "Desk", Audience.SIGNED_IN),
    Page("orders", "工单", "Orders", Audience.SIGNED_IN),
    Page("oversight", "监督", "Oversight", Audience.SIGNED_IN),
    Page("replay", "回放", "Replay", "replay"),
    Page("rules", "规则", "Rules", Audience.SIGNED_IN),
    Page("catalogue", "目录", "Catalogue", Audience.SIGNED_IN),
    Page("entry", "补录", "Entry", "entry-draft"),
    Page("print", "打印", "Print", Audience.SIGNED_IN, listed=False),
)
"""The first one is the one without a name in the address."""


def pages_of(person: Person) -> list[str]:
    """The names of the pages that a person may see and that bars list."""
    return [page.name for page in PAGES if page.listed and page.is_for(person)]
