"""The screen's application as `python -m screen` builds it, without a server and without Kafka behind it."""

from pathlib import Path

from starlette.applications import Starlette
from streamlit.runtime import Runtime

import screen.app
from streams.settings import load


def application(folder: Path, log: str = "t") -> Starlette:
    """The application of the log with its data in this folder.

    Streamlit has one runtime a process: it is let go at once, so that the next test builds its own, whichever test came before.
    """
    Runtime._instance = None
    try:
        return screen.app.build(load({"ONESCREEN_DATA": str(folder), "ONESCREEN_KAFKA_PORT": "1"}), log)._build_starlette_app()
    finally:
        Runtime._instance = None
