"""`python -m agents order export ORDER --to FILE.zip`: one matter, one file (归档): the order, its trail, papers, originals.

Of an opened log it holds what anchors the trail too. Sealed originals stand in it by their digests: they are had at the screen.
"""

import argparse
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import DecodeError
from msgspec.json import decode as from_json

from agents.audit.originals import orders_in
from agents.audit.records import topic_ends, written
from agents.evidence.order_proof import PROOF_TOPICS, proof_files
from agents.evidence.telling import tell_export
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Order, OrderAudit, OrderLine, decode, encode
from streams.messages.orders import File
from streams.orders.matter_file import write_file
from streams.originals.folder import folder_of, pieces_of, plain_path
from streams.outputs import BY_TYPE
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import pinned
from streams.topics import LIVE

TRAIL = BY_TYPE[OrderAudit].topic


def options_of(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("order", metavar="ORDER", help="the id or number of an order")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.zip", help="where it is written")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")


class NoOrderError(Trouble):
    """The log has no such order."""


def export(settings: Settings, options: argparse.Namespace) -> int:
    """Write the file of an order; exit 0."""
    return export_order(settings, options.log, options.order, options.to, "agents order export")


def export_order(settings: Settings, log: str, name: str, to: Path, command: str) -> int:
    """The same by its id or number, for a command that is told to the standing watch; NoOrderError where there is none."""
    try:
        logid = pinned(settings, log)
    except KeyFileError as error:
        raise Trouble(str(error)) from None
    with clients.consumer(settings) as reader:
        order, lines = standing(name, orders_in(reader, log))
        trail = trail_of(order.id, (each.value for each in written(reader, log, TRAIL)))
        proof = {}
        if logid:
            ends = {topic: topic_ends(reader, log, topic) for topic in PROOF_TOPICS}
            proof = proof_files(order.id, logid, lambda topic: written(reader, log, topic, ends[topic]))
    folder = folder_of(settings, log)

    def original(file: File) -> Iterator[bytes] | None:
        if file.text is not None:
            return None
        path = plain_path(folder, file.digest)
        return _read(path) if path.is_file() else None

    beside = to.with_name(f"{to.name}.new")
    try:
        with beside.open("w+b") as target:
            index = write_file(target, order, lines, trail, original, proof)
    except ValueError as error:
        beside.unlink(missing_ok=True)
        raise Trouble(f"no file is made: {error}") from None
    beside.replace(to)
    tell_export(settings, log, command, to.stat().st_size)
    with to.open("rb") as made:
        digest = sha256()
        for piece in pieces_of(made):
            digest.update(piece)
    told = {"file": str(to), "sha256": digest.hexdigest(), "order": order.number, "things": len(index)}
    sys.stdout.buffer.write(encode(told | {"entries": len(trail), "anchored": bool(proof)}) + b"\n")
    return 0


def standing(name: str, values: Iterator[bytes]) -> tuple[Order, list[OrderLine]]:
    """An order by id or number as it stands, and its lines; NoOrderError where there is none."""
    orders, lines = dict[str, Order](), dict[str, OrderLine]()
    for value in values:
        try:
            found = from_json(value)
            if "lines" in found:
                orders[found["id"]] = decode(value, Order)
            else:
                lines[found["id"]] = decode(value, OrderLine)
        except (DecodeError, KeyError, TypeError):
            continue
    order = orders.get(name) or next((each for each in orders.values() if each.number == name), None)
    if order is None:
        raise NoOrderError(f"there is no order {name!r}: see python -m agents order list")
    return order, [line for line in lines.values() if line.order == order.id]


def trail_of(order: str, values: Iterator[bytes]) -> list[bytes]:
    """The entries of an order's trail as they are stored, each once, in order."""
    found: dict[int, bytes] = {}
    for value in values:
        if order.encode() in value:
            try:
                entry = decode(value, OrderAudit)
            except DecodeError:
                continue
            if entry.order == order:
                found.setdefault(entry.n, value)
    return [found[n] for n in sorted(found)]


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from pieces_of(file)
