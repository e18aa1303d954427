"""The View: what the screen knows, in slices, one for each kind of record; `fold` has their list. Pure."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar, Self, TypeVar

from msgspec import Struct


class Slice(Struct):
    """What the screen knows of one kind of record, and what the pages are told of it; never changed once a fold has ended.

    TAKES: the types of its messages. Where a slice reads what another knows, its docstring says so. In a fold it finds the
    others as they are after the messages before, and those that stand before it in the list after this very message.
    """

    TAKES: ClassVar[tuple[type, ...]] = ()

    def copied(self) -> Self:
        """One that may be changed while this one stays as it is: its dicts are its own, what they hold is shared."""
        return type(self)(**{name: copy(getattr(self, name)) for name in self.__struct_fields__})

    def take(self, message: Any, view: "View") -> None:
        """Take a message of TAKES in; ValueError, before anything is changed, where a time of it is none."""
        raise NotImplementedError

    def settle(self, view: "View", before: "View") -> None:
        """Put right, after all messages of a fold, what is kept up message by message. `before`: the View before the fold."""

    def forget(self, now: int) -> None:
        """Let go of what is shown no more at the log's time `now` (ms), and of the oldest where more is kept than is shown."""

    def shown(self, kind: str, thing: str) -> tuple[int, int] | None:
        """Where it shows the thing under seals of this kind and id: offset and number of entries of what is shown."""
        return None

    def sections(self, view: "View") -> Mapping[str, Any]:
        """The sections of the pages that are built with each publication, by name: values to be encoded."""
        return {}

    def slow_sections(self, view: "View", known: "View | None") -> Mapping[str, Any]:
        """Those that look at all that stands; none that must be as they were for `known`, of which they were built last."""
        return {}


Known = TypeVar("Known", bound=Slice)


class View:
    """What every page shows: `view[Alarms]` is what is known of alarms. One without a slice knows nothing of its records."""

    __slots__ = ("_slices",)

    def __init__(self, *slices: Slice) -> None:
        self._slices: dict[type[Slice], Slice] = {type(each): each for each in slices}

    def __getitem__(self, kind: type[Known]) -> Known:
        """The slice of this kind."""
        found = self._slices.get(kind)
        return found if isinstance(found, kind) else kind()

    def but(self, *slices: Slice) -> "View":
        """The same with these slices in place of its own."""
        return View(*(self._slices | {type(each): each for each in slices}).values())
