"""Settings come from the environment, read once into one frozen struct."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class SettingsError(ValueError):
    """An environment variable has a value that cannot be used."""


class Settings(Struct, frozen=True):
    """Where things are. Every field is one environment variable of the table in `docs/operate/settings.md`."""

    place: str
    data: Path
    cache: Path
    audit_keys: Path
    trust: Path
    kafka_port: int
    controller_port: int
    screen_port: int
    screen_host: str
    screen_name: str
    supervisor: str
    people: Path
    oidc: Path | None
    session_idle: int
    session_longest: int
    jobs_open: int
    jobs_hour: int
    metrics_host: str
    metrics_port: int | None
    bootstrap: str
    embedded: bool
    partitions: int
    replication: int
    security: dict[str, str]


_SASL = ("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
_SECURITY = ("KAFKA_SECURITY_PROTOCOL", *_SASL, "KAFKA_SSL_CAFILE")
_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; SettingsError names the variable, its value and what would do."""
    port = _integer(env, "ONESCREEN_KAFKA_PORT", 19092, 1, 65535)
    servers = env.get("KAFKA_BOOTSTRAP_SERVERS", "").strip()
    data = Path(env.get("ONESCREEN_DATA") or ".onescreen")
    return Settings(
        place=_place(env),
        data=data,
        cache=Path(env.get("ONESCREEN_CACHE") or data / "cache"),
        audit_keys=Path(env.get("ONESCREEN_AUDIT_KEYS") or data / "audit"),
        trust=Path(env.get("ONESCREEN_TRUST") or data / "trust"),
        kafka_port=port,
        controller_port=_integer(env, "ONESCREEN_CONTROLLER_PORT", port + 1, 1, 65535),
        screen_port=_integer(env, "ONESCREEN_SCREEN_PORT", 8501, 1, 65535),
        screen_host=env.get("ONESCREEN_SCREEN_HOST") or "127.0.0.1",
        screen_name=env.get("ONESCREEN_SCREEN_NAME") or "",
        supervisor=env.get("ONESCREEN_SUPERVISOR") or "值班主管",
        people=Path(env.get("ONESCREEN_PEOPLE") or data / "people.json"),
        oidc=Path(env["ONESCREEN_OIDC"]) if env.get("ONESCREEN_OIDC") else None,
        session_idle=_integer(env, "ONESCREEN_SESSION_IDLE", 30, 1, 1440),
        session_longest=_integer(env, "ONESCREEN_SESSION_LONGEST", 720, 1, 10_080),
        jobs_open=_integer(env, "ONESCREEN_JOBS_OPEN", 5, 1, 1000),
        jobs_hour=_integer(env, "ONESCREEN_JOBS_HOUR", 60, 1, 10_000),
        metrics_host=env.get("ONESCREEN_METRICS_HOST") or "127.0.0.1",
        metrics_port=_optional(env, "ONESCREEN_METRICS_PORT", 0, 65535),
        bootstrap=servers or f"127.0.0.1:{port}",
        embedded=not servers,
        partitions=_integer(env, "ONESCREEN_PARTITIONS", 4, 1, 1024),
        replication=_integer(env, "ONESCREEN_REPLICATION", 1, 1, 9),
        security=_security(env) if servers else {},
    )


def _place(env: Mapping[str, str]) -> str:
    """The adcode of a province or city, two or four digits."""
    text = env.get("ONESCREEN_PLACE") or "4101"
    if not (text.isascii() and text.isdigit() and len(text) in {2, 4}):
        raise SettingsError(
            f"ONESCREEN_PLACE is {text!r}: give the first two or four digits of an adcode, or unset it for 4101"
        )
    return text


def _security(env: Mapping[str, str]) -> dict[str, str]:
    """The Kafka security names that are set; they hold for a cluster, never for the embedded broker."""
    found = {name: env[name] for name in _SECURITY if env.get(name)}
    _one_of(found, "KAFKA_SECURITY_PROTOCOL", _PROTOCOLS)
    _one_of(found, "KAFKA_SASL_MECHANISM", _MECHANISMS)
    missing = [name for name in _SASL if name not in found]
    if missing and found.get("KAFKA_SECURITY_PROTOCOL", "").startswith("SASL"):
        raise SettingsError(f"KAFKA_SECURITY_PROTOCOL is {found['KAFKA_SECURITY_PROTOCOL']}: set {', '.join(missing)} too")
    return found


def _one_of(found: Mapping[str, str], name: str, known: tuple[str, ...]) -> None:
    if name in found and found[name] not in known:
        raise SettingsError(f"{name} is {found[name]!r}: give one of {', '.join(known)}, or unset it")


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    found = _optional(env, name, low, high, f"for {default}")
    return default if found is None else found


def _optional(env: Mapping[str, str], name: str, low: int, high: int, unset: str = "for none") -> int | None:
    text = env.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} is {text!r}: give a whole number from {low} to {high}, or unset it {unset}")
    return int(text)
