"""Programs of others that post to the HTTP gateway by the recipes of docs/operate/recipes; scripts/senders unpacks them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.kafka.settings import CACHE
from tests.support.workers import ROOT, wait_for

SENDERS = Path(CACHE) / "senders"
RECIPES = ROOT / "docs" / "operate" / "recipes"
READY = ROOT / "streams" / "gateways" / "ready"


def register(ready: str, types: str, token: str) -> str:
    """A register of senders with one that has a ready mapping."""
    return f'[source.shipper]\ntoken = "{token}"\ntypes = {types}\nsubjects = ["*"]\nmap = "{READY / ready}"\n'


@contextmanager
def syslog_ng(folder: Path, log: Path, url: str, token: str) -> Iterator[None]:
    """Syslog-ng with the recipe's file, on a log."""
    modules = next((SENDERS / "usr" / "lib" / "syslog-ng").glob("[0-9]*"), "")
    own = [
        f"--module-path={modules}",
        *(f"--{name}={folder / name}" for name in ("persist-file", "control", "pidfile")),
    ]
    given = {"AUTH_LOG": str(log), "ONESCREEN_URL": url, "ONESCREEN_TOKEN": token}
    with _running(folder, ["syslog-ng", "-F", "--no-caps", "-f", str(RECIPES / "syslog-ng.conf"), *own], given):
        yield


@contextmanager
def collectd(folder: Path, said: dict[str, str]) -> Iterator[None]:
    """Collectd with the recipe's file, in which a place of its own machine is put for each that the file has."""
    text = (RECIPES / "collectd.conf").read_text("utf-8")
    for before, after in said.items():
        assert before in text, f"the recipe has no {before}"
        text = text.replace(before, after)
    own = {
        "BaseDir": folder,
        "PIDFile": folder / "pid",
        "PluginDir": SENDERS / "usr/lib/collectd",
        "TypesDB": SENDERS / "usr/share/collectd/types.db",
    }
    path = folder / "collectd.conf"
    path.write_text("".join(f'{name} "{place}"\n' for name, place in own.items()) + text, "utf-8")
    with _running(folder, ["collectd", "-f", "-C", str(path)], {}):
        yield


@contextmanager
def _running(folder: Path, line: list[str], given: dict[str, str]) -> Iterator[None]:
    """A program of SENDERS while the body runs; what it said is told where that fails."""
    if not (SENDERS / "whole").exists():
        pytest.skip(f"{line[0]} is not in {SENDERS}: run scripts/senders")
    libraries = [*SENDERS.glob("usr/lib/*-linux-gnu"), *SENDERS.glob("lib/*-linux-gnu"), SENDERS / "usr/lib/syslog-ng"]
    env = os.environ | given | {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen([str(SENDERS / "usr/sbin" / line[0]), *line[1:]], env=env, stdout=out, stderr=out)
    try:
        yield
    except BaseException as error:
        error.add_note(f"{line[0]} said:\n{said.read_text('utf-8', 'replace')}")
        raise
    finally:
        process.terminate()
        wait_for(lambda: process.poll() is not None, f"{line[0]} to end")
