"""How the worker reaches Kafka: the project's one set of settings, for Faust's clients and for our own."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from faust.auth import SASLCredentials, SSLCredentials

BATCH_BYTES = 512 * 1024
"""Bytes of one record batch that we write: half of what a broker takes by default (`message.max.bytes`, 1 MiB)."""

PATIENCE_MS = 300_000
"""How long outputs and checkpoints wait for a broker that is away (ms) before the worker ends: five minutes."""

TRANSACTION_MS = 60_000
"""Kafka ends a transaction that stays open for so long (ms): whoever died in one holds nothing up for longer.

The embedded broker grants nobody more (`transaction.max.timeout.ms` in `streams.kafka.server`).
"""

Item = tuple[bytes, bytes | None]
"""Key and value of one record."""

Written = Awaitable[Any]
"""Done when Kafka has a record batch."""


class TurnProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    """A producer of which those who write to one partition of a topic have their turns in the order in which they came.

    aiokafka takes a batch only while none waits for its partition, and wakes all who want to give one: each that is not the
    first waits anew, and of its patience is taken what it has waited in all, again each time. Kept waiting a thousand times
    in a row, which takes a second, it would give up though Kafka is there.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        """Queue a record batch once those that came before it are on their way; the future of its writing."""
        async with self._turns[topic, partition]:
            return await super().send_batch(batch, topic, partition=partition)


def credentials(kafka: Mapping[str, Any]) -> SASLCredentials | SSLCredentials | None:
    """Faust's credentials from the keywords of `streams.kafka.clients.connection`, or None where Kafka asks for none."""
    tls = kafka.get("ssl_context")
    if "sasl_mechanism" in kafka:
        return SASLCredentials(
            username=kafka["sasl_plain_username"],
            password=kafka["sasl_plain_password"],
            mechanism=kafka["sasl_mechanism"],
            ssl_context=tls,
        )
    return SSLCredentials(context=tls) if tls else None


def producer(kafka: Mapping[str, Any], **options: Any) -> AIOKafkaProducer:
    """A producer that waits for all replicas and never writes a record twice or out of order when it retries.

    aiokafka has one setting for how long a record waits for its broker and for how long a single request may hang; the first
    gets our patience, the second stays 40 s, so that a dead connection is given up and another one tried.
    """
    made = TurnProducer(
        **kafka, enable_idempotence=True, max_batch_size=BATCH_BYTES, transaction_timeout_ms=TRANSACTION_MS, **options
    )
    made._request_timeout_ms = PATIENCE_MS  # how long send_batch waits for room
    made._message_accumulator._batch_ttl = PATIENCE_MS / 1_000  # how long a batch waits for a leader
    return made


async def send(to: AIOKafkaProducer, topic: str, partition: int, items: Iterable[Item]) -> list[Written]:
    """Queue records for one partition in whole batches (a tenth of the cost of single sends); the futures of their writing."""
    written = []
    batch = to.create_batch()
    for key, value in items:
        if batch.append(key=key, value=value, timestamp=None) is None:
            written.append(await to.send_batch(batch, topic, partition=partition))
            batch = to.create_batch()
            batch.append(key=key, value=value, timestamp=None)
    if batch.record_count():
        written.append(await to.send_batch(batch, topic, partition=partition))
    return written
