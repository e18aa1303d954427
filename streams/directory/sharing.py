"""Requests to share a type of the directory as the log has them: who asked, who answered, what the law's days say. Pure.

What is shared without condition is granted by asking, what is not shared is refused by asking, citing its ground (令809
第十四条, 第十五条); what is shared on conditions its provider answers in 10 working days, once put off by 10 with the
consent of the authority (第二十一条), and provides in 20 (第二十二条). A grant ends with its last day, or is stopped
(第二十七条). What the asker does with the data it records, destruction after the end too (第二十九条).
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Literal

from msgspec import Struct

from streams.calendar.time_limit import deadline, parse_limit
from streams.calendar.working_time import Calendar
from streams.catalogue.described import catalogue
from streams.directory.versions import AUTHORITY, LawClock, law_clock
from streams.messages import DAY, Actor, Text, begin_of, encode, parse_time
from streams.messages.services.catalogue import SharingAct, SharingStep, Wanted

ANSWER, AT_ONCE, MORE, PROVIDE = 10, 1, 10, 20
"""Working days to answer, to answer what is shared without condition, by which an answer is put off, and to provide."""

ANSWERED = Text("政务数据共享条例（令809）第二十一条", "Order 809 Art. 21")
PROVIDED = Text("政务数据共享条例（令809）第二十二条", "Order 809 Art. 22")

SharingState = Literal["asked", "accepted", "refused", "provided", "withdrawn", "revoked", "ended"]
"""待答复, 已同意, 不同意, 共享中, 已撤回, 已停止, 已到期."""

ACTS: Mapping[SharingAct, Text] = {
    "asked": Text("申请", "Asked"),
    "accepted": Text("同意", "Accepted"),
    "refused": Text("不同意", "Refused"),
    "extension-asked": Text("申请延期", "More time asked"),
    "extended": Text("准予延期", "More time granted"),
    "extension-refused": Text("不准延期", "More time refused"),
    "provided": Text("已提供", "Provided"),
    "withdrawn": Text("撤回", "Withdrawn"),
    "revoked": Text("停止共享", "Stopped"),
    "used": Text("使用记录", "Use recorded"),
}

NEEDS_REASON = frozenset({"refused", "extension-asked", "extension-refused", "revoked", "used"})
"""Acts that say why; of a use what was done."""

_STATES: Mapping[SharingAct, frozenset[SharingState]] = {
    "accepted": frozenset({"asked"}),
    "refused": frozenset({"asked"}),
    "extension-asked": frozenset({"asked"}),
    "extended": frozenset({"asked"}),
    "extension-refused": frozenset({"asked"}),
    "provided": frozenset({"accepted"}),
    "withdrawn": frozenset({"asked", "accepted", "provided"}),
    "revoked": frozenset({"accepted", "provided"}),
    "used": frozenset({"provided", "withdrawn", "revoked", "ended"}),
}
"""In which states each may be done."""

_DECIDES: tuple[SharingAct, ...] = ("extended", "extension-refused")
_BY_ASKING: Mapping[str, SharingState] = {"unconditional": "accepted", "conditional": "asked", "none": "refused"}
_INTO: Mapping[str, SharingState] = {
    "accepted": "accepted",
    "refused": "refused",
    "provided": "provided",
    "withdrawn": "withdrawn",
    "revoked": "revoked",
}


class SharingRequest(Struct, frozen=True):
    """A request: what is wanted, by whom, and its steps in order, the first of which asks."""

    wanted: Wanted
    steps: tuple[SharingStep, ...]

    @property
    def id(self) -> str:
        """Its name in the log."""
        return self.steps[0].request

    @property
    def by(self) -> Actor:
        """Who asked."""
        return self.steps[0].by

    def stamp(self, *acts: SharingAct) -> SharingStep | None:
        """Its newest step of these kinds, None where there is none."""
        return next((each for each in reversed(self.steps) if each.step in acts), None)

    def state(self, now: int) -> SharingState:
        """How it stands at a moment (ms): a grant ends with the last day of its use."""
        found = next((_INTO[each.step] for each in reversed(self.steps) if each.step in _INTO), _BY_ASKING[self.wanted.sharing])
        return "ended" if found in {"accepted", "provided"} and now >= self.end else found

    @property
    def end(self) -> int:
        """When the last day of its use is over (ms)."""
        return begin_of(self.wanted.until) + DAY


def request_id(by: Actor, key: str) -> str:
    """BLAKE2s-128 (hex) of a person and the name of the press."""
    return blake2s(encode([by.id, key]), digest_size=16).hexdigest()


def requests(steps: Iterable[SharingStep]) -> dict[str, SharingRequest]:
    """The requests by name, from their steps in the log's order; one that may not be is passed over, as is a second copy."""
    found: dict[str, SharingRequest] = {}
    for step in steps:
        take_step(found, step)
    return found


def take_step(known: dict[str, SharingRequest], step: SharingStep) -> None:
    """Take a step into the requests that are known, where it may be done."""
    if not sharing_refusal(known, step):
        known[step.request] = after(known.get(step.request), step)


def after(known: SharingRequest | None, step: SharingStep) -> SharingRequest:
    """A request after a step that may be done."""
    if known is None:
        if step.wanted is None:
            raise ValueError(f"request {step.request} does not say what is wanted")
        return SharingRequest(step.wanted, (step,))
    return SharingRequest(known.wanted, (*known.steps, step))


def sharing_refusal(known: Mapping[str, SharingRequest], step: SharingStep) -> str:
    """Why a step may not be done, or an empty text."""
    request = known.get(step.request)
    if step.step in NEEDS_REASON and not step.reason.strip():
        return f"{step.step} says why: give a reason"
    if step.step == "asked":
        return f"request {step.request} is known" if request else _asked(step)
    if request is not None and step.step == "used" and step in request.steps:
        return f"{step.step} of {step.at} is known"
    if request is None or step.wanted is not None:
        return f"there is no request {step.request!r}, or it is asked for anew: see `python -m streams catalogue sharing`"
    return may_not(request, step.step, step.by.department, parse_time(step.at)) or _own(request, step)


def _own(request: SharingRequest, step: SharingStep) -> str:
    """Why it is not for this person, who has asked what is decided."""
    asker = request.stamp("extension-asked")
    if step.by.id == request.by.id and step.step not in {"withdrawn", "used"}:
        return f"{step.by.id!r} has asked: somebody else must do this"
    if step.step in _DECIDES and asker and step.by.id == asker.by.id:
        return f"{step.by.id!r} asked for more time: somebody else must decide"
    return ""


def _asked(step: SharingStep) -> str:
    wanted = step.wanted
    if wanted is None:
        return "a request says what is wanted"
    if not step.by.department:
        return "a request is a department's: say which"
    if step.by.department == wanted.provider:
        return f"{wanted.type} is {wanted.provider}'s own: nobody asks himself"
    if not (wanted.purpose.strip() and wanted.basis.strip() and wanted.use.strip()):
        return "a request says its purpose, its basis and how the data are used (令809 第二十条)"
    if not (wanted.since and wanted.until) or wanted.until < wanted.since:
        return "a request says the first and the last day of use, in this order"
    return ""


def whose(request: SharingRequest, act: SharingAct) -> tuple[str, ...]:
    """The departments that may do an act."""
    if act in {"withdrawn", "used"}:
        return (request.by.department,)
    if act in _DECIDES:
        return (AUTHORITY,)
    return (request.wanted.provider, AUTHORITY) if act == "revoked" else (request.wanted.provider,)


def may_not(request: SharingRequest, act: SharingAct, department: str, now: int) -> str:
    """Why a department may not do an act to a request at a moment (ms), or an empty text."""
    state = request.state(now)
    if state not in _STATES.get(act, frozenset()):
        return f"request {request.id} is {state}: {act} is for one that is {' or '.join(sorted(_STATES.get(act, ())))}"
    if department not in (its := whose(request, act)):
        return f"{act} is for {' or '.join(its)}, not {department!r}"
    if act == "used" and request.stamp("provided") is None:
        return "nothing was provided, so there is no use to record"
    asked = request.stamp("extension-asked")
    if act == "extension-asked" and asked:
        return "more time is asked for once (令809 第二十一条)"
    if act in _DECIDES and (asked is None or request.stamp(*_DECIDES)):
        return "nobody waits for more time"
    return ""


def right_of(act: SharingAct) -> str:
    """What an act is in the table of rights."""
    return "share-ask" if act in {"asked", "withdrawn", "used"} else "share-answer"


def offers(request: SharingRequest, department: str, now: int) -> tuple[SharingAct, ...]:
    """What a department may do to a request now."""
    return tuple(act for act in ACTS if act != "asked" and not may_not(request, act, department, now))


def sharing_clocks(request: SharingRequest, now: int, calendar: Calendar) -> tuple[LawClock, ...]:
    """The law's days of a request at `now` (ms): to answer it, and then to provide; none of what is not shared.

    More time counts where it was asked for within the first limit.
    """
    if request.wanted.sharing == "none":
        return ()
    begun, withdrawn = request.steps[0].at, request.stamp("withdrawn")
    conditional = request.wanted.sharing == "conditional"
    answer = request.stamp("accepted", "refused") or withdrawn
    at = begun if not conditional else answer.at if answer else ""
    name = Text("答复", "Answer")
    days = AT_ONCE if not conditional else ANSWER + MORE if put_off(request, calendar) else ANSWER
    clock = law_clock((name, days, ANSWERED), begun, at, now, calendar)
    if not granted(request):
        return (clock,)
    met = request.stamp("provided") or withdrawn or request.stamp("revoked")
    provide = (Text("提供", "Provide"), PROVIDE, PROVIDED)
    return clock, law_clock(provide, at, met.at if met else "", now, calendar)


def put_off(request: SharingRequest, calendar: Calendar) -> bool:
    """Whether its answer is put off: more time was asked for within the first limit, and granted."""
    asked, extended = request.stamp("extension-asked"), request.stamp("extended")
    if asked is None or extended is None:
        return False
    first = deadline(parse_time(request.steps[0].at), parse_limit(f"{ANSWER} civil-working-days"), calendar)
    return parse_time(asked.at) <= first.at


def granted(request: SharingRequest) -> bool:
    """Whether it was granted, by its provider or by asking, whatever came of it then."""
    return request.wanted.sharing == "unconditional" or request.stamp("accepted") is not None


def wanted_fault(wanted: Wanted) -> str:
    """Where what a request says of a type is not what the directory says of it; empty where it is."""
    described = catalogue().get(wanted.type)
    if described is None:
        return f"the directory has no type {wanted.type!r}: see `python -m streams catalogue show`"
    entry = described.entry
    said = (wanted.provider, wanted.sharing, wanted.condition)
    if said != (entry.provider, entry.sharing, entry.condition):
        return f"the directory says something else of {wanted.type}: open the page anew"
    if entry.sharing != "none" and wanted.way not in entry.ways:
        return f"{wanted.type} is shared by {', '.join(entry.ways)}, not by {wanted.way}"
    if strange := sorted(set(wanted.fields) - {field.shape.path for field in described.fields}):
        return f"{wanted.type} has no field {', '.join(strange)}"
    return ""
