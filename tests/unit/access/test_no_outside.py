"""No request of the screen leaves the machine: every socket that its process opens, every name that it looks up, is noted."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from streamlit import net_util
from streamlit.web.server import server_util
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from screen.access.accounts import Account, write
from screen.web.own_address import ask_nobody
from screen.web.pages import PAGES
from tests.support.kafka.settings import free_ports
from tests.support.workers import ROOT, wait_for

WATCH = '''
"""Read by every Python that starts: notes each address that a socket is to reach, and each name that is looked up."""
import json, os, sys

NOTES = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}

def note(event, arguments):
    if event in EVENTS:
        os.write(NOTES, json.dumps([event, repr(arguments[EVENTS[event]])]).encode() + b"\\n")

sys.addaudithook(note)
'''
PHRASE = "红旗渠-2026-夜班-甲"
EVIL = "http://evil.example"


def outside(notes: Path) -> tuple[int, list[str]]:
    """How much was noted, and what of it is not this machine's."""
    found = [json.loads(line) for line in notes.read_text("utf-8").splitlines()]
    return len(found), [f"{event} {what}" for event, what in found if not _is_here(what)]


def _is_here(what: str) -> bool:
    """Whether an address as Python writes it is loopback's, this machine's files', or every address to listen on."""
    host = re.match(r"\(?b?'([^']*)'", what)
    with suppress(ValueError):
        return bool(host) and (ip_address(host[1]).is_loopback or host[1] == "0.0.0.0")  # type: ignore[index] # noqa: S104
    return (bool(host) and host[1] in {"localhost", ""}) or what == "None"  # type: ignore[index]


def test_no_socket_of_the_screen_leads_outside(tmp_path: Path) -> None:
    """Started for every network, with its pages opened and five sockets of another site at Streamlit's own stream."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    same = PasswordHasher(1, 8, 1).hash(PHRASE)  # a cheap hash: what is tested here is not its strength
    write(tmp_path / "people.json", [Account("wang", "王", "admin", hash=same)])
    port, nobody = free_ports()
    address, notes = f"http://127.0.0.1:{port}", tmp_path / "notes"
    env = {
        "PYTHONPATH": str(tmp_path),
        "NOTES": str(notes),
        "ONESCREEN_DATA": str(tmp_path),
        "ONESCREEN_SCREEN_HOST": "0.0.0.0",  # noqa: S104 - so that Streamlit would greet with its addresses
        "ONESCREEN_SCREEN_PORT": str(port),
        "ONESCREEN_KAFKA_PORT": str(nobody),
    }
    with subprocess.Popen([sys.executable, "-m", "screen"], cwd=ROOT, env=os.environ | env) as process:
        try:
            wait_for(lambda: process.poll() is not None or _answers(address), "the screen to answer")
            _visit(address)
        finally:
            process.send_signal(signal.SIGTERM)
    count, found = outside(notes)
    assert count, "the search for a broker is noted: the notes work"
    assert found == []


def _answers(address: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{address}/_stcore/health").status_code == 200
    return False


def _visit(address: str) -> None:
    """Sign in, open every page, and come to Streamlit's stream from our own page and from another site's."""
    with httpx.Client(base_url=address) as client:
        act = {"origin": address, "x-onescreen": "act"}
        assert client.post("/signin", json={"account": "wang", "password": PHRASE}, headers=act).status_code == 204
        for page in PAGES:
            assert client.get(f"/{page.name}").status_code == 200
        assert client.get("/_stcore/host-config").status_code == 200
        cookie = {"cookie": "; ".join(f"{each.name}={each.value}" for each in client.cookies.jar)}
        stream = address.replace("http", "ws") + "/_stcore/stream"
        for _ in range(5):
            with pytest.raises(InvalidStatus), connect(stream, origin=EVIL, additional_headers=cookie):  # type: ignore[arg-type]
                pass
        with connect(stream, origin=address, additional_headers=cookie, subprotocols=["streamlit"]):  # type: ignore[arg-type, list-item]
            assert client.get("/_stcore/health").status_code == 200


def test_streamlit_itself_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own comparison of Origins, were it ever reached, refuses another site's without a look-up; it could ask before."""
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, timeout=5: asked.append(url))
    monkeypatch.setattr(net_util, "get_external_ip", net_util.get_external_ip)
    monkeypatch.setattr(net_util, "get_internal_ip", lambda: None)
    before = net_util.get_external_ip
    ask_nobody()
    assert not server_util.is_url_from_allowed_origins(EVIL)
    assert server_util.is_url_from_allowed_origins("http://127.0.0.1")
    assert asked == []
    if before.__module__ == net_util.__name__:  # no screen was built in this process before
        before()
        assert len(asked) == 2
