"""What is said of a service that is asked: its address, how it pages, what is new in it, and who asks (a TOML file)."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from streams import toml
from streams.command import Trouble
from streams.gateways.cells import TimeColumns
from streams.gateways.files import duration
from streams.gateways.foreign.mapping import Foreign, load
from streams.gateways.foreign.place import check_path, place
from streams.gateways.http.signature import Scheme
from streams.gateways.pull.secret import secret

SECONDS = 30
"""Seconds in which a service must have answered; 本系统默认 (a default of this system)."""


class Paging(Struct, frozen=True, forbid_unknown_fields=True):
    """How a service pages.

    `page`: by a number in `parameter`, from `first` on, until a page has fewer than `size` items. `cursor`: the next one stands
    at `at` and goes into `parameter`, until there is none. `link`: by the header Link with rel="next" (RFC 8288).
    """

    by: Literal["page", "cursor", "link"]
    parameter: str = ""
    first: int = 1
    size: int = 0
    at: str = ""

    def __post_init__(self) -> None:
        """It names what its way of paging needs."""
        if self.by == "page" and not (self.parameter and self.size > 0):
            raise ValueError("paging by page needs `parameter`, the name of the number, and `size`, the items of a full page")
        if self.by == "cursor" and not (self.parameter and self.at):
            raise ValueError("paging by cursor needs `parameter`, its name, and `at`, the place of the next one")
        if self.at:
            check_path(self.at)


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """How a service is asked for what is new: the parameter, where an item says when it changed, and the form of both.

    `format`: rfc3339, s, ms, or one of strptime. `overlap`: how late an item may come.
    """

    parameter: str
    at: str
    format: str = "rfc3339"
    zone: str = "+08:00"
    overlap: str = "10m"

    def __post_init__(self) -> None:
        """Its place is one, and its form is a form."""
        place(self.at)
        duration(self.overlap)
        if self.format not in {"rfc3339", "s", "ms"} and "%" not in self.format:
            raise ValueError(f"format is {self.format!r}: give rfc3339, s, ms, or one of strptime")

    @property
    def time(self) -> TimeColumns:
        """How the time of an item is read."""
        return TimeColumns((self.at,), self.format, zone=self.zone)


class ServiceSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A service that one may ask. `items`: the path of its list; `map`: file or folder of mappings, beside this file.

    `token_file` or `token_env`: of a token, which goes into `token_header` behind `token_prefix`. `sign`: how requests are
    signed, in the language of the senders of `gateway http`. Without `since` all is fetched, and what is new is taken.
    """

    source: str
    map: str
    url: str
    items: str = "$"
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    paging: Paging | None = None
    since: Since | None = None
    sign: Scheme | None = None
    token_file: str = ""
    token_env: str = ""
    token_header: str = "Authorization"  # noqa: S105 - the name of a header
    token_prefix: str = "Bearer "  # noqa: S105 - its scheme
    ca: str = ""
    every: str = "60s"
    seconds: int = SECONDS

    def __post_init__(self) -> None:
        """Its address and its path can be; what is secret goes over TLS, or stays on this machine."""
        check_path(self.items)
        duration(self.every)
        scheme, _, rest = self.url.partition("://")
        local = rest.startswith(("127.0.0.1", "localhost", "[::1]"))
        if scheme != "https" and not (scheme == "http" and (local or not self.has_token)):
            raise ValueError(f"url is {self.url!r}: it begins with https://; http:// is for this machine, or without a token")
        if self.sign and self.sign.fault:
            raise ValueError(f"sign: {self.sign.fault}")
        if not 1 <= self.seconds <= 3_600:
            raise ValueError("`seconds` is 1 to 3600")

    @property
    def has_token(self) -> bool:
        """Whether a token goes with each request."""
        return bool(self.token_file or self.token_env)


class ServicePlan(Struct, frozen=True):
    """A service ready to be asked: the name of its file, its token, the secret it signs with, its mappings, its authority."""

    name: str
    source: ServiceSource
    token: str
    key: bytes
    mappings: tuple[Foreign, ...]
    ca: str

    @property
    def every(self) -> int:
        """How long after a reading the next one begins (ms)."""
        return duration(self.source.every)

    @property
    def behind(self) -> int:
        """The overlap: in ms, or one round where all is fetched each time."""
        return duration(self.source.since.overlap) if self.source.since else 1


def load_service(path: Path) -> ServicePlan:
    """The plan of a file; Trouble says what is wrong with it, and where."""
    try:
        said = msgspec.convert(toml.loads(path.read_text("utf-8")), ServiceSource)
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from None
    except (toml.TOMLDecodeError, msgspec.ValidationError, ArgumentTypeError) as error:
        raise Trouble(f"{path} is not usable: {error} (docs/operate/pulls.md)") from None
    folder = path.parent
    token = secret(said.token_file, said.token_env, folder)
    key = secret(said.sign.secret, "", folder).encode() if said.sign else b""
    return ServicePlan(path.stem, said, token, key, load(folder / said.map), said.ca and str(folder / said.ca))
