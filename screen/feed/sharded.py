"""A mapping that is copied by reference and shared but for what changes: of 100,000 entries some hundred are copied. Pure."""

from collections.abc import Iterator
from typing import Generic, Self, TypeVar

Value = TypeVar("Value")

SHARDS = 512
"""Parts of a mapping (a choice): with 100,000 entries a part holds 200."""


class Sharded(Generic[Value]):
    """A mapping by text. A copy shares all parts until one of the two changes them."""

    __slots__ = ("_own", "_shards", "_size")

    def __init__(self) -> None:
        self._shards: list[dict[str, Value]] = [{}] * SHARDS
        self._own: set[int] = set()
        self._size = 0

    def __copy__(self) -> Self:
        made = type(self)()
        made._shards, made._size = list(self._shards), self._size
        self._own.clear()  # shared from now on
        return made

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return (key for shard in self._shards for key in shard)

    def __contains__(self, key: str) -> bool:
        return key in self._shards[hash(key) % SHARDS]

    def get(self, key: str) -> Value | None:
        """What stands under a key, or None."""
        return self._shards[hash(key) % SHARDS].get(key)

    def put(self, key: str, value: Value) -> None:
        """Let this stand under a key."""
        shard = self._writable(key)
        self._size += key not in shard
        shard[key] = value

    def drop(self, key: str) -> None:
        """Let nothing stand under a key."""
        if key in self:
            del self._writable(key)[key]
            self._size -= 1

    def _writable(self, key: str) -> dict[str, Value]:
        n = hash(key) % SHARDS
        if n not in self._own:
            self._shards[n] = dict(self._shards[n])
            self._own.add(n)
        return self._shards[n]
