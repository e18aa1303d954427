"""A rule that raised an exception: where what it was judging stands, its traceback, how many facts wait to be judged again."""

from typing import Literal

from msgspec import Struct

from streams.messages.checked import Count, Time
from streams.messages.text import Place

MAX_TRACEBACK = 8_192
"""Characters of a traceback that a record keeps; the last ones, where the exception was raised."""


class Quarantine(Struct, frozen=True, gc=False, kw_only=True):
    """One judge on hold for one subject, as it stands after revision `rev`; the topic is compacted by `id`.

    `id` is that of the oversight alert that tells people, `occurrence` the alert's: a retry is an act on it. `rev`: offset of
    the record that caused this revision. `judge`: `rule` or `rule/item`, or `check:<kind>` for a domain's own check, whose
    `rule` is the same and whose `rule_version` is empty. `place`, `type` and `size` are those of the record it raised at (of
    an alert that it was told of: the alert's). `traceback` ends with the exception's type: its words may quote the record.
    `waiting`: facts that are held; `passed`: facts that came when no more could be held. Both are told when their sum reaches
    1, 2, 4, 8, … `at`: the partition's time. A record is `withdrawn` where another rule book ended the hold: what was held
    will not be judged.
    """

    id: str
    rev: Count
    occurrence: Count
    state: Literal["held", "judged", "withdrawn"]
    rule: str
    rule_version: str
    judge: str
    traceback: str
    waiting: Count
    passed: Count
    department: str
    log: str
    domain: str
    place: Place
    at: Time
    type: str
    subject: str
    size: Count
