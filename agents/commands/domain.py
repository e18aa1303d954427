"""`python -m agents domain new NAME`: one folder that makes a new domain, with rules, law, cases and samples that work at once.

What is in it is an example to be changed: `rules check`, `rules test`, topics, worker and simulator know it from its folder.
"""

import argparse
import re
import sys
from pathlib import Path
from string import Template

from streams import catalogue
from streams.command import Trouble

TEMPLATE = Path(__file__).parents[1] / "template"
"""A file of a new domain each, with `.txt` behind its name and `$name` for the domain's name."""

_NAME = re.compile(r"[a-z]{2,}(_?[a-z0-9]+)*")


def files(name: str, zh: str, en: str) -> dict[str, str]:
    """The files of a new domain by name. `zh` and `en` are its title.

    >>> sorted(files("noise", "噪声", "Noise"))[:3]
    ['__init__.py', 'catalogue.toml', 'clauses.toml']
    """
    words = {"name": name, "slug": name.replace("_", "-"), "row": row_letters(name), "zh": zh, "en": en}
    return {
        path.name.removesuffix(".txt"): Template(path.read_text("utf-8")).substitute(words)
        for path in sorted(TEMPLATE.glob("*.txt"))
    }


def row_letters(name: str) -> str:
    """The letters before the numbers of its rows.

    >>> row_letters("noise"), row_letters("river_level")
    ('NOI', 'RL')
    """
    initials = "".join(word[0] for word in name.split("_") if word[0].isalpha())
    return (initials if len(initials) > 1 else name[:3]).upper()[:4]


def make(name: str, zh: str, en: str, root: Path) -> Path:
    """Write the folder of a new domain under `root`; Trouble where the name will not do or the folder is there."""
    if not _NAME.fullmatch(name):
        raise Trouble(f"{name!r} cannot name a domain: write two letters, then a-z, 0-9 and single underscores")
    folder = root / name
    if folder.exists():
        raise Trouble(f"{folder} is there already: take another name, or move it away")
    folder.mkdir(parents=True)
    for file, text in files(name, zh, en).items():
        (folder / file).write_text(text, "utf-8")
    return folder


def main(argv: list[str]) -> int:
    """Entry of the command; prints the new folder."""
    parser = argparse.ArgumentParser(prog="python -m agents domain", description=__doc__)
    new = parser.add_subparsers(dest="command", required=True).add_parser("new", help="make a domain")
    new.add_argument("name", metavar="NAME", help="its name in topics and event types: a-z, 0-9 and underscores")
    new.add_argument("--zh", help="its title in Chinese (NAME)")
    new.add_argument("--en", help="its title in English (NAME)")
    new.add_argument("--into", metavar="DIR", type=Path, default=catalogue.ROOT, help="where the folder goes (agents/domains)")
    options = parser.parse_args(argv)
    folder = make(options.name, options.zh or options.name, options.en or options.name, options.into)
    sys.stdout.write(f"{folder}\n")
    sys.stderr.write("now: python -m agents rules check, rules test; then put your own facts, law and rules into it\n")
    return 0
