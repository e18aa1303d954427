"""What a report says of the data: what was refused, what nobody judged, which rules raised exceptions. Pure."""

from collections import Counter
from collections.abc import Callable

from agents.core.intake import JUDGED
from agents.reports.facts import PeriodFacts
from agents.reports.papers.paper import PaperColumn, PaperTable, Says, Section
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from streams.catalogue import on_screen

Reasons = Counter[tuple[str, str]]
"""How many quality records there are, by domain and reason."""

DOUBTFUL = frozenset[str]({"inconsistent"})
"""The reason of what was judged though something of it does not fit: neither refused nor left unjudged."""

UNJUDGED = JUDGED - DOUBTFUL
"""The reasons for which nobody judged what came, or a part of it, though it could be read."""


def quality_section(facts: PeriodFacts, origin: ReadOrigin, tell: Teller) -> Section:
    """Records that came, by domain, what of them was refused and why, what does not fit, and what was not judged."""
    refused = _of(facts, lambda reason: reason not in JUDGED)
    doubtful = _of(facts, lambda reason: reason in DOUBTFUL)
    unjudged = _of(facts, lambda reason: reason in UNJUDGED)
    return Section(
        tell.of("数据质量与未研判", "Data quality, and what nobody judged"),
        (
            _by_domain((refused, doubtful, unjudged), origin, tell),
            _by_reason("refused", tell.of("拒收，按原因", "Refused, by reason"), refused, tell),
            _by_reason("unjudged", tell.of("收到而未研判，按原因", "Came and was not judged, by reason"), unjudged, tell),
            _held(facts, tell),
            Says(
                tell.of(
                    "规则没有研判的条款逐条列在 docs/concepts/rules-not-judged.md。安静不等于安全。",
                    "What the rules do not judge stands in docs/concepts/rules-not-judged.md. Silence is not safety.",
                )
            ),
        ),
    )


def _of(facts: PeriodFacts, wanted: Callable[[str], bool]) -> Reasons:
    return Counter({key: count for key, count in facts.quality.items() if wanted(key[1])})


def _by_domain(counts: tuple[Reasons, Reasons, Reasons], origin: ReadOrigin, tell: Teller) -> PaperTable:
    facts = Counter[str]()
    for each in origin.partitions:
        facts[each.input] += each.facts
    bad, odd, idle = (_sum(each) for each in counts)
    names = [*on_screen(), *sorted(facts.keys() - set(on_screen()))]
    return PaperTable(
        name="quality",
        title=tell.of("收到的记录", "Records that came"),
        columns=(
            PaperColumn(tell.of("领域", "Domain"), width=1.8),
            PaperColumn(tell.of("记录", "Records"), "count"),
            PaperColumn(tell.of("拒收", "Refused"), "count"),
            PaperColumn(tell.of("存疑", "In doubt"), "count"),
            PaperColumn(tell.of("未研判", "Not judged"), "count"),
            PaperColumn(tell.of("拒收占比", "Share refused"), "share"),
        ),
        rows=tuple(
            (tell.domain(name), facts[name], bad[name], odd[name], idle[name], bad[name] / facts[name] if facts[name] else None)
            for name in names
            if facts[name] or bad[name] or odd[name] or idle[name]
        ),
        note=tell.of(
            "含登记、人员操作和系统消息，不含时钟；存疑：内容前后不符，仍予研判，一条记录可有几处",
            "with registrations, acts of people and the system's own, without ticks; in doubt: what does not fit and was "
            "judged all the same, a record may have several",
        ),
    )


def _sum(counts: Reasons) -> Counter[str]:
    found = Counter[str]()
    for (domain, _), count in counts.items():
        found[domain] += count
    return found


def _by_reason(name: str, title: str, counts: Reasons, tell: Teller) -> PaperTable:
    return PaperTable(
        name=name,
        title=title,
        columns=(
            PaperColumn(tell.of("领域", "Domain"), width=1.8),
            PaperColumn(tell.of("原因", "Reason"), width=2.4),
            PaperColumn(tell.of("条数", "Records"), "count"),
        ),
        rows=tuple(
            (tell.domain(domain), tell.word("reason", reason), count)
            for (domain, reason), count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        ),
        none=tell.of("没有", "None"),
    )


def _held(facts: PeriodFacts, tell: Teller) -> PaperTable:
    held = sorted((each for each in facts.quarantine.values() if each.state == "held"), key=lambda each: (each.rule, each.id))
    return PaperTable(
        name="quarantine",
        title=tell.of("出错而暂停的规则", "Rules on hold after an exception"),
        columns=(
            PaperColumn(tell.of("规则", "Rule"), "code", 2.4),
            PaperColumn(tell.of("领域", "Domain"), width=1.6),
            PaperColumn(tell.of("自", "Since"), "code", 1.4),
            PaperColumn(tell.of("待重新研判", "Waiting"), "count"),
            PaperColumn(tell.of("未能保留", "Passed over"), "count"),
        ),
        rows=tuple((each.rule, tell.domain(each.domain), tell.moment(each.at), each.waiting, each.passed) for each in held),
        none=tell.of("没有", "None"),
    )
