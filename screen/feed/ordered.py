"""Lists in order, and counts, that are kept up while single items come and go. Pure."""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")

MANY = 500
"""Changes from which a list is sorted anew: each of fewer is put in its place by itself (a choice)."""


def moved(order: Iterable[Item], gone: Collection[Any], come: Collection[Item], key: Callable[[Item], Any]) -> list[Item]:
    """An ordered list without the items of these keys, which are in it, and with the others."""
    if len(gone) + len(come) > MANY:
        left = set(gone)
        return sorted([*(item for item in order if key(item) not in left), *come], key=key)
    found = list(order)
    for one in gone:
        del found[bisect_left(found, one, key=key)]
    for item in come:
        insort(found, item, key=key)
    return found


def counted(counts: dict[Any, int], key: object, by: int) -> None:
    """Count so many more or fewer of something; what there is none of is not kept."""
    number = counts.get(key, 0) + by
    if number:
        counts[key] = number
    else:
        counts.pop(key, None)
