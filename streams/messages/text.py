"""Words that people read, in both languages of the product, how bad a thing is, and where a message stood in a log."""

from typing import Literal

from msgspec import Struct

from streams.messages.checked import Count

Severity = Literal["red", "orange", "yellow", "blue"]
"""The four colours of 《中华人民共和国突发事件应对法》, worst first."""


class Text(Struct, frozen=True, gc=False):
    """One text in Chinese and in English."""

    zh: str
    en: str


class Place(Struct, frozen=True, gc=False):
    """Where a record stands in a log: Kafka topic, partition and offset."""

    topic: str
    partition: Count
    offset: Count
