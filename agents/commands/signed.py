"""A person's own signature at a command line, and a second one: nothing of it in a log that was never opened."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from streams.settings import Settings
from streams.signing.kinds import account_part
from streams.signing.machine.part import cosigners, open_part


def cosign_option(parser: argparse.ArgumentParser) -> None:
    """The option that names further keys."""
    parser.add_argument(
        "--cosign",
        action="append",
        default=[],
        type=Path,
        metavar="KEY",
        help="in an opened log: the key file of a second person, for what needs two signatures; may be repeated",
    )


def personal(settings: Settings, log: str, account: str, value: bytes, to: str, cosign: Sequence[Path] = ()) -> bytes:
    """The bytes to write for those of an event of a person's, which is for `to`: signed by the account's own key."""
    with open_part(settings, log, account_part(account)) as part, cosigners(cosign) as seconds:
        return part.value(value, to, seconds)
