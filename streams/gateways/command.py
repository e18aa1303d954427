"""`python -m streams gateway NAME`: a gateway that takes what devices and systems send, until it is stopped."""

import argparse
import getpass
import sys

from streams.gateways.hj212 import serve
from streams.gateways.hj212.register import hashed


def main(arguments: list[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m streams gateway", description=__doc__)
    names = parser.add_subparsers(dest="gateway", required=True)
    hj212 = names.add_parser("hj212", help="devices of HJ 212 over TCP", description=serve.__doc__)
    serve.options_of(hj212)
    names.add_parser("password", help="read a password (a line of standard input), print its hash for a register of devices")
    options = parser.parse_args(arguments)
    return _hash() if options.gateway == "password" else serve.run(options)


def _hash() -> int:
    """Print the hash of a password, which is read from standard input, without an echo at a terminal."""
    typed = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise ValueError("no password was given: type it, or pass it as one line of standard input")
    sys.stdout.write(hashed(typed) + "\n")
    return 0
