"""What the catalogue must say (令809 第十三条), and how what is missing or wrong in it is told: with file and line."""

import re
import shutil
from pathlib import Path

import pytest

from streams.catalogue import ROOT, described, domains
from streams.catalogue.described import BESIDE, catalogue, find, groups
from streams.directory.keeping import topic_days
from streams.directory.lint import SECRECY, faults, gaps
from streams.directory.telling import field_row, type_row
from tests.support.directory.edited import edited


def test_every_type_and_field_of_the_product_is_described() -> None:
    """No type of any domain and no field of a payload lacks what 令809 第十三条 asks; orders and commands are there too."""
    assert faults() == []
    known = catalogue()
    assert {f"{name}.{kind}" for name, domain in domains().items() for kind in domain.kind} <= known.keys()
    assert {"command.order.issue", "command.order.*", "order.filed", "order.link", "*.registered", "command.*"} <= known.keys()
    assert list(groups())[-len(BESIDE) :] == list(BESIDE)
    assert all(field.entry for each in known.values() for field in each.fields)


def test_sensitive_data_shared_without_an_assessment_are_a_gap(tmp_path: Path) -> None:
    """个人信息保护法 55: what is sensitive is assessed before; told by lint, closed by day, author and document (56)."""
    assert "food_drug.adr" in {each.what.partition(" ")[0] for each in gaps()}
    said = 'assessment = { day = "2026-03-02", by = "zz-amr", document = "郑市监个评〔2026〕1号" }'
    root = edited(tmp_path, "food_drug", lambda text: text.replace("[type.adr]\n", f"[type.adr]\n{said}\n"))
    assert "food_drug.adr" not in {each.what.partition(" ")[0] for each in gaps(root)}
    assert faults(root) == []


def test_an_assessment_without_its_document_is_a_fault(tmp_path: Path) -> None:
    """第五十六条: the report is kept, so it is named."""
    said = 'assessment = { day = "2026-03-02", by = "zz-amr", document = "" }'
    told = faults(edited(tmp_path, "food_drug", lambda text: text.replace("[type.adr]\n", f"[type.adr]\n{said}\n")))
    assert {"names its day" in each.what for each in told} == {True}


def test_the_elements_of_the_law_stand_in_every_row() -> None:
    """目录名称、数据项、提供单位、数据格式、更新频率、共享属性、共享方式、使用条件、分类分级: 令809 第十三条第二款."""
    asked = ("title", "items", "provider", "format", "frequency", "sharing", "ways", "condition", "category", "rank")
    assert [name for each in catalogue().values() for name in asked if type_row(each)[name] in (None, "", ())] == []


def test_a_field_without_a_description_is_told_where_its_payload_declares_it(tmp_path: Path) -> None:
    """File and line in the payload, and the file that should describe it: `make check` fails on a field nobody described."""
    root = edited(tmp_path, "environment", lambda text: re.sub(r"(?m)^fume = .*\n", "", text))
    (told,) = faults(root)
    file, line = told.place.rsplit(":", 1)
    assert Path(file).read_text("utf-8").splitlines()[int(line) - 1].strip().startswith("fume: ")
    assert "FumeHour.fume has no description" in told.what
    assert str(root / "environment" / "catalogue.toml") in told.what


def test_a_field_of_an_output_without_a_description_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is with alerts and all that is put out; and a measure that reads a field that there is not is told too."""
    beside = shutil.copytree(described.HERE, tmp_path / "beside")
    file = beside / "outputs.toml"
    said = file.read_text("utf-8").replace('"finding", "occurrence"]', '"finding", "occurence"]')
    file.write_text(re.sub(r"(?m)^first_out = .*\n", "", said), "utf-8")
    monkeypatch.setattr(described, "HERE", beside)
    measure, told = sorted(faults(edited(tmp_path, "environment", lambda text: f"{text}#")), key=lambda fault: fault.what)[::-1]
    where, line = told.place.rsplit(":", 1)
    assert Path(where).read_text("utf-8").splitlines()[int(line) - 1].strip().startswith("first_out: ")
    assert "Alert.first_out has no description" in told.what
    assert "output.audit.occurence: there is none" in measure.what


PLANTED = {
    "state secrecy": (
        "service",
        'zh = "诉求编号"',
        'zh = "诉求编号（机密）"',
        "a word of state secrecy|is one of state secrecy",
    ),
    "no law for what is not shared": ("cyber", 'sharing = "conditional"', 'sharing = "none"', "第十五条"),
    "secrets": ("service", 'frequency = "event"\nsharing', 'secret = true\nfrequency = "event"\nsharing', "第三条"),
    "confirmed without a document": (
        "service",
        'rank = { level = "general", sublevel = 2 }',
        'rank = { level = "important", status = "confirmed" }',
        "第二十九条",
    ),
    "core by oneself": (
        "service",
        'rank = { level = "general", sublevel = 2 }',
        'rank = { level = "core" }',
        "by the state alone",
    ),
    "whole below one": ("service", 'whole = { level = "general", sublevel = 3 }', 'whole = { level = "general" }', "就高从严"),
    "text without a mark": (
        "environment",
        'personal = "personal", purpose = { zh = "说明超标", en = "To explain the exceedance" }',
        'unit = ""',
        "mark it personal",
    ),
    "personal without purpose": (
        "service",
        ', purpose = { zh = "识别重复诉求", en = "To know the same caller again" }',
        "",
        "第六条",
    ),
    "unknown department": ("service", 'provider = "zz-data"', 'provider = "zz-nobody"', "list of departments"),
    "shared without approval": ("service", 'origin = "own"', 'origin = "platform"', "第二十一条"),
    "a kind that is none": ("service", "[type.queue]", "[type.quene]", "no such kind"),
    "a field that is none": ("service", "satisfied = {", "satisfid = {", "no payload has this field"),
    "a ceiling below the floor": ("cyber", "ceiling = { days = 1096", "ceiling = { days = 90", "below its floor of 184 days"),
    "above a ceiling in the archive": (
        "cyber",
        "[type.login]",
        '[type.login]\nceiling = { days = 200, law = { zh = "个人信息保护法 第十九条", en = "PIPL Art. 19" } }',
        "the archive keeps it 1096 days, above its ceiling",
    ),
    "under its floor": ("cyber", 'frequency = "event"', 'kept = "topic"\nfrequency = "event"', "30 days, the law asks for 184"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_told(case: str, tmp_path: Path) -> None:
    """Each demand of the law has a fault that shows it, told with a file and a line that are there."""
    domain, was, now, words = PLANTED[case]
    root = edited(tmp_path, domain, lambda text: text.replace(was, now))
    found = faults(root)
    assert any(re.search(words, fault.what) for fault in found), found
    assert all(Path(fault.place.rsplit(":", 1)[0]).is_file() for fault in found)


def test_logs_of_a_network_outlast_six_months() -> None:
    """网络安全法 第二十三条（三）: six months at least; the topic's 30 days alone are under it, the archive is not."""
    assert topic_days(catalogue()["cyber.login"]) == 30
    login = catalogue()["cyber.login"].entry
    assert login.kept == "archive"
    assert login.floor is not None
    assert login.floor.days >= 184


def test_personal_marks_are_three_with_ground_and_purpose() -> None:
    """无, 个人信息, 敏感个人信息 (个人信息保护法 第二十八条): places of persons and health are sensitive."""
    rows = {(name, field.shape.path): field_row(field, each) for name, each in catalogue().items() for field in each.fields}
    assert rows["special_equipment.visit", "lon"]["personal"] == "sensitive"
    assert rows["food_drug.adr", "reaction"]["personal"] == "sensitive"
    assert rows["service.request_step", "caller"]["personal"] == "personal"
    assert rows["environment.air_hour", "so2"]["personal"] == "none"
    assert "第二十八条" in rows["special_equipment.visit", "lon"]["basis"].zh
    assert all(row["purpose"].zh and row["basis"].zh for row in rows.values())


def test_no_word_of_state_secrecy_stands_in_any_file() -> None:
    """密级 and 机密 never occur: the level of data is 数据级别 (保守国家秘密法 第十四条)."""
    files = [*ROOT.glob("*/catalogue.toml"), *(ROOT.parents[1] / "streams" / "catalogue").glob("*.toml")]
    assert len(files) == len(groups())
    assert not any(SECRECY.search(file.read_text("utf-8")) for file in files)


def test_an_event_is_found_by_the_longest_pattern() -> None:
    """A registration of any domain, an act on an alert and one on an order are described, an unknown type is not."""
    names = {
        type_: getattr(find(type_), "name", None) for type_ in ("service.registered", "command.shelve", "command.order.sign")
    }
    assert list(names.values()) == ["*.registered", "command.*", "command.order.*"]
    assert getattr(find("environment.corrected"), "name", None) == "*.corrected"
    assert find("nobody.knows") is None


def test_a_new_domain_brings_its_description(tmp_path: Path) -> None:
    """What `agents domain new` makes has a catalogue that describes its payload's only field."""
    template = (ROOT.parent / "template" / "catalogue.toml.txt").read_text("utf-8")
    assert "[struct.Reading]\nconcentration = {" in template
    assert shutil.copy(ROOT.parent / "template" / "catalogue.toml.txt", tmp_path)
