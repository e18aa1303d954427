"""What the data directory (数据目录) says of a type of event and of its fields, as a `catalogue.toml` describes it. Pure.

What it must say: 政务数据共享条例（国务院令第809号）第十三条 to 第二十九条. Category (分类) and level (分级) are two things
(GB/T 43697-2024), and a level is nobody's own to declare (网络数据安全管理条例 第二十九条).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages import Text

Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
"""A day of China Standard Time, or empty."""

Sharing = Literal["unconditional", "conditional", "none"]
"""共享属性: 无条件共享, 有条件共享, 不予共享 (令809 第十四条)."""

Way = Literal["service", "batch", "file"]
"""共享方式: 服务接口, 批量交换, 文件下载 (令809 第二十二条)."""

Frequency = Literal["realtime", "minute", "hourly", "daily", "monthly", "yearly", "event"]
"""更新频率: 实时, 分钟, 小时, 日, 月, 年, 事件发生即报."""

Origin = Literal["device", "own", "platform"]
"""Where it comes from: devices, a system of one's own, or another department by the city's platform (令809 第三十一条)."""

Level = Literal["general", "important", "core"]
"""数据级别: 一般, 重要, 核心 (数据安全法 第二十一条)."""

LevelStatus = Literal["proposed", "declared", "confirmed"]
"""拟识别, 已申报, 已确认 (告知或公布: 网络数据安全管理条例 第二十九条)."""

PersonalMark = Literal["none", "personal", "sensitive"]
"""无, 个人信息, 敏感个人信息 (个人信息保护法 第四条, 第二十八条)."""

MaskForm = Literal["name", "phone", "id-number", "address", ""]
"""What is left of a text that somebody may not see whole (`streams.catalogue.masks`); of a field without one nothing is."""

Kept = Literal["topic", "archive"]
"""Where the last copy stands: in the topic alone, as long as that keeps, or in the archive, up to the group's ceiling."""

Topics = Literal["own", "domains", "everywhere", "output"]
"""In which topics it stands: the events of its group, of all domains, of all stages, or the output that its name has."""

FACTS = "facts"
"""In `reads`: every type of a domain."""

Sublevel = Annotated[int, Meta(ge=1, le=4)]
"""Step of 一般数据: GB/T 43697-2024 annex H, which is informative, has four steps in common use."""


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """分类: the line of business (行业领域) and what in it (业务属性)."""

    industry: Text
    business: Text


class Rank(Struct, frozen=True, forbid_unknown_fields=True):
    """分级: level, its step where it is 一般, how far it is settled; by which authority's document of which day, if it is.

    `basis`: why it was proposed so.
    """

    level: Level = "general"
    sublevel: Sublevel = 2
    status: LevelStatus = "proposed"
    authority: str = ""
    document: str = ""
    day: Day = ""
    basis: Text = Text(
        "GB/T 43697-2024：未列入重要数据目录的按一般数据", "GB/T 43697-2024: general where no list of important data names it"
    )


class Bound(Struct, frozen=True, forbid_unknown_fields=True):
    """A floor or ceiling of keeping: so many days, and the law that says so; 0 where the law gives no number.

    `ours`: the law asks for a bound and gives no number: this one is 本系统默认.
    """

    law: Text
    days: Annotated[int, Meta(ge=0)] = 0
    ours: bool = False


class Every(Struct, frozen=True, forbid_unknown_fields=True):
    """How often each subject is expected to send (`1h`), and who says so; without a source it is 本系统默认."""

    span: Annotated[str, Meta(pattern=r"^\d+[smhd]$")]
    source: Text | None = None


class Use(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A use of shared data as its department must record it for three years at least (令809 第二十五条, 第二十九条)."""

    unit: str
    since: Day
    scene: Text
    process: str = ""
    effect: str = ""
    storage: str = ""
    destroyed: Day = ""
    approval: str = ""


class ImpactAssessment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An assessment of what processing does to people (个人信息保护法 第五十五条); report and records 3 years (第五十六条)."""

    day: Day
    by: str
    document: str


class FieldEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of one field: its meaning in both languages, its unit, and where it differs from its type.

    `personal`: its mark, then with `purpose`, and `basis` where it is not the one that holds for its mark; `minors`: of
    children under fourteen (个人信息保护法 第三十一条). `ceiling`: how long it may be kept, where that is less than the rest.
    `mask`: what of it is left for whom it is not; `people`: it is personal where the subject is a person alone.
    """

    zh: str
    en: str
    unit: str = ""
    category: Category | None = None
    level: Level | None = None
    sublevel: Sublevel | None = None
    personal: PersonalMark = "none"
    minors: bool = False
    basis: Text | None = None
    purpose: Text | None = None
    ceiling: Bound | None = None
    mask: MaskForm = ""
    people: bool = False


class TypeEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of one type: the elements of a 政务数据目录 (令809 第十三条第二款), and what this system needs beside them.

    `provider`: 提供单位; `source`: 数源部门 (第十九条), where it is another; `system`: the source system. `condition`:
    使用条件, of what is not shared the reason and its law. `basis`, `purpose`: why it may be held, and for what.

    `rank`: of one record, `whole`: of all of them together, which outranks it (就高从严, GB/T 43697-2024 annex I). `secret`:
    whether it holds state or work secrets (国家秘密、工作秘密): such data are none of this directory and are refused. `floor`,
    `ceiling`: how long it must and may be kept; `kept`: where it is; `topics`: in which topics.

    `approval`: the number by which another department shares it. `open`: 开放属性. `reads`: of an output, what it is made of:
    types, `output.…` among them, or FACTS; `by`: which part makes it.
    """

    provider: str
    system: Text
    origin: Origin
    frequency: Frequency
    sharing: Sharing
    ways: tuple[Way, ...]
    condition: Text
    category: Category
    basis: Text
    purpose: Text
    rank: Rank
    whole: Rank
    source: str = ""
    format: Text = Text("CloudEvents 1.0 JSON", "CloudEvents 1.0 JSON")
    every: Every | None = None
    secret: bool = False
    floor: Bound | None = None
    ceiling: Bound | None = None
    kept: Kept = "archive"
    topics: Topics = "own"
    approval: str = ""
    uses: tuple[Use, ...] = ()
    assessment: ImpactAssessment | None = None
    open: bool = False
    reads: tuple[str, ...] = ()
    by: Text | None = None


class MeasureEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is measured of outputs: the measures' `names`, the fields of types that they read, the type that they put out.

    `puts`: empty where the measure is told at a command line and on pages alone.
    """

    title: Text
    names: tuple[str, ...]
    reads: dict[str, tuple[str, ...]]
    puts: str = ""
