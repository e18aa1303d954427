"""`python -m agents cap ALERT|FILE`: alerts as messages of the Common Alerting Protocol, OASIS CAP 1.2.

ALERT is an alert's id: its newest revision in the log, or the one of `--rev`. FILE holds JSON lines, alerts or what `python -m
agents judge` prints (- for standard input): a message for each revision. Each message is one line of XML.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Raw, Struct

from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.topics import LIVE, topic_name
from streams.messages import CAP_SEVERITY, HOUR, SECOND, Alert, DecodeError, Text, decode, format_time, parse_time
from streams.settings import load

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

CATEGORY = {"environment": "Env", "food_drug": "Health", "special_equipment": "Safety", "cyber": "Infra"}
"""CAP's category of each domain (CAP 1.2 §3.2.2); a domain that is not here is `Other`."""

LANGUAGES = ("zh-CN", "en-US")
"""RFC 3066 names of the languages, an `info` block for each."""

HEADLINE = 160
"""Characters of a headline that every system shows (CAP 1.2 §3.2.2)."""

RESTRICTION = "监管部门内部 supervising departments only"
"""To whom a message is restricted; a choice: whether a warning becomes public is for the government to decide
(突发事件应对法, 预警信息发布)."""

_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2, Char
_IN_A_NAME = re.compile(r"[\s,<&]")  # CAP 1.2 §3.2.1: not in identifier and sender

_WORDS = {
    "value": Text("数值", "Value"),
    "limit": Text("限值", "limit"),
    "clause": Text("依据", "Clause"),
    "ended": Text("告警已结束", "The alert has ended"),
}


def message(alert: Alert, earlier: Sequence[Alert], sender: str, incident: str = "") -> bytes:
    """The CAP message of one revision of an alert, as UTF-8 in one line; the same revision gives the same bytes.

    `earlier`: the revisions before it, oldest first, which it refers to. `sender`: who sends, unique in the world, such as a
    domain name. `incident`: id of the incident that the alert belongs to, or empty.
    """
    live = alert.log == LIVE
    root = ET.Element(f"{{{NAMESPACE}}}alert")
    _add(root, "identifier", identifier(alert))
    _add(root, "sender", sender)
    _add(root, "sent", sent(alert))
    _add(root, "status", "Actual" if live else "Exercise")
    _add(root, "msgType", "Cancel" if alert.ended else "Alert" if is_first(alert) else "Update")
    _add(root, "source", alert.subject)
    _add(root, "scope", "Restricted")
    _add(root, "restriction", RESTRICTION)
    if not live:
        _add(root, "note", f"日志 log {alert.log}: 模拟、演练或回放 a simulation, a drill or a replay")
    if earlier:
        _add(root, "references", " ".join(f"{sender},{identifier(each)},{sent(each)}" for each in earlier))
    if incident:
        _add(root, "incidents", f'"{incident}"' if re.search(r"\s", incident) else incident)
    for language in LANGUAGES:
        _info(ET.SubElement(root, f"{{{NAMESPACE}}}info"), alert, language)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE)
    return written.replace(b"\n", b" ")


def messages(alerts: Iterable[Alert], sender: str, incident: str = "") -> Iterator[tuple[Alert, bytes]]:
    """Each revision once with its message, in their order; a second copy of a revision is left out."""
    known: dict[str, dict[str, Alert]] = {}
    for alert in alerts:
        earlier = known.setdefault(alert.id, {})
        name = identifier(alert)
        if name not in earlier:
            yield alert, message(alert, tuple(earlier.values()), sender, incident)
            earlier[name] = alert


def identifier(alert: Alert) -> str:
    """The identifier of a revision's message: log, alert, offset of the causing record, number of its newest audit entry."""
    return _IN_A_NAME.sub("_", f"{_clean(alert.log)}.{_clean(alert.id)}.{alert.rev}.{alert.audit}")


def sent(alert: Alert) -> str:
    """When a revision came to be, by the log's time: the latest moment that it knows of; full seconds, ±hh:mm, never Z."""
    moments = [alert.raised_at, alert.changed_at]
    moments += [each.at for each in (alert.note, *alert.evidence[-1:]) if each is not None]
    return _time(max(map(parse_time, moments)))


def is_first(alert: Alert) -> bool:
    """Whether this is the first revision of its alert: one audit entry, and no value after the one that raised it."""
    return alert.audit == 1 and len(alert.evidence) <= 1


def urgency(alert: Alert) -> str:
    """CAP 1.2 §3.2.2: how soon somebody should act; which phase and deadline is which is a choice.

    A condition that is true while it can be acted on (事中) is `Immediate`, and so is what is overdue; what is due within the
    hour is `Expected`, later `Future`; without a deadline 事中 is `Expected`, 事后 `Future`. Where only the case is left to be
    concluded, its deadline counts. An alert that has ended is `Past`.
    """
    if alert.ended:
        return "Past"
    if alert.phase == "in-process" and alert.active:
        return "Immediate"
    due = alert.case.due if alert.state == "A" and alert.case else alert.due
    if due is None:
        return "Expected" if alert.phase == "in-process" else "Future"
    left = parse_time(due) - parse_time(sent(alert))
    return "Immediate" if left <= 0 else "Expected" if left <= HOUR else "Future"


def _info(info: ET.Element, alert: Alert, language: str) -> None:
    _add(info, "language", language)
    _add(info, "category", CATEGORY.get(alert.domain, "Other"))
    _add(info, "event", _in(alert.title, language))
    _add(info, "responseType", "AllClear" if alert.ended else "Assess")
    _add(info, "urgency", urgency(alert))
    _add(info, "severity", CAP_SEVERITY[alert.severity])
    _add(info, "certainty", "Observed" if alert.evidence else "Likely")
    _named(info, "eventCode", "rule", alert.rule)
    _add(info, "onset", _time(parse_time(alert.opened_at)))
    _add(info, "senderName", _in(alert.department.name, language))
    name = alert.name.en if language == "en-US" and alert.name.en else alert.name.zh
    _add(info, "headline", f"{_in(alert.title, language)} · {name}"[:HEADLINE])
    _add(info, "description", _description(alert, language))
    _add(info, "instruction", _in(alert.guidance, language))
    for what, value in _parameters(alert):
        _named(info, "parameter", what, value)
    area = ET.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", name or alert.subject)
    if alert.lat is not None and alert.lon is not None:
        _add(area, "circle", f"{alert.lat:.6f},{alert.lon:.6f} 0")
    if alert.adcode:
        _named(area, "geocode", "GB/T 2260", alert.adcode)


def _description(alert: Alert, language: str) -> str:
    zh = language == "zh-CN"
    said = [_in(_WORDS["ended"], language)] if alert.ended else []
    if alert.value is not None:
        limit = "" if alert.limit is None else f", {_in(_WORDS['limit'], language)} {alert.limit:g} {alert.unit}"
        said.append(f"{_in(_WORDS['value'], language)} {alert.item} {alert.value:g} {alert.unit}{limit}")
    clause = alert.clause
    said.append(f"{_in(_WORDS['clause'], language)} {clause.edition} {clause.article}: {_in(clause.text, language)}")
    return ("；" if zh else "; ").join(said)


def _parameters(alert: Alert) -> Iterator[tuple[str, str]]:
    yield from (("rule", alert.rule), ("ruleVersion", alert.rule_version))
    if alert.judged_by:
        yield "judgedBy", alert.judged_by
    clause = alert.clause
    yield from (("clause", clause.id), ("clauseEdition", clause.edition), ("clauseArticle", clause.article))
    yield "clauseMark", clause.mark
    yield from (("department", alert.department.id), ("departmentBasis", alert.department.basis))
    yield from (("occurrence", str(alert.occurrence)), ("isaState", alert.state), ("phase", alert.phase))
    if alert.due is not None:
        yield "due", alert.due
    if alert.case is not None:
        yield "caseDue", alert.case.due
        if alert.case.finding is not None:
            yield "caseFinding", alert.case.finding
    yield "auditEntry", f"{alert.audit} {alert.head}"
    for each in alert.evidence:
        yield "evidence", f"{each.place.topic}/{each.place.partition}/{each.place.offset} sha256:{each.sha256} {each.at}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = _clean(text)


def _named(parent: ET.Element, name: str, what: str, value: str) -> None:
    pair = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(pair, "valueName", what)
    _add(pair, "value", value)


def _clean(text: str) -> str:
    """Text without the characters that XML cannot hold, in one line."""
    return re.sub(r"[\t\r\n]+", " ", _UNHOLDABLE.sub("", text))


def _in(text: Text, language: str) -> str:
    return text.en if language == "en-US" else text.zh


def _time(ms: int) -> str:
    return format_time(ms - ms % SECOND)


class _Line(Struct):
    topic: str = ""
    value: Raw = Raw(b"null")


_line = msgspec.json.Decoder(_Line)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 once the messages are printed."""
    options = _options(argv)
    if options.source == "-" or Path(options.source).is_file():
        alerts, rev = _read(options.source), options.rev
    else:
        logged = _logged(options.log, options.source)
        alerts, rev = iter(logged), logged[-1].rev if options.rev is None else options.rev
    count = 0
    try:
        for alert, made in messages(alerts, options.sender, options.incident):
            if rev in {None, alert.rev}:
                count += 1
                sys.stdout.buffer.write(made + b"\n")
    except ValueError as error:  # a time that is none
        raise Trouble(f"{options.source}: {error}") from None
    sys.stdout.buffer.flush()
    if not count:
        raise Trouble(f"{options.source} has no {'alert' if rev is None else f'revision {rev}'}")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents cap", description=__doc__)
    parser.add_argument("source", metavar="ALERT|FILE", help="the id of an alert, or JSON lines, - for standard input")
    parser.add_argument("--log", default=LIVE, help="with ALERT: name of the log (default %(default)s)")
    parser.add_argument("--rev", type=int, metavar="OFFSET", help="only this revision")
    parser.add_argument("--sender", default="onescreen", help="who sends: a name of your own, such as a domain (%(default)s)")
    parser.add_argument("--incident", default="", metavar="ID", help="the incident to which it belongs")
    options = parser.parse_args(argv)
    if not options.sender or options.sender != _IN_A_NAME.sub("", _clean(options.sender)):
        parser.error(f"--sender {options.sender!r}: give a name without spaces, commas, < and & (CAP 1.2 §3.2.1)")
    return options


def _read(source: str) -> Iterator[Alert]:
    if source == "-":
        return _alerts(sys.stdin.buffer, source)
    return _alerts(Path(source).open("rb"), source)


def _alerts(lines: BinaryIO, source: str) -> Iterator[Alert]:
    """The alerts among JSON lines; Trouble names the line that is none of them."""
    with lines:
        for number, text in enumerate(lines, 1):
            try:
                line = _line.decode(text)
                if line.topic in {"", "alerts"}:
                    yield decode(bytes(line.value) if line.topic else text, Alert)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, DecodeError) as error:
                raise Trouble(f"{source}, line {number} is no alert: {error}") from None


def _logged(log: str, alert_id: str) -> list[Alert]:
    """The revisions of an alert that its log still has."""
    topic, key = topic_name(log, "alerts"), alert_id.encode()
    with clients.consumer(load()) as reader:
        records = clients.stream(reader, topic, {}, clients.end_offsets(reader, topic))
        found = [decode(record.value, Alert) for record in records if record.key == key and record.value]
    if not found:
        raise Trouble(f"log {log!r} has no alert {alert_id!r}, and there is no such file")
    if not is_first(found[0]):
        sys.stderr.write("cap: Kafka has compacted earlier revisions away: `references` names those that are left\n")
    return found
