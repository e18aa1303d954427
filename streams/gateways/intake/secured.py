"""What a gateway speaks TLS with, and how a new certificate is taken up without a stop."""

import argparse
import ssl
from collections.abc import Callable
from pathlib import Path

from streams.command import Trouble
from streams.gateways.intake.followed import FollowedFiles


def tls_options(parser: argparse.ArgumentParser) -> None:
    """What can be said of TLS at the command line."""
    parser.add_argument("--certificate", type=Path, metavar="FILE.pem", help="speak TLS: the certificate with its chain")
    parser.add_argument("--key", type=Path, metavar="FILE.pem", help="the key of the certificate")


def tls_of(options: argparse.Namespace, say: Callable[[str], None]) -> FollowedFiles[ssl.SSLContext] | None:
    """What TLS is spoken with by these options, followed; None where none is. ValueError where one has only a half of it."""
    if (options.certificate is None) != (options.key is None):
        raise ValueError("--certificate and --key are given together")
    files = (options.certificate, options.key)
    return FollowedFiles(lambda: tls(*files), lambda _: files, say) if options.certificate else None


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
