"""The usual content of a frame, read in one go: what nearly all frames hold, and nothing that there is anything to say of.

Usual is DataTime first, then factors, each field once and named as the standard names it, its value a number or a mark. A
device sends the same names in the same order each time, so what they say is remembered, and of a frame its values alone are
looked at. Whatever is in any way another goes through `content`, field by field; of a usual content both read the same.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec

from streams.gateways.hj212.items import Values, item_of
from streams.messages import encode

MOST = 1_024
"""Characters of a content that is looked at here: those of the largest segment (HJ 212-2017 table 2)."""

_WHOLE = r"(?:0|[1-9][0-9]{0,11})"  # below the largest number that a fact may carry, as JSON writes it
_VALUE = rf"{_WHOLE}(?:\.[0-9]{{1,12}})?|[NFMSDCTB]|-{_WHOLE}\.[0-9]{{1,12}}|(?<=-SampleTime=)[0-9]{{14}}"
_CONTENT = re.compile(rf"DataTime=[0-9]{{14}}(?:[;,][0-9A-Za-z_-]+=(?:{_VALUE}))+")
_MARKS = {"flag", "eflag", "sample_time"}
_factors = msgspec.json.Decoder(dict[str, Values]).decode


def usual(st: str, content: str) -> tuple[str, dict[str, Values]] | None:
    """DataTime as it stands and the factors of a system of type `st`; None where anything is not usual.

    >>> usual("31", "DataTime=20260601080000;a21026-Rtd=30.5,a21026-Flag=N")
    ('20260601080000', {'a21026': {'unit': 'mg/m³', 'rtd': 30.5, 'flag': 'N'}})
    >>> usual("31", "DataTime=20260601080000;a21026-Rtd=--")
    """
    if len(content) > MOST or not _CONTENT.fullmatch(content):
        return None
    parts = content.replace(",", ";").replace("=", ";").split(";")
    form = _form(st, tuple(parts[2::2]))
    try:
        return None if form is None else (parts[1], _factors(form % tuple(parts[3::2])))
    except msgspec.DecodeError:
        return None  # a mark where a number should be


@lru_cache(maxsize=1_024)
def _form(st: str, names: tuple[str, ...]) -> str | None:
    """The factors that these names make in JSON, with %s for each value in its order; None where a name is not usual."""
    items = [item for name in names if (item := item_of(st, name)) and not item.remarks and item.into in {"factor", "other"}]
    codes, places = [item.code for item in items], [(item.code, item.into) for item in items]
    if len(items) < len(names) or not (_stand_together(codes) and _stand_together(places)):
        return None
    form: dict[str, dict[str, Any]] = {}
    for item in items:
        factor = form.setdefault(item.code, {"unit": item.unit.replace("%", "%%")} if item.unit else {})
        values = factor if item.into == "factor" else factor.setdefault("other", {})
        if item.field in values:
            return None
        values[item.field] = msgspec.Raw(b'"%s"' if item.into == "factor" and item.field in _MARKS else b"%s")
    return encode(form).decode()


def _stand_together(places: Sequence[object]) -> bool:
    """Whether each comes in one run, so that values stand in JSON in the order in which they come."""
    runs = [place for place, _ in groupby(places)]
    return len(runs) == len(set(runs))
