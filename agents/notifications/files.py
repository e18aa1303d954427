"""The files of the notices: TOML, read whole and checked; a Trouble names the file and each place at fault."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from agents import law
from agents.notifications import duty as duties
from agents.notifications import routes as ways
from agents.notifications.duty import DutyTable
from agents.notifications.routes import Routes
from streams.catalogue import domains
from streams.command import Trouble

T = TypeVar("T")


def read_duty(path: Path) -> DutyTable:
    """A duty table without a gap or an overlap."""
    duty = _read(path, DutyTable)
    _refuse(path, duties.faults(duty, law.departments()))
    return duty


def read_routes(path: Path, duty: DutyTable | None) -> Routes:
    """Routes whose every name is known."""
    routes = _read(path, Routes)
    _refuse(path, ways.faults(routes, duty, law.departments(), domains()))
    return routes


def addresses(path: Path, routes: Routes, env: Mapping[str, str]) -> dict[str, str]:
    """The address of each channel, from the environment or its file; never shown, in errors neither."""
    found, missing = {}, []
    for name, channel in routes.channels.items():
        source = f"the environment variable {channel.url_env}"
        found[name] = env.get(channel.url_env, "").strip() if channel.url_env else ""
        if channel.url_file:
            source = f"the first line of {channel.url_file}"
            try:
                found[name] = Path(channel.url_file).read_text("utf-8").partition("\n")[0].strip()
            except (OSError, UnicodeDecodeError) as error:
                source = f"{source} ({type(error).__name__})"
        if not found[name]:
            missing.append(f"channels.{name}: its address should stand in {source}")
    _refuse(path, missing)
    return found


def _read(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type_)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"{path}: {error}") from None


def _refuse(path: Path, faults: Iterable[str]) -> None:
    found = list(faults)
    if found:
        raise Trouble("\n".join(f"{path}: {fault}" for fault in found))
