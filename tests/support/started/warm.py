"""The program's processes for tests, forked from one that has loaded the modules of their package.

`python -m agents worker` takes a second of a core to load what it imports, and a run starts hundreds of processes. Here each is
the child of whoever started it, with the environment, files and arguments that it was given, and it begins with its
`__main__`: but its modules are there. Whatever is asked for in another way (another folder or interpreter, other settings of
Python) is started as ever, and so is everything with ONESCREEN_COLD=1.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PACKAGES = ("agents", "fixtures", "screen", "streams")

_PR_SET_CHILD_SUBREAPER = 36
_SETTLED = ("PYTHON", "LD_", "LC_", "LANG", "TZ", "MALLOC")
"""Names that begin so are read when a process begins: one with others than ours is no fork of ours."""

_libc = ctypes.CDLL(None, use_errno=True)
_one_by_one = threading.Lock()


class Warm(subprocess.Popen[Any]):
    """`subprocess.Popen`; a process of the program's own packages is forked from one that has loaded them."""

    def _execute_child(
        self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any, *rest: Any
    ) -> None:
        shell, pipes, session = rest[2], rest[3:9], rest[14]
        more = any((executable, preexec_fn, pass_fds, shell)) or rest[10:14] != (None, None, None, -1) or rest[15] != -1
        if more or not _is_ours(args, cwd, env):
            execute = super()._execute_child  # type: ignore[misc]
            execute(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *rest)
            return
        files = [given if given != -1 else standard for standard, given in enumerate((pipes[0], pipes[3], pipes[5]))]
        try:
            self.pid = _forked(list(map(str, args[2:])), dict(os.environ if env is None else env), files, session=session)
        finally:
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        self._child_created = True


def _is_ours(args: Any, cwd: Any, env: Mapping[str, str] | None) -> bool:
    if isinstance(args, str | bytes | os.PathLike) or list(args[:2]) != [sys.executable, "-m"] or args[2] not in PACKAGES:
        return False
    given = os.environ if env is None else env
    return (
        Path(cwd or ".").resolve() == ROOT == Path.cwd()
        and _settled(given) == _settled(os.environ)
        and "ONESCREEN_COLD" not in os.environ
    )


def _settled(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_SETTLED)}


@cache
def _parent(package: str) -> socket.socket:
    """The process from which those of a package are forked; it ends when this one has gone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line = [sys.executable, "-m", "tests.support.started.parent", str(theirs.fileno()), package]
    subprocess.Popen(line, cwd=ROOT, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
    theirs.close()
    return ours


def _forked(arguments: list[str], env: dict[str, str], files: list[int], *, session: bool) -> int:
    """Its process id. What is forked there loses its parent at once, and this process takes it up in that moment."""
    with _one_by_one:
        at = _parent(arguments[0])
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            socket.send_fds(at, [json.dumps([arguments, env, session]).encode()], files)
            said = at.recv(64)
        finally:
            _libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    assert said, f"the process that starts those of {arguments[0]} has ended: see its stderr, or set ONESCREEN_COLD=1"
    return int(said)
