"""Citations read out of our words: `条例第十七条`, `第四十二条第四款、第六十三条（三）`, `第四十一条第二款至第四款`."""

import re
from collections.abc import Iterator

from msgspec import Struct

from streams.statutes.quantity import whole

__all__ = ["Citation", "Instrument", "citations", "instruments", "is_statute"]

_NUMERAL = "[零〇一二三四五六七八九十百千]+"
_NAME = r"[^\s，。；：、（）()《》第]*?(?:法典|法|条例|办法|规定|规则|药典|附录\d*|GSP)"
_CITATION = re.compile(
    rf"(?:《?(?P<name>{_NAME})》?(?:（[^（）]*）)?\s*)?第(?P<article>{_NUMERAL})条(?P<added>之{_NUMERAL})?"
    rf"(?:至第(?P<last>{_NUMERAL})条)?"
    rf"(?:第(?P<paragraph>{_NUMERAL})款(?:至第(?P<paragraphs>{_NUMERAL})款)?)?"
    rf"(?P<items>(?:第?（{_NUMERAL}）项?)*)"
)
_ITEM = re.compile(f"（({_NUMERAL})）")
_BRACKETS = re.compile(r"（([^（）]*)）")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Instrument(Struct, frozen=True):
    """A law, regulation or standard as an edition names it, and the years in brackets behind it (`网络安全法（2025修正）`)."""

    name: str
    years: tuple[int, ...] = ()


class Citation(Struct, frozen=True):
    """An article of an instrument, and what of it: numbers of paragraphs (款) and of items (项); none is the whole article."""

    instrument: Instrument
    article: int
    added: str = ""
    paragraphs: tuple[int, ...] = ()
    items: tuple[int, ...] = ()

    def __str__(self) -> str:
        """As one reads it: `网络安全法 23条 3项`."""
        parts = [f"{self.article}条{self.added}", *(f"{n}款" for n in self.paragraphs), *(f"{n}项" for n in self.items)]
        return " ".join([self.instrument.name, *parts])


def is_statute(name: str) -> bool:
    """Whether a name is that of a law of the National People's Congress or its committee, which the library should hold."""
    return name.endswith("法典") or (name.endswith("法") and not name.endswith("办法"))


def instruments(edition: str) -> tuple[Instrument, ...]:
    """The instruments that an edition names, parted by `；`."""
    return tuple(_instrument(part.strip()) for part in edition.split("；"))


def citations(text: str, named: tuple[Instrument, ...] = ()) -> Iterator[Citation]:
    """The citations in a text, in order.

    A name before an article holds until the next; a short one (条例) is the instrument of `named` that ends so. Before the
    first name it is the first of `named` that is a law or a rule, so that `监管惯例；特种设备安全法` is about the latter.
    """
    current = next((one for one in named if re.fullmatch(_NAME, one.name)), named[0] if named else None)
    for match in _CITATION.finditer(text):
        if name := match["name"]:
            current = next((one for one in named if _same(one.name, name)), Instrument(name))
        if current is not None:
            yield from _expanded(current, match)


def _same(full: str, said: str) -> bool:
    """Whether a name as it is said is an instrument's: its end (条例), or the whole after other words (依照某某法)."""
    return full.endswith(said) or said.endswith(full)


def _expanded(instrument: Instrument, match: re.Match[str]) -> Iterator[Citation]:
    first, last = _number(match["article"]), _number(match["last"] or match["article"])
    paragraphs = _span(match["paragraph"], match["paragraphs"])
    items = tuple(_number(item) for item in _ITEM.findall(match["items"]))
    for article in range(first, last + 1):
        yield Citation(instrument, article, match["added"] or "", paragraphs, items)


def _span(first: str | None, last: str | None) -> tuple[int, ...]:
    return () if first is None else tuple(range(_number(first), _number(last or first) + 1))


def _number(numeral: str) -> int:
    return int(whole(numeral))


def _instrument(part: str) -> Instrument:
    years = tuple(int(year) for bracket in _BRACKETS.findall(part) for year in _YEAR.findall(bracket))
    return Instrument(_BRACKETS.sub("", part).strip(), years)
