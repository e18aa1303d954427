"""`python -m agents audit anchor|verify|key|rotate|export`: the audit trail that proves itself.

How: docs/concepts/audit.md.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Raw, Struct

from agents.audit.anchorer import Anchorer, ends_of, follow, say
from agents.audit.anchors import ALERTS, Anchors
from agents.audit.finding import AuditFinding
from agents.audit.keys import Keys, public_pem, read_public
from agents.audit.trails import Trails
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Anchor, encode
from streams.outputs import TRAILS
from streams.settings import load
from streams.topics import LIVE, topic_name


class Line(Struct, frozen=True, gc=False, omit_defaults=True):
    """A line of a file: what `agents audit export` and `agents judge` print. `partition` and `offset` where they are known."""

    topic: str
    value: Raw
    key: str | None = None
    partition: int = -1
    offset: int = -1


KINDS = {kind.topic: kind for kind in TRAILS}
"""The kinds of trails by their topics, below the log's name."""

_line = msgspec.json.Decoder(Line)
Written = tuple[bytes, str, int, int]
"""A record to check: its bytes, where they stand for people, partition and offset (-1 where not known)."""


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 done or intact, 1 where something is wrong."""
    options = _options(argv)
    return {"anchor": _anchor, "verify": _verify, "key": _key, "rotate": _rotate, "export": _export}[options.command](options)


def verify(
    anchors: Anchors | None,
    signed: Iterable[Written],
    entries: Mapping[str, Iterable[Written]],
    noted: str = "",
    log_id: str = "",
) -> Iterator[AuditFinding]:
    """Check a chain of anchors, then all entries; says on stderr what was checked and how far the newest anchor reaches.

    `entries`: by kind of trail, its topic below the log's name. `anchors`: a chain that begins with the trusted key; None:
    there are no anchors. `noted`: the hash of an anchor that must be among them, or empty. `log_id`: the id of the log, where
    it was opened, or empty.
    """
    if anchors is not None:
        for value, place, _, _ in signed:
            yield from anchors.take(value, place)
        if not anchors.n:
            yield AuditFinding(kind="anchor-removed", message="there is no anchor at all", first=1)
        if noted and noted not in anchors.hashes:
            yield AuditFinding(
                kind="anchor-removed", message=f"the anchor that you noted is missing: {noted}", first=anchors.n + 1
            )
    checked = [Trails(kind, anchors, log_id) for kind in TRAILS]
    for trails in checked:
        for value, place, partition, offset in entries[trails.kind.topic]:
            yield from trails.take(value, place, partition, offset)
        yield from trails.end()
    if strange := sorted(anchors.heads.keys() - KINDS.keys()) if anchors else []:
        say(f"the anchors hold trails in {', '.join(strange)}, which this version does not know: they are not checked")
    first, *others = (f"{trails.entries} entries of {trails.things} {trails.kind.trail}s" for trails in checked)
    read = " and ".join([first, *(text for text, trails in zip(others, checked[1:], strict=True) if trails.entries)])
    ahead = sum(trails.ahead for trails in checked)
    if anchors is None:
        far = "no anchor was asked for: a cut tail cannot be seen"
    else:
        at = f" of {anchors.newest.at}" if anchors.newest else ""
        far = f"{ahead} entries are newer than the newest anchor, {anchors.n}{at}, sha256 {anchors.hash}"
    say(f"{read}; {far}")
    if unbound := sum(trails.unbound for trails in checked):
        say(f"{unbound} trails begin in a log that was opened: give --log-id to see that they are its own")


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    anchor = commands.add_parser("anchor", help="sign how far all trails have come", description="anchor a log until stopped")
    anchor.add_argument("--every", type=float, default=60.0, metavar="SECONDS", help="pause between anchors (%(default)s)")
    anchor.add_argument("--once", action="store_true", help="anchor what is there now, and end")
    check = commands.add_parser("verify", help="check trails and anchors", description="check trails and anchors")
    check.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="what export or `agents judge` printed; default: the log"
    )
    check.add_argument("--public", type=Path, metavar="KEYFILE", help="the public key of the first anchor, as `key` prints it")
    check.add_argument("--noted", default="", metavar="SHA256", help="hash of an anchor that must be there")
    check.add_argument("--log-id", default="", metavar="HEX", help="the id of the log, where it was opened")
    key = commands.add_parser("key", help="print the public key", description="print the public key of the first anchor (PEM)")
    rotate = commands.add_parser("rotate", help="let a new key sign", description="let a new key sign from the next anchor on")
    export = commands.add_parser(
        "export", help="print anchors and entries", description="print anchors and entries for verify FILE"
    )
    for command in (anchor, check, key, rotate, export):
        command.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options = parser.parse_args(argv)
    if options.command == "anchor" and not options.every > 0:
        parser.error(f"--every {options.every}: give more than 0 seconds")
    if options.command == "verify" and options.public is None and (options.file is None or options.noted):
        parser.error("give --public KEYFILE: what `python -m agents audit key` prints")
    return options


def _anchor(options: argparse.Namespace) -> int:
    settings = load()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with closing(Anchorer(settings, options.log, wall_time)) as anchorer:  # what is wrong from the start ends the command
        for anchor in anchorer.step():
            _tell(anchor)
    if not options.once:
        follow(lambda: Anchorer(settings, options.log, wall_time), options.every, stop, _tell)
    return 0


def _rotate(options: argparse.Namespace) -> int:
    with closing(Anchorer(load(), options.log, wall_time)) as anchorer:
        _tell(anchorer.rotate())
    return 0


def _key(options: argparse.Namespace) -> int:
    keys = Keys(load().audit_keys, options.log)
    if keys.current() is None:
        keys.begin()
    sys.stdout.buffer.write(public_pem(keys.first()))
    return 0


def _tell(anchor: Anchor) -> None:
    """One line for each anchor made: its hash is worth keeping elsewhere."""
    said = {"anchor": anchor.n, "sha256": sha256(encode(anchor)).hexdigest(), "at": anchor.at, "log": anchor.log}
    more = {"alerts": anchor.alerts, "entries": anchor.entries, "heads": len(anchor.heads), "key": anchor.key}
    others = {
        part.trail: {"things": part.things, "entries": part.entries, "heads": len(part.heads)} for part in anchor.others or ()
    }
    more |= {"others": others} if others else {}
    sys.stdout.buffer.write(encode(said | more | ({"next_key": anchor.next_key} if anchor.next_key else {})) + b"\n")
    sys.stdout.buffer.flush()


def _export(options: argparse.Namespace) -> int:
    with clients.consumer(load()) as reader:
        for name in ("anchors", *KINDS):
            for record in _records(reader, options.log, name):
                key = None if record.key is None else record.key.decode("utf-8", "replace")
                line = Line(name, Raw(record.value or b"null"), key, record.partition, record.offset)
                sys.stdout.buffer.write(encode(line) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _verify(options: argparse.Namespace) -> int:
    if options.file is not None:
        if not options.file.is_file():
            raise Trouble(f"there is no file {str(options.file)!r}")
        anchors = Anchors(read_public(options.public)) if options.public else None
        if anchors is None and any(True for _ in _lines(options.file, "anchors")):
            raise ValueError(f"{options.file} holds anchors: give --public KEYFILE, what `python -m agents audit key` prints")
        return _report(
            verify(
                anchors,
                _lines(options.file, "anchors"),
                {name: _lines(options.file, name) for name in KINDS},
                options.noted,
                options.log_id,
            )
        )
    trusted = read_public(options.public)
    with clients.consumer(load()) as reader:
        entries = {name: _written(reader, options.log, name) for name in KINDS}
        anchors, signed = Anchors(trusted, options.log), _written(reader, options.log, "anchors")
        return _report(verify(anchors, signed, entries, options.noted, options.log_id))


def _report(findings: Iterable[AuditFinding]) -> int:
    count = 0
    for finding in findings:
        count += 1
        sys.stdout.buffer.write(encode(finding) + b"\n")
    sys.stdout.buffer.flush()
    say(f"{count} findings" if count else "intact")
    return 1 if count else 0


def _records(reader: KafkaConsumer, log: str, name: str) -> Iterator[ConsumerRecord]:
    topic = topic_name(log, name)
    ends = ends_of(reader, log, KINDS[name]) if name in KINDS else clients.end_offsets(reader, topic)
    if ends:
        yield from clients.stream(reader, topic, {}, ends)


def _written(reader: KafkaConsumer, log: str, name: str) -> Iterator[Written]:
    for record in _records(reader, log, name):
        place = f"{record.topic}/{record.partition}/{record.offset}"
        yield record.value or b"", place, record.partition, record.offset


def _lines(path: Path, topic: str) -> Iterator[Written]:
    """The records of a topic in a file; a line that is none of ours counts as an entry, and is found malformed."""
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = _line.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                line = Line(ALERTS, Raw(text))
            if line.topic == topic:
                yield bytes(line.value), f"line {number}", line.partition, line.offset
