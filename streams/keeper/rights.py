"""Who may look at a sealed text: by role and class of the text, in a session that holds."""

from collections.abc import Callable

from streams.keeper.disk.store import Class
from streams.keeper.keeper import Right
from streams.keeper.wire import OpenText
from streams.messages import TEXT_RIGHTS

LOOK_RIGHTS: dict[Class, frozenset[str]] = {
    "personal": TEXT_RIGHTS["look"],
    "sensitive": frozenset({"supervisor", "admin"}),
    "secret": frozenset({"supervisor"}),
}
"""The roles that may look at texts of a class. A choice: whoever works on the case; never those who only study or watch."""


def by_role(alive: Callable[[OpenText], bool]) -> Right:
    """The right of the table, while `alive` says that the session of whoever asks holds."""

    def right(asked: OpenText, class_: Class) -> str:
        if asked.actor.role not in LOOK_RIGHTS[class_]:
            return f"texts of the class {class_} are not for the role {asked.actor.role}"
        return "" if alive(asked) else "the session has ended"

    return right
