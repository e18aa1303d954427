"""`python -m agents sign baseline`: what is usual at each hour, drawn from a window of an archive, drafted and adopted.

One person of the measuring office drafts (拟定), another adopts (印发), as an index; docs/operate/signs.md has the rules.
"""

import argparse
import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agents.lines import write_lines
from agents.measures.drafting import STEP_OF, decide, draft, log_option, step_options, tell_versions, version_option
from agents.signs.baseline.draw import drawn
from agents.signs.baseline.held import held_baseline, tell_bands
from agents.signs.baseline.spec import LARGEST, SIGNS, SignBaseline, written
from agents.signs.book.read import sign_book
from agents.signs.past.hourly import areas_option, days, here_areas, hourly, log_of, window_options
from streams.appraisal.adoptions import Adopted
from streams.appraisal.log import appraisal_records, baseline_steps
from streams.command import Trouble
from streams.directory.log import now_text
from streams.messages import parse_time
from streams.messages.services.appraisal import BaselineStep
from streams.settings import load


def add_baseline(commands: Any) -> None:
    """Add `baseline` with its own commands to those of `sign`."""
    told = "what is usual at each hour: drawn from a window, drafted and adopted by two persons"
    own = commands.add_parser("baseline", help=told, description=__doc__)
    steps = own.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, what: str, work: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = steps.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        made.set_defaults(work=work)
        return made

    draw = command("draw", "what a draft of a window would hold; nothing is written", _draw)
    drafting = command("draft", "draft the baseline of a window, as the measuring office (拟定)", _draft)
    for each in (draw, drafting):
        window_options(each)
        areas_option(each)
    version_option(command("adopt", "adopt what another has drafted (印发), and tell it to the stage of signs", _adopt))
    version_option(command("return", "send back to the drafter (退回)", _decide))
    tell = command("tell", "tell the stage of signs again what was adopted", _tell)
    tell.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    versions = command("versions", "the versions in a log, and their steps", _versions)
    show = command("show", "what a log has adopted, a line for each sign and area", _show)
    show.add_argument("--at", default="", metavar="TIME", help="by which moment (default: now)")
    show.add_argument("--hours", action="store_true", help="with what is usual in each kind of hour")
    for name in STEP_OF:
        step_options(steps.choices[name])
    for each in (versions, show, tell, *(steps.choices[name] for name in STEP_OF)):
        log_option(each)


def drawn_of(path: Path, since: str, until: str, areas: list[str] | None = None) -> SignBaseline:
    """The baseline of a window of an archive; ValueError and Trouble where there is none."""
    book = sign_book()
    figures = hourly(book, path, areas or here_areas(), *days(since, until))
    return drawn(book, figures, log_of(path), since, until)


def _draw(options: argparse.Namespace) -> int:
    return write_lines(_told(drawn_of(options.archive, options.since, options.until, options.area), hours=True))


def _draft(options: argparse.Namespace) -> int:
    baseline = drawn_of(options.archive, options.since, options.until, options.area)
    text = written(baseline)
    if len(text) > LARGEST:
        raise Trouble(f"the baseline has {len(text):,} bytes, at most {LARGEST:,} go into a log: name fewer areas by --area")
    write_lines(_told(baseline, hours=False))
    return draft(options, BaselineStep, {"baseline": SIGNS, "since": baseline.since, "until": baseline.until}, text)


def _decide(options: argparse.Namespace) -> int:
    return decide(options, baseline_steps(appraisal_records(load(), options.log)), SIGNS)


def _adopt(options: argparse.Namespace) -> int:
    return _decide(options) or _tell(options)


def _tell(options: argparse.Namespace) -> int:
    held = _held(options.log, parse_time(now_text()))
    count = tell_bands(load(), options.log, held, options.actor)
    return write_lines([{"version": held[0].version, "told": count}])


def _held(log: str, at: int) -> tuple[Adopted, SignBaseline]:
    found = held_baseline(load(), log, at)
    if found is None:
        raise Trouble(f"log {log!r} has adopted no baseline by then: see `sign baseline versions`")
    return found


def _versions(options: argparse.Namespace) -> int:
    return tell_versions(baseline_steps(appraisal_records(load(), options.log)), "baseline")


def _show(options: argparse.Namespace) -> int:
    adopted, baseline = _held(options.log, parse_time(options.at or now_text()))
    return write_lines(_told(baseline, hours=options.hours, adopted=adopted))


def _told(baseline: SignBaseline, *, hours: bool, adopted: Adopted | None = None) -> Iterator[dict[str, Any]]:
    """A line for each sign and area: its hours, what of them is left out, and how many kinds of hours have a band."""
    version = {} if adopted is None else {"version": adopted.version}
    for sign, by_area in baseline.areas.items():
        for area, each in by_area.items():
            told = {"sign": sign, "area": area, "since": baseline.since, "until": baseline.until} | version
            counts = {"hours": each.hours, "na": each.na, "few": each.few, "bands": len(each.usual)}
            yield told | counts | ({"usual": each.usual} if hours else {})
