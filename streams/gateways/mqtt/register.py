"""The broker and the sources that publish there: a TOML file. No password stands in it, only the name of a file that has it.

[broker]
host = "127.0.0.1"
port = 1883                          # 8883 with TLS
client = "onescreen-lifts"           # its own, and always the same: by it the broker knows what is still to be delivered
user = "onescreen"
password_file = "mqtt.password"      # beside this file, mode 600
ca = "ca.pem"                        # TLS: whose certificates are believed; certificate and key: where the broker asks for them
session = "7d"                       # how long the broker keeps what comes while the gateway is away
conf = "/etc/mosquitto/mosquitto.conf"   # where it can be read: what a client cannot ask for

[source.lifts]
filter = "lifts/+/state"             # a topic filter (MQTT 5, 4.7); no two may overlap
map = "lifts"                        # a mapping, or a folder of them; without it CloudEvents
types = ["special_equipment.lift_state"]   # what it may send; without it what its mappings make
subjects = ["lift.4101*"]            # whom it may be about; without it anybody
"""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from streams import toml
from streams.command import Trouble
from streams.gateways.foreign.mapping import Foreign, load
from streams.gateways.intake.refusals import is_sendable
from streams.messages import DAY, HOUR

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts to which a password may go without TLS."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_CLIENT = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SPAN = re.compile(r"[1-9]\d{0,3}[hd]")


class MqttBroker(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the broker is and how it is spoken to; the module says what each field is."""

    client: str
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 1883
    user: str = ""
    password_file: str = ""
    ca: str = ""
    certificate: str = ""
    key: str = ""
    session: str = "7d"
    conf: str = ""

    @property
    def expiry(self) -> int:
        """How long the broker is asked to keep the session, in seconds."""
        return int(self.session[:-1]) * (HOUR if self.session[-1] == "h" else DAY) // 1_000


class MqttSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What publishes on a topic filter; the module says what each field is."""

    filter: str
    map: str = ""
    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("*",)


class Subscribed(Struct, frozen=True):
    """A source with its mappings, none where it sends CloudEvents, and the types that it may send."""

    filter: str
    mappings: tuple[Foreign, ...]
    types: frozenset[str]
    subjects: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The domain whose owner is told of what cannot be read of it: that of its first type."""
        return min(self.types).partition(".")[0]


class MqttRegister(Struct, frozen=True):
    """The broker, the password for it, the sources by name, and all files that it was read from."""

    broker: MqttBroker
    password: str
    sources: Mapping[str, Subscribed]
    files: tuple[Path, ...] = ()


class _File(Struct, forbid_unknown_fields=True):
    broker: MqttBroker
    source: dict[str, MqttSource] = {}


def load_mqtt(path: Path) -> MqttRegister:
    """The register; Trouble that says where and what is wrong."""
    try:
        found = msgspec.convert(toml.loads(path.read_text("utf-8")), _File)
    except OSError as error:
        raise Trouble(f"the register {path} cannot be read: {error.strerror}") from None
    except (toml.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"the register {path}: {error}") from None
    for where, wrong in (*_of_broker(found.broker), *_of_sources(found.source)):
        raise Trouble(f"the register {path}, {where}: {wrong}")
    sources = {name: _subscribed(path, name, source) for name, source in found.source.items()}
    beside = [found.broker.password_file, *(source.map for source in found.source.values())]
    files = (path, *(path.parent / each for each in beside if each))
    return MqttRegister(found.broker, _password(path, found.broker), sources, files)


def _of_broker(broker: MqttBroker) -> Iterator[tuple[str, str]]:
    if not _CLIENT.fullmatch(broker.client):
        yield "broker", "client has 1 to 64 of letters, digits, _ and -"
    if not _SPAN.fullmatch(broker.session):
        yield "broker", f"session is {broker.session!r}: write 12h or 7d"
    if bool(broker.user) != bool(broker.password_file):
        yield "broker", "user and password_file are given together"
    if broker.password_file and not broker.ca and broker.host not in LOOPBACK:
        yield "broker", f"a password would go to {broker.host} in the clear: give ca, so that TLS is spoken"
    if (broker.certificate or broker.key) and not (broker.ca and broker.certificate and broker.key):
        yield "broker", "ca, certificate and key are given together"


def _of_sources(sources: Mapping[str, MqttSource]) -> Iterator[tuple[str, str]]:
    if not sources:
        yield "source", "there is no [source.NAME]: nothing would be taken"
    for name, source in sources.items():
        where = f"source.{name}"
        if not _NAME.fullmatch(name):
            yield where, "a name has 1 to 63 of a-z, 0-9, _ and -"
        if source.filter.startswith("$share/"):
            yield where, "a shared subscription spreads a device over several readers, which breaks its order: split by filters"
        elif not is_filter(source.filter):
            yield where, f"filter is {source.filter!r}: + stands for one level, # at the end for all below (MQTT 5, 4.7)"
        if not source.map and not source.types:
            yield where, "give map, or types of the CloudEvents that it may send"
        if strange := [each for each in source.types if not is_sendable(each)]:
            yield where, f"types has {strange[:1]}, which no source may send: see the domains' kinds"
    for (one, first), (other, second) in combinations(sources.items(), 2):
        if overlap(first.filter, second.filter):
            yield f"source.{one}", f"{first.filter} and {second.filter} of {other} overlap: whose would a message be?"


def is_filter(text: str) -> bool:
    """Whether a text is a topic filter (MQTT 5, 4.7) of which the broker's own topics are none."""
    levels = text.split("/")
    wild = [level for level in levels if "+" in level or "#" in level]
    return bool(text) and text[0] != "$" and "\0" not in text and set(wild) <= {"+", "#"} and "#" not in levels[:-1]


def overlap(one: str, other: str) -> bool:
    """Whether a topic may fit both filters.

    >>> overlap("a/+/c", "a/b/#"), overlap("a/+", "a/b/c"), overlap("a/#", "a"), overlap("+/b", "a/+")
    (True, False, True, True)
    """
    first, second = one.split("/"), other.split("/")
    for n in range(max(len(first), len(second))):
        mine, its = (levels[n] if n < len(levels) else "" for levels in (first, second))
        if "#" in (mine, its):
            return True
        if n >= min(len(first), len(second)) or ("+" not in (mine, its) and mine != its):
            return False
    return True


def _subscribed(path: Path, name: str, source: MqttSource) -> Subscribed:
    mappings = load(path.parent / source.map) if source.map else ()
    made = frozenset(each.type for each in mappings if not each.ignore)
    types = frozenset(source.types) or made
    if strange := sorted(made - types):
        raise Trouble(f"the register {path}, source.{name}: its mappings make {strange[0]}, which is none of its types")
    if not types:
        raise Trouble(f"the register {path}, source.{name}: its mappings make nothing")
    return Subscribed(source.filter, mappings, types, source.subjects)


def _password(path: Path, broker: MqttBroker) -> str:
    if not broker.password_file:
        return ""
    file = path.parent / broker.password_file
    try:
        if file.stat().st_mode & 0o077:
            raise Trouble(f"the password {file}: others may read it: chmod 600")
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"the password {file} cannot be read: {error}") from None
