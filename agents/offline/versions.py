"""`python -m agents difference BEFORE AFTER`: what two versions of the program made of the same events, rule by rule.

BEFORE and AFTER are what `python -m agents judge --only alerts` of each version wrote. `whatif` judges by two books with this
program; here changed judges and kinds of facts show too. The result is a page in Markdown; `--review FILE` gives the reasons,
from the column "Changed" of the page on which the rules are read against the law.
"""

import argparse
import heapq
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from agents.offline.difference import Count, Side, changes
from streams.command import Trouble
from streams.messages import Alert, DecodeError, decode, encode, parse_time

_COLUMNS = ("before", "after", "lost", "raised", "earlier", "later", "severity")
_HEADS = ("Before", "After", "Gone", "New", "Earlier", "Later", "Severity")


Counts = Mapping[tuple[str, str], Count]
"""By domain and rule."""


def counted(before: Path, after: Path) -> Counts:
    """The counts of each rule that raised anything in either file; Trouble names the file and line that is no output."""
    totals: dict[tuple[str, str], Count] = {}
    both = heapq.merge(_alerts(0, before), _alerts(1, after), key=itemgetter(0))
    for change in changes((side, alert) for _, side, alert in both):
        totals.setdefault((change.any.alert.domain, change.rule), Count()).add(change)
    return totals


def reasons(review: str) -> dict[str, str]:
    """By rule what a page of review says of it in its column `Changed`; rules without such a row have none."""
    found: dict[str, str] = {}
    column = -1
    for line in review.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if "Changed" in cells:
            column = cells.index("Changed")
        elif 0 <= column < len(cells) and (rule := re.fullmatch(r"`([\w-]+)`", cells[0])):
            found[rule[1]] = cells[column]
    return found


def page(counts: Counts, why: Mapping[str, str]) -> Iterator[str]:
    """The lines of the page: a table for each domain, with the rules that differ, and those that do not."""
    for domain, its in groupby(sorted(counts), itemgetter(0)):
        rules = {rule: counts[domain, rule] for _, rule in its}
        yield from ("", f"## {domain}", "", f"| Rule | {' | '.join(_HEADS)} | Why |", f"|---|{'---:|' * len(_HEADS)}---|")
        for rule, count in rules.items():
            if count.changed:
                numbers = " | ".join(str(getattr(count, column) or "") for column in _COLUMNS)
                yield f"| `{rule}` | {numbers} | {why.get(rule, '')} |"
        same = [rule for rule, count in rules.items() if not count.changed]
        yield from ("", f"The same in both: {', '.join(f'`{rule}`' for rule in same) or 'none'}.")


def _alerts(side: Side, path: Path) -> Iterator[tuple[int, Side, Alert]]:
    """The alerts of a file with the log's time of each, in that order."""
    return iter(sorted(_read(side, path), key=itemgetter(0)))


def _read(side: Side, path: Path) -> Iterator[tuple[int, Side, Alert]]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield _alert(side, path, number, line)
    except OSError as error:
        raise Trouble(f"{path}: {error}") from None


def _alert(side: Side, path: Path, number: int, line: bytes) -> tuple[int, Side, Alert]:
    try:
        alert = decode(encode(decode(line, dict)["value"]), Alert)
    except (DecodeError, KeyError, TypeError):
        raise Trouble(f"{path}:{number}: no alert: give what `python -m agents judge --only alerts` wrote") from None
    return parse_time(alert.changed_at), side, alert


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0, whatever the difference is."""
    parser = argparse.ArgumentParser(prog="python -m agents difference", description=__doc__)
    parser.add_argument("before", metavar="BEFORE", type=Path, help="alerts by the older version")
    parser.add_argument("after", metavar="AFTER", type=Path, help="alerts by the newer one")
    parser.add_argument("--review", metavar="FILE", type=Path, help="the page that says why: docs/rules/review.md")
    options = parser.parse_args(argv)
    why = reasons(options.review.read_text("utf-8")) if options.review else {}
    sys.stdout.write("\n".join(page(counted(options.before, options.after), why)).lstrip() + "\n")
    return 0
