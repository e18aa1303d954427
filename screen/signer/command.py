"""`python -m screen signer`: knows who is signed in, and signs what they do into an opened log, apart from the web process."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from screen.access.accounts import Accounts, read
from screen.access.oidc import read as read_provider
from screen.access.sessions import Sessions
from screen.acts.commands import ActLog
from screen.signer.entrance import Admission
from screen.signer.looking import OPEN_WITHIN, Looking, kafka_record
from screen.signer.notary import ENTRY_PART, ByHand, Notary, in_clear
from screen.signer.order_texts import IN_CLEAR
from screen.signer.refusals import Refusals
from screen.signer.sealing import WITHIN, by_keeper, orders_by_keeper
from screen.signer.server import FILE_WITHIN, SignerServer, listen
from screen.web.server_log import printable
from streams.command import Trouble
from streams.entry.log import EntryLog
from streams.keeper.client import KeeperClient
from streams.settings import Settings, load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import Part, key_path, open_part
from streams.topics import LIVE, topic_name

PART = "screen-1"
"""The part whose key signs what people do on the screen."""

_STOPS = (signal.SIGTERM, signal.SIGINT)


def main(argv: list[str]) -> int:
    """Sign until SIGTERM or SIGINT. For a log that was never opened there is nothing to sign: it waits for its end."""
    parser = argparse.ArgumentParser(prog="python -m screen signer", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="the log to sign into (default %(default)s)")
    log = parser.parse_args(argv).log
    topic_name(log, "alerts")
    settings = load()
    try:
        part = open_part(settings, log, PART)
    except KeyFileError as error:
        raise Trouble(str(error)) from None
    with part:
        if not part.logid:
            _wait(f"the log {log} was never opened, so the screen writes itself: start this again once it is")
            return 0
        _serve(settings, log, part)
    return 0


def socket_path(settings: Settings, log: str) -> Path:
    """Where the signer of a log listens."""
    return settings.signer / f"{log}.sock"


def _serve(settings: Settings, log: str, part: Part) -> None:
    if settings.people.exists():
        read(settings.people)  # what is wrong with it is said now
    else:
        _tell(f"nobody has an account yet: python -m screen people add (ONESCREEN_PEOPLE is {settings.people})")
    accounts = Accounts(settings.people)
    minute = 60
    idle, longest = settings.session_idle * minute, settings.session_longest * minute
    sessions = Sessions(settings.people.with_name("sessions.sqlite"), accounts, idle, longest)
    admission = Admission(accounts, read_provider(settings.oidc) if settings.oidc else None, sessions)
    acts = ActLog(settings)
    peers = settings.signer_peers or (os.geteuid(),)
    keeper = settings.keeper_socket
    seal = by_keeper(KeeperClient(keeper, WITHIN)) if keeper else in_clear
    orders = orders_by_keeper(KeeperClient(keeper, FILE_WITHIN)) if keeper else IN_CLEAR
    by_hand = _by_hand(settings, log)
    opener = KeeperClient(keeper, OPEN_WITHIN) if keeper else None
    looking = Looking(log, sessions, kafka_record(settings), opener, by_hand.entries)
    notary = Notary(log, part, sessions, acts, seal, orders, by_hand)
    server = SignerServer(notary, admission, looking, peers, Refusals(_tell), settings.original_most)
    path = socket_path(settings, log)
    listening = listen(path, peers)
    try:
        asyncio.run(_until_stopped(server, listening, f"signs into {log}, whose id is {part.logid}, at {path}"))
    finally:
        path.unlink(missing_ok=True)
        acts.close()
        sessions.close()
        if by_hand.registrar:
            by_hand.registrar.close()


def _by_hand(settings: Settings, log: str) -> ByHand:
    """How drafts are decided that people enter by hand; without the registrar's key none is confirmed."""
    known = key_path(settings, log, ENTRY_PART).exists()
    return ByHand(EntryLog(settings, log), open_part(settings, log, ENTRY_PART) if known else None)


async def _until_stopped(server: SignerServer, listening: socket.socket, what: str) -> None:
    stop = asyncio.Event()
    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _tell(what)
    await server.serve(listening, stop)


def _wait(why: str) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    _tell(why)
    signal.sigwait(_STOPS)


def _tell(text: str) -> None:
    sys.stderr.write(f"signer: {printable(text)}\n")
