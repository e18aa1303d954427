"""The story of an order in plain words of either language: the whole, its lines as a tree, clocks, papers, the trail. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from agents.offline.telling import Language, in_, line, safe, why
from streams.messages import Order, OrderAudit, OrderClock, OrderLine, Text
from streams.messages.outputs.order import Application, Stamp
from streams.messages.words import shown
from streams.orders.kind import HANDOVER, OrderKind
from streams.orders.kinds import kinds
from streams.orders.revoked import mark
from streams.orders.words import ACTS, EVENTS, LINE_STATES, PARTS, states

WORDS = {
    "kind": Text("类型", "Kind"),
    "issuer": Text("下达单位", "Issued by"),
    "verifier": Text("核查单位", "Verified by"),
    "supervising": Text("督办单位", "Supervised by"),
    "times": Text("时间", "Times"),
    "opened": Text("下达", "issued"),
    "closed": Text("结束", "ended"),
    "archived": Text("归档", "archived"),
    "outcome": Text("结果", "Outcome"),
    "parent": Text("上级工单", "Parent"),
    "text": Text("内容", "Text"),
    "purged": Text("文本已清除", "its texts are purged"),
    "voided": Text("认定不计", "does not count"),
    "proposed": Text("建议督办", "Supervision proposed since"),
    "clock": Text("时限", "Clock"),
    "due": Text("到期", "due"),
    "met": Text("完成于", "met at"),
    "dropped": Text("不再计", "counts no more"),
    "late": Text("超期", "LATE"),
    "warned": Text("临期", "near its end"),
    "provisional": Text("（暂定）", " (provisional)"),
    "paused": Text("不计时", "not counted"),
    "alert": Text("告警", "Alert"),
    "active": Text("仍在", "stands"),
    "quiet": Text("恢复于", "quiet since"),
    "ready": Text("达到复查条件", "ready for re-inspection"),
    "paper": Text("公文", "Paper"),
    "instrument": Text("执法文书", "Instrument"),
    "put_right": Text("限期", "to be put right by"),
    "recheck": Text("复查期限", "to be re-inspected by"),
    "remedy": Text("已告知复议、诉讼", "told of reconsideration and suit"),
    "no_remedy": Text("未告知复议、诉讼", "NOT told of reconsideration and suit"),
    "instrument_end": Text("结果", "came to"),
    "file": Text("证据", "Evidence"),
    "reply": Text("反馈", "Answer"),
    "ask": Text("申请", "Application"),
    "open": Text("待决定", "waits"),
    "first": Text("首问", "Asked first"),
    "answers": Text("负责交接，至下一单位签收为止", "answers for the hand-over until the next one signs"),
    "trail": Text("经过", "What happened"),
    "delivered": Text("送达", "delivered"),
    "read": Text("阅知", "read"),
    "signed": Text("签收", "signed for"),
    "called": Text("叫应", "called"),
}

_SAID = {
    "return": Text("退单", "return"),
    "extension": Text("延期", "more time"),
    "objection": Text("异议", "objection"),
    "review": Text("复核", "review"),
    "granted": Text("同意", "granted"),
    "refused": Text("不同意", "refused"),
    "conferred": Text("会商", "conferred"),
    "referred": Text("报请指定", "referred to the common superior"),
    "designated": Text("指定", "designated"),
}


def told(order: Order, lines: Sequence[OrderLine], trail: Sequence[OrderAudit], language: Language) -> list[str]:
    """The story, a line for each thing; what came with events can neither move the cursor nor hide anything."""
    return [safe(each) for each in _told(order, lines, trail, language)]


def _told(order: Order, lines: Sequence[OrderLine], trail: Sequence[OrderAudit], language: Language) -> Iterator[str]:
    kind = kinds().get(order.kind)
    state = in_(states(kind).get(order.state, Text(order.state, order.state)), language)
    yield f"{order.number} · {in_(order.title, language)} · {state} · {order.id}"
    if revoked := mark(order, trail):
        yield in_(revoked, language)
    yield line(WORDS["kind"], language, kind.title if kind else order.kind, f" · {order.paper} · {order.book}")
    for name in ("issuer", "verifier", "supervising", "parent"):
        if said := getattr(order, name):
            yield line(WORDS[name], language, said)
    moments = {"opened": order.opened_at, "closed": order.closed_at, "archived": order.archived_at}
    yield line(WORDS["times"], language, " · ".join(f"{in_(WORDS[what], language)} {at}" for what, at in moments.items() if at))
    if order.outcome:
        end = kind.ends.get(order.outcome) if kind else None
        voided = f" · {in_(WORDS['voided'], language)}" if order.voided else ""
        yield line(WORDS["outcome"], language, end.title if end else order.outcome, voided)
    if order.proposed:
        yield line(WORDS["proposed"], language, order.proposed)
    if order.purged:
        yield line(WORDS["text"], language, WORDS["purged"])
    for part in order.text:
        yield line(WORDS["text"], language, f"{part.name} {in_(shown(part.words), language)}")
    yield from _clocks(order.clocks, kind, language, "")
    yield from _records(order, language)
    for each in lines:
        yield from _line(each, kind, language)
    yield line(WORDS["trail"], language, "")
    for entry in trail:
        yield _entry(entry, kind, language)


def _records(order: Order, language: Language) -> Iterator[str]:
    """What is recorded of it: its alerts, papers, instruments, evidence, and what was applied for."""
    for each in order.alerts:
        link = each.link
        quiet = f"{in_(WORDS['quiet'], language)} {each.quiet}" if each.quiet else ""
        how = in_(WORDS["active"], language) if each.active else in_(WORDS["ready"], language) if each.ready else quiet
        yield line(WORDS["alert"], language, f"{link.domain} {link.subject} {link.alert} #{link.occurrence} {how}".rstrip())
    for paper in order.papers:
        yield line(WORDS["paper"], language, f"{paper.kind} {paper.number} {paper.organ} {paper.at} {paper.digest or ''}")
    for said in order.instruments:
        what = f"{said.kind} {said.number} {said.organ} {said.served} {said.served_at}"
        ends = {"put_right": said.limit_at, "recheck": said.recheck_at, "instrument_end": f"{said.end} {said.ended_at}".strip()}
        more = [f"{in_(WORDS[name], language)} {at}" for name, at in ends.items() if at]
        remedy = in_(WORDS["remedy" if said.remedy else "no_remedy"], language)
        yield line(WORDS["instrument"], language, what, f" · {' · '.join([' '.join(said.officers), remedy, *more])}")
    for file in order.files:
        yield line(WORDS["file"], language, f"{file.type} {file.size} B sha256 {file.digest}")
    for ask in order.applications:
        yield line(WORDS["ask"], language, _application(ask, language))


def _line(of: OrderLine, kind: OrderKind | None, language: Language) -> Iterator[str]:
    indent = "  " * (1 + of.n.count("."))
    state = LINE_STATES[of.state]
    moved = f" → {of.moved_to}" if of.moved_to else ""
    yield f"{indent}{of.n} {in_(PARTS[of.part], language)} {of.unit} · {in_(state, language)}{moved}"
    moments = {"delivered": of.delivered, "read": of.read, "signed": of.signed, "called": of.called}
    if said := " · ".join(f"{in_(WORDS[name], language)} {_stamp(at, language)}" for name, at in moments.items() if at):
        yield f"{indent}  {said}"
    answers = in_(WORDS["answers"], language)
    if any(each.name == HANDOVER and each.runs for each in of.clocks):
        yield f"{indent}  {line(WORDS['first'], language, of.unit, f' {answers}')}"
    yield from _clocks(of.clocks, kind, language, f"{indent}  ")
    for ask in (of.returns, of.extension, of.objection):
        if ask:
            yield f"{indent}  {line(WORDS['ask'], language, _application(ask, language))}"
    if of.reply:
        yield f"{indent}  {line(WORDS['reply'], language, of.outcome, f' {in_(shown(of.reply.words), language)}')}"


def _clocks(clocks: Sequence[OrderClock], kind: OrderKind | None, language: Language, indent: str) -> Iterator[str]:
    for clock in clocks:
        name = in_(_clock_words(kind).get(clock.name, Text(clock.name, clock.name)), language)
        due = f"{in_(WORDS['due'], language)} {clock.due}{in_(WORDS['provisional'], language) if clock.provisional else ''}"
        marks = [in_(WORDS[what], language) for what in ("late", "dropped") if getattr(clock, what)]
        marks += [f"{in_(WORDS['met'], language)} {clock.met}"] if clock.met else []
        marks += [in_(WORDS["warned"], language)] if clock.warned and clock.runs and not clock.late else []
        marks += [f"{in_(WORDS['paused'], language)} {each.kind} {each.begin} – {each.end or ''}" for each in clock.pauses]
        said = " · ".join([f"{name} {clock.limit}", due, *marks, f"{in_(clock.source, language)} [{clock.mark}]"])
        yield indent + line(WORDS["clock"], language, said)


def _application(of: Application, language: Language) -> str:
    what = " ".join(
        filter(None, (in_(_SAID[of.kind], language), of.unit, of.limit, of.clause, in_(shown(of.asked.words), language)))
    )
    decided = in_(_SAID[of.decision], language) if of.decision in _SAID else of.decision or in_(WORDS["open"], language)
    return f"{of.asked.at} {what} · {decided}{f' {of.decided.at}' if of.decided else ''}"


def _stamp(of: Stamp, language: Language) -> str:
    who = in_(shown(of.who), language)
    return " ".join(filter(None, (of.when or of.at, of.actor.shown if of.actor else "", who)))


def _entry(entry: OrderAudit, kind: OrderKind | None, language: Language) -> str:
    name = in_(_event(entry.event), language)
    if entry.event == "refuse":
        name = f"{name} {in_(_event(entry.verb), language)}"
    of = f" [{entry.line}]" if entry.line else ""
    words = LINE_STATES if entry.line else states(kind)
    before, after = (in_(words.get(each, Text(each, each)), language) for each in (entry.before, entry.after))
    step = after if before == after else f"{before} → {after}".removeprefix(" → ")
    who = (
        ""
        if entry.actor is None
        else f" {entry.actor.shown} ({entry.actor.role}{f' {entry.actor.department}' if entry.actor.department else ''})"
    )
    behalf = f" ← {entry.behalf}" if entry.behalf else ""
    told = "".join(f" {name}={value}" for name, value in sorted(entry.told.items()))
    return f"  {entry.n}. {entry.at}{of} {name} {step}{who}{behalf}{told}{why(entry, language)}"


def _event(name: str) -> Text:
    return ACTS.get(name) or EVENTS.get(name) or Text(name, name)


def _clock_words(kind: OrderKind | None) -> Mapping[str, Text]:
    return kind.clocks if kind else {}
