"""How every command line of the project is entered: a table of commands, exit 0, 1 or 2 (done, found trouble, wrong use)."""

import errno
import gc
import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import NoReturn


class Trouble(Exception):  # noqa: N818 - it is what the exit code calls it
    """Something a person must mend: the message says what was found, where, and what to do. Exit code 1."""


def main(package: str, commands: Mapping[str, tuple[str, str]]) -> None:
    """Run `python -m PACKAGE COMMAND …`: `commands` maps a name to its module and one line of help."""
    name, *rest = sys.argv[1:] or ["--help"]
    if name in {"-h", "--help"}:
        sys.stdout.write(_usage(package, commands))
        sys.exit(0)
    if name not in commands:
        sys.stderr.write(f"python -m {package}: no command {name!r}\n{_usage(package, commands)}")
        sys.exit(2)
    run(name, loaded(commands[name][0]).main, rest)


def loaded(module: str) -> ModuleType:
    """A module of the project and all that it imports. Nobody looks for garbage meanwhile, nor later among what stands then."""
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def run(name: str, work: Callable[[list[str]], int], arguments: list[str]) -> NoReturn:
    """Do the work of a command and end the process: with its exit code, or with one sentence and 1 or 2."""
    try:
        sys.exit(work(arguments))
    except Trouble as trouble:
        sys.stderr.write(f"{name}: {trouble}\n")
        sys.exit(1)
    except ValueError as error:  # settings and names given wrongly
        sys.stderr.write(f"{name}: {error}\n")
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.stderr.write(f"{name}: the disk{f' of {error.filename}' if error.filename else ''} is full: make room\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _usage(package: str, commands: Mapping[str, tuple[str, str]]) -> str:
    width = max(map(len, commands), default=0)
    lines = [f"  {name.ljust(width)}  {what}" for name, (_, what) in commands.items()]
    return f"usage: python -m {package} COMMAND [--help]\n\n" + "\n".join(lines) + "\n"
