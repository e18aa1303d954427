"""People's texts are sealed before they are signed: by the keeper of keys, where this machine is told of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Literal

from screen.signer.notary import NotSignedError, Seal
from screen.signer.order_texts import TEXT, OrderSeals, family
from streams.keeper.client import KeeperAwayError, KeeperClient, KeeperRefusedError
from streams.keeper.wire import SealFile, SealText
from streams.messages import Party, Words
from streams.messages.words import Sealed
from streams.orders.texts import ORIGINAL

WITHIN = 3.0
"""Seconds for which the keeper is waited for: less than a person waits for an act to be accepted."""

PARTY = "office"
"""Whose texts these are: what is forgotten of a caller leaves them."""


def by_keeper(keeper: KeeperClient) -> Seal:
    """Seal each text. Where the keeper is away nothing is signed: a text that has come into the log in clear stays there."""

    def seal(text: str, type_: str, id_: str, family: str, path: str) -> Words:
        with _told(path):
            return keeper.seal(SealText(family=family, party=PARTY, type=type_, id=id_, path=path, text=text))

    return seal


def orders_by_keeper(keeper: KeeperClient) -> OrderSeals:
    """Seal the texts and originals of orders, each under the key of whose it is: a reporter's is of the class `sensitive`."""

    def text(order: str, name: str, words: str, party: Party) -> Words:
        asked = SealText(family=family(order), party=party, class_=_class_of(party), type=TEXT, id=order, path=name, text=words)
        with _told(name):
            return keeper.seal(asked)

    def original(order: str, digest: str, size: int, party: Party, body: IO[bytes]) -> Sealed:
        asked = SealFile(
            family=family(order),
            party=party,
            class_=_class_of(party),
            type=ORIGINAL,
            id=digest,
            path="file",
            size=size,
        )
        with _told("file"):
            return keeper.keep_file(asked, body)

    return OrderSeals(text, original)


def _class_of(party: Party) -> Literal["personal", "sensitive"]:
    return "sensitive" if party == "reporter" else "personal"


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except KeeperAwayError as error:
        raise NotSignedError(503, "keeper", f"the {what} is not sealed, so nothing is signed: {error}") from None
    except KeeperRefusedError as error:
        raise NotSignedError(422, "malformed", f"the keeper does not seal the {what}: {error}") from None
