"""From options and a draft file to what a command of an order says. Pure but for the file that it reads."""

import argparse
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams import toml
from streams.messages import Actor, Alert, Issue, OrderAct, encode
from streams.messages.orders import Link

T = TypeVar("T", bound=Struct)

TEXTS = (
    "kind",
    "paper",
    "limit",
    "verifier",
    "supervising",
    "adcode",
    "incident",
    "parent",
    "matter",
    "verdict",
    "reason",
    "behalf",
)
"""The members of an Issue that an option of the same name gives as it is."""

ACTS = ("reason", "unit", "clause", "outcome", "limit", "at", "who", "solved", "behalf", "seen")
"""Those of an OrderAct."""


def issue_of(options: argparse.Namespace, actor: Actor, alerts: Iterable[Alert], at: int) -> Issue:
    """What the draft file says, with what options say in its place; the id follows from all of it and the moment (ms).

    ValueError where a member is missing, or is none.
    """
    said = {name: value for name in TEXTS if (value := getattr(options, name))}
    if options.title:
        said["title"] = {"zh": options.title, "en": options.title_en or options.title}
    if options.to:
        said["receivers"] = [receiver(text) for text in options.to]
    if options.text:
        said["text"] = [dict(zip(("name", "words"), pair(text), strict=True)) for text in options.text]
    if options.trait:
        said["traits"] = dict(pair(text) for text in options.trait)
    if options.urgent:
        said["urgent"] = True
    links = [Link(domain=each.domain, subject=each.subject, alert=each.id, occurrence=each.occurrence) for each in alerts]
    if links:
        said["alerts"] = msgspec.to_builtins(links)
    issue = made(options.draft, said, {"order": "", "actor": msgspec.to_builtins(actor)}, Issue)
    return replace(issue, order=blake2s(encode([issue, at]), digest_size=16).hexdigest())


def act_of(options: argparse.Namespace, actor: Actor, order: str) -> OrderAct:
    """What is done to an order; ValueError where a member is none."""
    said = {name: value for name in ACTS if (value := getattr(options, name))}
    if options.line:
        said["lines"] = options.line
    if options.to:
        said["receivers"] = [receiver(text) for text in options.to]
    return made(options.data, said, {"order": order, "actor": msgspec.to_builtins(actor)}, OrderAct)


def made(path: Path | None, said: Mapping[str, Any], whose: Mapping[str, Any], type_: type[T]) -> T:
    """A message of a file, of options, which go before it, and of whoever acts, which goes before both."""
    try:
        begun = read(path) if path else {}
        if strange := sorted(begun.keys() - set(type_.__struct_fields__)):
            raise ValueError(f"it has no member {strange[0]!r}; members are {', '.join(type_.__struct_fields__)}")
        return msgspec.convert({**begun, **said, **whose}, type_)
    except (msgspec.ValidationError, ValueError) as error:
        raise ValueError(f"{path or 'the options'}: {error}") from None


def read(path: Path) -> dict[str, Any]:
    """The members that a file gives, JSON or TOML by its name; ValueError where it holds none."""
    try:
        text = path.read_text("utf-8")
        found: Any = toml.loads(text) if path.suffix == ".toml" else msgspec.json.decode(text)
    except (OSError, UnicodeDecodeError, toml.TOMLDecodeError, msgspec.DecodeError) as error:
        raise ValueError(f"no {'TOML' if path.suffix == '.toml' else 'JSON'} can be read there: {error}") from None
    return msgspec.convert(found, dict[str, Any])


def receiver(text: str) -> dict[str, str]:
    """A receiver as an option gives it: UNIT[:PART[:LIMIT]].

    >>> receiver("zz-ecology"), receiver("zz-market:support:4 working-hours")
    ({'unit': 'zz-ecology', 'part': 'main'}, {'unit': 'zz-market', 'part': 'support', 'limit': '4 working-hours'})
    """
    unit, _, rest = text.partition(":")
    part, _, limit = rest.partition(":")
    return {"unit": unit, "part": part or "main"} | ({"limit": limit} if limit else {})


def pair(text: str) -> tuple[str, str]:
    """Name and value of NAME=VALUE; ValueError where it is none.

    >>> pair("cause=疑似超标")
    ('cause', '疑似超标')
    """
    name, found, value = text.partition("=")
    if not found:
        raise ValueError(f"{text!r} is no NAME=VALUE")
    return name, value
