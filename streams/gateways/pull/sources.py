"""The readers of the sources that a gateway fetches, each described by a file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from streams.gateways.foreign.contents import FileMeaning
from streams.gateways.pull.folder import FolderReader, load_folder
from streams.gateways.pull.progress import Making, Reader, ReadProgress
from streams.gateways.pull.rest import ServiceReader
from streams.gateways.pull.service import load_service
from streams.gateways.pull.sql import TableReader
from streams.gateways.pull.table import load_table
from streams.gateways.spool import Spool

Say = Callable[[str], None]


def readers_of(gateway: str, paths: Sequence[Path], spool: Spool, making: Making, say: Say) -> list[Reader]:
    """A reader for each file; Trouble names the file that is not usable, and why."""
    return [_READERS[gateway](path, spool, making, say) for path in paths]


def _table(path: Path, spool: Spool, making: Making, say: Say) -> Reader:
    plan = load_table(path)
    events = making.events(plan.source.source, plan.source.table, plan.mappings)
    return TableReader(plan, ReadProgress(plan.name, plan.source.behind, spool, events), say)


def _service(path: Path, spool: Spool, making: Making, say: Say) -> Reader:  # noqa: ARG001 - as each of them
    plan = load_service(path)
    events = making.events(plan.source.source, urlsplit(plan.source.url).path, plan.mappings)
    return ServiceReader(plan, ReadProgress(plan.name, plan.behind, spool, events))


def _folder(path: Path, spool: Spool, making: Making, say: Say) -> Reader:  # noqa: ARG001 - as each of them
    plan = load_folder(path)

    def meaning(topic: str, now: int) -> FileMeaning:
        return FileMeaning(plan.mappings, making.origin(plan.source.source, topic, now))

    return FolderReader(plan, meaning, making.refusals, spool)


_READERS: dict[str, Callable[[Path, Spool, Making, Say], Reader]] = {"sql": _table, "rest": _service, "folder": _folder}
