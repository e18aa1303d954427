"""The spool of a gateway that takes what others send: what can be said of it at the command line, and its opening."""

import argparse
from collections.abc import Callable
from pathlib import Path

from streams.gateways.spool import MOST, Spool
from streams.settings import Settings


def spool_options(parser: argparse.ArgumentParser, folders: str) -> None:
    """What can be said of a spool at the command line; `folders`: where it is without that, below the data directory."""
    parser.add_argument("--spool", type=Path, metavar="FOLDER", help=f"its spool ({folders} below ONESCREEN_DATA)")
    parser.add_argument("--spool-most", type=int, default=MOST >> 20, metavar="MIB", help=f"its size at most ({MOST >> 20})")


def opened(options: argparse.Namespace, settings: Settings, name: str, promised: str, say: Callable[[str], None]) -> Spool:
    """The spool of these options, else the one of this name; what is damaged in it is told. `promised`: how a record is."""
    folder = options.spool or settings.data / "spool" / name
    spool = Spool(folder, options.spool_most << 20)
    if spool.damaged:
        say(f"{folder}: {spool.damaged} bytes were no whole record; a kill leaves some that were never {promised}")
    return spool
