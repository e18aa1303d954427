"""The full text of the articles that an edition of a clause cites, out of the library of statutes."""

import importlib.util
from collections.abc import Iterator
from datetime import date
from itertools import islice

from msgspec import Struct

from streams.statutes.citation import citations, instruments, is_statute
from streams.statutes.library import PACKAGE, opened

MOST = 40
"""Articles that are looked up of one edition at most: a clause cites a few."""


class Cited(Struct, frozen=True):
    """An article in full: of which law, in force since when and until when (the first day no longer), `n` its number."""

    law: str
    n: int
    added: str
    since: date
    until: date | None
    text: str


def installed() -> bool:
    """Whether this machine has the library (extra `law`)."""
    return importlib.util.find_spec(PACKAGE) is not None


def cited(edition: str, article: str, day: date) -> tuple[Cited, ...]:
    """The first MOST articles of statutes that an edition names, as they read on a day, each once; no unknown ones."""
    return tuple(dict.fromkeys(_found(edition, article, day)))


def _found(edition: str, article: str, day: date) -> Iterator[Cited]:
    named = instruments(edition)
    with opened() as library:
        for each in islice(citations(article, named), MOST):
            if not is_statute(each.instrument.name) or (law := library.law(each.instrument.name, day)) is None:
                continue
            if text := library.article(law, each.article, each.added):
                yield Cited(law.name, each.article, each.added, law.since, law.until, text.text)
