"""The kinds of orders as they are committed: `<kind>/kind.toml`, with what all have in common from `common.toml`."""

from functools import cache
from hashlib import blake2s
from pathlib import Path
from typing import Any

import msgspec

from streams import toml
from streams.orders.kind import HANDOVER, Kinds, OrderKind
from streams.orders.sound import wrongs

ROOT = Path(__file__).parent


@cache
def kinds(root: Path = ROOT) -> Kinds:
    """All kinds by id; ValueError names the file and what is wrong."""
    common = _read(root / "common.toml")
    return {folder.name: _kind(folder, common) for folder in sorted(root.iterdir()) if (folder / "kind.toml").is_file()}


def _kind(folder: Path, common: dict[str, Any]) -> OrderKind:
    path = folder / "kind.toml"
    spec = dict(_read(path))
    without = frozenset(spec.pop("without", ()))
    if idle := sorted(without - {row["act"] for row in common["lines"]}):
        raise ValueError(f"{path}: without names {idle[0]!r}, which common.toml does not have")
    lines = [row for row in common["lines"] if row["act"] not in without] + spec.pop("lines", [])
    used = {each.get("clock") for each in spec.get("limits", ())} | ({HANDOVER} if "returns" in spec else set())
    clocks = {name: words for name, words in common["clocks"].items() if name in used} | spec.pop("clocks", {})
    whole = spec | {"id": folder.name, "lines": lines, "clocks": clocks}
    version = blake2s(msgspec.json.encode(whole, order="deterministic"), digest_size=8).hexdigest()
    try:
        kind = msgspec.convert(whole | {"version": version}, OrderKind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: {error}") from None
    if wrong := next(iter(wrongs(kind)), ""):
        raise ValueError(f"{path}: {wrong}")
    return kind


def _read(path: Path) -> dict[str, Any]:
    try:
        return toml.loads(path.read_text("utf-8"))
    except (OSError, toml.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
