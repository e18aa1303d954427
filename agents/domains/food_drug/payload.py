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

Business = Literal["licensed", "workshop", "small-shop", "stall"]
"""By which law a food business is fined: 食品安全法, or Henan's rules on 小作坊, 小经营店, 小摊点 (食品安全法 127)."""


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


class BulkLoad(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A check of a road tanker of liquid food, at loading or unloading: 准运证, 铅封, 清洗凭证.

    `product`: its class in the national list (目录), `unlisted` where it is in none; `own`: a business carries its own food in
    a tank of its own, for which no permit is needed.
    """

    waybill: Code
    product: Literal["vegetable-oil", "seasoning", "alcohol", "sugar", "starch-sugar", "unlisted"] = "unlisted"
    own: bool = False
    permit: bool
    seal: Literal["intact", "broken", "missing"]
    cleaning: Literal["recorded", "not-needed", "missing", "forged"]


class Sample(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a food sample: taken, received by the laboratory, its report out with a verdict, the recheck's verdict.

    `extended`: the organiser lets it come to the laboratory later; `void`: it is not tested; `agreed`: the day agreed for the
    report, where one is.
    """

    sample: Code
    step: Literal["taken", "extended", "received", "reported", "rechecked", "void"]
    verdict: Literal["pending", "fit", "unfit"] = "pending"
    agreed: Day | None = None


class UnfitHandling(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What an operator has done about an unfit sample so far."""

    sample: Code
    sealed: bool
    stopped: bool
    notified: bool
    recall: Literal["none", "started", "not-needed"]
    reported: bool


class FollowUp(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of the authority's own handling (核查处置) of an unfit sample; `extended` by its head, to the day `until`."""

    sample: Code
    step: Literal["started", "extended", "finished"]
    until: Day | None = None


class RecheckApplication(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """An application for a recheck (复检), filed at the event's time; `received`: when its conclusion had come."""

    sample: Code
    received: str
    rapid: bool = False


class Recall(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a recall.

    `learned`: the risk is known; `started`: all that begins it is done; `notified`: the stop of sale and use was told to all;
    `planned`: the plan, with a drug also the assessment and the notice, was filed; `announced` to the public; `extended` with
    consent, to the day `until`. `own_cause`: a dealer has caused the fault itself.
    """

    case: Code
    product: Product
    level: Level
    step: Literal[
        "learned",
        "decided",
        "started",
        "notified",
        "planned",
        "announced",
        "progress",
        "extended",
        "finished",
    ]
    own_cause: bool = False
    until: Day | None = None


class Adr(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a case of adverse drug reaction; `reviewed` is by the city's monitoring agency, `refuted`: it was none."""

    case: Code
    drug: Code
    reaction: Code
    grade: Literal["death", "serious", "new", "other"]
    step: Literal["found", "reported", "investigated", "reviewed", "refuted"]
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
    """A step of the emergency control of a drug with confirmed serious reactions.

    `organised`: experts were called to examine it; `found`: their finding is out.
    """

    case: Code
    step: Literal["controlled", "organised", "found", "decided"]


class Complaint(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a consumer's complaint or report (12315) at a market regulation office.

    `answered`: accepted or not, and told; `accepted`, `ended`: mediation, `withdrawn`: the complainant gives it up; `clue`,
    `extended`, `checked`: a clue of a breach, `transferred` to another authority; `filed`: decided whether to open a case,
    `informed`: a named informer was told. From `testing` to `resumed` in mediation, from `clue-testing` to `clue-resumed` of
    a clue, a test or appraisal is not counted.
    """

    case: Code
    step: Literal[
        "received",
        "answered",
        "accepted",
        "ended",
        "withdrawn",
        "clue",
        "extended",
        "checked",
        "transferred",
        "filed",
        "informed",
        "testing",
        "resumed",
        "clue-testing",
        "clue-resumed",
    ]


class Disposal(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Something that must be kept was thrown away at the event's time; `since` is the day from which its time runs.

    Spare samples: the conclusion; papers: the sampling; records: the last day of shelf life or validity, else the purchase.
    `expires`: the last day of a sample's own shelf life; `reused`: a fit spare put to use as the province allows; `keeper`: an
    individual trader (个体) must check papers, but keeps no record.
    """

    what: Literal["spare-fit", "spare-unfit", "sampling-papers", "food-record", "food-record-undated", "vaccine-record"]
    number: Code
    since: Day
    expires: Day | None = None
    reused: bool = False
    keeper: Literal["enterprise", "individual"] = "enterprise"


class Violation(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Unlawful food found by an inspector or a laboratory; `goods_value` in yuan."""

    case: Code
    ground: Ground
    goods_value: Amount
    business: Business = "licensed"


class Penalty(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A decision on a penalty.

    `mitigated`: less than the range, or none, by law (行政处罚法 32, 33, 食品安全法 136), with reasons in the file.
    """

    case: Code
    ground: Ground
    goods_value: Amount
    fine: Amount
    mitigated: bool = False
    business: Business = "licensed"


class Decision(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How the authority ended a matter; `about`: the number of the case, batch, sample, record or waybill that it is about."""

    about: Code
    outcome: Literal["penalty", "warning", "no-penalty", "not-filed", "refused", "transferred", "unfounded"]


class Inspection(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An inspection of a food business and its outcome; the counts are findings by gravity.

    `conditions`: slight faults in general items, to be mended; `fail`: faults that touch food safety, to be investigated.
    `order`: the number of the demand to mend, which a recheck follows up; `mend_by`: the day that it sets.
    """

    purpose: Literal["routine", "recheck"]
    result: Literal["pass", "conditions", "fail"]
    order: str = ""
    mend_by: Day | None = None
    critical: Count = 0
    serious: Count = 0
    minor: Count = 0


class VaccineClimate(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One record of the temperature in a vaccine store, freezer or vehicle, °C."""

    temperature: Celsius


class FoodControl(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A record of a food business: 日管控, 周排查 or 月调度; `none` is the zero report, `idle` that it did not operate."""

    level: Literal["day", "week", "month"]
    result: Literal["none", "danger", "idle"] = "none"


class RetainedDish(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A sample kept of a dish (留样): its weight in grams when it was kept, the hours it was kept when it was thrown away.

    `settled`: the authority has dealt with what was found about it.
    """

    sample: Code
    step: Literal["kept", "discarded", "settled"]
    grams: Amount | None = None
    hours: Amount | None = None


class FoodAccident(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a food safety accident, also of a suspected one.

    Of the business, or the hospital that treats the patients: `learned`; `sealed`, food, tools and place; `reported`, to the
    county's food and health authorities. Of the authority: `received`; `passed-on`, to its government and the next level;
    `inquiry`, begun with the health authority; `refuted`: there was none.
    """

    case: Code
    step: Literal["learned", "sealed", "reported", "received", "passed-on", "inquiry", "refuted"]


class RecallReport(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is reported about a recall beside its own steps, and what the authority does.

    `ordered`: the authority orders the recall; `published` on the province's site; `progress`; `summary`: the recall and what
    became of the goods, after its end; `reviewed`: the authority has examined it; `called-off`. `destroyed`, and whether time
    and place were `announced` before; `settled`: the authority has dealt with what was found about it. `level` stands in
    `ordered` and `progress`, and in the `summary` of an ordered recall alone.
    """

    case: Code
    product: Product
    step: Literal["ordered", "published", "progress", "summary", "reviewed", "called-off", "destroyed", "settled"]
    level: Level | None = None
    announced: bool = True


class AdrCluster(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a cluster of events with one drug (药品群体不良事件).

    `learned`, `reported` to the county's authorities, `maker-told`; of the authority `received` and `inquiry`; of the maker
    `investigated`: its report is with the province; `refuted`: there was no cluster.
    """

    case: Code
    step: Literal["learned", "reported", "maker-told", "received", "inquiry", "investigated", "refuted"]


class AdrInquiry(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The city's or county's monitoring agency has finished its inquiry into a death, and its report is out."""

    case: Code


class DeviceEvent(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of an adverse event with a medical device; `serious`: an injury, or what may cause one or a death.

    `learned`; `reported`, a cluster by telephone to the province; `cases-reported`, each case of a cluster; `holder-told`;
    `investigated`: the holder's report on a cluster; of the agency `received`, `reviewed`; of the holder `evaluated`;
    `refuted`: it was none.
    """

    case: Code
    device: Code
    harm: Literal["death", "serious", "cluster"]
    step: Literal[
        "learned",
        "reported",
        "cases-reported",
        "holder-told",
        "investigated",
        "received",
        "reviewed",
        "evaluated",
        "refuted",
    ]


class DeviceRecall(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of the recall of a medical device.

    `filed`: the form of the recall is with the province; `notified`: all dealers and users; `planned`: evaluation and plan are
    filed; `summary`, after its end; `reviewed` by the province; `called-off`.
    """

    case: Code
    level: Level
    step: Literal["decided", "filed", "notified", "planned", "finished", "summary", "reviewed", "called-off"]


class CosmeticReaction(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of an adverse reaction to a cosmetic; `public`: it may have much effect in public (较大社会影响).

    `learned`, `reported`, of the registrant `inspected` (自查报告); of the agency `received`, `reviewed`; `refuted`.
    """

    case: Code
    product: Code
    grade: Literal["ordinary", "serious", "public"]
    step: Literal["learned", "reported", "inspected", "received", "reviewed", "refuted"]


class VaccineReaction(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a suspected abnormal reaction to a vaccination (AEFI).

    `grave`: with death, lasting disability, a group, or great effect in public.
    """

    case: Code
    vaccine: Code
    grade: Literal["grave", "other"]
    step: Literal["learned", "reported", "refuted"]


class CaseStep(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of a case of administrative penalty at an authority, in its order.

    `received`: the clue or the papers came; `extended`: the time to decide on a case, by the head; `filed`, `not-filed`,
    `transferred`; `delayed`: the time to decide the penalty, by the head; `prolonged`: once more, by the heads together;
    `decided`, `closed` without penalty; `served`. From `stayed` to `resumed` a test, an appraisal, a hearing, a public notice
    or a suspension is not counted.
    """

    case: Code
    step: Literal[
        "received",
        "extended",
        "filed",
        "not-filed",
        "transferred",
        "delayed",
        "prolonged",
        "decided",
        "closed",
        "served",
        "stayed",
        "resumed",
    ]


class GoodsSeizure(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of a seizure (查封、扣押); `number` is that of its decision.

    `seized`; `approved` by the head, where it was `urgent`; `extended` by the head; `decided` on the goods; `released`. From
    `stayed` to `resumed` a test or appraisal is not counted. Of drugs: whether they are to be `tested`; `test-reported`.
    """

    number: Code
    goods: Literal["drug", "other"]
    step: Literal["seized", "approved", "extended", "stayed", "resumed", "test-reported", "decided", "released"]
    urgent: bool = False
    tested: bool = False


class SampleNotice(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who was told the conclusion of a food sample.

    `told`: the laboratory told the authority; `delivered`: the authority served it on the business; `posted`: the shop posted
    it on its premises; `passed-up` to the national authority, where it is `grave`: a forbidden substance, a pathogen, far
    over a limit.
    """

    sample: Code
    step: Literal["told", "delivered", "posted", "passed-up"]
    verdict: Literal["fit", "unfit"] = "unfit"
    grave: bool = False


class InspectionResult(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The result of an inspection: formed, made public."""

    record: Code
    step: Literal["formed", "published"]


class ComplaintNotice(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Both sides were told that the mediation of a complaint has ended."""

    case: Code


class VaccineIncident(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step about vaccine with a fault or a suspected one, or an incident with it (疫苗安全事件).

    `found`; `stopped`: no more sale, delivery and use; `reported` to the drug and the health authority; `refuted`.
    """

    case: Code
    step: Literal["found", "stopped", "reported", "refuted"]


class AccidentRisk(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step about the risk of a food safety accident at a business: found, stopped its work, reported, removed the risk."""

    case: Code
    step: Literal["found", "stopped", "reported", "removed"]
