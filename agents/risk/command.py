"""`python -m agents risk`: the standing watch over the data of a log (常态化风险监测). What it sees becomes alerts."""

import argparse

from agents.risk.service import RiskWatch
from streams.command import Trouble
from streams.settings import load
from streams.stopping import stop_event
from streams.topics import LIVE


def main(arguments: list[str]) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m agents risk", description=__doc__)
    parser.add_argument("--log", default=LIVE, help=f"the log to watch ({LIVE})")
    options = parser.parse_args(arguments)
    settings = load()
    folder = settings.data / "risk"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"{folder} cannot be made: {error.strerror}") from None
    RiskWatch(settings, options.log, folder / f"{options.log}.json").run(stop_event())
    return 0
