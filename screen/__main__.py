"""`python -m screen`: the screen of one log, on this machine. `python -m screen kiosk`: its wall on a display."""

import argparse
import socket
import sys

from screen import kiosk
from screen.access import people_command
from screen.access.request_timeout import bound_requests
from screen.signer import command
from streams.command import Trouble, run
from streams.settings import load
from streams.topics import LIVE, topic_name


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; the address goes to stderr. `people`: the accounts; `kiosk`: a wall; `signer`: signs."""
    if arguments[:1] == ["people"]:
        return people_command.main(arguments[1:])
    if arguments[:1] == ["kiosk"]:
        return kiosk.main(arguments[1:])
    if arguments[:1] == ["signer"]:
        return command.main(arguments[1:])
    from screen.app import build, options  # noqa: PLC0415 - what signs loads nothing of the web process

    more = "python -m screen people --help: who may sign in; python -m screen kiosk --help: a display for the wall"
    parser = argparse.ArgumentParser(prog="python -m screen", description=__doc__, epilog=more)
    parser.add_argument("--log", default=LIVE, help="the log to show (default: live)")
    log = parser.parse_args(arguments).log
    topic_name(log, "alerts")
    settings = load()
    app = build(settings, log)
    _refuse_taken(settings.screen_host, settings.screen_port)
    sys.stderr.write(f"screen: http://{settings.screen_host}:{settings.screen_port} shows the log {log}\n")
    bound_requests()
    app.run(config=options(settings))
    return 0


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
