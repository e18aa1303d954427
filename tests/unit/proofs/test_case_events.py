"""The events of a case from an archive: an alert judged again, and the records of its places."""

from pathlib import Path

from agents.evidence.events import ArchivedEvents, judged_again
from streams.archive import files
from streams.messages import HOUR, Alert, Place, encode
from tests.support.events import START, clean, registered
from tests.support.pure.alarm import raised
from tests.support.signed_log import REGISTRAR, TOPIC, SignedLog, judged, records

ALERT = raised().id


def archived(root: Path, first: int = 0) -> tuple[list[bytes], ArchivedEvents]:
    """A signed partition with two hours of bad air, and its archive from an offset on."""
    log, chunk = SignedLog(), files.Chunk(0.0)
    values = [*log.start, log.written(registered(), REGISTRAR), log.tick(START), clean(START, o3=230)]
    values += [log.tick(START + HOUR), clean(START + HOUR, o3=260), clean(START + 2 * HOUR, o3=270)]
    for offset, key, value in records(values)[first:]:
        chunk.add(offset, 0, key, value)
    files.write(root, TOPIC, 0, chunk)
    return values, ArchivedEvents(root)


def test_an_alert_is_judged_again_up_to_its_newest_entry(tmp_path: Path) -> None:
    """All revisions byte for byte as the worker writes them, and none of a later record."""
    values, events = archived(tmp_path)
    last = len(values) - 2
    made = [encode(each) for each in judged(values[: last + 1]) if isinstance(each, Alert) and each.id == ALERT]
    assert len(made) > 1
    assert list(judged_again(events, ALERT, Place(TOPIC, 0, last))) == made


def test_where_the_beginning_is_gone_nothing_is_judged_again(tmp_path: Path) -> None:
    """An archive that begins later would give other alerts; what stands in it is read all the same."""
    values, events = archived(tmp_path, first=5)
    place = Place(TOPIC, 0, len(values) - 1)
    assert list(judged_again(events, ALERT, place)) == []
    assert events.at([place, Place(TOPIC, 0, 1)]) == {place: values[-1]}
