"""A log that was judged by the rule book of the release adopts today's: what stands keeps what it was judged by."""

from collections.abc import Iterator
from typing import Any

import pytest

from agents.commands.adoption import adoption_bytes
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from streams.messages import HOUR, Adoption, Alert, Audit, Quality, decode, tick_bytes
from streams.topics import split_events_topic
from tests.golden import corpus, failing
from tests.golden.corpus import Cut
from tests.support.books import the_book

TODAY = the_book()
EVENING = [cut for cut in corpus.cuts() if cut.name == "evening" and split_events_topic(cut.topic)[1] != "incidents"]
CUTS = [pytest.param(cut, id=f"{cut.topic}-{cut.partition}") for cut in EVENING]
HOURS = 72
"""How long time passes after the adoption."""


@pytest.fixture(autouse=True, scope="module")
def _judges_that_raise() -> Iterator[None]:
    with failing.in_place():
        yield


def shelf(hash_: str) -> Book:
    """The books of the log, and today's."""
    return TODAY if hash_ == TODAY.hash else corpus.book(hash_)


def standing(cut: Cut) -> dict[str, Alert]:
    """The alerts that had not ended at the cut, as they were then."""
    said = corpus.said()[cut.topic, cut.partition]
    newest = {
        each.key: decode(each.value, Alert)
        for cause, each in zip(said.causes, said.outputs, strict=True)
        if each.topic == "alerts" and cause < cut.offset
    }
    return {name: alert for name, alert in newest.items() if not alert.ended}


def taken_over(cut: Cut) -> list[Any]:
    """What comes out once a worker has taken up the old checkpoint, the log adopts today's book, and time passes."""
    fold = Fold(corpus.nothing(), cut.topic, cut.partition, books=shelf)
    fold.restore(cut.items)
    adopted = adoption_bytes(Adoption(book=TODAY.hash, by="zhang", reason="核对法律"), fold.now)
    values = [adopted, *(tick_bytes(fold.now + n * HOUR) for n in range(1, HOURS))]
    return fold.run([(cut.offset + n, None, value) for n, value in enumerate(values)])


@pytest.mark.parametrize("cut", CUTS)
def test_the_old_log_is_taken_over(cut: Cut) -> None:
    """Alerts keep version, clause and department by which they were raised; of rules that went, the trail says so."""
    before, out = standing(cut), taken_over(cut)
    assert [each for each in out if isinstance(each, Quality) and each.reason == "unusable-book"] == []
    for each in out:
        if isinstance(each, Alert) and each.id in before and each.occurrence == before[each.id].occurrence:
            kept = before[each.id]
            assert (each.rule_version, each.clause, each.department) == (kept.rule_version, kept.clause, kept.department)
    cleared = {each.alert for each in out if isinstance(each, Audit) and f"rule book {TODAY.hash}" in str(each.reason)}
    withdrawn = {rule for hash_ in corpus.texts() for rule in corpus.book(hash_).rules} - TODAY.rules.keys()
    gone = {name for name, alert in before.items() if alert.active and alert.rule in withdrawn}
    assert gone <= cleared


def test_there_is_something_to_take_over() -> None:
    """The corpus has alerts that stand at the cut, in more than one domain."""
    assert len({alert.domain for cut in EVENING for alert in standing(cut).values()}) > 1
