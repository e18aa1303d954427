"""From when on the clause of a rule binds a subject: before its first edition there, nothing is judged by it."""

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.rules.rule import Binding, adcode_of, first_in_force
from streams.messages import NEVER


class InForce:
    """The beginning of a rule's clause at each place that has editions of it."""

    def __init__(self, binding: Binding) -> None:
        self._starts = tuple((edition.adcode, edition.start) for edition in binding.editions)
        self._local = any(adcode for adcode, _ in self._starts)
        self._nation = first_in_force(binding.editions, "") if binding.editions else -NEVER

    def since(self, subject: Subject) -> int:
        """The first millisecond of the first edition that binds this subject, or NEVER; always, where there is no clause."""
        if not self._local:
            return self._nation
        at = adcode_of(subject.facts)
        return min([start for adcode, start in self._starts if at.startswith(adcode)], default=NEVER)

    def early(self, subject: Subject, at: int) -> Finding | None:
        """What is told of a condition that is true before its clause binds the subject; None where it does bind it."""
        if at >= self.since(subject):
            return None
        return Finding(active=False, opened_at=at, in_force=False)
