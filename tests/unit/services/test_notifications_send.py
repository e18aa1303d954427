"""Sending through Apprise to real servers of this machine: a webhook and a mail server."""

import email
import json
import logging
import socket
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from agents.notifications.send import Sender
from streams.command import Trouble
from tests.support.pure.webhook import webhook

HOSTILE = '站 <at user_id="all"> *粗* [点我](http://x) &amp; <b>x</b>'


def test_a_webhook_gets_title_and_body_as_they_are() -> None:
    """Plain text, not one letter of it escaped or read as markup."""
    with webhook() as (port, received):
        assert Sender({"a": f"json://127.0.0.1:{port}/hook"}).send("a", "报警", HOSTILE)
    ((title, message),) = [(each["title"], each["message"]) for each in received]
    assert (title, message) == ("报警", HOSTILE)


def test_a_refusal_and_a_closed_port_are_failures_and_tell_no_address(caplog: pytest.LogCaptureFixture) -> None:
    """False, no exception, and not a word of any library, whose words may hold the address."""
    with webhook(status=500) as (port, received), caplog.at_level(logging.DEBUG):
        sender = Sender({"a": f"json://user:secret@127.0.0.1:{port}/hook"})
        assert not sender.send("a", "报警", "x")
        assert len(received) == 1
    assert not sender.send("a", "报警", "x")
    assert "secret" not in caplog.text


@pytest.mark.parametrize(("code", "delivered"), [(0, True), (45009, False)])
@pytest.mark.parametrize(
    ("address", "place"),
    [("wecombot://BOTKEY", "api_url"), ("dingtalk://" + "a" * 40, "notify_url")],
    ids=["wecom", "dingtalk"],
)
def test_a_robots_errcode_is_believed_not_its_status(address: str, place: str, code: int, delivered: bool) -> None:
    """WeCom and DingTalk answer HTTP 200 to a message beyond the rate (errcode 45009): that is a failure, to be sent again."""
    with webhook(answer=json.dumps({"errcode": code, "errmsg": "x"}).encode()) as (port, received):
        sender = Sender({"a": address})
        setattr(sender._channels["a"][0], place, f"http://127.0.0.1:{port}/")
        assert sender.send("a", "报警", HOSTILE) == delivered
    assert received[0]["msgtype"] == "text"
    assert HOSTILE in received[0]["text"]["content"]


def test_a_body_that_is_too_long_is_cut_to_the_channels_size() -> None:
    """Bytes of UTF-8, so that a service that counts those takes it."""
    with webhook() as (port, received):
        sender = Sender({"a": f"json://127.0.0.1:{port}/"})
        assert sender.send("a", "报警", "长" * 100_000)
    (got,) = received
    assert sender.size("a") - 8 < len((got["title"] + got["message"]).encode()) <= sender.size("a")


def test_mail_is_delivered_without_markup() -> None:
    """A real SMTP server gets subject and body; a name with tags is text in it, in the HTML part too."""
    mails: list[bytes] = []

    class Box:
        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's
            mails.append(envelope.content)
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        address = f"mailto://127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure"
        assert Sender({"mail": address}).send("mail", "报警 · 红色", HOSTILE)
    finally:
        controller.stop()
    message = email.message_from_bytes(mails[0])
    assert str(make_header(decode_header(message["Subject"]))) == "报警 · 红色"
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()}
    assert b"<at" not in parts.get("text/html", b"")  # type: ignore[operator]
    assert b"<b>" not in parts.get("text/html", b"")  # type: ignore[operator]
    assert any(isinstance(part, bytes) and "站".encode() in part for part in parts.values())


@pytest.mark.parametrize("address", ["no-such://secret", "secret", "json://secret json://secret2", "json://a, json://secret"])
def test_an_address_that_cannot_be_used_is_named_by_its_channel_only(address: str) -> None:
    """The error names the channel; the address is not in it."""
    with pytest.raises(Trouble, match=r"channels\.a: its address is not one URL") as found:
        Sender({"a": address})
    assert "secret" not in str(found.value)


@pytest.mark.parametrize(
    "address",
    ["wecombot://BOTKEY", "dingtalk://" + "a" * 40, "feishu://abc", "lark://abc", "mailtos://user:pass@example.com"],
)
def test_the_services_of_the_docs_are_known(address: str) -> None:
    """WeCom, DingTalk, Feishu, Lark and mail: Apprise takes an address of each."""
    assert Sender({"a": address}).size("a") >= 2048
