"""The page of the stock judges names every judge and every parameter."""

import re
from pathlib import Path

import pytest
from msgspec import structs

from agents.core.judges import (
    STOCK,
    band,
    burst,
    compare,
    differs,
    duty,
    event,
    expiry,
    flatline,
    missing,
    rate,
    repeat,
    sequence,
)
from agents.core.judges.limit import LimitParams
from agents.core.judges.window import WindowParams

PAGE = (Path(__file__).parents[3] / "docs" / "concepts" / "judges.md").read_text("utf-8")
PARAMS = {
    "limit": LimitParams,
    "band": band.BandParams,
    "window": WindowParams,
    "rate": rate.RateParams,
    "flatline": flatline.FlatlineParams,
    "missing": missing.MissingParams,
    "compare": compare.CompareParams,
    "differs": differs.DiffersParams,
    "event": event.EventParams,
    "burst": burst.BurstParams,
    "repeat": repeat.RepeatParams,
    "sequence": sequence.SequenceParams,
    "duty": duty.DutyParams,
    "expiry": expiry.ExpiryParams,
}


@pytest.mark.parametrize("name", sorted(STOCK))
def test_every_judge_has_its_section_with_its_parameters(name: str) -> None:
    """Each parameter stands in the judge's own section or in what is common to all."""
    common = PAGE[PAGE.index("## Common to all") : PAGE.index("## limit")]
    section = re.search(rf"^## {name}\n(.*?)^## ", PAGE, re.M | re.S)
    assert section, f"docs/concepts/judges.md has no section {name}"
    limits = PAGE[PAGE.index("## limit") : PAGE.index("## band")] if issubclass(PARAMS[name], LimitParams) else ""
    bursts = PAGE[PAGE.index("## burst") : PAGE.index("## repeat")] if issubclass(PARAMS[name], burst.BurstParams) else ""
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`", common + limits + bursts + section[1]))))
    assert {field.encode_name for field in structs.fields(PARAMS[name])} <= told
