"""What stands in a case for people: what it is, what it is not, how it is verified, how it was made."""

from collections.abc import Mapping
from pathlib import Path

from streams.messages import Alert

_TEXT = Path(__file__).with_name("readme.md").read_text("utf-8")


def readme(alert: Alert, logid: str, absent: Mapping[str, list[str]]) -> bytes:
    """The text of a case, Chinese first. `absent`: what is named and not in it."""
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
    ).encode()
