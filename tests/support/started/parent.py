"""`python -m tests.support.started.parent FD PACKAGE`: forks processes of a package, as it is asked through a socket."""

import gc
import importlib
import io
import json
import os
import random
import runpy
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

MOST = 1 << 20
"""Bytes of a request at most: arguments and an environment."""


def main() -> None:
    """Serve until the socket is closed. A child goes on behind this function as a Python that was just started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a press of Ctrl-C is for those who work
    at = socket.socket(fileno=int(sys.argv[1]))
    package = sys.argv[2]
    while request := _next(at):
        (arguments, env, session), files = request
        _load(package, arguments[1:])
        gc.freeze()  # the children share what stands
        begun, told = os.pipe()
        if os.fork() == 0:
            if own := os.fork():
                os.write(told, str(own).encode())
                os._exit(0)
            os.close(begun)
            os.close(told)
            at.close()
            _become(arguments, env, files, session)
            return
        os.close(told)
        own = os.read(begun, 64)
        os.wait()
        os.close(begun)
        for file in files:
            os.close(file)
        at.send(own)
    os._exit(0)


def _next(at: socket.socket) -> tuple[tuple[list[str], dict[str, str], bool], list[int]] | None:
    message, files, _, _ = socket.recv_fds(at, MOST, 3)
    return (tuple(json.loads(message)), files) if message else None


def _load(package: str, arguments: list[str]) -> None:
    """Import what the command imports; one that cannot be is told by the child."""
    with suppress(Exception):
        table = importlib.import_module(f"{package}.__main__").COMMANDS
        name = next(iter(arguments), "")
        if name in table:
            importlib.import_module(table[name][0])
        elif package == "screen":
            importlib.import_module("screen.app")
    sys.modules.pop(f"{package}.__main__", None)


def _become(arguments: list[str], env: dict[str, str], files: list[int], session: bool) -> None:
    """Take up files, environment and arguments; what a Python draws at its start is drawn anew."""
    for standard, file in enumerate(files):
        os.dup2(file, standard)
    for file in files:
        os.close(file)
    if session:
        os.setsid()
    os.environ.clear()
    os.environ.update(env)
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = sys.__stdin__ = _stream(0, sys.__stdin__, "rb")
    sys.stdout = sys.__stdout__ = _stream(1, sys.__stdout__, "wb", os.isatty(1))
    sys.stderr = sys.__stderr__ = _stream(2, sys.__stderr__, "wb", lines=True)
    sys.argv = arguments


def _stream(file: int, before: Any, mode: str, lines: bool = False) -> Any:
    raw = open(file, mode, closefd=False)  # noqa: SIM115 - open as long as the process lives
    return io.TextIOWrapper(raw, before.encoding, before.errors, line_buffering=lines)


if __name__ == "__main__":
    main()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
