"""分档分类: units are compared with those of their own kind, and stand in a band by where the funnel has them. Pure.

Ranks are off (国办函〔2025〕66号: 不片面追求排名，鼓励实行分档分类评价); where a place has stated a basis for one, a unit has
the range of ranks that its interval leaves it. Villages and communities, inner offices and persons are never compared.
"""

from collections.abc import Mapping
from typing import Literal

from agents.measures.compare.funnel import Position
from agents.measures.interval import wilson
from streams.messages import Text
from streams.organs.unit import Unit

UnitClass = Literal["city-department", "district-department", "government", "street", "utility"]
"""What is alike in kind (分类)."""

CLASSES: Mapping[UnitClass, Text] = {
    "city-department": Text("市级部门", "Departments of the city"),
    "district-department": Text("区县部门", "Departments of the districts"),
    "government": Text("区县、开发区", "Districts and zones"),
    "street": Text("乡镇街道", "Streets and townships"),
    "utility": Text("企业和垂管单位", "Utilities, and offices under their own ministries"),
}
"""The kinds of unit; the division is this system's own (本系统自定)."""

Direction = Literal["higher", "lower"]
"""Which way of a measure is better."""

Band = Literal["far-better", "better", "alike", "worse", "far-worse", "few", "none"]

BANDS: Mapping[Band, Text] = {
    "far-better": Text("明显好于", "Far better"),
    "better": Text("好于", "Better"),
    "alike": Text("相当", "Alike"),
    "worse": Text("差于", "Worse"),
    "far-worse": Text("明显差于", "Far worse"),
    "few": Text("案件太少", "Too few cases"),
    "none": Text("不作比较", "Not compared"),
}
"""The bands (分档): outside 99.8 %, outside 95 %, within; this system's own (本系统自定)."""

_BAND: Mapping[Position, Band] = {
    "far-above": "far-better",
    "above": "better",
    "within": "alike",
    "below": "worse",
    "far-below": "far-worse",
    "few": "few",
    "none": "none",
}

_OTHER_END: Mapping[Band, Band] = {"far-better": "far-worse", "better": "worse", "worse": "better", "far-worse": "far-better"}


def class_of(unit: Unit | None) -> UnitClass | None:
    """The kind of a unit; None for who is never compared: villages, communities, inner offices, who is above the city."""
    if unit is None or unit.level in {"nation", "province"} or unit.kind in {"community", "inner", "window", "enterprise"}:
        return None
    if unit.kind == "street":
        return "street"
    if unit.kind in {"soe", "vertical"}:
        return "utility"
    if unit.level == "district":
        return "government" if unit.kind in {"government", "zone", "party", "office"} else "district-department"
    return "city-department"


def band(position: Position, direction: Direction) -> Band:
    """The band of a unit, where more, or less, is better."""
    found = _BAND[position]
    return found if direction == "higher" else _OTHER_END.get(found, found)


def rank_ranges(counts: Mapping[str, tuple[int, int]], direction: Direction) -> dict[str, tuple[int, int]]:
    """The best and the worst rank that each unit's 95 % interval leaves it among the others."""
    ends = {name: wilson(count, of) for name, (count, of) in counts.items() if of}
    if direction == "lower":
        ends = {name: (1 - high, 1 - low) for name, (low, high) in ends.items()}
    return {
        name: (
            1 + sum(other > high for other, _ in ends.values()),
            len(ends) - sum(other < low for _, other in ends.values()),
        )
        for name, (low, high) in ends.items()
    }
