"""Who may write what to whom: rows of data with the sentence that allows or forbids, the first that fits counts.

The rules of 公文处理工作条例 (chapter 4) stand in `streams/places/correspondence.toml`; here is only how two bodies stand to
one another, and how a row is found.
"""

from typing import Literal

from msgspec import Struct

from streams.messages import Text
from streams.organs.unit import HOUSES, LEVELS, Unit, UnitKind, Units

Paper = Literal["work-order", "dispatch", "document", "letter", "report"]
"""A work order within the platform (工单, 交办单); a dispatch (调度指令); a document that instructs (公文); a letter (函); a
request or report upward (请示, 报告)."""

Relation = Literal[
    "unknown",
    "self",
    "inside",
    "superior",
    "subordinate",
    "lower-government",
    "line-below",
    "line-above",
    "peer",
    "below",
    "above",
    "unrelated",
]
"""How the receiver stands to the sender: none of the place's bodies; the same; within one body; to which it belongs; that
belongs to it; a government (street, zone) directly under the sender's; whose work it guides (业务指导); who guides its work; of
the same government; further below; further above; none of these."""

Via = Literal["", "sender-organ", "receiver-organ", "office", "down", "up"]
"""Through whom it may go: the body of an inner office, the general office of the sender's government, the body next below that
government on the way to the receiver, the body that the sender belongs to."""


class WritingRule(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from", "as_": "as"}):
    """A rule: what fits it, what it says, and where that stands. What is left empty fits everything.

    `through`: the same is asked again for the body to which an inner office belongs, the sender's or the receiver's.
    In texts `{sender}`, `{receiver}` are names, `{sender_organ}` and `{receiver_organ}` of the bodies of inner offices,
    `{sender_house}` and `{receiver_house}` of their governments, `{via}` of whom it may go through.
    """

    sentence: Text
    basis: str
    verdict: Literal["allowed", "refused"]
    from_: tuple[UnitKind, ...] = ()
    to: tuple[UnitKind, ...] = ()
    relation: tuple[Relation, ...] = ()
    paper: tuple[Paper, ...] = ()
    as_: Paper | Literal[""] = ""
    instead: Text = Text("", "")
    assist: bool = False
    through: Literal["", "sender", "receiver"] = ""
    via: Via = ""

    def __post_init__(self) -> None:
        """Refuse a refusal that says nothing of what to do; ValueError says what is missing."""
        if self.verdict == "refused" and not self.instead.zh:
            raise ValueError(f"{self.sentence.zh!r} refuses and does not say what to do: write `instead`")

    def fits(self, sender: UnitKind, receiver: UnitKind, relation: Relation, paper: Paper) -> bool:
        """Whether the row speaks of this."""
        return (
            (not self.from_ or sender in self.from_)
            and (not self.to or receiver in self.to)
            and (not self.relation or relation in self.relation)
            and (not self.paper or paper in self.paper)
        )


class Correspondence(Struct, frozen=True, forbid_unknown_fields=True):
    """`correspondence.toml`: the rows in their order, and what is said where none fits."""

    rule: tuple[WritingRule, ...]
    otherwise: WritingRule
    unknown: WritingRule


class Verdict(Struct, frozen=True, rename={"as_": "as"}):
    """Whether the paper may go out, the sentence that says so and its source, and what to do instead where it may not.

    `as_`: the paper as which it goes (a work order to a body that only a letter may ask is one); empty where it is refused.
    `assist`: it is no more than a request for help: no time limit, no colour, no measure. `via`: the id of a body through which
    what is refused may go, where there is one.
    """

    allowed: bool
    sentence: Text
    basis: str
    instead: Text
    as_: Paper | Literal[""] = ""
    assist: bool = False
    via: str = ""


_NOBODY = Text("其上级机关", "its superior")


class _Pair(Struct, frozen=True):
    sender: Unit
    receiver: Unit
    relation: Relation


def may_write(rules: Correspondence, units: Units, sender: str, receiver: str, paper: Paper) -> Verdict:
    """Whether one body may send a paper to another, by the bodies of a day (`Units.at`)."""
    one, other = units.get(sender), units.get(receiver)
    if one is None or other is None:
        missing = Text(sender, sender) if one is None else Text(receiver, receiver)
        names = {"sender": missing, "receiver": missing}
        return Verdict(
            False, _filled(rules.unknown.sentence, names), rules.unknown.basis, _filled(rules.unknown.instead, names)
        )
    return _judged(rules, units, one, other, paper)


def relation(units: Units, sender: Unit, receiver: Unit) -> Relation:
    """How the receiver stands to the sender."""
    if sender.id == receiver.id:
        return "self"
    if (organ := units.organ(sender.id)) and organ == units.organ(receiver.id):
        return "inside"
    return _direct(units, sender, receiver) or _distant(units, sender, receiver)


def house(units: Units, unit: Unit) -> Unit | None:
    """The government, or what stands for one, that a body is or belongs to."""
    if unit.kind in HOUSES:
        return unit
    return next((each for each in units.above(unit.id) if each.kind in HOUSES), None)


def _direct(units: Units, sender: Unit, receiver: Unit) -> Relation | None:
    """The edges between two, and being under one government."""
    mine, theirs = house(units, sender), house(units, receiver)
    above = units.superior(sender.id) if sender.kind in HOUSES else None
    if receiver.id == sender.parent or (above and receiver.kind == "office" and receiver.parent == above.id):
        return "superior"
    if receiver.kind in HOUSES and mine and receiver.parent == mine.id:
        return "lower-government"
    if receiver.parent == sender.id:
        return "subordinate"
    if receiver.guided_by == sender.id:
        return "line-below"
    if sender.guided_by == receiver.id:
        return "line-above"
    together = sender.parent == receiver.parent if sender.kind in HOUSES else mine and theirs and mine.id == theirs.id
    equal = sender.level == receiver.level and (sender.kind in HOUSES) == (receiver.kind in HOUSES)
    return "peer" if together and equal else None


def _distant(units: Units, sender: Unit, receiver: Unit) -> Relation:
    mine, theirs = house(units, sender), house(units, receiver)
    deeper = LEVELS.index(receiver.level) - LEVELS.index(sender.level)
    if deeper > 0 and _under(units, receiver, sender, mine):
        return "below"
    if deeper < 0 and _under(units, sender, receiver, theirs):
        return "above"
    return "unrelated"


def _under(units: Units, lower: Unit, upper: Unit, mine: Unit | None) -> bool:
    """Whether a body is below another or its government, by an edge of either kind or by where it is."""
    tops = {upper.id, mine.id if mine else upper.id}
    guide = units.guide(lower.id)
    near = {each.id for each in units.above(lower.id)} | ({guide.id, guide.guided_by} if guide else set())
    return bool(tops & near) or bool(mine and mine.adcode and lower.adcode.startswith(mine.adcode))


def _judged(rules: Correspondence, units: Units, sender: Unit, receiver: Unit, paper: Paper) -> Verdict:
    pair = _Pair(sender, receiver, relation(units, sender, receiver))
    row = next((each for each in rules.rule if each.fits(sender.kind, receiver.kind, pair.relation, paper)), rules.otherwise)
    acting = units.organ((sender if row.through == "sender" else receiver).id) if row.through else None
    if acting and acting.id not in {sender.id, receiver.id}:
        between = (acting, receiver) if row.through == "sender" else (sender, acting)
        return _judged(rules, units, *between, paper)
    via = _via(units, pair, row.via)
    names = _names(units, pair) | {"via": via.name if via else _NOBODY}
    sentence, instead = _filled(row.sentence, names), _filled(row.instead, names)
    if row.verdict == "refused":
        return Verdict(False, sentence, row.basis, instead, via=via.id if via else "")
    return Verdict(True, sentence, row.basis, instead, row.as_ or paper, row.assist)


def _via(units: Units, pair: _Pair, way: Via) -> Unit | None:
    sender, receiver = pair.sender, pair.receiver
    mine = house(units, sender)
    match way:
        case "sender-organ":
            return units.organ(sender.id)
        case "receiver-organ":
            return units.organ(receiver.id)
        case "office":
            return units.office(mine.id) if mine else None
        case "up":
            return units.superior(sender.id)
        case "down":
            return _next_below(units, sender, receiver, mine)
        case _:
            return None


def _next_below(units: Units, sender: Unit, receiver: Unit, mine: Unit | None) -> Unit | None:
    """The next on the way down: directly below the sender's government, else the highest of the line not above the sender."""
    start = receiver if receiver.parent else units.guide(receiver.id) or receiver
    path = (start, *units.above(start.id))
    if found := next((each for each in path if mine and each.parent == mine.id), None):
        return found
    line, guide = receiver, units.guide(receiver.id)
    while guide and LEVELS.index(guide.level) >= LEVELS.index(sender.level):
        line, guide = guide, units.guide(guide.id)
    return line if line is not receiver else None


def _names(units: Units, pair: _Pair) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for role, unit in (("sender", pair.sender), ("receiver", pair.receiver)):
        found[role] = unit.name
        found[f"{role}_organ"] = (units.organ(unit.id) or unit).name
        found[f"{role}_house"] = (house(units, unit) or unit).name
    return found


def _filled(text: Text, names: dict[str, Text]) -> Text:
    zh, en = ({role: getattr(name, language) for role, name in names.items()} for language in ("zh", "en"))
    return Text(text.zh.format_map(zh), text.en.format_map(en))
