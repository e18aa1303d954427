"""The draft of a work order, made from an alert: what it is about in words that accuse nobody, and who says so. Pure.

orders.md C (事由, 依据, 要求, 反馈方式, 联系人电话) and row 28 (行政处罚法 41): the text says 疑似 and asks for verification.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from msgspec import Struct

from streams.catalogue.sight import NOBODY, seen
from streams.messages import Alert, Text, local_time, parse_time
from streams.messages.event import Name
from streams.messages.orders import Link, PaperKind, Passage
from streams.orders.wording import SUSPECTED

SaidName = Literal["cause", "basis", "demand", "feedback", "contact"]

KIND = "lead"
"""What an alert that is handed over becomes: 线索移交."""

PAPER: PaperKind = "work-order"

PARTS: tuple[SaidName, ...] = ("cause", "basis", "demand", "feedback", "contact")
"""The parts of an order's text, in their order."""

LAWS = {"ee": "ecology", "amr": "market", "amr-se": "market"}
"""By whose procedure of penalties an office checks a lead, by its role: 生态环境行政处罚办法, 市场监督管理行政处罚程序规定."""

VERDICTS = {"true": "true", "false-alarm": "false", "unclear": "unclear"}
"""A verification's finding as an order's verdict."""

TITLE = 200
"""Characters of a title at most (`streams.messages.words.Line`)."""


class Named(Struct, frozen=True):
    """What an alert names, in words (Chinese: the order's text is written in it): its place, its item, its unit, who sends."""

    district: str
    item: str
    unit: str
    sender: str


class Draft(Struct, frozen=True, kw_only=True):
    """What the sheet begins with. `verdict`: what the alert's verification came to, empty where there is none."""

    kind: str
    paper: PaperKind
    title: Text
    text: tuple[Passage, ...]
    urgent: bool
    traits: Mapping[str, str]
    adcode: str
    lon: float | None
    lat: float | None
    alerts: tuple[Link, ...]
    incident: str
    verdict: str


def draft(alert: Alert, named: Named, duty: str, incident: str = "") -> Draft:
    """The draft of an alert; `duty`: the row of the duty list by which its receivers are proposed."""
    return Draft(
        kind=KIND,
        paper=PAPER,
        title=title(alert),
        text=text(alert, named, duty),
        urgent=alert.severity == "red",
        traits={"law": law} if (law := LAWS.get(alert.department.id.partition("-")[2])) else {},
        adcode=alert.adcode,
        lon=alert.lon,
        lat=alert.lat,
        alerts=(Link(domain=alert.domain, subject=alert.subject, alert=alert.id, occurrence=alert.occurrence),),
        incident=incident,
        verdict=VERDICTS.get(alert.verified.finding, "") if alert.verified else "",
    )


def title(alert: Alert) -> Text:
    """Who and what, with 疑似 before what is alleged.

    Names are those of places, plants and devices; a person's is masked, for a title is everybody's.
    """
    name = in_both(seen(alert, NOBODY).name)
    return Text(f"{name.zh}：{SUSPECTED}{alert.title.zh}"[:TITLE], f"{name.en}: suspected: {alert.title.en}"[:TITLE])


def in_both(name: Name) -> Text:
    """A name in both languages: English falls back on Chinese, which every register has."""
    return Text(name.zh, name.en or name.zh)


def text(alert: Alert, named: Named, duty: str) -> tuple[Passage, ...]:
    """The five parts."""
    words: dict[SaidName, str] = {
        "cause": _cause(alert, named),
        "basis": f"{alert.clause.edition} {alert.clause.article}；{_rule(alert)}；{duty}。",
        "demand": _demand(alert),
        "feedback": "在本工单内反馈，经本单位审核人审核后报出，时限以本工单所列为准。",
        "contact": f"{named.sender}值班席；联系电话以值班表为准。",
    }
    return tuple(Passage(part, words[part]) for part in PARTS)


def _cause(alert: Alert, named: Named) -> str:
    """Who, when, what was measured, and that it is suspected."""
    name = seen(alert, NOBODY).name.zh
    where = name if not named.district or name.startswith(named.district[:2]) else f"{named.district}{name}"
    begin = f"{_moment(alert.raised_at)}，监测发现{where}"
    if alert.value is None:
        return f"{begin}{SUSPECTED}存在“{alert.title.zh}”的情形。"
    measured = f"{named.item or alert.title.zh} {_number(alert.value)} {named.unit}".rstrip()
    if alert.limit is None:
        return f"{begin}{measured}，{SUSPECTED}存在“{alert.title.zh}”的情形。"
    times = f"，{_times(alert.value, alert.limit)} 倍" if alert.limit and alert.value > alert.limit else ""
    limit = f"限值 {_number(alert.limit)} {named.unit}".rstrip()
    return f"{begin}{measured}（{limit}{times}），{SUSPECTED}存在“{alert.title.zh}”的情形。"


def _demand(alert: Alert) -> str:
    """What is asked: verification first, then what the office itself decides."""
    guidance = alert.guidance.zh.rstrip("。")
    steps = f"处置指引供参考：{guidance}（以核实{SUSPECTED}情形属实的为限）；" if guidance else ""
    found = f"{SUSPECTED}情形属实的，由你单位依职权决定是否检查、立案；不属实的，说明理由"
    return f"请核实处理：一、现场核实有关情况；二、{found}；三、{steps}结果在时限内反馈。"


def _rule(alert: Alert) -> str:
    return f"规则 {alert.row or alert.rule}（版本 {alert.rule_version[:8]}）"


def _moment(at: str) -> str:
    """11月24日13时 in the city's time (UTC+08:00)."""
    local = local_time(parse_time(at))
    return f"{local.month}月{local.day}日{local.hour}时"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _times(value: float, limit: float) -> Decimal:
    """How many times the limit, rounded half to even (GB/T 8170-2008 3.2)."""
    return (Decimal(str(value)) / Decimal(str(limit))).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
