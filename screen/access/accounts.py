"""Local accounts: one JSON file of the system's administrator, with argon2 hashes of passwords and no other secret."""

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Meta, Struct
from msgspec.structs import replace

from screen.access.people import Person, Principal
from screen.i18n.texts import departments
from screen.web.server_log import log_line
from streams import places
from streams.messages import CST, Role
from streams.places import organs

MOST_PASSWORD = 200
"""Characters of a password at most: it keeps one cheap to check. Which ones there may be says `passwords.py`."""

HASHER = PasswordHasher()
"""Argon2id with the library's parameters, which are RFC 9106's second recommendation: 64 MiB, three passes, four lanes."""

_NOBODY = HASHER.hash(secrets.token_hex())
"""The hash of a password that nobody has: an unknown account takes as long to refuse as a known one."""

Id = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{0,39}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=60)]


class AccountsError(ValueError):
    """The file of accounts cannot be used, or what was asked of it cannot be."""


class Substitute(Struct, frozen=True, forbid_unknown_fields=True):
    """Who stands in for an account (代理), to the end of the day `until` (`2026-03-31`)."""

    id: Id
    until: Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z")]


class Account(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person's account; `hash` is argon2's of the password, `wall` the SHA-256 (hex) of a display's token; "" for none.

    `substitutes`: who stands in for it.
    """

    id: Id
    name: Title
    role: Role
    departments: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    hash: str = ""
    wall: str = ""
    substitutes: tuple[Substitute, ...] = ()

    @property
    def person(self) -> Person:
        """Who this is, by itself."""
        return Person(self.id, self.name, self.role, self.departments, self.districts)


class Book(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    people: tuple[Account, ...] = ()


class Accounts:
    """The accounts of a file as it stands now: a change holds from the next question on, without a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int, int], dict[str, Account]] | None = None

    def of(self, name: str) -> Account | None:
        """The account of this id."""
        return self._now().get(name)

    def person(self, account: Account) -> Person:
        """Who this is, with those for whom it stands in today."""
        found = principals(self._now(), account.id, datetime.now(CST).date().isoformat())
        return replace(account.person, principals=found)

    def all(self) -> tuple[Account, ...]:
        """All of them."""
        return tuple(self._now().values())

    def of_wall(self, token: str) -> Account | None:
        """The account whose display has this token."""
        hashed = token_hash(token)
        return next((each for each in self._now().values() if each.wall and secrets.compare_digest(each.wall, hashed)), None)

    def signed(self, name: str, password: str) -> Account | None:
        """The account, where this is its password; takes as long where there is no such account. Slow: for a thread."""
        account = self.of(name)
        try:
            HASHER.verify(account.hash if account and account.hash else _NOBODY, password[: MOST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return None
        return account if account and account.hash else None

    def _now(self) -> dict[str, Account]:
        """The accounts now; none, and a word in the log, while the file cannot be used: nobody is let in by an old copy."""
        try:
            found = self._path.stat()
            state = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        except OSError:
            state = (0, 0, 0, 0)
        if self._read is None or self._read[0] != state:
            try:
                self._read = state, {each.id: each for each in read(self._path).people}
            except (OSError, AccountsError) as error:
                log_line(f"nobody is let in: {error}")
                self._read = state, {}
        return self._read[1]


def principals(accounts: Mapping[str, Account], name: str, day: str, chain: tuple[str, ...] = ()) -> tuple[Principal, ...]:
    """For whom an account stands in on a day: those who named it, and those for whom these stand in, nobody twice.

    A chain holds as long as the shortest of it.
    """
    found = list[Principal]()
    for each in accounts.values():
        until = max((one.until for one in each.substitutes if one.id == name), default="")
        if until < day or each.id in {name, *chain}:
            continue
        here = Principal(each.id, each.name, each.role, each.departments, each.districts, until)
        beyond = principals(accounts, each.id, day, (*chain, name))
        more = (replace(one, behalf=f"{each.id}>{one.behalf}", until=min(until, one.until)) for one in beyond)
        found += [here, *more]
    return tuple(found)


def read(path: Path) -> Book:
    """The accounts of a file; AccountsError where it cannot be used, or others than its owner may read it."""
    if mode := stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise AccountsError(f"{path} is open to others than its owner (mode {mode:03o}): chmod 600 {path}")
    try:
        book = msgspec.json.decode(path.read_bytes(), type=Book)
    except msgspec.DecodeError as error:
        raise AccountsError(f"{path}: {error}. Correct it, or make it anew by python -m screen people add") from error
    if len({each.id for each in book.people}) < len(book.people):
        raise AccountsError(f"{path}: two accounts have one id")
    return book


def write(path: Path, people: Iterable[Account]) -> None:
    """Write the file anew in one step, for its owner alone (mode 600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    book = msgspec.json.format(msgspec.json.encode(Book(tuple(sorted(people, key=lambda each: each.id)))), indent=2)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(book + b"\n")
    new.replace(path)


def added(people: Iterable[Account], new: Account) -> tuple[Account, ...]:
    """With this account; AccountsError where its id is taken, or a department or district of its is unknown."""
    kept = tuple(people)
    if any(each.id == new.id for each in kept):
        raise AccountsError(f"there is an account {new.id!r} already: remove it first, or give it a password")
    bodies = organs.units()
    if strange := sorted(each for each in new.departments if each not in bodies and each not in departments()):
        raise AccountsError(
            f"no department {', '.join(strange)}: they are {', '.join(sorted(departments()))}, and the bodies of the place "
            "(streams/places)"
        )
    city, known = f"{places.here():0<6}", places.areas()
    if strange := sorted(set(new.districts) - {*known, city}):
        districts = ", ".join(sorted(each for each in known if len(each) == len(city)))
        raise AccountsError(f"no district {', '.join(strange)}: they are {city} (all), {districts}, and their streets")
    return (*kept, new)


def changed(people: Iterable[Account], name: str, change: Callable[[Account], Account | None]) -> tuple[Account, ...]:
    """With this account changed, or without it where the change is None; AccountsError where there is none."""
    kept = tuple(people)
    found = next((each for each in kept if each.id == name), None)
    if found is None:
        raise AccountsError(f"there is no account {name!r}: see python -m screen people list")
    new = change(found)
    return tuple(each for each in kept if each.id != name) + ((new,) if new else ())


def with_substitute(people: Iterable[Account], name: str, by: str, until: str) -> tuple[Account, ...]:
    """With `by` standing in for an account to the end of a day, as its only substitute; AccountsError where that cannot be.

    An act is done in the body of whom one stands in for, so that whoever does it must be of it.
    """
    kept = {each.id: each for each in people}
    account, other = kept.get(name), kept.get(by)
    if account is None or other is None or name == by:
        raise AccountsError(f"nobody stands in like this: {by!r} for {name!r}; see python -m screen people list")
    if other.departments and not (account.departments and set(account.departments) <= set(other.departments)):
        raise AccountsError(f"{by!r} is for {', '.join(other.departments)} alone, {name!r} for others")
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise AccountsError(f"{until!r} is no day: write it as 2026-03-31") from None
    if last < datetime.now(CST).date():
        raise AccountsError(f"{until} is over: nobody stands in until then")
    return changed(kept.values(), name, lambda _: replace(account, substitutes=(Substitute(by, last.isoformat()),)))


def without_substitute(account: Account, by: str) -> Account:
    """The account without `by` standing in for it."""
    return replace(account, substitutes=tuple(each for each in account.substitutes if each.id != by))


def with_wall(account: Account, token: str) -> Account:
    """The account with this token for its display; AccountsError where it may do more than look."""
    if account.role != "viewer":
        raise AccountsError(f"{account.id!r} is a {account.role}: a wall nobody sits before signs in as a viewer only")
    return replace(account, wall=token_hash(token))


def token_hash(token: str) -> str:
    """SHA-256 (hex) of a token of at least 256 random bits: such a one needs no slow hash."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def names_of(accounts: Accounts | None) -> dict[str, str]:
    """The name to show of each account."""
    return {account.id: account.name for account in accounts.all()} if accounts else {}
