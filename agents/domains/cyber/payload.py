"""What the cyber domain's facts carry.

Subjects are registered as `info_system`, `gov_site`, `data_account` or `operator`. Traits that rules read: of a system `cii`
(true: critical information infrastructure), `level` (graded protection, 1 to 5) and `began` (the day on which it went into
operation), of a site `tier` (`province`, `city`, `county`) and `portal` (true: 门户网站 of an organ, enterprise or
institution), of an operator `cii` and `important_data` (true: processes important data). Limits that rules read: of a system
`megabytes`, three times the 99.9 percentile of its traffic out in 10 minutes.

Also `product_provider` (of network products and services), `data_processor` (of personal data), `video_system`
(公共安全视频系统) and `gov_media` (政务新媒体). Traits: of a system `crypto` (true: laws, regulations or rules of the state ask
that commercial cryptography protects it), of a processor `ten_million` (true: it processes the personal data of more than
10 million people). Limit: of a video system `days`, where another law asks for more than 30.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""What pairs facts with each other: a number of an incident, a leak or a vulnerability."""

Count = Annotated[int, Meta(ge=0, le=10_000_000_000)]
"""So many of something; the bound is the population of the world and more."""

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
"""A day of China Standard Time, `2026-05-01`."""

Address = Annotated[str, Meta(max_length=256)]
"""The address of a page within its site; empty where nobody tells it."""

Grade = Literal["general", "larger", "major", "especially-major"]
"""一般, 较大, 重大, 特别重大."""


class Login(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One attempt to log in to a system from an address (`source`)."""

    source: Annotated[str, Meta(min_length=1, max_length=64)]
    outcome: Literal["failure", "success"]
    account: Annotated[str, Meta(max_length=64)] = ""


class Measure(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the operator has done: access secured (passwords changed, sessions ended), malware removed, a page restored.

    `page` and `address`: which page, as its check names it.
    """

    what: Literal["access-secured", "malware-removed", "page-restored"]
    page: Literal["home", "other"] = "other"
    address: Address = ""


class Probe(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One visit to a site's home page: `seconds` until it stood there, or waited in vain (a probe waits 15 s or more)."""

    seconds: Annotated[float, Meta(ge=0, le=600)]


class SiteDay(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The visits to a site's home page in the day that ended at the event's time, and how many found no page in 15 s."""

    visits: Annotated[int, Meta(ge=0, le=1_000_000)]
    failed: Annotated[int, Meta(ge=0, le=1_000_000)]


class ServiceState(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Whether a system as a whole, or its main function, works."""

    part: Literal["whole", "main-function"]
    working: bool


class PageCheck(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A page against what was released: `same`, `changed` without a release, or `illegal` content on it.

    `address`: which of the other pages; a page is followed by it.
    """

    page: Literal["home", "other"]
    content: Literal["same", "changed", "illegal"]
    address: Address = ""


class Spread(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How often the illegal content on a defaced page was passed on and seen until now; 0 once it is gone."""

    forwards: Count
    views: Count


class AccessHour(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Personal records that one account read in the hour that ended at the event's time."""

    records: Count


class Leak(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Personal data of `people` leaked or may have; a newer fact of the same `leak` may correct the number.

    `handled`: the way is closed and what could be done for the people is done.
    """

    leak: Id
    people: Count
    state: Literal["found", "handled"] = "found"


class LeakNotice(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Who has been told of a leak; `exempt`: that harm is prevented, so that the people need not be told (PIPL 57 II)."""

    leak: Id
    to: Literal["authority", "people", "exempt"]


class Outbound(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Traffic out of a host in the ten minutes that ended at the event's time; the source says whether they were off hours."""

    megabytes: Annotated[float, Meta(ge=0, le=1e9)]
    off_hours: bool


class LogBatch(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Log lines that a system delivered."""

    lines: Count


class LogRetention(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """For how many full months back the logs of a system are complete."""

    months: Annotated[int, Meta(ge=0, le=600)]


class Vulnerability(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A vulnerability (`cve`: CVE, CNVD or CNNVD number) found on a system, or fixed."""

    cve: Id
    grade: Literal["low", "medium", "high", "critical"]
    state: Literal["found", "fixed"]


class Detection(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What an intrusion detection system found: malware, or a scan of ports; `count` files or ports."""

    threat: Literal["malware", "port-scan"]
    count: Annotated[int, Meta(ge=1, le=1_000_000)]


class Incident(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The operator found an incident or learned of it, or has handled it; `grade` by the grading guide.

    `involves`: critical information infrastructure, a central organ's network, or neither; it says to whom it is reported.
    """

    incident: Id
    grade: Grade
    state: Literal["found", "handled"]
    involves: Literal["cii", "central-organ", "other"] = "other"


class IncidentReport(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A report received by `to`; `complete`: it holds all that 报告管理办法 asks for.

    `protection`: the department that protects this infrastructure; `organ-cac`: the central organ's own cyber office;
    `ministry-police`: 国务院公安部门; `peers`: the departments of the province's level.
    """

    incident: Id
    grade: Grade
    to: Literal["protection", "police", "organ-cac", "province-cac", "national-cac", "ministry-police", "peers"]
    stage: Literal["first", "supplement", "final"]
    complete: bool


class ContentCheck(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How stale a site is: days since the home page's news, columns, and months that the oldest letter waits for an answer."""

    home_days: Annotated[float, Meta(ge=0, le=36_600)]
    stale_news: Annotated[int, Meta(ge=0, le=10_000)]
    stale_columns: Annotated[int, Meta(ge=0, le=10_000)]
    empty_columns: Annotated[int, Meta(ge=0, le=10_000)]
    mail_months: Annotated[float, Meta(ge=0, le=1_200)]


class Assessment(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A risk assessment of important data is `completed`, or its report `filed` with the authority."""

    assessment: Id
    state: Literal["completed", "filed"]


class Filing(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A duty of an operator was done and filed; `until`: the last day on which it counts."""

    what: Literal["security-test", "graded-test", "data-risk-assessment", "plan", "drill"]
    until: Day


class CyberCase(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A case in a system (案件, whatever its grade): `found` by who uses it, `reported` to the police, or found to be none."""

    case: Id
    step: Literal["found", "reported", "no-case"]


class ProductFlaw(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A security flaw (缺陷、漏洞) of a product or service, told of its provider.

    `platform-told`: the sharing platform of the industry ministry (网络安全威胁和漏洞信息共享平台) has it, `authority-told`:
    the competent department. `endangers`: state security or the public interest. `no-flaw`: verified to be none.
    """

    flaw: Id
    step: Literal["found", "platform-told", "authority-told", "no-flaw"]
    endangers: bool = False


class Grading(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A system's grade in graded protection: `graded` while it runs, `started` when new, `filed` with the police, `closed`."""

    step: Literal["graded", "started", "filed", "closed"]
    level: Annotated[int, Meta(ge=1, le=5)]


class CryptoAssessment(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An assessment of a system's commercial cryptography (密评): its report is out (`assessed`), or was `filed`.

    `until`: the last day on which it counts, a year after it; one that was not `passed` moves no day.
    """

    assessment: Id
    step: Literal["assessed", "filed"]
    passed: bool = True
    until: Day | None = None


class DataAudit(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A compliance audit of a processor of personal data is done; `until`: the last day by which the next one must be."""

    until: Day


class DataFiling(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What a processor of personal data files with a cyberspace office: its `officer` (个人信息保护负责人), or its `faces`.

    `reached`: its data are of 1 million people, or the faces that it stores of 100,000. `changed`: what was filed is no longer
    so in substance. `ended`: fewer again, or no longer processed.
    """

    what: Literal["officer", "faces"]
    step: Literal["reached", "changed", "filed", "ended"]


class VideoKept(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A check of a public video system: for how many full days back what its cameras saw is complete.

    `since_start`: complete since it was put to use, so that there cannot be more.
    """

    days: Annotated[float, Meta(ge=0, le=36_600)]
    since_start: bool


class VideoFiling(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A public video system was put to use (`started`), `filed` with the county's police, or put out of use (`closed`)."""

    step: Literal["started", "filed", "closed"]


class MediaCheck(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A check of a government account on new media: days since its last message, and whether people can ask there."""

    idle_days: Annotated[float, Meta(ge=0, le=36_600)]
    interactive: bool


class GraveFault(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A grave fault (严重问题) of a government site or account: `found`, `removed`, or verified to be none (`no-fault`)."""

    fault: Id
    step: Literal["found", "removed", "no-fault"]
    what: Literal["secret", "wording", "illegal-content", "security", "other"] = "other"
