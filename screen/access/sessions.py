"""Who is signed in: a table on the server's disk, and a random name in the browser's cookie. What is ended is so at once.

The cookie is 256 random bits and says nothing; of it only its SHA-256 is kept. A signed cookie would hold until its own end
whatever the server thinks: this one holds as long as the row does, in every process of the screen and over its restarts.
"""

import secrets
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from screen.access.accounts import Accounts, token_hash
from screen.access.people import Person

Way = Literal["local", "wall", "oidc"]
"""How somebody signed in: with a password of ours, as a wall by its token, at the organisation's own provider."""

WALL_LASTS = 400 * 86_400
"""Seconds that a wall's session lasts: as long as a browser keeps a cookie (RFC 6265bis 5.5), or until its token is revoked."""

FRESH = 60
"""Seconds within which activity is not written again."""

_TABLE = """
create table if not exists session (
    token text primary key, proof text not null, way text not null, account text not null, person blob not null,
    seen real not null, ends real not null, over integer not null default 0
) without rowid;
create table if not exists secret (name text primary key, value blob not null) without rowid;
create unique index if not exists once on session (proof) where way = 'oidc';
"""

_INSERT = """
insert into session (token, proof, way, account, person, seen, ends, name, began) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_LATER = {"name": "text not null default ''", "began": "real not null default 0"}
"""Columns that tables of earlier versions lack; a session from before has no public id, and nothing is signed for it."""


class Session(Struct, frozen=True):
    """A session that holds: its name's hash, whose it is, how and when it began, when it ends at the latest (s).

    `id` is drawn by lot and public: by it a signed act says in which session it was done. It opens nothing.
    """

    token: str
    person: Person
    way: Way
    ends: float
    id: str = ""
    began: float = 0.0


class Sessions:
    """The sessions of a screen. Times are seconds since 1970; `idle` and `longest` are seconds. Thread-safe."""

    def __init__(self, path: Path, accounts: Accounts | None, idle: float, longest: float) -> None:
        self._accounts, self._idle, self.longest = accounts, idle, longest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        path.chmod(0o600)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.executescript(_TABLE)
        had = {name for _, name, *_ in self._base.execute("pragma table_info(session)")}
        for name in _LATER.keys() - had:
            with suppress(sqlite3.OperationalError):  # another process of the screen has just done it
                self._base.execute(f"alter table session add column {name} {_LATER[name]}")
        self._base.execute("insert or ignore into secret values ('devices', ?)", (secrets.token_bytes(32),))
        self.device_key: bytes = self._base.execute("select value from secret where name = 'devices'").fetchone()[0]

    def begin(self, person: Person, way: Way, proof: str, now: float, ends: float) -> str | None:
        """The new session's cookie; None where this sign-in at a provider has begun one before.

        `proof`: what the session rests on: the hash of the password or of the wall's token, or the provider's answer.
        """
        token = secrets.token_urlsafe(32)
        whose = (token_hash(token), token_hash(proof), way, person.id, msgspec.json.encode(person))
        row = (*whose, now, ends, secrets.token_hex(8), now)
        with self._lock:
            self._base.execute("delete from session where ends < ?", (now,))
            try:
                self._base.execute(_INSERT, row)
            except sqlite3.IntegrityError:
                return None
        return token

    def of(self, token: str, now: float) -> Session | None:
        """The session of a cookie, where it holds at this time and its account is still what it was."""
        return self.held(token_hash(token), now)

    def held(self, hashed: str, now: float) -> Session | None:
        """As `of`, by the hash of the cookie."""
        with self._lock:
            row = self._base.execute(
                "select proof, way, account, person, seen, ends, name, began from session where token = ? and over = 0",
                (hashed,),
            ).fetchone()
        if row is None:
            return None
        proof, way, account, person, seen, ends, name, began = row
        idle = way != "wall" and now - seen > self._idle
        if idle or now > ends or (known := self._person(way, account, proof, person)) is None:
            return None
        return Session(hashed, known, way, ends, name, began)

    def active(self, hashed: str, now: float) -> None:
        """Its person has done something."""
        with self._lock:
            self._base.execute("update session set seen = ? where token = ? and seen < ?", (now, hashed, now - FRESH))

    def end(self, hashed: str) -> None:
        """End it; its row stays until it would have ended, so that a provider's answer begins no second one."""
        with self._lock:
            self._base.execute("update session set over = 1 where token = ?", (hashed,))

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def _person(self, way: Way, name: str, proof: str, person: bytes) -> Person | None:
        """Who it is now: of a local account what its file says, while password or token are those it began with."""
        if way == "oidc":
            return msgspec.json.decode(person, type=Person)
        account = self._accounts.of(name) if self._accounts else None
        if self._accounts is None or account is None or (way == "wall" and account.role != "viewer"):
            return None
        rests = account.wall if way == "wall" else account.hash
        return self._accounts.person(account) if rests and secrets.compare_digest(token_hash(rests), proof) else None
