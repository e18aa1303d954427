"""`python -m tests.benchscreen`: the speed of the screen, on an embedded broker of its own.

A full run writes `docs/measured/benchmarks-screen.md` and `.json`; one that is `--quick` or leaves something out writes only
where `--out` says, and keeps what stands there of the sections that it leaves out, with their dates.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from streams.kafka import broker
from streams.settings import Settings
from tests.bench import report
from tests.bench.workload import ROOT
from tests.benchscreen.crowd import alerts, orders, points
from tests.benchscreen.oversight import oversight
from tests.benchscreen.paint import paint
from tests.benchscreen.pixels import pixels
from tests.benchscreen.viewers import viewers
from tests.support.kafka.settings import settings_in

PREFACE = """\
# Benchmarks of the screen

`make bench-screen` has written this page and [benchmarks-screen.json](benchmarks-screen.json); do not edit them. The
program is `tests/benchscreen`."""

Section = Callable[[Settings, int], dict[str, Any]]

SECTIONS: dict[str, tuple[str, str, Section]] = {
    "pixels": (
        "From an event to pixels",
        """\
1,000 events a second of eight simulated cities, of which 20 a second are an hour of ozone above its limit at a
station of its own, go to a worker with the whole rule book; the screen and a headless Chromium with the wall stand on
the same machine. The delay runs from the moment at which the event is given to the Kafka client until the frame in
which the wall's figure of unacknowledged alerts counts it. Nobody acknowledges, so the n-th alert is shown when the
figure reaches n. Only those hours count; `all` are all alerts, a third of which come at two moments, when 350 stations of
earlier hours are found silent. The first ten seconds do not count.
`cores` is what worker and screen used, 1 being a whole core.""",
        lambda settings, part: pixels(settings, 60 // part),
    ),
    "viewers": (
        "Many viewers",
        """\
The same stream, and websocket clients that each read the whole feed of the wall from one screen process. `core` is what
that process used, 1 being a whole core, its own reading of Kafka and making of the picture included.""",
        lambda settings, part: viewers(settings, 50, 60 // part),
    ),
    "paint": (
        "First paint, warm",
        """\
A browser with a profile of its own, which has opened the wall four times before, opens it again: 300 stations,
200 alerts. First contentful paint is the browser's own entry; `filled` is the frame in which figures, list and the
map's canvas stand there. Milliseconds from the start of the navigation.""",
        lambda settings, part: paint(settings, 10 // part),
    ),
    "points": (
        "20,000 points on the map",
        """\
The wall with 20,000 stations, of which ten a second tell new values, while a mouse drags the map to and fro ten times a second.
Milliseconds between two frames of the page, drawn without a graphics card: Chromium computes WebGL on the same two cores.
`drawings` of all points lie within these seconds.""",
        lambda settings, part: points(settings, 20_000 // part, 20 // part),
    ),
    "alerts": (
        "100,000 open alerts in the desk's list",
        """\
The desk with 100,000 open alerts, to which ten a second more come, while a mouse wheel scrolls through the list ten
times a second. Rows in the document, and milliseconds between two frames.""",
        lambda settings, part: alerts(settings, 100_000 // part, 20 // part),
    ),
    "orders": (
        "100,000 open orders in their list",
        """\
The page of orders with 100,000 open orders, of which ten a second are told anew, while a mouse wheel scrolls through the
list ten times a second. `first rows` is the median of five navigations, from their start to the frame in which rows stand
there, at most 1 s; frames are milliseconds between two of them, p95 at most 50 ms.""",
        lambda settings, part: orders(settings, 100_000 // part, 20 // part),
    ),
    "oversight": (
        "Oversight of 100,000 open orders",
        """\
The page of oversight with its service and 100,000 open orders, half of them late, of which ten a second are told anew.
`first figures` is the median of five navigations, from their start to the frame in which the five counts and the measures
are told, at most 1 s. Then the late orders and the cases of one measure are opened by a press, and twenty pages of each list
are turned: milliseconds from the press to the frame in which other rows stand there, at most 1 s.""",
        lambda settings, part: oversight(settings, 100_000 // part),
    ),
}


def main() -> None:
    """Measure what is asked for; a full run writes the page and the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchscreen", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=list(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to see that it runs")
    parser.add_argument("--out", type=Path, help="where to write (default: docs/ after a full run, else nowhere)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what is started here is stopped on the way out
    found: dict[str, Any] = {"machine": report.machine()}
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        broker.start(settings)
        try:
            for name in options.only:
                found[name] = SECTIONS[name][2](settings, 10 if options.quick else 1)
                report.say(f"{name}: {found[name]}")
        finally:
            broker.stop(settings)
    whole = not options.quick and len(options.only) == len(SECTIONS)
    if out := options.out or (ROOT / "docs" / "measured" if whole else None):
        write(out, found)


def write(folder: Path, found: dict[str, Any]) -> None:
    """Write the page and the figures into a folder, beside what stands there of other sections."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "benchmarks-screen.json"
    found = report.kept(path, SECTIONS, found)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    path.with_suffix(".md").write_text(page(found), "utf-8")


def page(found: dict[str, Any]) -> str:
    """The page: the machine, then each section with its method and its figures."""
    facts = [(name.replace("_", " "), value) for name, value in found["machine"].items()]
    parts = [PREFACE, report.table(("", ""), facts)]
    for name, (title, method, _) in SECTIONS.items():
        if name in found:
            parts += [f"## {title}", method, *report.dated(name, found), report.table(("", ""), _rows(found[name]))]
    return "\n\n".join(parts) + "\n"


def _rows(figures: dict[str, Any], before: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in figures.items():
        label = f"{before}{name.replace('_', ' ')}"
        rows += _rows(value, f"{label}: ") if isinstance(value, dict) else [(label, value)]
    return rows


if __name__ == "__main__":
    main()
