"""The one place that sends: one Apprise object for each channel. Addresses are secrets: nothing ever says one."""

import logging
from collections.abc import Mapping
from typing import Any

from apprise import Apprise, NotifyFormat
from apprise.plugins import dingtalk, wecombot

from agents.notifications.text import cut
from streams.command import Trouble


class _Strict:
    """`requests` for the plug-ins of WeCom and DingTalk, which look at the HTTP status alone.

    Both services answer 200 to what they refuse, a message beyond their rate for one, and say so by an `errcode` other than 0:
    taken for a delivery it would be lost.
    """

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *args: Any, **keywords: Any) -> Any:
        """The answer; its status is 400 where the service has refused."""
        answer = self._requests.post(*args, **keywords)
        try:
            refused = answer.json().get("errcode")
        except (ValueError, AttributeError):  # no JSON, or no object
            refused = None
        if refused:
            answer.status_code = 400
        return answer


for _plugin in (dingtalk, wecombot):
    _plugin.requests = _Strict(_plugin.requests)  # type: ignore[attr-defined]


class Sender:
    """Sends plain text to channels by their names."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        for library in ("apprise", "requests", "urllib3"):
            logging.getLogger(library).setLevel(logging.CRITICAL + 1)  # what they say of failures holds addresses
        self._channels: dict[str, Apprise] = {}
        for name, address in addresses.items():
            channel = Apprise()
            if not channel.add(address) or len(channel) != 1:
                raise Trouble(
                    f"channels.{name}: its address is not one URL that Apprise knows, such as wecombot://… or mailtos://…"
                )
            self._channels[name] = channel

    def size(self, name: str) -> int:
        """How many bytes one message of a channel may hold: what Apprise says, which some services count in letters."""
        return int(self._channels[name][0].body_maxlen)

    def send(self, name: str, title: str, body: str) -> bool:
        """Whether the channel's service took the message; it may take seconds."""
        text = cut(body, self.size(name) - len(title.encode()) - 2)
        try:
            return bool(self._channels[name].notify(title=title, body=text, body_format=NotifyFormat.TEXT))
        except Exception:  # noqa: BLE001 - whatever a plug-in raises is a failed attempt, and its words may hold the address
            return False
