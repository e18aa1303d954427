"""How the worker reaches Kafka: the project's one set of settings, for Faust's clients and for our own."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from faust.auth import SASLCredentials, SSLCredentials

BATCH_BYTES = 512 * 1024
"""Bytes of one record batch that we write: half of what a broker takes by default (`message.max.bytes`, 1 MiB)."""

Item = tuple[bytes, bytes | None]
"""Key and value of one record."""

Written = Awaitable[Any]
"""Done when Kafka has a record batch."""


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
    """A producer that waits for all replicas and never writes a record twice or out of order when it retries."""
    return AIOKafkaProducer(**kafka, enable_idempotence=True, max_batch_size=BATCH_BYTES, **options)


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
