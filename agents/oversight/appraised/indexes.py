"""The indexes of a place as the page tells them: scores with each part's share, and under other weights. Pure."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agents.measures.answers import answers
from agents.measures.book.read import MeasureBook
from agents.measures.columns import Numbers
from agents.measures.compare.counted import standing_id
from agents.measures.compare.objected import ObjectedFigure, ObjectionMark, figures
from agents.measures.index.held import HeldIndex, adopted_held, draft_held
from agents.measures.index.score import IndexScore, Part, index_scores
from agents.measures.index.spec import IndexBy, IndexRow, IndexText, measures_below, with_weights
from agents.measures.index.whatif import changes
from agents.measures.ledger import Ledger
from agents.oversight.appraised.said import FiguresSaid
from streams.appraisal.adoptions import AppraisalPeriod, holding, period
from streams.messages import Text
from streams.organs.unit import Units
from streams.oversight.wire import (
    AskIndex,
    IndexSummary,
    IndexTold,
    IndexVersionTold,
    IndicatorTold,
    LedgerState,
    PartTold,
    ScoreTold,
)

Indexes = Mapping[str, IndexRow]


class NoScoreError(ValueError):
    """There is no score; `words` say why to people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Text(zh, en)


class IndexBooks:
    """The indexes of a place's files (`rows`), its bodies, and what the log says of indexes."""

    def __init__(self, rows: Indexes, units: Units, ledger: Ledger, said: FiguresSaid) -> None:
        self.rows, self._units, self._ledger, self._said = rows, units, ledger, said

    def told(self) -> Iterator[IndexSummary]:
        """Every index: those of the files, then those that the log alone has."""
        texts = {text.index: text for text in self._said.texts.values()}
        for name in dict.fromkeys((*self.rows, *sorted({index for index, _ in self._said.versions}))):
            row = self.rows.get(name) or (texts[name].row if name in texts else None)
            if row is None:
                continue
            yield IndexSummary(
                index=name,
                name=row.name,
                what=row.what,
                period=row.period,
                by=row.by,
                in_file=name in self.rows,
                measured=self._measured(measures_below(name, self.rows) if name in self.rows else texts[name].measures),
                versions=tuple(
                    IndexVersionTold(version=each.version, state=each.state, since=each.steps[-1].since, at=each.steps[-1].at)
                    for each in self._said.versions.values()
                    if each.name == name
                ),
            )

    def scored(self, asked: AskIndex, chosen: Numbers | None, state: LedgerState) -> IndexTold:
        """The scores of a period, of the rows that were chosen; NoScoreError says why there are none."""
        try:
            return self._scored(asked, period(asked.period), chosen, state)
        except NoScoreError:
            raise
        except ValueError as error:
            raise NoScoreError(f"该期间没有可评分的案件，或者所问不成立（{error}）", str(error)) from None

    def _scored(self, asked: AskIndex, of: AppraisalPeriod, chosen: Numbers | None, state: LedgerState) -> IndexTold:
        held = self._held(asked, of, self._ledger.book)
        scores = self._scores(held.text, asked.by, of, chosen)
        other = with_weights(held.text, asked.weights) if asked.weights else None
        found = _told(scores, self._scores(other, asked.by, of, chosen) if other else None)
        row = held.text.row
        return IndexTold(
            state=state,
            index=asked.index,
            name=row.name,
            period=of.name,
            since=of.since,
            until=of.until,
            by=asked.by,
            over=self._ledger.now >= of.end,
            version=held.version,
            adopted=held.adopted,
            changed=held.changed,
            present=row.present,
            provenance=row.provenance,
            source=row.source,
            mark=row.mark,
            indicators=tuple(_indicators(row)),
            bands=tuple(each.name for each in row.band),
            weights={name: each.weight for name, each in other.row.weighted.items()} if other else {},
            scores=tuple(found),
        )

    def _held(self, asked: AskIndex, of: AppraisalPeriod, book: MeasureBook) -> HeldIndex:
        if asked.draft:
            if asked.index not in self.rows:
                raise NoScoreError(f"本地没有指标体系 {asked.index}", f"the place has no file of an index {asked.index!r}")
            self._check(asked.index, measures_below(asked.index, self.rows))
            return draft_held(asked.index, self.rows, book)
        found = holding(self._said.adopted, asked.index, of)
        if found is None:
            raise NoScoreError(
                f"{of.name} 没有印发过的版本，不评分",
                f"no version of {asked.index} was adopted for {of.name}: there is no score",
            )
        if found.digest not in self._said.texts:
            raise NoScoreError(
                f"日志中没有版本 {found.version} 的文本",
                f"the log has no text of version {found.version} of {asked.index} that has the adopted digest",
            )
        text = self._said.texts[found.digest]
        self._check(asked.index, text.measures)
        return adopted_held(found, text, book)

    def _scores(self, text: IndexText, by: IndexBy, of: AppraisalPeriod, chosen: Numbers | None) -> list[IndexScore]:
        ledger, known = self._ledger, self._said.objections

        def found(measure: str, by: IndexBy, within: AppraisalPeriod) -> list[ObjectedFigure]:
            rows = answers(ledger, measure, by, since=within.since, until=within.until, chosen=chosen)
            return figures(ledger, rows, known, lambda unit: standing_id(self._units, of.last, unit))

        return index_scores(text, ledger.book.measures, found, of, by, self._units, ledger.now)

    def _check(self, index: str, measures: Iterable[str]) -> None:
        if not self._measured(measures):
            command = f"python -m agents index show {index}"
            raise NoScoreError(
                f"{index} 用到本服务不保存的指标，请用 {command}",
                f"{index} rests on measures that are not kept here: {command}",
            )

    def _measured(self, measures: Iterable[str]) -> bool:
        return all(name in self._ledger.book.measures for name in measures)


def _told(scores: list[IndexScore], others: list[IndexScore] | None) -> Iterator[ScoreTold]:
    other = {each.key: each for each in changes(scores, others)} if others else {}
    for each in scores:
        then = other.get(each.key)
        yield ScoreTold(
            key=each.key,
            score=each.score,
            why=each.why,
            band=each.band,
            parts=tuple(msgspec.convert(part, PartTold, from_attributes=True) for part in each.parts),
            merged=each.merged,
            objections=len({mark.objection for part in each.parts for mark in _marks(part)}),
            other=then.after if then else None,
            other_band=then.band_after if then else None,
        )


def _marks(part: Part) -> Iterator[ObjectionMark]:
    yield from part.marks
    for each in part.parts:
        yield from _marks(each)


def _indicators(row: IndexRow) -> Iterator[IndicatorTold]:
    for name, each in row.indicator.items():
        yield IndicatorTold(
            id=name,
            name=each.name,
            measure=each.measure,
            index=each.index,
            rule=each.rule,
            weight=each.weight,
            missing=each.missing or "",
            least=each.least,
            target=each.target,
            poor=each.poor,
            good=each.good,
            cap=each.cap,
        )
