"""A file that is not taken: the act by which the order's trail is told so, as it is of every act that is refused. Pure.

The judge refuses that act and writes why into the trail: chained, anchored, and signed in an opened log.
"""

import re
from hashlib import blake2s

from screen.acts.order_press import OrderPress
from screen.web.json_response import RefusedError
from streams.messages import Actor, OrderAct, encode
from streams.messages.orders import NOT_TAKEN

UNKNOWN = "unknown"
"""What stands for a digest or a type that is not known."""

WHY = {
    400: "broken off",
    408: "too slow",
    411: "no size",
    413: "too large or empty",
    422: "words that are not taken",
    503: "not kept",
}
"""Why a file is not taken where its content was not looked into, or was good, by the status of the answer.

What is not here says nothing of a file: who asks has no session any more, or the order has no such line.
"""

RECORDED = "（已记入办理记录 / this stands in the order's trail）"
"""What is said behind the reason once the log has it."""

_TYPE = re.compile(r"(?=.{3,71}\Z)[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")  # RFC 6838 4.2; the longest that is taken has 71


class ContentRefusedError(RefusedError):
    """A file is not taken for its content (415); `code`: why, in words that the trail keeps."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(415, why)
        self.code = code


def why_of(refused: RefusedError) -> str:
    """Why a file was not taken, as the trail keeps it; empty where the refusal says nothing of the file."""
    return refused.code if isinstance(refused, ContentRefusedError) else WHY.get(refused.status, "")


def press_of(order: str, key: str, actor: Actor, why: str, size: int, digest: str, said: str) -> OrderPress:
    """The act: why it was not taken, its size (bytes), SHA-256 where all of it came, what type it was said to be.

    Nothing else that the sender has said is in it. `key`: of the press that sent the file; another refusal is another act.
    """
    named = said.partition(";")[0].strip().lower()
    clause = f"{why}; {size} bytes; SHA-256 {digest or UNKNOWN}; said to be {named if _TYPE.fullmatch(named) else UNKNOWN}"
    own = blake2s(encode([NOT_TAKEN, key, clause]), digest_size=16).hexdigest()
    return OrderPress("file", own, OrderAct(order=order, actor=actor, outcome=NOT_TAKEN, clause=clause))


def unrecorded(error: RefusedError) -> str:
    """What is said behind the reason where the log could not be told."""
    return f"（未能记入办理记录 / this could not be written into the order's trail: {error}）"
