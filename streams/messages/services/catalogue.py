"""What people do to the data directory: a version is drafted, agreed, reviewed and published (令809 第十六条); data are shared.

Append-only, key = version, or the request to share. A version's text stands in the topic `books` under its name.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Count, Digest, Time
from streams.messages.event import Actor, Authn
from streams.messages.text import Text
from streams.messages.words import Line, Words

Stage = Literal["drafted", "consented", "agreed", "reviewed", "published", "returned"]
"""拟定, 同意延期, 部门审核, 主管部门审核, 发布; 退回 to the drafter."""


class CatalogueStep(Struct, frozen=True, gc=False, kw_only=True, tag="version", tag_field="what"):
    """One step of a version. `version`: the first 16 digits of `digest`, the SHA-256 of its text.

    `since`: of a draft, when the law, regulation or duty changed that it follows (令809 第十七条), empty where none did;
    `consented`: the authority grants five more working days for it. `secrecy`, `impact`: of an agreement, that the risk
    to secrets and what it does to people's data were assessed (第十三条第一款).
    """

    version: str
    step: Stage
    digest: Digest
    at: Time
    by: Actor
    note: Words = ""
    since: Time = ""
    secrecy: bool = False
    impact: bool = False
    authn: Authn | UnsetType = UNSET


SharingAct = Literal[
    "asked",
    "accepted",
    "refused",
    "extension-asked",
    "extended",
    "extension-refused",
    "provided",
    "withdrawn",
    "revoked",
    "used",
]
"""申请, 同意, 不同意, 申请延期, 准予延期, 不准延期, 已提供, 撤回, 停止共享, 使用记录."""

RequestId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""BLAKE2s-128 (hex) of the person and the press: one press is one request, however often it is sent."""

Said = Annotated[str, Meta(max_length=500)]
"""What a body says of data, not of a person: it stands in the use register for everybody who is signed in."""

Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
"""A day of China Standard Time, or empty."""


class Wanted(Struct, frozen=True, gc=False, kw_only=True):
    """What is asked for: a type, or some of its fields (by path; none: all), and what the directory said of it then.

    `purpose`, `basis`, `use`: 使用场景, 使用依据, 使用范围; `way`: 共享方式; `since`, `until`: first and last day of use.
    `provider`, `sharing`, `condition`: the directory's 提供单位, 共享属性 and 使用条件 of the type.
    """

    type: Line
    purpose: Said
    basis: Said
    use: Said
    way: Literal["service", "batch", "file"]
    since: Day
    until: Day
    provider: Line
    sharing: Literal["unconditional", "conditional", "none"]
    condition: Text
    fields: Annotated[tuple[Line, ...], Meta(max_length=200)] = ()


class SharingStep(Struct, frozen=True, gc=False, kw_only=True, tag="sharing", tag_field="what"):
    """One step of a request to share. `wanted`: of `asked` alone; `reason`: why it is refused, put off, stopped.

    `used`: what the asker did with the data, in `reason`: scene, process, effect, storage, destruction (令809 第二十九条).
    """

    request: RequestId
    step: SharingAct
    at: Time
    by: Actor
    wanted: Wanted | None = None
    reason: Said = ""
    authn: Authn | UnsetType = UNSET


ProposalId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""BLAKE2s-128 (hex) of who proposes and when."""


class RetentionStep(Struct, frozen=True, gc=False, kw_only=True, tag="retention", tag_field="what"):
    """Somebody proposes to delete what is past its ceiling in the archive, or another person consents to that.

    `upto`: of a proposal the last offset to be deleted, by partition (`live.events.orders/0`). `handed`: of a consent the
    document by which the records of a group were handed over to the public archive (移交文书号).
    """

    proposal: ProposalId
    step: Literal["proposed", "consented"]
    at: Time
    by: Actor
    upto: dict[Line, Count] = {}
    handed: dict[Line, Line] = {}
    authn: Authn | UnsetType = UNSET


DirectoryRecord = CatalogueStep | SharingStep | RetentionStep
"""What stands in the topic `catalogue`."""
