"""The time-stamp tokens (RFC 3161) over notes of a log that were taken in: files below ONESCREEN_DATA."""

import re
from collections.abc import Mapping
from pathlib import Path

from streams.settings import Settings

_SIZE = re.compile(r"[0-9]{1,15}")


def stamps_folder(settings: Settings, log: str) -> Path:
    """Where the tokens of a log stand: SIZE.tsr over the note of that many anchors."""
    return settings.data / "stamps" / log


def stamps_of(settings: Settings, log: str) -> Mapping[int, bytes]:
    """The tokens that were taken in, by the size of the note."""
    found = sorted(stamps_folder(settings, log).glob("*.tsr"))
    return {int(path.stem): path.read_bytes() for path in found if _SIZE.fullmatch(path.stem)}
