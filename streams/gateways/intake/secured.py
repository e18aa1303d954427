"""What a gateway speaks TLS with, and how a new certificate is taken up without a stop."""

import ssl
from pathlib import Path

from streams.command import Trouble
from streams.gateways.intake.followed import FollowedFiles


def tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """What a server speaks TLS with (1.2 and later); Trouble where its files are no certificate and the key of it."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise Trouble(f"the certificate {certificate} and the key {key} cannot be used: {error}") from None
    return context


def handing(secured: FollowedFiles[ssl.SSLContext]) -> ssl.SSLContext:
    """What begins TLS: it hands each connection to the newest certificate."""

    def newest(connection: ssl.SSLObject, _: str | None, __: ssl.SSLContext) -> None:
        connection.context = secured.value

    first = secured.value
    first.sni_callback = newest
    return first
