"""`agents audit verify|note|stamp|witness` of a log that was opened."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from cryptography.x509 import load_pem_x509_certificates
from kafka import KafkaConsumer

from agents.audit.anchorer import say
from agents.audit.anchors import Anchors
from agents.audit.finding import AuditFinding
from agents.audit.keys import read_public
from agents.audit.opened.anchors import LogAnchors, note_keys
from agents.audit.opened.archived import bare, verify_archive, verify_redacted
from agents.audit.opened.check import TOPICS, Asked, Read, Verified, check
from agents.audit.opened.notes import note_for, note_in, told_note, witnessed
from agents.audit.opened.stamps import read_token, request_over, size_of, stamps_folder, time_of
from agents.audit.originals import orders_in, verify_originals
from agents.audit.records import lines_of, records, report, topic_ends, written
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.originals.folder import folder_of
from streams.private import private
from streams.settings import Settings, load
from streams.signing.machine.keyfile import Key as KeyOfFile
from streams.signing.machine.keyfile import write_new
from streams.signing.machine.part import pinned, trust_folder
from streams.signing.proofs.anchor import is_second
from streams.signing.proofs.note import is_note, read_vkey, vkey
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify as verify_signature
from streams.topics import topic_name


def note(options: argparse.Namespace) -> int:
    """Print a note of the log, or what a witness is asked with."""
    settings = load()
    with clients.consumer(settings) as reader:
        anchors = _log_anchors(reader, options.log, _log_id(settings, options))
    if options.keys:
        sys.stdout.write("".join(f"{vkey(key)}\n" for key in note_keys(anchors.trust)))
        return 0
    sys.stdout.write(told_note(anchors, options.day, options.since))
    return 0


def stamp(options: argparse.Namespace) -> int:
    """Write what an authority of time-stamps is asked with, or take its answer in."""
    settings = load()
    with clients.consumer(settings) as reader:
        anchors = _log_anchors(reader, options.log, _log_id(settings, options))
    if options.request:
        note = note_for(anchors, options.day)
        options.request.write_bytes(request_over(note))
        say(f"{options.request} asks for a time-stamp over the note of {note.size} anchors")
        return 0
    answer = read_token(options.token.read_bytes())
    size = size_of(answer, anchors.notes)
    at = time_of(answer, anchors.notes[size], load_pem_x509_certificates(options.tsa_root.read_bytes()))
    (private(stamps_folder(settings, options.log)) / f"{size}.tsr").write_bytes(answer.as_bytes())
    seen = f"seen at {at.isoformat()}" if at else "未验: it is of commercial cryptography (SM2, SM3), kept and not verified"
    say(f"the note of {size} anchors: {seen}")
    return 0


def witness(options: argparse.Namespace) -> int:
    """Sign a note of somebody else's log, and print it."""
    if not options.key.exists():
        write_new(options.key, "witness")
    with KeyOfFile(options.key) as key:
        sys.stdout.write(witnessed(options.file, options.seen, read_vkey(options.of), options.name, key, wall_time() // 1000))
    return 0


def _log_id(settings: Settings, options: argparse.Namespace) -> str:
    """The id of the log, which the machine's own files have pinned; Trouble where it was never opened."""
    found = pinned(settings, options.log)
    if not found:
        raise Trouble(
            f"the log {options.log!r} was never opened here: there is no {trust_folder(settings, options.log)}/log.id"
        )
    return found


def _log_anchors(reader: KafkaConsumer, log: str, logid: str) -> LogAnchors:
    series = ((record.timestamp, record.value or b"") for record in records(reader, log, KEYS))
    trust = read_series(Trust(), logid, series, verify_signature)
    if not trust.logid:
        raise Trouble(f"{topic_name(log, KEYS)} does not hold the events that open the log {logid}")
    anchors = LogAnchors(trust)
    for record in records(reader, log, "anchors"):
        value = record.value or b""
        if is_second(value) or is_note(value, trust.name, logid):
            for found in anchors.take(value, "", record.timestamp):
                say(f"{found.message}; run `python -m agents audit verify --log {log}`")
    return anchors


def verify_opened(settings: Settings, options: argparse.Namespace, logid: str) -> int:
    """Verify an opened log, in Kafka or in a file; the exit code."""
    first = Anchors(read_public(options.public), options.log) if options.public else None
    asked = Asked(logid=logid, notes=[note_in(path, options.witness) for path in options.note], first=first)
    seen: list[Verified] = []
    redacted: list[int] = []

    def findings(read: Read, told: Iterable[bytes] | None = None) -> Iterator[AuditFinding]:
        yield from check(asked, read, seen.append)
        for verified in seen:
            if options.archive:
                yield from verify_archive(options.archive, verified.trust, verified.anchors.files)
                yield from verify_redacted(options.archive, told, redacted.append)

    if options.file is not None:
        code = report(findings(partial(lines_of, options.file)))
    else:
        with clients.consumer(settings) as reader:
            ends = {name: topic_ends(reader, options.log, name) for name in TOPICS}
            told = (record.value or b"" for record in records(reader, options.log, "quality")) if options.archive else None
            trails = findings(lambda name: written(reader, options.log, name, ends[name]), told)
            originals = verify_originals(orders_in(reader, options.log), folder_of(settings, options.log))
            code = report(chain(trails, originals))
    for verified in seen:
        say(_far(verified))
        if options.archive and (count := bare(options.archive)):
            say(f"{count} files of the archive have no manifest: those from before the log was opened are not verified")
    if any(redacted):
        how = "and not looked up, for that takes Kafka" if options.file else "and looked up in the log's quality records"
        say(f"{sum(redacted)} records of the archive are redacted {how}")
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
