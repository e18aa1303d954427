"""What an archive keeps in place of a record that was refused long ago: why, and nothing of what it said."""

from typing import Self

from msgspec import Struct

from streams.messages.checked import Count
from streams.messages.outputs.quality import Quality, Reason


class Stub(Struct, frozen=True, kw_only=True):
    """What the quality record of a refusal says beside log, place and time; `size`: bytes that the record had.

    `leaf`: the record's leaf (hex) in the manifest of its file; empty where the file has none.
    """

    reason: Reason
    rule: str
    field: str
    message: str
    owner: str
    type: str
    subject: str
    size: Count
    leaf: str = ""

    @classmethod
    def of(cls, told: Quality) -> Self:
        """The stub of a record of which this was told."""
        return cls(
            reason=told.reason,
            rule=told.rule,
            field=told.field,
            message=told.message,
            owner=told.owner,
            type=told.type,
            subject=told.subject,
            size=told.size,
        )


class Redacted(bytes):
    """A record's value of which the stub alone is left: no bytes, and yet a record.

    The archive's reader alone makes one. What comes through Kafka is `bytes` itself, whatever stands in it. Who does not know
    of stubs reads a record without a byte, which is no event.
    """

    stub: Stub

    def __new__(cls, stub: Stub) -> Self:
        """The value that a stub stands for."""
        made = super().__new__(cls)
        made.stub = stub
        return made

    def __bool__(self) -> bool:
        """True: it is no absent value."""
        return True

    def __repr__(self) -> str:
        """In words, for whoever shows a record as it is."""
        return f"redacted: {self.stub.reason}, {self.stub.size} bytes"
