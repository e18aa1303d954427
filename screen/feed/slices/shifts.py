"""The newest notes at the change of a shift, and who took them over. Pure."""

from typing import ClassVar

from screen.feed.view import Slice, View
from streams.handover import Record
from streams.messages import Handover, Takeover, parse_time

MOST_NOTES = 3
"""Notes at the change of a shift that are kept of a department: the newest one and those before it."""


class Shifts(Slice):
    """`handovers`: the newest notes of shifts by id, in the order of time; `takeovers` by the note's id.

    Reads no other slice; the pages ask for the notes, so that no section tells of them.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Handover, Takeover)

    handovers: dict[str, Handover] = {}
    takeovers: dict[str, Takeover] = {}

    def newest(self) -> dict[str, Handover]:
        """The newest note of each department that has one."""
        return {note.department: note for note in self.handovers.values()}

    def not_taken(self) -> int:
        """Departments whose newest note nobody has taken over."""
        return sum(note.id not in self.takeovers for note in self.newest().values())

    def take(self, message: Record, view: View) -> None:
        """Keep the first copy of a note or a takeover; a note and its takeover have one key, and so come in order."""
        parse_time(message.at)
        if isinstance(message, Handover):
            self._note(message)
        elif message.handover in self.handovers:
            self.takeovers.setdefault(message.handover, message)

    def _note(self, note: Handover) -> None:
        """Keep the newest notes of its department; what is pushed out goes with its takeover."""
        known = self.handovers | {note.id: self.handovers.get(note.id, note)}
        every = sorted(known.values(), key=lambda each: parse_time(each.at))
        ours = [each.id for each in every if each.department == note.department]
        self.handovers = {each.id: each for each in every if each.id not in ours[:-MOST_NOTES]}
        self.takeovers = {key: item for key, item in self.takeovers.items() if key in self.handovers}
