"""The socket of a list: names first, then an answer to the newest word of the page."""

import json

from msgspec import Struct
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from screen.feed.hub import Hub
from screen.web.live_list import MOST_BYTES, live_list


class Pressed(Struct, frozen=True, forbid_unknown_fields=True):
    """What this page may ask."""

    n: int


async def _socket(socket: WebSocket) -> None:
    await live_list(socket, Hub(), Pressed, lambda: {"unit": {}}, lambda asked: json.dumps({"n": asked.n}).encode())


def test_the_names_come_first_and_what_cannot_be_read_is_left_out() -> None:
    """A word that is no JSON, has a field that is not asked for, or is too long, is answered by nothing."""
    app = Starlette(routes=[WebSocketRoute("/list", _socket)])
    with TestClient(app).websocket_connect("/list") as page:
        assert page.receive_json() == {"names": {"unit": {}}}
        for wrong in ("no", '{"n": 1, "rows": 2}', f'{{"n": 1{" " * MOST_BYTES}}}'):
            page.send_text(wrong)
        page.send_json({"n": 2})
        assert page.receive_json() == {"n": 2}
