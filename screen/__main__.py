"""`python -m screen`: the screen of one log, on this machine; by commands its accounts, its signer, its wall on a display."""

import argparse
import importlib
import socket
import sys

from streams.command import Trouble, run
from streams.settings import load
from streams.topics import LIVE, topic_name

COMMANDS = {
    "people": ("screen.access.people_command", "who may sign in"),
    "signer": ("screen.signer.command", "signs what people do into an opened log"),
    "kiosk": ("screen.kiosk", "a display for the wall"),
}
"""Each with its module and what it is for; it loads nothing of the web process."""


def main(arguments: list[str]) -> int:
    """Do a command, or serve until SIGTERM or SIGINT; the address goes to stderr."""
    if arguments and arguments[0] in COMMANDS:
        return int(importlib.import_module(COMMANDS[arguments[0]][0]).main(arguments[1:]))
    more = "; ".join(f"python -m screen {name} --help: {what}" for name, (_, what) in COMMANDS.items())
    parser = argparse.ArgumentParser(prog="python -m screen", description=__doc__, epilog=more)
    parser.add_argument("--log", default=LIVE, help="the log to show (default: live)")
    log = parser.parse_args(arguments).log
    topic_name(log, "alerts")
    _serve(log)
    return 0


def _serve(log: str) -> None:
    from screen.app import build, options  # noqa: PLC0415 - Streamlit takes a second, which no command needs
    from streams.request_timeout import bound_requests  # noqa: PLC0415

    settings = load()
    app = build(settings, log)
    _refuse_taken(settings.screen_host, settings.screen_port)
    sys.stderr.write(f"screen: http://{settings.screen_host}:{settings.screen_port} shows the log {log}\n")
    bound_requests()
    app.run(config=options(settings))


def _refuse_taken(host: str, port: int) -> None:
    """Trouble where the port is in use: Streamlit would silently take the next one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(f"{host}:{port} cannot be used: {error}. Stop what uses it, or set ONESCREEN_SCREEN_PORT") from None


if __name__ == "__main__":
    run("screen", main, sys.argv[1:])
