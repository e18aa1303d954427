"""What a page may send when a person acts, and the command that it becomes."""

import json
from typing import Any, get_args

import pytest
from msgspec import json as codec

from agents.core.alerts.alarm import CONCLUSIONS, REPORTS
from screen.acts.commands import command_bytes, command_id, taking_id
from screen.acts.requests import NEEDS, HandoverRequest, TakeoverRequest, act_of, read, read_handover, read_takeover
from screen.i18n.texts import texts
from streams.messages import ALERT_RIGHTS, Act, Actor, decode_event, parse_time
from streams.messages.outputs.alert import Truth
from tests.support.town import alert

NOW = parse_time("2026-11-24T14:32:00+08:00")
PERSON = Actor(id="zhang", name="张值班", role="supervisor")
STANDING = alert("t", 1, NOW)


def body(**fields: Any) -> bytes:
    """A press as a page sends it."""
    sent = {"alert": STANDING.id, "occurrence": 1, "verb": "comment", "reason": "已派人", "key": "0f" * 16}
    return json.dumps(sent | fields).encode()


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("shelve", {"lasts": "45m"}),
        ("shelve", {"once": True}),
        ("suppress", {"lasts": "7d"}),
        ("remove-from-service", {"lasts": "8h", "permit": "动火 2026-12"}),
        ("conclude", {"finding": "corrected", "severity": "blue", "value": 0.0}),
        ("conclude", {"finding": "unfounded"}),
        ("reopen", {}),
    ],
)
def test_the_whole_act_is_written(verb: str, fields: dict[str, Any]) -> None:
    """The command holds who acts, as the server knows it, and each field as it was sent."""
    press = read(body(verb=verb, **fields))
    event = decode_event(command_bytes(STANDING.subject, STANDING.adcode, press.verb, act_of(press, PERSON), press.key, NOW))
    act = codec.decode(event.data, type=Act)
    assert (event.type, event.subject, event.time) == (f"command.{verb}", STANDING.subject, "2026-11-24T14:32:00+08:00")
    assert act == Act(alert=STANDING.id, occurrence=1, actor=PERSON, reason="已派人", **fields)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"key": "0f" * 15}, "key"),
        ({"key": "0f" * 16 + "\n"}, "key"),
        ({"key": "ZZ" * 16}, "key"),
        ({"actor": {"id": "boss"}}, "actor"),
        ({"occurrence": -1}, "occurrence"),
        ({"verb": "shelve", "lasts": "1 hour"}, "lasts"),
        ({"verb": "shelve", "lasts": "1234567m"}, "lasts"),
        ({"verb": "remove-from-service", "lasts": "8h", "permit": "x" * 101}, "permit"),
        ({"verb": "conclude", "finding": "perhaps"}, "finding"),
        ({"verb": "conclude", "finding": "corrected", "severity": "purple"}, "severity"),
        ({"verb": "conclude", "finding": "corrected", "value": "2"}, "value"),
        ({"verb": "suppress", "lasts": "8h", "once": True}, "suppress has no once"),
        ({"verb": "acknowledge", "value": 0.0}, "acknowledge has no value"),
    ],
)
def test_what_has_no_such_form_is_not_taken(fields: dict[str, Any], word: str) -> None:
    """It is refused with the name of what is wrong."""
    with pytest.raises(ValueError, match=word):
        read(body(**fields))


def test_a_press_is_one_command() -> None:
    """The same key is the same command; another key, verb, occurrence or person is another."""
    act = Act(alert=STANDING.id, occurrence=1, actor=PERSON, reason="一")
    other = Actor(id="li", name="李", role="supervisor")
    assert command_id("comment", act, "k") == command_id("comment", act, "k")
    ids = [
        command_id("comment", act, "k"),
        command_id("comment", act, "l"),
        command_id("confirm", act, "k"),
        command_id("comment", Act(alert=STANDING.id, occurrence=2, actor=PERSON), "k"),
        command_id("comment", Act(alert=STANDING.id, occurrence=1, actor=other), "k"),
    ]
    assert len(set(ids)) == len(ids)


def test_a_note_and_a_takeover_are_read() -> None:
    """A note names a department of the list, a takeover a note; both have a text and a key."""
    key = "0f" * 16
    left = {"department": "zz-ee", "note": "臭氧已派人", "key": key}
    took = {"handover": "ab" * 8, "note": "收到", "key": key}
    assert read_handover(json.dumps(left).encode()) == HandoverRequest("zz-ee", "臭氧已派人", key)
    assert read_takeover(json.dumps(took).encode()) == TakeoverRequest("ab" * 8, "收到", key)
    assert taking_id("a", PERSON, "k") != taking_id("a", PERSON, "l")
    for wrong, word in (
        ({"department": "zz-xx"}, "no department 'zz-xx'"),
        ({"note": " "}, "a note of 1 to 500"),
        ({"note": "长" * 501}, "a note of 1 to 500"),
        ({"key": "1"}, "key"),
        ({"by": {"id": "boss"}}, "by"),
    ):
        with pytest.raises(ValueError, match=word):
            read_handover(json.dumps(left | wrong).encode())
    for wrong, word in (({"note": ""}, "a note of 1 to 500"), ({"key": "1"}, "key"), ({"handover": 1}, "handover")):
        with pytest.raises(ValueError, match=word):
            read_takeover(json.dumps(took | wrong).encode())


def test_every_act_of_a_person_has_its_words_and_fields() -> None:
    """The judge's acts but the notifier's are those that the screen can name, and its findings those of a case."""
    verbs = set(ALERT_RIGHTS) - {"notify"}
    for words in texts().values():
        assert {verb.replace("-", "_") for verb in verbs} == set(words["do"])
        assert set(words["do"]) <= set(words["event"])
        findings = {*CONCLUSIONS, *get_args(Truth), *REPORTS}
        assert set(words["finding"]) == {finding.replace("-", "_") for finding in findings}
    assert set(NEEDS) <= verbs
