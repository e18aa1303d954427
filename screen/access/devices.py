"""A browser in which an account has signed in is known by a cookie: failures of others do not keep its person out.

OWASP, "Slow Down Online Guessing Attacks with Device Cookies". The cookie opens nothing: whoever has it may try the password
of this one account at a count of its own.
"""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest

COOKIE = "onescreen_device_"
"""What the cookies' names begin with; then follows a hash of the account, so that a desk's browser knows several people."""

LASTS = 400 * 86_400
"""Seconds that a browser keeps it: the most that one does (RFC 6265bis 5.5). Each sign-in gives another one."""


class Devices:
    """Makes and reads these cookies; `key` signs them and stays the same over restarts."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def made(self, account: str) -> tuple[str, str]:
        """A new cookie's name and value for an account that has signed in."""
        nonce = secrets.token_urlsafe(16)
        return _name(account), f"{nonce}.{self._signature(account, nonce)}"

    def known(self, cookies: Mapping[str, str], account: str) -> str:
        """The device, a name to count by, where its browser has this account's cookie; "" for a stranger."""
        nonce, _, signature = cookies.get(_name(account), "").partition(".")
        right = self._signature(account, nonce).encode()
        return f"{account}/{nonce}" if nonce and secrets.compare_digest(_bytes(signature), right) else ""

    def _signature(self, account: str, nonce: str) -> str:
        return digest(self._key, _bytes(f"{account}\0{nonce}"), "sha256").hex()


def _name(account: str) -> str:
    return COOKIE + sha256(_bytes(account)).hexdigest()[:16]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
