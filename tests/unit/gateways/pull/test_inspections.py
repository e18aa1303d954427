"""Lists and results of 双随机、一公开 and classes of credit risk, by their ready mappings."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from agents.core.alerts.fold import Fold
from streams.gateways.files import Content, read_file
from streams.gateways.foreign import fridge_tag
from streams.messages import Quality, SubjectStatus, tick_bytes
from tests.support.books import the_book

READY = Path(fridge_tag.__file__).parents[1] / "ready"
CODE = "91350100M000100Y43"
"""The 统一社会信用代码 that GB 32100-2015 has as its example."""

WRONG = "91350100M000100Y44"
"""The same with another last digit."""

LIST = "抽查任务编号,统一社会信用代码,企业名称,区划代码,检查机关,抽查事项,计划月份,部门联合"
RESULTS = "抽查任务编号,统一社会信用代码,企业名称,区划代码,检查机关,检查日期,检查类型,个案事由,检查结果"
CLASSES = "统一社会信用代码,企业名称,区划代码,信用风险分类,分类系统,分类日期,指标版本,分类单位"


def read(tmp_path: Path, ready: str, *rows: str) -> Content:
    """A table by a ready mapping."""
    path = tmp_path / f"{ready}.csv"
    path.write_text("\n".join(rows), "utf-8")
    return read_file(path, "environment", READY / ready)


def facts(found: Content, kind: str) -> list[dict[str, Any]]:
    """The data of a kind of fact."""
    events = [json.loads(each.value) for each in found.arrivals]
    return [event["data"] | {"subject": event["subject"]} for event in events if event["type"] == f"service.{kind}"]


def told(*tables: Content) -> dict[str, SubjectStatus]:
    """The newest values of all subjects after these tables; the judge tells of nothing but a code with a wrong digit."""
    fold = Fold(the_book(), "test.events.service", 0, keyed=False)
    arrivals = [each for table in tables for each in table.arrivals]
    values = [value for each in arrivals for value in (tick_bytes(each.at), each.value)]
    outs = list(fold.run((n, None, value) for n, value in enumerate(values)))
    assert all(isinstance(each, Quality) and each.subject.endswith(WRONG) for each in outs)
    return {each.subject: each for each in fold.statuses(100)}


def test_a_list_and_its_result_are_one_inspection(tmp_path: Path) -> None:
    """Planned for May, made on 12 May, by the list's number and the enterprise's code; one with a wrong digit is told."""
    plan = read(
        tmp_path,
        "inspection_list",
        LIST,
        f"SJ-1,{CODE},甲公司,410105,郑州市市场监督管理局,特种设备使用,2026-05,是",
        f"SJ-1,{WRONG},乙公司,410105,郑州市市场监督管理局,特种设备使用,2026-05,否",
    )
    result = read(
        tmp_path,
        "inspection_results",
        RESULTS,
        f"SJ-1,{CODE},甲公司,410105,郑州市市场监督管理局,2026-05-12,日常检查,,发现问题已责令改正",
    )
    assert facts(plan, "inspection_plan")[0] == {
        "subject": f"inspection.410100.SJ-1-{CODE}",
        "enterprise": CODE,
        "organ": "zz-amr",
        "task": "SJ-1",
        "items": "特种设备使用",
        "month": "2026-05",
        "joint": True,
    }
    assert [odd.reason for odd in plan.odd] == ["owner-code"]
    values = told(plan, result)[f"inspection.410100.SJ-1-{CODE}"].values
    assert (values["month"], values["day"], values["sort"], values["result"]) == (
        "2026-05",
        "2026-05-12",
        "routine",
        "corrected",
    )


def test_an_inspection_of_a_single_case_says_why(tmp_path: Path) -> None:
    """个案检查 upon a complaint (投诉举报); a result that the platform does not publish is left out and told."""
    found = read(
        tmp_path,
        "inspection_results",
        RESULTS,
        f"TS-9,{CODE},甲公司,410105,郑州市生态环境局,2026-06-01,个案检查,投诉举报,未发现问题",
        f"TS-10,{CODE},甲公司,410105,郑州市生态环境局,2026-06-02,日常检查,,合格",
    )
    one, two = facts(found, "inspection_visit")
    assert (one["sort"], one["cause"], one["result"], one["organ"]) == ("case", "complaint", "clean", "zz-ee")
    assert "result" not in two
    assert len(found.odd) == 1


def test_a_class_is_imported_with_system_day_edition_and_who_gave_it(tmp_path: Path) -> None:
    """A to D as the province's system has it (国市监信发〔2022〕6号), about the enterprise; no alert comes of it."""
    found = read(
        tmp_path,
        "credit_class",
        CLASSES,
        f"{CODE},甲公司,410105,C,河南省企业信用风险分类管理系统,2026-05-01,2026版,河南省市场监督管理局",
    )
    status = told(found)[f"enterprise.410100.{CODE}"]
    assert status.values == {
        "grade": "C",
        "system": "河南省企业信用风险分类管理系统",
        "day": "2026-05-01",
        "edition": "2026版",
        "by": "河南省市场监督管理局",
    }


def test_a_day_in_excel_is_a_day(tmp_path: Path) -> None:
    """A sheet whose day is a date of Excel's, not a text, says the same as the table in CSV."""
    path = tmp_path / "results.xlsx"
    with Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, RESULTS.split(","))
        sheet.write_row(1, 0, ["SJ-1", CODE, "甲公司", "410105", "郑州市生态环境局"])
        sheet.write_datetime(1, 5, datetime(2026, 5, 12), day)
        sheet.write_row(1, 6, ["专项检查", "", "未发现问题"])
    found = read_file(path, "environment", READY / "inspection_results")
    (one,) = facts(found, "inspection_visit")
    assert (one["day"], one["sort"], one["organ"], found.odd) == ("2026-05-12", "special", "zz-ee", [])
