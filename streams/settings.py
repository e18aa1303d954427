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
    originals: Path
    original_most: int
    audit_keys: Path
    trust: Path
    keeper: Path
    keeper_copy: Path
    keeper_socket: Path | None
    keeper_peers: str
    keeper_kek: str
    keeper_grace: int
    keeper_most: int
    kafka_port: int
    controller_port: int
    screen_port: int
    screen_host: str
    screen_name: str
    supervisor: str
    desk_phone: str
    signs: bool
    people: Path
    oidc: Path | None
    session_idle: int
    session_longest: int
    signer: Path
    signer_peers: tuple[int, ...]
    jobs_open: int
    jobs_hour: int
    metrics_host: str
    metrics_port: int | None
    bootstrap: str
    embedded: bool
    partitions: int
    replication: int
    security: dict[str, str]
    secure: bool
    """Whether this is the embedded broker with access control, which everybody signs in to."""


_SASL = ("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
_PASSWORD_FILE = "KAFKA_SASL_PASSWORD_FILE"  # noqa: S105 - the name of a variable
_SECURITY = ("KAFKA_SECURITY_PROTOCOL", *_SASL, "KAFKA_SSL_CAFILE")
_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; SettingsError names the variable, its value and what would do."""
    port = _integer(env, "ONESCREEN_KAFKA_PORT", 19092, 1, 65535)
    servers = env.get("KAFKA_BOOTSTRAP_SERVERS", "").strip()
    data = Path(env.get("ONESCREEN_DATA") or ".onescreen")
    secure = not servers and os.path.isdir(access_folder(data))  # noqa: PTH112 - False too where it is another user's
    return Settings(
        place=place(env),
        data=data,
        cache=Path(env.get("ONESCREEN_CACHE") or data / "cache"),
        originals=Path(env.get("ONESCREEN_ORIGINALS") or data / "originals"),
        original_most=_integer(env, "ONESCREEN_ORIGINAL_MOST", 20, 1, 2_000) << 20,
        audit_keys=Path(env.get("ONESCREEN_AUDIT_KEYS") or data / "audit"),
        trust=Path(env.get("ONESCREEN_TRUST") or data / "trust"),
        keeper=Path(env.get("ONESCREEN_KEEPER") or data / "keeper"),
        keeper_copy=Path(env.get("ONESCREEN_KEEPER_COPY") or data / "keeper-copy"),
        keeper_socket=Path(env["ONESCREEN_KEEPER_SOCKET"]) if env.get("ONESCREEN_KEEPER_SOCKET") else None,
        keeper_peers=env.get("ONESCREEN_KEEPER_PEERS") or "",
        keeper_kek=env.get("ONESCREEN_KEEPER_KEK") or "",
        keeper_grace=_integer(env, "ONESCREEN_KEEPER_GRACE", 72, 1, 720),
        keeper_most=_integer(env, "ONESCREEN_KEEPER_MOST", 20, 1, 10_000),
        kafka_port=port,
        controller_port=_integer(env, "ONESCREEN_CONTROLLER_PORT", port + 1, 1, 65535),
        screen_port=_integer(env, "ONESCREEN_SCREEN_PORT", 8501, 1, 65535),
        screen_host=env.get("ONESCREEN_SCREEN_HOST") or "127.0.0.1",
        screen_name=env.get("ONESCREEN_SCREEN_NAME") or "",
        supervisor=env.get("ONESCREEN_SUPERVISOR") or "值班主管",
        desk_phone=env.get("ONESCREEN_DESK_PHONE") or "",
        signs=_integer(env, "ONESCREEN_SIGNS", 1, 0, 1) == 1,
        people=Path(env.get("ONESCREEN_PEOPLE") or data / "people.json"),
        oidc=Path(env["ONESCREEN_OIDC"]) if env.get("ONESCREEN_OIDC") else None,
        session_idle=_integer(env, "ONESCREEN_SESSION_IDLE", 30, 1, 1440),
        session_longest=_integer(env, "ONESCREEN_SESSION_LONGEST", 720, 1, 10_080),
        signer=Path(env.get("ONESCREEN_SIGNER") or data / "signer"),
        signer_peers=_uids(env, "ONESCREEN_SIGNER_PEERS"),
        jobs_open=_integer(env, "ONESCREEN_JOBS_OPEN", 5, 1, 1000),
        jobs_hour=_integer(env, "ONESCREEN_JOBS_HOUR", 60, 1, 10_000),
        metrics_host=env.get("ONESCREEN_METRICS_HOST") or "127.0.0.1",
        metrics_port=_optional(env, "ONESCREEN_METRICS_PORT", 0, 65535),
        bootstrap=servers or f"127.0.0.1:{port}",
        embedded=not servers,
        partitions=_integer(env, "ONESCREEN_PARTITIONS", 4, 1, 1024),
        replication=_integer(env, "ONESCREEN_REPLICATION", 1, 1, 9),
        security=_security(env) if servers else _of_embedded(env, data) if secure else {},
        secure=secure,
    )


def access_folder(data: Path) -> Path:
    """The folder of a secure embedded broker: its authority, certificate and passwords."""
    return data.resolve() / "kafka" / "access"


def password_file(data: Path, name: str) -> Path:
    """Where the password of a principal of the embedded broker stands."""
    return access_folder(data) / f"{name}.password"


def signed_in(data: Path, name: str, mechanism: str, file: Path | None = None) -> dict[str, str]:
    """The security names of a principal of the secure embedded broker; `file`: where its password is, if not in its place."""
    return _unnamed(data) | {
        "KAFKA_SASL_MECHANISM": mechanism,
        "KAFKA_SASL_USERNAME": name,
        "KAFKA_SASL_PASSWORD": _read_password(file or password_file(data, name)),
    }


def _unnamed(data: Path) -> dict[str, str]:
    return {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SSL_CAFILE": str(access_folder(data) / "ca.pem")}


def _of_embedded(env: Mapping[str, str], data: Path) -> dict[str, str]:
    """The security names for the secure embedded broker: the principal's, or nobody's where the environment names none."""
    if not (name := env.get("KAFKA_SASL_USERNAME")):
        return _unnamed(data)
    file = Path(env[_PASSWORD_FILE]) if env.get(_PASSWORD_FILE) else None
    return signed_in(data, name, "SCRAM-SHA-512", file)


def _read_password(file: Path) -> str:
    try:
        found = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} holds no password that can be read ({error}): see KAFKA_SASL_USERNAME") from None
    if not found:
        raise SettingsError(f"{file} is empty: it must hold the password and nothing else")
    return found


def place(env: Mapping[str, str] = os.environ) -> str:
    """The adcode of a province or city, two or four digits: whose law and departments this process goes by."""
    text = env.get("ONESCREEN_PLACE") or "4101"
    if not (text.isascii() and text.isdigit() and len(text) in {2, 4}):
        raise SettingsError(
            f"ONESCREEN_PLACE is {text!r}: give the first two or four digits of an adcode, or unset it for 4101"
        )
    return text


def _security(env: Mapping[str, str]) -> dict[str, str]:
    """The Kafka security names that are set; they hold for a cluster."""
    found = {name: env[name] for name in _SECURITY if env.get(name)}
    if env.get(_PASSWORD_FILE):
        if "KAFKA_SASL_PASSWORD" in found:
            raise SettingsError(f"KAFKA_SASL_PASSWORD and {_PASSWORD_FILE} are both set: unset one of them")
        found["KAFKA_SASL_PASSWORD"] = _read_password(Path(env[_PASSWORD_FILE]))
    _one_of(found, "KAFKA_SECURITY_PROTOCOL", _PROTOCOLS)
    _one_of(found, "KAFKA_SASL_MECHANISM", _MECHANISMS)
    missing = [name for name in _SASL if name not in found]
    if missing and found.get("KAFKA_SECURITY_PROTOCOL", "").startswith("SASL"):
        raise SettingsError(f"KAFKA_SECURITY_PROTOCOL is {found['KAFKA_SECURITY_PROTOCOL']}: set {', '.join(missing)} too")
    return found


def _one_of(found: Mapping[str, str], name: str, known: tuple[str, ...]) -> None:
    if name in found and found[name] not in known:
        raise SettingsError(f"{name} is {found[name]!r}: give one of {', '.join(known)}, or unset it")


def _uids(env: Mapping[str, str], name: str) -> tuple[int, ...]:
    """User ids with a comma between two; none where the name is not set."""
    texts = [text.strip() for text in env.get(name, "").split(",")] if env.get(name) else []
    if wrong := [text for text in texts if not text.isascii() or not text.isdigit()]:
        raise SettingsError(f"{name} has {wrong[0]!r}: give user ids, as `id -u` prints them, with a comma between two")
    return tuple(int(text) for text in texts)


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
