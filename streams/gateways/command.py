"""`python -m streams gateway NAME`: a gateway that takes what devices and systems send, until it is stopped."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable

from streams.gateways.hj212 import serve as hj212
from streams.gateways.hj212.register import hashed
from streams.gateways.http import serve as http
from streams.gateways.http.sources import hash_of, new_token
from streams.gateways.mqtt import serve as mqtt
from streams.gateways.pull import serve as pull


def main(arguments: list[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m streams gateway", description=__doc__)
    names = parser.add_subparsers(dest="gateway", required=True)
    hj212.options_of(names.add_parser("hj212", help="devices of HJ 212 over TCP", description=hj212.__doc__))
    http.options_of(names.add_parser("http", help="CloudEvents and foreign documents over HTTP", description=http.__doc__))
    mqtt.options_of(names.add_parser("mqtt", help="what devices publish at an MQTT broker", description=mqtt.__doc__))
    pull.options_of(names.add_parser("sql", help="rows of others' databases (前置库)", description=pull.__doc__))
    pull.options_of(names.add_parser("rest", help="what others' services have", description=pull.__doc__))
    pull.options_of(names.add_parser("folder", help="files that others put into a folder", description=pull.__doc__))
    names.add_parser("password", help="read a password (a line of standard input), print its hash for a register of devices")
    names.add_parser("token", help="draw a token, print it and its hash for a register of senders")
    options = parser.parse_args(arguments)
    return _RUN[options.gateway](options)


def _hash(_: argparse.Namespace) -> int:
    """Print the hash of a password, which is read from standard input, without an echo at a terminal."""
    typed = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise ValueError("no password was given: type it, or pass it as one line of standard input")
    sys.stdout.write(hashed(typed) + "\n")
    return 0


def _token(_: argparse.Namespace) -> int:
    """Print a new token, which goes to its sender and is kept nowhere else, and its hash."""
    token = new_token()
    sys.stdout.write(json.dumps({"token": token, "hash": hash_of(token)}) + "\n")
    return 0


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "hj212": hj212.run,
    "http": http.run,
    "mqtt": mqtt.run,
    "sql": pull.run,
    "rest": pull.run,
    "folder": pull.run,
    "password": _hash,
    "token": _token,
}
