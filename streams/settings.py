"""Settings come from the environment, read once into one frozen struct."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class SettingsError(ValueError):
    """An environment variable has a value that cannot be used."""


class Settings(Struct, frozen=True):
    """Where things are. Every field is one environment variable of the table in `docs/settings.md`."""

    data: Path
    kafka_port: int
    controller_port: int
    screen_port: int
    bootstrap: str
    embedded: bool
    partitions: int
    replication: int
    security: dict[str, str]


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; SettingsError names the variable, its value and what would do."""
    port = _integer(env, "ONESCREEN_KAFKA_PORT", 19092, 1, 65535)
    servers = env.get("KAFKA_BOOTSTRAP_SERVERS", "").strip()
    names = (
        "KAFKA_SECURITY_PROTOCOL",
        "KAFKA_SASL_MECHANISM",
        "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD",
        "KAFKA_SSL_CAFILE",
    )
    return Settings(
        data=Path(env.get("ONESCREEN_DATA", ".onescreen")),
        kafka_port=port,
        controller_port=_integer(env, "ONESCREEN_CONTROLLER_PORT", port + 1, 1, 65535),
        screen_port=_integer(env, "ONESCREEN_SCREEN_PORT", 8501, 1, 65535),
        bootstrap=servers or f"127.0.0.1:{port}",
        embedded=not servers,
        partitions=_integer(env, "ONESCREEN_PARTITIONS", 4, 1, 1024),
        replication=_integer(env, "ONESCREEN_REPLICATION", 1, 1, 9),
        security={name: env[name] for name in names if env.get(name)},
    )


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} is {text!r}: give a whole number from {low} to {high}, or unset it for {default}")
    return int(text)
