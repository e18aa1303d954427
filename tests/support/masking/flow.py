"""Stained events through the folds that judge: alerts, trails, incidents, orders, values, records of bad input."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.rulebook.cases import LOG, records
from agents.stages import Stage
from streams.catalogue import subjects
from streams.catalogue.described import catalogue, find
from streams.catalogue.sight import PEOPLE, rules_about_people, weight
from streams.messages import ALERT_RIGHTS, COMMAND, Alert, Order, OrderAudit, OrderLine, encode, event_bytes, format_time
from streams.messages.orders import Passage, Receiver
from streams.outputs import Output
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.events import START, STATION, act, clean, registered, tick
from tests.support.events import records as of_station
from tests.support.masking.stained import samples, stained
from tests.support.orders.partition import BRANCH, ECOLOGY, OrderPartition

KIND = "environment"
REQUEST = "f" * 32
"""The order of a request, behind which a caller stands."""


@cache
def told() -> tuple[Output, ...]:
    """All that comes of it."""
    return *of_cases(), *of_types(), *of_acts(), *of_orders()


def of_cases() -> Iterator[Output]:
    """The cases of every rule that reads marked fields, or is about persons."""
    book = the_book()
    domains = {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}
    for rule, spec in book.rules.items():
        domain = domains[rule]
        marked = any(each.entry and weight(each.entry) != "none" for kind in spec.on for each in _type(domain, kind).fields)
        if not marked and rule not in rules_about_people():
            continue
        for case in [each for each in spec.case if each.alerts][:1]:
            given = records(domain, spec.on[0], case, spec.subjects[0] if spec.subjects else spec.on[0])
            found = [(n, key, restained(value)) for n, key, value in given]
            yield from Fold(book, events_topic(LOG, domain), 0).run(found)


def of_types() -> Iterator[Output]:
    """Random data of every type of every domain."""
    folds: dict[str, Stage] = {}
    for name, described in catalogue().items():
        domain, _, kind = name.partition(".")
        if not _is_domains(domain):
            continue
        fold = folds.setdefault(domain, Fold(the_book(), events_topic(LOG, domain), 0))
        subject = f"s.{kind}"
        known = {"kind": _reporting(domain, kind), "name": {"zh": "例", "en": "example"}, "adcode": "410102"}
        first = f"{domain}.registered"
        facts = [(first, stained(first, known)), *((name, each) for each in samples(described))]
        for n, (type_, data) in enumerate(facts):
            at = format_time(START + n)
            event = event_bytes(type=type_, source="t", id=f"{kind}/{n}", time=at, subject=subject, data=data)
            yield from fold.run([(fold.position, subject.encode(), event)])


def of_acts() -> list[Output]:
    """An alert on which people have done whatever they may, and what became of its incident."""
    fold = Fold(the_book(), events_topic(LOG, KIND), 0)
    out = list(fold.run(of_station([registered(), tick(START), clean(START, o3=230, no2=260)])))
    alert = next(each for each in out if isinstance(each, Alert))
    more: dict[str, dict[str, Any]] = {
        "call": {"who": "王五"},
        "confer": {"who": "赵六"},
        "verify": {"finding": "true"},
        "report": {"finding": "oral"},
        "shelve": {"lasts": "1h"},
        "remove-from-service": {"lasts": "1h", "permit": "作业票"},
    }
    first = ("comment", "acknowledge", "verify", "call", "report", "confer", "shelve", "unshelve", "remove-from-service")
    verbs = [*first, *ALERT_RIGHTS]
    for n, verb in enumerate(verbs):
        person = {"id": "li", "name": "李四", "role": "admin" if n else "supervisor"}
        event = act(alert.id, 1, verb, id=f"a{n}", actor=person, **more.get(verb, {}))
        out += fold.run([(fold.position, STATION.encode(), restained(event))])
    return out


def of_orders() -> list[Output]:
    """An order of the offices, and one of a caller, with words in every act that takes them."""
    core = OrderPartition()
    said = tuple(Passage(name, "话") for name in ("cause", "basis", "demand", "feedback", "contact"))
    _given(core, "issue", "0" * 32, kind="lead", by=("dispatcher", ECOLOGY), to=BRANCH, text=said)
    for verb, role, unit in (
        ("call", "dispatcher", ECOLOGY),
        ("sign", "clerk", BRANCH),
        ("contact", "handler", BRANCH),
        ("note", "handler", BRANCH),
        ("submit", "handler", BRANCH),
        ("reject", "reviewer", BRANCH),
    ):
        _given(core, verb, "0" * 32, by=(role, unit))
    return [*core.told, *map(of_caller, core.told)]


def of_caller(told: Any) -> Any:
    """The same as an order of a request, behind which a caller stands."""
    if isinstance(told, Order):
        return replace(told, id=REQUEST, kind="request")
    if isinstance(told, OrderLine):
        return replace(told, id=f"{REQUEST}/{told.n}", order=REQUEST)
    return replace(told, order=REQUEST) if isinstance(told, OrderAudit) else told


def restained(value: bytes) -> bytes:
    """An event with its data stained."""
    event = msgspec.json.decode(value)
    return encode(event | {"data": stained(event["type"], event.get("data"))})


def _given(core: OrderPartition, verb: str, order: str, by: tuple[str, str], **said: Any) -> None:
    """An act on an order by somebody, stained."""
    data: dict[str, Any] = {"order": order, "actor": {"id": "sun", "name": "孙七", "role": by[0], "department": by[1]}}
    if verb == "issue":
        data |= {"kind": said["kind"], "title": {"zh": "疑似", "en": "suspected"}, "verdict": "true", "reason": "因为"}
        data |= {"text": said["text"], "receivers": [Receiver(unit=said["to"], part="main", demand="办")]}
    else:
        data |= {"reason": "因为", "who": "周八", "outcome": "reached", "behalf": "qian"}
    type_ = f"{COMMAND}order.{verb}"
    made = stained(type_, msgspec.to_builtins(data))
    event = event_bytes(type=type_, source="t", id=f"{len(core.log)}", time=format_time(core.time), subject=order, data=made)
    core.give(event, order)


def _type(domain: str, kind: str) -> Any:
    found = find(f"{domain}.{kind}")
    assert found is not None
    return found


def _reporting(domain: str, kind: str) -> str:
    """A kind of subject that sends such facts."""
    rules = [spec for spec in the_book().rules.values() if kind in spec.on and spec.subjects]
    return next((spec.subjects[0] for spec in rules), min(subjects()[domain] - PEOPLE))


def _is_domains(domain: str) -> bool:
    return domain in {bound.rule.domain for bound in the_book().bounds.values()}
