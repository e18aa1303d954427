"""`python -m agents sign whatif ID --threshold orange=95`: how often other thresholds would have called, month by month.

Beside them stands how often the sign's own would have. Both rest on the figures of each full hour of an archive, judged as the
sign's rule judges; docs/operate/signs.md says how they are counted.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any, cast, get_args

from msgspec import Struct
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.core.duration import span
from agents.lines import write_lines
from agents.signs.book.lint import wrongs
from agents.signs.book.read import known_sign, sign_book
from agents.signs.book.sign import LEVELS, SignRow
from agents.signs.past.crossings import CrossingPace, beside, with_thresholds
from agents.signs.past.hourly import areas_option, days, here_areas, hourly, window_options
from streams.messages import Severity

Thresholds = Mapping[Severity, float | None]
"""Other values of levels; None: without that level."""


class SignWhatIf(Struct, frozen=True, kw_only=True):
    """The question: a sign, its row with the other thresholds, and when a crossing counts."""

    sign: str
    other: SignRow
    pace: CrossingPace

    @property
    def own(self) -> SignRow:
        """The sign as the book has it."""
        return sign_book()[self.sign]


def question(sign: str, thresholds: Thresholds, pace: CrossingPace) -> SignWhatIf:
    """The question of a sign; ValueError and Trouble where there is no such sign, or its levels would not get worse."""
    row = known_sign(sign)
    if pace.deadband is not None and not 0 <= pace.deadband < inf:
        raise ValueError(f"a deadband is at least 0, not {pace.deadband:g}")
    if pace.delay is not None:
        span(pace.delay)
    other = with_thresholds(row, thresholds)
    if found := list(wrongs(other)):
        raise ValueError(f"{sign} with these thresholds: {'; '.join(found)}")
    return SignWhatIf(sign=sign, other=other, pace=pace)


def sign_whatif(
    asked: SignWhatIf, path: Path, areas: Sequence[str], since: int, until: int, tell: Callable[[float], None] = lambda _: None
) -> list[dict[str, Any]]:
    """The months of each area from a time to another (ms), as `beside` tells them."""
    figures = []
    for each in hourly({asked.sign: asked.own}, path, areas, since, until):
        tell((each.at - since) / (until - since))
        figures.append(each)
    rows = beside(asked.own, asked.other, figures, asked.pace)
    return sorted(rows, key=lambda each: (areas.index(each["area"]), each["month"]))


def add_whatif(commands: Any) -> None:
    """Add `whatif` to the commands of `sign`."""
    told = "how often other thresholds would have called"
    own = commands.add_parser("whatif", help=told, description=__doc__)
    own.add_argument("id", metavar="ID", help="a sign's id, as city-air")
    level = "a level at another value (orange=95), or without it (orange=none); more than once"
    own.add_argument("--threshold", action="append", default=[], metavar="LEVEL=VALUE", help=level)
    own.add_argument("--delay", metavar="TIME", help="for how long it must stand or be gone, as 2h (default: as its rule)")
    deadband = "by how much it must be back, in its unit (default: as its rule)"
    own.add_argument("--deadband", type=float, metavar="NUMBER", help=deadband)
    window_options(own)
    areas_option(own)
    own.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    own.set_defaults(work=_whatif)


def thresholds_of(texts: Sequence[str]) -> Thresholds:
    """Thresholds of `orange=95` and `blue=none`; ValueError of what is none.

    >>> thresholds_of(["orange=95", "blue=none"])
    {'orange': 95.0, 'blue': None}
    """
    found: dict[Severity, float | None] = {}
    for each in texts:
        level, _, value = each.partition("=")
        try:
            number = None if value == "none" else float(value)
        except ValueError:
            number = float("nan")
        if level not in get_args(Severity) or number != number:  # noqa: PLR0124 - not a number
            raise ValueError(f"{each!r} is no threshold: write orange=95, or orange=none; levels are {', '.join(LEVELS)}")
        found[cast("Severity", level)] = number
    return found


def _whatif(options: argparse.Namespace) -> int:
    asked = question(options.id, thresholds_of(options.threshold), CrossingPace(delay=options.delay, deadband=options.deadband))
    rows = sign_whatif(asked, options.archive, options.area or here_areas()[:1], *days(options.since, options.until))
    console = Console()
    if options.json or not console.is_terminal:
        return write_lines(rows)
    console.print(_table(asked, rows))
    return 0


def _table(asked: SignWhatIf, rows: Sequence[dict[str, Any]]) -> Table:
    limits = ", ".join(
        f"{level} {asked.other.thresholds[level].value:g}" for level in LEVELS if level in asked.other.thresholds
    )
    name = asked.own.name
    table = Table(title=f"{name.zh} {name.en}: {limits}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("area", "month", "calls", "with these", "hours", "with these", "NA hours"):
        table.add_column(heading, justify="left" if heading in {"area", "month"} else "right")
    for each in rows:
        own, other = each["own"], each["other"]
        cells = (_counts(own["calls"]), _counts(other["calls"]), _beyond(own["hours"]), _beyond(other["hours"]))
        table.add_row(each["area"], each["month"], *cells, str(each["na"]))
    return table


def _beyond(hours: Mapping[str, int]) -> str:
    return _counts({level: count for level, count in hours.items() if level != "ok"})


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{level} {count}" for level, count in counts.items()) or "0"
