"""The draft of an order from an alert (orders.md rows 1, 2, 28; C)."""

from screen.dispatch.draft import PARTS, Named, draft
from streams.orders.wording import wording
from tests.unit.dispatch.made import plant, verified

NAMED = Named("荥阳市", "氮氧化物", "mg/m³", "郑州市生态环境局")


def words() -> dict[str, str]:
    """The parts by name."""
    made = draft(plant(), NAMED, "责任清单 ENV-07")
    return {each.name: str(each.words) for each in made.text}


def test_the_cause_is_what_was_measured_and_suspected() -> None:
    """行政处罚法 41: when, where, the value, the limit, how many times, and 疑似 (431 / 200 = 2.155, by GB/T 8170 2.16)."""
    assert words()["cause"] == (
        "11月24日13时，监测发现荥阳市第三热源厂2号炉氮氧化物 431 mg/m³（限值 200 mg/m³，2.16 倍），"
        "疑似存在“氮氧化物小时均值超限”的情形。"
    )


def test_the_text_has_its_five_parts_and_asserts_nothing() -> None:
    """C: 事由, 依据, 要求, 反馈, 联系; the checks of the sheet find 疑似 and no assertion in any of them."""
    found = words()
    assert tuple(found) == PARTS
    said = wording("\n".join(found.values()))
    assert said.suspected >= 2
    assert (said.asserted, said.personal, said.secret) == ((), (), False)
    assert "责任清单 ENV-07" in found["basis"]
    assert "由你单位依职权决定是否检查、立案" in found["demand"]


def test_the_title_suspects_too() -> None:
    """What is shown in lists is read as the text is."""
    assert draft(plant(), NAMED, "").title.zh == "第三热源厂2号炉：疑似氮氧化物小时均值超限"


def test_an_alert_without_a_number_has_a_draft() -> None:
    """A duty not done has no value."""
    made = draft(plant(value=None, limit=None, unit=""), NAMED, "")
    assert made.text[0].words == "11月24日13时，监测发现荥阳市第三热源厂2号炉疑似存在“氮氧化物小时均值超限”的情形。"


def test_the_verdict_is_that_of_the_verification() -> None:
    """Without one the press asks why; a false alarm is not called unclear."""
    verdicts = [draft(one, NAMED, "").verdict for one in (plant(), verified(plant()), verified(plant(), "false-alarm"))]
    assert verdicts == ["", "true", "false"]


def test_the_office_names_its_procedure() -> None:
    """Which limits hold for checking a lead depends on whose penalties they would be: kinds' `when = { law = … }`."""
    assert dict(draft(plant(), NAMED, "").traits) == {"law": "ecology"}


def test_a_red_alert_is_urgent() -> None:
    """orders.md row 35: outside working time only what is urgent rings."""
    assert draft(plant(), NAMED, "").urgent
    assert not draft(plant(severity="orange"), NAMED, "").urgent
