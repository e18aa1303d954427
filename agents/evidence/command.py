"""`python -m agents evidence ALERT|ORDER --log LOG --out FILE.zip`: an alert's evidence case (电子数据证据包), an order's file.

A case is of an opened log alone: what it proves hangs on the log's id (docs/operate/evidence.md). Exit 0 where the case that
was made is intact, 1 where it is not: then the log is not either. Of an order it is what `agents order export` makes.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path

from agents.audit.anchorer import say
from agents.audit.opened.notes import note_in
from agents.audit.opened.stamps import stamps_of
from agents.audit.records import topic_ends, written
from agents.core.rules.text import BookText, meaning, version_of
from agents.evidence.case import (
    TOPICS,
    NoAlertError,
    Traced,
    case_files,
    newest_of,
    packed,
    places,
    take_revisions,
    traced,
    versions_of,
)
from agents.evidence.events import ArchivedEvents, KafkaEvents, judged_again
from agents.evidence.instrument import instrument
from agents.evidence.order_command import NoOrderError, export_order
from agents.evidence.telling import tell_export
from agents.evidence.verify import verified
from agents.rulebook.book_cache import read_text
from agents.rulebook.lint import sound_book
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Alert, decode, encode
from streams.settings import Settings, load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import pinned
from streams.topics import LIVE

WHAT = "agents evidence"
"""What the standing watch is told that a file left by."""


def main(argv: list[str]) -> int:
    """Entry of the command."""
    options = _options(argv)
    settings = load()
    try:
        return _case(settings, options)
    except NoAlertError as no_alert:
        try:
            return export_order(settings, options.log, options.id, options.out, WHAT)
        except NoOrderError:
            raise no_alert from None


def _case(settings: Settings, options: argparse.Namespace) -> int:
    try:
        logid = options.log_id or pinned(settings, options.log)
    except KeyFileError as error:
        raise Trouble(str(error)) from None
    if not logid:
        raise NoAlertError(
            f"log {options.log!r} was never opened here, so that nothing in it is signed: `python -m agents explain` tells the "
            "alert's story; of a log that was opened elsewhere give --log-id HEX"
        )
    kept = [note_in(path, []).size for path in options.note]
    with clients.consumer(settings) as reader:
        ends = {name: topic_ends(reader, options.log, name) for name in TOPICS}
        found = traced(options.id, logid, lambda name: written(reader, options.log, name, ends[name]))
        events = ArchivedEvents(options.source) if options.source else KafkaEvents(settings, options.log, reader)
        if any(digest not in found.revisions for digest in found.wanted):
            take_revisions(found, judged_again(events, found.alert, found.until))
        records, newest = events.at(places(found)), newest_of(found)
        own = instrument(newest, events.keyed(found.until, newest.subject))
    rules = rule_texts(found, chain([sound_book().text], _texts(events.books.values())))
    case = packed(case_files(found, records, own, rules, stamps_of(settings, options.log), kept))
    options.out.write_bytes(case)
    tell_export(settings, options.log, WHAT, len(case))
    wrong = verified(case, logid).intact
    told = {"file": str(options.out), "sha256": sha256(case).hexdigest(), "entries": len(found.trail), "log": logid}
    sys.stdout.buffer.write(encode(told | {"note": max(found.anchors.notes, default=0), "intact": not wrong}) + b"\n")
    for each in wrong:
        say(f"{each}; run `python -m agents audit verify --log {options.log}`")
    return 1 if wrong else 0


def rule_texts(found: Traced, books: Iterable[BookText]) -> Mapping[str, bytes]:
    """What the alert's rule says, by version, as far as one of the books has it."""
    alerts = [decode(value, Alert) for value in found.revisions.values()]
    wanted = {(alert.domain, alert.rule): versions_of(alert) for alert in alerts}
    made: dict[str, bytes] = {}
    for book in books:
        for (domain, rule), versions in wanted.items():
            spec = book.rules.get(domain, {}).get(rule)
            if spec is not None and spec.clause in book.clauses:
                text = meaning(rule, spec, book.clauses[spec.clause])
                if (version := version_of(text)) in versions:
                    made[version] = text
    return made


def _texts(texts: Iterable[bytes]) -> Iterator[BookText]:
    for text in texts:
        try:
            yield read_text(text)
        except ValueError:  # what somebody wrote there is no book
            continue


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents evidence", description=__doc__)
    parser.add_argument("id", metavar="ALERT|ORDER", help="the id of an alert, or the id or number of an order")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--log-id", default="", metavar="HEX", help="the id of the log (default: the one that is pinned here)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where the case is written")
    parser.add_argument("--from", dest="source", type=Path, metavar="ARCHIVE", help="where the events are taken from")
    parser.add_argument(
        "--note", type=Path, action="append", default=[], metavar="FILE", help="a kept note, which the case is to continue"
    )
    return parser.parse_args(argv)
