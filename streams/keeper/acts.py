"""What people order of the keeper, and what it says it has done: the data of `personal.*`, read strictly. Pure.

An act is a signed event in `<log>.forgets`. No field holds free text: a reason is a code, or else the order to forget would
itself be a text about a person.
"""

from typing import Annotated, TypeVar

from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, ValidationError
from msgspec.json import Decoder

from streams.messages import Actor, Authn, parse_time
from streams.messages.checked import Digest, Time
from streams.messages.personal import (
    ACCEPTED,
    CANCEL,
    DESTROYED,
    FORGET,
    HOLD,
    RELEASE,
    Accepted,
    Destroyed,
    Pseudonym,
)
from streams.messages.words import Line
from streams.signing.envelope import Envelope, where
from streams.signing.kinds import Unverified
from streams.signing.state import Trust

T = TypeVar("T")

FORGETS = "forgets"
"""The topic, below the log's name, of what people order and of what was done."""

REFUSED, LOOK = "personal.refused", "personal.look"

PART = "keeper"
"""The part whose key signs what the keeper says."""

ORDER_RIGHTS = frozenset({"admin"})
"""The roles that may order any of it. A choice: whoever keeps the system, never a desk that is judged by the texts."""

TWO = frozenset({FORGET, RELEASE})
"""What destroys, or lets destroy, needs two persons; what keeps needs one."""

PERSONS = ("cli", "person")
"""How the part of a person's own key begins: `cli-<account>`, `person-<account>`."""

Code = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose texts: a family's, or a person's in all families. Just one of them is given."""

    family: Line = ""
    person: Pseudonym | UnsetType = UNSET

    def __post_init__(self) -> None:
        """ValueError where both are given, or none."""
        if bool(self.family) == bool(self.person):
            raise ValueError("give either a family or a person")

    @property
    def names(self) -> tuple[str, str]:
        """Family and person, the one that is not given empty."""
        return self.family, self.person or ""


class Ordered(Scope, frozen=True, kw_only=True):
    """What every act has: who orders it, and how the signer knew."""

    actor: Actor
    authn: Authn | UnsetType = UNSET


class Forget(Ordered, frozen=True, kw_only=True):
    """`personal.forget`: `parties` of the scope (none given: all), why and on which basis of law (codes), not before a time."""

    parties: Annotated[tuple[Line, ...], Meta(max_length=16)] = ()
    reason: Code
    basis: Code
    notbefore: Time = ""


class Hold(Ordered, frozen=True, kw_only=True):
    """`personal.hold`: nothing of the scope may be forgotten. `reason` is a code."""

    reason: Code


class Release(Ordered, frozen=True, kw_only=True):
    """`personal.release`: the hold on just this scope ends."""

    reason: Code


class CancelForget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`personal.cancel`: an order to forget that is not done yet is taken back."""

    actor: Actor
    authn: Authn | UnsetType = UNSET
    forget: Line
    reason: Code


class NotAccepted(Struct, frozen=True, kw_only=True):
    """`personal.refused`, by the keeper: why an act of this id and content is not done."""

    act: str
    kind: str
    content: Digest
    why: str


class Look(Struct, frozen=True, kw_only=True):
    """`personal.look`, by the keeper, before a text is opened: who looks, for what purpose, at which text of which event.

    Whoever looks does not act, so there is no `actor`, and the keeper's key claims no role.
    """

    who: Actor
    authn: Authn
    purpose: Line
    kid: Digest
    digest: Digest
    type: Line
    id: Line
    path: Line


Order = Forget | Hold | Release | CancelForget

_ORDERS: dict[str, Decoder[Order]] = {
    FORGET: Decoder(Forget),
    HOLD: Decoder(Hold),
    RELEASE: Decoder(Release),
    CANCEL: Decoder(CancelForget),
}
_OWN: dict[str, Decoder[Accepted | NotAccepted | Destroyed]] = {
    ACCEPTED: Decoder(Accepted),
    REFUSED: Decoder(NotAccepted),
    DESTROYED: Decoder(Destroyed),
}


class PersonalAct(Struct, frozen=True):
    """An act whose signatures hold: its id, kind, time (ms), content digest, data, and the accounts of those who signed."""

    id: str
    kind: str
    at: int
    content: str
    order: Order
    by: tuple[str, ...]


def is_order(kind: str) -> bool:
    """Whether a kind is a person's order."""
    return kind in _ORDERS


def order_of(kind: str, data: bytes) -> Order:
    """The data of an order; Unverified where they are not what the kind has."""
    return _data(_ORDERS[kind], data)


def own_of(kind: str, data: bytes) -> Accepted | NotAccepted | Destroyed | None:
    """What the keeper has said; None of any other kind."""
    return _data(_OWN[kind], data) if kind in _OWN else None


def act_of(event: Envelope, content: str, trust: Trust) -> PersonalAct:
    """The act of an event whose signatures hold; Unverified where it is not for this person, or lacks the second one."""
    order = order_of(event.type, bytes(event.data))
    if order.actor.role not in ORDER_RIGHTS:
        raise Unverified("not-its-right", f"this is for {', '.join(sorted(ORDER_RIGHTS))}")
    if _account(trust, event.sigkid) not in {"", order.actor.id}:
        raise Unverified("not-its-right", "a person's own key signs for that person alone")
    if isinstance(order, Ordered) and event.subject != "".join(order.names):
        raise Unverified("wrong-place", "the subject is not the family or person that it is about")
    seconds = (_account(trust, each.split(".")[1]) for each in event.cosig.split())
    by = tuple(dict.fromkeys((order.actor.id, *filter(None, seconds))))
    if event.type in TWO and len(by) < 2:
        raise Unverified("needs-second", "this needs a second person, who signs with a key of that person's own")
    return PersonalAct(event.id, event.type, parse_time(event.time), content, order, by)


def _account(trust: Trust, kid: str) -> str:
    """The account of a person's own key; empty for a part's."""
    kind, _, account = trust.keys[kid].part.partition("-")
    return account if kind in PERSONS else ""


def _data(decoder: Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise Unverified("malformed-data", f"the data are not what this kind has{where(error)}") from None
