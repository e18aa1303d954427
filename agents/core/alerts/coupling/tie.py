"""Ties: an order that is about an alert keeps it from ending until the order has come to its own end.

Both come as events of the stage of orders, which may write them twice: a copy is known by its id, whatever has happened since.
"""

import msgspec
from msgspec import UNSET

from agents.core.alerts import alarm
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import Output, keep, knows, past_of
from agents.core.alerts.state import Subject
from agents.core.intake import Refused, bad_data
from streams.messages import LINK, Event, Link

KEPT_TIES = 64
"""How many events of orders about one alert are remembered, to know a second copy; a choice: 32 orders, one after the other."""

_link = msgspec.json.Decoder(Link)


def link_of(event: Event) -> Link:
    """The data of a link or release; Refused where they are none, or of another subject, or name no order."""
    try:
        link = _link.decode(event.data)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    if link.subject != event.subject:
        raise Refused("malformed-data", "it is about another subject than its event", "$.data.subject")
    if not link.order:
        raise Refused("malformed-data", "it names no order", "$.data.order")
    return link


def tie(subject: Subject, kind: str, link: Link, identity: str, content: str, cause: Cause, out: list[Output]) -> None:
    """Tie an alert that the subject knows to an order, or let it go; of one that has ended the trail says that it has.

    `identity`: of the event, by which a copy is known; `content`: the digits of its content, where it was signed.
    """
    known = {} if subject.ties is UNSET else subject.ties
    marks = known.get(link.alert, [])
    if knows(marks, identity):
        return
    kept = {name: each for name, each in known.items() if subject.knows_alert(name)}
    subject.ties = kept | {link.alert: [*marks, f"{identity}{content}"][-KEPT_TIES:]}
    found = next(((key, alert) for key, alert in subject.alerts.items() if alert.id == link.alert), None)
    if found is not None:
        if done := alarm.tied(found[1], kind, link, cause):
            keep(subject, found[0], done[0])
            out += done
    elif kind == LINK:
        ended = past_of(subject).ended
        entry = alarm.tied_after_end(ended[link.alert], link, cause)
        ended[link.alert] = (entry.n, entry.hash)
        out.append(entry)
