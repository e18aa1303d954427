"""What a domain shows of its own on the wall and in a replay, as its `domain.toml` describes it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages import Severity, Text


class Headline(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A figure made of the newest values (`STATUS`) of those of the domain's subjects that give `field`.

    `kind`: of the subjects of this kind alone, where it is given. `fold`: `max` is the highest value, with its subject's name;
    `sum` all values together; `online` the share (%) of the subjects that were heard of in the last `within_minutes`.
    `note`: the limit in words. `above` and `below`: from which value on, itself not among them, the figure has the colour of a
    severity; the worst counts.
    """

    title: Text
    note: Text
    field: str
    fold: Literal["max", "sum", "online"]
    kind: str = ""
    unit: str = ""
    within_minutes: Annotated[int, Meta(ge=1)] = 120
    above: dict[Severity, float] = {}
    below: dict[Severity, float] = {}


Headlines = Annotated[dict[str, Headline], Meta(max_length=2)]
"""The figures of a domain by name: the wall and a replay have room for two."""


class Places(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The value that stands beside a subject on the map, and by which the wall lists the domain's subjects, the highest first.

    `field` and `level`: of its newest values (`STATUS`), a number and the word for it, which `words.toml` has in `level`.
    `title`, `by`: head of the list; `unit`: what is counted there; `none`: where there is no number. A bar is bright `over` a
    limit, and ends at `full`; a replay writes the value on its map where it is `over` that limit.
    """

    title: Text
    by: Text
    unit: Text
    none: Text
    field: str
    level: str
    over: float
    full: Annotated[float, Meta(gt=0)]
