"""What the log is judged by, as its workers have told it. Pure."""

from typing import ClassVar

from msgspec import field

from screen.feed.law import Law, told
from screen.feed.view import Slice, View
from streams.rulebook import BookInForce, InForce, NoticeInForce


class LawInForce(Slice):
    """`law`: the rule book and the working calendar, for which the pages ask. Reads no other slice."""

    TAKES: ClassVar[tuple[type, ...]] = (BookInForce, NoticeInForce)

    law: Law = field(default_factory=Law)

    def copied(self) -> "LawInForce":
        """One with the same law, which is never changed."""
        return LawInForce(self.law)

    def take(self, message: InForce, view: View) -> None:
        """Take over what is newer."""
        self.law = told(self.law, message)
