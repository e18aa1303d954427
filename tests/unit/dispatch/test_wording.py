"""What an order's words may not say (orders.md rows 28, 40 and 41)."""

from streams.orders.wording import asserted, personal, wording

LOOK = (
    "11 月 24 日 13 时，监测发现荥阳市第三热源厂 2 号燃气锅炉烟气氮氧化物小时折算均值 431 mg/m³，"
    "疑似超过限值 200 mg/m³（2.16 倍）。"
    "请核实处理：一、现场核查工况；二、疑似情形属实的，由你单位依职权决定是否检查、立案。"
)


def test_the_text_of_the_look_suspects_and_asserts_nothing() -> None:
    """The look's own text: 疑似 twice, no assertion, nothing personal, nothing secret."""
    found = wording(LOOK)
    assert (found.suspected, found.asserted, found.personal, found.secret) == (2, (), (), False)


def test_a_text_before_review_must_not_state_a_violation() -> None:
    """行政处罚法 41: a device's record is reviewed first; 该厂违法排放 says more than is known."""
    assert asserted("监测超过限值；该厂违法排放，请立即处罚。") == ("该厂违法排放，请立即处罚",)
    assert asserted("是否存在违法行为，请核实。") == ()


def test_personal_numbers_are_found() -> None:
    """Mobile numbers, mail, and identity numbers whose check digit fits (GB 11643 gives 11010519491231002X as its example)."""
    assert personal("联系张某 139-0000-1111") == ("mobile",)
    assert personal("身份证11010519491231002X") == ("identity",)
    assert personal("编号110105194912310021，MN 2401018200420182") == ()
    assert personal("a.b@zz.gov.cn") == ("mail",)
