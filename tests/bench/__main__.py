"""`python -m tests.bench`: all benchmarks in one go on an embedded broker of their own; tables on standard output.

What is measured so far stands in `.onescreen/bench` all the while.
A full run writes `docs/measured/benchmarks.md` and `docs/measured/benchmarks.json`; one that is `--quick` or leaves something
out writes only where `--out` says, and keeps what stands there of the sections that it leaves out, with their dates.
"""

import argparse
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from streams.kafka import broker
from streams.settings import Settings
from tests.bench import engines, report
from tests.bench.flink.section import native
from tests.bench.oversight_books import facts, oversight
from tests.bench.report import Figures, say
from tests.bench.runs.alerts import alerts
from tests.bench.runs.delay import delay
from tests.bench.runs.growth import growth
from tests.bench.runs.hj212 import hj212
from tests.bench.runs.http import http_posts
from tests.bench.runs.judge import judge
from tests.bench.runs.mqtt import mqtt_messages
from tests.bench.runs.order_list import order_list
from tests.bench.runs.order_press import order_press
from tests.bench.runs.order_year import order_year
from tests.bench.runs.orders import orders
from tests.bench.runs.rules import rules
from tests.bench.runs.throughput import throughput
from tests.bench.runs.wall import wall
from tests.bench.runs.workers import workers
from tests.bench.signs.cost import cost
from tests.bench.signs.size import size
from tests.bench.sizes import FULL, QUICK, Sizes
from tests.bench.workload import FOLDER, ROOT
from tests.support.kafka.settings import settings_in

ENGINES = (*engines.READERS, *engines.JUDGES)

Section = Callable[[Settings, Sizes, argparse.Namespace], Figures]


def _orders(settings: Settings, sizes: Sizes) -> Figures:
    """The fold, the year and the list alone, then the whole way."""
    alone = orders(sizes) | {"year": order_year(sizes), "list": order_list(sizes)}
    return alone | {"screen": order_press(settings, sizes)}


SECTIONS: dict[str, Section] = {
    "throughput": lambda settings, sizes, options: throughput(settings, sizes, options.engines),
    "native": lambda settings, sizes, _: {"native": native(settings, sizes)},
    "delay": lambda settings, sizes, _: {"delay": delay(settings, sizes)},
    "wall": lambda settings, sizes, _: {"wall": wall(settings, sizes.wall_samples)},
    "growth": lambda settings, sizes, _: {"growth": growth(settings, sizes)},
    "rules": lambda _, sizes, __: {"rules": rules(sizes)},
    "workers": lambda settings, sizes, _: {"workers": workers(settings, sizes)},
    "judge": lambda _, sizes, __: {"judge": judge(sizes)},
    "alerts": lambda settings, sizes, _: {"alerts": alerts(settings, sizes)},
    "orders": lambda settings, sizes, _: {"orders": _orders(settings, sizes)},
    "oversight": lambda _, sizes, __: {"oversight": oversight(sizes) | {"told": facts(sizes.told.minutes())}},
    "signs": lambda _, sizes, __: {"signs": size(sizes), "signs_cost": cost(sizes)},
    "hj212": lambda settings, sizes, _: {"hj212": hj212(settings, sizes)},
    "http": lambda settings, sizes, _: {"http": http_posts(settings, sizes)},
    "mqtt": lambda settings, sizes, _: {"mqtt": mqtt_messages(settings, sizes)},
}


def main() -> None:
    """Run what is asked for."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what is started here is stopped on the way out
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # new topics have no leader for a moment; the client tries again
    figures: Figures = {"machine": report.machine(), "versions": engines.versions(options.engines)}
    seconds: dict[str, int] = {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        broker.start(settings)
        try:
            for name in options.only:
                began = time.monotonic()
                figures |= SECTIONS[name](settings, QUICK if options.quick else FULL, options)
                seconds[name] = round(time.monotonic() - began)
                say(f"{name} took {seconds[name]} s, all so far {sum(seconds.values())} s")
                figures["seconds"] = seconds
                report.write(FOLDER, figures)  # what is measured is kept, whatever happens to the rest
        finally:
            broker.stop(settings)
    sys.stdout.write(report.markdown(figures))
    if options.out:
        report.write(options.out, report.merged(options.out, figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one run: to see that all works; its figures say nothing"
    )
    parser.add_argument(
        "--only", type=_names(SECTIONS), default=list(SECTIONS), metavar="A,B", help=f"of {', '.join(SECTIONS)}"
    )
    parser.add_argument(
        "--engines", type=_names(ENGINES), default=list(ENGINES), metavar="A,B", help=f"of {', '.join(ENGINES)}"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the page and the JSON are written")
    options = parser.parse_args()
    if (
        options.out is None
        and not options.quick
        and len(options.only) == len(SECTIONS)
        and len(options.engines) == len(ENGINES)
    ):
        options.out = ROOT / "docs" / "measured"
    return options


def _names(known: "dict[str, Section] | tuple[str, ...]") -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        asked = text.split(",")
        if strange := [name for name in asked if name not in known]:
            raise argparse.ArgumentTypeError(f"{strange[0]!r} is none of {', '.join(known)}")
        return [name for name in known if name in asked]

    return names


if __name__ == "__main__":
    main()
