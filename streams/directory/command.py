"""`python -m streams catalogue`: the data directory, shown, checked and exported."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from streams.catalogue.described import catalogue, groups
from streams.command import Trouble
from streams.directory.exports import FORMATS
from streams.directory.lint import faults
from streams.directory.telling import field_row, type_row
from streams.messages import encode


def main(arguments: list[str]) -> int:
    """Entry of the command; exit 1 where `lint` finds a fault."""
    parser = argparse.ArgumentParser(prog="python -m streams catalogue", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="types as JSON lines; with TYPE the one type, then its fields")
    show.add_argument("type", nargs="?", metavar="TYPE", help="environment.air_hour, or a group: environment")
    commands.add_parser("lint", help="what is wrong, with file and line")
    export = commands.add_parser("export", help="write it in a form that others read; prints the files")
    export.add_argument("--format", choices=FORMATS, required=True, help="the form")
    export.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="the folder (default: here)")
    options = parser.parse_args(arguments)
    return _WORK[options.command](options)


def _show(options: argparse.Namespace) -> int:
    known, wanted = catalogue(), options.type
    chosen = [each for each in known.values() if wanted in {None, each.name, each.group}]
    if not chosen:
        raise Trouble(f"no type or group {wanted!r}: the groups are {', '.join(groups())}")
    for each in chosen:
        _line(type_row(each))
        if wanted == each.name:
            for field in each.fields:
                _line(field_row(field, each))
    return 0


def _lint(_options: argparse.Namespace) -> int:
    found = faults()
    for fault in found:
        sys.stdout.write(f"{fault.place}: {fault.what}\n")
    fields = sum(len(each.fields) for each in catalogue().values())
    sys.stderr.write(f"catalogue: {len(catalogue())} types, {fields} fields, {len(found)} faults\n")
    return 1 if found else 0


def _export(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in FORMATS[options.format]().items():
        (options.out / name).write_bytes(content)
        sys.stdout.write(f"{options.out / name}\n")
    return 0


def _line(row: Mapping[str, object]) -> None:
    sys.stdout.write(encode(row).decode() + "\n")


_WORK: Mapping[str, Callable[[argparse.Namespace], int]] = {"show": _show, "lint": _lint, "export": _export}
