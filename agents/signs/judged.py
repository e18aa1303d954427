"""What judging says of alerts, incidents and the cases of measures, as signs count it: each with its moment and its area.

The trails of alerts are followed by what measures the alarm system (`agents.measures.performance`), the cases of measures are
those of the ledger: a sign that counts the same as a measure counts it there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from agents.core.duration import span
from agents.core.rules.rule import RuleSpec, kinds_of
from agents.measures.ledger import Ledger
from agents.measures.performance import Journal, take
from agents.signs.book.sign import JudgedForm, MeasureForm, SignRow
from agents.signs.figures import JudgedCase
from streams.catalogue.described import catalogue
from streams.messages import Alert, Audit, Incident, IncidentAudit, parse_time
from streams.outputs import Output

SETTLED: Mapping[str, bool] = {"true": True, "false-alarm": False}
"""What a verification (核实) came to that settles it; 无法核实 settles nothing."""


class IncidentLife(Struct, frozen=True):
    """An incident as it stands: when it began (ms), where, its first alert, whether it has become part of another one."""

    opened: int
    adcode: str
    first: str
    merged: bool


class JudgedAlerts:
    """What is remembered of what judging gives, revision by revision; a copy changes nothing."""

    def __init__(self, rules: Mapping[str, RuleSpec]) -> None:
        self.journal = Journal()
        self._incidents: dict[str, IncidentLife] = {}
        self._turns: dict[str, dict[int, tuple[int, bool]]] = defaultdict(dict)
        self._rules = rules

    def take(self, output: Output) -> None:
        """Take up a revision or an entry of a trail."""
        if isinstance(output, Alert | Audit):
            take(self.journal, output)
        elif isinstance(output, Incident):
            opened, merged = parse_time(output.opened_at), bool(output.merged_into)
            self._incidents[output.id] = IncidentLife(opened, output.adcode, output.first, merged)
        elif isinstance(output, IncidentAudit):
            self._turns[output.incident][output.n] = parse_time(output.at), output.state == "ended"

    def cases(self, domains: Mapping[str, str], formula: JudgedForm) -> list[JudgedCase]:
        """What counts in a sign. `domains`: the domain of each rule."""
        match formula.counts:
            case "verdicts":
                return list(self._verdicts())
            case "answered":
                return list(self._answered(formula))
            case "first-told":
                return list(self._first_told(formula, domains))
            case _:
                return list(self._closed(formula))

    def _verdicts(self) -> Iterable[JudgedCase]:
        for alert, trail in self.journal.trails.items():
            for n, (at, finding) in trail.verified.items():
                if finding in SETTLED:
                    yield JudgedCase(at, self._where(alert), f"{alert}/{n}", SETTLED[finding])

    def _answered(self, formula: JudgedForm) -> Iterable[JudgedCase]:
        within = span(formula.within)
        for alert, trail in self.journal.trails.items():
            for call in trail.calls:
                if call.severity in formula.severities and not call.aside:
                    good = call.answered is not None and call.answered - call.at <= within
                    yield JudgedCase(call.at + within, self._where(alert), alert, good)

    def _first_told(self, formula: JudgedForm, domains: Mapping[str, str]) -> Iterable[JudgedCase]:
        for name, each in self._lives():
            known = self.journal.facts.get(each.first)
            if known is None or known.rule not in self._rules:
                continue
            kinds = [f"{domains[known.rule]}.{kind}" for kind in kinds_of(self._rules[known.rule])]
            yield JudgedCase(each.opened, each.adcode, name, any(is_own(kind, formula.inspections) for kind in kinds))

    def _closed(self, formula: JudgedForm) -> Iterable[JudgedCase]:
        within, watch = span(formula.within), span(formula.watch)
        for name, each in self._lives():
            due = each.opened + within
            ended = self._ended(name, due + watch)
            yield JudgedCase(due + watch, each.adcode, name, ended is not None and ended <= due)

    def _lives(self) -> Iterable[tuple[str, IncidentLife]]:
        """The incidents, without those that have become part of another one."""
        for name, each in self._incidents.items():
            if not each.merged:
                yield name, each

    def _ended(self, incident: str, at: int) -> int | None:
        """Since when (ms) an incident had ended at a moment; None where it was open."""
        since: int | None = None
        for _, (moment, ended) in sorted(self._turns[incident].items()):
            if moment <= at:
                since = (moment if since is None else since) if ended else None
        return since

    def _where(self, alert: str) -> str:
        known = self.journal.facts.get(alert)
        return known.adcode if known else ""


def is_own(type_: str, inspections: Iterable[str]) -> bool:
    """Whether facts of a type are found by devices or by inspection, and not told by somebody: citizens, other bodies."""
    known = catalogue().get(type_)
    return type_ in inspections or (known is not None and known.entry.origin == "device")


def measured(ledger: Ledger, formula: MeasureForm) -> list[JudgedCase]:
    """The cases of a measure, each at the moment by which it counts; what is left out by a decision is in neither part."""
    moment = ledger.book.measures[formula.measure].counts_in
    found = [(ledger.case(name), how.numerator) for name, how in ledger.counted(formula.measure) if not how.excluded]
    return [JudgedCase(getattr(case, moment), case.district, case.id, good) for case, good in found]


def needs_judging(book: Mapping[str, SignRow]) -> bool:
    """Whether some sign rests on what judging gives."""
    return any(isinstance(row.formula, MeasureForm | JudgedForm) for row in book.values())
