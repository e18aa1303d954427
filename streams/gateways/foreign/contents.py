"""The records of a file as documents: rows of a table, lines of JSON or of a log, a whole document, the text of a logger."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from streams.command import Trouble
from streams.gateways.foreign.document import LARGEST, Unreadable, read_document, read_json
from streams.gateways.foreign.engine import Mapped, Origin, Outcome, take_document
from streams.gateways.foreign.fridge_tag import BEGIN, read_fridge_tag
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.tables import SHEETS, Record, encoding_of, read_table

_LINES, _DOCUMENTS = frozenset({".jsonl", ".ndjson"}), frozenset({".json", ".xml"})
_LOGS = frozenset({".log"})


class FileRecord(NamedTuple):
    """One record of a file: the line where it begins, and its document, or why there is none."""

    line: int
    document: Any
    fault: Unreadable | None = None


def file_records(path: Path) -> Iterator[FileRecord]:
    """The records of a file by its name, and by how it begins; Trouble where nothing of it can be read.

    A row of a table (CSV, Excel, Parquet) is a dict of its columns, a line of a log `{"line": …}`.
    """
    suffix = path.suffix.lower()
    if suffix in _LINES:
        yield from _json_lines(path)
    elif suffix in _DOCUMENTS:
        yield from _document(path)
    elif suffix in _LOGS:
        yield from (FileRecord(n, {"line": line}) for n, line in _lines(path))
    elif suffix != ".parquet" and suffix not in SHEETS and BEGIN.match(_head(path)):
        yield _fridge_tag(path)
    else:
        yield from _rows(path)


class FileMeaning:
    """What the records of one file say, by mappings; those of one moment that are to stand apart do, by a millisecond each.

    A registration that says what the one before it of the same subject said is left out.
    """

    def __init__(self, mappings: Sequence[Foreign], origin: Origin) -> None:
        self._mappings, self._origin = mappings, origin
        self._moments: Counter[tuple[str, str, int]] = Counter()
        self._registered: dict[tuple[str, str], Any] = {}

    @property
    def domain(self) -> str:
        """The domain whose owner is told where no mapping fits."""
        return next(each.domain for each in self._mappings if each.domain)

    def in_time(self, records: Iterable[FileRecord]) -> list[FileRecord]:
        """Records in the order of what they say, so that each subject is registered with its first fact."""
        found = [(self._moment(record), record) for record in records]
        return [record for _, record in sorted(found, key=lambda each: each[0])]

    def _moment(self, record: FileRecord) -> int:
        """The first moment (ms) of which a record says anything; 0 where it says nothing."""
        outcomes = take_document(self._mappings, record.document, self._origin) if record.fault is None else []
        return min((each.at for each in outcomes if isinstance(each, Mapped)), default=0)

    def take(self, record: FileRecord) -> list[Outcome]:
        """What becomes of a record that has a document."""
        found = take_document(self._mappings, record.document, self._origin)
        return [self._apart(each, record, n) for n, each in enumerate(found) if not self._known(each)]

    def _apart(self, outcome: Outcome, record: FileRecord, n: int) -> Outcome:
        if not isinstance(outcome, Mapped) or not outcome.apart:
            return outcome
        moment = outcome.type, outcome.subject, outcome.at - outcome.nth
        shift = self._moments[moment] - outcome.nth
        self._moments[moment] += 1
        if not shift:
            return outcome
        return take_document(self._mappings, record.document, structs.replace(self._origin, shift=shift))[n]

    def _known(self, outcome: Outcome) -> bool:
        if not isinstance(outcome, Mapped) or not outcome.registers:
            return False
        said = msgspec.json.decode(outcome.value)["data"]
        known: bool = self._registered.get((outcome.type, outcome.subject)) == said
        self._registered[outcome.type, outcome.subject] = said
        return known


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(200).decode("utf-8-sig", "replace")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        yield from ((n, line.rstrip("\r\n")) for n, line in enumerate(file, 1) if line.strip())


def _json_lines(path: Path) -> Iterator[FileRecord]:
    for n, line in _lines(path):
        try:
            yield FileRecord(n, read_json(line))
        except Unreadable as error:
            yield FileRecord(n, None, error)


def _document(path: Path) -> Iterator[FileRecord]:
    """A whole document; of JSON that is none as a whole, its lines."""
    if path.stat().st_size <= LARGEST:
        try:
            yield FileRecord(1, read_document(path.read_bytes(), "application/xml" if path.suffix.lower() == ".xml" else ""))
        except Unreadable as error:
            if error.reason != "not-json":
                yield FileRecord(1, None, error)
                return
        else:
            return
    yield from _json_lines(path)


def _fridge_tag(path: Path) -> FileRecord:
    try:
        return FileRecord(1, read_fridge_tag(path.read_text(encoding_of(path), errors="replace")))
    except Unreadable as error:
        return FileRecord(1, None, error)


def _rows(path: Path) -> Iterator[FileRecord]:
    table = read_table(path)
    header = [column.strip() for column in next(table.rows, Record(1, [])).cells]
    if not any(header):
        raise Trouble(f"{path} has no header: its first row must name the columns")
    for row in table.rows:
        cells = row.fitted(len(header)).cells
        if len(cells) == len(header):
            yield FileRecord(row.line, dict(zip(header, cells, strict=True)))
        else:
            yield FileRecord(row.line, None, Unreadable("cells", f"{len(cells)} cells, the header has {len(header)}"))
