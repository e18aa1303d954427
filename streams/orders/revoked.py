"""The mark that every paper of a revoked order carries: 已撤销, when, and by which entry of its trail. Pure.

What is revoked (撤销) is void from the start, and its papers with it; what is repealed (废止) was good until then and is not
marked (党政机关公文处理工作条例).
"""

from collections.abc import Iterable

from streams.messages import Order, OrderAudit, Text

REVOKED = "revoked"
"""The outcome of an order that was revoked, in whatever state its file stands."""

MARK = Text("已撤销", "Revoked")
"""The mark where a cell has no room for more."""


def mark(order: Order, trail: Iterable[OrderAudit]) -> Text | None:
    """The whole mark; None for an order that stands. Where its act is not in `trail`, the newest entries, it has no date."""
    if order.outcome != REVOKED:
        return None
    acts = [entry for entry in trail if entry.event == "revoke" and not entry.line]
    if not acts:
        return Text("已撤销，自始无效", "Revoked, void from the start")
    at, n = acts[-1].at[:16].replace("T", " "), acts[-1].n
    return Text(
        f"已撤销，自始无效：{at}，理由见办理记录第 {n} 条（撤销）",
        f"Revoked, void from the start: {at}, for the reason in entry {n} of its trail (revoke)",
    )
