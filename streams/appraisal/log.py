"""What people have done about figures in a log: read, in an opened log only what its keys have signed, and written."""

import hashlib
from collections.abc import Sequence

from streams.appraisal.adoptions import Adopted, draft_refusal, draft_versions
from streams.appraisal.objections import objection_refusal, objections
from streams.command import Trouble
from streams.directory.log import append
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages.services.appraisal import AppraisalRecord, BaselineStep, IndexStep, Objection, ObjectionAnswer
from streams.settings import Settings
from streams.topics import topic_name

TOPIC = "appraisal"


def appraisal_records(settings: Settings, log: str) -> list[AppraisalRecord]:
    """All that people have done, in the order of time; nothing where the log has no such topic yet."""
    name = topic_name(log, TOPIC)
    reader = desk_reader(settings, log, TOPIC)
    found = (reader.read(record, AppraisalRecord) for record in clients.read_topic(settings, name))
    return sorted((each for each in found if isinstance(each, AppraisalRecord)), key=lambda each: each.at)


def index_steps(records: Sequence[AppraisalRecord]) -> list[IndexStep]:
    """The steps of indexes among them."""
    return [each for each in records if isinstance(each, IndexStep)]


def baseline_steps(records: Sequence[AppraisalRecord]) -> list[BaselineStep]:
    """The steps of baselines among them."""
    return [each for each in records if isinstance(each, BaselineStep)]


def said_of_figures(records: Sequence[AppraisalRecord]) -> list[Objection | ObjectionAnswer]:
    """The objections among them, and the answers."""
    return [each for each in records if isinstance(each, Objection | ObjectionAnswer)]


def adopted_bytes(settings: Settings, log: str, adopted: Adopted) -> bytes:
    """The text that was adopted; Trouble where the log has none that has its digest."""
    text = clients.newest_values(settings, topic_name(log, "books")).get(adopted.version.encode())
    if text is None or hashlib.sha256(text).hexdigest() != adopted.digest:
        raise Trouble(f"log {log!r} has no text of version {adopted.version} of {adopted.name} that has the adopted digest")
    return text


def write_appraisal(
    settings: Settings, log: str, office: str, record: AppraisalRecord, text: tuple[str, bytes] | None = None
) -> None:
    """Write a record, after the text (with its version) that a draft names; Trouble where it may not be, or Kafka refuses."""
    there = appraisal_records(settings, log)
    if isinstance(record, Objection | ObjectionAnswer):
        why_not = objection_refusal(objections(said_of_figures(there), office), record, office)
    else:
        steps = [each for each in there if isinstance(each, type(record))]
        why_not = draft_refusal(draft_versions(steps, office), record, office)
    if why_not:
        raise Trouble(why_not)
    append(settings, log, record, text)
