"""How a report says things in its language: words, moments, names of bodies and places. Pure but for the place's files."""

from functools import cache
from pathlib import Path

from streams import toml
from streams.catalogue import domains
from streams.messages import DAY, HOUR, Name, Text, format_time
from streams.orders.kinds import kinds
from streams.orders.words import states
from streams.places import areas
from streams.places.organs import units

WORDS = Path(__file__).with_name("words.toml")

MINUTES = len("2026-03-05T09:00")


class Teller:
    """Says things in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, text: Text | Name) -> str:
        """What a text says; of a name without English its Chinese."""
        return text.en if self.lang == "en" and text.en else text.zh

    def of(self, zh: str, en: str) -> str:
        """One of two wordings."""
        return en if self.lang == "en" else zh

    def word(self, group: str, name: str) -> str:
        """The word of a group of `words.toml`; the name itself where there is none."""
        found = _words()[group].get(name)
        return self(found) if found else name

    def unit(self, name: str) -> str:
        """The name of a body; its id where nobody knows it."""
        found = units().get(name)
        return self(found.name) if found else name or "—"

    def domain(self, name: str) -> str:
        """The title of a domain, or of what is beside the domains."""
        found = domains().get(name)
        return self(found.title) if found else self.word("beside", name)

    def district(self, code: str) -> str:
        """The name of a district or street."""
        found = areas().get(code) or areas().get(code[:6])
        return self(found) if found else code or "—"

    def kind(self, name: str) -> str:
        """The title of a kind of orders."""
        found = kinds().get(name)
        return self(found.title) if found else name

    def order_state(self, kind: str, state: str) -> str:
        """The state of an order of a kind."""
        return self(states(kinds().get(kind)).get(state, Text(state, state)))

    def moment(self, at: str | int | None) -> str:
        """A moment to the minute, China Standard Time, as `2026-03-05 09:00`."""
        if at is None:
            return "—"
        said = at if isinstance(at, str) else format_time(at)
        return said[:MINUTES].replace("T", " ")

    def age(self, ms: int) -> str:
        """How old something is.

        >>> Teller("en").age(50 * HOUR), Teller("zh").age(90 * 60_000)
        ('2 d 2 h', '1 小时')
        """
        days, hours = ms // DAY, ms % DAY // HOUR
        if self.lang == "en":
            return f"{days} d {hours} h" if days else f"{hours} h"
        return f"{days} 天 {hours} 小时" if days else f"{hours} 小时"


@cache
def _words() -> dict[str, dict[str, Text]]:
    return {
        group: {name: Text(said["zh"], said["en"]) for name, said in rows.items()}
        for group, rows in toml.loads(WORDS.read_text("utf-8")).items()
    }
