"""Are the citations of statutes true: the law exists, was in force, has the article, and holds our numbers.

What the library cannot say is told as such: regulations and standards are not in it, nor are most earlier texts of a law.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agents.core.rules.rule import ClauseSpec, Edition
from streams.messages import Mark
from streams.statutes.citation import Citation, Instrument, citations, instruments, is_statute
from streams.statutes.library import Law, Library
from streams.statutes.quantity import Quantity, quantities

__all__ = ["Answer", "Guidance", "StatuteReading", "readings"]

Answer = Literal["read", "earlier text", "part", "none"]
"""What the library says of an edition: its text was read there; only a later text is there; another instrument that it cites
is not there; no statute is cited."""

Guidance = Mapping[str, Mapping[str, str]]
"""By clause what its rules tell people to do, in Chinese, by rule."""

_DEFAULT = "默认"
"""A sentence with this word states a number of the product's own, which no law has."""


class StatuteReading(Struct, frozen=True):
    """One edition of a clause held against the library; `found` is what is wrong, each as a sentence."""

    clause: str
    edition: str
    article: str
    mark: Mark
    answer: Answer
    found: tuple[str, ...] = ()


def readings(clauses: Mapping[str, ClauseSpec], guidance: Guidance, library: Library) -> Iterator[StatuteReading]:
    """A reading of each edition of each clause, whose newest one is held to the guidance of its rules too."""
    for clause, spec in clauses.items():
        for edition in spec.edition:
            newest = edition is spec.edition[-1]
            answer, found = _read(edition, guidance.get(clause, {}) if newest else {}, library)
            yield StatuteReading(clause, edition.edition, edition.article, edition.mark, answer, tuple(found))


def _read(edition: Edition, guidance: Mapping[str, str], library: Library) -> tuple[Answer, list[str]]:
    """What the library says of an edition, and what is wrong; guidance is said today, so it is held to the newest texts."""
    answer, texts, found = _answer(edition, library)
    own, ours = _sentences(edition.text.zh)
    if answer == "read":
        found += _missing("the summary", own, texts)
    for rule, words in guidance.items():
        for sentence in words.split("。"):
            cited = _statutes(sentence, edition)
            more, wrong = _texts(cited, replace(edition, since=date.max), library)
            found += wrong
            if answer == "read" or cited:
                found += _missing(f"the guidance of {rule}", [sentence], [*texts, *ours, *more])
    return answer, found


def _answer(edition: Edition, library: Library) -> tuple[Answer, list[str], list[str]]:
    """What the library says of an edition, the words that it cites, and what is wrong with its citations."""
    cited = list(citations(edition.article, instruments(edition.edition)))
    statutes = _statutes(edition.article, edition)
    now = [citation for citation in statutes if not _earlier(citation, edition, library)]
    texts, found = _texts(now, edition, library)
    if not statutes:
        return "none", texts, found
    if not now:
        return "earlier text", texts, found
    return ("read" if len(now) == len(cited) and _all_cited(edition, cited) else "part"), texts, found


def _statutes(words: str, edition: Edition) -> list[Citation]:
    """The statutes that words cite: those of an edition, or of guidance, as the article of a penalty."""
    return [citation for citation in citations(words, instruments(edition.edition)) if is_statute(citation.instrument.name)]


def _texts(cited: Iterable[Citation], edition: Edition, library: Library) -> tuple[list[str], list[str]]:
    """The words that are cited, and what is wrong with the citations."""
    texts: list[str] = []
    found: dict[str, None] = {}
    for citation in cited:
        law = _law(citation, edition, library)
        if law is None:
            found[f"{citation.instrument.name}: no law of that name is in the library"] = None
            continue
        found |= {f"{law.name}: {wrong}": None for wrong in _out_of_force(law, citation.instrument, edition)}
        try:
            texts.append(_text(citation, law, library))
        except LookupError as error:
            found[f"{citation}: {error.args[0]}"] = None
    return texts, list(found)


def _all_cited(edition: Edition, cited: list[Citation]) -> bool:
    """Whether every instrument that the edition names is cited with an article."""
    return {one.name for one in instruments(edition.edition)} <= {citation.instrument.name for citation in cited}


def _law(citation: Citation, edition: Edition, library: Library) -> Law | None:
    return library.law(citation.instrument.name, edition.since)


def _earlier(citation: Citation, edition: Edition, library: Library) -> bool:
    """Whether the edition is of a text that ended before the one in the library began.

    A law that was revised as a whole came into force anew, so before its first day only an edition that names an earlier
    year speaks of it.
    """
    law = _law(citation, edition, library)
    if law is None or edition.until is None or edition.until > law.since:
        return False
    years = citation.instrument.years
    return edition.since >= law.first or (years != () and max(years) < law.passed.year)


def _text(citation: Citation, law: Law, library: Library) -> str:
    """The words that are cited; LookupError says what of them there is not."""
    article = library.article(law, citation.article, citation.added)
    if article is None:
        raise LookupError(f"the law ends with article {law.last}, or the library lacks this one")
    return article.part(citation.paragraphs, citation.items)


def _out_of_force(law: Law, instrument: Instrument, edition: Edition) -> Iterator[str]:
    if edition.since < law.first:
        yield f"the law is in force from {law.first}, the edition begins on {edition.since}"
    elif edition.since < law.since:
        yield f"the text in force now is so from {law.since}; give the earlier one an edition of its own until then"
    if law.until is not None and (edition.until is None or edition.until > law.until):
        yield f"the law is repealed from {law.until}: end the edition there"
    if instrument.years and law.passed.year not in instrument.years:
        yield f"the text in force is of {law.passed.year}, the edition names {instrument.years[-1]}"


def _sentences(text: str) -> tuple[list[str], list[str]]:
    """The sentences that state the law, and those that state the product's own numbers."""
    parts = [part for part in re.split("[。；]", text) if part]
    return [part for part in parts if _DEFAULT not in part], [part for part in parts if _DEFAULT in part]


def _missing(where: str, ours: Iterable[str], texts: Iterable[str]) -> list[str]:
    """The numbers of our words that stand in none of the texts."""
    law = {quantity for text in texts for quantity in quantities(text)}
    values = {quantity.value for quantity in law}
    return [f"{where} says {quantity}, the text does not" for quantity in _of(ours) if not _holds(quantity, law, values)]


def _of(texts: Iterable[str]) -> list[Quantity]:
    return list(dict.fromkeys(quantity for text in texts for quantity in quantities(text)))


def _holds(quantity: Quantity, law: set[Quantity], values: set[Fraction]) -> bool:
    return quantity in law if quantity.unit else quantity.value in values
