"""What Faust is given of a fetch."""

from faust.types import TP

from agents.worker.transport.batching import BatchScheduler

AIR, FOOD, CITY = TP("t.events.environment", 0), TP("t.events.food_drug", 1), TP("t.events.incidents", 0)


def test_a_fetch_is_one_message_for_each_agent() -> None:
    """Whatever the order of the partitions, one stage's records never come under the other's partition; none is lost."""
    batches = {AIR: [(7, b"k", b"v")], FOOD: [(1, b"k", b"v"), (2, b"k", b"v")], CITY: [(4, b"k", b"v")]}
    for order in ((AIR, FOOD, CITY), (CITY, FOOD, AIR)):
        given = dict(BatchScheduler().iterate({tp: batches[tp] for tp in order}))
        assert {tp: set(fetch) for tp, fetch in given.items()} in (
            {AIR: {AIR, FOOD}, CITY: {CITY}},
            {FOOD: {AIR, FOOD}, CITY: {CITY}},
        )
        assert {tp: records for fetch in given.values() for tp, records in fetch.items()} == batches


def test_partitions_without_records_are_no_message() -> None:
    """An empty fetch gives nothing, an empty partition is not in it."""
    assert list(BatchScheduler().iterate({AIR: [], CITY: []})) == []
    assert list(BatchScheduler().iterate({AIR: [], FOOD: [(1, b"k", b"v")]})) == [(FOOD, {FOOD: [(1, b"k", b"v")]})]
