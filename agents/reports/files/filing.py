"""What an archive needs to file a report (归档), as JSON beside it: proposals, which the archive decides on.

Elements by the names of GB/T 18894-2016 and DA/T 46-2009 as far as they are known; what was not read there is marked CHECK.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from msgspec import json

from agents.reports.asked import ReportAsked
from agents.reports.papers.origin import command_of
from agents.reports.papers.paper import Paper
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from streams.catalogue.entry import Rank
from streams.messages import format_time
from streams.places import here, place
from streams.release.level import said

KEPT = {"day": "10年", "month": "30年", "": "10年"}
"""保管期限 that is proposed, by what a report is of; 本系统默认.

机关文件材料归档范围和文书档案保管期限规定 has 永久, 30年 and 10年.
"""

FORMATS = {
    ".pdf": "PDF/A-2a (ISO 19005-2), PDF/UA-1 (ISO 14289-1)",
    ".xlsx": "xlsx (ISO/IEC 29500)",
    ".docx": "docx (ISO/IEC 29500)",
    ".csv": "CSV (RFC 4180), UTF-8",
}

Element = Mapping[str, Any]


def filing(paper: Paper, asked: ReportAsked, rank: Rank, origin: ReadOrigin, files: Mapping[str, bytes]) -> bytes:
    """The metadata of a report and its files by name."""
    tell = Teller(asked.lang)
    responsible = tell.unit(asked.unit) if asked.unit else tell(place(here()).name)
    span = asked.period.span if asked.period else ""
    told: dict[str, Element] = {
        "题名": _element(f"{paper.title} {paper.subtitle}"),
        "责任者": _element(responsible, "拟，由归档单位确定 proposed"),
        "日期": _element(format_time(paper.at)[:10], "日志时间 by the log's time"),
        "机构或问题": _element("监督运行 oversight", "拟 proposed"),
        "保管期限": _element(KEPT[span], "拟，本系统默认 proposed, this system's own"),
        "密级": _element("", "本系统不处理国家秘密 no state secrets are handled here"),
        "数据级别": _element(said(rank).zh, "拟 proposed"),
        "文号": _element("", "不是公文，没有文号 no official document, no number"),
        "份数": _element(1),
        "语种": _element({"zh": "汉语", "en": "英语 English"}[asked.lang]),
        "形成系统": _element("一屏掌控 Onescreen"),
        "OFD": _element(None, "未做 not done (GB/T 33190)"),
    }
    return json.format(
        json.encode(
            {
                "standard": "GB/T 18894-2016 (CHECK)",
                "elements": told,
                "files": [
                    {
                        "name": name,
                        "bytes": len(data),
                        "sha256": sha256(data).hexdigest(),
                        "format": FORMATS[name[name.rindex(".") :]],
                    }
                    for name, data in files.items()
                ],
                "made_from": {
                    "log": origin.log,
                    "partitions": origin.partitions,
                    "rule_book": origin.files,
                    "grouping": origin.grouping,
                    "orders": origin.orders,
                    "measures": origin.measures,
                    "signs": origin.signs,
                },
                "made_again": command_of(asked),
                "四性": {
                    "真实性": "上列摘要；来源见 made_from digests above, origin in made_from",
                    "完整性": "上列文件齐全 all files above",
                    "可用性": "PDF/A-2a",
                    "安全性": "待归档检测 CHECK",
                },
            }
        ),
        indent=2,
    )


def _element(value: Any, note: str = "") -> Element:
    return {"value": value, "note": note or "CHECK"}
