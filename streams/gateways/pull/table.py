"""What is said of a table that is read: the database, what tells its rows apart, how often it is asked (a TOML file)."""

from argparse import ArgumentTypeError
from pathlib import Path

import msgspec
from msgspec import Struct

from streams import toml
from streams.command import Trouble
from streams.gateways.files import duration
from streams.gateways.foreign.mapping import Foreign, load
from streams.gateways.pull.database import DIALECTS, Address, Driver
from streams.gateways.pull.secret import secret

ROWS = 1_000
"""Rows of a page; 本系统默认 (a default of this system)."""

SECONDS = 30
"""Seconds that a statement may take; 本系统默认."""


class TableSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table, or a view or statement, of a database of which one may read.

    `source`: the source of its events. `map`: file or folder of mappings, beside this file. `watermark`: the column that only
    rises; `key`: the columns that tell rows of one watermark apart. `overlap`: how far behind the newest watermark a row may
    still come, as `10m`, or a number where the watermark is one.
    """

    source: str
    map: str
    driver: Driver
    database: str
    watermark: str
    key: tuple[str, ...]
    table: str = ""
    query: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    user: str = ""
    password_file: str = ""
    password_env: str = ""
    ca: str = ""
    every: str = "30s"
    overlap: str | int = "10m"
    rows: int = ROWS
    seconds: int = SECONDS

    def __post_init__(self) -> None:
        """It names a table or a statement, a key, and numbers that can be."""
        if bool(self.table) == bool(self.query):
            raise ValueError("give either `table`, its name, or `query`, a SELECT")
        if not self.key:
            raise ValueError("`key` is empty: name the columns that tell rows with one watermark apart")
        if not (1 <= self.rows <= 10_000 and 1 <= self.seconds <= 3_600):
            raise ValueError("`rows` is 1 to 10000, `seconds` 1 to 3600")
        duration(self.every)
        if isinstance(self.overlap, str):
            duration(self.overlap)

    @property
    def relation(self) -> str:
        """What stands behind FROM."""
        return self.table or f"({self.query.rstrip().rstrip(';')}) AS asked"

    @property
    def behind(self) -> int:
        """The overlap in milliseconds, or as the number that it is."""
        return duration(self.overlap) if isinstance(self.overlap, str) else self.overlap


class TablePlan(Struct, frozen=True):
    """A table source ready to be read: the name of its file, its address, its mappings."""

    name: str
    source: TableSource
    address: Address
    mappings: tuple[Foreign, ...]

    @property
    def every(self) -> int:
        """How long after a reading the next one begins (ms)."""
        return duration(self.source.every)


def load_table(path: Path) -> TablePlan:
    """The plan of a file; Trouble says what is wrong with it, and where."""
    try:
        said = msgspec.convert(toml.loads(path.read_text("utf-8")), TableSource)
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from None
    except (toml.TOMLDecodeError, msgspec.ValidationError, ArgumentTypeError) as error:
        raise Trouble(f"{path} is not usable: {error} (docs/operate/pulls.md)") from None
    address = Address(
        driver=said.driver,
        host=said.host,
        port=said.port or DIALECTS[said.driver].port,
        database=said.database if said.driver != "sqlite" else str(path.parent / said.database),
        user=said.user,
        password=secret(said.password_file, said.password_env, path.parent),
        ca=said.ca and str(path.parent / said.ca),
        seconds=said.seconds,
    )
    return TablePlan(path.stem, said, address, load(path.parent / said.map))
