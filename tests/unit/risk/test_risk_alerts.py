"""Each sign of the standing watch from the record that shows it to its alert, and what was seen found in no output."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from agents.core.alerts.fold import Fold
from streams.messages import Access, Alert, RefusedInput, decode_event, encode, event_bytes, format_time, parse_time, tick_bytes
from streams.outputs import Output
from streams.risk.telling import ToldSoFar
from streams.risk.watch import Watch
from tests.support.books import the_book
from tests.support.gateways.http import Posting, event

START = parse_time("2026-06-01T08:00:00+08:00")
BOOK = the_book()

ID, PHONE, CARD = "11010519491231002X", "13800138000", "6222021234567890128"
MARKERS = (ID, PHONE, CARD, "张三丰")


def fact(type_: str, data: Any, source: str = "lift-platform") -> bytes:
    """An event of a source."""
    return event_bytes(type=type_, source=source, id="1", time=format_time(START), subject="s", data=data)


def judged(told: list[bytes], now: int = START) -> Sequence[Output]:
    """What the domain `data` makes of what is told at this time of the log."""
    fold = Fold(BOOK, "test.events.data", 0)
    ticks = [(0, None, tick_bytes(now))]
    facts = [(1 + n, json.loads(value)["subject"].encode(), value) for n, value in enumerate(told)]
    return fold.run([*ticks, *facts])


def alerts(told: list[bytes]) -> list[Alert]:
    """The newest revision of each alert; and nothing of what was told was refused, or names a marker."""
    out = judged(told)
    assert {type(each).__name__ for each in out} <= {"Alert", "Audit", "SubjectStatus"}
    text = b"".join([*told, *(encode(each) for each in out)]).decode()
    assert not [marker for marker in MARKERS if marker in text]
    return list({each.id: each for each in out if isinstance(each, Alert)}.values())


def watched(*events: bytes) -> list[bytes]:
    """What the watch tells of events."""
    watch = Watch("410100")
    assert watch.event(tick_bytes(START), "t") == []
    return [told for n, each in enumerate(events) for told in watch.event(each, f"e{n}")]


def accessed(*told: Access) -> list[bytes]:
    """What the watch tells of access."""
    watch = Watch("410100")
    watch.event(tick_bytes(START), "t")
    return [event for n, each in enumerate(told) for event in watch.access(encode(each), f"a{n}")]


def test_an_undeclared_field() -> None:
    """A reading with a field that the directory does not have: yellow, about its source, with the field's name and no value."""
    told = watched(fact("cyber.probe", {"seconds": 1, "operator_name": "张三丰"}))
    (alert,) = alerts(told)
    assert (alert.rule, alert.severity, alert.subject) == ("data-undeclared", "yellow", "source.lift-platform")
    assert json.loads(told[-1])["data"] == {"type": "cyber.probe", "fields": ["operator_name"]}


def test_an_undeclared_name_that_is_itself_a_value() -> None:
    """A telephone number as the name of a field, or deep within one: told as `?`, and as what it looks like."""
    told = watched(fact("cyber.probe", {"seconds": 1, PHONE: {"x": [CARD]}}))
    assert {each.rule for each in alerts(told)} == {"data-undeclared", "data-personal"}
    assert b'"fields":["?"]' in told[-1]


@pytest.mark.parametrize(("value", "what", "severity"), [(ID, "id-number", "orange"), (PHONE, "phone", "yellow")])
def test_a_personal_value_in_free_text(value: str, what: str, severity: str) -> None:
    """In a declared free text; the fact says which field of which type, and its kind decides how bad it is."""
    told = watched(fact("environment.gap_reason", {"hour": "2026-06-01T07:00:00+08:00", "reason": "x"}))
    assert told == []
    told = watched(fact("environment.gap_reason", {"hour": f"张三丰 {value}", "reason": "x"}))
    assert json.loads(told[-1])["data"] == {"what": what, "type": "environment.gap_reason", "fields": ["hour"]}
    (alert,) = alerts(told)
    assert (alert.rule, alert.severity) == ("data-personal", severity)


def test_what_a_field_is_marked_as_may_stand_there() -> None:
    """A telephone number in a text that the directory marks as personal belongs there; an identity number is sensitive."""
    asked = fact("environment.gap_reason", {"hour": "7", "reason": f"询问张三丰 {PHONE}"})
    assert watched(asked) == []
    (alert,) = alerts(watched(fact("environment.gap_reason", {"hour": "7", "reason": f"{ID} {CARD}"})))
    assert (alert.rule, alert.severity) == ("data-personal", "orange")


def test_codes_and_names_are_not_looked_through() -> None:
    """An account, an address, a number of a device: declared and no free text, whatever they look like."""
    assert watched(fact("cyber.login", {"source": "192.0.2.1", "outcome": "failure", "account": PHONE})) == []


def test_a_source_that_sends_what_it_may_not() -> None:
    """What a gateway refused for want of a right becomes an alert of the source; a value that cannot be read does not."""
    refused = RefusedInput(gateway="http", source="air", reason="not-its-type", message="air may not send cyber.probe", more=6)
    told = watched(fact("cyber.refused_input", refused, "gateway/http"))
    (alert,) = alerts(told)
    assert (alert.rule, alert.severity, alert.subject) == ("data-refused-source", "orange", "source.air")
    assert json.loads(told[-1])["data"] == {"reason": "not-its-type", "gateway": "http", "more": 6}
    unread = msgspec.structs.replace(refused, reason="bad-data")
    assert watched(fact("cyber.refused_input", unread, "gateway/http")) == []


def test_reading_outside_a_role() -> None:
    """Four refusals are a mistake, the fifth within an hour is an alert about the account."""
    asked = [Access(kind="refused-read", who="lw", what="/screen/orders/file/*")] * 5
    assert alerts(accessed(*asked[:4])) == []
    (alert,) = alerts(accessed(*asked))
    assert (alert.rule, alert.subject, alert.value) == ("data-refused-read", "account.lw", 5)


def test_exports_above_a_size() -> None:
    """Exports of a day are added: 100 MB are quiet, one byte more is not; two at one moment are two."""
    half = Access(kind="export", who="lw", what="/screen/orders/archive/*", size=50_000_000)
    assert alerts(accessed(half, half)) == []
    (alert,) = alerts(accessed(half, half, Access(kind="export", who="lw", what="/screen/orders/archive/*", size=1)))
    assert (alert.rule, alert.severity, alert.value, alert.limit) == ("data-export", "orange", 100.000001, 100)


def test_a_credential_in_two_places() -> None:
    """The part says that a session was in two networks in turns; no address is in it."""
    (alert,) = alerts(accessed(Access(kind="two-places", who="lw", what="screen", networks=2)))
    assert (alert.rule, alert.severity, alert.subject) == ("data-two-places", "orange", "account.lw")


def test_a_token_of_a_gateway_in_two_places() -> None:
    """A sender's token comes back to a network within ten minutes: told through the gateway's own spool, without addresses."""
    posting = Posting()
    for number, address in enumerate(("192.0.2.7", "198.51.100.1", "192.0.2.8")):
        posting.client = address
        assert posting.post(event(str(number), subject=f"air.4101.{number}")).status_code == 202
    told = [encode(each) for each in posting.kept.events if each["type"].startswith("data.")]
    assert not [each for each in told if b"192.0.2" in each or b"198.51" in each]
    (alert,) = [each for each in judged(told, posting.now) if isinstance(each, Alert)]
    assert (alert.rule, alert.subject) == ("data-two-places", "source.air")


def test_the_same_is_told_once_an_hour() -> None:
    """A thousand readings with one wrong field are one fact; in the next hour one more says for how many it stands."""
    watch = Watch("410100")
    watch.event(tick_bytes(START), "t")
    wrong = fact("cyber.probe", {"seconds": 1, "temp": 3})
    assert [len(watch.event(wrong, str(n))) for n in range(1_000)] == [2] + [0] * 999
    watch.event(tick_bytes(START + 3_600_000), "t")
    (later,) = watch.event(wrong, "later")
    assert json.loads(later)["data"]["more"] == 999


def test_a_sign_is_told_once_over_a_kill() -> None:
    """What was told after the noted position is read back from the log: looked at again, nothing is told twice.

    What was not told, for its like was, is counted once too; and the next hour goes on as if nothing had happened.
    """
    first, second, third = (fact("cyber.probe", {"seconds": 1, "temp": 3}, f"p{n % 2}") for n in (0, 1, 0))
    unbroken = Watch("410100")
    unbroken.event(tick_bytes(START), "t")
    noted = unbroken.telling.state()
    noted = msgspec.json.decode(msgspec.json.encode(noted), type=ToldSoFar)
    told = [each for n, value in enumerate((first, second, third)) for each in unbroken.event(value, str(n))]
    again = Watch("410100")
    again.now = unbroken.now
    again.telling.restore(noted)
    for each in told:
        again.telling.again(decode_event(each))
    assert [each for n, value in ((2, third), (1, second), (0, first)) for each in again.event(value, str(n))] == []
    for watch in (unbroken, again):
        watch.event(tick_bytes(START + 3_600_000), "t")
    assert unbroken.event(first, "later") == again.event(first, "later") != []


def test_each_sign_closes_by_time() -> None:
    """An ordinary alert: a day without another sign ends its condition, by the log's own time."""
    told = watched(fact("cyber.probe", {"seconds": 1, "temp": 3}))
    fold = Fold(BOOK, "test.events.data", 0)
    facts = [(1 + n, json.loads(value)["subject"].encode(), value) for n, value in enumerate(told)]
    fold.run([(0, None, tick_bytes(START)), *facts])
    steps = [(9 + hour, None, tick_bytes(START + hour * 3_600_000)) for hour in range(1, 25)]
    assert [each.state for each in fold.run(steps) if isinstance(each, Alert)] == ["D"]
