"""`python -m agents aqi [FILE]`: JSON lines of concentrations in, one JSON line with the air quality index each out.

In: `{"edition": "HJ 633-2012" | "HJ 633-2026", "period": "1h" | "24h", "so2": …, "no2", "co", "o3", "o3_8h", "pm10", "pm25"}`,
µg/m³, CO mg/m³, null or absent where missing. Out: `{"aqi", "level", "primary", "iaqi"}`, and `why`: for each null in `aqi` and
`iaqi` its reason; or `{"error", "line"}`.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from agents.domains.environment.aqi import COLUMNS, ITEMS, EditionName, Index, Period, index
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


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An index as `Index` has it; `why` says of `aqi` and of each pollutant that is null what is missing for it."""

    aqi: int | None
    level: str | None
    primary: tuple[str, ...]
    iaqi: dict[str, int | None]
    why: dict[str, str] = {}


BEYOND = {
    "so2": "the 1 h mean of SO₂ is above 800 µg/m³: its index is then reported by the 24 h mean (HJ 633-2012 table 1, note 2)",
    "o3_8h": "the 8 h mean of O₃ is above 800 µg/m³: its index is then reported by the 1 h mean (HJ 633-2012 table 1, note 3)",
}
"""Why a pollutant beyond the last step of its column has no index; every other column has one."""


def answers(lines: Iterable[bytes]) -> Iterator[Answer | Bad]:
    """The answer to each line that is not blank."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield answer(line)
            except (ValueError, RecursionError) as error:
                yield Bad(str(error), number)


def answer(line: bytes) -> Answer:
    """The index of one line; ValueError says which field is wrong and what would do."""
    asked = _decode(line)
    edition, period = str(asked.pop("edition", None)), str(asked.pop("period", None))
    columns = next((key for key in COLUMNS if key == (edition, period)), None)
    if columns is None:
        raise ValueError(f"edition {edition} with period {period}: give HJ 633-2012 or HJ 633-2026 with 1h or 24h")
    if unknown := sorted(asked.keys() - set(ITEMS)):
        raise ValueError(f"unknown field {unknown[0]!r}: the pollutants are {', '.join(ITEMS)}")
    values = {item: _concentration(item, value) for item, value in asked.items()}
    found = index(*columns, values)
    return Answer(found.aqi, found.level, found.primary, found.iaqi, dict(_reasons(*columns, values, found)))


def _reasons(
    edition: EditionName, period: Period, values: dict[str, Decimal | None], found: Index
) -> Iterator[tuple[str, str]]:
    """Why the index and the pollutants that are null are so."""
    columns = COLUMNS[edition, period]
    known = [item for item, value in found.iaqi.items() if value is not None]
    missing = ", ".join(item for item in columns if item not in known)
    if found.aqi is None and not known:
        yield "aqi", f"no pollutant has an index: the {period} index of {edition} rests on {', '.join(columns)}"
    elif found.aqi is None:
        yield "aqi", f"nothing is above 100, and {missing} are missing: {edition} 5.3.1 gives no index then"
    for item, value in values.items():
        if item not in columns:
            yield item, f"{item} takes no part in the {period} index of {edition}"
        elif value is None:
            yield item, "nothing given"
        elif found.iaqi[item] is None:
            yield item, BEYOND[item]


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
