"""What becomes of a version of the data directory: it is drafted, agreed, reviewed and published (令809 第十六条).

Append-only, key = version. Its text stands in the topic `books` under the version's name.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Digest, Time
from streams.messages.event import Actor, Authn
from streams.messages.words import Words

Stage = Literal["drafted", "agreed", "reviewed", "published", "returned"]
"""拟定, 部门审核, 主管部门审核, 发布; 退回 to the drafter."""


class CatalogueStep(Struct, frozen=True, gc=False, kw_only=True):
    """One step of a version. `version`: the first 16 digits of `digest`, the SHA-256 of its text.

    `since`: of a draft, when the law, regulation or duty changed that it follows (令809 第十七条), empty where none did;
    `consent`: that the authority has consented to five more working days. `secrecy`, `impact`: of an agreement, that the risk
    to secrets and what it does to people's data were assessed (第十三条第一款).
    """

    version: str
    step: Stage
    digest: Digest
    at: Time
    by: Actor
    note: Words = ""
    since: Time = ""
    consent: bool = False
    secrecy: bool = False
    impact: bool = False
    authn: Authn | UnsetType = UNSET
