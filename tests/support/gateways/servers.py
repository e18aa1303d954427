"""A PostgreSQL and a MariaDB of one's own, on loopback, for one test: where they are not installed, it is skipped.

apt-get install postgresql mariadb-server
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymysql
import pytest
from psycopg import Error, connect, sql

PASSWORD = "Ab1234-reader"  # noqa: S105 - of no system
ADMIN = "Ab1234-admin"


class Server:
    """A server that runs: its driver, its port, and how its owner changes what is in it."""

    def __init__(self, driver: str, port: int, connection: Any) -> None:
        self.driver, self.port, self._connection = driver, port, connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Do something as the owner of the database."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
        self._connection.commit()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _found(name: str) -> str:
    """A program, by PATH or where Debian puts it; the test is skipped where there is none."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or (str(newest[-1]) if newest else "")
    if not found:
        pytest.skip(f"{name} is not installed: apt-get install postgresql mariadb-server")
    return found


@contextmanager
def _home(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder of a server's own, and what a command begins with so that it runs as a user that is not root.

    It is none of pytest's, which lets nobody else into those.
    """
    with TemporaryDirectory(prefix=f"onescreen-{user}-", ignore_cleanup_errors=True) as folder:
        if os.geteuid():
            yield Path(folder), []
        else:
            shutil.chown(folder, user)
            yield Path(folder), ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL; its reader may read what is there, and no more."""
    initdb, postgres = _found("initdb"), _found("postgres")
    with _home("postgres") as (folder, user):
        yield from _postgresql(initdb, postgres, folder, user)


def _postgresql(initdb: str, postgres: str, folder: Path, user: list[str]) -> Iterator[Server]:
    port = _free()
    data, secret = folder / "data", folder / "secret"
    secret.write_text(ADMIN, "ascii")
    secret.chmod(0o644)
    options = ["-U", "owner", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "-E", "UTF8"]
    subprocess.run([*user, initdb, "-D", data, *options], check=True, capture_output=True, cwd=folder)
    line = [postgres, "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    with (folder / "said").open("wb") as said, subprocess.Popen([*user, *line], stderr=said, stdout=said, cwd=folder) as server:
        try:
            address = {"host": "127.0.0.1", "port": port, "user": "owner", "password": ADMIN, "dbname": "postgres"}
            with _until(lambda: connect(**address), Error) as owner:  # type: ignore[arg-type]  # names of its options
                found = Server("postgresql", port, owner)
                found.execute(sql.SQL("CREATE ROLE reader LOGIN PASSWORD {}").format(sql.Literal(PASSWORD)))  # type: ignore[arg-type]
                found.execute("GRANT pg_read_all_data TO reader")
                yield found
        finally:
            server.kill()


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB, which speaks MySQL's protocol; its reader may read what is there, and no more."""
    install, server = _found("mariadb-install-db"), _found("mariadbd")
    with _home("mysql") as (folder, user):
        yield from _mariadb(install, server, folder, user)


def _mariadb(install: str, program: str, folder: Path, user: list[str]) -> Iterator[Server]:
    port, data = _free(), folder / "data"
    subprocess.run(
        [*user, install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    socket_ = folder / "s"
    line = [program, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={socket_}"]
    with (folder / "said").open("wb") as said, subprocess.Popen([*user, *line], stderr=said, stdout=said, cwd=folder) as server:
        try:
            with _until(lambda: pymysql.connect(unix_socket=str(socket_), user="root"), pymysql.Error) as owner:
                found = Server("mysql", port, owner)
                found.execute("CREATE DATABASE amr CHARACTER SET utf8mb4")
                found.execute("CREATE USER reader@'127.0.0.1' IDENTIFIED BY %s", [PASSWORD])
                found.execute("GRANT SELECT ON amr.* TO reader@'127.0.0.1'")
                found.execute("USE amr")
                yield found
        finally:
            server.kill()


def _until(opened: Any, error: type[Exception], seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while True:
        try:
            return opened()
        except error:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


SERVERS = {"postgresql": postgresql, "mysql": mariadb}
"""Each kind of server by its driver."""
