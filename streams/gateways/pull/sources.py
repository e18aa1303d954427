"""The readers of the sources that a gateway fetches, each described by a file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from streams.gateways.foreign.mapping import Foreign
from streams.gateways.pull.progress import Events, Reader, ReadProgress
from streams.gateways.pull.rest import ServiceReader
from streams.gateways.pull.service import load_service
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


def _service(path: Path, spool: Spool, events: Maker, say: Callable[[str], None]) -> Reader:  # noqa: ARG001 - as each maker
    plan = load_service(path)
    make = events(plan.source.source, urlsplit(plan.source.url).path, plan.mappings)
    return ServiceReader(plan, ReadProgress(plan.name, plan.behind, spool, make))


_READERS: dict[str, Callable[[Path, Spool, Maker, Callable[[str], None]], Reader]] = {"sql": _table, "rest": _service}
