"""What stands in a case for people: what it is, what it is not, how it is verified, how it was made."""

from collections.abc import Mapping
from pathlib import Path

from agents.evidence.instrument import FACTS, Instrument
from streams.messages import Alert

_TEXT = Path(__file__).with_name("readme.md").read_text("utf-8")


def readme(alert: Alert, logid: str, absent: Mapping[str, list[str]], own: Instrument) -> bytes:
    """The text of a case, Chinese first. `absent`: what is named and not in it; `own`: what is known of the instrument."""
    count = sum(map(len, absent.values()))
    return _TEXT.format(
        alert=alert.id,
        title=alert.title.zh,
        title_en=alert.title.en,
        row=alert.row,
        subject=alert.subject,
        log=alert.log,
        logid=logid,
        edition=alert.clause.edition,
        article=alert.clause.article,
        mark="（待核）" if alert.clause.mark == "M" else "",
        mark_en=" (to be verified)" if alert.clause.mark == "M" else "",
        version=alert.rule_version,
        absent_zh=f"**有 {count} 项不在包内**，列于 `case.json` 的 `absent`。" if count else "",
        absent_en=f" **{count} things are not in it**: `absent` of `case.json` lists them." if count else "",
        **_instrument(own),
    ).encode()


def _instrument(own: Instrument) -> dict[str, str]:
    """What the registration says of the instrument, fact by fact, and what it does not say."""
    known = own.facts
    facts = {name: _plain(known.get(name, "")) for name in FACTS}
    return {
        "days": own.days[0] if own.days[0] == own.days[1] else f"{own.days[0]} / {own.days[1]}",
        "facts_zh": "；".join(f"{FACTS[name].zh} {said or '**未登记**'}" for name, said in facts.items()),
        "facts_en": "; ".join(f"{FACTS[name].en} {said or '**not registered**'}" for name, said in facts.items()),
        "instrument_records": str(len(own.records)),
        "reviewed_zh": "登记载有两项审核的编号，内容未核对" if own.reviewed else "未见法制和技术审核",
        "reviewed_en": "the registration names both reviews, which nobody here has read"
        if own.reviewed
        else "no review is known",
    }


def _plain(text: str) -> str:
    """A text of a registration in a line of Markdown."""
    return "".join(each if each.isalnum() or each in " .-/()（）〔〕号:" else "_" for each in text)
