"""The keeper: a text stands in Kafka before its reference is given, a look before a text; nobody else gets anything."""

import base64
import shutil
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from streams.keeper.acts import Look
from streams.keeper.disk import files, kek, twofold
from streams.keeper.disk.kek import CommandKeks, FileKeks
from streams.keeper.disk.store import EPOCH, Owner, Store
from streams.keeper.disk.twofold import Change
from streams.keeper.errors import AwayError, KeeperError, RefusedError
from streams.messages import Actor, decode_event
from streams.messages.words import Sealed
from streams.private import private
from streams.sealing.record import Spot, seal
from tests.support.pure.keeper import ELSEWHERE, LOGID, Kept, Killed, MemoryLog, kinds, sealing
from tests.support.signing import BEGIN

PRAGMAS = twofold._PRAGMAS
OWNER = Owner("f", "p", "personal")


@pytest.fixture
def log() -> MemoryLog:
    """A log in memory, opened by its roots."""
    return MemoryLog()


@pytest.fixture
def kept(tmp_path: Path, log: MemoryLog) -> Iterator[Kept]:
    """A keeper that runs."""
    found = Kept(tmp_path, log)
    yield found
    found.close()


def test_the_same_request_three_times(kept: Kept, log: MemoryLog, tmp_path: Path) -> None:
    """A gateway that asks again, over a restart of the keeper too, gets the same reference: its fact is a silent copy."""
    first = kept.seal()
    assert kept.seal() == first
    kept.close()
    after = Kept(tmp_path, log)
    assert after.seal() == first
    assert list(log.newest()) == [first.digest]
    kept.store = after.store


def test_no_reference_before_kafka_has_the_text(kept: Kept, log: MemoryLog) -> None:
    """Kafka is away: an error, no reference, nothing in the log."""
    log.away = True
    with pytest.raises(AwayError):
        kept.seal()
    assert log.newest() == {}


@pytest.mark.parametrize("text", [" ", "\n\t", "字" * 6_000], ids=["blank", "lines", "too long"])
def test_what_is_no_text_is_not_sealed(kept: Kept, text: str) -> None:
    """Whether there is a text is looked at where it is sealed: whoever judges sees a reference alone."""
    with pytest.raises(RefusedError):
        kept.seal(text)


def fill(kept: Kept, name: str) -> None:
    """Seal under more and more keys, as long as the disk takes them."""
    for n in range(500):
        kept.seal(party=f"{name} {n} " + "x" * 150)


def test_a_full_disk(kept: Kept, log: MemoryLog) -> None:
    """Where either file takes no more at a key's first use no reference is given out, and nothing is in the log."""
    for number in (0, 1):
        base = (kept.store.base._second, kept.store.base._main)[number]
        pages = base.execute("pragma page_count").fetchone()[0]
        base.execute(f"pragma max_page_count = {pages}")
        with pytest.raises(KeeperError, match="full"):
            fill(kept, str(number))
        base.execute("pragma max_page_count = 1073741823")
        sealed = {json.decode(value)["kid"] for value in log.newest().values()}
        assert sealed == {row.kid for row in kept.store.rows()}
    assert kept.open(kept.seal())[0] == "open"


def test_a_look_stands_in_kafka_before_the_text_is_opened(kept: Kept, log: MemoryLog) -> None:
    """Who, for what, at which text: signed, in the topic of looks. It holds no word of the text."""
    reference = kept.seal()
    assert kept.open(reference) == ("open", "请尽快处理")
    (value,) = log.values("looks")
    look = json.decode(decode_event(value).data, type=Look)
    assert (look.who.id, look.purpose, look.digest, look.authn.session) == ("lw", "handling", reference.digest, "s1")
    assert kinds(log, "looks") == ["personal.look"]
    assert "请尽快处理".encode() not in value


def test_nothing_is_opened_while_kafka_is_away(kept: Kept, log: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look, no text: the key is not even used."""
    reference = kept.seal()
    log.away = True
    monkeypatch.setattr("streams.keeper.keeper.opened", lambda *_: pytest.fail("the text was opened"))
    with pytest.raises(AwayError):
        kept.open(reference)


@pytest.mark.parametrize("more", [{"actor": Actor(id="v", role="viewer")}, {"actor": Actor(id="a", role="analyst")}])
def test_without_right(kept: Kept, log: MemoryLog, more: dict[str, Any]) -> None:
    """Who may not look gets `sealed`, and no look is written."""
    assert kept.open(kept.seal(), **more) == ("sealed", "")
    assert log.values("looks") == []


def test_a_dead_session(kept: Kept, log: MemoryLog) -> None:
    """The session has ended: nothing."""
    reference, kept.alive = kept.seal(), False
    assert kept.open(reference) == ("sealed", "")
    assert log.values("looks") == []


@pytest.mark.parametrize("more", [{"family": ELSEWHERE}, {"id": "e2"}, {"path": "permit"}, {"type": "command.shelve"}])
def test_a_reference_copied_elsewhere(kept: Kept, log: MemoryLog, more: dict[str, Any]) -> None:
    """In another family, event, path or kind: `sealed`, with no look, and no alarm."""
    assert kept.open(kept.seal(), **more) == ("sealed", "")
    assert log.values("looks") == []
    assert kept.told == []


def test_a_text_of_another_log(kept: Kept, log: MemoryLog) -> None:
    """A record that was sealed for another log, by the very key, opens nothing here."""
    key = kept.store.key_for(Owner(sealing().family, "caller", "personal"), BEGIN)
    reference, value = seal(key, Spot("cd" * 32, "command.comment", "e1", "reason"), "x")
    log.write("sealed", reference.digest, value)
    assert kept.open(reference) == ("sealed", "")


def test_a_text_under_another_key_with_that_kid(kept: Kept, log: MemoryLog) -> None:
    """A forger's text that claims a true kid does not authenticate: `unavailable`, and an alarm."""
    true = kept.seal()
    _, value = seal(bytes(64), Spot(LOGID, "command.comment", "e1", "reason"), "x")
    forged = json.encode(json.decode(value) | {"kid": true.kid})
    reference = Sealed(true.kid, sha256(forged).hexdigest(), 32)
    log.write("sealed", reference.digest, forged)
    assert kept.open(reference) == ("unavailable", "")
    assert [what for what, _ in kept.told] == ["text lost"]


def test_three_answers_that_are_never_mixed(kept: Kept, log: MemoryLog, tmp_path: Path) -> None:
    """A lost store is `unavailable` with an alarm, never `deleted`; so is a text that is gone without an order."""
    reference = kept.seal()
    lost = Kept(tmp_path / "new", log)
    assert lost.open(reference) == ("unavailable", "")
    assert [what for what, _ in lost.told] == ["text lost"]
    lost.close()
    assert kept.keeper.sweep((reference.digest, "0" * 64)) == 1
    assert kept.open(reference) == ("unavailable", "")
    assert kept.keeper.counts["looks unavailable"] == 1


def test_a_backup_of_an_epoch_that_has_ended(kept: Kept, log: MemoryLog, tmp_path: Path) -> None:
    """A backup of epoch 1 with the KEKs that are there in epoch 2 opens nothing; live texts open all the time."""
    reference = kept.seal()
    for name in ("store", "copy"):
        shutil.copytree(tmp_path / name, tmp_path / "backup" / name)
        (tmp_path / "backup" / name / "kek-1").unlink()
    kept.wall = BEGIN + EPOCH
    kept.keeper.rotate_if_due()
    assert kept.open(reference)[0] == "open"
    assert not list(tmp_path.glob("store/kek-1"))
    for name in ("store", "copy"):
        shutil.copy(tmp_path / "store" / "kek-2", tmp_path / "backup" / name)
    with pytest.raises(KeeperError, match="KEK of epoch 1"):
        Kept(tmp_path / "backup", log)


def cut(real: Callable[..., Any], steps: Iterator[int], number: int) -> Callable[..., Any]:
    """A step of which the n-th of all is not done: the process ends there."""

    def step(*given: Any) -> Any:
        if next(steps) == number:
            raise Killed
        return real(*given)

    return step


@pytest.mark.parametrize("number", range(7))
def test_a_rotation_that_ends_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Wherever a rotation is cut off, the next start ends it: one KEK is left in both folders, and the key opens."""
    folders = [private(tmp_path / name) for name in ("store", "copy")]
    store = Store(*folders, FileKeks(folders), BEGIN)
    key, steps = store.key_for(OWNER, BEGIN), count()
    with monkeypatch.context() as patch:
        patch.setattr(kek, "write_new", cut(kek.write_new, steps, number))
        patch.setattr(kek, "destroy", cut(kek.destroy, steps, number))
        patch.setattr(Change, "do", cut(Change.do, steps, number))
        with pytest.raises(Killed):
            store.rotate(BEGIN + 1)
    store.close()
    after = Store(*folders, FileKeks(folders), BEGIN + 2)
    assert after.key_for(OWNER, BEGIN) == key
    assert after.epoch == (1 if number == 0 else 2)
    assert sorted(path.name for folder in folders for path in folder.glob("kek-*")) == [f"kek-{after.epoch}"] * 2
    after.close()


def test_what_the_files_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write-ahead log, each commit synced, what is deleted overwritten; a KEK is synced in both folders, and its folder."""
    synced: list[int] = []
    monkeypatch.setattr(twofold, "_PRAGMAS", PRAGMAS)
    monkeypatch.setattr(files.os, "fsync", synced.append)
    folders = [private(tmp_path / name) for name in ("store", "copy")]
    store = Store(*folders, FileKeks(folders), BEGIN)
    for base in (store.base._main, store.base._second):
        found = [base.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")]
        assert found == ["wal", 2, 1]
    assert len(synced) == 4
    store.close()


CANARY = "张三丰住在解放路18号"
PHONE = "13800138000"


def encodings(text: str) -> list[bytes]:
    """A text as it may stand somewhere."""
    plain = [text.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    halves = [text[: len(text) // 2].encode(), text[len(text) // 2 :].encode()]
    return [*plain, *(base64.b64encode(each).rstrip(b"=") for each in plain), sha256(text.encode()).digest(), *halves]


def test_a_text_stands_nowhere(kept: Kept, log: MemoryLog, tmp_path: Path) -> None:
    """Neither text nor telephone number is in a topic, a file, or in what is told, whatever goes well or wrong with them."""
    reference = kept.seal(CANARY)
    kept.store.person("caller", PHONE, BEGIN)
    kept.open(reference)
    kept.open(reference, family=ELSEWHERE)
    said = []
    log.away = True
    for wrong in (lambda: kept.seal(CANARY * 1_000), lambda: kept.seal(CANARY), lambda: kept.open(reference)):
        with pytest.raises((RefusedError, AwayError)) as error:
            wrong()
        said.append(str(error.value))
    records = [value for topic in log.topics for value in log.values(topic)]
    stored = [path.read_bytes() for name in ("store", "copy") for path in (tmp_path / name).iterdir()]
    everything = b"".join([*records, *stored, repr([said, kept.told, kept.keeper.standing("t")]).encode()])
    for secret in (*encodings(CANARY), *encodings(PHONE)[:-2]):
        assert secret not in everything
        assert secret.hex().encode() not in everything


def test_keys_are_for_this_process_alone(kept: Kept, tmp_path: Path, log: MemoryLog) -> None:
    """All files have the mode 600; a second keeper does not start; a KEK that others may read is not used."""
    assert {path.stat().st_mode & 0o777 for name in ("store", "copy") for path in (tmp_path / name).iterdir()} == {0o600}
    with pytest.raises(KeeperError, match="another keeper"):
        Kept(tmp_path, log)
    kept.close()
    for name in ("store", "copy"):
        (tmp_path / name / "kek-1").chmod(0o644)
    with pytest.raises(KeeperError, match="others may read"):
        Kept(tmp_path, log)
    for name in ("store", "copy"):
        (tmp_path / name / "kek-1").chmod(0o600)
    kept.store = Kept(tmp_path, log).store


COMMAND = """
import pathlib, sys
folder, what, *epoch = sys.argv[1:]
held = pathlib.Path(folder) / (epoch or ["x"])[0]
if what == "epochs":
    print(*(each.name for each in pathlib.Path(folder).iterdir()))
elif what == "make":
    held.mkdir()
elif what == "destroy":
    [each.unlink() for each in held.iterdir()], held.rmdir()
elif what == "wrap":
    token = f"{len(list(held.iterdir())):04}"
    (held / token).write_text(sys.stdin.read())
    print(token)
else:
    about, token = sys.stdin.read().split()
    known, data = (held / token).read_text().split()
    print(data if known == about else sys.exit(1))
"""
"""A box that keeps what it wraps, and gives a number for it."""


def test_a_kek_with_an_outside_command(tmp_path: Path) -> None:
    """The command makes, wraps, unwraps and destroys; the keeper's folders hold no KEK."""
    script, held = tmp_path / "box.py", private(tmp_path / "box")
    script.write_text(COMMAND)
    folders = [private(tmp_path / name) for name in ("store", "copy")]
    keks = CommandKeks((sys.executable, "-I", "-S", str(script), str(held)))
    store = Store(*folders, keks, BEGIN)
    key = store.key_for(OWNER, BEGIN)
    store.rotate(BEGIN)
    assert store.key_for(OWNER, BEGIN) == key
    store.close()
    assert [path.name for path in held.iterdir()] == ["2"]
    assert not [path for folder in folders for path in folder.glob("kek-*")]
    with pytest.raises(KeeperError, match="did not do it"):
        keks.unwrap(1, b"x", b"y")


def test_a_row_that_was_changed_opens_nothing(kept: Kept) -> None:
    """Whoever writes another family into the store's row has a key that does not unwrap."""
    reference = kept.seal()
    with kept.store.base.write() as change:
        change.do("update key set family = ?", (ELSEWHERE,))
    assert kept.open(reference, family=ELSEWHERE) == ("unavailable", "")
