"""What a gateway refused, as events: durable, bounded in number and size, in the domain whose owner is to be told of it."""

from msgspec import Struct

from streams.catalogue import EVERYWHERE, GATEWAY, domains
from streams.gateways.intake.limit import TellingLimit
from streams.messages import REFUSED_INPUT, REGISTERED, Name, RefusalReason, RefusedInput, Registered, event_bytes, format_time

MAX_MESSAGE = 1_000
"""Characters kept of what is wrong."""


def is_known(type_: str) -> bool:
    """Whether a type is one of the catalogue: only such is repeated.

    >>> is_known("environment.air_hour"), is_known("13800000000")
    (True, False)
    """
    domain, _, kind = type_.partition(".")
    return domain in domains() and (kind in domains()[domain].kind or f".{kind}" == REGISTERED)


def is_sendable(type_: str) -> bool:
    """Whether a sender may have the right to a type: a kind of fact of the catalogue that is none of the gateways' own.

    >>> [is_sendable(each) for each in ("environment.air_hour", "environment.refused_input", "clock.tick", "command.shelve")]
    [True, False, False, False]
    """
    return is_known(type_) and type_.partition(".")[2] not in EVERYWHERE


def fits(patterns: tuple[str, ...], text: str) -> bool:
    """Whether a text is one of these, or begins as one that ends with * does.

    >>> fits(("a", "b.*"), "a"), fits(("a", "b.*"), "b.1"), fits(("a", "b.*"), "ab")
    (True, True, False)
    """
    return any(text.startswith(each[:-1]) if each.endswith("*") else text == each for each in patterns)


class Trace(Struct, frozen=True):
    """What is kept of something refused: its size in bytes, its digest (SHA-256, hex), and its head without values."""

    size: int = 0
    digest: str = ""
    head: str = ""


_NO_TRACE = Trace()


class Refusals:
    """Makes the events of a gateway of this name, whose subject is `<name>-gateway`; it registers itself where it tells first.

    `region`: the adcode under which it does. `limit`: how much is told of each sender and reason. `run`: what tells this run
    of the gateway from others, in the ids of what it tells.
    """

    def __init__(self, gateway: str, name: Name, region: str, limit: TellingLimit, run: str) -> None:
        self._gateway, self._name, self._region, self._limit, self._run = gateway, name, region, limit, run
        self._registered: set[str] = set()
        self._number = 0

    def told(
        self,
        domain: str,
        sender: str,
        reason: RefusalReason,
        message: str,
        now: int,
        *,
        trace: Trace = _NO_TRACE,
        type_: str = "",
    ) -> list[bytes]:
        """The events that tell of one refusal at a moment (ms); none where its like was told often enough."""
        stands_for = self._limit(sender, reason, now)
        if not stands_for:
            return []
        self._number += 1
        subject, source, time = f"{self._gateway}-gateway", f"gateway/{self._gateway}", format_time(now)
        data = RefusedInput(
            gateway=self._gateway,
            source=sender,
            reason=reason,
            message=message[:MAX_MESSAGE],
            type=type_ if is_known(type_) else "",
            size=trace.size,
            digest=trace.digest,
            head=trace.head,
            more=stands_for - 1,
        )
        id_, type_ = f"{self._run}-{self._number}", f"{domain}.{REFUSED_INPUT}"
        told = event_bytes(type=type_, source=source, id=id_, time=time, subject=subject, data=data)
        if domain in self._registered:
            return [told]
        self._registered.add(domain)
        facts = Registered(kind=GATEWAY, name=self._name, adcode=self._region)
        type_ = domain + REGISTERED
        return [event_bytes(type=type_, source=source, id="registered", time=time, subject=subject, data=facts), told]
