"""An order is issued: looked at, and sent at once, or begun as a draft that another act sends."""

from msgspec.structs import replace

from agents.core.orders.family import OrderEntry
from agents.core.orders.sending import check_issue, check_receivers
from agents.core.orders.turn import NOT_NOW, Objected, Turn
from agents.core.orders.whole import SENT, TIE, sent
from streams.messages.orders import Issue, no_chain

REFUSED = "refused"
"""The state of what was never sent: it is kept for its trail alone, which says why."""


def issued(turn: Turn, issue: Issue) -> None:
    """Send an order, or keep it as a draft; where that may not be, it stands there as refused and its trail says why."""
    told = {"kind": issue.kind, "paper": issue.paper, "verdict": issue.verdict or "none"}
    says = OrderEntry(event="issue", verb="issue", actor=issue.actor, behalf=issue.behalf, words=issue.reason, told=told)
    mark = turn.mark()
    try:
        _check_right(turn, issue)
        if turn.rules.bodies.sort(turn.order.issuer) not in turn.kind.issuers:
            turn.head.order = replace(turn.order, issuer=turn.rules.bodies.organ(turn.order.issuer))
        check_issue(turn, issue)
        _begin(turn, issue, says)
    except NOT_NOW as no:
        turn.back(mark)
        gone = replace(turn.order, state=REFUSED, closed_at=turn.cause.time)
        turn.tell(OrderEntry(event="refuse", verb="issue", actor=issue.actor, behalf=issue.behalf, reason=str(no)), gone)


def _begin(turn: Turn, issue: Issue, says: OrderEntry) -> None:
    state = turn.kind.first.get(issue.paper, turn.kind.first.get("*", SENT))
    running = turn.clocks((), "issue", None, turn.order)
    made = replace(turn.order, state=state, clocks=running)
    turn.head.limit = issue.limit
    if state == SENT:
        made = sent(turn, says, issue.receivers, made)
        says = replace(says, told=says.told | {"alerts": TIE}) if made.alerts else says
    else:
        check_receivers(turn, issue.receivers, turn.order.issuer, main=True)
        turn.head.waiting = issue.receivers
    turn.tell(says, made)


def _check_right(turn: Turn, issue: Issue) -> None:
    roles = turn.kind.right("issue").roles
    if issue.actor.role not in roles:
        raise Objected(f"role {issue.actor.role!r} may not issue a {turn.kind.id}; {' or '.join(sorted(roles))} may")
    if why := no_chain(issue.actor, issue.behalf):
        raise Objected(why)
