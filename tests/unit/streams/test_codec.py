"""Messages: one encoder, one decoder; a decoding error names the field."""

import pytest

from streams.messages import Alert, DecodeError, Event, decode, decode_event, encode, format_time, parse_time


def test_an_event_comes_back_as_it_went() -> None:
    """Encoding and decoding a CloudEvent gives the same event, its data untouched byte for byte."""
    text = b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-06-01T08:00:00+08:00","data":{"b":1.50,"a":[]}}'
    event = decode_event(text)
    assert bytes(event.data) == b'{"b":1.50,"a":[]}'
    assert decode_event(encode(event)) == event


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (b'{"id":"1","source":"s","type":"t","time":"x"}', "$.specversion"),
        (b'{"specversion":"1.0","id":1,"source":"s","type":"t","time":"x"}', "$.id"),
        (b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"x","region":410100}', "$.region"),
        (b'["no object"]', "$"),
    ],
)
def test_a_wrong_event_names_the_field(text: bytes, field: str) -> None:
    """A CloudEvent with a missing or mistyped attribute is refused with the path of that attribute (CloudEvents 1.0.2 §3.1)."""
    with pytest.raises(DecodeError) as caught:
        decode_event(text)
    assert field == caught.value.field


def test_a_wrong_message_names_the_nested_field() -> None:
    """An alert without the Chinese title is refused with the path of that title."""
    with pytest.raises(DecodeError) as caught:
        decode(
            b'{"id":"1","rev":0,"occurrence":1,"log":"l","domain":"d","rule":"r","rule_version":"v","row":"ENV","title":{"en":"x"}}',
            Alert,
        )
    assert caught.value.field == "$.title.zh"


@pytest.mark.parametrize(
    ("text", "same"),
    [("2026-06-01T00:00:00Z", "2026-06-01T08:00:00+08:00"), ("2026-06-01T08:00:00.250+08:00", "2026-06-01T08:00:00.250+08:00")],
)
def test_times_are_written_in_china_standard_time(text: str, same: str) -> None:
    """Any RFC 3339 time is written again with +08:00, to the millisecond."""
    assert same == format_time(parse_time(text))


def test_an_event_has_no_defaults_on_the_wire() -> None:
    """Attributes that say nothing are not written (CloudEvents forbids empty attribute values)."""
    assert encode(Event(specversion="1.0", id="1", source="s", type="t", time="x")) == (
        b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"x"}'
    )
