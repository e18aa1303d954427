"""What a report says of alerts and incidents: how many, of what kind, how old, what comes again and again. Pure."""

from collections import Counter
from itertools import pairwise

from agents.reports.asked import ReportPeriod
from agents.reports.facts import AlertLife, PeriodFacts
from agents.reports.papers.paper import Block, Chart, KeyFigure, PaperColumn, PaperSeries, PaperTable, Section
from agents.reports.papers.telling import Teller
from streams.catalogue import on_screen
from streams.catalogue.sight import Marks, seen
from streams.messages import DAY, HOUR, SEVERITIES, format_time, parse_time
from streams.messages.outputs.alert import State

AGES = (DAY, 3 * DAY, 7 * DAY, 30 * DAY)
"""Up to which ages (ms) what is open is counted together; 本系统默认."""

MOST = 10
"""How many of the oldest, the most frequent and so on a report lists; 本系统默认."""

MOST_INCIDENTS = 40
"""How many incidents a report lists, the newest first; 本系统默认."""

STATES: tuple[State, ...] = ("B", "C", "C-latched", "D", "D-latched", "A", "E", "F", "G")


def alert_figures(facts: PeriodFacts, began: int, tell: Teller) -> tuple[KeyFigure, ...]:
    """New, ended, open. `began`: the log's first moment (ms): of a period before it there is nothing to compare with."""
    new = [life for life in facts.alerts.values() if facts.within(life.raised)]
    ended = sum(life.ended is not None and facts.within(life.ended) for life in facts.alerts.values())
    still = _open(facts)
    red = sum(life.alert.severity == "red" for life in still)
    earlier = facts.begin - (facts.end - facts.begin)
    before = sum(earlier <= life.raised < facts.begin for life in facts.alerts.values())
    said = tell.of(f"上期 {before:,}", f"period before: {before:,}")
    none = tell.of("上期不在日志中", "the log has no period before")
    return (
        KeyFigure(tell.of("新增告警", "New alerts"), f"{len(new):,}", said if began <= earlier else none),
        KeyFigure(tell.of("销号", "Ended"), f"{ended:,}", tell.of("本期结束的告警", "alerts that ended")),
        KeyFigure(tell.of("期末未销号", "Open at the end"), f"{len(still):,}", tell.of(f"红色 {red:,}", f"red: {red:,}")),
    )


def trend(facts: PeriodFacts, period: ReportPeriod, tell: Teller) -> Chart:
    """New alerts by hour of a day, or by day of a month, by severity."""
    step = HOUR if period.span == "day" else DAY
    slots = (period.end - period.begin) // step
    counts = Counter[tuple[str, int]]()
    for life in facts.alerts.values():
        if facts.within(life.raised):
            counts[life.alert.severity, (life.raised - period.begin) // step] += 1
    series = tuple(
        PaperSeries(tell.word("severity", each), each, tuple(counts[each, slot] for slot in range(slots)))
        for each in SEVERITIES
    )
    sums = [sum(each.values[slot] for each in series) for slot in range(slots)]
    labels = tuple(str(slot if step == HOUR else slot + 1) for slot in range(slots))
    at = max(range(slots), key=sums.__getitem__)
    total = sum(sums)
    what = tell.of("小时", "hour") if step == HOUR else tell.of("日", "day")
    peak = tell.of(f"，最多在第 {labels[at]} {what}：{sums[at]} 条", f"; most in {what} {labels[at]}: {sums[at]}")
    return Chart(
        name="trend",
        title=tell.of("新增告警（按小时）", "New alerts by hour")
        if step == HOUR
        else tell.of("新增告警（按日）", "New alerts by day"),
        alt=tell.of(f"新增告警共 {total} 条{peak if total else ''}", f"{total} new alerts{peak if total else ''}"),
        axis=what,
        labels=labels,
        series=series,
    )


def alert_section(facts: PeriodFacts, tell: Teller, marks: Marks) -> Section:
    """Alerts by domain and severity, by state, by age; the oldest; the rules that raise most."""
    return Section(
        tell.of("告警", "Alerts"),
        (_by_domain(facts, tell), _by_state(facts, tell), _by_age(facts, tell), _oldest(facts, tell, marks)),
    )


def common(facts: PeriodFacts, tell: Teller) -> PaperTable:
    """高频共性问题: the rules that raised most alerts, with how many subjects and districts they are of."""
    by: dict[str, list[AlertLife]] = {}
    for life in facts.alerts.values():
        if facts.within(life.raised):
            by.setdefault(life.alert.rule, []).append(life)
    top = sorted(by.items(), key=lambda each: (-len(each[1]), each[0]))[:MOST]
    return PaperTable(
        name="common",
        title=tell.of("高频共性问题", "What comes again and again"),
        columns=(
            PaperColumn(tell.of("问题", "Problem"), width=3.2),
            PaperColumn(tell.of("规则", "Rule"), "code", 1.9),
            PaperColumn(tell.of("新增", "New"), "count", 0.7),
            PaperColumn(tell.of("对象", "Subjects"), "count", 0.8),
            PaperColumn(tell.of("区县", "Districts"), "count", 0.8),
        ),
        rows=tuple(
            (
                tell(lives[-1].alert.title),
                rule,
                len(lives),
                len({each.alert.subject for each in lives}),
                len({each.alert.adcode[:6] for each in lives}),
            )
            for rule, lives in top
        ),
        note=tell.of(f"按规则计，前 {MOST} 位（本系统默认）", f"by rule, the first {MOST} (this system's own)"),
        none=tell.of("本期没有新增告警", "No new alert in the period"),
    )


def incident_section(facts: PeriodFacts, tell: Teller, marks: Marks) -> Section:
    """Incidents that were open in the period, and floods of alarms that began in it."""
    stood = [each for each in facts.incidents.values() if not each.merged_into and _stood(each.ended_at, facts)]
    stood.sort(key=lambda each: (-parse_time(each.opened_at), each.id))
    shown = [seen(each, marks) for each in stood[:MOST_INCIDENTS]]
    floods = [each for each in facts.floods.values() if facts.within(parse_time(each.began_at))]
    floods.sort(key=lambda each: (parse_time(each.began_at), each.id))
    more = len(stood) - len(shown)
    blocks: list[Block] = [
        PaperTable(
            name="incidents",
            title=tell.of(f"本期处置的事件（{len(stood)}）", f"Incidents that stood in the period ({len(stood)})"),
            columns=(
                PaperColumn(tell.of("事件", "Incident"), width=3.2),
                PaperColumn(tell.of("级别", "Severity"), width=1.2),
                PaperColumn(tell.of("告警", "Alerts"), "count", 0.7),
                PaperColumn(tell.of("未销号", "Open"), "count", 0.7),
                PaperColumn(tell.of("牵头单位", "Lead"), width=2.3),
                PaperColumn(tell.of("开始", "Began"), "code", 1.6),
                PaperColumn(tell.of("状态", "State"), width=1.0),
            ),
            rows=tuple(
                (
                    tell(each.title),
                    tell.word("severity", each.severity),
                    each.count,
                    each.open,
                    tell(each.lead.department.name),
                    tell.moment(each.opened_at),
                    tell.word("incident", each.state),
                )
                for each in shown
            ),
            note=tell.of(f"另有 {more} 起未列出", f"{more} more are not listed") if more else "",
            none=tell.of("本期没有事件", "No incident stood in the period"),
        )
    ]
    if floods:
        blocks.append(
            PaperTable(
                name="floods",
                title=tell.of("告警泛滥（ISA-18.2-2016 16.4）", "Floods of alarms (ISA-18.2-2016 16.4)"),
                columns=(
                    PaperColumn(tell.of("责任部门", "Desk"), width=2.4),
                    PaperColumn(tell.of("开始", "Began"), "code", 1.4),
                    PaperColumn(tell.of("结束", "Ended"), "code", 1.4),
                    PaperColumn(tell.of("十分钟内最多", "Most in ten minutes"), "count", 1.2),
                ),
                rows=tuple(
                    (tell(each.department.name), tell.moment(each.began_at), tell.moment(each.ended_at), each.peak)
                    for each in floods
                ),
            )
        )
    return Section(tell.of("事件", "Incidents"), tuple(blocks))


def standing(state: State, tell: Teller) -> str:
    """The word for the state in which an alert stands that has not ended: a normal one waits for its case or an order."""
    return tell.word("state", "A-open" if state == "A" else state)


def bucket(age: int) -> int:
    """In which row of ages something is that is so old (ms).

    >>> bucket(DAY - 1), bucket(DAY), bucket(31 * DAY)
    (0, 1, 4)
    """
    return sum(age >= each for each in AGES)


def age_titles(tell: Teller) -> tuple[str, ...]:
    """The headings of those rows."""
    days = [each // DAY for each in AGES]
    between = [tell.of(f"{low}–{high} 天", f"{low} to {high} d") for low, high in pairwise(days)]
    return (
        tell.of(f"不到 {days[0]} 天", f"under {days[0]} d"),
        *between,
        tell.of(f"{days[-1]} 天以上", f"{days[-1]} d or more"),
    )


def _open(facts: PeriodFacts) -> list[AlertLife]:
    return [life for life in facts.alerts.values() if life.ended is None]


def _stood(ended: str | None, facts: PeriodFacts) -> bool:
    return ended is None or parse_time(ended) >= facts.begin


def _severities(tell: Teller) -> tuple[PaperColumn, ...]:
    return tuple(PaperColumn(tell.word("short", each), "count") for each in SEVERITIES)


def _by_domain(facts: PeriodFacts, tell: Teller) -> PaperTable:
    new, still = Counter[tuple[str, str]](), Counter[str]()
    for life in facts.alerts.values():
        if facts.within(life.raised):
            new[life.alert.domain, life.alert.severity] += 1
        if life.ended is None:
            still[life.alert.domain] += 1
    names = [name for name in on_screen() if still[name] or any(new[name, each] for each in SEVERITIES)]
    return PaperTable(
        name="alerts-by-domain",
        title=tell.of("新增，按领域和级别", "New, by domain and severity"),
        columns=(
            PaperColumn(tell.of("领域", "Domain"), width=1.6),
            *_severities(tell),
            PaperColumn(tell.of("合计", "All"), "count", 0.8),
            PaperColumn(tell.of("期末未销号", "Open at the end"), "count"),
        ),
        rows=tuple(
            (
                tell.domain(name),
                *(new[name, each] for each in SEVERITIES),
                sum(new[name, each] for each in SEVERITIES),
                still[name],
            )
            for name in names
        ),
        none=tell.of("没有告警", "No alerts"),
    )


def _by_state(facts: PeriodFacts, tell: Teller) -> PaperTable:
    counts = Counter((life.alert.state, life.alert.severity) for life in _open(facts))
    return PaperTable(
        name="alerts-by-state",
        title=tell.of("期末未销号，按状态和级别", "Open at the end, by state and severity"),
        columns=(
            PaperColumn(tell.of("状态", "State"), width=1.6),
            *_severities(tell),
            PaperColumn(tell.of("合计", "All"), "count", 0.8),
        ),
        rows=tuple(
            (standing(state, tell), *found, sum(found))
            for state in STATES
            if any(found := [counts[state, each] for each in SEVERITIES])
        ),
        note=tell.of("状态按 ANSI/ISA-18.2-2016", "states of ANSI/ISA-18.2-2016"),
        none=tell.of("期末没有未销号的告警", "No alert is open at the end"),
    )


def _by_age(facts: PeriodFacts, tell: Teller) -> PaperTable:
    counts = Counter((bucket(facts.end - life.raised), life.alert.severity) for life in _open(facts))
    titles = age_titles(tell)
    return PaperTable(
        name="alerts-by-age",
        title=tell.of("期末未销号，按已存在时间", "Open at the end, by age"),
        columns=(
            PaperColumn(tell.of("已存在", "Age"), width=1.6),
            *_severities(tell),
            PaperColumn(tell.of("合计", "All"), "count", 0.8),
        ),
        rows=tuple(
            (title, *(counts[row, each] for each in SEVERITIES), sum(counts[row, each] for each in SEVERITIES))
            for row, title in enumerate(titles)
        ),
        note=tell.of("分档为本系统默认", "the steps are this system's own"),
    )


def _oldest(facts: PeriodFacts, tell: Teller, marks: Marks) -> PaperTable:
    oldest = sorted(_open(facts), key=lambda life: (life.raised, life.alert.id))[:MOST]
    return PaperTable(
        name="alerts-oldest",
        title=tell.of(f"最久未销号（前 {MOST}）", f"Open longest (first {MOST})"),
        columns=(
            PaperColumn(tell.of("告警", "Alert"), width=2.6),
            PaperColumn(tell.of("对象", "Subject"), width=2.0),
            PaperColumn(tell.of("区县", "District"), width=1.0),
            PaperColumn(tell.of("责任部门", "Department"), width=2.4),
            PaperColumn(tell.of("发生", "Raised"), "code", 1.6),
            PaperColumn(tell.of("已存在", "Age"), width=1.1),
        ),
        rows=tuple(_row(life, facts, tell, marks) for life in oldest),
        none=tell.of("期末没有未销号的告警", "No alert is open at the end"),
    )


def _row(life: AlertLife, facts: PeriodFacts, tell: Teller, marks: Marks) -> tuple[str, ...]:
    alert = seen(life.alert, marks)
    return (
        tell(alert.title),
        tell(alert.name),
        tell.district(alert.adcode),
        tell(alert.department.name),
        tell.moment(format_time(life.raised)),
        tell.age(facts.end - life.raised),
    )
