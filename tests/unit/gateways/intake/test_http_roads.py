"""Further ways to post: JSON in lines, webhooks, TLS, a register that changes, a body that is cut off."""

import asyncio
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from streams.command import Trouble
from streams.gateways.foreign.mapping import Foreign, read
from streams.gateways.http import app
from streams.gateways.http.signature import Request, signed
from streams.gateways.http.sources import Register, hash_of, load_sources
from streams.gateways.intake.secured import tls
from streams.kafka import secure
from streams.settings import access_folder
from tests.support.gateways.http import AIR, NOW, SECRET, SIGNED, SOURCES, TOKEN, Posting, event
from tests.support.kafka.settings import settings_in

LINES = "application/x-ndjson"
HOOK = replace(AIR, origins=("events.example.com",), rate=600)

LOGINS = """
title = "log-ins"
domain = "cyber"
fact = "login"
station = "@.host"
[time]
columns = ["@.timestamp"]
format = "rfc3339"
[values]
source = { at = "@.source_ip", as = "text" }
outcome = { at = "@.outcome", as = "text" }
"""


def test_events_in_lines() -> None:
    """An event a line (Vector's `framing.method = newline_delimited`): a broken line costs itself alone."""
    posting = Posting()
    body = "\n".join([json.dumps(event("1")), '{"id": ', "", json.dumps(event("2")) + "\r", ""])
    response = posting.post(body.encode(), LINES)
    assert (response.status_code, response.json()["accepted"]) == (202, 2)
    assert [(each["index"], each["reason"]) for each in response.json()["refused"]] == [(1, "not-json")]
    assert posting.post(b"\n" * 20_000, LINES).json() == {"accepted": 0, "known": 0, "refused": []}
    assert posting.post(b"1\n" * 10_001, LINES).status_code == 413


def test_documents_in_lines() -> None:
    """Of a sender with mappings each line is a document, as Fluent Bit's `json_lines` are; a refusal names the line."""
    mapping = read(LOGINS, "logins.toml")
    assert isinstance(mapping, Foreign)
    logs = replace(AIR, types=("cyber.login",), subjects=("*",), sources=(), map="logins.toml")
    posting = Posting({"logs": logs}, {"logs": [mapping]})
    line = {"host": "h1", "timestamp": "2026-06-01T08:00:00+08:00", "source_ip": "192.0.2.1", "outcome": "failure"}
    body = "\n".join(json.dumps(each) for each in (line, line | {"host": "h2"}, line | {"timestamp": "soon"}))
    response = posting.post(body.encode(), LINES)
    assert (response.json()["accepted"], [each["subject"] for each in posting.kept.facts]) == (2, ["h1", "h2"])
    assert response.json()["refused"][0]["detail"].startswith("line 3, $: ")


def test_the_handshake_of_webhooks() -> None:
    """HTTP 1.1 Web Hooks 1.0.2, 4: an origin of the register gets its name and a rate, the lower of the two; others 405."""
    posting = Posting({"hook": HOOK})
    asked = {"method": "OPTIONS", "Authorization": "", "WebHook-Request-Origin": "events.example.com"}
    response = posting.post(b"", **asked, WebHook_Request_Rate="120")
    assert (response.status_code, response.headers["allow"]) == (200, "POST")
    assert response.headers["webhook-allowed-origin"] == "events.example.com"
    assert response.headers["webhook-allowed-rate"] == "120"
    for rate, allowed in (("100000", "600"), ("0", "600"), ("-1", "600"), ("", "600")):
        assert posting.post(b"", **asked, WebHook_Request_Rate=rate).headers["webhook-allowed-rate"] == allowed
    for origin in ("", "elsewhere.example.com", "*"):
        response = posting.post(b"", **asked | {"WebHook-Request-Origin": origin})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert not [name for name in response.headers if name.startswith("webhook-")]
    assert posting.kept.records == []


def test_the_token_of_a_webhook_in_its_address() -> None:
    """Web Hooks 3.2: `access_token`, answered with Cache-Control private; of senders with origins alone."""
    posting = Posting({"hook": HOOK, "air": replace(AIR, token=hash_of("other"), sources=("/air",))})
    path = f"/events?access_token={TOKEN}"
    response = posting.post(event(), path=path, Authorization="")
    assert (response.status_code, response.headers["cache-control"]) == (202, "private")
    assert posting.post(event("2"), path="/events?access_token=other", Authorization="").status_code == 401
    assert posting.post(event("2"), path=path, Authorization="Bearer wrong").status_code == 401


def test_a_body_that_is_cut_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not whole in time: 408, and a quality record with size, digest and the head of what came, without values."""
    monkeypatch.setattr(app, "WITHIN", 0.05)
    begun = b'{"specversion": "1.0", "id": "13800138000", "data": {"pm25": 3'

    async def slow() -> AsyncIterator[bytes]:
        yield begun
        await asyncio.sleep(5)

    posting = Posting()
    response = posting.post(slow())
    assert (response.status_code, response.headers["connection"]) == (408, "close")
    [told] = posting.kept.refused
    assert (told["data"]["source"], told["data"]["reason"]) == ("air", "cut-off")
    assert (told["data"]["size"], told["data"]["digest"]) == (len(begun), sha256(begun).hexdigest())
    assert told["data"]["head"] == '{"specversion": *, "id": *, "data": {"pm25": *'


def register_of(folder: Path, token: str) -> str:
    """A register of two senders, of which one signs; its text."""
    secret = folder / "k1.secret"
    secret.write_bytes(SECRET)
    secret.chmod(0o600)
    return f"""
[source.air]
token = "{hash_of(token)}"
types = ["environment.air_hour"]
subjects = ["air.*"]
sources = ["/air"]
[source.lifts]
types = ["special_equipment.lift_state"]
subjects = ["lift.*"]
[source.lifts.signature]
key = "k1"
secret = "k1.secret"
"""


def test_a_register_that_changes(tmp_path: Path) -> None:
    """A new token holds and the old one no more; a broken file is told; files beside it are named to be watched."""
    file = tmp_path / "sources.toml"
    file.write_text(register_of(tmp_path, TOKEN), "utf-8")
    posting = Posting()
    posting.gateway.adopt(load_sources(file))
    assert posting.post(event("1")).status_code == 202
    file.write_text(register_of(tmp_path, "another"), "utf-8")
    register = load_sources(file)
    assert {each.name for each in register.files} == {"sources.toml", "k1.secret"}
    posting.gateway.adopt(register)
    assert posting.post(event("2")).status_code == 401
    assert posting.post(event("2"), Authorization="Bearer another").status_code == 202
    file.write_text("[source.air", "utf-8")
    with pytest.raises(Trouble, match="table declaration"):
        load_sources(file)


def test_what_was_taken_counts_on_in_a_new_register() -> None:
    """A signature is taken once, whatever the register becomes; a request under way keeps that with which it began."""
    posting = Posting()
    lift = {"type": "special_equipment.lift_state", "subject": "lift.1", "source": "lifts", "data": {"running": True}}
    body = json.dumps(event("1", **lift)).encode()
    scheme, time = SIGNED.signature, str(NOW)
    assert scheme is not None
    made = hmac.new(SECRET, signed(scheme, Request("POST", "/events", {}, body), time), sha256).hexdigest()
    headers = {"Authorization": "", "X-App-Key": "k1", "X-Timestamp": time, "X-Signature": made}
    assert posting.post(body, **headers).status_code == 202
    posting.gateway.adopt(Register({**SOURCES, "other": replace(AIR, token=hash_of("other"))}, {"lifts": SECRET}))
    assert posting.post(body, **headers).status_code == 401

    async def withdrawn() -> httpx.Response:
        posting.kept.wait = asyncio.Event()
        sending = asyncio.create_task(posting.send(event("7")))
        await asyncio.sleep(0.05)
        posting.gateway.adopt(Register({"other": replace(AIR, token=hash_of("other"))}, {}))
        posting.kept.wait.set()
        return await sending

    assert asyncio.run(withdrawn()).status_code == 202
    assert posting.post(event("8")).status_code == 401


def test_no_part_of_a_signed_body_can_become_its_nonce() -> None:
    """Nonce and body are signed side by side: who holds a request up could move its first line there, and it would be gone."""
    posting, scheme, time = Posting(), SIGNED.signature, str(NOW)
    assert scheme is not None
    lift = {"type": "special_equipment.lift_state", "source": "lifts", "data": {"running": True}}
    lines = [json.dumps(event(str(n), subject=f"lift.{n}", **lift)) for n in (1, 2)]
    body = "\n".join(lines).encode()
    made = hmac.new(SECRET, signed(scheme, Request("POST", "/events", {}, body), time), sha256).hexdigest()
    headers = {"Authorization": "", "X-App-Key": "k1", "X-Timestamp": time, "X-Signature": made}
    moved = posting.post(body.removeprefix(lines[0].encode()), LINES, **headers, X_Nonce=lines[0])
    assert (moved.status_code, moved.json()["detail"][:7]) == (401, "X-Nonce")
    assert posting.post(body, LINES, **headers).json()["accepted"] == 2


def test_certificate_and_key(tmp_path: Path) -> None:
    """TLS 1.2 at least; a key that is another certificate's, or no file, is told before anything is served."""
    settings = settings_in(tmp_path)
    secure.prepare(settings)
    secure.renew(settings)
    pem = access_folder(tmp_path) / "broker.pem"
    assert tls(pem, pem).minimum_version == ssl.TLSVersion.TLSv1_2
    other = tmp_path / "other"
    other.mkdir()
    secure.prepare(settings_in(other))
    secure.renew(settings_in(other))
    for key in (access_folder(other) / "broker.pem", tmp_path / "none.pem"):
        with pytest.raises(Trouble, match="cannot be used"):
            tls(pem, key)
