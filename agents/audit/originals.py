"""The originals of evidence held against the digests that orders' trails lead to: a file that was changed is found and named.

Of a sealed original the bytes as they stand are held against the digest of its reference: no key is needed for that. Whether
what is sealed is the file of the signed digest was looked at when it was sealed, and is each time that it is opened.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer
from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from agents.audit.anchorer import say
from agents.audit.finding import AuditFinding
from agents.audit.records import written
from streams.messages.orders import File
from streams.originals.folder import path_of, state_of
from streams.topics import topic_name

ORDERS = "orders"
"""The topic, below the log's name, of the orders as they stand."""


class OrderFiles(Struct, frozen=True):
    """Of an order what names its originals; a receiver's line has none."""

    id: str
    files: tuple[File, ...] = ()


_decoder = Decoder(OrderFiles)


def orders_in(reader: KafkaConsumer, log: str) -> Iterator[bytes]:
    """The revisions of all orders of a log; none where the log is older than orders are."""
    if reader.partitions_for_topic(topic_name(log, ORDERS)):
        yield from (each.value for each in written(reader, log, ORDERS))


def verify_originals(orders: Iterable[bytes], folder: Path) -> Iterator[AuditFinding]:
    """Check the originals of all orders, whose revisions come in order; `folder`: of the log's originals."""
    newest: dict[str, OrderFiles] = {}
    for value in orders:
        try:
            order = _decoder.decode(value)
        except (ValidationError, DecodeError, UnicodeDecodeError):
            continue  # whoever reads the topic tells of it
        if order.files:
            newest[order.id] = order
    count = Counter[str]()
    for order in newest.values():
        for file in order.files:
            state = state_of(folder, file)
            count[state] += 1
            yield from _found(order, file, state, folder)
    if count:
        say("originals: " + ", ".join(f"{number} {_WORDS[state]}" for state, number in sorted(count.items())))


_WORDS = {
    "whole": "as their digests say",
    "changed": "changed",
    "missing": "not there",
    "unread": "not to be read by this user",
}


def _found(order: OrderFiles, file: File, state: str, folder: Path) -> Iterator[AuditFinding]:
    path, digest = path_of(folder, file)
    named: Any = {"trail": "order-audit", "of": order.id, "place": str(path)}
    if state == "changed":
        message = f"the original {file.digest[:16]} was changed: its bytes are not those of the digest {digest[:16]} in the log"
        yield AuditFinding(kind="original-changed", message=message, **named)
    elif state == "missing" and not file.text:
        message = f"the original {file.digest[:16]} is gone; it is not sealed, so no order to forget has taken it"
        yield AuditFinding(kind="original-removed", message=message, **named)
