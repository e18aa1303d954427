"""`python -m agents explain ALERT`: the whole story of an alert in plain words, and whether judging its log again agrees.

ALERT is an alert's id. Its events come from the log, or from an archive or a JSON-lines file (`--from`). What the log's alert
and trail say is compared with what the rules make of the events; of a file alone there is nothing to compare with. Exit 0 where
both agree, 1 where they differ.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal

from kafka import TopicPartition
from msgspec import Struct

from agents.offline.judge import judge_archive, judge_lines
from agents.rulebook.book_cache import BookCache
from agents.rulebook.lint import sound_book
from agents.stages import Basis, fold_of
from streams.archive.command import read_archive
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Alert, Audit, DecodeError, Place, Redacted, Text, decode_event, encode, whole_reason
from streams.outputs import Output
from streams.settings import Settings, load
from streams.topics import LIVE, topic_name

Language = Literal["zh", "en"]

STALLED = 30_000
"""Milliseconds without a record after which a log that has more is given up."""

WORDS = {
    "subject": Text("对象", "Subject"),
    "department": Text("责任部门", "Department"),
    "times": Text("时间", "Times"),
    "opened": Text("发生", "began"),
    "raised": Text("告警", "raised"),
    "cleared": Text("恢复", "returned to normal"),
    "due": Text("时限", "due"),
    "provisional": Text("（暂定）", " (provisional)"),
    "value": Text("数值", "Value"),
    "limit": Text("限值", "limit"),
    "clause": Text("依据条款", "Clause"),
    "unverified": Text("【待核】", " [to be verified]"),
    "rule": Text("规则", "Rule"),
    "version": Text("版本", "version"),
    "guidance": Text("处置指引", "Guidance"),
    "evidence": Text("证据", "Evidence"),
    "same": Text("摘要一致", "digest agrees"),
    "changed": Text("摘要不一致", "DIGEST DIFFERS"),
    "gone": Text("原始记录已不在", "the record is gone"),
    "trail": Text("经过", "What happened"),
    "again": Text("复算", "Judged again"),
    "agrees": Text("告警与经过逐字节一致", "alert and trail agree byte for byte"),
    "alone": Text("由事件重算而得，无可对照", "made from the events; there is nothing to compare with"),
    "differs": Text("不一致", "DIFFERS"),
    "lost": Text("事件不全，无法复算：日志始于偏移", "not possible, the log has lost its beginning; it starts at offset"),
}


class Story(Struct, frozen=True):
    """An alert as it stands, its trail by number, and the records that are its evidence, as far as they are still there."""

    alert: Alert
    trail: tuple[Audit, ...]
    records: Mapping[Place, bytes]


def main(argv: list[str]) -> int:
    """Entry of the command."""
    options = _options(argv)
    if options.source and not options.log:
        made = _made(_from(options.source), options.alert)
        if made is None:
            raise Trouble(f"{options.source} gives no alert {options.alert!r}")
        story = Story(*made, _archived(options.source, made[0]))
        sys.stdout.write("\n".join([*told(story, options.lang), _line("again", options.lang, WORDS["alone"])]) + "\n")
        return 0
    settings, log = load(), options.log or LIVE
    alert, trail = _kept(settings, log, options.alert)
    if options.source:
        first, records = 0, _archived(options.source, alert)
        made = _made(_from(options.source), alert.id, alert.rev)
    else:
        first, records, made = _logged(settings, alert)
    lines = told(Story(alert, trail, records), options.lang)
    wrong = [] if first else differences((alert, trail), made)
    verdict = WORDS["differs"] if wrong else WORDS["agrees"]
    lines.append(_line("again", options.lang, WORDS["lost"], f" {first}") if first else _line("again", options.lang, verdict))
    sys.stdout.write("\n".join([*lines, *(f"  {each}" for each in wrong)]) + "\n")
    return 1 if wrong or first else 0


def told(story: Story, language: Language) -> list[str]:
    """The story, a line for each thing; what came with events can neither move the cursor nor hide anything."""
    return [_safe(line) for line in _told(story, language)]


def differences(kept: tuple[Alert, tuple[Audit, ...]], made: tuple[Alert, tuple[Audit, ...]] | None) -> list[str]:
    """What of an alert and its trail in the log is not what judging again makes of the events."""
    if made is None:
        return ["no such alert is made of the events"]
    fields = [name for name in Alert.__struct_fields__ if getattr(kept[0], name) != getattr(made[0], name)]
    found = [f"{name}: {getattr(kept[0], name)!r}, judged again {getattr(made[0], name)!r}" for name in fields]
    ours = {entry.n: entry for entry in made[1]}
    theirs = {entry.n: entry for entry in kept[1]}
    entries = ((n, *(encode(trail.get(n)).decode() for trail in (theirs, ours))) for n in sorted(ours.keys() | theirs.keys()))
    return found + [f"entry {n}: {there}, judged again {here}" for n, there, here in entries if there != here]


def _told(story: Story, language: Language) -> Iterator[str]:
    alert = story.alert
    yield f"{_in(alert.title, language)} · {alert.severity} · {alert.state} · {alert.id}"
    name = alert.name.en if language == "en" and alert.name.en else alert.name.zh
    yield _line("subject", language, f"{name} {alert.subject} {alert.adcode} {alert.item}".strip())
    yield _line("department", language, alert.department.name, f" {alert.department.basis}")
    moments = {"opened": alert.opened_at, "raised": alert.raised_at, "cleared": alert.cleared_at, "due": alert.due}
    times = " · ".join(f"{_in(WORDS[what], language)} {at}" for what, at in moments.items() if at)
    yield _line("times", language, times, _in(WORDS["provisional"], language) if alert.provisional else "")
    if alert.value is not None:
        limit = "" if alert.limit is None else f" · {_in(WORDS['limit'], language)} {alert.limit:g} {alert.unit}"
        yield _line("value", language, f"{alert.value:g} {alert.unit}{limit}")
    mark = _in(WORDS["unverified"], language) if alert.clause.mark == "M" else ""
    yield _line("clause", language, f"{alert.clause.edition} {alert.clause.article}{mark} {_in(alert.clause.text, language)}")
    yield _line("rule", language, f"{alert.row} {alert.rule} · {_in(WORDS['version'], language)} {alert.rule_version}")
    yield _line("guidance", language, alert.guidance)
    yield _line("evidence", language, "")
    for each in alert.evidence:
        record = story.records.get(each.place)
        there = "gone" if record is None else "same" if sha256(record).hexdigest() == each.sha256 else "changed"
        value = "" if each.value is None else f" {each.value:g} {alert.unit}"
        where = f"{each.place.topic}/{each.place.partition}/{each.place.offset}"
        yield f"  {each.at}{value} · {where} · sha256 {each.sha256[:16]} {_in(WORDS[there], language)}"
        if record is not None:
            yield f"    {_data(record)}"
    yield _line("trail", language, "")
    for entry in story.trail:
        who = "" if entry.actor is None else f" {entry.actor.shown} ({entry.actor.role})"
        step = entry.before if entry.before == entry.after else f"{entry.before} → {entry.after}"
        why = _in(whole_reason(entry), language)
        what = f"{entry.event} {entry.verb}" if entry.event == "refuse" else entry.event
        yield f"  {entry.n}. {entry.at} {what} {step}{who}{f': {why}' if why else ''}"


def _line(name: str, language: Language, what: Text | str, more: str = "") -> str:
    said = what if isinstance(what, str) else _in(what, language)
    return f"{_in(WORDS[name], language)}{'：' if language == 'zh' else ': '}{said}{more}".rstrip()


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en


def _safe(line: str) -> str:
    """A line without what moves a terminal's cursor or turns the direction of writing."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "backslashreplace").decode() for letter in line
    )


def _data(record: bytes) -> str:
    try:
        return bytes(decode_event(record).data).decode()
    except DecodeError:
        return repr(record)


def _made(outputs: Iterable[Output], alert_id: str, until: int | None = None) -> tuple[Alert, tuple[Audit, ...]] | None:
    """An alert and its trail as judging makes them, up to the revision `until`."""
    newest: Alert | None = None
    trail: list[Audit] = []
    for output in outputs:
        if isinstance(output, Alert | Audit) and (until is None or output.rev <= until):
            if isinstance(output, Audit) and output.alert == alert_id:
                trail.append(output)
            elif isinstance(output, Alert) and output.id == alert_id:
                newest = output
    return None if newest is None else (newest, tuple(trail))


def _from(source: Path) -> Iterator[Output]:
    basis = Basis(sound_book())
    if source.is_dir():
        return judge_archive(basis, source)
    if not source.is_file():
        raise Trouble(f"there is no file or archive {str(source)!r}")
    return judge_lines(basis, source.read_bytes().splitlines(keepends=True))


def _archived(source: Path, alert: Alert) -> dict[Place, bytes]:
    """The records of an alert's evidence in an archive or a file."""
    wanted = {each.place for each in alert.evidence}
    if source.is_dir():
        rows = ((Place(topic, part, offset), value) for topic, part, offset, _, value in read_archive(source))
    else:
        lines = source.read_bytes().splitlines()
        rows = ((Place(alert.place.topic, 0, offset), line) for offset, line in enumerate(lines))
    return {place: value for place, value in rows if place in wanted and value is not None and not isinstance(value, Redacted)}


def _kept(settings: Settings, log: str, alert_id: str) -> tuple[Alert, tuple[Audit, ...]]:
    """An alert and its trail as they stand in the log; a second copy of an entry is the same entry."""
    newest = clients.newest_messages(settings, topic_name(log, "alerts"), Alert, "explain")
    found = next((alert for alert in newest if alert.id == alert_id), None)
    if found is None:
        raise Trouble(f"log {log!r} has no alert {alert_id!r}: see its topic {topic_name(log, 'alerts')}")
    read = (clients.read(record, Audit, "explain") for record in clients.read_topic(settings, topic_name(log, "audit")))
    trail = {entry.n: entry for entry in read if entry and entry.alert == alert_id}
    return found, tuple(trail[n] for n in sorted(trail))


def _logged(settings: Settings, alert: Alert) -> tuple[int, dict[Place, bytes], tuple[Alert, tuple[Audit, ...]] | None]:
    """First offset of an alert's partition in the log, the records of its evidence, and what judging them all makes of it."""
    place = TopicPartition(alert.place.topic, alert.place.partition)
    wanted = {each.place.offset for each in alert.evidence}
    records: dict[Place, bytes] = {}
    texts = clients.newest_values(settings, topic_name(alert.log, "books"))
    books = BookCache({key.decode("utf-8", "replace"): text for key, text in texts.items() if key and text})
    fold = fold_of(Basis(sound_book(), books=books), place.topic, place.partition)

    def outputs() -> Iterator[Output]:
        with clients.consumer(settings) as reader:
            reader.assign([place])
            reader.seek_to_beginning(place)
            while reader.position(place) <= alert.rev:
                batch = reader.poll(STALLED).get(place, [])
                if not batch:
                    raise Trouble(f"{place.topic}/{place.partition} gives nothing more before offset {alert.rev}")
                for record in batch:
                    if record.offset in wanted:
                        records[Place(place.topic, place.partition, record.offset)] = record.value
                yield from fold.run([(r.offset, r.key, r.value) for r in batch if r.offset <= alert.rev])

    with clients.consumer(settings) as reader:
        first: int = reader.beginning_offsets([place])[place]
    return first, records, _made(outputs(), alert.id, alert.rev)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents explain", description=__doc__)
    parser.add_argument("alert", metavar="ALERT", help="the id of an alert")
    parser.add_argument("--log", default="", help=f"name of the log (default {LIVE}, without --from)")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE|ARCHIVE", help="where the events are taken from")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language (default %(default)s)")
    return parser.parse_args(argv)
