"""Kind `sign-whatif`: how often other thresholds of a sign would have called in a period, beside its own, month by month."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Raw

from agents.jobs.work import JobPeriod, Work, read, span
from agents.offline.reading import RefusedError
from agents.signs.book.sign import SignRow
from agents.signs.past.crossings import CrossingPace
from agents.signs.past.hourly import here_areas
from agents.signs.past.whatif import SignWhatIf, question, sign_whatif
from streams.command import Trouble
from streams.messages import DAY, Severity

LONGEST = 366 * DAY
MOST_AREAS = 32
"""The longest period, and how many areas are told at once; choices: a year, and what a city has of districts."""

Adcode = Annotated[str, Meta(pattern="^[0-9]{6}$")]


class SignWhatIfParams(JobPeriod, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period, a sign, and by level the value that it is to have, None where there is to be no such level.

    `areas`: none: the place as a whole; `delay`, `deadband`: as `agents sign whatif` has them.
    """

    sign: str
    thresholds: Mapping[Severity, float | None] = {}
    areas: Annotated[tuple[Adcode, ...], Meta(max_length=MOST_AREAS)] = ()
    delay: str | None = None
    deadband: float | None = None


def whatif_of_sign(params: Raw, work: Work) -> None:
    """Write `result.json`; RefusedError where the sign, its thresholds or the period cannot be."""
    asked = read(params, SignWhatIfParams)
    begin, end = span(asked.since, asked.until, LONGEST)
    if not work.records:
        raise RefusedError(f"日志 {work.log} 的归档是空的", f"the archive of log {work.log!r} is empty")
    of = _question(asked)
    try:
        rows = sign_whatif(of, work.archive, asked.areas or tuple(here_areas()[:1]), begin, end, work.tell)
    except Trouble as trouble:
        raise RefusedError(f"时段超出归档：{trouble}", str(trouble)) from None
    row, levels = of.own, {name: _levels(each) for name, each in {"own": of.own, "other": of.other}.items()}
    told = {"log": work.log, "from": begin, "to": end, "sign": asked.sign, "name": row.name, "unit": row.unit}
    work.write("result.json", told | {"delay": asked.delay, "deadband": asked.deadband, "thresholds": levels, "months": rows})


def _levels(row: SignRow) -> dict[Severity, float]:
    return {level: each.value for level, each in row.thresholds.items()}


def _question(asked: SignWhatIfParams) -> SignWhatIf:
    try:
        return question(asked.sign, asked.thresholds, CrossingPace(delay=asked.delay, deadband=asked.deadband))
    except (Trouble, ValueError) as error:
        raise RefusedError(f"这样的体征或阈值不成立：{error}", str(error)) from None
