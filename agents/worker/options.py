"""What a worker is told on its command line, and the consumer group that follows from it. Knows nothing of Faust."""

import argparse

from streams.catalogue import domains
from streams.kafka.topics import LIVE


def parse(argv: list[str], command: str, about: str) -> argparse.Namespace:
    """Options of a worker: `log`, `domain` (a list or None), `name`, `listener`; wrong use ends with exit code 2."""
    parser = argparse.ArgumentParser(prog=f"python -m agents {command}", description=about)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--domain", action="append", choices=domains(), help="only this domain; may be repeated")
    parser.add_argument("--name", help="lasting name of this worker, unique in its log: started again, it goes on at once")
    parser.add_argument("--listener", type=int, help="an open socket on which to answer HTTP, as `agents watch` hands it over")
    return parser.parse_args(argv)


def group(log_name: str) -> str:
    """The consumer group of a log's workers."""
    return f"onescreen-{log_name}"
