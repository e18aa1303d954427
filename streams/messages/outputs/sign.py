"""How the city is, as the stage of signs puts it out: a figure of an area with how much of what was due was there.

`docs/operate/signs.md` says how each is counted; a figure is told for the full minute that its `at` names.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.text import Text

SignState = Literal["ok", "na", "blue", "yellow", "orange", "red"]
"""How a sign stands: at a level, within all, or not told: too little of its input was there, or nothing was due."""

CELLS = "sign.cells"
"""The type of the event that brings the cells of a partition to the stage of signs; `data` are `SignCells`."""

SIGN_REGISTERED, SIGN_FIGURE = "signs.registered", "signs.figure"
"""The types of the facts that a sign of an area becomes in the domain of signs: that there is one, and how it stands."""

SIGN_FACTS = frozenset({SIGN_REGISTERED, SIGN_FIGURE})
"""Both: a worker that was killed writes them twice."""

AreaCode = Annotated[str, Meta(pattern="^[0-9]{6}$")]
"""A district or city of GB/T 2260."""

BANDS = "appraisal.bands"
"""The type of the event that brings the bands of an adopted baseline to the stage of signs; `data` are `SignBands`."""

HOURS_ALIKE = 192
"""How many kinds of hours a baseline tells apart: 4 seasons, weekday or weekend, 24 hours; a choice."""

TREND_HOURS = 24
"""For how many full hours before its moment a sign tells its values; a choice: a day."""


class CitySign(Struct, frozen=True, gc=False, kw_only=True):
    """One sign of one area as it stands at `at`; the topic is compacted by `<sign>/<area>`.

    `area`: six digits (GB/T 2260), a district's or a city's. `version`: BLAKE2s-128 (hex) of the sign's definition. `since`:
    when its state began. `value`: in the sign's unit, None where it is not told. `valid` of `due` inputs, `coverage` (0 to 1):
    None where nobody owes any. `newest`: the time of the newest valid input. `late`: of the inputs that count those that came
    after their allowance or by hand; `corrected`: those that were corrected. `trend`: the values at the full hours before `at`,
    oldest first; `band`: the adopted baseline's 10th and 90th percentile at these hours. `title`: sign and area as people read
    them. `few`: it is beyond a threshold, but of so few that no crossing is judged by it. `provisional`: the log's time has not
    gone on since so many partitions told of it, so that others may follow; no crossing is judged by it.
    """

    sign: str
    area: AreaCode
    version: str
    at: Time
    state: SignState
    since: Time
    value: float | None
    numerator: float
    denominator: float
    valid: Count
    due: Count | None
    coverage: Annotated[float, Meta(ge=0, le=1)] | None
    newest: Time | None
    late: Count = 0
    corrected: Count = 0
    trend: Annotated[tuple[float | None, ...], Meta(max_length=TREND_HOURS)] = ()
    band: Annotated[tuple[tuple[float, float] | None, ...], Meta(max_length=TREND_HOURS)] = ()
    title: Text | UnsetType = UNSET
    few: bool | UnsetType = UNSET
    provisional: Count | UnsetType = UNSET


class SignCell(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What one partition has for a sign in a district at a moment, in the window of the sign.

    `due`: the inputs that were due, `valid` those of them that were there; `newest`: the time of the newest, empty where none
    came. `sums`: of what is a mean and no share the sum of each item, and of how many.
    """

    sign: str
    area: AreaCode
    numerator: float = 0
    denominator: float = 0
    valid: Count = 0
    due: Count = 0
    newest: Time = ""
    late: Count = 0
    corrected: Count = 0
    sums: dict[str, tuple[float, Count]] = {}


class SignCells(Struct, frozen=True, gc=False, kw_only=True):
    """All cells of a partition of facts (`topic`, `partition`) in a city at the full minute `at`, those that are not zero."""

    topic: str
    partition: Count
    city: AreaCode
    at: Time
    cells: tuple[SignCell, ...]


class SignBands(Struct, frozen=True, gc=False, kw_only=True):
    """What a version of a baseline has for a sign in an area of a city: the 10th and 90th percentile of each kind of hour.

    `made`: the digest of what the sign counted then (its window and formula). A kind of hour without a band has None.
    """

    version: str
    city: AreaCode
    area: AreaCode
    sign: str
    made: str
    bands: Annotated[tuple[tuple[float, float] | None, ...], Meta(min_length=HOURS_ALIKE, max_length=HOURS_ALIKE)]
