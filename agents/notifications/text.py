"""The words of notifications, in plain text. Text of events can neither format nor call anybody."""

from collections import Counter
from collections.abc import Sequence

from agents.notifications.duty import LEVELS
from agents.notifications.routes import Language
from streams.messages import Alert, Kind, Notification, Severity, Text
from streams.topics import LIVE

KINDS: dict[Kind, Text] = {
    "raised": Text("告警", "Raised"),
    "escalated": Text("升级", "Escalated"),
    "reminded": Text("催办", "Reminder"),
    "overdue": Text("超期", "Overdue"),
    "cleared": Text("恢复正常", "Back to normal"),
}
SEVERITY: dict[Severity, Text] = {
    "red": Text("红色", "red"),
    "orange": Text("橙色", "orange"),
    "yellow": Text("黄色", "yellow"),
    "blue": Text("蓝色", "blue"),
}
WORDS = {
    "subject": Text("对象", "Subject"),
    "value": Text("数值", "Value"),
    "limit": Text("限值", "limit"),
    "clause": Text("依据", "Clause"),
    "unverified": Text("（待核）", " (to be verified)"),
    "department": Text("责任部门", "Department"),
    "level": Text("升级层级", "Level"),
    "opened": Text("发生", "Opened"),
    "cleared": Text("恢复", "Cleared"),
    "due": Text("时限", "Due"),
    "guidance": Text("处置指引", "What to do"),
    "id": Text("编号", "Alert"),
}
MAX_TITLE, MAX_LINE = 120, 240
"""Characters of a title and of a line of a body; a choice."""

HEAD = 240
"""Bytes that the head of a digest may take."""


def mark(log: str, language: Language) -> str:
    """What stands before every notification of a log that is not the live one, as the screen's frame says."""
    return "" if log == LIVE else f"【回放 {log}】" if language == "zh" else f"[REPLAY {log}] "


def title(alert: Alert, kind: Kind, language: Language) -> str:
    """One line: what happened, how bad, what, and where."""
    name = alert.name.en if language == "en" and alert.name.en else alert.name.zh
    item = f" {alert.item}" if alert.item else ""
    what = f"{_in(KINDS[kind], language)} · {_in(SEVERITY[alert.severity], language)} · {_in(alert.title, language)}{item}"
    return mark(alert.log, language) + plain(f"{what} · {name}", MAX_TITLE)


def body(alert: Alert, language: Language) -> str:
    """What a person needs who sees nothing else: value and limit, clause, department, times, the alert's id, what to do."""
    lines = [_line("subject", language, f"{alert.subject} {alert.adcode}")]
    if alert.value is not None:
        limit = "" if alert.limit is None else f" · {_in(WORDS['limit'], language)} {alert.limit:g}"
        lines.append(_line("value", language, f"{alert.value:g}{limit} {alert.unit}"))
    unverified = _in(WORDS["unverified"], language) if alert.clause.mark == "M" else ""
    lines.append(_line("clause", language, f"{alert.clause.edition} {alert.clause.article}{unverified}"))
    lines.append(_line("department", language, _in(alert.department.name, language)))
    if alert.level > 1:
        lines.append(_line("level", language, f"{alert.level} {_in(LEVELS[min(alert.level, max(LEVELS))], language)}"))
    for what, moment in (("opened", alert.opened_at), ("cleared", alert.cleared_at), ("due", alert.due)):
        if moment:
            lines.append(_line(what, language, moment))
    lines += [_line("id", language, alert.id), _line("guidance", language, _in(alert.guidance, language))]
    return "\n".join(lines)


def digest(waiting: Sequence[Notification], size: int) -> tuple[int, str, str]:
    """Title and body of one message for as many of these notifications, oldest first, as fit into `size` bytes, and how many.

    The head counts them by kind; each has its line with the beginning of its alert's id. It is in the language of the first.
    """
    language = waiting[0].language
    lines: list[str] = []
    left = size - HEAD
    for number, each in enumerate(waiting, 1):
        line = f"{number}. {each.title} #{each.alert[:8]}"
        left -= len(line.encode()) + 1
        if left < 0 and lines:
            break
        lines.append(line)
    told = waiting[: len(lines)]
    counted = Counter(each.kind for each in told)
    parts = [f"{_in(KINDS[kind], language)} {counted[kind]}" for kind in KINDS if counted[kind]]
    head = f"{len(told)} 条通知汇总：" if language == "zh" else f"Digest of {len(told)} notices: "
    return len(told), head + ("，" if language == "zh" else ", ").join(parts), "\n".join(lines)


def cut(text: str, size: int) -> str:
    """As much of a text as fits into so many bytes of UTF-8, and a mark where something is missing.

    >>> cut("报警", 6), cut("报警了", 8)
    ('报警', '报…')
    """
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode("utf-8", "ignore") + "…"


def plain(text: str, most: int = MAX_LINE) -> str:
    r"""Text of events as one harmless line of at most so many characters.

    It has no control or direction marks, and no brackets that chat robots read as tags (`<at user_id="all">` calls everybody
    in Feishu).

    >>> plain('a\n<at id="all">')
    'a ＜at id="all"＞'
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text).replace("<", "＜").replace(">", "＞")
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _line(name: str, language: Language, what: str) -> str:
    return f"{_in(WORDS[name], language)}{'：' if language == 'zh' else ': '}{plain(what.strip())}"


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en
