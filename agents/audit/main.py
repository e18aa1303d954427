"""`python -m agents audit anchor|verify|note|witness|key|rotate|export`: the audit trail that proves itself.

How: docs/concepts/audit.md.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

import msgspec
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Raw, Struct

from agents.audit.anchorer import Anchorer, ends_of, follow, say
from agents.audit.anchors import ALERTS, Anchors
from agents.audit.archived import bare, verify_archive
from agents.audit.finding import AuditFinding
from agents.audit.keys import Keys, public_pem, read_public
from agents.audit.log_anchorer import LogAnchorer
from agents.audit.log_anchors import LogAnchors, note_keys
from agents.audit.notes import note_in, told_note, witnessed
from agents.audit.opened import TOPICS, Asked, Read, Verified, Written, verify_opened
from agents.audit.trails import Trails
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Anchor, encode
from streams.outputs import TRAILS
from streams.settings import Settings, load
from streams.signing.anchor import LogAnchor, is_second
from streams.signing.keyfile import Key as KeyOfFile
from streams.signing.keyfile import KeyFileError, write_new
from streams.signing.note import is_note, read_vkey, vkey
from streams.signing.part import open_part, pinned, trust_folder
from streams.signing.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify as verify_signature
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

PART = "audit"
"""The name of the part that anchors an opened log, and so of its key's file."""

WITNESS = "sign a note of somebody else's log, where it continues the one that was signed last"

_line = msgspec.json.Decoder(Line)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 done or intact, 1 where something is wrong."""
    options = _options(argv)
    commands = {
        "anchor": _anchor,
        "verify": _verify,
        "note": _note,
        "witness": _witness,
        "key": _key,
        "rotate": _rotate,
        "export": _export,
    }
    try:
        return commands[options.command](options)
    except KeyFileError as error:
        raise Trouble(str(error)) from None


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
    check.add_argument("--note", type=Path, action="append", default=[], metavar="FILE", help="a note of the log that was kept")
    check.add_argument("--witness", action="append", default=[], metavar="KEY", help="whose signature every note must bear")
    check.add_argument("--archive", type=Path, metavar="FOLDER", help="the archive to verify too")
    note = commands.add_parser(
        "note", help="print the newest note", description="print a note over all anchors (C2SP checkpoint)"
    )
    note.add_argument("--day", metavar="YYYY-MM-DD", help="the one that closes this day")
    note.add_argument("--since", type=Path, metavar="FILE", help="what a witness is asked with that has this earlier note")
    note.add_argument("--keys", action="store_true", help="print the keys that sign notes instead")
    witness = commands.add_parser("witness", help="sign a note of another's log", description=WITNESS)
    witness.add_argument("file", type=Path, metavar="FILE", help="what `audit note --since` printed")
    witness.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="the witness's key, made where it is none")
    witness.add_argument("--name", required=True, help="the witness's name, as an address: witness.example.cn/w1")
    witness.add_argument("--of", required=True, metavar="KEY", help="the log's key, as `audit note --keys` prints it")
    witness.add_argument("--seen", type=Path, required=True, metavar="FILE", help="the note that was signed last; written anew")
    key = commands.add_parser("key", help="print the public key", description="print the public key of the first anchor (PEM)")
    rotate = commands.add_parser("rotate", help="let a new key sign", description="let a new key sign from the next anchor on")
    export = commands.add_parser(
        "export", help="print anchors and entries", description="print anchors and entries for verify FILE"
    )
    anchor.add_argument("--archive", type=Path, metavar="FOLDER", help="the log's archive (ONESCREEN_DATA/archive/LOG)")
    for command in (anchor, check, note, key, rotate, export):
        command.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options = parser.parse_args(argv)
    if options.command == "anchor" and not options.every > 0:
        parser.error(f"--every {options.every}: give more than 0 seconds")
    if (
        options.command == "verify"
        and options.public is None
        and not options.log_id
        and (options.file is None or options.noted)
    ):
        parser.error("give --public KEYFILE: what `python -m agents audit key` prints; of a log that was opened --log-id HEX")
    return options


def _anchor(options: argparse.Namespace) -> int:
    settings = load()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_part(settings, options.log, PART) as part:
        archive = options.archive or settings.data / "archive" / options.log

        def opened() -> Anchorer | LogAnchorer:
            if part.key is None:
                return Anchorer(settings, options.log, wall_time)
            return LogAnchorer(settings, options.log, wall_time, part, archive)

        with closing(opened()) as anchorer:  # what is wrong from the start ends the command
            for anchor in anchorer.step():
                _tell(anchor)
        if not options.once:
            follow(opened, options.every, stop, _tell)
    return 0


def _note(options: argparse.Namespace) -> int:
    settings = load()
    with clients.consumer(settings) as reader:
        anchors = _log_anchors(reader, options.log, _log_id(settings, options))
    if options.keys:
        sys.stdout.write("".join(f"{vkey(key)}\n" for key in note_keys(anchors.trust)))
        return 0
    sys.stdout.write(told_note(anchors, options.day, options.since))
    return 0


def _witness(options: argparse.Namespace) -> int:
    if not options.key.exists():
        write_new(options.key, "witness")
    with KeyOfFile(options.key) as key:
        sys.stdout.write(witnessed(options.file, options.seen, read_vkey(options.of), options.name, key, wall_time() // 1000))
    return 0


def _log_id(settings: Settings, options: argparse.Namespace) -> str:
    """The id of the log, which the machine's own files have pinned; Trouble where it was never opened."""
    found = getattr(options, "log_id", "") or pinned(settings, options.log)
    if not found:
        raise Trouble(
            f"the log {options.log!r} was never opened here: there is no {trust_folder(settings, options.log)}/log.id"
        )
    return found


def _log_anchors(reader: KafkaConsumer, log: str, logid: str) -> LogAnchors:
    trust = read_series(Trust(), logid, (record.value or b"" for record in _records(reader, log, KEYS)), verify_signature)
    if not trust.logid:
        raise Trouble(f"{topic_name(log, KEYS)} does not hold the events that open the log {logid}")
    anchors = LogAnchors(trust)
    for record in _records(reader, log, "anchors"):
        value = record.value or b""
        if is_second(value) or is_note(value, trust.name, logid):
            for found in anchors.take(value):
                say(f"{found.message}; run `python -m agents audit verify --log {log}`")
    return anchors


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


def _tell(anchor: Anchor | LogAnchor) -> None:
    """One line for each anchor made: its hash, or the note over it, is worth keeping elsewhere."""
    if isinstance(anchor, LogAnchor):
        told: dict[str, object] = {"anchor": anchor.n, "at": anchor.at, "heads": anchor.moved.size, "files": len(anchor.files)}
        sys.stdout.buffer.write(encode(told | ({"day": anchor.day} if anchor.day else {})) + b"\n")
        sys.stdout.buffer.flush()
        return
    said = {"anchor": anchor.n, "sha256": sha256(encode(anchor)).hexdigest(), "at": anchor.at, "log": anchor.log}
    more = {"alerts": anchor.alerts, "entries": anchor.entries, "heads": len(anchor.heads), "key": anchor.key}
    others = {
        part.trail: {"things": part.things, "entries": part.entries, "heads": len(part.heads)} for part in anchor.others or ()
    }
    more |= {"others": others} if others else {}
    sys.stdout.buffer.write(encode(said | more | ({"next_key": anchor.next_key} if anchor.next_key else {})) + b"\n")
    sys.stdout.buffer.flush()


def _export(options: argparse.Namespace) -> int:
    settings = load()
    names = TOPICS if pinned(settings, options.log) else ("anchors", *KINDS)
    with clients.consumer(settings) as reader:
        for name in names:
            for record in _records(reader, options.log, name):
                key = None if record.key is None else record.key.decode("utf-8", "replace")
                line = Line(name, _raw(name, record.value), key, record.partition, record.offset)
                sys.stdout.buffer.write(encode(line) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _raw(name: str, value: bytes | None) -> Raw:
    """A record in a line: text as a text of JSON, all else as it stands."""
    text = name == "anchors" and value is not None and value.startswith(b"onescreen/")
    return Raw(encode(value.decode("utf-8", "replace")) if text and value is not None else value or b"null")


def _verify(options: argparse.Namespace) -> int:
    settings = load()
    logid = options.log_id or pinned(settings, options.log)
    if logid and (options.file is None or any(True for _ in _lines(options.file, KEYS))):
        return _verify_opened(settings, options, logid)
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


def _verify_opened(settings: Settings, options: argparse.Namespace, logid: str) -> int:
    first = Anchors(read_public(options.public), options.log) if options.public else None
    asked = Asked(logid=logid, notes=[note_in(path, options.witness) for path in options.note], first=first)
    seen: list[Verified] = []

    def findings(read: Read) -> Iterator[AuditFinding]:
        yield from verify_opened(asked, read, seen.append)
        for verified in seen:
            if options.archive:
                yield from verify_archive(options.archive, verified.trust, verified.anchors.files)

    if options.file is not None:
        code = _report(findings(partial(_lines, options.file)))
    else:
        with clients.consumer(settings) as reader:
            ends = {name: _ends(reader, options.log, name) for name in TOPICS}
            code = _report(findings(lambda name: _written(reader, options.log, name, ends[name])))
    for verified in seen:
        say(_far(verified))
        if options.archive and (count := bare(options.archive)):
            say(f"{count} files of the archive have no manifest: those from before the log was opened are not verified")
    return code


def _far(verified: Verified) -> str:
    read = " and ".join(f"{trails.entries} entries of {trails.things} {trails.kind.trail}s" for trails in verified.trails)
    ahead = sum(trails.ahead for trails in verified.trails)
    newest = verified.anchors.newest
    at = f" of {newest.at}" if newest else ""
    return (
        f"{read}; {verified.seals.count} seals; {ahead} entries are newer than their newest seal; "
        f"{verified.anchors.n} anchors, the newest{at}"
    )


def _report(findings: Iterable[AuditFinding]) -> int:
    count = 0
    for finding in findings:
        count += 1
        sys.stdout.buffer.write(encode(finding) + b"\n")
    sys.stdout.buffer.flush()
    say(f"{count} findings" if count else "intact")
    return 1 if count else 0


def _ends(reader: KafkaConsumer, log: str, name: str) -> dict[int, int]:
    return ends_of(reader, log, KINDS[name]) if name in KINDS else clients.end_offsets(reader, topic_name(log, name))


def _records(reader: KafkaConsumer, log: str, name: str, ends: Mapping[int, int] | None = None) -> Iterator[ConsumerRecord]:
    ends = _ends(reader, log, name) if ends is None else ends
    if ends:
        yield from clients.stream(reader, topic_name(log, name), {}, ends)


def _written(reader: KafkaConsumer, log: str, name: str, ends: Mapping[int, int] | None = None) -> Iterator[Written]:
    for record in _records(reader, log, name, ends):
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
                value = bytes(line.value)
                told = msgspec.json.decode(value, type=str).encode() if value.startswith(b'"') else value
                yield told, f"line {number}", line.partition, line.offset
