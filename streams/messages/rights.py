"""Who may do what: the one table of roles, by which the core judges an act and the screen offers and takes it."""

from typing import Literal, get_args

from streams.messages.event import ADOPTED, COMMAND, NOTICE, RESUMED, TICK

Role = Literal["viewer", "supervisor", "dispatcher", "analyst", "admin"]
"""A person's role: looks; answers for a desk; sends people out; studies; keeps the system."""

ROLES: tuple[Role, ...] = get_args(Role)

_DESK = frozenset({"supervisor", "admin"})
_SHIFT = frozenset({"supervisor", "dispatcher", "admin"})
_ADMIN = frozenset({"admin"})

ALERT_RIGHTS: dict[str, frozenset[str]] = {
    "acknowledge": _DESK,
    "confirm": _DESK,
    "comment": frozenset({"supervisor", "dispatcher", "analyst", "admin"}),
    "shelve": _DESK,
    "unshelve": _DESK,
    "suppress": _ADMIN,
    "unsuppress": _ADMIN,
    "remove-from-service": _ADMIN,
    "return-to-service": _ADMIN,
    "reset": _DESK,
    "conclude": _DESK,
    "reopen": _DESK,
    "retry": _DESK,
    "notify": frozenset({"notifier"}),
}
"""The roles that may do an act to an alert. Suppression by design is no operator's act (ISA-18.2 11.6); `notify` is the
notifier's, which is no person."""

INCIDENT_RIGHTS: dict[str, frozenset[str]] = {"merge": _SHIFT, "split": _SHIFT}
"""The roles that may do an act to an incident."""

SHIFT_RIGHTS: dict[str, frozenset[str]] = {"hand-over": _SHIFT, "take-over": _SHIFT}
"""The roles that may write, or take over, a note at the change of a shift."""

STUDY_RIGHTS: dict[str, frozenset[Role]] = {"replay": frozenset({"supervisor", "analyst", "admin"})}
"""The roles that may ask for a replay, or for what other rules would have done."""

TEXT_RIGHTS: dict[str, frozenset[str]] = {"look": _SHIFT}
"""The roles that may look at the sealed text of an act, on record. A choice: whoever works on the case."""

_IN_LOG = ALERT_RIGHTS | INCIDENT_RIGHTS | SHIFT_RIGHTS | STUDY_RIGHTS

RIGHTS = _IN_LOG | TEXT_RIGHTS
"""Every act of a person and the roles that may do it."""


def rights_of(role: str) -> tuple[str, ...]:
    """All acts that a role may do."""
    return tuple(verb for verb, roles in RIGHTS.items() if role in roles)


_OURS = {TICK, RESUMED, NOTICE, ADOPTED}


def is_ours(type_: str) -> bool:
    """Whether a type of event is one that no domain declares: a tick, a notice, an adoption, an act of the table."""
    return type_ in _OURS or (type_.startswith(COMMAND) and type_.removeprefix(COMMAND) in _IN_LOG)
