"""What judging says of alerts, incidents and the cases of measures, as signs count it: each with its moment and its area.

The trails of alerts are followed by what measures the alarm system (`agents.measures.performance`), the cases of measures are
those of the ledger: a sign that counts the same as a measure counts it there. Figures of an archive and the stage of signs
make their cases here alone.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from agents.core.duration import span
from agents.core.rules.rule import RuleSpec, kinds_of
from agents.measures.ledger import Ledger
from agents.measures.performance import Journal, Trail, take
from agents.signs.book.sign import JudgedForm, MeasureForm, SignRow
from agents.signs.figures import JudgedCase
from streams.catalogue.described import catalogue
from streams.messages import Alert, Audit, Incident, IncidentAudit, parse_time
from streams.outputs import Output

SETTLED: Mapping[str, bool] = {"true": True, "false-alarm": False}
"""What a verification (核实) came to that settles it; 无法核实 settles nothing."""

OF_INCIDENTS = frozenset({"first-told", "closed"})
"""What of a formula is counted of incidents; the rest of alerts."""


class IncidentLife(Struct, array_like=True):
    """An incident as it stands: when it began (ms), where, by what alert of what rule, whether it is part of another one.

    `n`: the newest entry of its trail; `turns`: when (ms) it ended (True) or was open again, in their order.
    """

    opened: int = 0
    adcode: str = ""
    first: str = ""
    rule: str = ""
    merged: bool = False
    n: int = 0
    turns: list[tuple[int, bool]] = []


def live(lives: dict[str, IncidentLife], output: Incident | IncidentAudit) -> str:
    """Take up a revision of an incident or an entry of its trail; a copy changes nothing. Whose it is."""
    name = output.id if isinstance(output, Incident) else output.incident
    life = lives.setdefault(name, IncidentLife())
    if isinstance(output, Incident):
        life.opened, life.adcode, life.first = parse_time(output.opened_at), output.adcode, output.first
        life.merged = bool(output.merged_into)
    elif output.n > life.n:
        life.n, ended = output.n, output.state == "ended"
        if ended != (bool(life.turns) and life.turns[-1][1]):
            life.turns.append((parse_time(output.at), ended))
    return name


def alert_cases(formula: JudgedForm, alert: str, adcode: str, trail: Trail) -> Iterator[JudgedCase]:
    """What of an alert counts in a sign."""
    if formula.counts == "verdicts":
        for n, (at, finding) in trail.verified.items():
            if finding in SETTLED:
                yield JudgedCase(at, adcode, f"{alert}/{n}", SETTLED[finding])
    elif formula.counts == "answered":
        within = span(formula.within)
        for call in trail.calls:
            if call.severity in formula.severities and not call.aside:
                good = call.answered is not None and call.answered - call.at <= within
                yield JudgedCase(call.at + within, adcode, alert, good)


def incident_cases(formula: JudgedForm, name: str, life: IncidentLife, own: Mapping[str, bool]) -> Iterator[JudgedCase]:
    """What of an incident counts in a sign: nothing of one that is part of another, or whose first rule nobody knows.

    `own`: of each rule whether its facts are found by devices or inspections.
    """
    if life.merged:
        return
    if formula.counts == "first-told":
        if life.rule in own:
            yield JudgedCase(life.opened, life.adcode, name, own[life.rule])
    elif formula.counts == "closed":
        due = life.opened + span(formula.within)
        end = due + span(formula.watch)
        since = _ended(life, end)
        yield JudgedCase(end, life.adcode, name, since is not None and since <= due)


def _ended(life: IncidentLife, at: int) -> int | None:
    """Since when (ms) an incident had ended at a moment; None where it was open."""
    past = [turn for turn in life.turns if turn[0] <= at]
    return past[-1][0] if past and past[-1][1] else None


def own_rules(specs: Mapping[str, Mapping[str, RuleSpec]], formula: JudgedForm) -> dict[str, bool]:
    """Of each rule (by domain and id) whether it reads what devices or the formula's inspections tell."""
    return {
        rule: any(is_own(f"{domain}.{kind}", formula.inspections) for kind in kinds_of(spec))
        for domain, rules in specs.items()
        for rule, spec in rules.items()
    }


def is_own(type_: str, inspections: Iterable[str]) -> bool:
    """Whether facts of a type are found by devices or by inspection, and not told by somebody: citizens, other bodies."""
    known = catalogue().get(type_)
    return type_ in inspections or (known is not None and known.entry.origin == "device")


class JudgedAlerts:
    """What is remembered of what judging gives, revision by revision; a copy changes nothing. `specs`: the rules by domain."""

    def __init__(self, specs: Mapping[str, Mapping[str, RuleSpec]]) -> None:
        self.journal = Journal()
        self._incidents: dict[str, IncidentLife] = {}
        self._specs = specs

    def take(self, output: Output) -> None:
        """Take up a revision or an entry of a trail."""
        if isinstance(output, Alert | Audit):
            take(self.journal, output)
        elif isinstance(output, Incident | IncidentAudit):
            live(self._incidents, output)

    def cases(self, formula: JudgedForm) -> list[JudgedCase]:
        """What counts in a sign."""
        if formula.counts in OF_INCIDENTS:
            own = own_rules(self._specs, formula)
            return [case for name in self._incidents for case in incident_cases(formula, name, self._life(name), own)]
        trails, facts = self.journal.trails.items(), self.journal.facts
        found = ((name, facts[name].adcode if name in facts else "", trail) for name, trail in trails)
        return [case for each in found for case in alert_cases(formula, *each)]

    def _life(self, name: str) -> IncidentLife:
        """An incident with the rule of its first alert, which may have been told later."""
        life = self._incidents[name]
        known = self.journal.facts.get(life.first)
        life.rule = known.rule if known else ""
        return life


def measured(ledger: Ledger, formula: MeasureForm) -> list[JudgedCase]:
    """The cases of a measure, each at the moment by which it counts; what is left out by a decision is in neither part."""
    moment = ledger.book.measures[formula.measure].counts_in
    found = [(ledger.case(name), how.numerator) for name, how in ledger.counted(formula.measure) if not how.excluded]
    return [JudgedCase(getattr(case, moment), case.district, case.id, good) for case, good in found]


def needs_judging(book: Mapping[str, SignRow]) -> bool:
    """Whether some sign rests on what judging gives."""
    return any(isinstance(row.formula, MeasureForm | JudgedForm) for row in book.values())
