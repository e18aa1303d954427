"""Others' databases, read and never written: sessions that are read only, with a limit of time for each statement.

A page of rows is asked for by watermark and key, so that it costs an index's look-up wherever it begins. Names of columns are
quoted and values are bound: nothing of a row becomes a part of a statement.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct

from streams.command import Trouble
from streams.gateways.pull.watermark import Mark

CONNECT = 10
"""Seconds until a database must have answered; 本系统默认 (a default of this system)."""

Driver = Literal["postgresql", "mysql", "sqlite"]


class Address(Struct, frozen=True, kw_only=True):
    """Where a database is, and who asks; `ca`: the file of the authority by whose certificate the server must show itself."""

    driver: Driver
    host: str
    port: int
    database: str
    user: str
    password: str
    ca: str
    seconds: int


class Dialect(Struct, frozen=True):
    """How a database is spoken to: quotation of a name, a bound value, what opens a session, and its errors."""

    quote: str
    bound: str
    connect: Callable[[Address], Any]
    error: Callable[[], type[Exception]]
    port: int


def pages(dialect: Dialect, table: str, watermark: str, key: Sequence[str], rows: int) -> Callable[..., tuple[str, list[Any]]]:
    """What makes the statement of a page and its values: `begin` the lowest watermark, `after` the last row before it.

    >>> page = pages(DIALECTS["postgresql"], "t", "at", ["no"], 2)
    >>> page(None, None)[0]
    'SELECT * FROM t WHERE "at" IS NOT NULL ORDER BY "at", "no" LIMIT 3'
    >>> page(7, (8, "a"))
    ('SELECT * FROM t WHERE "at" >= %s AND ("at", "no") > (%s, %s) ORDER BY "at", "no" LIMIT 3', [8, 8, 'a'])
    """
    columns = [quoted(dialect, name) for name in (watermark, *key)]
    order = ", ".join(columns)
    bound = ", ".join([dialect.bound] * len(columns))

    def page(begin: Mark | None, after: Sequence[Any] | None) -> tuple[str, list[Any]]:
        lowest = begin if after is None else after[0]
        wanted = f"{columns[0]} IS NOT NULL" if lowest is None else f"{columns[0]} >= {dialect.bound}"
        if after is not None:
            wanted += f" AND ({order}) > ({bound})"
        values = [each for each in (lowest, *(after or ())) if each is not None]
        return f"SELECT * FROM {table} WHERE {wanted} ORDER BY {order} LIMIT {rows + 1}", values  # noqa: S608 - quoted names

    return page


def unordered(dialect: Dialect, table: str, watermark: str, key: Sequence[str]) -> str:
    """The statement that finds a row which no order has: its watermark or a part of its key is missing."""
    missing = " OR ".join(f"{quoted(dialect, name)} IS NULL" for name in (watermark, *key))
    return f"SELECT 1 FROM {table} WHERE {missing} LIMIT 1"  # noqa: S608 - quoted names


def quoted(dialect: Dialect, name: str) -> str:
    """The name of a column in a statement."""
    return f"{dialect.quote}{name.replace(dialect.quote, dialect.quote * 2)}{dialect.quote}"


def _postgresql(address: Address) -> Any:
    psycopg = _module("psycopg")
    return psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.database,
        user=address.user,
        password=address.password or None,
        connect_timeout=CONNECT,
        autocommit=True,
        application_name="onescreen",
        options=f"-c default_transaction_read_only=on -c statement_timeout={address.seconds * 1_000}",
        **({"sslmode": "verify-full", "sslrootcert": address.ca} if address.ca else {}),
    )


def _mysql(address: Address) -> Any:
    pymysql = _module("pymysql")
    found = pymysql.connect(
        host=address.host,
        port=address.port,
        database=address.database,
        user=address.user,
        password=address.password,
        connect_timeout=CONNECT,
        read_timeout=address.seconds + CONNECT,
        charset="utf8mb4",
        autocommit=True,
        **({"ssl_ca": address.ca, "ssl_verify_cert": True, "ssl_verify_identity": True} if address.ca else {}),
    )
    mariadb = "MariaDB" in found.get_server_info()
    limit = f"max_statement_time = {address.seconds}" if mariadb else f"max_execution_time = {address.seconds * 1_000}"
    with found.cursor() as cursor:
        cursor.execute(f"SET SESSION {limit}")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
    return found


def _sqlite(address: Address) -> Any:
    return _module("sqlite3").connect(f"file:{address.database}?mode=ro", uri=True, timeout=address.seconds)


def _errors(name: str) -> type[Exception]:
    """What a driver raises (PEP 249)."""
    found: type[Exception] = _module(name).Error
    return found


def _module(name: str) -> Any:
    try:
        return __import__(name)
    except ImportError:
        raise Trouble(f"the driver {name} is not installed: install it (docs/operate/pulls.md)") from None


DIALECTS: dict[Driver, Dialect] = {
    "postgresql": Dialect('"', "%s", _postgresql, lambda: _errors("psycopg"), 5432),
    "mysql": Dialect("`", "%s", _mysql, lambda: _errors("pymysql"), 3306),
    "sqlite": Dialect('"', "?", _sqlite, lambda: _errors("sqlite3"), 0),
}
"""What is known of each kind of database."""
