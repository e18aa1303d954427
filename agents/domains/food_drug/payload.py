"""What the food and drug domain's facts carry. Days are texts like `2026-05-01`, moments RFC 3339 with an offset.

Facts of a case (a sample, a recall) go to the subject that must act; its steps have times of their own, to the millisecond.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Celsius = Annotated[float, Meta(ge=-90, le=70)]
"""Temperature, °C; the bounds are what a logger can measure (DQ-05), not a limit."""

Humidity = Annotated[float, Meta(ge=0, le=100)]
"""Relative humidity, %."""

Minutes = Annotated[float, Meta(ge=0, le=1_440)]
"""Minutes of one day."""

Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
"""A number of things or reports."""

Amount = Annotated[float, Meta(ge=0, le=1e12)]
"""An amount of yuan or seconds."""

Code = Annotated[str, Meta(min_length=1, max_length=100)]
"""The number of a case, batch, sample or waybill in its source."""

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A day of China Standard Time."""

Level = Annotated[int, Meta(ge=1, le=3)]
"""Level of a recall: 1 is the gravest (一级)."""

Product = Literal["food", "drug"]
"""Which law the goods are under."""

Ground = Literal["expired", "over-limit", "other"]
"""Why food is unlawful."""


class DrugClimate(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One record of the climate in a drug store or vehicle, by its two probes (GSP annex 3 asks for two in each store).

    `update_seconds`: age of the measured value when it was recorded, since the system last read its probe.
    """

    temperature: Celsius | None = None
    temperature_2: Celsius | None = None
    humidity: Humidity | None = None
    humidity_2: Humidity | None = None
    update_seconds: Amount | None = None


class Trip(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A refrigerated vehicle's trip; between trips it need not record."""

    step: Literal["began", "ended"]


class FoodClimate(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One record of the temperature in a food cold store or vehicle, °C."""

    temperature: Celsius


class Power(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The power supply of a store's or vehicle's cooling or monitoring."""

    supply: Literal["lost", "restored"]


class LoggerAudit(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An entry of a monitoring system's own trail; `verified`: the authority checked the system and found it in order."""

    action: Literal["reverse-import", "sensor-correction", "calibration", "verified"]


class FridgeDay(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A vaccine fridge's day so far by its logger: minutes above +8.0 °C, at or below -0.5 °C, and the extremes."""

    above_minutes: Minutes
    below_minutes: Minutes
    minimum: Celsius | None = None
    maximum: Celsius | None = None


class VaccineReceipt(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A delivery of vaccine at a clinic or disease control centre, with what its temperature record of the whole way says."""

    batch: Code
    course: Literal["complete", "incomplete", "missing", "out-of-range"]
    accepted: bool


class VaccineReport(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The receiver has reported an unfit delivery, and says what became of it."""

    batch: Code
    action: Literal["refused", "sealed", "destroyed"]


class Sale(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Goods at a till; `expires` is the last day of shelf life or validity."""

    product: Product
    batch: Code
    expires: Day


class StockCheck(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A shop's check of its stock: the earliest last day among the goods that can still be sold (not locked or cleared)."""

    product: Product
    earliest: Day


class BulkLoad(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A check of a road tanker of liquid food, at loading or unloading: 准运证, 铅封, 清洗凭证."""

    waybill: Code
    permit: bool
    seal: Literal["intact", "broken", "missing"]
    cleaning: Literal["recorded", "missing", "forged"]


class Sample(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a food sample: taken, received by the laboratory, its report out with a verdict."""

    sample: Code
    step: Literal["taken", "received", "reported"]
    verdict: Literal["pending", "fit", "unfit"] = "pending"


class UnfitHandling(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What an operator has done about an unfit sample so far."""

    sample: Code
    sealed: bool
    stopped: bool
    notified: bool
    recall: Literal["none", "started", "not-needed"]
    reported: bool


class FollowUp(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of the authority's own handling (核查处置) of an unfit sample."""

    sample: Code
    step: Literal["started", "finished"]


class RecheckApplication(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """An application for a recheck (复检), filed at the event's time; `received`: when its conclusion had come."""

    sample: Code
    received: str
    rapid: bool = False


class Recall(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a recall.

    `learned`: the risk is known; `notified`: the stop of sale and use was told to all; `planned`: the plan was filed.
    """

    case: Code
    product: Product
    level: Level
    step: Literal["learned", "decided", "started", "notified", "planned", "progress", "finished"]


class Adr(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a case of adverse drug reaction; `reviewed` is by the city's monitoring agency."""

    case: Code
    drug: Code
    reaction: Code
    grade: Literal["death", "serious", "new", "other"]
    step: Literal["found", "reported", "investigated", "reviewed"]
    batch: Code | None = None


class AdrTable(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Reports counted for a drug and a reaction: both, the drug with other reactions, the reaction of other drugs, neither."""

    drug: Code
    reaction: Code
    both: Count
    drug_only: Count
    reaction_only: Count
    neither: Count


class DrugControl(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of the emergency control of a drug with confirmed serious reactions."""

    case: Code
    step: Literal["controlled", "found", "decided"]


class Complaint(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a consumer's complaint or report (12315) at a market regulation office.

    `answered`: accepted or not, and told; `accepted`, `ended`: mediation; `clue`, `extended`, `checked`: a clue of a breach;
    `filed`: decided whether to open a case on a named informer's report, `informed`: the informer was told.
    """

    case: Code
    step: Literal["received", "answered", "accepted", "ended", "clue", "extended", "checked", "filed", "informed"]


class Disposal(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Something that must be kept was thrown away at the event's time; `since` is the day from which its time runs.

    Spare samples: the conclusion; papers: the sampling; records: the last day of shelf life or validity, else the purchase.
    """

    what: Literal["spare-fit", "spare-unfit", "sampling-papers", "food-record", "food-record-undated", "vaccine-record"]
    number: Code
    since: Day


class Violation(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Unlawful food found by an inspector or a laboratory; `goods_value` in yuan."""

    case: Code
    ground: Ground
    goods_value: Amount


class Penalty(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A decision on a penalty; `mitigated`: reduced below the range by law (行政处罚法 32, 33), with reasons in the file."""

    case: Code
    ground: Ground
    goods_value: Amount
    fine: Amount
    mitigated: bool = False


class Inspection(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An inspection of a food business and its outcome; the counts are findings by gravity."""

    purpose: Literal["routine", "recheck"]
    result: Literal["pass", "conditions", "fail"]
    critical: Count = 0
    serious: Count = 0
    minor: Count = 0
