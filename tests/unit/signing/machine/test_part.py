"""What a part writes with: as ever into a log that was never opened, else signed with its own key for one log and place."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.messages import event_bytes
from streams.settings import Settings, load
from streams.signing.envelope import claim
from streams.signing.machine.keyfile import KeyFileError, write_new
from streams.signing.machine.part import key_path, open_part, pinned, trust_folder
from streams.signing.preimage import signature_preimage
from streams.signing.verify import verify

LOGID = "ab" * 32
ACT = event_bytes(
    type="command.shelve", source="screen", id="1", time="2026-06-01T08:00:00+08:00", subject="站-001", data={"alert": "a1"}
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose folder of trust is a new one."""
    return replace(load({}), trust=tmp_path)


def test_a_log_without_an_id_is_written_as_ever(settings: Settings) -> None:
    """Where no id is pinned the bytes stay as they are, and no key is looked for."""
    with open_part(settings, "live", "notifier") as part:
        assert (pinned(settings, "live"), part.value(ACT, "events.environment")) == ("", ACT)


def test_an_opened_log_gets_signed_events(settings: Settings) -> None:
    """The event bears the log's id, its place, a rising number and a signature that holds; its data are the same bytes."""
    trust_folder(settings, "live").mkdir()
    (trust_folder(settings, "live") / "log.id").write_text(f"{LOGID}\n")
    made = write_new(key_path(settings, "live", "notifier"), "notifier")
    with open_part(settings, "live", "notifier") as part:
        first, second = (claim(part.value(ACT, "events.environment")) for _ in range(2))
    event = first.envelope
    assert (event.logid, event.sigto, bytes(event.data)) == (LOGID, "events.environment", b'{"alert":"a1"}')
    assert 0 < first.number < second.number
    assert verify(made.suite, made.public, signature_preimage(event), event.sig)


def test_what_numbers_itself_has_no_number(settings: Settings) -> None:
    """`alert.revised` has the number 0 (signing.md, "A signed event"), so that a crash may write it twice."""
    trust_folder(settings, "live").mkdir()
    (trust_folder(settings, "live") / "log.id").write_text(LOGID)
    write_new(key_path(settings, "live", "worker"), "worker")
    revised = event_bytes(type="alert.revised", source="worker", id="a/1", time="2026-06-01T08:00:00+08:00", subject="410100")
    with open_part(settings, "live", "worker") as part:
        assert claim(part.value(revised, "events.incidents")).number == 0


def test_a_part_without_a_key_does_not_write(settings: Settings) -> None:
    """Where an id is pinned and the key is missing the part says so; an id that is none is refused too."""
    trust_folder(settings, "live").mkdir()
    path = trust_folder(settings, "live") / "log.id"
    path.write_text(LOGID)
    with pytest.raises(KeyFileError, match=r"no key can be read at .*notifier\.json"):
        open_part(settings, "live", "notifier")
    path.write_text("AB" * 32)
    with pytest.raises(KeyFileError, match="holds no id of a log"):
        pinned(settings, "live")
