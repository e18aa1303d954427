"""What the notifier remembers: what it has told of each alert, what it still owes, and how its channels are.

It all stands in the compacted topic `<log>.notices`, so that a restart goes on where it was. Channels stand by their names
alone: their addresses are secrets.
"""

from typing import Literal

from msgspec import Struct

from streams.messages.checked import Count, Time
from streams.messages.outputs.alert import State
from streams.messages.text import Place, Severity

Kind = Literal["raised", "escalated", "reminded", "overdue", "cleared"]
"""What a notification tells of: the alert asks for a person; it got more severe or went up a level; the
highest level is asked again; its deadline has passed
while it was open; its condition has returned to normal."""

Delivery = Literal["owed", "sent", "failed"]
"""`failed`: given up for good, and said so in the audit trail."""


class Notification(Struct, frozen=True, gc=False, kw_only=True):
    """One message of one alert for one channel, in plain text; `channel`, `alert`, `kind`, `rev` and `audit` identify it.

    `rev`, `audit` and `occurrence` are the alert's at that time (one event may revise it twice); `subject` and `place` (topic
    and partition) say where its trail goes on. `planned`: wall clock of the notifier (ms since 1970). `batch`: how many
    notifications the message held that told it.
    """

    channel: str
    alert: str
    kind: Kind
    rev: Count
    audit: Count
    occurrence: Count
    subject: str
    place: Place
    planned: Count
    language: Literal["zh", "en"]
    title: str
    body: str
    delivery: Delivery = "owed"
    attempts: Count = 0
    batch: Count = 1


class Told(Struct, frozen=True, gc=False, kw_only=True, tag="alert", tag_field="of"):
    """One alert as the notifier knows it: the topic is compacted by `alert`.

    All revisions up to `rev` and `audit` are planned for; `state` to `late` (its case is overdue) are the alert's then.
    `overdue`: the deadline whose passing was told. `open`: what is owed, or has ended and is not in the audit trail yet.
    """

    alert: str
    rev: Count
    audit: Count
    state: State
    active: bool
    occurrence: Count
    severity: Severity
    level: Count
    reminded: Count = 0
    late: bool = False
    overdue: Time = ""
    open: tuple[Notification, ...] = ()


class Health(Struct, frozen=True, gc=False, kw_only=True, tag="channel", tag_field="of"):
    """How a channel is, as the log was told: failed attempts in a row, and the log's time (ms) of that fact."""

    channel: str
    failures: Count
    at: Count
