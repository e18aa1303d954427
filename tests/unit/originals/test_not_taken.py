"""A file that is refused is no secret of the screen: the order's trail says who sent what, and why it was not taken."""

import asyncio
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from screen.access.request_guard import upload
from screen.acts.order_press import read_order
from screen.i18n.trail_text import order_text
from screen.originals.not_taken import press_of
from streams.messages import Actor, OrderAct, OrderAudit, encode
from streams.messages.orders import NOT_TAKEN
from streams.originals.spool import IN_MEMORY, spool
from streams.signing.machine.keyfile import KeyFileError
from tests.support.orders.evidence import BYTES, ORDER, PHOTO, Evidence
from tests.support.orders.partition import ORDER as HERE
from tests.support.orders.partition import OrderPartition

PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 400
HAN = Actor(id="han", name="韩承办", role="handler", department="zz-ee-410182")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Evidence]:
    """A screen where somebody may put files to an order, who is signed in."""
    made = Evidence(tmp_path)
    made.signed_in("han")
    yield made
    made.close()


def packed(entries: dict[str, bytes]) -> bytes:
    """A zip of these entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in entries.items():
            file.writestr(name, value)
    return made.getvalue()


def encrypted() -> bytes:
    """A zip whose entry says that it is encrypted (APPNOTE 4.4.4, bit 0)."""
    made = bytearray(packed({"word/document.xml": b"x"}))
    for at in (made.index(b"PK\x03\x04") + 6, made.index(b"PK\x01\x02") + 8):
        made[at] |= 1
    return bytes(made)


CONTENTS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a program that calls itself a photograph": (lambda: PROGRAM, "image/jpeg", "no type that is taken"),
    "a page that calls itself a document": (lambda: b"<html><script>", "application/pdf", "no type that is taken"),
    "a zip bomb": (lambda: packed({"word/document.xml": b"0" * (64 << 20)}), "application/zip", "zip bomb"),
    "a zip of many entries": (lambda: packed({f"{n}": b"" for n in range(2_001)}), "application/zip", "zip bomb"),
    "an encrypted document": (encrypted, "application/msword", "encrypted"),
    "a zip that is cut off": (lambda: packed({"word/document.xml": b"x" * 900})[:-30], "application/zip", "broken zip"),
    "a zip of no document": (lambda: packed({"../../etc/passwd": b"x"}), "application/zip", "no type that is taken"),
}


@pytest.mark.parametrize("what", CONTENTS)
def test_a_file_that_is_refused_for_its_content_is_told_to_the_trail(screen: Evidence, what: str) -> None:
    """415 on the screen; who, which order, size, SHA-256, the type that it was said to be, why; nothing of it is kept."""
    data, said, why = CONTENTS[what][0](), *CONTENTS[what][1:]
    answer = screen.send(data, said=said)
    assert (answer.status_code, "已记入办理记录" in answer.json()["error"]) == (415, True)
    (act,) = screen.acts()
    assert (act.order, act.actor.id, act.outcome, act.file, act.reason) == (ORDER, "han", NOT_TAKEN, None, "")
    assert act.clause == f"{why}; {len(data)} bytes; SHA-256 {sha256(data).hexdigest()}; said to be {said}"
    assert screen.kept.store.rows() == []
    assert not [path for path in (screen.kept.folder / "originals").rglob("*") if path.is_file()]


def test_the_judge_writes_it_into_the_trail() -> None:
    """As every act that is refused: an entry with its reason, chained; on the page in both languages; no file is there."""
    made = OrderPartition()
    made.issue()
    sent = press_of(HERE, "0f" * 16, HAN, "zip bomb", 4_107, "ab" * 32, "image/jpeg; x=1").act
    assert isinstance(sent, OrderAct)
    (before,) = (each for each in made.told if isinstance(each, OrderAudit) and each.n == made.orders[HERE].audit)
    out = made.act("file", HAN, outcome=sent.outcome, clause=sent.clause)
    (entry,) = (each for each in out if isinstance(each, OrderAudit))
    assert (entry.event, entry.verb, entry.actor, entry.prev) == ("refuse", "file", HAN, before.hash)
    assert entry.reason == f"the file was not taken: zip bomb; 4107 bytes; SHA-256 {'ab' * 32}; said to be image/jpeg"
    assert order_text(entry).zh == f"文件未收（压缩炸弹）：4107 字节，SHA-256 {'ab' * 32}，自称 image/jpeg"
    assert made.orders[HERE].files == ()


SAID = {
    "机密★1年": "unknown",
    "image/jpeg\n2026-01-01 approved": "unknown",
    "<script>alert(1)</script>": "unknown",
    "a/" + "b" * 198: "unknown",
    "../../etc/passwd": "unknown",
    "": "unknown",
    "Image/PNG; name=张三.png": "image/png",
}


@pytest.mark.parametrize("said", SAID)
def test_nothing_that_the_sender_says_comes_into_the_trail_but_a_type(said: str) -> None:
    """No 密级, no name, no second line, no markup: what is no type is not repeated; the longest fits."""
    for why in ("words that are not taken", "no type that is taken"):
        act = press_of(ORDER, "0f" * 16, HAN, why, 2**31, "ab" * 32, said).act
        assert isinstance(act, OrderAct)
        assert act.clause.endswith(f"said to be {SAID[said]}")
        assert len(act.clause) <= 200


def test_a_name_is_taken_from_nowhere(screen: Evidence) -> None:
    """Neither from the query nor from a header: what is kept and given is named by its digest."""
    headers = BYTES | {"content-disposition": 'attachment; filename="../../../etc/cron.d/x"'}
    assert screen.send(headers=headers, name="../../x").status_code == 422
    assert screen.send(headers=headers).status_code == 202
    kept = [
        path for path in screen.kept.folder.rglob("*") if path.is_file() and path.read_bytes()[:1] and "originals" in str(path)
    ]
    assert [set(path.name) <= set("0123456789abcdef") for path in kept] == [True]
    assert not [path for path in screen.kept.folder.rglob("*") if path.name == "x"]


COMING: dict[str, tuple[int, dict[str, Any], str]] = {
    "two gigabytes, unread": (413, {"data": b"x", "headers": BYTES | {"content-length": str(2 << 30)}}, "too large or empty"),
    "more than was said": (413, {"headers": BYTES | {"content-length": "9"}}, "too large or empty"),
    "less than was said": (400, {"headers": BYTES | {"content-length": str(len(PHOTO) + 9)}}, "broken off"),
}


@pytest.mark.parametrize("what", COMING)
def test_what_does_not_come_whole_is_told_without_a_digest(screen: Evidence, what: str) -> None:
    """Its size as it was said; of what did not come there is no SHA-256."""
    status, given, why = COMING[what]
    assert screen.send(**given).status_code == status
    (act,) = screen.acts()
    said = given["headers"]["content-length"]
    assert act.clause == f"{why}; {said} bytes; SHA-256 unknown; said to be image/jpeg"


def test_a_refusal_is_told_once_and_hinders_no_later_press(screen: Evidence) -> None:
    """The same file sent twice by one press is one act; the press that is sent again with a good file puts that file."""
    for data in (PROGRAM, PROGRAM, PHOTO):
        screen.send(data)
    assert [(act.outcome, act.file is None) for act in screen.acts()] == [(NOT_TAKEN, True), ("", False)]


def test_the_screen_says_where_the_trail_could_not_be_told(screen: Evidence) -> None:
    """Kafka is away: the reason and that it stands nowhere; nothing half done."""
    screen.room.log.away = True
    answer = screen.send(PROGRAM)
    assert (answer.status_code, "未能记入办理记录" in answer.json()["error"]) == (415, True)
    assert screen.kept.store.rows() == []


def test_a_lost_key_file_of_the_keeper_is_told_on_the_screen_and_in_the_trail(screen: Evidence) -> None:
    """The key that wraps all others is gone: 503, no original, no act that names one, and the trail is told."""
    lost = list(screen.kept.folder.rglob("kek-*"))
    assert lost
    for path in lost:
        path.unlink()
    answer = screen.send()
    assert (answer.status_code, "已记入办理记录" in answer.json()["error"]) == (503, True)
    (act,) = screen.acts()
    assert act.clause == f"not kept; {len(PHOTO)} bytes; SHA-256 {sha256(PHOTO).hexdigest()}; said to be image/jpeg"
    assert not [path for path in (screen.kept.folder / "originals").rglob("*") if path.is_file()]


def test_nobody_tells_the_trail_of_a_file_that_was_never_sent() -> None:
    """The act is the upload's alone: the route of acts reads none."""
    data = {"order": ORDER, "outcome": NOT_TAKEN, "clause": "zip bomb"}
    with pytest.raises(ValueError, match="by sending the file itself"):
        read_order(encode({"verb": "file", "key": "0f" * 16, "data": data}))


def test_a_large_file_is_not_held_in_memory() -> None:
    """Streamed: of 160 MiB that come no more is in memory than the spool's 32 MiB and what its way to the disk takes."""
    piece, pieces = b"x" * (1 << 20), 160
    left = [pieces]

    async def receive() -> dict[str, Any]:
        left[0] -= 1
        return {"type": "http.request", "body": piece, "more_body": left[0] > 0}

    size = pieces << 20
    tracemalloc.start()
    try:
        with spool() as file:
            asyncio.run(upload(Headers({"content-length": str(size)}), receive, size)(file))  # type: ignore[arg-type]
            _, peak = tracemalloc.get_traced_memory()
            assert file.seek(0, 2) == size
    finally:
        tracemalloc.stop()
    assert peak < 3 * IN_MEMORY


def test_without_the_signers_key_nothing_is_written_and_the_screen_says_so(
    screen: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key file is lost while it runs: 503, no act at all, and that the trail could not be told."""

    def lost(*_: object) -> None:
        raise KeyFileError("no key can be read at screen-1.json")

    monkeypatch.setattr(screen.room.key, "sign", lost)
    answer = screen.send()
    assert (answer.status_code, "未能记入办理记录" in answer.json()["error"]) == (503, True)
    assert screen.acts() == []
