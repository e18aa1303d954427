"""What the log is judged by: the rule book and the working calendar. Pure."""

from typing import ClassVar

from msgspec import field

from screen.feed.law import Law, told
from screen.feed.view import Slice, View
from streams.rulebook import BookInForce, NoticeInForce


class LawInForce(Slice):
    """`law`: the rule book and the calendar, as the workers have told them.

    Reads no other slice; the page of rules and the desk ask for it, so that no section tells of it.
    """

    TAKES: ClassVar[tuple[type, ...]] = (BookInForce, NoticeInForce)

    law: Law = field(default_factory=Law)

    def take(self, message: BookInForce | NoticeInForce, view: View) -> None:
        """Take up what is newer."""
        self.law = told(self.law, message)
