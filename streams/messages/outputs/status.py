"""What the wall needs to know of normal life: the newest values of a subject, and the worker's heartbeat."""

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Latitude, Longitude, Time
from streams.messages.event import Name


class SubjectStatus(Struct, frozen=True, gc=False, kw_only=True, tag="subject", tag_field="of"):
    """The newest values of one subject; the topic is compacted by `subject`. `values` in the units of its payload.

    `owner`: the 统一社会信用代码 of the body that answers for it, where its registration says one.
    """

    subject: str
    domain: str
    kind: str
    name: Name
    adcode: str
    lon: Longitude | None
    lat: Latitude | None
    at: Time
    values: dict[str, float | Count | str | None]
    owner: str | UnsetType = UNSET


class Heartbeat(Struct, frozen=True, gc=False, kw_only=True, tag="pulse", tag_field="of"):
    """A worker's sign of life for one partition, once a second; compacted by `<domain>/<partition>`.

    `now`: newest tick of the partition. `sent`: wall clock of the worker when it sent this. `lag`: records not yet
    judged. `rate`: records judged per second since the last heartbeat. `rss`: resident bytes of the worker. `saved`: wall clock
    when all that was judged by then was last in a finished checkpoint. `unjudged`: facts of the log's day of which no rule
    judged anything, where there are any.
    """

    domain: str
    partition: Count
    worker: str
    now: Time | None
    sent: Time
    offset: Count
    lag: Count
    rate: float
    rss: Count
    subjects: Count
    saved: Time | None = None
    unjudged: Count | UnsetType = UNSET


Status = SubjectStatus | Heartbeat
