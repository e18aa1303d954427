"""Who may look at a sealed text: by role, and by whose the text is and its class, in a session that holds."""

from collections.abc import Callable

from streams.keeper.disk.store import Class, Owner
from streams.keeper.keeper import Right
from streams.keeper.wire import OpenText
from streams.messages import ORDER_LOOKS
from streams.messages.rights import ENTRY_RIGHTS, REVEALS

LOOK_RIGHTS: dict[Class, frozenset[str]] = {
    "personal": REVEALS["personal"],
    "sensitive": REVEALS["sensitive"],
    "secret": frozenset({"supervisor"}),
}
"""The roles that may look at texts of a class. A choice: whoever works on the case; never those who only study or watch."""

ENTRIES = "entry."
"""How the types begin in which texts of entries by hand are sealed: who enters and who confirms them looks at them.

Of which department they are the signer knows, which has read the draft. A text opens as the type alone that it was sealed for.
"""

_ORDERS = "events.orders/"


def roles_of(owner: Owner) -> frozenset[str]:
    """The roles that may look at texts of this family, party and class: of an order by its party, else by the class.

    >>> sorted(roles_of(Owner("events.orders/a", "caller", "personal")))
    ['handler', 'receptionist', 'revisitor']
    """
    looks = {str(party): right.roles for party, right in ORDER_LOOKS.items()}
    if owner.family.startswith(_ORDERS) and owner.class_ != "secret":
        return looks.get(owner.party, frozenset())
    return LOOK_RIGHTS[owner.class_]


def by_role(alive: Callable[[OpenText], bool]) -> Right:
    """The right of the tables, while `alive` says that the session of whoever asks holds."""

    def right(asked: OpenText, owner: Owner) -> str:
        by_hand = asked.type.startswith(ENTRIES) and owner.class_ == "personal"
        if asked.actor.role not in (ENTRY_RIGHTS["entry-draft"] if by_hand else roles_of(owner)):
            return f"texts of the class {owner.class_} and party {owner.party} are not for the role {asked.actor.role}"
        return "" if alive(asked) else "the session has ended"

    return right
