"""Who would receive an order: the duty list's proposal, what the rules of correspondence make of it, loads. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from streams.messages import Text
from streams.messages.orders import PaperKind, Part
from streams.organs.correspondence import Correspondence, Verdict, may_write
from streams.organs.routing import Asked, DutyList, Routing, route
from streams.organs.unit import Unit, Units

SUBJECT = "subject"
"""The id by which an enterprise stands among the bodies, only to be refused."""

_NO_WHY = Text("", "")
_SUBJECT_WHY = Text("被监管对象", "whom the matter is about")
_HERE_WHY = Text("属地政府，由区划带出", "the government of the place")
_INSTEAD_WHY = Text("{}不能直接派，由其转办", "it passes it on to {}, which may not be written to directly")


class Load(Struct, frozen=True):
    """How many lines a unit has in hand, and how many of them it has not signed yet."""

    open: int = 0
    unsigned: int = 0


class Candidate(Struct, frozen=True, kw_only=True):
    """A receiver that may be written to. `as_paper`: as which paper it goes; `why`: what else is to be known of the choice."""

    unit: str
    name: Text
    part: Part
    basis: str
    load: Load
    as_paper: PaperKind | str
    sentence: Text
    why: Text = Text("", "")
    limit: str = ""


class Barred(Struct, frozen=True, kw_only=True):
    """A receiver that may not be written to: the sentence that forbids it, its source, what to do instead.

    `via`: who may be written to in its place, and whether that one stands among the candidates (`changed`).
    """

    unit: str
    name: Text
    about: Text
    sentence: Text
    basis: str
    instead: Text
    via: str = ""
    changed: bool = False


class Wanted(Struct, frozen=True):
    """A receiver that a person has chosen."""

    unit: str
    part: Part
    limit: str = ""


class Receivers(Struct, frozen=True, kw_only=True):
    """The proposal: who sends, who receives, who is barred, who supervises; `basis` and `why` of the duty list's row."""

    sender: str
    sender_name: Text
    candidates: tuple[Candidate, ...]
    barred: tuple[Barred, ...]
    supervising: str
    supervising_name: Text
    basis: str
    why: tuple[Text, ...]
    upward: bool

    @property
    def mains(self) -> int:
        """How many of them answer for the whole: an order needs exactly one."""
        return sum(each.part == "main" for each in self.candidates)


class Ground(Struct, frozen=True):
    """What a proposal rests on: the place's duty list, its bodies on that day, the rules of correspondence, the loads."""

    duties: DutyList
    units: Units
    rules: Correspondence
    loads: Mapping[str, Load]


def proposal(
    ground: Ground,
    asked: Asked,
    sender: str,
    paper: PaperKind,
    subject: Text | None,
    chosen: tuple[Wanted, ...] | None = None,
    known: Routing | None = None,
) -> Receivers:
    """Who receives a matter from this sender; `chosen`: not as the list says. `subject`: an enterprise it is about.

    `known`: who answers, where that follows from the matter itself and the list is not asked.
    """
    routing = known or route(ground.duties, ground.units, asked)
    wanted = _routed(routing) if chosen is None else chosen
    found, barred = list[Candidate](), list[Barred]()
    for each in wanted:
        _place(ground, routing, sender, paper, each, found, barred)
    taken = {each.unit for each in found} | {each.unit for each in barred}
    barred.extend(_offered(ground, asked, sender, paper, taken))
    if subject is not None:
        barred.append(_enterprise(ground, sender, paper, subject))
    return Receivers(
        sender=sender,
        sender_name=_name(ground.units, sender),
        candidates=tuple(found),
        barred=tuple(barred),
        supervising=routing.supervising,
        supervising_name=_name(ground.units, routing.supervising),
        basis=routing.basis,
        why=routing.why,
        upward=routing.upward,
    )


def _routed(routing: Routing) -> tuple[Wanted, ...]:
    parts: tuple[tuple[Part, tuple[str, ...]], ...] = (
        ("main", (routing.main,)),
        ("support", routing.supports),
        ("assist", routing.assists),
    )
    return tuple(Wanted(unit, part) for part, units in parts for unit in units)


def _place(
    ground: Ground,
    routing: Routing,
    sender: str,
    paper: PaperKind,
    wanted: Wanted,
    found: list[Candidate],
    barred: list[Barred],
) -> None:
    """Put a wanted receiver among those found, or among the barred with whoever may stand in its place."""
    if any(each.unit == wanted.unit for each in found):
        return
    said = may_write(ground.rules, ground.units, sender, wanted.unit, paper)
    if said.allowed:
        found.append(_candidate(ground, routing, wanted, said))
        return
    via = may_write(ground.rules, ground.units, sender, said.via, paper) if said.via else None
    changed = via is not None and via.allowed
    barred.append(_barred(ground, wanted.unit, _NO_WHY, said, changed))
    if via and changed and not any(each.unit == said.via for each in found):
        name = _name(ground.units, wanted.unit)
        why = Text(_INSTEAD_WHY.zh.format(name.zh), _INSTEAD_WHY.en.format(name.en))
        found.append(_candidate(ground, routing, Wanted(said.via, wanted.part, wanted.limit), via, why))


def _candidate(ground: Ground, routing: Routing, wanted: Wanted, said: Verdict, why: Text = _NO_WHY) -> Candidate:
    return Candidate(
        unit=wanted.unit,
        name=_name(ground.units, wanted.unit),
        part="assist" if said.assist else wanted.part,
        basis=routing.basis,
        load=ground.loads.get(wanted.unit, Load()),
        as_paper=said.as_,
        sentence=said.sentence,
        why=why,
        limit=wanted.limit,
    )


def _offered(ground: Ground, asked: Asked, sender: str, paper: PaperKind, taken: set[str]) -> list[Barred]:
    """The government of the place, which people look for, where it is barred."""
    here = ground.duties.acting.get(("government", asked.adcode[:6]), "")
    if not here or here in taken:
        return []
    said = may_write(ground.rules, ground.units, sender, here, paper)
    return [] if said.allowed else [_barred(ground, here, _HERE_WHY, said, changed=False)]


def _enterprise(ground: Ground, sender: str, paper: PaperKind, subject: Text) -> Barred:
    """The enterprise itself, with the sentence why no order goes to it."""
    body = Unit(id=SUBJECT, name=subject, kind="enterprise", level="city", basis="")
    said = may_write(ground.rules, Units((*ground.units, body)), sender, SUBJECT, paper)
    return Barred(
        unit=SUBJECT, name=subject, about=_SUBJECT_WHY, sentence=said.sentence, basis=said.basis, instead=said.instead
    )


def _barred(ground: Ground, unit: str, about: Text, said: Verdict, changed: bool) -> Barred:
    return Barred(
        unit=unit,
        name=_name(ground.units, unit),
        about=about,
        sentence=said.sentence,
        basis=said.basis,
        instead=said.instead,
        via=said.via,
        changed=changed,
    )


def _name(units: Units, unit: str) -> Text:
    found = units.get(unit)
    return found.name if found else Text(unit, unit)
