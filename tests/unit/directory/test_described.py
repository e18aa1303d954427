"""Schema and struct agree: whatever a test makes and a payload takes, the directory's schema of it takes too."""

import msgspec
import pytest
from jsonschema_rs import Draft202012Validator

from streams.catalogue.described import catalogue
from streams.directory.json_schema import message_schema, payload_schema
from streams.messages import Actor, codec, encode, format_time
from streams.messages.services.catalogue import CatalogueStep
from streams.outputs import OUTPUTS
from tests.support.directory import described
from tests.support.events import START, act, clean, registered, tick


def test_events_of_the_tests_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making an event is enough to have it held to its schema, in every test of this process."""
    seen = []
    monkeypatch.setattr(described, "check", lambda type_, _data: seen.append(type_))
    for made in (clean(START), registered(), act("a"), tick(START)):
        assert made
    assert seen == ["environment.air_hour", "environment.registered", "command.acknowledge", "clock.tick"]
    assert codec.encode.__module__ == described.__name__


def test_a_schema_that_says_less_than_the_struct_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an item left out of its schema, a good event is told as one that differs; bad input of a test is not."""
    schema = payload_schema(catalogue()["environment.air_hour"])
    del schema["$defs"]["AirHour"]["properties"]["so2"]
    strict = msgspec.json.Decoder(catalogue()["environment.air_hour"].struct), Draft202012Validator(schema)
    monkeypatch.setattr(described, "_checks", lambda _type: strict)
    described.check("environment.air_hour", b'{"no2": 5}')
    described.check("environment.air_hour", b'{"so2": "bad"}')
    with pytest.raises(described.UndescribedError, match="so2"):
        described.check("environment.air_hour", b'{"so2": 5}')


def test_outputs_of_the_tests_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever turns a record that is put out into bytes has it held to its schema: what the schema does not say is found."""
    made = CatalogueStep(
        version="0" * 16, step="drafted", digest="0" * 64, at=format_time(START), by=Actor(id="a", role="admin")
    )
    assert encode(made)
    schema = payload_schema(catalogue()["output.catalogue"])
    del schema["$defs"]["CatalogueStep"]["properties"]["secrecy"]
    schema["$defs"]["CatalogueStep"]["additionalProperties"] = False
    strict = msgspec.json.Decoder(CatalogueStep), Draft202012Validator(schema)
    monkeypatch.setattr(described, "_checks", lambda _type: strict)
    with pytest.raises(described.UndescribedError, match="secrecy"):
        encode(made)


def test_every_kind_of_record_that_is_put_out_is_described() -> None:
    """Each type of the table of outputs has a description, by which it is held to a schema."""
    assert {type_ for kind in OUTPUTS for type_ in kind.types} == set(described.OUTPUT_TYPES)


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("environment.air_hour", {"so2": -1}),
        ("environment.air_hour", {"so3": 1}),
        ("service.rating", {"level": 3}),
        ("service.rating", {"rating": "1", "level": 6}),
        ("cyber.data_audit", {"until": "2026-5-1"}),
        ("special_equipment.lift_fault", {"fault": "fire"}),
    ],
)
def test_what_the_struct_refuses_the_schema_refuses(type_: str, data: dict[str, object]) -> None:
    """Bounds, unknown fields, missing ones, days and named values are in the schema as in the struct."""
    known = catalogue()[type_]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, known.struct)
    assert not Draft202012Validator(payload_schema(known)).is_valid(data)


def test_a_whole_event_is_described() -> None:
    """A CloudEvent without an id, or with a time that is none, is not by the schema of the event; a good one is."""
    check = Draft202012Validator(message_schema(catalogue()["environment.air_hour"]), validate_formats=True)
    good = msgspec.json.decode(clean(START))
    assert check.is_valid(good)
    assert not check.is_valid({name: value for name, value in good.items() if name != "id"})
    assert not check.is_valid(good | {"time": "yesterday"})
    assert not check.is_valid(good | {"type": "environment.air_day"})
