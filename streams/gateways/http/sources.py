"""The senders that may post: a TOML file that names each. No token and no secret stands in it, only hashes and names of files.

[source.air-platform]
token = "sha256:…"                        # python -m streams gateway token
types = ["environment.air_hour"]          # kinds of the catalogue that it may send
subjects = ["air.4101*"]                  # whom they may be about; * at the end: whatever begins so
sources = ["/air-platform*"]              # the `source` of its events; without it its name, and what begins with its name and /
natural = false                           # true: a fact is known by subject, quantity and time, whatever its id
map = "mappings/air"                      # a mapping or a folder of them, beside the register: its documents are foreign
rate = 60000                              # events a minute
origins = ["eventgrid.azure.net"]         # it posts as a CloudEvents webhook: whom it calls itself when it asks (OPTIONS)
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from streams.command import Trouble
from streams.gateways.foreign.mapping import Foreign, load
from streams.gateways.http.signature import Scheme, read_secret
from streams.gateways.intake.refusals import is_sendable

RATE = 60_000
"""Events of a sender in a minute, where its register says nothing; 本系统默认 (a default of this system)."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}")
_TOKEN = 32  # random bytes of a token


class HttpSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of a sender; the module says what each field is. It shows who it is by token, by signature, or by both."""

    types: tuple[str, ...]
    subjects: tuple[str, ...]
    token: str = ""
    signature: Scheme | None = None
    sources: tuple[str, ...] = ()
    natural: bool = False
    map: str = ""
    rate: Annotated[int, Meta(ge=1, le=10_000_000)] = RATE
    origins: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The domain whose owner is told of what cannot be read of it: that of its first type."""
        return self.types[0].partition(".")[0]


class Register(Struct, frozen=True):
    """The senders by name; of those that sign the secrets, and of those whose documents are foreign the mappings.

    `files`: all that it was read from.
    """

    sources: Mapping[str, HttpSource]
    secrets: Mapping[str, bytes]
    mappings: Mapping[str, Sequence[Foreign]] = {}
    files: tuple[Path, ...] = ()


class _Sources(Struct, forbid_unknown_fields=True):
    source: dict[str, HttpSource] = {}


def load_sources(path: Path) -> Register:
    """The senders; Trouble that says where and what is wrong."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Sources).source
    except OSError as error:
        raise Trouble(f"the register of senders {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"the register of senders {path}: {error}") from None
    if not found:
        raise Trouble(f"the register of senders {path} has no [source.NAME]: nobody could post")
    secrets, mappings, files = {}, {}, [path]
    for name, source in found.items():
        if (wrong := _fault(name, source)) is not None:
            raise Trouble(f"the register of senders {path}, source.{name}: {wrong}")
        if source.signature is not None:
            secrets[name] = _secret(path, name, source.signature)
            files.append(path.parent / source.signature.secret)
        if source.map:
            files.append(path.parent / source.map)
            mappings[name] = load(path.parent / source.map)
    _same(path, {name: source.token for name, source in found.items() if source.token}, "token")
    _same(path, {name: each.signature.key for name, each in found.items() if each.signature}, "application key")
    return Register(found, secrets, mappings, tuple(files))


def _fault(name: str, source: HttpSource) -> str | None:
    """The first thing that is wrong with a sender of the register."""
    strange = [each for each in source.types if not is_sendable(each)]
    scheme = source.signature
    wrong = {
        "a name has 1 to 63 of a-z, 0-9, _ and -": not _NAME.fullmatch(name),
        "it needs a token, a [signature], or both: nobody may post unknown": not source.token and scheme is None,
        "token is no hash: `python -m streams gateway token` makes one. A token in the clear has no place here": (
            source.token != "" and not _HASH.fullmatch(source.token)
        ),
        "types is a list of kinds of the catalogue, such as environment.air_hour": not source.types,
        f"types has {strange[:1]}, which no sender may send: see the domains' kinds": bool(strange),
        'subjects is a list of subjects, such as ["lift.4101*"]': not source.subjects or "" in source.subjects,
        f"signature: {scheme.fault if scheme else ''}": scheme is not None and scheme.fault != "",
        'origins has names of systems, such as ["events.example.com"]': not all(map(_ORIGIN.fullmatch, source.origins)),
    }
    return next((message for message, is_wrong in wrong.items() if is_wrong), None)


def _secret(path: Path, name: str, scheme: Scheme) -> bytes:
    file = path.parent / scheme.secret
    try:
        return read_secret(file)
    except (OSError, ValueError) as error:
        raise Trouble(f"the register of senders {path}, source.{name}: the secret {file}: {error}") from None


def _same(path: Path, of: Mapping[str, str], what: str) -> None:
    known: dict[str, str] = {}
    for name, value in of.items():
        if value in known:
            raise Trouble(f"the register of senders {path}: {known[value]} and {name} have the same {what}")
        known[value] = name


def new_token() -> str:
    """A token of 256 random bits."""
    return token_urlsafe(_TOKEN)


def hash_of(token: str) -> str:
    """What the register has of a token. It is drawn by lot, so one round of SHA-256 is enough: nobody guesses 256 bits.

    >>> hash_of("")[:14]
    'sha256:e3b0c44'
    """
    return "sha256:" + sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
