"""Who may look at a sealed text, by the keeper's own table."""

import pytest

from streams.keeper.disk.store import Owner
from streams.keeper.rights import by_role
from streams.keeper.wire import OpenText
from streams.messages import Actor, Authn, Sealed


@pytest.mark.parametrize(
    ("role", "type_", "allowed"),
    [
        ("handler", "entry.draft", True),
        ("clerk", "entry.decision", True),
        ("handler", "command.acknowledge", False),
        ("supervisor", "command.acknowledge", True),
        ("viewer", "entry.draft", False),
        ("analyst", "entry.draft", False),
    ],
)
def test_texts_of_entries_are_for_who_enters_and_confirms(role: str, type_: str, allowed: bool) -> None:
    """A handler who confirms must see what was entered, and no other texts (PIPL 6: the least that the purpose needs)."""
    asked = OpenText(
        actor=Actor(id="a", role=role),  # type: ignore[arg-type]  # one of the roles
        authn=Authn(how="password", at="2026-06-01T10:00:00+08:00", session="s"),
        purpose="review",
        family="events.environment/s1",
        type=type_,
        id="x",
        path="note",
        reference=Sealed("a" * 64, "b" * 64, 32),
    )
    owner = Owner("events.environment/s1", "office", "personal")
    assert (by_role(lambda _: True)(asked, owner) == "") == allowed
    assert by_role(lambda _: False)(asked, owner)
