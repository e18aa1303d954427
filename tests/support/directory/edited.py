"""A copy of the domains' data in which one catalogue says something else; their payloads are those of the product."""

import shutil
from collections.abc import Callable
from pathlib import Path

from streams.catalogue import ROOT


def edited(folder: Path, domain: str, change: Callable[[str], str]) -> Path:
    """The root of a copy of all domains' TOML files in a folder, with one domain's catalogue changed; it must change."""
    root = folder / "domains"
    for file in ROOT.glob("*/*.toml"):
        if file.name in {"domain.toml", "catalogue.toml"}:
            (root / file.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, root / file.parent.name)
    file = root / domain / "catalogue.toml"
    before = file.read_text("utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, "utf-8")
    return root
