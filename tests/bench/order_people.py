"""A city with as many bodies to be written to as are asked for, who sends them orders, and who looks at their lists."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from screen.access.security import HEADER, HEADER_VALUE
from screen.orders.page import MOST_WINDOW
from tests.bench.order_records import OFFICE, PLACE
from tests.bench.workload import ROOT

PHRASE = "红旗渠-2026-夜班-甲"
SENDER = "wang"
PACKAGES = ("agents", "screen")


def body_name(n: int) -> str:
    """The n-th of the bodies that are made, from 1 on."""
    return f"zz-bench-{n}"


@contextmanager
def city(bodies: int) -> Iterator[Path]:
    """A folder with the program as it stands here, whose place has so many bureaus more: Zhengzhou's office writes to 44."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in PACKAGES:
            (root / name).symlink_to(ROOT / name)
        (root / "streams").mkdir()
        for each in (ROOT / "streams").iterdir():
            if each.name != "places":
                (root / "streams" / each.name).symlink_to(each)
        copytree(ROOT / "streams" / "places", root / "streams" / "places")
        with (root / "streams" / "places" / PLACE / "units.toml").open("a", encoding="utf-8") as file:
            file.writelines(_bureau(n) for n in range(1, bodies + 1))
        yield root


def _bureau(n: int) -> str:
    name = f'{{ zh = "测试{n}局", en = "Bureau {n}" }}'
    return f'\n[unit.{body_name(n)}]\nname = {name}\nkind = "bureau"\nlevel = "city"\nparent = "gov-{PLACE}"\nbasis = "测试"\n'


def accounts(file: Path, bodies: Sequence[str]) -> None:
    """Write the accounts: of who sends orders for the office, and of a clerk of each of these bodies, named by it."""
    made = [Account(SENDER, "王敏", "dispatcher", departments=(OFFICE,))]
    made += [Account(body, "李签收", "clerk", departments=(body,)) for body in bodies]
    write(file, [with_password(each, PHRASE) for each in made])


class OrderVisitor:
    """Somebody who has signed in at a screen."""

    def __init__(self, address: str, account: str) -> None:
        self.address = address
        self._headers = {"content-type": "application/json", "origin": address, HEADER: HEADER_VALUE}
        status, answer, cookies = self._post("/signin", {"account": account, "password": PHRASE})
        assert status == 204, f"{account} could not sign in: {status} {answer}"
        self.cookie = "; ".join(f"{each.key}={each.value}" for each in SimpleCookie("; ".join(cookies)).values())
        self._headers["cookie"] = self.cookie

    def issue(self, order: str, bodies: Sequence[str]) -> None:
        """Press: an order to these bodies, the first of which answers for the whole; AssertionError where it is not taken."""
        receivers = [{"unit": body, "part": "support" if n else "main"} for n, body in enumerate(bodies)]
        title = {"zh": "重点工作", "en": "Task"}
        data = {"order": order, "kind": "task", "title": title, "receivers": receivers}
        status, answer, _ = self._post("/screen/order", {"verb": "issue", "key": uuid4().hex, "data": data})
        assert status == 202, f"the press was not taken: {status} {answer}"

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, str, list[str]]:
        with closing(HTTPConnection(urlsplit(self.address).netloc, timeout=60)) as line:
            line.request("POST", path, json.dumps(body), self._headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get_all("set-cookie") or []


class Receiver(threading.Thread):
    """Who looks at the list of its unit's own lines: when each order was first in it (`monotonic` seconds)."""

    def __init__(self, who: OrderVisitor) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        address = who.address.replace("http", "ws", 1) + "/screen/orders"
        headers = {"cookie": who.cookie}
        self._socket = connect(address, origin=Origin(who.address), additional_headers=headers, max_size=None)

    def run(self) -> None:
        """Read until it is closed."""
        self._socket.send(json.dumps({"n": 1, "own": True, "rows": MOST_WINDOW}))
        with suppress(ConnectionClosed):
            for message in self._socket:
                now = monotonic()
                for line in json.loads(message).get("set", {}):
                    self.seen.setdefault(line.partition("/")[0], now)

    def wait(self, order: str, seconds: float) -> float:
        """When an order was in its list; AssertionError where it does not come."""
        until = monotonic() + seconds
        while order not in self.seen:
            assert monotonic() < until, f"order {order} was in no list after {seconds:.0f} s"
            sleep(0.002)
        return self.seen[order]

    def close(self) -> None:
        """Look no more."""
        self._socket.close()
        self.join(10)
