"""Evidence by HTTP, with signer and keeper behind it, and in a log that was never opened: taken, given, copied, refused."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of, uploads_of
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.acts.commands import OwnCommands
from screen.originals.copies import MOST_SIDE
from screen.originals.routes import Originals
from screen.signer.sealing import orders_by_keeper
from streams.keeper.client import KeeperClient
from streams.messages import Order, OrderAct, decode_event, format_time
from streams.originals.folder import plain_path
from streams.settings import load
from tests.support.orders.evidence import BYTES, DIGEST, HOST, MOST, ORDER, OURS, PHOTO, TRAIL, Evidence
from tests.support.orders.records import BUREAU, line, order
from tests.support.signer.room import ListLog


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Evidence]:
    """A screen where somebody may put files to an order."""
    made = Evidence(tmp_path)
    yield made
    made.close()


def test_an_original_is_kept_sealed_and_given_byte_for_byte(screen: Evidence) -> None:
    """Digest, size and type by content stand in the act, the file on the shelf before it; given as an attachment, on record."""
    screen.signed_in("han")
    file = screen.taken()
    assert (file.digest, file.size, file.type, file.of) == (DIGEST, len(PHOTO), "image/jpeg", "整改后照片")
    assert file.text is not None
    assert screen.kept.shelf.is_whole(file.text)
    answer = screen.get(f"file/{DIGEST}", order=ORDER, purpose="review")
    assert (answer.status_code, answer.content) == (200, PHOTO)
    assert answer.headers["content-disposition"] == f'attachment; filename="original-{DIGEST[:16]}.jpg"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    (look,) = screen.looks()
    assert (look.who.id, look.purpose, look.id, look.path) == ("han", "review", DIGEST, "file")


def test_what_is_shown_is_a_copy_without_position(screen: Evidence) -> None:
    """At most 1,600 pixels, no EXIF, no GPS, no maker; the original still has them."""
    screen.signed_in("han")
    screen.taken()
    answer = screen.get(f"file/{DIGEST}/copy", order=ORDER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.content)) as copy:
        assert copy.size == (MOST_SIDE, MOST_SIDE // 2)
        assert (dict(copy.getexif()), "exif" in copy.info) == ({}, False)
    assert b"SECRET-MAKER" not in answer.content
    assert b"SECRET-MAKER" in PHOTO
    assert len(screen.looks()) == 1


def test_a_picture_that_bursts_is_not_drawn(screen: Evidence) -> None:
    """56 megapixels in some kilobytes: 415 before a pixel is unpacked; the original is given as it is."""
    made = io.BytesIO()
    Image.new("1", (8_000, 7_000)).save(made, "PNG")
    screen.signed_in("han")
    answer = screen.send(made.getvalue(), said="image/png")
    digest = answer.json()["file"]["digest"]
    act = json.decode(decode_event(screen.room.log.written[-1][2]).data, type=OrderAct)
    assert act.file is not None
    screen.orders[ORDER] = replace(screen.orders[ORDER], files=(act.file,))
    copy = screen.get(f"file/{digest}/copy", order=ORDER)
    assert (copy.status_code, "8000 × 7000" in copy.json()["error"]) == (415, True)
    assert screen.get(f"file/{digest}", order=ORDER).content == made.getvalue()


def test_a_lost_key_is_told(screen: Evidence) -> None:
    """不可用 on the screen, `file lost` by the keeper; nothing else is given, nothing is on record as looked at."""
    screen.signed_in("han")
    screen.taken()
    with screen.kept.store.base.write() as change:
        change.do("delete from key")
    answer = screen.get(f"file/{DIGEST}", order=ORDER)
    assert (answer.status_code, answer.json()["error"]) == (503, "不可用 / not available")
    assert [what for what, _ in screen.kept.told if what == "file lost"] == ["file lost"]
    assert screen.looks() == []


def test_who_is_of_another_body_gets_nothing(screen: Evidence) -> None:
    """As if there were no such order, to put a file, to take the original, to see the copy; nothing is on record."""
    screen.signed_in("han")
    screen.taken()
    screen.signed_in("fei")
    assert screen.send(key="0e" * 16).status_code == 404
    assert [screen.get(f"file/{DIGEST}{more}", order=ORDER).status_code for more in ("", "/copy")] == [404, 404]
    assert screen.looks() == []


def test_whoever_a_report_is_about_sees_nothing_of_it(screen: Evidence) -> None:
    """Even where the order was sent to them by mistake (信访工作条例 30)."""
    screen.signed_in("han")
    screen.taken()
    screen.orders[ORDER] = replace(screen.orders[ORDER], traits={"nature": "report", "accused": BUREAU})
    nothing = screen.get(f"file/{DIGEST}", order="f" * 32)
    hidden = screen.get(f"file/{DIGEST}", order=ORDER)
    assert (hidden.status_code, hidden.text) == (404, nothing.text.replace("f" * 32, ORDER))
    assert screen.send(key="0e" * 16).status_code == 404
    screen.signed_in("jie")
    assert screen.get(f"file/{DIGEST}", order=ORDER).content == PHOTO


REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "too long": (413, {"data": b"\xff\xd8\xff" + b"x" * MOST}),
    "empty": (413, {"data": b""}),
    "a page": (415, {"data": b"<html><script>alert(1)</script>"}),
    "no type of ours": (415, {"headers": BYTES | {"content-type": "multipart/form-data; boundary=x"}}),
    "another site": (403, {"headers": BYTES | {"origin": "http://evil.example"}}),
    "no header of ours": (403, {"headers": {k: v for k, v in BYTES.items() if k != "x-onescreen"}}),
    "no key": (422, {"key": "../../x"}),
    "no order": (404, {"order": "ff" * 16}),
    "no line": (409, {"line": "9"}),
    "a name": (422, {"name": "../../etc/passwd"}),
}


IN_TRAIL = {"too long": "too large or empty", "empty": "too large or empty", "a page": "no type that is taken"}
"""Those of which the file was the fault: the order's trail is told of them."""


@pytest.mark.parametrize("what", REFUSED)
def test_bad_uploads_are_refused_and_leave_nothing(screen: Evidence, what: str) -> None:
    """Each with its status and a sentence; no file, no key, no act but that by which the trail is told."""
    screen.signed_in("han")
    status, given = REFUSED[what]
    answer = screen.send(**given)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
    assert [act.clause.partition(";")[0] for act in screen.acts()] == ([IN_TRAIL[what]] if what in IN_TRAIL else [])
    assert screen.kept.store.rows() == []
    assert not [path for path in (screen.kept.folder / "originals").rglob("*") if path.is_file()]


def test_two_gigabytes_are_refused_before_they_are_read(screen: Evidence) -> None:
    """By what the request says of its size, with the size in the sentence; one that says none is refused too."""
    screen.signed_in("han")
    answer = screen.send(b"x", BYTES | {"content-length": str(2 << 30)})
    assert answer.status_code == 413
    assert "2147483648 bytes" in answer.json()["error"]
    asked = {"order": ORDER, "key": "0f" * 16}
    chunked = screen.browser.post("/screen/orders/file", params=asked, content=iter([b"x"]), headers=BYTES)
    assert chunked.status_code == 411


def test_a_file_that_lies_is_told_on_the_screen_and_in_the_trail(screen: Evidence) -> None:
    """It is kept as what it is; the act's reason says what it was said to be."""
    screen.signed_in("han")
    told = screen.send(said="application/pdf").json()["told"]
    assert told == "said to be 'application/pdf', but is image/jpeg by its content"
    act = json.decode(decode_event(screen.room.log.written[-1][2]).data, type=OrderAct)
    assert act.reason != ""


def test_without_keeper_or_kafka_nothing_is_taken_and_nothing_given(screen: Evidence) -> None:
    """503; no act names a file that is not durable, and the trail is told that it was not kept."""
    screen.signed_in("han")
    screen.taken()
    screen.log.away = True
    assert screen.get(f"file/{DIGEST}", order=ORDER).status_code == 503
    screen.keeper.close()
    assert screen.send(key="0e" * 16).status_code == 503
    assert [act.outcome for act in screen.acts()] == ["", "not-taken"]
    assert screen.looks() == []


def test_a_lost_and_a_purged_original_are_told_apart(screen: Evidence) -> None:
    """不可用 503 where it was changed; another site's page gets nothing; there is no other file."""
    screen.signed_in("han")
    file = screen.taken()
    assert file.text is not None
    assert screen.get(f"file/{DIGEST}", {"sec-fetch-site": "cross-site"}, order=ORDER).status_code == 403
    assert screen.get(f"file/{'0' * 64}", order=ORDER).status_code == 404
    path = screen.kept.shelf.path(file.text)
    assert path is not None
    path.write_bytes(path.read_bytes() + b"x")
    answer = screen.get(f"file/{DIGEST}", order=ORDER)
    assert (answer.status_code, answer.json()["error"]) == (503, "不可用 / not available")


def test_the_file_of_an_order_is_for_the_archivist(screen: Evidence) -> None:
    """归档 by right: a zip with the original where it is theirs to see, each a look; a handler gets none."""
    screen.signed_in("han")
    screen.taken()
    assert screen.get(f"archive/{ORDER}").status_code == 403
    screen.signed_in("dang")
    answer = screen.get(f"archive/{ORDER}", originals="1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert PHOTO in answer.content
    assert [look.who.id for look in screen.looks()] == ["dang"]
    assert PHOTO not in screen.get(f"archive/{ORDER}").content


def test_a_sealed_text_of_an_order_is_looked_at(screen: Evidence) -> None:
    """Its words for who may see them; a caller's for the hotline and the handler alone, each look on record."""
    screen.orders[ORDER] = replace(screen.orders[ORDER], kind="request")
    seal = orders_by_keeper(KeeperClient(screen.kept.folder / "socket")).text
    reference = to_builtins(seal(ORDER, "contact", "张先生 13800138000", "caller"))
    asked = {"order": ORDER, "act": "issue", "name": "contact", "reference": reference, "purpose": "handling"}
    for account, status in (("han", 200), ("jie", 200), ("fei", 404), ("dang", 403), ("li", 403)):
        screen.signed_in(account)
        answer = screen.browser.post("/screen/orders/look", json=asked, headers=OURS)
        assert answer.status_code == status, account
        if status == 200:
            assert answer.json()["shown"]["zh"] == "张先生 13800138000"
    assert [look.who.id for look in screen.looks()] == ["han", "jie"]


def test_a_log_never_opened_keeps_files_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain, by digest, and said to be unsealed; the original comes back, no look. The act is of the log's own time."""
    commands, log = OwnCommands(load({"ONESCREEN_DATA": str(tmp_path)})), ListLog()
    monkeypatch.setattr(commands, "_log", log)
    orders: dict[str, Order] = {ORDER: order(1)}
    find, folder = (lambda of, _: (orders[of], {"1": line(1)})), tmp_path / "originals" / "t"
    made = Originals(find, lambda _: TRAIL, commands, "t", folder, MOST, None, lambda: 0)
    routes = made.table()
    local = Person(id="me", name="我", role="handler", unit=BUREAU)
    layers = [
        Middleware(Authentication, local=local, entrance=None, provider=None),
        Middleware(RequestGuard, acts=acts_of(routes), uploads=uploads_of(routes)),
    ]
    browser = TestClient(Starlette(routes=routes, middleware=layers), HOST)
    answer = browser.post("/screen/orders/file", params={"order": ORDER, "key": "0f" * 16}, content=PHOTO, headers=BYTES)
    assert (answer.status_code, answer.json()["sealed"]) == (202, False)
    event = decode_event(log.written[0][2])
    act = json.decode(event.data, type=OrderAct)
    assert event.time == format_time(0)
    assert act.file is not None
    assert plain_path(tmp_path / "originals" / "t", DIGEST).read_bytes() == PHOTO
    orders[ORDER] = replace(orders[ORDER], files=(act.file,))
    assert browser.get(f"/screen/orders/file/{DIGEST}", params={"order": ORDER}).content == PHOTO
    plain_path(tmp_path / "originals" / "t", DIGEST).write_bytes(b"other")
    changed = browser.get(f"/screen/orders/file/{DIGEST}", params={"order": ORDER})
    assert (changed.status_code, "原件已被改动" in changed.json()["error"]) == (500, True)
