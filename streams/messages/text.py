"""Words that people read, in both languages of the product, and where a message stood in a log."""

from msgspec import Struct


class Text(Struct, frozen=True, gc=False):
    """One text in Chinese and in English."""

    zh: str
    en: str


class Place(Struct, frozen=True, gc=False):
    """Where a record stands in a log: Kafka topic, partition and offset."""

    topic: str
    partition: int
    offset: int
