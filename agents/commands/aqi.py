"""`python -m agents aqi [FILE]`: JSON lines of concentrations in, one JSON line with the air quality index each out.

In: `{"edition": "HJ 633-2012" | "HJ 633-2026", "period": "1h" | "24h", "so2": …, "no2", "co", "o3", "o3_8h", "pm10", "pm25"}`,
µg/m³, CO mg/m³, null or absent where missing. Out: `{"aqi", "level", "primary", "iaqi"}`, or `{"error", "line"}`.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from agents.domains.environment.aqi import COLUMNS, ITEMS, Index, index
from streams.command import Trouble
from streams.messages import encode

MOST = 1_000_000
"""Larger concentrations than this are a mistake in the input: more than a thousand times the last step of any column."""

FINEST = -100
"""Exponent of the finest decimal: enough for every float's shortest text that is not next to nothing."""

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


class Bad(msgspec.Struct, frozen=True):
    """A line that cannot be used: what is wrong with it, and its number from 1."""

    error: str
    line: int


def answers(lines: Iterable[bytes]) -> Iterator[Index | Bad]:
    """The answer to each line that is not blank."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield answer(line)
            except (ValueError, RecursionError) as error:
                yield Bad(str(error), number)


def answer(line: bytes) -> Index:
    """The index of one line; ValueError says which field is wrong and what would do."""
    asked = _decode(line)
    edition, period = str(asked.pop("edition", None)), str(asked.pop("period", None))
    columns = next((key for key in COLUMNS if key == (edition, period)), None)
    if columns is None:
        raise ValueError(f"edition {edition} with period {period}: give HJ 633-2012 or HJ 633-2026 with 1h or 24h")
    if unknown := sorted(asked.keys() - set(ITEMS)):
        raise ValueError(f"unknown field {unknown[0]!r}: the pollutants are {', '.join(ITEMS)}")
    return index(*columns, {item: _concentration(item, value) for item, value in asked.items()})


def _concentration(item: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    if type(value) not in (int, Decimal):
        raise ValueError(f"{item} is {value!r}: give a number or null")
    if not 0 <= value <= MOST:
        raise ValueError(f"{item} is {value}: a concentration is from 0 to {MOST}")
    exact = Decimal(value)
    if exact.adjusted() < FINEST or len(exact.as_tuple().digits) > -FINEST:
        raise ValueError(f"{item} has more than {-FINEST} decimals")
    return exact


def main(argv: list[str]) -> int:
    """Entry of the command; exit 1 where a line could not be used."""
    parser = argparse.ArgumentParser(prog="python -m agents aqi", description=__doc__)
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="JSON lines; standard input without it")
    options = parser.parse_args(argv)
    if options.file == "-":
        return _print(sys.stdin.buffer)
    try:
        with Path(options.file).open("rb") as lines:
            return _print(lines)
    except OSError as error:
        raise Trouble(f"cannot read {options.file!r}: {error.strerror}") from None


def _print(lines: Iterable[bytes]) -> int:
    bad = 0
    for result in answers(lines):
        bad += isinstance(result, Bad)
        sys.stdout.write(encode(result).decode() + "\n")
    return 1 if bad else 0
