"""What the keeper says of orders on people's texts: the data of `personal.accepted` and `personal.destroyed`.

An order is given in `<log>.forgets`; what has become of it stands there, and in the partition of each family's subject, whose
trails tell it. No field holds free text.
"""

from typing import Annotated

from msgspec import Meta, Struct

from streams.messages.checked import Count, Digest, Time

FORGET, CANCEL, HOLD, RELEASE = "personal.forget", "personal.cancel", "personal.hold", "personal.release"
"""What people order: that texts be destroyed, that such an order be taken back, that nothing be destroyed, the end of that."""

ACCEPTED, DESTROYED = "personal.accepted", "personal.destroyed"

Pseudonym = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Accepted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`personal.accepted`, by the keeper: an act holds, and whose it is.

    `content`: the content digest of the act, by which it is known again; `since`: from when its grace runs, in `<log>.forgets`.
    """

    act: str
    kind: str
    content: Digest
    by: tuple[str, ...]
    reason: str
    basis: str = ""
    since: Time = ""


class Destroyed(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """`personal.destroyed`, by the keeper: the keys and texts of a class in a family are gone.

    `kids`: the keys; `people`: the pseudonyms whose rows are gone; `epoch`: of the KEK that had wrapped them;
    `backupsdead`: when at the latest no backup opens them.
    """

    forget: str
    family: str
    class_: str = ""
    kids: tuple[Digest, ...]
    people: tuple[Pseudonym, ...] = ()
    epoch: Count
    backupsdead: Time

    @property
    def what(self) -> tuple[str, str]:
        """Family and class."""
        return self.family, self.class_
