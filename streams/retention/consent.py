"""Who may delete what is past its ceiling: one person proposes, another consents; in an opened log both sign.

Pure. Where the public archive must have records first (档案法实施条例 第二十条) the consent names the document of hand-over.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from streams.directory.keeping import ceiling_of
from streams.messages.services.catalogue import RetentionStep
from streams.retention.expiry import Allowed, Due, last_of
from streams.topics import split_events_topic

HANDED_OVER = "档案法实施条例"
"""The text whose ceilings are no deletion but a hand-over: twenty years in a city, ten in a county (第二十条)."""


class Proposal(Struct, frozen=True):
    """What somebody proposes to delete, and who has consented, if anybody has."""

    proposed: RetentionStep
    consented: RetentionStep | None = None


def proposals(steps: Iterable[RetentionStep]) -> dict[str, Proposal]:
    """The proposals by name, from their steps in the log's order; a step that may not be is passed over."""
    found: dict[str, Proposal] = {}
    for step in steps:
        if not retention_refusal(found, step):
            known = found.get(step.proposal)
            found[step.proposal] = Proposal(known.proposed, step) if known else Proposal(step)
    return found


def retention_refusal(known: Mapping[str, Proposal], step: RetentionStep) -> str:
    """Why a step may not be, or an empty text."""
    proposal = known.get(step.proposal)
    if step.step == "proposed":
        return f"proposal {step.proposal} is known" if proposal else "" if step.upto else "there is nothing to delete"
    if proposal is None:
        return f"there is no proposal {step.proposal!r}: see `python -m streams catalogue retention`"
    if proposal.consented is not None:
        return f"{proposal.consented.by.id!r} has consented to it"
    if step.by.id == proposal.proposed.by.id:
        return f"{step.by.id!r} has proposed it: another person consents"
    if missing := sorted(to_hand_over(proposal.proposed.upto) - {name for name, paper in step.handed.items() if paper.strip()}):
        papers = " ".join(f"--handed {name}=DOCUMENT" for name in missing)
        return f"records of {', '.join(missing)} go to the public archive first ({HANDED_OVER} 第二十条): say {papers}"
    return ""


def to_hand_over(upto: Iterable[str]) -> set[str]:
    """The groups, of partitions such as `live.events.orders/0`, whose records are handed over before they are deleted."""
    groups = {group_of(each) for each in upto}
    ceilings = {group: ceiling_of(group) for group in groups}
    return {group for group, ceiling in ceilings.items() if ceiling and HANDED_OVER in ceiling.law.zh}


def group_of(partition: str) -> str:
    """The group of a partition.

    >>> group_of("live.events.orders/0")
    'orders'
    """
    return split_events_topic(partition.rpartition("/")[0])[1]


def upto_of(found: Iterable[Due]) -> dict[str, int]:
    """Of each partition in which files are due the last offset of the newest of them."""
    return {each.place: last_of(each.due[-1][0]) for each in found if each.due}


def allowed(known: Mapping[str, Proposal]) -> dict[str, Allowed]:
    """What two persons have agreed to delete, by partition: of several proposals the one that goes farthest."""
    found: dict[str, Allowed] = {}
    for each in known.values():
        if each.consented is None:
            continue
        for partition, upto in each.proposed.upto.items():
            if partition not in found or upto > found[partition].upto:
                found[partition] = Allowed(upto, each.proposed.proposal, each.consented.handed.get(group_of(partition), ""))
    return found
