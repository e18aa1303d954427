"""What is signed of an order: its texts looked at and sealed, each under the key of whose it is, and its file before it."""

from collections.abc import Callable
from typing import IO, NamedTuple

from msgspec.structs import replace

from screen.acts.order_about import About
from streams.messages import Party, Words
from streams.messages.orders import Issue, OrderAct
from streams.messages.words import Sealed
from streams.orders.texts import ASSERTS, FAMILY, accusation, check_texts, file_party, party_of, texts_of, with_texts

MOST_WORDS = 2_000
"""Characters of a text at most (`streams.messages.words.Why`)."""

TEXT = "order"
"""What the keeper is told that an order's texts stand in; the order's id binds them."""

SealOrder = Callable[[str, str, str, Party], Words]
"""What becomes of a text: the order, the name of the text (`reason`), the text, whose it is."""

KeepOriginal = Callable[[str, str, int, Party, IO[bytes]], Sealed]
"""The reference to an original: the order, the file's digest, its size, whose it is, its bytes."""


class OrderSeals(NamedTuple):
    """How texts and originals of orders are kept."""

    text: SealOrder
    original: KeepOriginal | None


IN_CLEAR = OrderSeals(lambda _order, _name, text, _party: text, None)
"""Nothing is sealed, and no original taken: what has come into an opened log must be able to go again."""


def sealed_data(act: str, data: Issue | OrderAct, about: About, seal: SealOrder) -> Issue | OrderAct:
    """The data of an act with its texts sealed; ValueError where one is none, is too long, names a 密级, or accuses.

    Nobody can look at a sealed text for 疑似 afterwards: so an order's act says that its texts were looked at here.
    """
    check_texts(data)
    if isinstance(data, Issue) and (found := accusation(data)):
        raise ValueError(f"{ASSERTS.zh.format(found)} / {ASSERTS.en.format(found)}")

    def made(_path: str, name: str, text: str) -> Words:
        if not 0 < len(text.strip()) <= MOST_WORDS:
            raise ValueError(f"a {name} of 1 to {MOST_WORDS} characters is needed")
        return seal(data.order, name, text, party_of(about.kind, about.traits, act, name))

    sealed: Issue | OrderAct = with_texts(data, made)
    if not isinstance(sealed, Issue):
        return sealed
    return replace(sealed, worded=bool(sealed.alerts) and any(isinstance(text, Sealed) for _, _, text in texts_of(sealed)))


def with_original(data: OrderAct, about: About, role: str, body: IO[bytes], keep: KeepOriginal) -> OrderAct:
    """The act with its file kept: by then it is durable."""
    file = data.file
    if file is None or file.text is not None:
        raise ValueError("there is no file to keep")
    party = file_party(about.kind, about.traits, role)
    return replace(data, file=replace(file, text=keep(data.order, file.digest, file.size, party, body)))


def family(order: str) -> str:
    """The keeper's family of an order."""
    return f"{FAMILY}{order}"
