"""The readers of the sources that a gateway fetches, each described by a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from streams.gateways.foreign.mapping import Foreign
from streams.gateways.pull.progress import Events, Reader, ReadProgress
from streams.gateways.pull.sql import TableReader
from streams.gateways.pull.table import load_table
from streams.gateways.spool import Spool

Maker = Callable[[str, str, tuple[Foreign, ...]], Events]


def readers_of(gateway: str, paths: Sequence[Path], spool: Spool, events: Maker, say: Callable[[str], None]) -> list[Reader]:
    """A reader for each file; Trouble names the file that is not usable, and why."""
    return [_READERS[gateway](path, spool, events, say) for path in paths]


def _table(path: Path, spool: Spool, events: Maker, say: Callable[[str], None]) -> Reader:
    plan = load_table(path)
    make = events(plan.source.source, plan.source.table, plan.mappings)
    return TableReader(plan, ReadProgress(plan.name, plan.source.behind, spool, make), say)


_READERS: dict[str, Callable[[Path, Spool, Maker, Callable[[str], None]], Reader]] = {"sql": _table}
