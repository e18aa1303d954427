"""The Faust app of one log: an agent for each stage, over all its inputs; no tables."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

import faust
from faust.types import TP, StreamT
from faust.types.transports import TransportT

from agents.stages import STAGES, Basis, kind_of
from agents.worker.kept import NO_GENERATION
from agents.worker.observe.health import Health
from agents.worker.observe.logs import OWN
from agents.worker.observe.metrics import Metrics
from agents.worker.observe.monitor import Monitor
from agents.worker.partition_manager import PartitionManager
from agents.worker.transport.batching import BatchScheduler
from agents.worker.transport.connection import credentials
from agents.worker.transport.consumer import Consumer, Transport
from agents.worker.transport.fetch import Ends
from streams.kafka.clients import connection
from streams.settings import Settings
from streams.signing.machine.part import Part
from streams.topics import events_topic, worker_group

SESSION = 6.0
"""Seconds after which a silent worker's partitions go to another: a killed worker is replaced within ten.

The least that a broker grants which nobody has told otherwise (`group.min.session.timeout.ms`).
"""

HEARTBEAT = 0.5
"""Seconds between two signs of life. By the answer a worker learns that its group is shared out anew; all wait for the last."""

BATCH = 4_000
"""Records of one batch at most."""

log = logging.getLogger(OWN)


class WorkerApp(faust.App):
    """A Faust app whose transport delivers batches and commits checkpoints. `build` sets what it is made of."""

    kafka: dict[str, Any]
    basis: Basis
    health: Health
    metrics: Metrics
    part: Part
    partition_manager: PartitionManager

    def _new_transport(self) -> TransportT:
        return Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Nothing: without tables there is nothing on disk."""

    async def on_start(self) -> None:
        """Open the way for outputs before the first partition comes."""
        await super().on_start()
        self.add_future(self.health.live())
        self.partition_manager = PartitionManager(
            self.kafka, self.basis, self.ends_of, self.begin_of, self.commit_one, self.health, self.metrics, self.part
        )
        await self.partition_manager.open()

    async def on_stop(self) -> None:
        """Faust waits for the batch in work and commits its checkpoint; then all partitions are let go."""
        await super().on_stop()
        await self.partition_manager.close()
        self.part.close()

    def ends_of(self, tp: TP, position: int) -> Ends | None:
        """How far an assigned partition's log goes beyond a position, as of the newest fetch."""
        consumer = cast("Consumer", self.consumer)
        return consumer.ends(tp, position) if tp in consumer.assignment() else None

    async def begin_of(self, tp: TP) -> int:
        """The oldest offset that Kafka still has of a partition."""
        begins = await self.consumer.earliest_offsets(tp)
        return begins[tp]

    async def commit_one(self, tp: TP) -> None:
        """Commit what the newest checkpoint of an assigned partition covers."""
        await cast("Consumer", self.consumer).commit_checkpoints([tp])


def build(
    settings: Settings,
    log_name: str,
    inputs: Sequence[str],
    basis: Basis,
    health: Health,
    metrics: Metrics,
    name: str | None = None,
    part: Part | None = None,
) -> WorkerApp:
    """The app that judges these inputs of a log (of `streams.topics.inputs`); all workers share its partitions.

    `part`: what it writes with into a log that was opened.
    """
    kafka = connection(settings)
    app = WorkerApp(
        worker_group(log_name),
        broker=[f"kafka://{server}" for server in kafka["bootstrap_servers"]],
        broker_credentials=credentials(kafka),
        broker_max_poll_records=BATCH,
        broker_commit_interval=1.0,
        broker_session_timeout=SESSION,
        broker_heartbeat_interval=HEARTBEAT,
        consumer_group_instance_id=name,
        consumer_auto_offset_reset="earliest",
        ConsumerScheduler=BatchScheduler,
        stream_buffer_maxsize=2,
        store="memory://",
        topic_partitions=settings.partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        web_enabled=False,
        autodiscover=False,
    )
    app.kafka, app.basis, app.health, app.metrics, app.part = kafka, basis, health, metrics, part or Part()
    app.sensors.add(Monitor(metrics))
    _attach(app, [events_topic(log_name, name) for name in inputs])
    return app


def _attach(app: WorkerApp, topics: Sequence[str]) -> None:
    async def judge(stream: StreamT[Any]) -> None:
        async for event in stream.events():
            await asyncio.gather(*(app.partition_manager.judge(tp, records) for tp, records in event.value.items()))

    for kind in STAGES:
        if of := [topic for topic in topics if kind_of(topic) is kind]:
            app.agent(app.topic(*of, key_serializer="raw", value_serializer="raw"), name=kind.name)(judge)

    async def take(*_: Any, **__: Any) -> None:
        generation = app.consumer_generation_id  # before the assignment: may it never be of a later one than its partitions
        if app.conf.consumer_group_instance_id:  # another process may have come in its place, and no generation tells
            generation = NO_GENERATION
        assigned = app.consumer.assignment()
        await app.partition_manager.take(await app.consumer.highwaters(*assigned), generation)
        log.info("ready: %d partitions of %s", len(assigned), ", ".join(topics))

    async def release(*_: Any, **__: Any) -> None:
        await app.partition_manager.release()

    app.on_rebalance_complete.connect(take, weak=False)
    app.on_partitions_revoked.connect(release, weak=False)
