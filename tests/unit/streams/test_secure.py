"""The files of a secure broker: nobody else's to read, certificates that hold, passwords of their own."""

import secrets
import socket
import ssl
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.command import Trouble
from streams.kafka import clients, secure, server
from streams.settings import Settings, SettingsError, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a broker that is secure."""
    names = {"ONESCREEN_DATA": str(tmp_path / "data")}
    secure.prepare(load(names))
    return load(names)


def test_a_folder_makes_a_broker_secure(tmp_path: Path) -> None:
    """As long as it is not there, all is as it was; from then on it is secure, with the certificates in it or without."""
    names = {"ONESCREEN_DATA": str(tmp_path)}
    assert (load(names).secure, load(names).security) == (False, {})
    folder = secure.prepare(load(names))
    assert load(names).secure
    (folder / "ca.pem").unlink()
    assert load(names).secure
    with pytest.raises(Trouble, match=r"ca\.pem and ca\.key in .* cannot be used"):
        secure.renew(load(names))


def test_files_are_their_owners_alone(settings: Settings) -> None:
    """Mode 600 in a folder of mode 700, and so the properties, which have the broker's own password."""
    secure.renew(settings)
    server.write_settings(settings)
    folder = settings.data / "kafka" / "access"
    files = [*folder.iterdir(), settings.data / "kafka" / "server.properties"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"admin.password", "broker.password", "worker.password", "clock.password", "ca.key"} <= {file.name for file in files}


def test_passwords_differ_and_stay(settings: Settings) -> None:
    """Each principal has 256 random bits of its own; what is there is not made anew."""
    names = ("admin", "worker", "clock", "screen")
    found = secure.passwords(settings, names)
    assert len({*found.values()}) == len(names)
    assert all(len(password) >= 43 for password in found.values())
    secure.prepare(settings)
    assert secure.passwords(settings, names) == found


def test_the_brokers_own_are_made_anew(settings: Settings) -> None:
    """At each start the broker has another certificate and another password, of letters that its properties can bear."""
    seen = set()
    for _ in range(2):
        secure.renew(settings)
        seen |= {secure.broker_password(settings), (settings.data / "kafka" / "access" / "broker.pem").read_text()}
    assert len(seen) == 4
    assert secure.broker_password(settings).replace("-", "").replace("_", "").isalnum()


def test_the_certificate_holds_for_this_machine(settings: Settings) -> None:
    """A client that trusts the authority, strictly as Python 3.13 does, reaches 127.0.0.1; one that trusts others does not."""
    secure.renew(settings)
    folder = settings.data / "kafka" / "access"
    ours, foreign = ssl.create_default_context(cafile=folder / "ca.pem"), ssl.create_default_context()
    ours.verify_flags |= ssl.VERIFY_X509_STRICT
    assert served(folder / "broker.pem", ours)
    assert not served(folder / "broker.pem", foreign)


def served(certificate: Path, client: ssl.SSLContext) -> bool:
    """Whether a client takes a server of this certificate for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    here, there = socket.socketpair()

    def serve() -> None:
        with here:
            try:
                context.wrap_socket(here, server_side=True).close()
            except OSError:  # the client hangs up
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with there, closing(client.wrap_socket(there, server_hostname="127.0.0.1")):
            return True
    except ssl.SSLCertVerificationError:
        return False
    finally:
        thread.join()


def test_a_part_is_named_by_its_environment(settings: Settings) -> None:
    """`KAFKA_SASL_USERNAME` alone is enough: the password is in the folder; another file may be named."""
    names = {"ONESCREEN_DATA": str(settings.data), "KAFKA_SASL_USERNAME": "worker"}
    keywords = clients.connection(load(names))
    assert (keywords["security_protocol"], keywords["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert keywords["sasl_plain_username"] == "worker"
    assert keywords["sasl_plain_password"] == secure.passwords(settings, ["worker"])["worker"]
    other = settings.data / "mine"
    word = secrets.token_hex(8)
    other.write_text(f"{word}\n")
    assert clients.connection(load(names | {"KAFKA_SASL_PASSWORD_FILE": str(other)}))["sasl_plain_password"] == word


def test_nobody_is_let_in_unnamed(settings: Settings) -> None:
    """Who names no principal, or one that there is not, is told what to set."""
    with pytest.raises(Trouble, match="set KAFKA_SASL_USERNAME"):
        clients.connection(settings)
    with pytest.raises(SettingsError, match=r"nobody\.password holds no password"):
        load({"ONESCREEN_DATA": str(settings.data), "KAFKA_SASL_USERNAME": "nobody"})


def test_only_the_broker_itself_signs_in_plainly(settings: Settings) -> None:
    """Everybody but the broker proves a password without sending it; settings of a broker without access stay as they are."""
    secure.renew(settings)
    assert secure.as_(settings, "broker").security["KAFKA_SASL_MECHANISM"] == "PLAIN"
    assert secure.as_(settings, "admin").security["KAFKA_SASL_MECHANISM"] == "SCRAM-SHA-512"
    properties = server._secure(settings, {"kafka_port": 1, "controller_port": 2})
    assert 'user_broker="' in properties
    assert properties.count("user_") == 2
    assert "allow.everyone.if.no.acl.found=false" in properties
    plain = replace(settings, secure=False, security={})
    assert secure.as_(plain, "admin") == plain
