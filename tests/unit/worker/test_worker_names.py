"""The worker rests on private names of pinned versions: each is still there, with the shape it is used in."""

import inspect
from importlib.metadata import version
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import MessageAccumulator
from faust import App
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.drivers import aiokafka as driver
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import ConsumerMessage

NAMES: list[tuple[Any, list[str]]] = [
    (driver.Consumer._to_message, ["self", "tp", "record"]),
    (driver.Consumer._add_gap, ["self", "tp", "offset_from", "offset_to"]),
    (driver.Consumer._new_offset, ["self", "tp"]),
    (driver.Consumer.seek_to_committed, ["self"]),
    (driver.Consumer.commit_and_end_transactions, ["self"]),
    (driver.Consumer._commit, ["self", "offsets"]),
    (driver.Consumer._new_consumer_thread, ["self"]),
    (driver.AIOKafkaConsumerThread.on_start, ["self"]),
    (driver.AIOKafkaConsumerThread._fetch_records, ["self", "consumer", "active_partitions", "timeout", "max_records"]),
    (driver.AIOKafkaConsumerThread.seek_wait, ["self", "partitions"]),
    (App._new_transport, ["self"]),
    (App._create_directories, ["self"]),
    (App.on_start, ["self"]),
    (App.on_stop, ["self"]),
    (DefaultSchedulingStrategy.iterate, ["self", "records"]),
    (AIOKafkaProducer.send_batch, ["self", "batch", "topic", "partition"]),
]


@pytest.mark.parametrize(("name", "parameters"), NAMES, ids=lambda value: getattr(value, "__qualname__", ""))
def test_signature(name: Any, parameters: list[str]) -> None:
    """What we override or call takes these parameters."""
    assert list(inspect.signature(name).parameters) == parameters


@pytest.mark.parametrize(
    ("package", "pinned"), [("faust-streaming", "0.15.3"), ("mode-streaming", "0.7.1"), ("aiokafka", "0.14.0")]
)
def test_versions_are_the_ones_we_read(package: str, pinned: str) -> None:
    """Another version may keep a name and change its meaning: read its source, then change this line."""
    assert version(package) == pinned


def test_commits_ask_new_offset() -> None:
    """Faust itself commits what `_new_offset` says, which is nothing with ours."""
    assert "self._new_offset(tp)" in inspect.getsource(BaseConsumer._filter_committable_offsets)
    assert "in self._acked" in inspect.getsource(BaseConsumer._filter_tps_with_pending_acks)


def test_the_last_commit_passes_our_checkpoint() -> None:
    """Before a rebalance and at the end, Faust waits for the batch in work and then calls `commit_and_end_transactions`."""
    assert "self.commit_and_end_transactions" in inspect.getsource(BaseConsumer.wait_empty)
    assert "_consumer_wait_empty" in inspect.getsource(App._on_partitions_revoked)
    assert "_consumer_wait_empty" in inspect.getsource(App._stop_consumer)


def test_state_is_taken_up_before_reading_begins() -> None:
    """Faust sends `on_rebalance_complete` and awaits it before it seeks and lets events flow."""
    source = inspect.getsource(Recovery._resume_streams)
    assert source.index("on_rebalance_complete.send()") < source.index("perform_seek()") < source.index("resume_flow()")


def test_patience_reaches_what_waits_for_a_broker() -> None:
    """The wait for room and for a leader is bounded by the two names that the producer's patience sets."""
    assert "self._request_timeout_ms / 1000" in inspect.getsource(AIOKafkaProducer.send_batch)
    assert "self._batch_ttl" in inspect.getsource(MessageAccumulator._append_batch)


def test_a_message_carries_what_our_consumer_gives() -> None:
    """A ConsumerMessage takes these in this order."""
    names = list(inspect.signature(ConsumerMessage).parameters)
    assert names[:9] == ["topic", "partition", "offset", "timestamp", "timestamp_type", "headers", "key", "value", "checksum"]
    assert {"tp", "generation_id"} <= set(names)
