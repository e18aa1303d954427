"""What a worker is told on its command line. Knows nothing of Faust."""

import argparse

from streams.topics import LIVE, inputs

PART = "worker-1"
"""The part that a worker is, and so the name of its key's file; of several on one machine each has its own."""


def parser(command: str, about: str) -> argparse.ArgumentParser:
    """A parser of the options of a worker: `log`, `domain` (a list or None), `name` and `part`."""
    options = argparse.ArgumentParser(prog=f"python -m agents {command}", description=about)
    options.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options.add_argument("--domain", action="append", choices=inputs(), help="only this domain; may be repeated")
    options.add_argument("--name", help="lasting name of this worker, unique in its log: started again, it goes on at once")
    options.add_argument("--part", default=PART, help="with whose key it signs in an opened log (default %(default)s)")
    return options
