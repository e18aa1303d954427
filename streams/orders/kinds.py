"""The kinds of orders as they are committed: `<kind>/kind.toml`, with what all have in common from `common.toml`."""

from functools import cache
from hashlib import blake2s
from pathlib import Path
from typing import Any

import msgspec

from streams import toml
from streams.calendar.time_limit import parse_limit
from streams.messages.rights import ORDER_RIGHTS
from streams.orders.kind import LINE_ACTS, Kind, Kinds

ROOT = Path(__file__).parent


@cache
def kinds(root: Path = ROOT) -> Kinds:
    """All kinds by id; ValueError names the file and what is wrong."""
    common = _read(root / "common.toml")
    return {folder.name: _kind(folder, common) for folder in sorted(root.iterdir()) if (folder / "kind.toml").is_file()}


def _kind(folder: Path, common: dict[str, Any]) -> Kind:
    path = folder / "kind.toml"
    spec = _read(path)
    without = frozenset(spec.pop("without", ()))
    lines = [row for row in common["lines"] if row["act"] not in without] + spec.pop("lines", [])
    whole = spec | {"id": folder.name, "lines": lines}
    version = blake2s(msgspec.json.encode(whole, order="deterministic"), digest_size=8).hexdigest()
    try:
        kind = msgspec.convert(whole | {"version": version}, Kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: {error}") from None
    if wrong := next(iter(_wrong(kind)), ""):
        raise ValueError(f"{path}: {wrong}")
    return kind


def _wrong(kind: Kind) -> list[str]:
    """What does not fit in a kind, in words."""
    named = {state for row in kind.rows for state in (*row.from_, *((row.to,) if row.to else ()))} | set(kind.first.values())
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    clocks = {row.clock for row in kind.limits}
    found = [f"rows name the state {each!r}, which has no words in [states]" for each in sorted(named - set(kind.states))]
    found += [f"no act is called {each!r}; acts are {', '.join(ORDER_RIGHTS)}" for each in sorted(acts - set(ORDER_RIGHTS))]
    found += [
        f"the table of lines has the act {row.act!r}, which is on the order as a whole"
        for row in kind.lines
        if row.act not in LINE_ACTS | {"send-back"}
    ]
    used = {each.clock for each in kind.extension} | {name for each in kind.pauses.values() for name in each.clocks}
    found += [f"no limit has the clock {each!r}" for each in sorted(used - clocks)]
    twice = [(row.act, state) for row in kind.rows for state in row.from_]
    found += [f"two rows for act {act!r} in state {state!r}" for act, state in sorted({x for x in twice if twice.count(x) > 1})]
    spans = [text for row in kind.limits for text in (row.limit, row.warn)] + [kind.propose, kind.quiet]
    spans += [each.most for each in kind.extension] + ([kind.returns.within, kind.returns.decide] if kind.returns else [])
    for text in filter(None, spans):
        try:
            parse_limit(text)
        except ValueError as error:
            found.append(str(error))
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return toml.loads(path.read_text("utf-8"))
    except (OSError, toml.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
