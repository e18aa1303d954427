"""What the screen believes: no record hides a true one for good, and none stops the reader."""

from collections.abc import Iterator

import msgspec
import pytest
from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from screen.feed.believed.beyond import IN_FLIGHT, Beyond
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.pending import Waiting
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.floods import Floods
from screen.feed.slices.incidents import Incidents
from screen.feed.slices.shifts import Shifts
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import Trails
from screen.feed.snapshot import Health
from screen.feed.view import View
from streams.handover import Summary, handed
from streams.messages import DAY, HOUR, Actor, Alert, encode, format_time
from tests.support.pure.view import LOG, NOW, heartbeat
from tests.support.town import alert, entry, flood, incident, station

FAR = 2**52


def records(topic: str, *values: bytes, partition: int = 0) -> Iterator[ConsumerRecord]:
    """Records of a topic of the log as Kafka gives them."""
    for offset, value in enumerate(values):
        yield ConsumerRecord(f"{LOG}.{topic}", partition, -1, offset, NOW, 0, b"k%d" % offset, value, [], None, 0, 0, 0)


def read(topic: str, *values: bytes, partition: int = 0) -> tuple[View, list[str]]:
    """The View after records of a topic, and what was said of those that were left out."""
    said: list[str] = []
    waiting = Waiting(lambda place, why: said.append(f"{place} {why}"))
    for record in records(topic, *values, partition=partition):
        waiting.add(topic, record)
    return fold(View(), waiting.taken()), said


def test_a_false_revision_hides_no_true_one() -> None:
    """One that is far beyond the newest pulse waits; true ones that come after it are shown."""
    red = alert(LOG, 1, NOW)
    view = fold(View(), [heartbeat(NOW, NOW), red, replace(red, state="A", rev=FAR)])
    assert set(view[Alarms].alerts) == {red.id}
    worse = replace(red, rev=red.rev + 1, value=300.0)
    assert fold(view, [worse])[Alarms].alerts == {red.id: worse}
    assert len(view[Beyond].held) == 1


def test_a_true_revision_far_ahead_waits_for_its_pulse() -> None:
    """A worker that judges many records within a second is ahead of its pulse: with the next one its revision is shown."""
    ahead = alert(LOG, 1, NOW)
    ahead = replace(ahead, rev=IN_FLIGHT + 5)
    view = fold(View(), [heartbeat(NOW, NOW), ahead])
    assert view[Alarms].alerts == {}
    pulse = replace(heartbeat(NOW, NOW), offset=IN_FLIGHT + 6)
    assert fold(view, [pulse])[Alarms].alerts == {ahead.id: ahead}


def test_an_entry_of_a_far_number_ends_no_trail() -> None:
    """A trail goes on with the next number only."""
    red = alert(LOG, 1, NOW)
    view = fold(View(), [entry(red, n, "comment", red.place) for n in (3, FAR, 4)])
    assert [each.n for each in view[Trails].trails[red.id]] == [3, 4]


def test_a_false_time_of_the_log_is_left_again() -> None:
    """A pulse of the year 2190 moves the log's time; the next true one of its partition brings it back."""
    view = fold(View(), [heartbeat(NOW, NOW), heartbeat(NOW + 164 * 365 * DAY, NOW)])
    assert fold(view, [heartbeat(NOW + 1_000, NOW)])[Clock].now == NOW + 1_000


def test_values_of_a_far_day_are_not_believed() -> None:
    """Values that say to be of another year hide no newer ones, whichever came first."""
    true, false = station(1, NOW), replace(station(1, NOW), at=format_time(NOW + 365 * DAY))
    for values in ([heartbeat(NOW, NOW), true, false], [false, heartbeat(NOW, NOW), true]):
        assert fold(View(), values)[Subjects].subjects == {true.subject: true}


@pytest.mark.parametrize("field", ["raised_at", "changed_at", "opened_at", "due", "cleared_at", "asked_at"])
def test_an_alert_with_a_text_for_a_time_is_left_out(field: str) -> None:
    """It is told by place and field, without its text; the alerts beside it are shown."""
    good, bad = alert(LOG, 1, NOW), replace(alert(LOG, 2, NOW), **{field: "secret-x"})
    view, said = read("alerts", encode(bad), encode(good))
    assert set(view[Alarms].alerts) == {good.id}
    assert said == [f"{LOG}.alerts/0/0 no time $.{field}"]


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"id":' + b"9" * 4_000 + b"}", b"null"])
def test_garbage_is_left_out(value: bytes) -> None:
    """Whatever stands in the topic, the records beside it are shown."""
    good = alert(LOG, 1, NOW)
    view, said = read("alerts", value, encode(good))
    assert set(view[Alarms].alerts) == {good.id}
    assert len(said) == 1


def test_a_false_entry_that_comes_first_is_left_again() -> None:
    """Two true ones in a row are the trail; copies of what is known change nothing."""
    red = alert(LOG, 1, NOW)
    view = fold(View(), [entry(red, n, "comment", red.place) for n in (FAR, 3, 4, 5, 3, 4, 6)])
    assert [each.n for each in view[Trails].trails[red.id]] == [3, 4, 5, 6]


def test_a_false_partition_hides_nothing() -> None:
    """A revision of a partition that no worker has ever told of waits, where others of its domain have told of theirs."""
    red = alert(LOG, 1, NOW)
    false = replace(red, rev=FAR, place=replace(red.place, partition=999))
    view = fold(View(), [heartbeat(NOW, NOW), red, false])
    assert view[Alarms].alerts == {red.id: red}
    assert Hub().publish(view, Health(broker=True, left_out=2)).left_out == 3, "what waits is told"


def test_a_false_incident_or_flood_hides_nothing() -> None:
    """One of a place that is none of the log's inputs is left out, one of a far revision waits for its pulse."""
    for topic, one in (("incidents", incident(alert(LOG, 1, NOW))), ("floods", flood(LOG, NOW - HOUR, NOW + HOUR))):
        stray = replace(one, rev=FAR, place=replace(one.place, topic=f"{LOG}.events.nowhere"))
        view, said = read(topic, encode(one), encode(stray))
        assert (view[Incidents].incidents, view[Floods].floods) in [({one.id: one}, {}), ({}, {one.id: one})]
        assert len(said) == 1
        pulse = replace(heartbeat(NOW, NOW), domain="incidents")
        view = fold(View(), [pulse, one, replace(one, rev=FAR)])
        assert (view[Incidents].incidents, view[Floods].floods) in [({one.id: one}, {}), ({}, {one.id: one})]


def test_a_note_of_a_shift_of_a_far_day_hides_no_true_one() -> None:
    """Only the newest notes of a department are kept: three of another year would push out all true ones."""
    by, empty = Actor(id="w", name="王", role="supervisor"), Summary({}, {}, (), {})
    false = [handed("zz-ee", by, "x", empty, f"{n:032x}", NOW + 365 * DAY) for n in range(3)]
    true = handed("zz-ee", by, "交班", empty, "f" * 32, NOW)
    view, said = read("handovers", *map(encode, [*false, true]))
    assert list(view[Shifts].handovers.values()) == [true]
    assert said == [f"{LOG}.handovers/0/{n} of a day that has not come" for n in range(3)]


def test_an_alert_of_no_input_and_a_pulse_of_no_partition_are_left_out() -> None:
    """An act on an alert goes to its place: it must be one of this log's."""
    stray = alert(LOG, 1, NOW)
    stray = replace(stray, place=replace(stray.place, topic=f"{LOG}.books"))
    assert read("alerts", encode(stray))[0][Alarms].alerts == {}
    assert read("status", encode(heartbeat(NOW, NOW)), partition=3)[0][Clock].beats == {}


def test_one_record_at_which_a_slice_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are folded, and somebody is told."""
    take, said = Alarms.take, []
    first, second = alert(LOG, 1, NOW), alert(LOG, 2, NOW)

    def failing(self: Alarms, message: Alert, view: View) -> None:
        if message.id == first.id:
            raise KeyError("secret-x")
        take(self, message, view)

    monkeypatch.setattr(Alarms, "take", failing)
    view = fold(View(), [first, second], said.append)
    assert set(view[Alarms].alerts) == {second.id}
    assert len(said) == 1


def test_a_section_that_cannot_be_built_stays_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages keep what they had of it, get all else, and read why; health is not well until it can be built again."""
    hub = Hub()
    before = hub.sections["time"]

    def failing(_self: Clock, _view: View) -> dict[str, object]:
        raise OverflowError("secret-x")

    with monkeypatch.context() as patch:
        patch.setattr(Clock, "sections", failing)
        told = hub.publish(fold(View(), [heartbeat(NOW, NOW), alert(LOG, 1, NOW)]), Health(broker=True, loaded=True))
    assert told.trouble.startswith("Clock cannot be shown: OverflowError in test_bounds.py")
    assert "secret" not in told.trouble
    assert hub._sections["time"] is before
    assert msgspec.json.decode(hub._sections["health"])["trouble"] == told.trouble
    hub.health = told
    hub.beat()
    assert not hub.well()
    hub.health = hub.publish(fold(View(), [heartbeat(NOW, NOW + HOUR)]), Health(broker=True, loaded=True))
    assert hub.well()
