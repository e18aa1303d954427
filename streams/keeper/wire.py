"""What is said over the keeper's socket: one JSON object a line each way. No key is ever in it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.event import Actor, Authn
from streams.messages.text import Text
from streams.messages.words import SEALED, Sealed

MAX_LINE = 131_072
"""How long a line may be (bytes): a text of 16 KiB whose every character is written as an escape."""

Filled = Annotated[str, Meta(min_length=1, max_length=200)]
LongText = Annotated[str, Meta(min_length=1, max_length=16_383)]

State = Literal["open", "deleted", "sealed", "unavailable"]
"""`deleted`: its key was destroyed by an order; `sealed`: not for whoever asks, or not of this place; `unavailable`: lost."""


_SHOWN: dict[State, Text] = {
    "deleted": Text("依法已删除", "deleted as the law provides"),
    "sealed": SEALED,
    "unavailable": Text("不可用", "not available"),
}


class SealText(Struct, frozen=True, kw_only=True, tag="seal", tag_field="ask", forbid_unknown_fields=True):
    """Seal a text: whose it is, where it will stand; the answer is its reference, once Kafka has the text."""

    family: Filled
    party: Filled
    class_: Literal["personal", "sensitive", "secret"] = "personal"
    person: Annotated[str, Meta(pattern=r"\A([0-9a-f]{32})?\Z")] = ""
    type: Filled
    id: Filled
    path: Filled
    text: LongText


class OpenText(Struct, frozen=True, kw_only=True, tag="open", tag_field="ask", forbid_unknown_fields=True):
    """Open a text for a person on the page of a family, where its reference stands at a path of an event."""

    actor: Actor
    authn: Authn
    purpose: Filled
    family: Filled
    type: Filled
    id: Filled
    path: Filled
    reference: Sealed


class SealFile(Struct, frozen=True, kw_only=True, tag="seal-file", tag_field="ask", forbid_unknown_fields=True):
    """Seal the original of a piece of evidence, whose `size` bytes follow the line; the rest as of `SealText`."""

    family: Filled
    party: Filled
    class_: Literal["personal", "sensitive", "secret"] = "personal"
    type: Filled
    id: Filled
    path: Filled
    size: Annotated[int, Meta(ge=1, le=2**31)]


class OpenFile(OpenText, frozen=True, kw_only=True, tag="open-file", tag_field="ask", forbid_unknown_fields=True):
    """Open such an original; where it is opened its bytes follow the answer's line."""


class NamePerson(Struct, frozen=True, kw_only=True, tag="person", tag_field="ask", forbid_unknown_fields=True):
    """The pseudonym of a person for a purpose, from what the person is known by, such as a telephone number."""

    purpose: Filled
    identifier: Filled


class HandOrder(Struct, frozen=True, kw_only=True, tag="order", tag_field="ask", forbid_unknown_fields=True):
    """Write a signed order, as JSON, into the log."""

    event: Annotated[str, Meta(max_length=65_536)]


class AskStatus(Struct, frozen=True, kw_only=True, tag="status", tag_field="ask", forbid_unknown_fields=True):
    """How the keeper stands."""


class Rotate(Struct, frozen=True, kw_only=True, tag="rotate", tag_field="ask", forbid_unknown_fields=True):
    """Begin the next epoch now."""


class Sweep(Struct, frozen=True, kw_only=True, tag="sweep", tag_field="ask", forbid_unknown_fields=True):
    """Remove sealed texts by their digests: no event refers to them."""

    digests: Annotated[tuple[str, ...], Meta(max_length=1_000)]


Asked = SealText | OpenText | SealFile | OpenFile | NamePerson | HandOrder | AskStatus | Rotate | Sweep


class Opened(Struct, frozen=True, kw_only=True):
    """What became of a request to open: the text where `state` is `open`; else why not, without a word of it.

    `size`: of an original, the bytes that follow.
    """

    state: State
    text: str = ""
    size: int = 0
    why: str = ""

    @property
    def shown(self) -> Text:
        """What people see."""
        return _SHOWN.get(self.state) or Text(self.text, self.text)


class Standing(Struct, frozen=True, kw_only=True):
    """How the keeper stands. `counts`: what it did since it started; `pending`: orders by id, and when their grace began."""

    log: str
    epoch: int
    ends: str
    keys: int
    people: int
    holds: tuple[str, ...]
    pending: dict[str, str]
    owed: int
    counts: dict[str, int]


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer: what was asked for, or an error of one of three kinds, in words for whoever runs the part that asked."""

    sealed: Sealed | None = None
    opened: Opened | None = None
    person: str = ""
    done: str = ""
    standing: Standing | None = None
    error: Literal["", "refused", "away", "broken"] = ""
    words: str = ""
