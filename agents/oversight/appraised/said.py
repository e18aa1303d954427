"""What people have said of the figures of a log: objections with their answers, and the indexes that were adopted. Pure."""

from collections.abc import Iterable, Mapping

from agents.measures.index.spec import IndexText
from streams.appraisal.adoptions import Adopted, DraftVersion, adoptions, draft_versions
from streams.appraisal.log import index_steps, said_of_figures
from streams.appraisal.objections import Objected, objections
from streams.messages.services.appraisal import AppraisalRecord


class FiguresSaid:
    """What is known of it. `office`: the body that measures; `texts`: of adopted indexes, by their digest."""

    def __init__(self, office: str = "") -> None:
        self.office = office
        self.objections: tuple[Objected, ...] = ()
        self.versions: Mapping[tuple[str, str], DraftVersion] = {}
        self.adopted: tuple[Adopted, ...] = ()
        self.texts: dict[str, IndexText] = {}
        self._records: dict[AppraisalRecord, None] = {}

    def take(self, records: Iterable[AppraisalRecord]) -> None:
        """Take up what was written, in any order; a second copy says nothing."""
        known = len(self._records)
        self._records |= dict.fromkeys(records)
        if len(self._records) == known:
            return
        ordered = sorted(self._records, key=lambda each: each.at)
        self.objections = tuple(objections(said_of_figures(ordered), self.office).values())
        steps = index_steps(ordered)
        self.versions, self.adopted = draft_versions(steps, self.office), adoptions(steps, self.office)

    @property
    def untold(self) -> tuple[Adopted, ...]:
        """The adoptions of which the text is not known yet."""
        return tuple(each for each in self.adopted if each.digest not in self.texts)
