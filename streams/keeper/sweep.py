"""Which sealed texts no event refers to: somebody sealed them, and what was to refer to them never came."""

import re
from collections.abc import Iterable
from contextlib import closing

from streams.kafka import clients
from streams.keeper.log import SEALED
from streams.messages import DAY
from streams.settings import Settings
from streams.topics import input_topics, topic_name

YOUNGEST = DAY
"""The age (ms) before which an event may still come."""

OLDEST = 28 * DAY
"""The age (ms) after which nobody can say: events stay in Kafka for 30 days, and the text may well be an old event's."""

_REFERENCE = re.compile(rb'"digest":"([0-9a-f]{64})"')


def candidates(texts: Iterable[tuple[str, int]], now: int) -> dict[str, int]:
    """Of texts, by digest and when they were written (ms), those that are old and young enough to be looked for.

    >>> candidates([("a", 0), ("b", 27 * DAY), ("c", 28 * DAY)], 28 * DAY + 1)
    {'b': 2332800000}
    """
    return {digest: at for digest, at in texts if YOUNGEST <= now - at <= OLDEST}


def referred(value: bytes) -> set[str]:
    r"""The digests that a record refers to.

    >>> len(referred(b'{"reason":{"kid":"' + b"a" * 64 + b'","digest":"' + b"b" * 64 + b'","size":32}}'))
    1
    """
    return {found.decode() for found in _REFERENCE.findall(value)}


def unreferenced(settings: Settings, log: str, now: int, originals: Iterable[tuple[str, int]] = ()) -> list[str]:
    """The texts of a log, a day old and more, to which no event and no note of a shift refers, in order of their digests.

    `originals`: digest and time (ms) of files, which are looked for in the same way.
    """
    with closing(clients.consumer(settings)) as reader:
        topic = topic_name(log, SEALED)
        written: dict[str, int] = {}
        for record in clients.stream(reader, topic, {}, clients.end_offsets(reader, topic)):
            digest = (record.key or b"").decode("ascii", "replace")
            written.pop(digest, None)
            if record.value is not None:
                written[digest] = record.timestamp
        written |= dict(originals)
        left = candidates(written.items(), now)
        since = min(left.values(), default=now) - DAY
        for each in (*input_topics(log), topic_name(log, "handovers")):
            ends = clients.end_offsets(reader, each)
            places = clients.partitions_of(reader, each)
            found = reader.offsets_for_times(dict.fromkeys(places, since))
            begin = {place.partition: found[place].offset if found[place] else ends[place.partition] for place in places}
            for record in clients.stream(reader, each, begin, ends) if left else ():
                for digest in referred(record.value or b"") & left.keys():
                    del left[digest]
    return sorted(left)
