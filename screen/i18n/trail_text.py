"""What stands in a trail, in both languages: the judge's English sentences have their Chinese in `i18n/judge.toml`. Pure."""

import re
import tomllib
from functools import cache

from screen.i18n.texts import FOLDER
from streams.messages import Audit, OrderAudit, Text, whole_reason

ADDED = frozenset({"shelve", "suppress", "remove-from-service", "conclude", "verify", "call", "report", "confer"})
"""Acts to whose reason, which is the person's own words, the judge adds what has come of it."""


def trail_text(entry: Audit) -> Text:
    """The reason of an entry. A person's own words, and a sentence that is not in the file, are the same in both languages."""
    said = whole_reason(entry)
    if entry.event == "refuse" or entry.actor is None:
        return _in_both("sentence", entry.reason)
    return Text(_in_both("added", said.zh).zh, said.en) if entry.event in ADDED else said


def order_text(entry: OrderAudit) -> Text:
    """The same of an entry of an order's trail, to which the judge adds nothing."""
    return _in_both("sentence", entry.reason) if entry.event == "refuse" or entry.actor is None else whole_reason(entry)


def _in_both(table: str, reason: str) -> Text:
    words, sentences = _file(table)
    for pattern, chinese in sentences:
        if match := pattern.fullmatch(reason):
            return Text(chinese.format(*[_words(words, group) for group in match.groups()], **match.groupdict()), reason)
    return Text(reason, reason)


def _words(words: dict[str, str], group: str) -> str:
    for between, chinese in ((" or ", "或"), (", ", "、")):
        parts = group.split(between)
        if words.keys() >= set(parts):
            return chinese.join(words[part] for part in parts)
    return group


@cache
def _file(table: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    read = tomllib.loads((FOLDER / "judge.toml").read_text("utf-8"))
    return read["word"], [(re.compile(each["says"], re.DOTALL), each["zh"]) for each in read[table]]
