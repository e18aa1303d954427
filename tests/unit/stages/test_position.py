"""The version of a checkpoint's form: both stages write it, and neither takes up what a later program has written."""

import msgspec
import pytest

from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.core.position import POSITION, VERSION, CheckpointError, position_of
from agents.core.stage import Stage
from agents.rulebook.grouping import sound_grouping
from tests.support.books import the_book
from tests.support.events import START, tick

BOOK = the_book()
TOPICS = {"environment": "live.events.environment", "incidents": "live.events.incidents"}


def stage(topic: str) -> Stage:
    """The stage of an input topic's partition 3, from its beginning."""
    return Incidents(sound_grouping(BOOK.rules), topic, 3) if topic.endswith("incidents") else Fold(BOOK, topic, 3)


def position(**fields: object) -> list[tuple[bytes, bytes | None]]:
    """A checkpoint that holds a position alone, as some program has written it."""
    return [(POSITION, msgspec.msgpack.encode({"offset": 9, "now": START, **fields}))]


@pytest.fixture(params=TOPICS.values(), ids=TOPICS)
def topic(request: pytest.FixtureRequest) -> str:
    """The input topic of a stage."""
    return str(request.param)


def test_a_checkpoint_names_its_version(topic: str) -> None:
    """Whoever reads it can tell: the position has the version, beside what it always had."""
    of = stage(topic)
    of.run([(0, None, tick(START))])
    key, value = of.snapshot()[-1]
    assert key == POSITION
    written = msgspec.msgpack.decode(value or b"")
    assert (written["offset"], written["now"], written["version"]) == (1, START, 1)


@pytest.mark.parametrize("fields", [{}, {"version": 1}, {"version": 1, "later": "field"}], ids=["none", "1", "field"])
def test_the_first_version_is_taken_up(topic: str, fields: dict[str, object]) -> None:
    """Checkpoints of programs that named no version are of the first; a field that nobody knows is passed over."""
    of = stage(topic)
    of.restore(position(**fields))
    assert (of.position, of.now) == (9, START)


@pytest.mark.parametrize("fields", [{}, {"offset": {"another": "form"}}], ids=["same", "other"])
def test_a_later_version_is_refused_in_a_sentence(topic: str, fields: dict[str, object]) -> None:
    """It names what was found, what is known, where, and what to do, whatever else is in the record; nothing is taken up."""
    of = stage(topic)
    with pytest.raises(CheckpointError) as refused:
        of.restore(position(**({"version": VERSION + 1} | fields)))
    said = str(refused.value)
    name = topic.removeprefix("live.events.")
    assert f"{topic} partition 3 has format version {VERSION + 1}, this program knows up to {VERSION}" in said
    assert "Start the version of this program that wrote it" in said
    assert f"delete the topic live.checkpoint.{name}" in said
    assert "python -m streams topics create --log live" in said
    assert (of.position, of.now, of.known) == (0, None, 0)


def test_where_nothing_was_saved_there_is_no_position() -> None:
    """A partition that never had a checkpoint begins at its log's beginning."""
    assert position_of({}, TOPICS["environment"], 0) is None
