"""A sorted sequence in blocks: a change copies those that it touches, so that its cost does not grow with the whole. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, Self, TypeVar

Item = TypeVar("Item")

SIZE = 512
"""Items of a block (a choice); one that has twice as many becomes two."""

MANY = 2_000
"""Changes from which all is sorted anew (a choice)."""


class Blocks(Generic[Item]):
    """Items in the order of their keys, of which no two are equal; never changed once made."""

    __slots__ = ("_blocks", "_key", "_size")

    def __init__(self, key: Callable[[Item], Any], items: Iterable[Item] = ()) -> None:
        found = sorted(items, key=key)
        self._key = key
        self._blocks: Sequence[list[Item]] = [found[n : n + SIZE] for n in range(0, len(found), SIZE)]
        self._size = len(found)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        return (item for block in self._blocks for item in block)

    def window(self, first: int, count: int) -> list[Item]:
        """So many items from a place on."""
        found: list[Item] = []
        for block in self._blocks:
            if first < len(block) and count > len(found):
                found += block[first : first + count - len(found)]
            first = max(first - len(block), 0)
        return found

    def place(self, key: Any) -> int | None:
        """Where the item of this key stands, or None."""
        n = self._block_of(key)
        if n == len(self._blocks):
            return None
        block = self._blocks[n]
        at = bisect_left(block, key, key=self._key)
        found = at < len(block) and self._key(block[at]) == key
        return sum(map(len, islice(self._blocks, n))) + at if found else None

    def changed(self, gone: Collection[Any], come: Collection[Item]) -> Self:
        """The sequence without the items of these keys, which are in it, and with the others."""
        if len(gone) + len(come) > MANY:
            left = set(gone)
            return type(self)(self._key, [*(item for item in self if self._key(item) not in left), *come])
        made = self._without(gone)
        made._add(come)
        return made

    def _without(self, gone: Collection[Any]) -> Self:
        """A copy without the items of these keys, whose blocks may be written where they are its own."""
        made = type(self)(self._key)
        blocks = list(self._blocks)
        for n, keys in _together((self._block_of(key), key) for key in gone).items():
            left = set(keys)
            blocks[n] = [item for item in blocks[n] if self._key(item) not in left]
        made._blocks, made._size = [block for block in blocks if block], self._size - len(gone)
        return made

    def _add(self, come: Collection[Item]) -> None:
        last = len(self._blocks) - 1
        into = _together((max(min(self._block_of(self._key(item)), last), 0), item) for item in come)
        blocks = list(self._blocks) or [[]]
        for n, items in into.items():
            blocks[n] = sorted([*blocks[n], *items], key=self._key)
        self._blocks = [part for block in blocks for part in _parts(block)]
        self._size += len(come)

    def _block_of(self, key: Any) -> int:
        """The first block whose last item is not before the key."""
        low, high = 0, len(self._blocks)
        while low < high:
            middle = (low + high) // 2
            if self._key(self._blocks[middle][-1]) < key:
                low = middle + 1
            else:
                high = middle
        return low


def _together(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for n, each in pairs:
        found.setdefault(n, []).append(each)
    return found


def _parts(block: list[Item]) -> Iterable[list[Item]]:
    if len(block) <= 2 * SIZE:
        return (block,) if block else ()
    return (block[n : n + SIZE] for n in range(0, len(block), SIZE))
