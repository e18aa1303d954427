"""All that a log is judged by, as it is committed: the stages of `agents.stages`, and the signs, which rest on measures too."""

from msgspec.structs import replace

from agents.core.alerts.adopt import Books, no_books
from agents.signs.stage.basis import sign_rules
from agents.stages import Basis, sound_basis


def whole_basis(books: Books = no_books) -> Basis:
    """What is committed, signs among it; Trouble lists what is wrong with it."""
    return replace(sound_basis(books), signs=sign_rules())
