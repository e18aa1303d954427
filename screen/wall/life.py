"""The life of the last day's alarms: how many were annunciated, acknowledged, normal again, closed. Pure."""

from msgspec import Struct

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import Annunciations
from screen.feed.slices.clock import Clock
from screen.feed.view import View
from streams.messages import format_time


class Stage(Struct, frozen=True):
    """A step of the alarms' life: how many have done it, how many wait for it, and of these how many are late."""

    name: str
    count: int
    waiting: int
    late: int


def life(view: View) -> list[Stage]:
    """The steps of those alarms that were annunciated in the last 24 h of the log and are not put aside now.

    ANSI/ISA-18.2-2016's states, asked of the newest occurrence. Acknowledged: in no state B or D; late where it has gone up
    a level unacknowledged. Returned: its condition is normal; late where its deadline has passed. Closed: nothing is left
    to be done; late where its case is overdue. Each step is counted by itself: an alarm may be normal again before anybody
    acknowledges it (state D). Times of messages have one form and zone, so texts compare as they do.
    """
    now, every, alarms = format_time(view[Clock].now or 0), 0, view[Alarms]
    done = dict.fromkeys(("acknowledged", "returned", "closed"), 0)
    late = dict(done)
    for name in {name for name, _ in view[Annunciations].annunciations} - alarms.aside.keys():
        one, alert = alarms.versions.get(name), alarms.find(name)
        if one is None:
            continue
        every += 1
        done["acknowledged"] += one.signed
        done["returned"] += one.returned
        done["closed"] += one.ended
        if alert is not None:
            late["acknowledged"] += not one.signed and alert.level > 1
            late["returned"] += not one.returned and alert.due is not None and alert.due < now
            late["closed"] += not one.ended and alert.case is not None and alert.case.overdue
    return [Stage("raised", every, 0, 0), *(Stage(name, done[name], every - done[name], late[name]) for name in done)]
