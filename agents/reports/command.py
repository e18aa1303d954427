"""`python -m agents report`: the report of a past day or month (日报, 月报), of a unit, of one order or one alert, as files.

From an archive, or from a log that still has its beginning: both are judged anew up to the end of the period. In a folder
of its own below --out stand a PDF (PDF/A-2a, PDF/UA-1), its rows as xlsx and CSV, its text as DOCX, metadata for filing. Each
file is a JSON line with its SHA-256. docs/operate/reports.md says what stands in it.
"""

import argparse
from hashlib import sha256
from pathlib import Path
from typing import get_args

from agents.lines import write_lines
from agents.offline.reading import RefusedError
from agents.offline.telling import Language
from agents.reports.asked import ReportAsked, period_asked
from agents.reports.files.fonts import FALLBACK
from agents.reports.making import made, write
from agents.reports.source import ArchiveSource, LogSource, ReportSource
from streams.messages.rights import ROLES
from streams.settings import load
from streams.topics import LIVE


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 once the files are written."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.unit and not (options.day or options.month):
        parser.error("--unit goes with --day or --month")
    asked = _asked(options)
    source: ReportSource = ArchiveSource(options.archive) if options.archive else LogSource(load(), options.log)
    report = made(asked, source, lambda _: None)
    return write_lines(_told(path) for path in write(report, asked, options.out / asked.name, options.font))


def _told(path: Path) -> dict[str, str | int]:
    return {"file": str(path), "bytes": path.stat().st_size, "sha256": sha256(path.read_bytes()).hexdigest()}


def _asked(options: argparse.Namespace) -> ReportAsked:
    try:
        period = period_asked(options.day, options.month)
    except RefusedError as refused:  # of the command line it is wrong use
        raise ValueError(str(refused)) from None
    return ReportAsked(
        period=period,
        unit=options.unit,
        order=options.order,
        alert=options.alert,
        lang=options.lang,
        role=options.role,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents report", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--day", default="", metavar="DAY", help="a day that is over, as 2026-03-05")
    what.add_argument("--month", default="", metavar="MONTH", help="a month that is over, as 2026-03")
    what.add_argument("--order", default="", metavar="ID", help="one order, as the source has it")
    what.add_argument("--alert", default="", metavar="ID", help="one alert, as the source has it")
    parser.add_argument("--unit", default="", metavar="UNIT", help="with --day or --month: of this body alone, by its id")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--archive", type=Path, metavar="DIR", help="an archive of a log")
    source.add_argument("--log", default=LIVE, help="name of a log that still has its beginning (default %(default)s)")
    parser.add_argument("--lang", choices=get_args(Language), default="zh", help="language (default %(default)s)")
    parser.add_argument("--role", choices=ROLES, default="viewer", help="as for whom data are masked (default %(default)s)")
    parser.add_argument("--font", type=Path, default=FALLBACK, metavar="FILE", help="for rare characters (default %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where its folder is written")
    return parser
