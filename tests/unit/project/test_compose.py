"""docker-compose.yml and Dockerfile are true: valid by the Compose specification, and every name in them exists."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build")}


def test_file_is_valid_by_the_compose_specification() -> None:
    """The file fits the JSON schema that the Compose specification publishes."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    schema = Path(package.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text("utf-8")))


def test_kafka_is_the_version_that_is_embedded() -> None:
    """The broker's image has the version of the jars that the embedded broker runs."""
    jars = (ROOT / "streams" / "kafka" / "jars.sha256").read_text("utf-8")
    version = COMPOSE["services"]["kafka"]["image"].partition(":")[2]
    assert f"org.apache.kafka:kafka-clients:{version}\n" in jars


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


def test_prometheus_asks_the_workers_where_they_answer() -> None:
    """Prometheus reads our two files, finds the workers by the name of their service, on the port that they are given."""
    prometheus, worker = COMPOSE["services"]["prometheus"], COMPOSE["services"]["worker"]
    assert "./prometheus:/etc/prometheus:ro" in prometheus["volumes"]
    assert set(prometheus["networks"]) & set(worker["networks"])
    config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert all((ROOT / "prometheus" / name).exists() for name in config["rule_files"])
    (scrape,) = config["scrape_configs"]
    (asked,) = scrape["dns_sd_configs"]
    assert asked["names"] == ["worker"]
    assert str(asked["port"]) == worker["environment"]["ONESCREEN_METRICS_PORT"]


def test_services_come_back_and_keep_their_data() -> None:
    """Every lasting service restarts by itself and has a volume; broker, worker and screen have health checks."""
    lasting = {name: service for name, service in COMPOSE["services"].items() if service.get("restart") != "no"}
    assert all(service["restart"] == "unless-stopped" for service in lasting.values())
    assert all(service["volumes"] for service in lasting.values())
    assert {"kafka", "worker", "screen"} <= {name for name, service in lasting.items() if "healthcheck" in service}


def test_only_the_audit_service_has_the_signing_keys() -> None:
    """The volume with the keys is mounted by one service, where its setting says; the image gives that folder to its user."""
    audit = COMPOSE["services"]["audit"]
    folder = audit["environment"]["ONESCREEN_AUDIT_KEYS"]
    assert audit["volumes"] == [f"keys:{folder}"]
    assert [name for name, service in COMPOSE["services"].items() if "keys:" in str(service.get("volumes"))] == ["audit"]
    assert f"chown onescreen /data {folder}" in (ROOT / "Dockerfile").read_text("utf-8")


def test_the_image_holds_what_the_services_run() -> None:
    """The Dockerfile copies every package and installs from the lock with hashes."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert all(f"COPY {package} {package}" in text for package in ("streams", "agents", "screen", "fixtures"))
    assert "--require-hashes -r requirements.lock" in text
