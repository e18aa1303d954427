"""What people call the acts on orders, the states of receivers' lines, and what time and other systems do. Pure."""

from collections.abc import Mapping

from streams.messages import Text
from streams.orders.kind import OrderKind

ACTS: Mapping[str, Text] = {
    "issue": Text("下达", "Issue"),
    "accept": Text("受理", "Accept"),
    "decline": Text("不予受理", "Decline"),
    "merge": Text("并单", "Merge"),
    "dispatch": Text("派单", "Dispatch"),
    "approve": Text("批准立项", "Approve"),
    "paper": Text("登记公文", "Record a paper"),
    "deliver": Text("送达", "Deliver"),
    "read": Text("阅知", "Read"),
    "sign": Text("签收", "Sign for it"),
    "call": Text("叫应", "Call by telephone"),
    "report": Text("报告带班领导", "Report to the leader on duty"),
    "contact": Text("联系", "Contact the caller"),
    "opinion": Text("初步意见", "Give a first opinion"),
    "note": Text("备注", "Note"),
    "ask-return": Text("申请退单", "Ask for a return"),
    "decide-return": Text("审核退单", "Decide on a return"),
    "ask-extension": Text("申请延期", "Ask for more time"),
    "decide-extension": Text("审批延期", "Decide on more time"),
    "object": Text("提出异议", "Object"),
    "answer-objection": Text("答复异议", "Answer an objection"),
    "pause": Text("不计时开始", "Begin time that is not counted"),
    "resume": Text("恢复计时", "End time that is not counted"),
    "submit": Text("报送审核", "Submit to the unit's reviewer"),
    "reject": Text("审核不通过", "Reject inside the unit"),
    "endorse": Text("审核反馈", "Let the answer out"),
    "add": Text("增加承办单位", "Add receivers"),
    "take": Text("采纳协办意见", "Take a support line's answer"),
    "recall": Text("撤回承办", "Recall a line"),
    "withdraw": Text("撤回工单", "Withdraw"),
    "revoke": Text("撤销公文", "Revoke"),
    "repeal": Text("废止公文", "Repeal"),
    "urge": Text("催办", "Urge"),
    "instrument": Text("登记执法文书", "Record an instrument"),
    "file": Text("登记证据", "Record evidence"),
    "send-back": Text("退回重办", "Send back"),
    "inspect": Text("核查", "Verify"),
    "follow": Text("转法定程序跟踪", "Follow the procedure of law"),
    "conclude": Text("作出结论", "Conclude"),
    "call-back": Text("回访", "Call back"),
    "publish": Text("公开", "Make public"),
    "close": Text("办结", "Close"),
    "ask-review": Text("申请复核", "Ask for a review"),
    "decide-review": Text("复核决定", "Decide on a review"),
    "void": Text("认定不计", "Say that it shall not count"),
    "reopen": Text("重新办理", "Reopen"),
    "archive": Text("归档", "Archive"),
    "purge": Text("清除文本", "Purge its texts"),
}
"""The acts of `streams.messages.rights.ORDER_RIGHTS`, as a button says them."""

EVENTS: Mapping[str, Text] = {
    "filed": Text("事项转入", "Filed by a matter"),
    "sent": Text("派出", "Sent"),
    "step": Text("外部系统步骤", "Step of another system"),
    "reckon": Text("按放假通知重算时限", "Limits reckoned anew by a notice of holidays"),
    "doubt": Text("签名存疑", "Signature in doubt"),
    "remind": Text("提醒", "Reminder"),
    "late": Text("超期", "Late"),
    "propose": Text("建议督办", "Supervision proposed"),
    "condition": Text("告警状态变化", "Condition of its alert"),
    "handed-over": Text("首问交接完成", "First asked: handed over"),
    "ready": Text("达到复查条件", "Ready for re-inspection"),
    "round": Text("新一轮", "New round"),
    "refuse": Text("不予执行", "Refused"),
}
"""The entries of a trail that are no acts."""

NEVER_SENT: Mapping[str, Text] = {"refused": Text("未下达", "Never sent")}
"""The state of an order that could not be issued: it stands in the table of no kind."""

LINE_STATES: Mapping[str, Text] = {
    "sent": Text("待签收", "to be signed for"),
    "signed": Text("在办", "in hand"),
    "review": Text("单位审核", "with the unit's reviewer"),
    "reported": Text("已反馈", "reported"),
    "accepted": Text("已采纳", "accepted"),
    "told": Text("已告知", "told"),
    "moved": Text("已改派", "moved"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
"""`streams.messages.outputs.order.LineState`."""

PARTS: Mapping[str, Text] = {
    "main": Text("主办", "main"),
    "support": Text("协办", "support"),
    "assist": Text("协助", "assisting"),
}
"""`streams.messages.orders.Part`."""


def states(kind: OrderKind | None) -> Mapping[str, Text]:
    """The words of all states in which an order of a kind may stand."""
    return {**NEVER_SENT, **(kind.states if kind else {})}
