"""Strangers who guess are held up, and the owner at a known device is not: the rules, the cookie, and the routes."""

import asyncio
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access import login_limits
from screen.access.accounts import Account, Accounts, token_hash, write
from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of
from screen.access.devices import COOKIE, Devices
from screen.access.login_limits import Attempt, SignInLimits, network_of
from screen.access.request_guard import RequestGuard
from screen.access.sessions import Sessions
from screen.access.signin import AT_ONCE, MOST_QUEUED, SignIn
from screen.signer.entrance import Admission, Entered, OwnEntrance

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
PHRASE = "红旗渠-2026-夜班-甲"
TOKEN = "w" * 43
KEY = b"k" * 32
CHEAP = PasswordHasher(1, 8, 1).hash(PHRASE)
"""A cheap hash, of nobody's account too: what is tested here is not its strength."""


class Door:
    """The routes of signing in, and browsers that come to them from any address."""

    def __init__(self, folder: Path) -> None:
        hall = Account("hall", "大厅", "viewer", hash=CHEAP, wall=token_hash(TOKEN))
        write(folder / "people.json", [Account("wang", "王", "supervisor", hash=CHEAP), hall])
        self.accounts = Accounts(folder / "people.json")
        self.sessions = Sessions(folder / "sessions.sqlite", self.accounts, 1800, 43_200)
        entrance = OwnEntrance(Admission(self.accounts, None, self.sessions))
        self.routes = SignIn(entrance, None)
        layers = [
            Middleware(Authentication, local=None, entrance=entrance, provider=None),
            Middleware(RequestGuard, acts=acts_of(self.routes.table())),
        ]
        self.app = Starlette(routes=self.routes.table(), middleware=layers)

    def browser(self, address: str = "127.0.0.1") -> TestClient:
        """A browser at this address that has never been here."""
        return TestClient(self.app, HOST, client=(address, 50_000))


def enter(client: TestClient, password: str, account: str = "wang") -> int:
    """The status of the answer to an attempt."""
    return client.post("/signin", json={"account": account, "password": password}, headers=OURS).status_code


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door of which no time passes for the limits, however long a busy machine takes."""
    monkeypatch.setattr("screen.access.signin.time.monotonic", lambda: 0.0)
    monkeypatch.setattr("screen.access.accounts._NOBODY", CHEAP)
    made = Door(tmp_path)
    yield made
    made.sessions.close()


def addresses() -> Iterator[str]:
    """A hundred addresses, half of them IPv6, each in a network of its own."""
    for n in range(50):
        yield f"198.51.100.{n}"
        yield f"2001:db8:0:{n:x}::7"


def test_guessers_do_not_keep_the_owner_out(door: Door) -> None:
    """A hundred addresses guess at an account: three guesses are looked at; its owner's browser signs in at once, any time."""
    owner = door.browser()
    assert enter(owner, PHRASE) == 204
    owner.post("/signout", json={}, headers=OURS)
    found = []
    for n, address in enumerate(addresses()):
        found.append(enter(door.browser(address), "wrong-wrong-wrong"))
        if n % 10 == 0:
            assert enter(owner, PHRASE) == 204
    assert (found.count(401), found.count(429)) == (3, 97)
    assert enter(door.browser(), PHRASE) == 429, "a stranger is held up with the right password too"
    assert enter(owner, PHRASE) == 204


def test_a_known_device_is_limited_too(door: Door) -> None:
    """Three wrong passwords at the owner's own browser, and it must wait; another account's failures there are a stranger's."""
    owner = door.browser()
    assert enter(owner, PHRASE) == 204
    assert [enter(owner, "wrong-wrong-wrong") for _ in range(4)] == [401, 401, 401, 429]
    assert enter(owner, PHRASE) == 429
    assert [enter(owner, "wrong-wrong-wrong", "hall") for _ in range(4)] == [401, 401, 401, 429]


def test_a_copied_cookie_gives_no_more_guesses(door: Door) -> None:
    """A thief with the cookie, at many addresses, shares its one count; with half of it, he is a stranger."""
    owner = door.browser()
    enter(owner, PHRASE)
    ((name, value),) = [(name, value) for name, value in owner.cookies.items() if name.startswith(COOKIE)]
    found = []
    for address in addresses():
        thief = door.browser(address)
        thief.cookies.set(name, value)
        found.append(enter(thief, "wrong-wrong-wrong"))
    assert (found.count(401), found.count(429)) == (3, 97)
    assert enter(door.browser(), PHRASE) == 204, "strangers have not failed"


def test_the_cookie_says_nothing_and_scripts_cannot_read_it(door: Door) -> None:
    """HttpOnly, Strict, for signing in alone; no account's name in it; another one at each sign-in."""
    owner = door.browser()
    first = owner.post("/signin", json={"account": "wang", "password": PHRASE}, headers=OURS)
    (cookie,) = [each for each in first.headers.get_list("set-cookie") if each.startswith(COOKIE)]
    for part in ("HttpOnly", "SameSite=strict", "Path=/signin", "Max-Age=34560000"):
        assert part in cookie
    assert "wang" not in cookie
    again = owner.post("/signin", json={"account": "wang", "password": PHRASE}, headers=OURS)
    assert cookie not in again.headers.get_list("set-cookie")
    assert enter(owner, PHRASE, "hall") == 204
    assert len([name for name in owner.cookies if name.startswith(COOKIE)]) == 2, "a desk's browser knows several people"


def test_a_device_is_known_after_a_restart(tmp_path: Path) -> None:
    """The key is kept with the sessions; another screen's cookie is worth nothing here."""
    known = Accounts(tmp_path / "people.json")
    keys = []
    for name in ("sessions.sqlite", "sessions.sqlite", "other.sqlite"):
        sessions = Sessions(tmp_path / name, known, 1, 1)
        keys.append(sessions.device_key)
        sessions.close()
    assert keys[0] == keys[1] != keys[2]
    cookie = dict([Devices(keys[0]).made("wang")])
    assert Devices(keys[1]).known(cookie, "wang")
    assert Devices(keys[2]).known(cookie, "wang") == ""


@pytest.mark.parametrize("change", ["", "x", ".", "é.é", "{nonce}", "{nonce}.", "{nonce}.{signature}0", "x{nonce}.{signature}"])
def test_a_changed_cookie_is_a_strangers(change: str) -> None:
    """Nothing but the very value is known, and for no other account."""
    devices = Devices(KEY)
    name, value = devices.made("wang")
    assert devices.known({name: value}, "wang").startswith("wang/")
    nonce, _, signature = value.partition(".")
    assert devices.known({name: change.format(nonce=nonce, signature=signature)}, "wang") == ""
    assert devices.known({devices.made("li")[0]: value}, "li") == ""
    assert devices.known({}, "wang\ud800") == ""


def test_a_wall_comes_up_whatever_its_neighbours_try(door: Door) -> None:
    """Ten wrong tokens from its address hold up the eleventh; the right one, 256 random bits, never waits."""
    wall = door.browser("198.51.100.1")
    wrong = [wall.post("/signin/wall", json={"token": "x" * 43}, headers=OURS).status_code for _ in range(11)]
    assert wrong == [401] * 10 + [429]
    assert wall.post("/signin/wall", json={"token": TOKEN}, headers=OURS).status_code == 204
    assert wall.post("/signin/wall", json={"token": "x" * 43}, headers=OURS).status_code == 429


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::1", "::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
        ("fe80::1%\x1b[2J", "fe80::/64"),
        ("\x1b[31m", "unknown"),
    ],
)
def test_an_address_counts_as_its_network(host: str, network: str) -> None:
    """IPv4 by itself; IPv6 by its /64 (RFC 6177 2, RFC 4291 2.5.4); IPv4 within IPv6 as IPv4; what is none as one."""
    assert network_of(host) == network


def test_a_network_is_limited_over_all_its_addresses(door: Door) -> None:
    """Eleven accounts from eleven addresses of one /64: the eleventh must wait; the next network need not."""
    found = [enter(door.browser(f"2001:db8::{n:x}"), "wrong-wrong-wrong", f"account{n}") for n in range(11)]
    assert found == [401] * 10 + [429]
    assert enter(door.browser("2001:db8:0:1::1"), PHRASE) == 204


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many accounts, networks and devices fail, each table has its bound."""
    monkeypatch.setattr(login_limits, "MOST", 50)
    limits = SignInLimits()
    for n in range(500):
        limits.tried(Attempt(f"account{n}", f"198.51.{n}.1"), float(n))
        limits.tried(Attempt("wang", "", f"wang/{n}"), float(n))
    assert limits.remembered == 150


def test_strangers_in_a_crowd_do_not_hold_up_a_known_device(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stranger's password takes for ever to check: so many wait, all further ones come again, the owner is let in."""
    owner = door.browser()
    assert enter(owner, PHRASE) == 204

    async def crowd() -> None:
        free = asyncio.Event()

        async def check(enters: Callable[[str, str], Entered | None], name: str, password: str) -> Entered | None:
            if password != PHRASE:
                await free.wait()
            return enters(name, password)

        monkeypatch.setattr("screen.signer.entrance.run_in_threadpool", check)

        async def tries(n: int) -> int:
            transport = httpx.ASGITransport(door.app, client=(f"198.51.100.{n}", 1))
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                body = {"account": f"account{n}", "password": "wrong-wrong-wrong"}
                return (await client.post("/signin", json=body, headers=OURS)).status_code

        waiting = [asyncio.create_task(tries(n)) for n in range(100)]
        held = [await first for first in islice(asyncio.as_completed(waiting), 100 - MOST_QUEUED)]
        assert held == [429] * (100 - MOST_QUEUED)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(door.app), base_url=HOST, cookies=dict(owner.cookies.items())
        ) as client:
            answer = await client.post("/signin", json={"account": "wang", "password": PHRASE}, headers=OURS)
            assert answer.status_code == 204
        free.set()
        assert sorted(await asyncio.gather(*waiting)) == [401] * MOST_QUEUED + [429] * (100 - MOST_QUEUED)

    assert AT_ONCE < MOST_QUEUED
    asyncio.run(asyncio.wait_for(crowd(), 60))


def test_no_log_line_obeys_what_somebody_sends(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    """Escape codes and line ends of an address that a proxy hands on, and of an account, stand as escapes or not at all."""
    hostile = "\x1b[2J\x1b]0;x\x07\r\nscreen: wang has signed in from 127.0.0.1\u202e\u2028"
    enter(door.browser(hostile), "wrong-wrong-wrong")
    enter(door.browser(hostile), PHRASE)
    door.browser(hostile).post("/signin/wall", json={"token": hostile}, headers=OURS)
    lines = capfd.readouterr().err.split("\n")
    assert len(lines) == 4, "three lines and the last one's end"
    assert all(line.isprintable() for line in lines)
    assert [re.match(r"screen: (sign-in refused: )?(wang|a wall)", line) is not None for line in lines[:3]] == [True] * 3
    assert r"\x1b[2J" in lines[0]
