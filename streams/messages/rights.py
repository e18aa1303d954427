"""Who may do what: the one table of roles, by which the core judges an act and the screen offers and takes it."""

from typing import Literal, get_args

from msgspec import Struct

from streams.messages.event import ADOPTED, COMMAND, NOTICE, RESUMED, TICK
from streams.messages.orders import FILED, LINK, RELEASE

Role = Literal[
    "viewer",
    "supervisor",
    "dispatcher",
    "analyst",
    "admin",
    "receptionist",
    "leader",
    "checker",
    "signatory",
    "clerk",
    "handler",
    "reviewer",
    "officer",
    "verifier",
    "revisitor",
    "inspector",
    "legal",
    "archivist",
]
"""A person's role: looks; answers for a desk (值班员); sends orders out (派单员); studies; keeps the system.

And of orders: takes in requests (受理员); is the leader on duty (带班领导); checks a draft (核稿人), signs it off
(签发人); of a unit, takes an order (承办单位管理员), handles it (承办人), lets its answer out (单位审核人); is one of two
officers with a certificate (执法人员); verifies at the spot (核查员), calls back (回访员), supervises (督查员), reviews by
law (法制审核), keeps files (档案员).
"""

ROLES: tuple[Role, ...] = get_args(Role)

_DESK = frozenset({"supervisor", "admin"})
_SHIFT = frozenset({"supervisor", "dispatcher", "admin"})
_ADMIN = frozenset({"admin"})

ALARM_RIGHTS: dict[str, frozenset[str]] = {
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
"""The roles that may do an act to an alarm. Suppression by design is no operator's act (ISA-18.2 11.6); `notify` is the
notifier's, which is no person."""

DESK_RIGHTS: dict[str, frozenset[str]] = {"verify": _SHIFT, "call": _SHIFT, "report": _SHIFT, "confer": _SHIFT}
"""The roles that may record what the desk has done about an alert: 核实, 叫应, 报告带班领导, 会商. They move no alarm.

The first three come before an order is sent (docs/concepts/orders.md); the table itself is a choice.
"""

ALERT_RIGHTS = ALARM_RIGHTS | DESK_RIGHTS
"""The roles that may do an act to an alert."""

INCIDENT_RIGHTS: dict[str, frozenset[str]] = {"merge": _SHIFT, "split": _SHIFT}
"""The roles that may do an act to an incident."""

SHIFT_RIGHTS: dict[str, frozenset[str]] = {"hand-over": _SHIFT, "take-over": _SHIFT}
"""The roles that may write, or take over, a note at the change of a shift."""

SHARING_RIGHTS: dict[str, frozenset[str]] = {
    "share-ask": frozenset({"supervisor", "dispatcher", "admin", "leader", "clerk", "handler", "reviewer", "officer"}),
    "share-answer": frozenset({"supervisor", "admin", "leader", "reviewer"}),
}
"""The roles that may ask for another department's data, or take that back; and that answer, put off, provide or stop it for
the department that has them, or consent for the authority (令809 第二十一条). Of which department, the directory says."""

ENTRY_RIGHTS: dict[str, frozenset[str]] = {
    "entry-draft": frozenset({"supervisor", "dispatcher", "admin", "leader", "clerk", "handler", "reviewer", "officer"}),
    "entry-confirm": frozenset({"supervisor", "admin", "leader", "clerk", "handler", "reviewer", "officer"}),
}
"""The roles that may enter facts of their department by hand (系统补录), and confirm or return what another has entered."""

FIGURE_RIGHTS: dict[str, frozenset[str]] = {
    "figure-object": frozenset({"admin", "leader", "reviewer"}),
    "figure-answer": frozenset({"admin", "leader", "inspector"}),
    "index-draft": frozenset({"admin", "leader", "inspector"}),
    "index-adopt": frozenset({"admin", "leader"}),
}
"""The roles that may object to a figure for their unit, or take that back; and, of the measuring office, that answer, draft an
index, and adopt it. A choice: whoever signs off for the unit, and whoever answers for the office."""

DEVICE_RIGHTS: dict[str, frozenset[str]] = {"device-clock": frozenset({"leader", "officer"})}
"""The roles that may order one device's clock to be set, of the office that is competent for the domain alone: who keeps the
system may not, for a device's time is evidence (监测条例 25). A choice."""

STUDY_RIGHTS: dict[str, frozenset[Role]] = {"replay": frozenset({"supervisor", "analyst", "admin"})}
"""The roles that may ask for a replay, or for what other rules would have done."""

OVERSIGHT_RIGHTS: dict[str, frozenset[Role]] = {
    "oversee": frozenset({"supervisor", "dispatcher", "analyst", "admin", "leader", "inspector"})
}
"""The roles that see the figures and cases of work of every unit; all others those of their own and the city's sums. A choice.

Who of them is for one department alone sees no more than that either, unless it is the authority for data.
"""

TAKE_CASES = "take-cases"

EXPORT_RIGHTS: dict[str, frozenset[Role]] = {TAKE_CASES: STUDY_RIGHTS["replay"] | {"leader"}}
"""The roles that may have the cases behind a figure as files: whoever may ask for all other work, and a leader. A choice."""


def job_right(kind: str) -> str:
    """What a kind of job is in the table of rights."""
    return TAKE_CASES if kind == "cases" else "replay"


CREDIT_RIGHTS: dict[str, frozenset[Role]] = {
    "credit-class": frozenset({"supervisor", "dispatcher", "leader", "officer", "inspector"})
}
"""The roles that see an enterprise's class of credit risk (国市监信发〔2022〕6号: for supervision's own use). A choice: who
sends inspectors, who inspects, who supervises that; nobody who only watches, studies or keeps the system."""

_STUDIES = STUDY_RIGHTS["replay"]
RELEASE_RIGHTS: dict[str, frozenset[Role]] = {
    **dict.fromkeys(("general-1", "general-2", "general-3"), _STUDIES | {"leader"}),
    **dict.fromkeys(("general-4", "important"), _STUDIES - {"analyst"}),
    "core": frozenset(),
}
"""The roles that may take out an export, by the level of all that it holds together (`streams.release.level`). A choice."""

_UNIT = frozenset({"clerk", "handler", "reviewer", "officer"})
_SENDS = frozenset({"dispatcher", "supervisor", "leader"})
_PAPER = frozenset({"checker", "signatory", "archivist", "dispatcher", "clerk", "reviewer"})
_CHECKS = frozenset({"verifier", "revisitor", "inspector", "officer"})

Scope = Literal["issuer", "line", "main", "verifier", "supervising", "any"]
"""Of which unit somebody must be to do an act: of that which issues the order, of the line named, of the main receiver's, of
that which verifies, or supervises. A receiver with the units below it; each other body with its inner offices, without whoever
receives the order: nobody decides about an order of its own because it stands below who sent it."""


class OrderRight(Struct, frozen=True):
    """Who may do an act to an order: the roles, and of which unit."""

    roles: frozenset[str]
    scope: tuple[Scope, ...]


ORDER_RIGHTS: dict[str, OrderRight] = {
    "issue": OrderRight(_SENDS | {"inspector", "clerk", "handler", "reviewer"}, ("issuer",)),
    "accept": OrderRight(frozenset({"receptionist", "dispatcher"}), ("issuer",)),
    "decline": OrderRight(frozenset({"receptionist", "dispatcher", "leader", "reviewer"}), ("issuer",)),
    "merge": OrderRight(frozenset({"receptionist", "dispatcher"}), ("issuer",)),
    "dispatch": OrderRight(frozenset({"dispatcher", "clerk", "handler", "reviewer"}), ("issuer",)),
    "approve": OrderRight(frozenset({"leader", "signatory"}), ("issuer",)),
    "paper": OrderRight(
        frozenset({"checker", "signatory", "archivist", "dispatcher", "clerk", "reviewer"}), ("issuer", "main")
    ),
    "deliver": OrderRight(frozenset({"notifier"}) | _UNIT, ("line",)),
    "read": OrderRight(_UNIT, ("line",)),
    "sign": OrderRight(frozenset({"clerk", "handler"}), ("line",)),
    "call": OrderRight(_SENDS, ("issuer",)),
    "report": OrderRight(frozenset({"supervisor", "dispatcher"}), ("issuer",)),
    "contact": OrderRight(frozenset({"handler", "clerk"}), ("line",)),
    "opinion": OrderRight(frozenset({"handler", "reviewer", "officer"}), ("line",)),
    "note": OrderRight(_UNIT | _SENDS | _CHECKS | {"receptionist", "legal"}, ("line", "issuer", "verifier", "supervising")),
    "ask-return": OrderRight(frozenset({"clerk", "handler", "reviewer"}), ("line",)),
    "decide-return": OrderRight(frozenset({"dispatcher", "leader"}), ("issuer",)),
    "ask-extension": OrderRight(frozenset({"reviewer"}), ("line",)),
    "decide-extension": OrderRight(frozenset({"dispatcher", "leader", "signatory"}), ("issuer",)),
    "object": OrderRight(frozenset({"handler", "reviewer"}), ("line",)),
    "answer-objection": OrderRight(frozenset({"dispatcher", "leader"}), ("issuer",)),
    "pause": OrderRight(frozenset({"reviewer", "officer"}), ("line",)),
    "resume": OrderRight(frozenset({"handler", "reviewer", "officer"}), ("line",)),
    "submit": OrderRight(frozenset({"handler", "officer"}), ("line",)),
    "reject": OrderRight(frozenset({"reviewer"}), ("line",)),
    "endorse": OrderRight(frozenset({"reviewer"}), ("line",)),
    "add": OrderRight(frozenset({"dispatcher", "inspector", "clerk", "reviewer"}), ("issuer", "main")),
    "take": OrderRight(frozenset({"dispatcher", "handler", "reviewer"}), ("issuer", "main")),
    "recall": OrderRight(frozenset({"dispatcher", "inspector", "clerk", "reviewer"}), ("issuer", "main")),
    "withdraw": OrderRight(_SENDS | {"inspector", "reviewer"}, ("issuer",)),
    "revoke": OrderRight(frozenset({"leader", "signatory"}), ("issuer", "supervising")),
    "repeal": OrderRight(frozenset({"leader", "signatory"}), ("issuer", "supervising")),
    "urge": OrderRight(_SENDS | {"inspector"}, ("issuer", "supervising")),
    "instrument": OrderRight(frozenset({"officer", "handler", "reviewer"}), ("main", "line")),
    "file": OrderRight(_UNIT | _CHECKS | _SENDS, ("line", "issuer", "verifier", "supervising")),
    "send-back": OrderRight(_CHECKS | {"dispatcher", "handler", "reviewer"}, ("verifier", "issuer")),
    "inspect": OrderRight(_CHECKS | {"handler", "reviewer"}, ("verifier",)),
    "follow": OrderRight(frozenset({"dispatcher", "verifier", "revisitor"}), ("verifier", "issuer")),
    "conclude": OrderRight(frozenset({"leader", "inspector"}), ("issuer",)),
    "call-back": OrderRight(frozenset({"revisitor"}), ("verifier", "issuer")),
    "publish": OrderRight(frozenset({"leader", "signatory"}), ("issuer",)),
    "close": OrderRight(_SENDS | _CHECKS | {"receptionist", "reviewer"}, ("issuer", "verifier")),
    "ask-review": OrderRight(frozenset({"reviewer", "leader"}), ("main",)),
    "decide-review": OrderRight(frozenset({"leader", "inspector"}), ("issuer", "supervising")),
    "void": OrderRight(frozenset({"leader", "legal"}), ("issuer", "supervising")),
    "reopen": OrderRight(frozenset({"leader", "inspector", "dispatcher"}), ("issuer", "supervising")),
    "archive": OrderRight(frozenset({"archivist", "dispatcher"}), ("issuer",)),
    "purge": OrderRight(_ADMIN, ("any",)),
}
"""Every act on an order, its roles and whose they must be. The commands are `command.order.<act>`.

`deliver` is what a page or the notifier says: it has reached the unit; `take`: the main receiver accepts a support line's
answer; `call`: 叫应; `report`: the leader on duty was told; `inspect`: 核查, 复查; `call-back`: 回访; `opinion`: a first
opinion (初步意见), or that the unit has taken it by law or not (受理、不予受理); `follow`: the answer says 已依法受理 and until
when, and the hotline follows it to the end of that procedure; `conclude`: 作出督查结论; `publish`: made public, or withheld by
an article (公开, 不公开). A kind says otherwise or more in `scopes` and `roles` (`streams.orders.kind`). Roles after
党政机关公文处理工作条例 22 to 24, 市场监督管理行政处罚程序规定 22 and 49, GB/T 30428 (posts); the table itself is a choice.
"""

Party = Literal["office", "caller", "reporter"]
"""Whose a text or file of an order is: the offices' own, a caller's, or that of whoever reports somebody (举报)."""

_HOTLINE = frozenset({"receptionist", "revisitor"})

ORDER_LOOKS: dict[Party, OrderRight] = {
    "office": OrderRight(
        _UNIT | _SENDS | _CHECKS | {"receptionist", "legal", "archivist"}, ("line", "issuer", "verifier", "supervising")
    ),
    "caller": OrderRight(_HOTLINE | {"handler"}, ("line", "issuer", "verifier")),
    "reporter": OrderRight(_HOTLINE | {"handler"}, ("line", "issuer", "verifier")),
}
"""Who may look at a sealed text or original of an order, on record, by whose it is.

Of callers and reporters the hotline alone and the one who handles it (信访工作条例 30, 济南市 12345 条例 16, 32); of a report
whoever is of the unit that it is about sees nothing at all.
"""

ORDER = "order."
"""How the verbs of acts on orders begin in the table of all rights."""

LOOK = ORDER + "look-"
"""How the verbs of looks at orders begin there; the party follows."""

LOOK_ORDER = LOOK + "office"
"""The widest of these looks: who has none of this has none at all."""

TEXT_RIGHTS: dict[str, frozenset[str]] = {
    "look": _SHIFT,
    **{LOOK + party: right.roles for party, right in ORDER_LOOKS.items()},
}
"""The roles that may look at a sealed text, on record: of an act on an alert, and of an order by whose it is. A choice: whoever
works on the case."""

SEES: dict[str, frozenset[str]] = {
    "personal": frozenset(ROLES) - {"viewer", "analyst"},
    "sensitive": frozenset(),
}
"""The roles that see data of a personal mark (`streams.catalogue.entry.PersonalMark`) whole where these stand in clear: whoever
works on the case, of what is of the own unit; never those who only study or watch. What is sensitive, or ranks as high, nobody
sees before he has asked for it on record. A choice."""

REVEALS: dict[str, frozenset[str]] = {"personal": _SHIFT, "sensitive": frozenset({"supervisor", "admin"})}
"""The roles that may have such data shown, on record; of what is sealed the keeper asks here too. A choice."""

_IN_LOG = (
    ALERT_RIGHTS
    | INCIDENT_RIGHTS
    | SHIFT_RIGHTS
    | SHARING_RIGHTS
    | ENTRY_RIGHTS
    | FIGURE_RIGHTS
    | DEVICE_RIGHTS
    | STUDY_RIGHTS
    | EXPORT_RIGHTS
    | {ORDER + act: right.roles for act, right in ORDER_RIGHTS.items()}
)

RIGHTS = _IN_LOG | TEXT_RIGHTS | OVERSIGHT_RIGHTS | CREDIT_RIGHTS
"""Every act of a person and the roles that may do it."""


def rights_of(role: str) -> tuple[str, ...]:
    """All acts that a role may do."""
    return tuple(verb for verb, roles in RIGHTS.items() if role in roles)


_OURS = {TICK, RESUMED, NOTICE, ADOPTED, FILED, LINK, RELEASE}


def is_ours(type_: str) -> bool:
    """Whether a type of event is one that no domain declares: a tick, a notice, an adoption, an act of the table."""
    return type_ in _OURS or (type_.startswith(COMMAND) and type_.removeprefix(COMMAND) in _IN_LOG)
