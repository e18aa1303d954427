"""What is known of the order that an act is on, by which it is known whose its texts are."""

from msgspec import Struct

from streams.messages.orders import Issue, OrderAct


class About(Struct, frozen=True, omit_defaults=True):
    """Kind and traits of an order."""

    kind: str = ""
    traits: dict[str, str] = {}


UNKNOWN = About()
"""Nothing is known: then every text is the office's."""


def about(data: Issue | OrderAct, known: About) -> About:
    """Of an order that is being made what it says itself; else what is known."""
    return About(data.kind, dict(data.traits)) if isinstance(data, Issue) else known
