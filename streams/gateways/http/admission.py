"""Who posts, and whether there is room for it: tokens, signatures, rates, and how many requests are under way."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from streams.gateways.http.answers import Declined, later
from streams.gateways.http.limits import Rate
from streams.gateways.http.signature import Request, Signatures
from streams.gateways.http.sources import Register, hash_of

AT_ONCE = 32
"""Bodies that are read and judged at a time; beyond them a sender comes again. 本系统默认 (a default of this system)."""

AT_ONCE_EACH = 8
"""Of one sender; 本系统默认."""

FULL = 60
"""Seconds after which a sender with too many signatures may come again; 本系统默认."""


class Admission:
    """The senders of a register as they come; `now` gives the moment (ms). A request keeps to the one with which it began.

    `before`: of the register before this one; what was taken, and what is under way, counts on.
    """

    def __init__(self, register: Register, now: Callable[[], int], before: "Admission | None" = None) -> None:
        self.register, self._now = register, now
        sources = register.sources
        self._by_token = {source.token: name for name, source in sources.items() if source.token}
        signatures = {} if before is None else before._signatures
        self._signatures: dict[str, Signatures] = {
            name: Signatures(source.signature, register.secrets[name], signatures.get(name))
            for name, source in sources.items()
            if source.signature
        }
        rates = {} if before is None else before._rates
        self._rates: dict[str, Rate] = {name: Rate(source.rate, source.rate, 0) for name, source in sources.items()}
        self._rates |= {name: rate for name, rate in rates.items() if name in sources and rate.most == sources[name].rate}
        self._inside: Counter[str] = Counter() if before is None else before._inside

    def sender(self, headers: Mapping[str, str], in_address: str = "") -> str:
        """Who posts, by its token or its application key, which its signature has to bear out; "" where nobody known does.

        `in_address`: the token in the address of a webhook that can set no header.
        """
        way, _, token = headers.get("authorization", "").partition(" ")
        if way:
            return self._by_token.get(hash_of(token.strip()), "") if way.lower() == "bearer" else ""
        if in_address:
            name = self._by_token.get(hash_of(in_address), "")
            return name if name and self.register.sources[name].origins else ""
        for name, source in self.register.sources.items():
            scheme = source.signature
            if scheme and not source.token and headers.get(scheme.key_header.lower()) == scheme.key:
                return name
        return ""

    @contextmanager
    def inside(self, sender: str) -> Iterator[None]:
        """While a request of a sender is under way; Declined 429 or 503 where it must wait."""
        if wait := self._rates[sender].wait(self._now()):
            most = self.register.sources[sender].rate
            raise later(429, "rate", f"at most {most} events a minute are taken of this sender", wait)
        if self._inside[sender] >= AT_ONCE_EACH:
            raise later(429, "at-once", f"at most {AT_ONCE_EACH} requests of a sender are taken at a time")
        if self._inside.total() >= AT_ONCE:
            raise later(503, "at-once", f"at most {AT_ONCE} requests are taken at a time")
        self._inside[sender] += 1
        try:
            yield
        finally:
            self._inside[sender] -= 1

    @contextmanager
    def signed(self, sender: str, request: Request) -> Iterator[None]:
        """While a request is taken whose signature is right, if its sender signs; Declined 401 or 429 where it is not.

        One that is declined for want of room may come again under the same signature.
        """
        signatures = self._signatures.get(sender)
        if signatures is None:
            yield
            return
        if signatures.is_full(self._now()):
            raise later(429, "signatures", "too many signatures in their time", FULL)
        if wrong := signatures.wrong(request, self._now()):
            raise Declined(401, "signature", wrong, {"WWW-Authenticate": "Signature"})
        try:
            yield
        except Declined as error:
            if error.headers.get("Retry-After"):
                signatures.forget(request)
            raise

    def spend(self, sender: str, events: int) -> None:
        """A sender that has shown who it is has posted so many events."""
        self._rates[sender].spend(events)
