"""Settings: defaults, one environment variable each, and errors that name the variable and what would do."""

from pathlib import Path

import pytest

from streams.settings import SettingsError, load


def test_defaults() -> None:
    """Nothing set: the embedded broker on 19092, the screen on 8501, everything below .onescreen."""
    settings = load({})
    assert (settings.kafka_port, settings.controller_port, settings.screen_port) == (19092, 19093, 8501)
    assert (settings.data, settings.cache) == (Path(".onescreen"), Path(".onescreen/cache"))
    assert settings.audit_keys == Path(".onescreen/audit")
    assert (settings.people, settings.oidc, settings.screen_name) == (Path(".onescreen/people.json"), None, "")
    assert (settings.session_idle, settings.session_longest) == (30, 720)
    assert (settings.bootstrap, settings.embedded, settings.security) == ("127.0.0.1:19092", True, {})
    assert (settings.partitions, settings.replication) == (4, 1)


def test_an_empty_variable_is_an_unset_one() -> None:
    """`NAME=` in a shell or a Compose file means the default."""
    names = ("ONESCREEN_KAFKA_PORT", "ONESCREEN_DATA", "ONESCREEN_CACHE", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SASL_USERNAME")
    assert load(dict.fromkeys(names, "")) == load({})


def test_places() -> None:
    """The cache and the keys go with the data unless they have a place of their own."""
    assert load({"ONESCREEN_DATA": "/d"}).cache == Path("/d/cache")
    assert load({"ONESCREEN_DATA": "/d", "ONESCREEN_CACHE": "/c"}).cache == Path("/c")
    assert load({"ONESCREEN_DATA": "/d"}).audit_keys == Path("/d/audit")
    assert load({"ONESCREEN_DATA": "/d", "ONESCREEN_AUDIT_KEYS": "/k"}).audit_keys == Path("/k")
    assert load({"ONESCREEN_DATA": "/d"}).people == Path("/d/people.json")
    assert load({"ONESCREEN_DATA": "/d", "ONESCREEN_PEOPLE": "/p", "ONESCREEN_OIDC": "/o"}).people == Path("/p")


def test_the_controller_port_follows_the_broker_port() -> None:
    """One port is enough to move both."""
    assert load({"ONESCREEN_KAFKA_PORT": "2000"}).controller_port == 2001
    assert load({"ONESCREEN_KAFKA_PORT": "2000", "ONESCREEN_CONTROLLER_PORT": "3000"}).controller_port == 3000


def test_a_cluster_instead_of_the_embedded_broker() -> None:
    """KAFKA_BOOTSTRAP_SERVERS switches the embedded broker off and the security names on."""
    names = {"KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_USERNAME": "u", "KAFKA_SASL_PASSWORD": "p"}
    secure = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"} | names
    settings = load({"KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2"} | secure)
    assert (settings.bootstrap, settings.embedded, settings.security) == ("a:1,b:2", False, secure)
    assert load(secure).security == {}


@pytest.mark.parametrize("name", ["ONESCREEN_KAFKA_PORT", "ONESCREEN_CONTROLLER_PORT", "ONESCREEN_SCREEN_PORT"])
@pytest.mark.parametrize("text", ["0", "65536", "-1", "1.5", "http", " 80", "٣"])
def test_a_bad_port(name: str, text: str) -> None:
    """The error names the variable, its value and the range."""
    with pytest.raises(SettingsError, match=rf"{name} is .*: give a whole number from 1 to 65535, or unset it for \d+"):
        load({name: text})


@pytest.mark.parametrize(
    ("name", "text"), [("ONESCREEN_PARTITIONS", "0"), ("ONESCREEN_REPLICATION", "10"), ("ONESCREEN_SESSION_IDLE", "0")]
)
def test_a_bad_count(name: str, text: str) -> None:
    """Partitions and replication have ranges too."""
    with pytest.raises(SettingsError, match=name):
        load({name: text})


def test_unknown_security_names() -> None:
    """Another protocol or mechanism than those that work is refused with the list of those that do."""
    cluster = {"KAFKA_BOOTSTRAP_SERVERS": "a:1"}
    with pytest.raises(SettingsError, match="KAFKA_SECURITY_PROTOCOL is 'TLS': give one of PLAINTEXT, SSL"):
        load(cluster | {"KAFKA_SECURITY_PROTOCOL": "TLS"})
    with pytest.raises(SettingsError, match="KAFKA_SASL_MECHANISM is 'GSSAPI': give one of PLAIN, SCRAM-SHA-256"):
        load(cluster | {"KAFKA_SASL_MECHANISM": "GSSAPI"})


def test_sasl_needs_its_three_names() -> None:
    """What is missing is listed."""
    with pytest.raises(SettingsError, match="set KAFKA_SASL_MECHANISM, KAFKA_SASL_PASSWORD too"):
        load({"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_USERNAME": "u"})


def test_a_password_from_a_file(tmp_path: Path) -> None:
    """`KAFKA_SASL_PASSWORD_FILE` stands for the password of a cluster's user; both at once, or no file, is refused."""
    file = tmp_path / "password"
    names = {"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_SASL_PASSWORD_FILE": str(file)}
    with pytest.raises(SettingsError, match="password holds no password that can be read"):
        load(names)
    file.write_text("")
    with pytest.raises(SettingsError, match="is empty"):
        load(names)
    file.write_text("s3cret\n")
    assert load(names).security == {"KAFKA_SASL_PASSWORD": "s3cret"}
    with pytest.raises(SettingsError, match="KAFKA_SASL_PASSWORD and KAFKA_SASL_PASSWORD_FILE are both set"):
        load(names | {"KAFKA_SASL_PASSWORD": "p"})
