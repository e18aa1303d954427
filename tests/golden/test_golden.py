"""What the judge said of a lively day with people's acts it says today, byte for byte, from the beginning or a checkpoint.

The corpus in `data/` was built by `tests/golden/build.py` from the code of a release, and is built anew for each release only.
A test that is red here says that outputs, ids, trails or the meaning of a checkpoint have changed: mend the change, do not
build the corpus anew.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle

import msgspec
import pytest

from agents.core.incidents.feed import revisions
from agents.core.stage import Stage
from agents.rulebook.book_cache import read_text
from streams.outputs import Output
from tests.golden import corpus, failing
from tests.golden.corpus import Cut, Item, Part

ODD = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987)
"""Sizes of batches, taken in turn."""

OVERLAP = 9
"""Records before a checkpoint's position that are given again, as after a crash."""

PARTS = {(part.topic, part.partition): part for part in corpus.log()}
WHERE = [pytest.param(part, id=f"{part.topic}-{part.partition}") for part in corpus.log()]
CUTS = [pytest.param(cut, id=f"{cut.name}-{cut.topic}-{cut.partition}") for cut in corpus.cuts()]


@pytest.fixture(autouse=True, scope="module")
def _judges_that_raise() -> Iterator[None]:
    with failing.in_place():
        yield


def holds(part: Part | Cut, by: Stage, found: list[Output], since: int = 0) -> None:
    """The outputs of a partition from an offset on are the golden ones, and so are the newest values at the end."""
    golden = corpus.said()[part.topic, part.partition]
    if told := corpus.difference(f"{part.topic}/{part.partition} from offset {since}", golden.since(since), found):
        pytest.fail(told, pytrace=False)
    assert corpus.statuses(by) == golden.statuses


def goes_on(cut: Cut, items: list[Item]) -> None:
    """A stage that takes up a checkpoint judges the rest as if nothing had been."""
    by = corpus.stage(cut.topic, cut.partition)
    by.restore(items)
    assert by.position == cut.offset
    records = PARTS[cut.topic, cut.partition].records
    holds(cut, by, corpus.judged(by, records[cut.offset - OVERLAP :]), cut.offset)


@pytest.mark.parametrize("part", WHERE)
def test_the_whole_log_gives_the_same_bytes(part: Part) -> None:
    """Judged at once, with no snapshot between."""
    by = corpus.stage(part.topic, part.partition)
    holds(part, by, corpus.judged(by, part.records))


@pytest.mark.parametrize("part", WHERE)
def test_odd_batches_give_the_same_bytes(part: Part) -> None:
    """Judged in batches of odd sizes with a snapshot after each, so that subjects go to rest in between."""
    by = corpus.stage(part.topic, part.partition)
    holds(part, by, corpus.judged(by, part.records, cycle(ODD), saves=True))


@pytest.mark.parametrize("cut", CUTS)
def test_an_old_checkpoint_is_taken_up(cut: Cut) -> None:
    """What the release's worker had saved is understood today: the rest of the log gives the same bytes."""
    goes_on(cut, cut.items)


@pytest.mark.parametrize("cut", CUTS)
def test_a_new_checkpoint_is_taken_up(cut: Cut) -> None:
    """What today's code saves at the same places, gathered over many snapshots, it understands itself."""
    by = corpus.stage(cut.topic, cut.partition)
    saved: dict[bytes, bytes | None] = {}
    records = PARTS[cut.topic, cut.partition].records
    for start in range(0, cut.offset, 200):
        by.run(records[start : min(start + 200, cut.offset)])
        saved |= by.snapshot()
    goes_on(cut, list(saved.items()))


def test_the_incidents_read_what_the_domains_say() -> None:
    """The revisions that the incidents' input holds are those that the outputs of the domains give, in their order."""
    given: dict[str, dict[tuple[bytes | None, bytes | None], None]] = {}
    for part in corpus.log():
        for key, value in part.values if part.topic.endswith(".incidents") else ():
            if value and b'"type":"alert.revised"' in value:
                place = msgspec.json.decode(value)["data"]["place"]
                given.setdefault(f"{place['topic']}/{place['partition']}/{key!r}", {})[key, value] = None
    made: dict[str, list[tuple[bytes | None, bytes | None]]] = {}
    for part in corpus.log():
        if not part.topic.endswith(".incidents"):
            by = corpus.stage(part.topic, part.partition)
            for key, value in revisions(corpus.judged(by, part.records)):
                made.setdefault(f"{part.topic}/{part.partition}/{key!r}", []).append((key, value))
    assert made == {where: list(values) for where, values in given.items()}
    assert sum(map(len, made.values())) > 3_000


def test_the_books_of_the_log_are_read_by_their_hashes() -> None:
    """Texts of rule books that a log has adopted are what their names say, so that old logs can be judged."""
    assert {read_text(text).hash for text in corpus.texts().values()} == set(corpus.texts())
    assert len(corpus.texts()) == 2


def _fields(topic: str, *names: str) -> Counter[tuple[object, ...]]:
    rows = (each.value for said in corpus.said().values() for each in said.outputs if each.topic == topic)
    return Counter(tuple(read[name] for name in names) for read in map(msgspec.json.decode, rows))


def test_the_corpus_holds_a_lively_day() -> None:
    """All topics of outputs; every state, step and act, done and refused; every reason for bad input; every end of a hold."""
    assert sum(len(part.values) for part in corpus.log()) > 20_000
    assert {each.topic for said in corpus.said().values() for each in said.outputs} == {
        *("alerts", "audit", "quality", "quarantine", "incidents", "incident-audit", "floods"),
    }
    acts = {
        *("acknowledge", "confirm", "comment", "shelve", "unshelve", "suppress", "unsuppress", "remove-from-service"),
        *("return-to-service", "reset", "conclude", "reopen", "retry", "notify"),
    }
    entries = _fields("audit", "event", "verb")
    assert {verb for event, verb in entries if event != "refuse"} - {""} == acts
    assert {verb for event, verb in entries if event == "refuse"} == acts | {
        *("merge", "split", "hand-over", "take-over", "replay", "bless"),
    }
    assert {event for event, _ in entries} == acts | {
        *(
            "raise",
            "clear",
            "re-alarm",
            "shelve-end",
            "escalate",
            "remind",
            "severity",
            "rule",
            "overdue",
            "condition",
            "refuse",
        ),
    }
    assert set(_fields("alerts", "state")) == {
        (each,) for each in ("A", "B", "C", "D", "C-latched", "D-latched", "E", "F", "G")
    }
    assert set(_fields("alerts", "provisional")) == {(True,), (False,)}
    assert {reason for (reason,) in _fields("quality", "reason")} == {
        *("not-json", "not-cloudevent", "unknown-type", "bad-time", "malformed-data", "out-of-range", "unregistered", "future"),
        *("late", "duplicate", "conflict", "key-mismatch", "too-big", "unknown-alert", "unknown-incident", "inconsistent"),
        "unusable-book",
        "no-rule",
    }
    assert set(_fields("quarantine", "state")) == {("held",), ("judged",), ("withdrawn",)}
    assert {event for (event,) in _fields("incident-audit", "event")} == {
        *("open", "join", "severity", "lead", "flood", "end", "reopen", "merge", "merged", "split", "split-off", "refuse"),
    }
    floods = _fields("floods", "ended_at")
    assert floods[None,] > 0
    assert len(floods) > 1


@pytest.mark.parametrize("name", ["morning", "flood", "evening"])
def test_at_the_cuts_much_is_going_on(name: str) -> None:
    """Alarms stand, duties are open, a judge is on hold, incidents have ended and are taken out; notices not before noon."""
    items = [item for cut in corpus.cuts() if cut.name == name for item in cut.items]
    told = [msgspec.msgpack.decode(value) for key, value in items if value and key and b"/" not in key and key != b"acts"]
    subjects = [each for each in told if isinstance(each, dict)]
    assert sum(bool(each.get("alerts")) for each in subjects) > 25
    assert any("duty" in str(key) or "reply" in str(key) for each in subjects for key in each.get("memory", {}))
    assert any(each.get("held") for each in subjects)
    assert any(value is None for _, value in items)
    positions = [msgspec.msgpack.decode(value) for key, value in items if key == b"" and value]
    assert len({each["adopted"] for each in positions}) == 2  # None where the incidents are judged
    assert any(each["notices"] for each in positions) == (name != "morning")
