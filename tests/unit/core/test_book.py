"""The rule book: rules for some subjects only, rules on the alerts of others, and what it refuses."""

from typing import Any

import msgspec
import pytest

from agents import law
from agents.core.alerts.fold import Fold
from agents.core.alerts.state import Latest, Subject
from agents.core.rules.book import Book, BookError
from agents.core.rules.rule import RuleSpec
from agents.rulebook.load import book_of
from streams.messages import DAY, HOUR, Alert, Name, Registered, event_bytes, format_time
from tests.support.books import the_book
from tests.support.events import START, STATION, clean, hour, records, registered, tick

WORDS = {"zh": "例", "en": "Example"}


def _rule(judge: str, on: list[str], **fields: Any) -> RuleSpec:
    rule = {
        "row": "ENV-I99",
        "title": WORDS,
        "clause": "gb3095-gas-1h",
        "phase": "in-process",
        "severity": "yellow",
        "on": on,
        "judge": judge,
        "department": "zz-ee",
        "guidance": WORDS,
        **fields,
    }
    return msgspec.convert(rule, RuleSpec)


def _book(**rules: RuleSpec) -> Book:
    return book_of(
        {"environment": {name.replace("_", "-"): rule for name, rule in rules.items()}}, law.clauses(), law.departments()
    )


def _alerts(book: Book, *values: bytes) -> list[tuple[str, str, str, float | None]]:
    """Time of change, rule, state and value of every alert revision; a fold that goes through a checkpoint says the same."""
    log = list(records(values))
    fold = Fold(book, "live.events.environment", 0)
    out = fold.run(log)
    cut = Fold(book, "live.events.environment", 0)
    twice = cut.run(log[: len(log) // 2])
    after = Fold(book, "live.events.environment", 0)
    after.restore(cut.snapshot())
    assert twice + after.run(log) == out
    return [(alert.changed_at, alert.rule, alert.state, alert.value) for alert in out if isinstance(alert, Alert)]


OZONE = _rule("limit", ["air_hour"], items=["o3"], **{"with": {"limit": 200}})


def test_a_rule_for_other_subjects_is_silent() -> None:
    """The station is registered as an air_station; the rule for boilers does not concern it, neither by facts nor by time."""
    silent = {"with": {"after": "1h"}}
    for kinds, found in ((["air_station"], 1), (["boiler"], 0), (["boiler", "air_station"], 1)):
        book = _book(ozone=msgspec.structs.replace(OZONE, subjects=tuple(kinds)))
        assert len(_alerts(book, registered(), hour(START, o3=201), tick(START + 2 * HOUR))) == found
        quiet = _book(quiet=_rule("missing", ["air_hour"], subjects=kinds, **silent))
        assert len(_alerts(quiet, registered(), hour(START, o3=1), tick(START + 2 * HOUR))) == found


def test_repeat_counts_the_alerts_of_another_rule() -> None:
    """Ozone above the limit on three days: the third time is a repeated offence, with the third alert, not later."""
    again = _rule("repeat", ["air_hour"], **{"with": {"of": "ozone", "count": 3, "within": "30d", "each": "day"}})
    values = [registered()]
    for day in range(3):
        at = START + day * DAY
        values += [tick(at), hour(at, o3=201), tick(at + HOUR), hour(at + HOUR, o3=100)]
    found = [each for each in _alerts(_book(again=again, ozone=OZONE), *values) if each[1] == "again"]
    assert found == [(format_time(START + 2 * DAY), "again", "B", 3.0)]


def test_a_duty_can_begin_with_an_alert_that_time_raises() -> None:
    """Silence opens an alert by a tick alone; without a stated reason within a day after it the duty is overdue."""
    starts = {"kind": "alert:quiet", "where": {"active": True}}
    duty = _rule("duty", ["gap_reason"], **{"with": {"starts": starts, "done": {"kind": "gap_reason"}, "within": "24h"}})
    quiet = _rule("missing", ["air_hour"], **{"with": {"after": "1h"}})
    for order in ({"duty": duty, "quiet": quiet}, {"quiet": quiet, "duty": duty}):
        values = [registered(), tick(START), clean(START), tick(START + HOUR + 1000), tick(START + HOUR + 1000 + DAY)]
        values.append(tick(START + HOUR + 2000 + DAY))
        assert [each[:3] for each in _alerts(_book(**order), *values)] == [
            (format_time(START + HOUR + 1000), "quiet", "B"),
            (format_time(START + HOUR + 2000 + DAY), "duty", "B"),
        ]


def test_a_provisional_deadline_is_told_as_such() -> None:
    """30 working days from December 2027 reach into 2028, whose notice is not out."""
    at = START + 560 * DAY
    params = {
        "starts": {"kind": "air_hour"},
        "done": {"kind": "gap_reason"},
        "within": "30 working-days",
        "remind": ["25 working-days"],
    }
    fold = Fold(_book(duty=_rule("duty", ["air_hour"], **{"with": params})), "live.events.environment", 0)
    out = fold.run(records([registered(at=at), clean(at), tick(at + 20 * DAY)]))
    (alert,) = [each for each in out if isinstance(each, Alert)]
    assert alert.provisional
    assert alert.due is not None
    assert alert.due.startswith("2028-01")
    assert not next(each for each in Fold(_book(ozone=OZONE), "live.events.environment", 0).run(
        records([registered(), hour(START, o3=201)])) if isinstance(each, Alert)).provisional  # fmt: skip


def test_a_register_holds_at_most_32_traits() -> None:
    """A registration with more is refused as bad data; those it has are of numbers, texts and truths."""
    data = Registered(kind="x", name=Name("厂"), adcode="410100", traits={"a": 1, "b": 1.5, "c": "2026-05-01", "d": True})
    assert msgspec.json.decode(msgspec.json.encode(data), type=Registered) == data
    many = {"kind": "x", "name": {"zh": "厂"}, "adcode": "", "traits": {str(n): n for n in range(33)}}
    value = event_bytes(type="environment.registered", source="t", id="1", time=format_time(START), subject=STATION, data=many)
    (refused,) = Fold(_book(ozone=OZONE), "live.events.environment", 0).run(records([value]))
    assert not isinstance(refused, Alert)


@pytest.mark.parametrize(
    ("rules", "word"),
    [
        ({"a": _rule("repeat", ["air_hour"], **{"with": {"of": "b", "count": 2, "within": "1d"}})}, "no rule of environment"),
        ({"a": _rule("burst", ["alert:a"], **{"with": {"count": 2, "within": "1d"}})}, "break the circle"),
        (
            {
                "a": _rule("burst", ["alert:b"], **{"with": {"count": 2, "within": "1d"}}),
                "b": _rule("repeat", ["air_hour"], **{"with": {"of": ["a"], "count": 2, "within": "1d"}}),
            },
            "break the circle",
        ),
        ({"a": _rule("burst", ["air_century"], **{"with": {"count": 2, "within": "1d"}})}, "no kind 'air_century'"),
        ({"a": _rule("limit", ["air_hour"], items=["o33"], **{"with": {"limit": 2}})}, "no field 'o33' in AirHour"),
        ({"a": _rule("event", ["air_hour"], **{"with": {"until": {"kind": "ends"}}})}, "no kind 'ends'"),
    ],
)
def test_a_book_that_cannot_judge_is_refused(rules: dict[str, RuleSpec], word: str) -> None:
    """Rules on unknown rules, kinds or fields, and rules that rest on themselves."""
    with pytest.raises(BookError, match=word):
        _book(**rules)


def test_a_checkpoint_is_read_by_its_own_domain() -> None:
    """A kind of one name in several domains has a payload in each: the facts of all cases come back as their own domain's."""
    book = the_book()
    seen = set()
    for rule, spec in book.rules.items():
        domain = next(bound.rule.domain for bound in book.bounds.values() if bound.rule.id == rule)
        for given in (given for case in spec.case for given in case.given if isinstance(given.fact, dict)):
            plan = book.plans[f"{domain}.{given.kind or spec.on[0]}"]
            data = msgspec.convert(given.fact, plan.payload)
            facts = data if plan.registers else None
            value = msgspec.msgpack.encode(Subject("s", facts, latest={plan.kind: Latest(0, data)}))
            assert book.subject(domain, value).latest[plan.kind].data == data
            seen.add((domain, plan.kind))
    assert len(seen) > 5
