"""What the stage of signs tells of each sign of an area: how it stands, with how much of its input was there."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SignId = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,63}$")]
"""The id of a sign in the book."""

Inputs = Annotated[int, Meta(ge=0)]
"""How many inputs."""


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A sign at the event's time. `value`: in its unit, None where it is not told; `valid` of `due` inputs, `coverage`: 0 to 1.

    `missing`: 1 where it is not told because too little of what was due was there, else 0.
    """

    sign: SignId
    state: Literal["ok", "na", "blue", "yellow", "orange", "red"]
    value: float | None = None
    coverage: Annotated[float, Meta(ge=0, le=1)] | None = None
    valid: Inputs = 0
    due: Inputs | None = None
    missing: Annotated[int, Meta(ge=0, le=1)] = 0
