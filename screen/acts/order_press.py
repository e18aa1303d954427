"""What a page sends when a person does something to an order: the act, or the order that is issued. Pure."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from screen.acts.requests import Key
from streams.messages import Actor, Issue, OrderAct
from streams.messages.rights import ORDER, ORDER_RIGHTS

OrderId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]

BY_ITSELF = "a file is put to an order by sending the file itself: POST /screen/orders/file"
"""What is said to an act `file` that comes without its file, or to one that comes with another's."""

NOBODY = {"id": "", "role": ""}
"""Who acts, until it is known who asks."""


class OrderPress(Struct, frozen=True):
    """A press: the act's name below `order.`, the page's name of the press, and what the log gets."""

    verb: str
    key: str
    act: Issue | OrderAct

    @property
    def right(self) -> str:
        """What it is in the table of rights."""
        return ORDER + self.verb


class OrderRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body: `data` are the fields of an `Issue`, or of an `OrderAct`, but for who acts."""

    verb: Annotated[str, Meta(max_length=32)]
    key: Key
    data: dict[str, Any]


def read_order(body: bytes) -> OrderPress:
    """The press of a request's body, by nobody yet; ValueError says what is wrong with it."""
    asked = msgspec.json.decode(body, type=OrderRequest)
    if asked.verb not in ORDER_RIGHTS:
        raise ValueError(f"an order has no act {asked.verb!r}; acts are {', '.join(ORDER_RIGHTS)}")
    if asked.verb == "file":
        raise ValueError(BY_ITSELF)
    shape: type[Issue | OrderAct] = Issue if asked.verb == "issue" else OrderAct
    if strange := sorted(set(asked.data) - (set(shape.__struct_fields__) - {"actor", "authn"})):
        raise ValueError(f"{asked.verb} has no {', '.join(strange)}")
    act = msgspec.convert(asked.data | {"actor": NOBODY}, shape)
    msgspec.convert(act.order, OrderId)
    if any(not isinstance(text, str) for text in texts_of(act)):
        raise ValueError("a text is sent as it was written: what is sealed is sealed later")
    return OrderPress(asked.verb, asked.key, act)


def texts_of(act: Issue | OrderAct) -> list[object]:
    """All texts of an act that a person has written."""
    own = [said.words for said in act.text] if isinstance(act, Issue) else [act.who]
    return [act.reason, *own, *(receiver.demand for receiver in act.receivers)]


def by(press: OrderPress, actor: Actor) -> OrderPress:
    """The press as this person's."""
    return OrderPress(press.verb, press.key, msgspec.structs.replace(press.act, actor=actor))
