"""The archive of a city at work: what was written into each partition, as Parquet files."""

from collections import defaultdict
from pathlib import Path

from fixtures.staff.shift import Shift
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from tests.support.city.staffed import StaffedCity


class RecordedCity(StaffedCity):
    """A city whose log is kept; `records`: key and value by partition and offset."""

    def __init__(self, people: Shift) -> None:
        super().__init__(people)
        self.records: dict[str, list[tuple[bytes | None, bytes]]] = defaultdict(list)

    def write(self, name: str, key: bytes | None, value: bytes) -> None:
        """A record into a partition, and all that follows from it."""
        if name in self.stages:
            self.records[name].append((key, value))
        super().write(name, key, value)

    def archive(self, root: Path, log: str = "t") -> Path:
        """Write all of it as the archive of a log."""
        for name, records in self.records.items():
            chunk = Chunk(0)
            for offset, (key, value) in enumerate(records):
                chunk.add(offset, 0, key, value)
            archive_files.write(root, f"{log}.events.{name}", 0, chunk)
        return root
