"""The application: Streamlit's page, our routes beside it, and the reader's thread, in one process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from screen.access.accounts import Accounts, read
from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of, uploads_of
from screen.access.oidc import Provider
from screen.access.oidc import read as read_provider
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.access.security import LOOPBACK, Policy
from screen.access.sessions import Sessions
from screen.access.signin import SignIn
from screen.acts.commands import Commands, OwnCommands
from screen.acts.looks import Looks
from screen.acts.orders import OrderActs
from screen.acts.reveals import Reveals
from screen.acts.routes import Acts
from screen.acts.sharing import SharingActs
from screen.catalogue.routes import CatalogueRoutes
from screen.desk.readings import Reader
from screen.desk.routes import DeskRoutes
from screen.dispatch.routes import DispatchRoutes
from screen.entry.routes import EntryRoutes
from screen.feed.hub import Hub
from screen.feed.reader import Feed
from screen.orders.routes import OrderRoutes
from screen.originals.routes import Originals, finder, trail_in
from screen.oversight.appraised import AppraisedRoutes
from screen.oversight.routes import OversightRoutes
from screen.replay.jobs import Jobs
from screen.replay.shares import JobShare
from screen.rules import statutes
from screen.rules.book import RuleBook
from screen.signer.client import SignedCommands, SignerClient, SignerEntrance
from screen.signer.command import socket_path
from screen.signer.entrance import Admission, Entrance, OwnEntrance
from screen.signer.looking import kafka_record
from screen.signs.routes import SignRoutes
from screen.watching.middleware import AccessTold
from screen.watching.teller import Teller
from screen.web.first_html import page_routes
from screen.web.own_address import ask_nobody
from screen.web.routes import Routes
from streams.command import Trouble
from streams.messages import Access
from streams.originals.folder import folder_of
from streams.oversight.client import OversightClient, socket_of
from streams.places.organs import units
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import pinned

PAGE = Path(__file__).parent / "web" / "page.py"

MOST_FRAME = 1
"""Megabytes of a websocket's message at most, which Streamlit has at 200; a choice: its own websocket carries some kilobytes
here. Of the others it bounds what pages send, which is next to nothing, not the feed that they get."""


def options(settings: Settings) -> dict[str, Any]:
    """Streamlit's options: this machine only, nothing sent anywhere, no trace shown to a viewer, no collector at each run."""
    return {
        "server.address": settings.screen_host,
        "server.port": settings.screen_port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.maxMessageSize": MOST_FRAME,
        "server.maxWidgetStateSize": MOST_FRAME,  # hidden option: of what a page's script is told
        "server.maxUploadSize": MOST_FRAME,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "runner.postScriptGC": False,  # hidden option: two thirds of a server's time otherwise
        "runner.magicEnabled": False,
        "theme.base": "dark",
        "theme.backgroundColor": "#15191d",
        "logger.level": "warning",
    }


def looks(
    hub: Hub,
    settings: Settings,
    log: str,
    commands: Commands,
    signer: SignerClient | None = None,
    entrance: Entrance | None = None,
    *,
    write: Callable[[Access], None],
) -> list[BaseRoute]:
    """All that shows what is in the log, or takes an act on it; `write` puts a reveal on record."""
    originals, reader = folder_of(settings, log), Reader(settings)
    oversight = OversightClient(socket_of(settings, log))
    return [
        *Routes(hub, log, entrance).table(),
        *Acts(hub, commands, log).table(),
        *OrderActs(hub, commands, log).table(),
        *SharingActs(hub, commands, log).table(),
        *EntryRoutes(hub, commands, log, signer, write).table(),
        *OrderRoutes(hub, settings.desk_phone).table(),
        *Originals(
            finder(hub), trail_in(settings, log), commands, log, originals, settings.original_most, signer, hub.now
        ).table(),
        *DispatchRoutes(hub).table(),
        *Looks(hub, signer).table(),
        *Reveals(hub, kafka_record(settings), write).table(),
        *DeskRoutes(hub, reader).table(),
        *SignRoutes(hub, log, reader).table(),
        *RuleBook(hub, log).table(),
        *statutes.routes(),
        *CatalogueRoutes(hub, settings, log).table(),
        *OversightRoutes(hub, oversight).table(),
        *AppraisedRoutes(hub, oversight, commands, log).table(),
        *Jobs(hub, commands, log, settings.data, JobShare(settings.jobs_open, settings.jobs_hour)).table(),
    ]


def build(settings: Settings, log: str) -> st.App:
    """The application for one log. Without accounts there is one local supervisor, named by the settings, on this machine.

    Where the log was opened, the signer has the accounts and the sessions, and writes.

    ValueError where the file of accounts or of the provider cannot be used, or the screen may not be served like this.
    """
    ask_nobody()
    provider = read_provider(settings.oidc) if settings.oidc else None
    signer = SignerClient(socket_path(settings, log), log) if _opened(settings, log) else None
    entrance, commands = _signed(signer) if signer else _own(settings, provider)
    alone = entrance is None
    if alone and settings.screen_host not in LOOPBACK:
        raise ValueError(
            f"ONESCREEN_SCREEN_HOST is {settings.screen_host!r} and nobody has an account: whoever reaches it could act as the "
            "supervisor. Give people accounts (python -m screen people add, or ONESCREEN_OIDC), or leave it at 127.0.0.1"
        )
    hub = Hub()
    feed = Feed(settings, log, hub)
    teller = Teller(settings, log)
    local = Person(id="local-supervisor", name=settings.supervisor, role="supervisor", unit=_office()) if alone else None

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        hub.open()
        feed.start()
        teller.start()
        try:
            yield
        finally:
            hub.close()
            feed.stop()
            commands.close()
            teller.stop()
            if isinstance(entrance, OwnEntrance):
                entrance.close()

    routes = [
        *SignIn(entrance, provider).table(),
        *page_routes(),
        *looks(hub, settings, log, commands, signer, entrance, write=teller.write),
    ]
    return st.App(
        PAGE,
        secrets={"auth": provider.auth} if provider else None,
        routes=routes,
        middleware=[
            Middleware(AccessTold, tell=teller.tell),
            Middleware(Policy, name=settings.screen_name),
            Middleware(Authentication, local=local, entrance=entrance, provider=provider),
            Middleware(RequestGuard, acts=acts_of(routes), uploads=uploads_of(routes)),
        ],
        lifespan=lifespan,
    )


def _office() -> str:
    """The general office of the city's government, for which the one local supervisor acts; empty where none is listed."""
    known = units()
    government = next((unit.id for unit in known if unit.kind == "government" and unit.level == "city"), "")
    office = known.office(government)
    return office.id if office else ""


def _opened(settings: Settings, log: str) -> bool:
    try:
        return bool(pinned(settings, log))
    except KeyFileError as error:
        raise Trouble(str(error)) from None


def _own(settings: Settings, provider: Provider | None) -> tuple[OwnEntrance | None, Commands]:
    """Who is signed in, and how acts are written, where this process does both: the log was never opened."""
    accounts = Accounts(settings.people) if settings.people.exists() and read(settings.people) else None
    if accounts is None and provider is None:
        return None, OwnCommands(settings)
    minute = 60
    idle, longest = settings.session_idle * minute, settings.session_longest * minute
    sessions = Sessions(settings.people.with_name("sessions.sqlite"), accounts, idle, longest)
    return OwnEntrance(Admission(accounts, provider, sessions)), OwnCommands(settings)


def _signed(signer: SignerClient) -> tuple[Entrance, Commands]:
    """The same by the signer: nobody acts in an opened log without an account, and this process neither knows nor writes."""
    return SignerEntrance(signer), SignedCommands(signer)
