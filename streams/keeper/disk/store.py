"""Keys and pseudonyms: each key wrapped by the KEK of the epoch, durable in two files before its first use."""

import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from streams.keeper.disk.files import locked
from streams.keeper.disk.kek import Keks
from streams.keeper.disk.twofold import Change, Twofold, Values
from streams.keeper.errors import KeeperError
from streams.messages import DAY
from streams.private import private
from streams.sealing.record import KEY_BYTES, key_id
from streams.signing.words import labelled

EPOCH = 7 * DAY
"""How long an epoch lasts (ms): after it no backup of the store opens what was forgotten in it. A choice: weekly."""

Class = Literal["personal", "sensitive", "secret"]
"""How a text is protected: personal (PIPL 4), sensitive (PIPL 28), state secret, which waits for nothing when it is purged."""

_TABLES = """
create table if not exists key (
    kid text primary key, wrapped blob not null, family text not null, party text not null, class text not null,
    person text not null, since integer not null, epoch integer not null, unique (family, party, class, person)
) without rowid;
create table if not exists person (
    id text primary key, purpose text not null, found blob not null, since integer not null, unique (found)
) without rowid;
create table if not exists position (part integer primary key, next integer not null);
create table if not exists gone (id text primary key, act text not null) without rowid;
create table if not exists hold (scope text primary key, act text not null) without rowid;
create table if not exists act (
    id text primary key, content text not null, at integer not null, state text not null, value blob not null
) without rowid;
create table if not exists done (
    act text not null, family text not null, class text not null, at integer not null, state text not null,
    destroyed blob not null, primary key (act, family, class)
) without rowid;
"""
_ABOUT_INDEX = labelled("keeper-index")
_ROW = "kid, family, party, class, person, since, epoch"


class Owner(Struct, frozen=True):
    """Whose texts a key seals: the family (where they stand), the party in it, their class, and a pseudonym or nothing."""

    family: str
    party: str
    class_: Class
    person: str = ""


class KeyRecord(Struct, frozen=True):
    """A key as the store knows it, without the key. `since` in ms."""

    kid: str
    family: str
    party: str
    class_: Class
    person: str
    since: int
    epoch: int

    @property
    def owner(self) -> Owner:
        """Whose texts it seals."""
        return Owner(self.family, self.party, self.class_, self.person)

    @property
    def what(self) -> tuple[str, str]:
        """What is destroyed at once: the keys of a class in a family."""
        return self.family, self.class_

    @property
    def about(self) -> bytes:
        """What the wrapped key is bound to."""
        return labelled("keeper-key", self.kid, self.family, self.party, self.class_, self.person)


class Store:
    """The keeper's memory, which this process alone has open. Times are ms since 1970."""

    def __init__(self, folder: Path, copy: Path, keks: Keks, now: int) -> None:
        self._lock = locked(private(folder) / "lock")
        try:
            self.base = Twofold(folder, copy, _TABLES)
            self._keks = keks
            self._begin(now)
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let the files go."""
        self.base.close()
        os.close(self._lock)

    @property
    def epoch(self) -> int:
        """The epoch whose KEK wraps the keys."""
        return self._number("epoch")

    @property
    def ends(self) -> int:
        """When the epoch ends at the latest (ms): by then every backup of now is dead."""
        return self._number("epoch-since") + EPOCH

    def rows(self, where: str = "", values: Values = ()) -> list[KeyRecord]:
        """The keys that fit, without the keys."""
        return [KeyRecord(*each) for each in self.base.read(f"select {_ROW} from key {where} order by kid", values)]  # noqa: S608 - our words

    def row(self, kid: str) -> KeyRecord | None:
        """A key by its id."""
        return next(iter(self.rows("where kid = ?", (kid,))), None)

    def key(self, row: KeyRecord) -> bytes:
        """The key itself; KeeperError where it does not open."""
        ((wrapped,),) = self.base.read("select wrapped from key where kid = ?", (row.kid,))
        key = self._keks.unwrap(row.epoch, wrapped, row.about)
        if key_id(key) != row.kid:
            raise KeeperError(f"the key {row.kid[:16]} of the store is another one: restore the store")
        return key

    def key_for(self, owner: Owner, now: int) -> bytes:
        """The key of an owner: made, and durable in both files, where there is none."""
        where = "where family = ? and party = ? and class = ? and person = ?"
        values = (owner.family, owner.party, owner.class_, owner.person)
        for row in self.rows(where, values):
            return self.key(row)
        key = secrets.token_bytes(KEY_BYTES)
        row = KeyRecord(key_id(key), *values, since=now, epoch=self.epoch)
        wrapped = self._keks.wrap(row.epoch, key, row.about)
        with self.base.write() as change:
            change.do("insert into key values (?, ?, ?, ?, ?, ?, ?, ?)", (row.kid, wrapped, *values, now, row.epoch))
        return key

    def person(self, purpose: str, identifier: str, now: int) -> str:
        """The pseudonym of a person for a purpose: 128 random bits (hex), the same until it is forgotten."""
        name = unicodedata.normalize("NFKC", identifier).strip()
        found = hmac.digest(self._index(self.epoch), labelled("person", purpose, name), "sha256")
        for (id_,) in self.base.read("select id from person where found = ?", (found,)):
            return str(id_)
        made = secrets.token_hex(16)
        with self.base.write() as change:
            change.do("insert into person values (?, ?, ?, ?)", (made, purpose, found, now))
        return made

    def is_gone(self, id_: str) -> bool:
        """Whether a key or pseudonym was destroyed."""
        return bool(self.base.read("select 1 from gone where id = ?", (id_,)))

    def destroy(self, change: Change, act: str, kids: Iterable[str], people: Iterable[str]) -> None:
        """Destroy keys and the rows of pseudonyms, for an act, as part of a change; `base.wipe` must follow."""
        for table, name, ids in (("key", "kid", kids), ("person", "id", people)):
            for id_ in ids:
                change.do(f"delete from {table} where {name} = ?", (id_,))  # noqa: S608 - our words
                change.do("insert or ignore into gone values (?, ?)", (id_, act))

    def rotate(self, now: int) -> int:
        """Begin the next epoch: every key wrapped anew, the KEK before destroyed; the number of the new one."""
        epoch = self.epoch + 1
        self._keks.make(epoch)
        self._finish(epoch, now)
        return epoch

    def _begin(self, now: int) -> None:
        """Make the first epoch, or end what a crash has left of a rotation."""
        there = self._keks.epochs()
        if not self.base.read("select 1 from meta where name = 'epoch'"):
            epoch = there[-1] if there else 1
            if not there:
                self._keks.make(epoch)
            self._turn(epoch, now, secrets.token_bytes(KEY_BYTES), [])
        elif not there:
            raise KeeperError("the store is there and no KEK: restore the KEK of its epoch; without it no text can be opened")
        elif there != (self.epoch,):
            self._finish(there[-1], now)

    def _finish(self, epoch: int, now: int) -> None:
        """Wrap by the KEK of an epoch what is not, then destroy the KEKs before it."""
        if self.epoch != epoch:
            self._turn(epoch, now, self._index(self.epoch), [(row, self.key(row)) for row in self.rows()])
        for before in self._keks.epochs():
            if before < epoch:
                self._keks.destroy(before)

    def _turn(self, epoch: int, now: int, index: bytes, keys: Iterable[tuple[KeyRecord, bytes]]) -> None:
        wrapped = [(self._keks.wrap(epoch, key, row.about), epoch, row.kid) for row, key in keys]
        meta = {"epoch": epoch, "epoch-since": now, "index": self._keks.wrap(epoch, index, _ABOUT_INDEX)}
        with self.base.write() as change:
            for values in wrapped:
                change.do("update key set wrapped = ?, epoch = ? where kid = ?", values)
            for each in meta.items():
                change.do("insert or replace into meta values (?, ?)", each)
        self.base.wipe()

    def _index(self, epoch: int) -> bytes:
        ((wrapped,),) = self.base.read("select value from meta where name = 'index'")
        return self._keks.unwrap(epoch, wrapped, _ABOUT_INDEX)

    def _number(self, name: str) -> int:
        return int(self.base.read("select value from meta where name = ?", (name,))[0][0])
