"""`python -m agents oversight`: keep the measures of a log up to date, and answer the page of oversight over a socket.

It reads the log and writes nothing into it. docs/operate/measures.md says how cases are counted.
"""

import argparse
import os

from agents.oversight.service import OversightService, say
from streams.command import Trouble
from streams.gateways.intake.metrics import serve_metrics
from streams.oversight.client import socket_of
from streams.oversight.wire import MAX_QUESTION
from streams.peers.server import LineServer
from streams.settings import load
from streams.stopping import stop_event
from streams.topics import LIVE


def main(arguments: list[str]) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m agents oversight", description=__doc__)
    parser.add_argument("--log", default=LIVE, help=f"the log whose measures are kept ({LIVE})")
    options = parser.parse_args(arguments)
    settings = load()
    path = socket_of(settings, options.log)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"{path.parent} cannot be made: {error.strerror}") from None
    service = OversightService(settings, options.log, path.with_suffix(".books"))
    serve_metrics(service.metrics, settings, say)
    stop = stop_event()
    try:
        server = LineServer(path, {os.geteuid()}, service.answered, MAX_QUESTION)
    except OSError as error:
        raise Trouble(
            f"no socket can be made at {path}: {error.strerror or error}. Set ONESCREEN_DATA to another folder"
        ) from None
    try:
        service.run(stop)
    finally:
        server.close()
        path.unlink(missing_ok=True)
    return 0
