"""The secure embedded broker: its certificates, its passwords, and the identity by which somebody here signs in to it.

All of it stands in the folder `kafka/access` below the data, which is its owner's alone: a certificate authority of this
broker's own (`ca.pem`, `ca.key`), the broker's certificate with its key (`broker.pem`, anew at each start), and a random
password for each principal (`NAME.password`, mode 600). As long as the folder is there, the broker starts secure.
"""

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec.structs import replace

from streams.command import Trouble
from streams.kafka.access import ADMIN, BROKER, parts
from streams.private import private
from streams.settings import Settings, access_folder, password_file, signed_in

AUTHORITY_DAYS, CERTIFICATE_DAYS = 3_650, 397
"""How long the authority and the broker's certificate hold: ten years, and what browsers call the longest for a server."""

_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def prepare(settings: Settings) -> Path:
    """Make what is missing of the folder, and return it. From then on settings that are loaded are those of a secure broker."""
    private(settings.data / "kafka")
    folder = private(access_folder(settings.data))
    passwords(settings, (ADMIN, *(part.name for part in parts())))
    if not (folder / "ca.pem").exists():
        key = generate_private_key(SECP256R1())
        name = _name("Onescreen embedded Kafka")
        certificate = (
            _certificate(name, name, key, AUTHORITY_DAYS, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(key, SHA256())
        )
        _write(folder / "ca.key", _pem(key))
        _write(folder / "ca.pem", certificate.public_bytes(Encoding.PEM))
    return folder


def renew(settings: Settings) -> None:
    """Make the broker's own certificate and password anew; Trouble where the authority cannot be used."""
    folder = access_folder(settings.data)
    authority, signer = _authority(folder)
    key = generate_private_key(SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    certificate = (
        _certificate(_name("127.0.0.1"), authority.subject, key, CERTIFICATE_DAYS, signer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(signer, SHA256())
    )
    _write(folder / "broker.pem", _pem(key) + certificate.public_bytes(Encoding.PEM))
    _write(password_file(settings.data, BROKER), secrets.token_urlsafe(32).encode())


def passwords(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """The password of each principal, made where it has none."""
    for name in names:
        if not (file := password_file(settings.data, name)).exists():
            _write(file, secrets.token_urlsafe(32).encode())
    return {name: password_file(settings.data, name).read_text("utf-8").strip() for name in names}


def as_(settings: Settings, name: str) -> Settings:
    """The settings of somebody who is signed in to the secure embedded broker by this name; others stay as they are."""
    if not settings.secure:
        return settings
    return replace(settings, security=signed_in(settings.data, name, "PLAIN" if name == BROKER else "SCRAM-SHA-512"))


def broker_password(settings: Settings) -> str:
    """The broker's own password, of letters, digits, `-` and `_`; Trouble where there is none yet."""
    file = password_file(settings.data, BROKER)
    if not file.exists():
        raise Trouble(f"{file} is missing: start the broker, which makes it anew")
    return file.read_text("ascii")


def _authority(folder: Path) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    except (OSError, ValueError) as error:
        raise Trouble(_unusable(folder, str(error))) from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise Trouble(_unusable(folder, "the key is not the certificate's"))
    return certificate, key


def _unusable(folder: Path, why: str) -> str:
    return (
        f"ca.pem and ca.key in {folder} cannot be used: {why}. Move both away and run "
        "`python -m streams kafka start --secure`, which makes new ones; whoever has a copy of ca.pem needs the new one"
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, days: int, signer: EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in wanted for usage in _USAGES})


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
