"""The entries by hand of a log, read: in an opened log only what its keys have signed."""

from streams.entry.drafts import Entry, entries
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryRecord
from streams.settings import Settings
from streams.topics import topic_name


def known_entries(settings: Settings, log: str) -> dict[str, Entry]:
    """The entries of a log by name."""
    reader = desk_reader(settings, log, "entries")
    found = (reader.read(record, EntryRecord) for record in clients.read_topic(settings, topic_name(log, "entries")))
    kept = [each for each in found if isinstance(each, EntryDraft | EntryDecision)]
    return entries(sorted(kept, key=lambda each: each.at))
