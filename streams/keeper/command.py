"""`python -m streams keeper`: the keeper of keys of a log, and what people order of it. Every answer is a line of JSON.

`run` is the process. `status`, `rotate` and `sweep` ask it over its socket. `forget`, `purge`, `hold` and `cosign` hand it an
order that people sign: where two must sign, both keys are given, or the half-signed order goes to the second
person, who runs `cosign`.
"""

import argparse
import os
import shlex
import shutil
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from streams.clock import wall_time
from streams.command import Trouble
from streams.keeper import orders
from streams.keeper.acts import PART
from streams.keeper.client import KeeperAwayError, KeeperRefusedError
from streams.keeper.disk.kek import CommandKeks, FileKeks, Keks
from streams.keeper.disk.shelf import Shelf
from streams.keeper.disk.store import Store
from streams.keeper.disk.twofold import NAME
from streams.keeper.errors import KeeperError
from streams.keeper.forgetting import Choices, Forgetting
from streams.keeper.kafka_log import KafkaLog
from streams.keeper.keeper import Keeper
from streams.keeper.orders import client_of, say, socket_path
from streams.keeper.rights import by_role
from streams.keeper.server import KeeperServer, peers_of
from streams.keeper.sweep import unreferenced
from streams.messages import HOUR, format_time
from streams.originals.folder import folder_of, sealed_originals
from streams.private import private
from streams.settings import Settings, load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import Part, open_part
from streams.stopping import stop_event
from streams.topics import LIVE

EVERY = 5.0
"""Seconds between two looks at what is ordered and due."""

SWEPT_AT_ONCE = 1_000


def main(arguments: list[str]) -> int:
    """Run one of the keeper's commands."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.work(load(), options))
    except (KeeperAwayError, KeeperRefusedError, KeyFileError) as error:
        raise Trouble(str(error)) from None
    except sqlite3.Error as error:
        raise Trouble(f"the store cannot be used: {error}") from None


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Answer and forget until SIGTERM or SIGINT; nothing is answered before all that was forgotten is forgotten here too."""
    with ExitStack() as held:
        part, store, forgetting, log, shelf = _opened(settings, options.log, held)
        stop = stop_event()
        right = by_role(lambda asked: bool(asked.authn.session))
        keeper = Keeper(store, log, shelf, forgetting, part.logid, part.value, right, _tell, wall_time)
        peers = peers_of(settings.keeper_peers, os.geteuid())
        most = settings.original_most
        server = KeeperServer(socket_path(settings, options.log), keeper, forgetting, options.log, peers, most)
        held.callback(server.close)
        _tell("ready", {"log": options.log, "epoch": store.epoch, "keys": len(store.rows())})
        while not stop.is_set():
            _work(server.lock, keeper, forgetting)
            stop.wait(EVERY)
    return 0


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Take a backup for the store, and forget in it what the log says was forgotten, before anything opens a text."""
    source = options.source / NAME
    if not source.is_file():
        raise Trouble(f"{source} is not there: give the folder of a backup that `python -m streams keeper backup` wrote")
    folders = _folders(settings, options.log)
    if there := [str(folder / NAME) for folder in folders if (folder / NAME).exists()]:
        raise Trouble(f"{' and '.join(there)} is there: move the store away first, whole")
    for folder in folders:
        for path in [source, *options.source.glob("kek-*")]:
            shutil.copyfile(path, private(folder) / path.name)
            (folder / path.name).chmod(0o600)
    with ExitStack() as held:
        _, store, forgetting, *_ = _opened(settings, options.log, held)
        forgetting.step()
        _tell("restored", {"epoch": store.epoch, "keys": len(store.rows())})
    return 0


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Write the store as it is into a new file, without the KEK: it opens nothing by itself, and nothing after the epoch."""
    source, target = _folders(settings, options.log)[0] / NAME, options.to / NAME
    if not source.is_file():
        raise Trouble(f"{source} is not there: is this the keeper's machine and user?")
    if target.exists():
        raise Trouble(f"{target} is there: give a folder of its own")
    private(options.to)
    target.touch(0o600)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as base, closing(sqlite3.connect(target)) as copy:
        base.backup(copy)
    _tell("written", {"file": str(target)})
    return 0


def status(settings: Settings, options: argparse.Namespace) -> int:
    """Print how the keeper stands; 1 where something is owed."""
    found = client_of(settings, options.log).status()
    say(found)
    return 1 if found.owed else 0


def rotate(settings: Settings, options: argparse.Namespace) -> int:
    """Begin the next epoch now."""
    say({"epoch": int(client_of(settings, options.log).rotate())})
    return 0


def sweep(settings: Settings, options: argparse.Namespace) -> int:
    """Remove texts and originals, a day old and more, to which no event refers; with `--dry-run` name them alone."""
    found = unreferenced(settings, options.log, wall_time(), sealed_originals(folder_of(settings, options.log)))
    removed = 0
    for begin in range(0, 0 if options.dry_run else len(found), SWEPT_AT_ONCE):
        removed += int(client_of(settings, options.log).sweep(tuple(found[begin : begin + SWEPT_AT_ONCE])))
    say({"found": found if options.dry_run else len(found), "removed": removed})
    return 0


def _work(lock: threading.Lock, keeper: Keeper, forgetting: Forgetting) -> None:
    """Read orders, do what is due; what fails is told, and tried again."""
    try:
        with lock:
            forgetting.catch_up()
            keeper.rotate_if_due()
            forgetting.step()
    except (KeeperError, sqlite3.Error, OSError) as error:
        _tell("trouble", {"what": str(error)})


def _opened(settings: Settings, log: str, held: ExitStack) -> tuple[Part, Store, Forgetting, KafkaLog, Shelf]:
    """The keeper's parts, with everything forgotten that the log says was forgotten."""
    part = held.enter_context(open_part(settings, log, PART))
    if not part.logid:
        raise Trouble(f"log {log!r} was never opened: sealed texts are bound to a log's id; open the log first")
    folders = _folders(settings, log)
    for folder in folders:
        private(folder)
    keks: Keks = CommandKeks(shlex.split(settings.keeper_kek)) if settings.keeper_kek else FileKeks(folders)
    store = Store(*folders, keks, wall_time())
    held.callback(store.close)
    reader = held.enter_context(KafkaLog(settings, log))
    choices = Choices(grace=settings.keeper_grace * HOUR, most=settings.keeper_most)
    shelf = Shelf(folder_of(settings, log))
    forgetting = Forgetting(store, reader, shelf, part.logid, part.value, _tell, choices)
    forgetting.catch_up()
    return part, store, forgetting, reader, shelf


def _folders(settings: Settings, log: str) -> tuple[Path, Path]:
    return settings.keeper / log, settings.keeper_copy / log


def _tell(what: str, facts: Mapping[str, object]) -> None:
    say({"at": format_time(wall_time()), "what": what, **facts})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m streams keeper", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, work: Any) -> argparse.ArgumentParser:
        found: argparse.ArgumentParser = commands.add_parser(name, help=work.__doc__, description=work.__doc__)
        found.set_defaults(work=work)
        found.add_argument("--log", default=LIVE, help="name of the log (default: %(default)s)")
        return found

    for name, work in (("run", run), ("status", status), ("rotate", rotate)):
        command(name, work)
    command("sweep", sweep).add_argument("--dry-run", action="store_true", help="name them, remove nothing")
    command("restore", restore).add_argument("--from", dest="source", type=Path, required=True, help="the backup's folder")
    command("backup", backup).add_argument("--to", type=Path, required=True, help="a new folder for it")
    orders.arguments(command)
    return parser
