"""A screen of an opened log with one order, to which people put files: signer and keeper behind it."""

import io
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from msgspec import json, to_builtins
from msgspec.structs import replace
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.accounts import Account, write
from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of, uploads_of
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.access.security import Policy
from screen.access.signin import SignIn
from screen.feed.fold import fold
from screen.feed.view import View
from screen.orders.seen import known_to
from screen.originals.routes import Originals
from screen.signer.client import SignedCommands, SignerEntrance
from screen.signer.sealing import by_keeper, orders_by_keeper
from streams.keeper.acts import Look
from streams.keeper.client import KeeperClient
from streams.keeper.server import KeeperServer, peers_of
from streams.messages import OrderAct, decode_event
from streams.messages.orders import File
from tests.support.keeper.kept import Kept, MemoryLog
from tests.support.orders.records import BUREAU, OFFICE, entry, line, name, order
from tests.support.signer.room import HASH, PEOPLE, PHRASE, RunningSigner, SigningRoom

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
BYTES = OURS | {"content-type": "application/octet-stream"}
MOST = 1 << 20
ORDER = name(1)
MORE = (
    Account("han", "韩承办", "handler", (BUREAU,), hash=HASH),
    Account("fei", "非本单位", "handler", ("zz-amr",), hash=HASH),
    Account("jie", "接线", "receptionist", (OFFICE,), hash=HASH),
    Account("dang", "档案", "archivist", (OFFICE,), hash=HASH),
)


def photo() -> bytes:
    """A JPEG of 2,400 × 1,200 pixels that says where it was taken, and by what."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (34.0, 45.0, 12.0)
    Image.new("RGB", (2_400, 1_200), "gray").save(made, "JPEG", exif=exif)
    return made.getvalue()


PHOTO = photo()
DIGEST = sha256(PHOTO).hexdigest()


TRAIL = [json.encode(to_builtins(entry(1, 1, "issue")))]


class Evidence:
    """A screen of an opened log with one order; `orders` is what it finds."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.kept = Kept(folder, self.log)
        path = folder / "socket"
        self.keeper = KeeperServer(path, self.kept.keeper, self.kept.forgetting, "t", peers_of("", os.geteuid()), MOST)
        client = KeeperClient(path)
        room = SigningRoom(folder, by_keeper(client), keeper=client, orders=orders_by_keeper(client))
        self.signer = RunningSigner(folder, room=room)
        self.room = room
        write(room.file, (*PEOPLE, *MORE))
        self.orders = {ORDER: order(1)}
        self.lines = {"1": line(1)}
        entrance = SignerEntrance(self.signer.client)
        commands = SignedCommands(self.signer.client)
        made = Originals(self.find, lambda _: TRAIL, commands, "t", folder / "plain", MOST, self.signer.client)
        routes = [*SignIn(entrance, None).table(), *made.table()]
        layers = [
            Middleware(Policy, name=""),
            Middleware(Authentication, local=None, entrance=entrance, provider=None),
            Middleware(RequestGuard, acts=acts_of(routes), uploads=uploads_of(routes)),
        ]
        self.browser = TestClient(Starlette(routes=routes, middleware=layers), HOST)

    def find(self, of: str, person: Person) -> Any:
        """The order and its lines, as the screen finds them for a person."""
        return known_to(fold(View(), [*self.orders.values(), *self.lines.values()]), of, person)

    def signed_in(self, account: str) -> None:
        """Sign in anew."""
        self.browser.cookies.clear()
        assert self.browser.post("/signin", json={"account": account, "password": PHRASE}, headers=OURS).status_code == 204

    def send(self, data: bytes = PHOTO, headers: dict[str, str] = BYTES, **query: str) -> httpx.Response:
        """Send a file as the page does."""
        asked = {"order": ORDER, "key": "0f" * 16, "line": "1", "of": "整改后照片", "said": "image/jpeg"} | query
        answer: httpx.Response = self.browser.post("/screen/orders/file", params=asked, content=data, headers=headers)
        return answer

    def taken(self) -> File:
        """The photo is put to the order; the order has it, as the core would write."""
        answer = self.send()
        assert answer.status_code == 202, answer.text
        act = json.decode(decode_event(self.room.log.written[-1][2]).data, type=OrderAct)
        assert act.file is not None
        self.orders[ORDER] = replace(self.orders[ORDER], files=(act.file,))
        return act.file

    def get(self, what: str, headers: dict[str, str] | None = None, **query: str) -> httpx.Response:
        """Ask for a file."""
        answer: httpx.Response = self.browser.get(f"/screen/orders/{what}", params=query, headers=headers or {})
        return answer

    def acts(self) -> list[OrderAct]:
        """What was written of the order, in its order."""
        return [json.decode(decode_event(value).data, type=OrderAct) for _, _, value in self.room.log.written]

    def looks(self) -> list[Look]:
        """The looks on record."""
        return [json.decode(decode_event(value).data, type=Look) for value in self.log.values("looks")]

    def close(self) -> None:
        """End all of it."""
        self.signer.close()
        self.keeper.close()
        self.kept.close()
