"""Kind `whatif`: what other parameters of some rules would have made of a period."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Annotated, Any

from msgspec import Meta, Raw, structs

from agents.core.rules.book import Book
from agents.jobs import work as jobs
from agents.jobs.work import Work, read, span
from agents.offline.about import orders_in
from agents.offline.difference import By, Change, ComparedPeriod, Count, tally
from agents.offline.reading import Reading, RefusedError
from agents.offline.whatif import compare_archive
from agents.rulebook.lint import sound_book
from agents.rulebook.orders import order_rules
from agents.rulebook.rule_sources import changed, committed
from agents.stages import Basis
from streams import catalogue
from streams.catalogue.sight import NOBODY, seen
from streams.command import Trouble
from streams.messages import DAY, NEVER

LONGEST = 366 * DAY
MOST_RULES = 20
MOST_ROWS = 5_000
"""The longest period, the rules that may be changed at once, and the changed alerts that are listed; choices."""


class WhatIfParams(jobs.JobPeriod, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period, and by rule the parameters of its judge that are to be other."""

    rules: Annotated[dict[str, Annotated[dict[str, Any], Meta(min_length=1)]], Meta(min_length=1, max_length=MOST_RULES)]


def books_of(rules: Mapping[str, Mapping[str, Any]]) -> tuple[Book, Book]:
    """The committed book and the one with other parameters; RefusedError where that one is not sound, with file and line."""
    corpus = committed()
    before = sound_book(corpus)
    try:
        return before, sound_book(changed(corpus, rules), draft=True)
    except Trouble as trouble:  # for a person at the screen: the file's place in the project, not on this machine
        said = str(trouble).replace(f"{catalogue.ROOT.parents[1]}/", "")
        raise RefusedError(f"这些参数下的规则不成立：{said}", said) from None


def whatif(params: Raw, work: Work) -> None:
    """Compare both books over the archive and write what is different."""
    asked = read(params, WhatIfParams)
    begin, end = span(asked.since, asked.until, LONGEST)
    books = books_of(asked.rules)
    reading = Reading(end, work.records, work.tell)
    totals: dict[tuple[By, str], Count] = {("all", ""): Count()}
    found: list[tuple[tuple[int, str, str, str], dict[str, Any]]] = []
    orders = orders_in(Basis(books[0], orders=order_rules()), work.archive, reading.records)
    without = dict[str, None]()
    for change in compare_archive(books, work.archive, reading.records):
        if begin <= change.any.raised < end:
            tally(totals, change)
            if change.after is None:
                without |= dict.fromkeys(each.id for each in orders.of(change))
            if change.kinds:
                found.append(((change.any.raised, change.rule, change.item, change.subject), row(change) | orders.told(change)))
    reading.check(begin, work.log)
    rows = [each for _, each in sorted(found, key=itemgetter(0))]
    named = {each["rule"] for each in rows}
    before, after = books
    work.write(
        "result.json",
        {
            "log": work.log,
            "from": begin,
            "to": end,
            "until": reading.reached,
            "rules": {
                rule: {
                    "title": before.rules[rule].title,
                    "before": {name: before.rules[rule].params.get(name) for name in given},
                    "after": {name: after.rules[rule].params[name] for name in given},
                }
                for rule, given in asked.rules.items()
            },
            "total": totals["all", ""],
            "counts": [
                {"by": by, "name": name} | structs.asdict(each) for (by, name), each in sorted(totals.items()) if by != "all"
            ],
            "titles": {rule: before.rules[rule].title for rule in before.rules if rule in named},
            "rows": rows[:MOST_ROWS],
            "more": max(0, len(rows) - MOST_ROWS),
            **({"orders_without": len(without)} if without else {}),
        },
    )


def row(change: Change) -> dict[str, Any]:
    """What a table and a map need of a changed alert; times in ms."""
    alert = seen(change.any.alert, NOBODY)
    return {
        "change": change.kinds,
        "rule": change.rule,
        "item": alert.item,
        "subject": alert.subject,
        "name": alert.name,
        "domain": alert.domain,
        "adcode": alert.adcode,
        "lon": alert.lon,
        "lat": alert.lat,
        "before": _side(change.before),
        "after": _side(change.after),
    }


def _side(period: ComparedPeriod | None) -> dict[str, Any] | None:
    if period is None:
        return None
    return {
        "alert": period.alert.id,
        "opened": period.begin,
        "raised": period.raised,
        "ended": None if period.end == NEVER else period.end,
        "severity": period.severity,
    }
