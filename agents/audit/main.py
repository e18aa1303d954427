"""`python -m agents audit anchor|verify|note|stamp|witness|key|rotate|export`: the audit trail that proves itself.

How: docs/concepts/audit.md.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from itertools import chain
from pathlib import Path

from agents.audit.anchorer import Anchorer, follow, say
from agents.audit.anchors import Anchors
from agents.audit.finding import AuditFinding
from agents.audit.keys import Keys, public_pem, read_public
from agents.audit.opened.anchorer import LogAnchorer
from agents.audit.opened.check import TOPICS
from agents.audit.opened.command import note, stamp, verify_opened, witness
from agents.audit.originals import orders_in, verify_originals
from agents.audit.records import KINDS, Line, Written, lines_of, raw, records, report, written
from agents.audit.trails import Trails
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Anchor, encode
from streams.originals.folder import folder_of
from streams.outputs import TRAILS
from streams.settings import load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import open_part, pinned
from streams.signing.proofs.anchor import LogAnchor
from streams.signing.proofs.reading import KEYS
from streams.stopping import stop_event
from streams.topics import LIVE

PART = "audit"
"""The name of the part that anchors an opened log, and so of its key's file."""

STAMP = "time-stamps (RFC 3161) over a note of an opened log, by file"

WITNESS = "sign a note of somebody else's log, where it continues the one that was signed last"


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 done or intact, 1 where something is wrong."""
    options = _options(argv)
    commands = {
        "anchor": _anchor,
        "verify": _verify,
        "note": note,
        "stamp": stamp,
        "witness": witness,
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
        for each in signed:
            yield from anchors.take(each.value, each.place)
        if not anchors.n:
            yield AuditFinding(kind="anchor-removed", message="there is no anchor at all", first=1)
        if noted and noted not in anchors.hashes:
            yield AuditFinding(
                kind="anchor-removed", message=f"the anchor that you noted is missing: {noted}", first=anchors.n + 1
            )
    checked = [Trails(kind, anchors, log_id) for kind in TRAILS]
    for trails in checked:
        for each in entries[trails.kind.topic]:
            yield from trails.take(each.value, each.place, each.partition, each.offset)
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
    stamp = commands.add_parser("stamp", help="ask for a time-stamp over a note, or take one in", description=STAMP)
    file = stamp.add_mutually_exclusive_group(required=True)
    file.add_argument("--request", type=Path, metavar="FILE", help="write what an authority is asked with (.tsq)")
    file.add_argument("--token", type=Path, metavar="FILE", help="the authority's answer (.tsr); give --tsa-root too")
    stamp.add_argument("--day", metavar="YYYY-MM-DD", help="ask for the note that closes this day; default: the newest")
    stamp.add_argument("--tsa-root", type=Path, metavar="PEM", help="the certificate of the authority's root")
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
    for command in (anchor, check, note, stamp, key, rotate, export):
        command.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options = parser.parse_args(argv)
    if options.command == "anchor" and not options.every > 0:
        parser.error(f"--every {options.every}: give more than 0 seconds")
    if options.command == "stamp" and bool(options.token) != bool(options.tsa_root):
        parser.error("--token FILE and --tsa-root PEM belong together: the root comes from the authority, not from the token")
    known = options.command != "verify" or options.public or options.log_id or pinned(load(), options.log)
    if not known and (options.file is None or options.noted):
        parser.error("give --public KEYFILE: what `python -m agents audit key` prints; of a log that was opened --log-id HEX")
    return options


def _anchor(options: argparse.Namespace) -> int:
    settings = load()
    stop = stop_event()
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


def _rotate(options: argparse.Namespace) -> int:
    settings = load()
    if pinned(settings, options.log):
        raise Trouble(f"log {options.log!r} was opened: its roots adopt another key, see `python -m agents keys rotate audit`")
    with closing(Anchorer(settings, options.log, wall_time)) as anchorer:
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
            for record in records(reader, options.log, name):
                key = None if record.key is None else record.key.decode("utf-8", "replace")
                line = Line(name, raw(name, record.value), key, record.partition, record.offset, record.timestamp)
                sys.stdout.buffer.write(encode(line) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _verify(options: argparse.Namespace) -> int:
    settings = load()
    logid = options.log_id or pinned(settings, options.log)
    if logid and (options.file is None or any(True for _ in lines_of(options.file, KEYS))):
        return verify_opened(settings, options, logid)
    if options.file is not None:
        if not options.file.is_file():
            raise Trouble(f"there is no file {str(options.file)!r}")
        anchors = Anchors(read_public(options.public)) if options.public else None
        if anchors is None and any(True for _ in lines_of(options.file, "anchors")):
            raise ValueError(f"{options.file} holds anchors: give --public KEYFILE, what `python -m agents audit key` prints")
        return report(
            verify(
                anchors,
                lines_of(options.file, "anchors"),
                {name: lines_of(options.file, name) for name in KINDS},
                options.noted,
                options.log_id,
            )
        )
    trusted = read_public(options.public)
    with clients.consumer(load()) as reader:
        entries = {name: written(reader, options.log, name) for name in KINDS}
        anchors, signed = Anchors(trusted, options.log), written(reader, options.log, "anchors")
        found = verify(anchors, signed, entries, options.noted, options.log_id)
        originals = verify_originals(orders_in(reader, options.log), folder_of(settings, options.log))
        return report(chain(found, originals))
