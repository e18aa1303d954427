"""`python -m agents explain ALERT|ORDER`: the whole story of it in plain words, and whether judging its log again agrees.

ALERT or ORDER is an id. The events come from the log, or from an archive or a JSON-lines file (`--from`). What stands in the
log, revisions and trail, is compared with what the rules make of the events; of a file alone there is nothing to compare with.
Exit 0 where both agree, 1 where they differ.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from msgspec import Struct

from agents.offline import order_story
from agents.offline.judge import judge_archive, judge_lines
from agents.offline.standing import standing, trail_of
from agents.offline.telling import Language, in_, line, safe, why
from agents.rulebook.book_cache import BookCache
from agents.rulebook.effective_book import book_texts
from agents.stages import sound_basis, stage_of
from streams.archive.command import read_archive
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import (
    Alert,
    Audit,
    DecodeError,
    Order,
    OrderAudit,
    OrderLine,
    Place,
    Redacted,
    Text,
    decode_event,
    encode,
)
from streams.outputs import Output, told_in
from streams.settings import Settings, load
from streams.topics import LIVE, topic_name

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
    "agrees": Text("所存记录与经过逐字节一致", "what stands and its trail agree byte for byte"),
    "alone": Text("由事件重算而得，无可对照", "made from the events; there is nothing to compare with"),
    "differs": Text("不一致", "DIFFERS"),
    "lost": Text("事件不全，无法复算：日志始于偏移", "not possible, the log has lost its beginning; it starts at offset"),
}


class Story(Struct, frozen=True):
    """An alert as it stands, its trail by number, and the records that are its evidence, as far as they are still there."""

    alert: Alert
    trail: tuple[Audit, ...]
    records: Mapping[Place, bytes]


class Made(Struct, frozen=True):
    """What stands of an alert, or of an order and its lines: the newest revision of each by id, and the trail."""

    things: Mapping[str, Alert | Order | OrderLine] = {}
    trail: tuple[Audit | OrderAudit, ...] = ()

    @property
    def until(self) -> int:
        """The offset of the newest record that has made something of it."""
        return max(each.rev for each in (*self.things.values(), *self.trail))


def main(argv: list[str]) -> int:
    """Entry of the command."""
    options = _options(argv)
    if options.source and not options.log:
        made = made_of(_from(options.source), options.id)
        if options.id not in made.things:
            raise Trouble(f"{options.source} gives no alert or order {options.id!r}")
        alone = line(WORDS["again"], options.lang, WORDS["alone"])
        sys.stdout.write("\n".join([*_story(made, options, _in_source(options.source)), alone]) + "\n")
        return 0
    settings, log = load(), options.log or LIVE
    kept = _kept(settings, log, options.id)
    if options.source:
        first, made = 0, made_of(_from(options.source), options.id, kept.until)
        lines = _story(kept, options, _in_source(options.source))
    else:
        first, records, made = _logged(settings, kept, options.id)
        lines = _story(kept, options, lambda _: records)
    wrong = [] if first else differences(kept, made)
    verdict = WORDS["differs"] if wrong else WORDS["agrees"]
    lines.append(line(WORDS["again"], options.lang, WORDS["lost"], f" {first}") if first else _verdict(verdict, options.lang))
    sys.stdout.write("\n".join([*lines, *(f"  {safe(each)}" for each in wrong)]) + "\n")
    return 1 if wrong or first else 0


def _verdict(verdict: Text, language: Language) -> str:
    return line(WORDS["again"], language, verdict)


def _story(made: Made, options: argparse.Namespace, records: Callable[[Alert], Mapping[Place, bytes]]) -> list[str]:
    """The story of what was found; `records`: those that are an alert's evidence."""
    thing: Any = made.things[options.id]
    trail: Any = made.trail
    if isinstance(thing, Alert):
        return told(Story(thing, trail, records(thing)), options.lang)
    lines = [each for each in made.things.values() if isinstance(each, OrderLine)]
    return order_story.told(thing, lines, trail, options.lang)


def told(story: Story, language: Language) -> list[str]:
    """The story, a line for each thing; what came with events can neither move the cursor nor hide anything."""
    return [safe(line) for line in _told(story, language)]


def differences(kept: Made, made: Made) -> list[str]:
    """What of things and their trail in the log is not what judging again makes of the events."""
    if not made.things:
        return ["nothing of this id is made of the events"]
    found = []
    for id_, thing in kept.things.items():
        other = made.things.get(id_)
        fields = thing.__struct_fields__ if other else ()
        if other is None:
            found.append(f"{id_}: no such thing is made of the events")
        named = "" if len(kept.things) == 1 else f"{id_} "
        found += [
            f"{named}{name}: {getattr(thing, name)!r}, judged again {getattr(other, name)!r}"
            for name in fields
            if getattr(thing, name) != getattr(other, name)
        ]
    found += [f"{id_}: judged again there is one" for id_ in made.things.keys() - kept.things.keys()]
    theirs, ours = ({entry.n: encode(entry).decode() for entry in each.trail} for each in (kept, made))
    entries = ((n, theirs.get(n, "none"), ours.get(n, "none")) for n in sorted(ours.keys() | theirs.keys()))
    return found + [f"entry {n}: {there}, judged again {here}" for n, there, here in entries if there != here]


def _told(story: Story, language: Language) -> Iterator[str]:
    alert = story.alert
    yield f"{in_(alert.title, language)} · {alert.severity} · {alert.state} · {alert.id}"
    name = alert.name.en if language == "en" and alert.name.en else alert.name.zh
    yield line(WORDS["subject"], language, f"{name} {alert.subject} {alert.adcode} {alert.item}".strip())
    yield line(WORDS["department"], language, alert.department.name, f" {alert.department.basis}")
    moments = {"opened": alert.opened_at, "raised": alert.raised_at, "cleared": alert.cleared_at, "due": alert.due}
    times = " · ".join(f"{in_(WORDS[what], language)} {at}" for what, at in moments.items() if at)
    yield line(WORDS["times"], language, times, in_(WORDS["provisional"], language) if alert.provisional else "")
    if alert.value is not None:
        limit = "" if alert.limit is None else f" · {in_(WORDS['limit'], language)} {alert.limit:g} {alert.unit}"
        yield line(WORDS["value"], language, f"{alert.value:g} {alert.unit}{limit}")
    mark = in_(WORDS["unverified"], language) if alert.clause.mark == "M" else ""
    yield line(
        WORDS["clause"], language, f"{alert.clause.edition} {alert.clause.article}{mark} {in_(alert.clause.text, language)}"
    )
    yield line(WORDS["rule"], language, f"{alert.row} {alert.rule} · {in_(WORDS['version'], language)} {alert.rule_version}")
    yield line(WORDS["guidance"], language, alert.guidance)
    yield line(WORDS["evidence"], language, "")
    for each in alert.evidence:
        record = story.records.get(each.place)
        there = "gone" if record is None else "same" if sha256(record).hexdigest() == each.sha256 else "changed"
        value = "" if each.value is None else f" {each.value:g} {alert.unit}"
        where = f"{each.place.topic}/{each.place.partition}/{each.place.offset}"
        yield f"  {each.at}{value} · {where} · sha256 {each.sha256[:16]} {in_(WORDS[there], language)}"
        if record is not None:
            yield f"    {_data(record)}"
    yield line(WORDS["trail"], language, "")
    for entry in story.trail:
        who = "" if entry.actor is None else f" {entry.actor.shown} ({entry.actor.role})"
        step = entry.before if entry.before == entry.after else f"{entry.before} → {entry.after}"
        what = f"{entry.event} {entry.verb}" if entry.event == "refuse" else entry.event
        yield f"  {entry.n}. {entry.at} {what} {step}{who}{why(entry, language)}"


def _data(record: bytes) -> str:
    try:
        return bytes(decode_event(record).data).decode()
    except DecodeError:
        return repr(record)


def made_of(outputs: Iterable[Output], id_: str, until: int | None = None) -> Made:
    """An alert or order and its trail as judging makes them, up to the record at the offset `until`."""
    things, trail = dict[str, Alert | Order | OrderLine](), dict[int, Audit | OrderAudit]()
    for output in outputs:
        if not isinstance(output, Alert | Audit | Order | OrderLine | OrderAudit) or (until is not None and output.rev > until):
            continue
        if isinstance(output, Audit | OrderAudit):
            if id_ == (output.alert if isinstance(output, Audit) else output.order):
                trail[output.n] = output
        elif told_in(output)[1] == id_:
            things[output.id] = output
    return Made(things, tuple(trail[n] for n in sorted(trail)))


def _from(source: Path) -> Iterator[Output]:
    basis = sound_basis()
    if source.is_dir():
        return judge_archive(basis, source)
    if not source.is_file():
        raise Trouble(f"there is no file or archive {str(source)!r}")
    return judge_lines(basis, source.read_bytes().splitlines(keepends=True))


def _in_source(source: Path) -> Callable[[Alert], Mapping[Place, bytes]]:
    """Where an archive or a file is the source: the records of an alert's evidence."""

    def found(alert: Alert) -> Mapping[Place, bytes]:
        wanted = {each.place for each in alert.evidence}
        if source.is_dir():
            rows = ((Place(topic, part, offset), value) for topic, part, offset, _, value in read_archive(source))
        else:
            lines = source.read_bytes().splitlines()
            rows = ((Place(alert.place.topic, 0, offset), line) for offset, line in enumerate(lines))
        return {
            place: value for place, value in rows if place in wanted and value is not None and not isinstance(value, Redacted)
        }

    return found


def _kept(settings: Settings, log: str, id_: str) -> Made:
    """An alert, or an order with its lines, and its trail as they stand in the log."""
    newest = clients.newest_messages(settings, topic_name(log, "alerts"), Alert, "explain")
    if found := next((alert for alert in newest if alert.id == id_), None):
        read = (clients.read(record, Audit, "explain") for record in clients.read_topic(settings, topic_name(log, "audit")))
        trail = {entry.n: entry for entry in read if entry and entry.alert == id_}
        return Made({id_: found}, tuple(trail[n] for n in sorted(trail)))
    if known := standing(settings, log).get(id_):
        things: tuple[Order | OrderLine, ...] = (known.order, *known.lines)
        return Made({each.id: each for each in things}, trail_of(settings, log, id_))
    raise Trouble(f"log {log!r} has no alert or order {id_!r}: see its topics {topic_name(log, 'alerts')} and orders")


def _logged(settings: Settings, kept: Made, id_: str) -> tuple[int, dict[Place, bytes], Made]:
    """First offset of its partition in the log, the records of an alert's evidence, and what judging them all makes of it."""
    thing = kept.things[id_]
    place, until = TopicPartition(thing.place.topic, thing.place.partition), kept.until
    wanted = {each.place.offset for each in thing.evidence} if isinstance(thing, Alert) else frozenset[int]()
    records: dict[Place, bytes] = {}
    stage = stage_of(sound_basis(BookCache(book_texts(settings, thing.log))), place.topic, place.partition)
    if stage is None:
        raise Trouble(f"no stage judges {place.topic}")

    def outputs() -> Iterator[Output]:
        with clients.consumer(settings) as reader:
            reader.assign([place])
            reader.seek_to_beginning(place)
            while reader.position(place) <= until:
                batch = reader.poll(STALLED).get(place, [])
                if not batch:
                    raise Trouble(f"{place.topic}/{place.partition} gives nothing more before offset {until}")
                for record in batch:
                    if record.offset in wanted:
                        records[Place(place.topic, place.partition, record.offset)] = record.value
                yield from stage.run([(r.offset, r.key, r.value) for r in batch if r.offset <= until])

    with clients.consumer(settings) as reader:
        first: int = reader.beginning_offsets([place])[place]
    return first, records, made_of(outputs(), id_, until)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents explain", description=__doc__)
    parser.add_argument("id", metavar="ALERT|ORDER", help="the id of an alert or of an order")
    parser.add_argument("--log", default="", help=f"name of the log (default {LIVE}, without --from)")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE|ARCHIVE", help="where the events are taken from")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language (default %(default)s)")
    return parser.parse_args(argv)
