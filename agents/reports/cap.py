"""`python -m agents cap ID|FILE`: alerts and incidents as messages of the Common Alerting Protocol, OASIS CAP 1.2.

ID is that of an alert or an incident: its newest revision in the log, or the one of `--rev`. FILE holds JSON lines, alerts or
what `python -m agents judge` prints (- for standard input): a message for each revision of each. An alert names the
incident that it belongs to now. Each message is one line of XML.
"""

import argparse
import re
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

import msgspec
from kafka import KafkaConsumer
from msgspec import Raw, Struct

from streams import catalogue
from streams.catalogue.sight import NOBODY, seen
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import CAP_SEVERITY, HOUR, SECOND, Alert, DecodeError, Incident, Text, decode, format_time, parse_time
from streams.outputs import BY_TYPE
from streams.settings import load
from streams.topics import LIVE, topic_name

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

LANGUAGES = ("zh-CN", "en-US")
"""RFC 3066 names of the languages, an `info` block for each."""

HEADLINE = 160
"""Characters of a headline that every system shows (CAP 1.2 §3.2.2)."""

RESTRICTION = "监管部门内部 supervising departments only"
"""To whom a message is restricted; a choice: whether a warning becomes public is for the government to decide
(突发事件应对法, 预警信息发布)."""

_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2, Char
_IN_A_NAME = re.compile(r"[\s,<&]")  # CAP 1.2 §3.2.1: not in identifier and sender

NO_SENDER = "give a name without spaces, commas, < and & (CAP 1.2 §3.2.1)"

_WORDS = {
    "value": Text("数值", "Value"),
    "limit": Text("限值", "limit"),
    "clause": Text("依据", "Clause"),
    "ended": Text("告警已销号", "The alert has ended"),
    "over": Text("事件已结束", "The incident has ended"),
    "alerts": Text("告警", "Alerts"),
    "open": Text("未销号", "open"),
    "helps": Text("配合", "Helping"),
}


Revision = Alert | Incident


def message(of: Revision, earlier: Sequence[str], sender: str, incident: str = "", domains: Iterable[str] = ()) -> bytes:
    """The CAP message of one revision, as UTF-8 in one line; the same revision gives the same bytes.

    `earlier`: references to the revisions before it, oldest first. `sender`: who sends, unique in the world, such as a
    domain name. `incident`: id of the incident that an alert belongs to, or empty; an incident names itself. `domains`: those
    of an incident's alerts. A message leaves the system: what is marked as personal is masked for everybody.
    """
    of = seen(of, NOBODY)
    live = of.log == LIVE
    root = ET.Element(f"{{{NAMESPACE}}}alert")
    _add(root, "identifier", identifier(of))
    _add(root, "sender", sender)
    _add(root, "sent", sent(of))
    _add(root, "status", "Actual" if live else "Exercise")
    _add(root, "msgType", "Cancel" if has_ended(of) else "Alert" if is_first(of) else "Update")
    _add(root, "source", of.subject if isinstance(of, Alert) else of.city)
    _add(root, "scope", "Restricted")
    _add(root, "restriction", RESTRICTION)
    if not live:
        _add(root, "note", f"日志 log {of.log}: 模拟、演练或回放 a simulation, a drill or a replay")
    if earlier:
        _add(root, "references", " ".join(earlier))
    if named := of.id if isinstance(of, Incident) else incident:
        _add(root, "incidents", f'"{named}"' if re.search(r"\s", named) else named)
    for language in LANGUAGES:
        info = ET.SubElement(root, f"{{{NAMESPACE}}}info")
        if isinstance(of, Alert):
            _info(info, of, language)
        else:
            _incident_info(info, of, sorted({category(each) for each in domains} or {"Other"}), language)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE)
    return written.replace(b"\n", b" ")


def messages(revisions: Iterable[Revision], sender: str) -> Iterator[tuple[Revision, bytes]]:
    """Each revision once with its message, in their order; a second copy of a revision is left out.

    An alert's message names the incident whose member it is in the last of that incident's revisions here.
    """
    revisions = list(revisions)
    domains = {each.id: each.domain for each in revisions if isinstance(each, Alert)}
    last = {each.id: each for each in revisions if isinstance(each, Incident)}
    belongs = homes(last.values())
    known: dict[str, dict[str, None]] = {}
    for each in revisions:
        earlier = known.setdefault(each.id, {})
        name = reference(each, sender)
        if name not in earlier:
            of = () if isinstance(each, Alert) else [domains[alert] for alert in each.members if alert in domains]
            yield each, message(each, tuple(earlier), sender, belongs.get(each.id, ""), of)
            earlier[name] = None


def category(domain: str) -> str:
    """CAP's category of a domain's alerts (CAP 1.2 §3.2.2): as its `domain.toml` says, `Other` where it is not known."""
    described = catalogue.domains().get(domain)
    return described.cap_category if described else "Other"


def homes(incidents: Iterable[Incident]) -> dict[str, str]:
    """The incident of each alert, from the newest revisions of incidents."""
    return {alert: each.id for each in incidents if not each.merged_into for alert in each.members}


def reference(of: Revision, sender: str) -> str:
    """How a message refers to that of a revision (CAP 1.2 §3.2.1, references)."""
    return f"{sender},{identifier(of)},{sent(of)}"


def is_sender(name: str) -> bool:
    """Whether a name can be that of a sender; where it cannot, NO_SENDER says what would do."""
    return bool(name) and name == _IN_A_NAME.sub("", _clean(name))


def identifier(of: Revision) -> str:
    """The identifier of a revision's message: log, its id, offset of the causing record, number of its newest audit entry."""
    return _IN_A_NAME.sub("_", f"{_clean(of.log)}.{_clean(of.id)}.{of.rev}.{of.audit}")


def sent(of: Revision) -> str:
    """When a revision came to be, by the log's time: the latest moment that it knows of; full seconds, ±hh:mm, never Z."""
    moments = [of.changed_at]
    if isinstance(of, Alert):
        moments += [of.raised_at, *(each.at for each in (of.note, *of.evidence[-1:]) if each is not None)]
    return _time(max(map(parse_time, moments)))


def is_first(of: Revision) -> bool:
    """Whether this is the first revision: one audit entry, and of an alert no value after the one that raised it."""
    return of.audit == 1 and (isinstance(of, Incident) or len(of.evidence) <= 1)


def has_ended(of: Revision) -> bool:
    """Whether nothing is left to be done."""
    return of.ended if isinstance(of, Alert) else of.state == "ended"


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
    _add(info, "category", category(alert.domain))
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
    _area(info, name or alert.subject, alert)


def _incident_info(info: ET.Element, incident: Incident, categories: Iterable[str], language: str) -> None:
    over = has_ended(incident)
    _add(info, "language", language)
    for category in categories:
        _add(info, "category", category)
    _add(info, "event", _in(incident.title, language))
    _add(info, "responseType", "AllClear" if over else "Assess")
    _add(info, "urgency", "Past" if over else "Immediate" if incident.severity == "red" else "Expected")
    _add(info, "severity", CAP_SEVERITY[incident.severity])
    _add(info, "certainty", "Observed")
    _add(info, "onset", _time(parse_time(incident.opened_at)))
    _add(info, "senderName", _in(incident.lead.department.name, language))
    _add(info, "headline", _in(incident.title, language)[:HEADLINE])
    said = [_in(_WORDS["over"], language)] if over else []
    said.append(f"{_in(_WORDS['alerts'], language)} {incident.count}, {_in(_WORDS['open'], language)} {incident.open}")
    said += [f"{_in(_WORDS['helps'], language)} {_in(each.department.name, language)}" for each in incident.helpers]
    _add(info, "description", ("；" if language == "zh-CN" else "; ").join(said))
    for rule in incident.rules:
        _named(info, "parameter", "groupingRule", rule)
    _named(info, "parameter", "groupingRulesVersion", incident.rules_version)
    for duty, what in ((incident.lead, "lead"), *((each, "helper") for each in incident.helpers)):
        _named(info, "parameter", what, duty.department.id)
    _named(info, "parameter", "flood", "true" if incident.flood else "false")
    if incident.merged_into:
        _named(info, "parameter", "mergedInto", incident.merged_into)
    _named(info, "parameter", "auditEntry", f"{incident.audit} {incident.head}")
    for alert in incident.members:
        _named(info, "parameter", "alert", alert)
    _area(info, _in(incident.title, language), incident)


def _area(info: ET.Element, description: str, of: Revision) -> None:
    area = ET.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", description)
    if of.lat is not None and of.lon is not None:
        _add(area, "circle", f"{of.lat:.6f},{of.lon:.6f} 0")
    if of.adcode:
        _named(area, "geocode", "GB/T 2260", of.adcode)


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


class _AlertLine(Struct):
    topic: str = ""
    value: Raw = Raw(b"null")


_line = msgspec.json.Decoder(_AlertLine)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 once the messages are printed."""
    options = _options(argv)
    if options.source == "-" or Path(options.source).is_file():
        revisions, rev, wanted = _read(options.source), options.rev, ""
    else:
        logged, wanted = _logged(options.log, options.source), options.source
        newest = [each.rev for each in logged if each.id == wanted][-1]
        revisions, rev = iter(logged), newest if options.rev is None else options.rev
    count = 0
    try:
        for each, made in messages(revisions, options.sender):
            if rev in {None, each.rev} and wanted in {"", each.id}:
                count += 1
                sys.stdout.buffer.write(made + b"\n")
    except ValueError as error:  # a time that is none
        raise Trouble(f"{options.source}: {error}") from None
    sys.stdout.buffer.flush()
    if not count:
        raise Trouble(f"{options.source} has no {'alert or incident' if rev is None else f'revision {rev}'}")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents cap", description=__doc__)
    parser.add_argument("source", metavar="ID|FILE", help="id of an alert or incident, or JSON lines, - for standard input")
    parser.add_argument("--log", default=LIVE, help="with ID: name of the log (default %(default)s)")
    parser.add_argument("--rev", type=int, metavar="OFFSET", help="only this revision")
    parser.add_argument("--sender", default="onescreen", help="who sends: a name of your own, such as a domain (%(default)s)")
    options = parser.parse_args(argv)
    if not is_sender(options.sender):
        parser.error(f"--sender {options.sender!r}: {NO_SENDER}")
    return options


def _read(source: str) -> Iterator[Revision]:
    if source == "-":
        return _revisions(sys.stdin.buffer, source)
    return _revisions(Path(source).open("rb"), source)


_TYPES: dict[str, type[Revision]] = {"": Alert, **{BY_TYPE[type_].topic: type_ for type_ in (Alert, Incident)}}
"""What the lines of each topic are; lines without a topic are alerts."""


def _revisions(lines: BinaryIO, source: str) -> Iterator[Revision]:
    """The alerts and incidents among JSON lines; Trouble names the line that is none of them."""
    with lines:
        for number, text in enumerate(lines, 1):
            try:
                line = _line.decode(text)
                if line.topic in _TYPES:
                    yield decode(bytes(line.value) if line.topic else text, _TYPES[line.topic])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, DecodeError) as error:
                raise Trouble(f"{source}, line {number} is no alert: {error}") from None


def _logged(log: str, name: str) -> list[Revision]:
    """The revisions of an alert and of its incident, or of an incident and its alerts, that their log still has."""
    settings = load()
    incidents = clients.newest_messages(settings, topic_name(log, "incidents"), Incident, "cap")
    near = {each.id for each in incidents if name in each.members}
    alerts = {name, *(alert for each in incidents if each.id == name for alert in each.members)}
    with clients.consumer(settings) as reader:
        found: list[Revision] = [
            *_kept(reader, topic_name(log, "alerts"), Alert, alerts),
            *_kept(reader, topic_name(log, "incidents"), Incident, {name, *near}),
        ]
    own = [each for each in found if each.id == name]
    if not own:
        raise Trouble(f"log {log!r} has no alert and no incident {name!r}, and there is no such file")
    if not is_first(own[0]):
        sys.stderr.write("cap: Kafka has compacted earlier revisions away: `references` names those that are left\n")
    return found


def _kept(reader: KafkaConsumer, topic: str, type_: type[Revision], names: Container[str]) -> Iterator[Revision]:
    """What a topic still has of these keys, oldest first."""
    for record in clients.stream(reader, topic, {}, clients.end_offsets(reader, topic)):
        if record.key and record.key.decode("utf-8", "replace") in names and (found := clients.read(record, type_, "cap")):
            yield found
