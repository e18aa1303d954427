"""The application: Streamlit's page, our routes beside it, and the reader's thread, in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from screen.commands import Commands
from screen.feed import Feed
from screen.hub import Hub
from screen.jobs import Jobs
from screen.people import People, Person
from screen.routes import Routes
from screen.rulebook import RuleBook
from screen.security import Policy
from streams.settings import Settings

PAGE = Path(__file__).parent / "page.py"


def options(settings: Settings) -> dict[str, Any]:
    """Streamlit's options: this machine only, nothing sent anywhere, no trace shown to a viewer, no collector at each run."""
    return {
        "server.address": settings.screen_host,
        "server.port": settings.screen_port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "runner.postScriptGC": False,  # hidden option: two thirds of a server's time otherwise
        "runner.magicEnabled": False,
        "theme.base": "dark",
        "theme.backgroundColor": "#15191d",
        "logger.level": "warning",
    }


def build(settings: Settings, log: str) -> st.App:
    """The application for one log. Until people have accounts there is one local supervisor, named by the settings."""
    hub = Hub()
    feed = Feed(settings, log, hub.publish)
    commands = Commands(settings)
    local = Person(id="local-supervisor", name=settings.supervisor, role="supervisor")

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        hub.open()
        feed.start()
        try:
            yield
        finally:
            hub.close()
            feed.stop()
            commands.close()

    return st.App(
        PAGE,
        routes=[
            *RuleBook(hub, log).table(),
            *Routes(hub, commands, log).table(),
            *Jobs(hub, commands, log, settings.data).table(),
        ],
        middleware=[Middleware(Policy, host=settings.screen_host), Middleware(People, local=local)],
        lifespan=lifespan,
    )
