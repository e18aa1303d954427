"""A simulated history in an opened log: how far it came is told by what was signed and by ticks without their links."""

from pathlib import Path

import pytest

from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.gateways.sink import needs_signature, plain, type_of
from streams.gateways.timeline import Arrival
from streams.messages import format_time, tick_bytes
from streams.signing.machine.keyfile import Key, write_new
from streams.signing.machine.part import Part
from streams.signing.machine.ticker import tick_of_chain


def test_what_was_signed_in_bulk_is_what_was_to_be_written(tmp_path: Path) -> None:
    """Every stated event of an hour of the city, all under one signature, gives its own bytes again."""
    write_new(tmp_path / "city", "registrar-city", "ed25519-sha256-tree")
    arrivals = [beat for beat in beats(Air(1, load_scenario(DEFAULT)), 1) if isinstance(beat, Arrival)]
    signed = [each for each in arrivals if needs_signature(each.value)]
    assert len(signed) > 50
    with Key(tmp_path / "city") as key:
        part = Part("ab" * 32, key)
        values = part.values([(each.value, f"events.{each.domain}", format_time(each.at)) for each in signed])
    assert [plain(value) for value in values] == [plain(each.value) for each in signed]
    assert len({value.split(b'"sig":"')[1].split(b"~")[0] for value in values}) == 1
    assert all(b'"recordedtime":"' in value for value in values)


@pytest.mark.parametrize("value", [b"", b"{", b'{"specversion":"1.0"}', b"\xff"])
def test_what_is_no_event(value: bytes) -> None:
    """It stands as it is, has no type, and is signed by nobody: a source that sends it ends no gateway."""
    assert plain(value) == value
    assert not needs_signature(value)
    assert type_of(value) == ""
    assert plain(None) is None


def test_a_tick_of_a_chain() -> None:
    """Its time alone is what a history knows of it."""
    assert plain(tick_of_chain(1_700_000_000_000, b"1234567890123456")) == tick_bytes(1_700_000_000_000)
