"""The report of one alert or one order: what it is, its time limits, what happened; nobody's name or words. Pure."""

from collections.abc import Mapping

from agents.reports.asked import ReportAsked
from agents.reports.papers.alerts import standing
from agents.reports.papers.origin import Tools, whole_paper
from agents.reports.papers.paper import Cell, Paper, PaperColumn, PaperTable, Section
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from streams.calendar.time_limit import parse_limit
from streams.catalogue.entry import Rank
from streams.catalogue.sight import marks_of, seen
from streams.messages import Actor, Alert, Audit, Order, OrderAudit, OrderClock, OrderLine, Text
from streams.orders.kinds import kinds
from streams.orders.words import ACTS, EVENTS, LINE_STATES, PARTS, states

SOURCES: Mapping[str, Text] = {
    "certain": Text("原文已读", "text read"),
    "likely": Text("据报道或者一地规定", "reported, or one local rule"),
    "check": Text("待核", "to be checked"),
    "default": Text("本系统默认", "this system's own"),
    "issuer": Text("下达单位所定", "the issuer's"),
}
"""How sure a time limit is (`streams.messages.outputs.order.Basis`)."""


def alert_paper(
    asked: ReportAsked, alert: Alert, trail: Mapping[int, Audit], origin: ReadOrigin, tools: Tools
) -> tuple[Paper, Rank]:
    """The report of an alert as it stands."""
    tell, shown = Teller(asked.lang), seen(alert, marks_of(asked.role))
    blocks = (_alert_facts(shown, tell), _evidence(shown, tell), _alert_trail(trail, tell))
    section = Section(tell.of("告警", "Alert"), blocks)
    title = tell.of("告警报告", "Report of an alert")
    return _paper(asked, title, tell(shown.title), section, alert.adcode, origin, tools)


def order_paper(
    asked: ReportAsked,
    order: Order,
    lines: Mapping[str, OrderLine],
    trail: Mapping[int, OrderAudit],
    origin: ReadOrigin,
    tools: Tools,
) -> tuple[Paper, Rank]:
    """The report of an order as it stands, with its lines by number."""
    tell = Teller(asked.lang)
    blocks = (
        _order_facts(order, tell),
        _lines(lines, tell),
        _clocks(order, lines, tell),
        _papers(order, tell),
        _order_trail(order, trail, tell),
    )
    section = Section(tell.of("工单", "Order"), blocks)
    title = tell.of("工单报告", "Report of an order")
    return _paper(asked, title, f"{order.number} · {tell.kind(order.kind)}", section, order.adcode, origin, tools)


def _paper(
    asked: ReportAsked, title: str, subtitle: str, section: Section, adcode: str, origin: ReadOrigin, tools: Tools
) -> tuple[Paper, Rank]:
    tell = Teller(asked.lang)
    return whole_paper(
        asked,
        origin,
        tools,
        title=title,
        subtitle=subtitle,
        of=(tell.of("编号", "Id"), asked.alert or asked.order),
        at=origin.reached,
        sections=(section,),
        adcodes=(adcode,),
    )


def _facts(name: str, title: str, rows: list[tuple[str, str]], tell: Teller) -> PaperTable:
    return PaperTable(
        name=name,
        title=title,
        columns=(PaperColumn(tell.of("项目", "What"), width=1.2), PaperColumn(tell.of("内容", "Content"), width=4.4)),
        rows=tuple((what, value) for what, value in rows if value),
    )


def _alert_facts(alert: Alert, tell: Teller) -> PaperTable:
    value = "" if alert.value is None else f"{alert.item} {alert.value:g} {alert.unit}".strip()
    limit = "" if alert.limit is None else f"{alert.limit:g} {alert.unit}"
    mark = {"V": "", "v": tell.of("（据转述）", " (second hand)"), "M": tell.of("（待核）", " (to be verified)")}[
        alert.clause.mark
    ]
    rows = [
        (tell.of("级别", "Severity"), tell.word("severity", alert.severity)),
        (tell.of("状态", "State"), tell.of("已销号", "ended") if alert.ended else standing(alert.state, tell)),
        (tell.of("对象", "Subject"), f"{tell(alert.name)} · {alert.subject}"),
        (tell.of("区县", "District"), tell.district(alert.adcode) if alert.adcode else ""),
        (tell.of("领域", "Domain"), tell.domain(alert.domain)),
        (tell.of("责任部门", "Department"), f"{tell(alert.department.name)} {alert.department.basis}".strip()),
        (tell.of("数值", "Value"), value),
        (tell.of("限值", "Limit"), limit),
        (tell.of("发生", "Began"), tell.moment(alert.opened_at)),
        (tell.of("告警", "Raised"), tell.moment(alert.raised_at)),
        (tell.of("恢复", "Back to normal"), tell.moment(alert.cleared_at) if alert.cleared_at else ""),
        (tell.of("时限", "Due"), tell.moment(alert.due) if alert.due else ""),
        (tell.of("第几次", "Occurrence"), str(alert.occurrence)),
        (tell.of("依据条款", "Clause"), f"{alert.clause.edition} {alert.clause.article}{mark} {tell(alert.clause.text)}"),
        (tell.of("规则", "Rule"), f"{alert.row} {alert.rule} · {alert.rule_version}"),
        (tell.of("处置指引", "Guidance"), tell(alert.guidance)),
    ]
    return _facts("alert", tell.of("告警现状", "As it stands"), rows, tell)


def _evidence(alert: Alert, tell: Teller) -> PaperTable:
    return PaperTable(
        name="evidence",
        title=tell.of("证据：计入的记录", "Evidence: the records that counted"),
        columns=(
            PaperColumn(tell.of("时间", "Time"), "code", 1.6),
            PaperColumn(tell.of("数值", "Value"), width=0.9),
            PaperColumn(tell.of("位置", "Place in the log"), "code", 2.2),
            PaperColumn("SHA-256", "code", 2.6),
        ),
        rows=tuple(
            (
                tell.moment(each.at),
                "—" if each.value is None else f"{each.value:g} {alert.unit}",
                f"{each.place.topic}/{each.place.partition}/{each.place.offset}",
                each.sha256,
            )
            for each in alert.evidence
        ),
        note=tell.of(
            "线索，未经审核；自证的证据包由 agents evidence 生成",
            "a lead, not reviewed; agents evidence makes the case that proves itself",
        ),
        none=tell.of("没有", "None"),
    )


def _trail(name: str, rows: tuple[tuple[Cell, ...], ...], tell: Teller) -> PaperTable:
    return PaperTable(
        name=name,
        title=tell.of("经过", "What happened"),
        columns=(
            PaperColumn(tell.of("序", "No."), "count", 0.45),
            PaperColumn(tell.of("时间", "Time"), "code", 1.6),
            PaperColumn(tell.of("事项", "What"), width=1.5),
            PaperColumn(tell.of("状态", "State"), width=1.9),
            PaperColumn(tell.of("办理", "By"), width=2.0),
        ),
        rows=rows,
        note=tell.of("只写单位和角色；姓名、原话不写", "unit and role alone: no names, no words of people"),
    )


def _alert_trail(trail: Mapping[int, Audit], tell: Teller) -> PaperTable:
    rows = tuple(
        (
            each.n,
            tell.moment(each.at),
            tell.word("event", "refuse") + tell.word("event", each.verb)
            if each.event == "refuse"
            else tell.word("event", each.event),
            _step(tell.word("state", each.before), tell.word("state", each.after)),
            _who(each.actor, tell),
        )
        for _, each in sorted(trail.items())
    )
    return _trail("alert-trail", rows, tell)


def _order_facts(order: Order, tell: Teller) -> PaperTable:
    kind = kinds().get(order.kind)
    end = kind.ends.get(order.outcome) if kind else None
    rows = [
        (tell.of("类别", "Kind"), tell.kind(order.kind)),
        (tell.of("状态", "State"), tell.order_state(order.kind, order.state)),
        (tell.of("轮次", "Round"), str(order.round)),
        (tell.of("紧急", "Urgent"), tell.of("是", "yes") if order.urgent else ""),
        (tell.of("下达单位", "Issued by"), tell.unit(order.issuer) if order.issuer else ""),
        (tell.of("核查单位", "Verified by"), tell.unit(order.verifier) if order.verifier else ""),
        (tell.of("督办单位", "Supervised by"), tell.unit(order.supervising) if order.supervising else ""),
        (tell.of("区县", "District"), tell.district(order.adcode) if order.adcode else ""),
        (tell.of("告警", "Alerts"), tell.of("、", ", ").join(each.link.alert for each in order.alerts)),
        (tell.of("下达", "Issued"), tell.moment(order.opened_at)),
        (tell.of("办结", "Ended"), tell.moment(order.closed_at) if order.closed_at else ""),
        (tell.of("结果", "Outcome"), tell(end.title) if end else order.outcome),
        (tell.of("依法办结，条件仍在", "Ended by law while its condition stood"), tell.of("是", "yes") if order.lawful else ""),
        (tell.of("认定不计", "Does not count"), tell.of("是", "yes") if order.voided else ""),
        (tell.of("建议督办", "Supervision proposed"), tell.moment(order.proposed) if order.proposed else ""),
    ]
    return _facts("order", tell.of("工单现状", "As it stands"), rows, tell)


def _lines(lines: Mapping[str, OrderLine], tell: Teller) -> PaperTable:
    return PaperTable(
        name="order-lines",
        title=tell.of("承办单位", "Receivers"),
        columns=(
            PaperColumn(tell.of("行", "Line"), "code", 0.6),
            PaperColumn(tell.of("方式", "Part"), width=0.7),
            PaperColumn(tell.of("单位", "Unit"), width=2.4),
            PaperColumn(tell.of("状态", "State"), width=1.0),
            PaperColumn(tell.of("派出", "Sent"), "code", 1.7),
            PaperColumn(tell.of("签收", "Signed"), "code", 1.7),
            PaperColumn(tell.of("反馈", "Answered"), "code", 1.7),
            PaperColumn(tell.of("退回重办", "Sent back"), "count", 0.9),
        ),
        rows=tuple(
            (
                line.n,
                tell(PARTS[line.part]),
                tell.unit(line.unit),
                tell(LINE_STATES[line.state]),
                tell.moment(line.sent),
                tell.moment(line.signed.at if line.signed else None),
                tell.moment(line.reply.at if line.reply else None),
                line.reworked,
            )
            for _, line in sorted(lines.items())
        ),
        none=tell.of("没有派出", "Never sent"),
    )


def _clocks(order: Order, lines: Mapping[str, OrderLine], tell: Teller) -> PaperTable:
    found = [("", each) for each in order.clocks]
    found += [(line.n, each) for _, line in sorted(lines.items()) for each in line.clocks]
    return PaperTable(
        name="order-clocks",
        title=tell.of("时限：原期限和现期限", "Time limits: as first set, and as they are"),
        columns=(
            PaperColumn(tell.of("行", "Line"), "code", 0.5),
            PaperColumn(tell.of("时限", "Limit"), width=1.2),
            PaperColumn(tell.of("长短", "How long"), width=1.3),
            PaperColumn(tell.of("原期限", "First due"), "code", 1.7),
            PaperColumn(tell.of("现期限", "Due"), "code", 1.7),
            PaperColumn(tell.of("完成", "Met"), "code", 1.7),
            PaperColumn(tell.of("超期", "Late"), width=0.55),
            PaperColumn(tell.of("出处", "Source"), width=2.2),
        ),
        rows=tuple(_clock(order.kind, line, each, tell) for line, each in found),
        none=tell.of("没有", "None"),
    )


def _clock(kind: str, line: str, clock: OrderClock, tell: Teller) -> tuple[str, ...]:
    known = kinds().get(kind)
    title = known.clocks.get(clock.name) if known else None
    return (
        line,
        tell(title) if title else clock.name,
        _limit(clock.limit, tell),
        tell.moment(clock.first_due),
        tell.moment(clock.due),
        tell.moment(clock.met),
        tell.of("是", "yes") if clock.late else "",
        f"{tell(clock.source)}{tell.of('（', ' (')}{tell(SOURCES[clock.mark])}{tell.of('）', ')')}",
    )


def _limit(limit: str, tell: Teller) -> str:
    """A limit in words; as it is where it is none that is counted."""
    try:
        return tell(parse_limit(limit).title())
    except ValueError:
        return limit


def _papers(order: Order, tell: Teller) -> PaperTable:
    rows = [
        *((tell.word("paper", each.kind), each.number, tell.unit(each.organ), tell.moment(each.at)) for each in order.papers),
        *(
            (tell.word("instrument", each.kind), each.number, tell.unit(each.organ), tell.moment(each.served_at))
            for each in order.instruments
        ),
    ]
    return PaperTable(
        name="order-papers",
        title=tell.of("登记的公文和执法文书", "Papers and instruments on record"),
        columns=(
            PaperColumn(tell.of("种类", "Kind"), width=1.6),
            PaperColumn(tell.of("文号", "Number"), "code", 1.8),
            PaperColumn(tell.of("机关", "Organ"), width=2.4),
            PaperColumn(tell.of("时间", "Time"), "code", 1.4),
        ),
        rows=tuple(rows),
        none=tell.of("没有", "None"),
    )


def _order_trail(order: Order, trail: Mapping[int, OrderAudit], tell: Teller) -> PaperTable:
    rows = tuple((each.n, tell.moment(each.at), *_entry(order, each, tell)) for _, each in sorted(trail.items()))
    return _trail("order-trail", rows, tell)


def _entry(order: Order, entry: OrderAudit, tell: Teller) -> tuple[str, str, str]:
    words = LINE_STATES if entry.line else states(kinds().get(order.kind))
    before, after = (tell(words.get(each, Text(each, each))) for each in (entry.before, entry.after))
    refused = entry.event == "refuse"
    what = tell.word("event", "refuse") + _act(entry.verb, tell) if refused else _act(entry.event, tell)
    return f"{what} [{entry.line}]" if entry.line else what, _step(before, after), _who(entry.actor, tell)


def _act(name: str, tell: Teller) -> str:
    found = ACTS.get(name) or EVENTS.get(name)
    return tell(found) if found else name


def _step(before: str, after: str) -> str:
    return after if before == after or not before else f"{before} → {after}"


def _who(actor: Actor | None, tell: Teller) -> str:
    """Unit and role of who acted: never a name."""
    if actor is None:
        return tell.of("系统", "the system")
    role = tell.word("role", actor.role)
    return f"{tell.unit(actor.department)} · {role}" if actor.department else role
