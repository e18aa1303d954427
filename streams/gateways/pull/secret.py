"""A password or key: in a file that its owner alone may read, or in the environment; never in a TOML."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from streams.command import Trouble

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret(file: str, variable: str, folder: Path, env: Mapping[str, str] = os.environ) -> str:
    """The first line of a file (below `folder` where its path is relative), else what a variable of the environment has.

    Empty where neither is named. Trouble where it cannot be read, or others may read it.
    """
    if file:
        path = folder / file
        try:
            found = path.stat()
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Trouble(f"{path} cannot be read: {error}") from None
        if found.st_mode & _OTHERS:
            raise Trouble(
                f"others may read {path} (mode {stat.S_IMODE(found.st_mode):o}): give it the mode 600, change what it holds"
            )
        return text.partition("\n")[0].rstrip("\r")
    if variable and variable not in env:
        raise Trouble(f"the variable {variable} of the environment is not set: set it, or name a file of mode 600")
    return env.get(variable, "")
