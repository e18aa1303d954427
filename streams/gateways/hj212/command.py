"""`python -m streams hj212`: frames of HJ 212 into CloudEvents; one device's clock set by a signed order."""

import argparse

from streams.gateways.hj212 import decode
from streams.gateways.hj212.clock import command as clock


def main(arguments: list[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m streams hj212", description=__doc__)
    names = parser.add_subparsers(dest="command", required=True)
    decode.options_of(names.add_parser("decode", help="frames into CloudEvents", description=decode.__doc__))
    clock.options_of(names.add_parser("set-time", help="order one device's clock to be set", description=clock.__doc__))
    options = parser.parse_args(arguments)
    return decode.run(options) if options.command == "decode" else clock.run(options)
