"""The rules that the native peer judges by too, as a book of their own, and as data what the peer rests on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents import law
from agents.core.rules.book import Book
from agents.core.rules.rule import RuleSpec
from agents.rulebook.load import book_of, kept, read_rules, rules_here
from streams import catalogue
from streams.messages import encode

RULES = {
    "environment": ("gas-hourly", "flat-line"),
    "cyber": ("site-outage-larger", "login-burst", "logs-silent"),
    "service": ("request-not-accepted",),
}
"""Of each of the judges `limit`, `flatline`, `burst`, `missing` and `duty` one; of `limit` two: the book's hourly limit has no
deadband and no delay, so that one with a delay stands beside it."""

GASES = ("so2", "no2", "co", "o3")


def few_book() -> Book:
    """The book of these rules; of the other domains there is none."""
    with kept():
        rules = {domain: _of(domain) for domain in catalogue.domains()}
        return book_of(rules, law.clauses(), law.departments())


def _of(domain: str) -> Mapping[str, RuleSpec]:
    if domain not in RULES:
        return {}
    all_ = rules_here(read_rules(catalogue.ROOT / domain / "rules.toml").rule)
    return {rule: all_[rule] for rule in RULES[domain]}


def write_grounds(path: Path) -> None:
    """What the peer rests on as data: domains, every kind of fact with allowance (ms) and slots, limits of gases."""
    book = few_book()
    kinds = [{"type": plan.type, "allowance": plan.allowance, "slots": plan.slots} for plan in book.plans.values()]
    editions = book.clauses["gb3095-gas-1h"].edition
    gas = [[each.start, each.end, *[each.limits[item] for item in GASES]] for each in editions]
    said: dict[str, Any] = {"domains": [*catalogue.domains()], "kinds": kinds, "gas": gas}
    path.write_bytes(encode(said))
