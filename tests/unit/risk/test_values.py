"""Values that look like personal data: published check digits, what each kind must fit in, and false finds."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.risk.values import check_character, is_card, is_id_number, kinds, luhn
from tests.support.shared import STAND_IN, air, either, shared


@pytest.mark.parametrize(("number", "last"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_check_character_is_the_standards(number: str, last: str) -> None:
    """GB 11643-1999 gives these two numbers as examples: 11010519491231002X and 440524188001010014."""
    assert check_character(number) == last


@pytest.mark.parametrize("number", ["49927398716", "79927398713"])
def test_luhn_is_the_standards(number: str) -> None:
    """The numbers that the algorithm's descriptions use; with any other last digit they do not pass."""
    assert [digit for digit in "0123456789" if luhn(number[:-1] + digit)] == [number[-1]]


@given(st.text("0123456789", min_size=4, max_size=30), st.data())
def test_luhn_finds_each_wrong_digit(number: str, data: st.DataObject) -> None:
    """ISO/IEC 7812-1: a single digit that is written wrong is always found."""
    right = next(number + digit for digit in "0123456789" if luhn(number + digit))
    at = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[at]]))
    assert not luhn(right[:at] + other + right[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check character is X
        "99010519491231002" + check_character("99010519491231002"),  # no such region
        "11010519490231002" + check_character("11010519490231002"),  # no 31 February
        "11010521491231002" + check_character("11010521491231002"),  # not born yet
        "440524188001010014",  # nobody born in 1880 is alive
        "A11010519491231002X",  # part of a longer code
        "91410100MA3X6UQ4XY",  # a unified social credit code
    ],
)
def test_identity_numbers_must_fit_in_all(text: str) -> None:
    """Region, a day of birth that has been, check character, and nothing beside it: one that fails is none."""
    assert kinds(text, date(2026, 11, 30)) == frozenset()


def test_identity_number_in_a_sentence() -> None:
    """It is found within Chinese text, in full-width digits, with a small x, and whoever was born today has one."""
    today = date(2026, 11, 30)
    born = "11010520261130002"
    for text in ("身份证11010519491231002x号", "１１０１０５１９４９１２３１００２Ｘ", born + check_character(born)):
        assert kinds(text, today) == {"id-number"}
    assert not is_id_number(born + check_character(born), date(2026, 11, 29))


def test_cards_need_issuer_length_and_digit() -> None:
    """Luhn alone is not enough: another issuer, or another length, is none; blanks and hyphens between fours are read over."""
    card = next(f"622202123456789012{digit}" for digit in "0123456789" if luhn(f"622202123456789012{digit}"))
    assert kinds(f"卡号{card[:4]} {card[4:8]} {card[8:12]} {card[12:16]} {card[16:]}。") == {"bank-card"}
    assert luhn("4111111111111111")
    assert not is_card("4111111111111111")
    assert not any(is_card(number) for number in ("62220212345678901", "622202123456789"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请回电13800138000", True),
        ("+86 138-0013-8000", True),
        ("12800138000", False),
        ("15400138000", False),
        ("013800138000", False),
        ("1380013800", False),
        ("DA13800138000001", False),
    ],
)
def test_phones(text: str, found: bool) -> None:
    """A mobile number has eleven digits and a prefix that was given out; within a longer code there is none."""
    assert (kinds(text) == {"phone"}) == found


def test_serial_numbers_of_hj_212_are_none() -> None:
    """A QN is a time of 17 digits (table 3): of one for each minute of two days Luhn takes a tenth, and nothing is found."""
    begin = datetime(2026, 6, 1)
    numbers = [f"{begin + timedelta(minutes=minute):%Y%m%d%H%M%S}{minute * 7 % 1000:03}" for minute in range(2_880)]
    assert len(numbers[0]) == 17
    assert 0.08 < sum(map(luhn, numbers)) / len(numbers) < 0.12
    assert not any(map(kinds, numbers))


def test_times_in_nanoseconds_are_none() -> None:
    """19 digits since 1970, as Telegraf writes them, begin with 1: no issuer of cards."""
    numbers = [str(1_780_000_000_000_000_000 + step * 1_000_000_007) for step in range(2_000)]
    assert sum(map(luhn, numbers)) > 100
    assert not any(map(kinds, numbers))


@either
def test_frames_of_hj_212_hold_none(ours: bool) -> None:
    """Whole frames of real devices as free text, with QN, MN and CRC."""
    frames = [
        json.loads(line)["raw"] for line in shared("hj212/frames.jsonl", ours=ours).read_text("utf-8").splitlines() if line
    ]
    assert frames
    assert not any(map(kinds, frames))


@pytest.mark.parametrize("city", ["郑州", "洛阳", STAND_IN])
def test_readings_hold_none(city: str) -> None:
    """Hourly readings of stations, line by line."""
    assert not any(map(kinds, air(city).read_text("utf-8").splitlines()))


NAMES = ("cold_chain/sample-fridge-tag-kaivandivier.txt", "food_inspections/chicago_4000.csv", "ssh_log/OpenSSH_2k.log")


@either
@pytest.mark.parametrize("name", NAMES)
def test_tables_and_logs_hold_none(name: str, ours: bool) -> None:
    """Serial numbers of loggers, licences and positions of inspections, processes and ports of a log."""
    assert not any(map(kinds, shared(name, ours=ours).read_text("utf-8", errors="replace").splitlines()))


def test_a_phone_number_has_no_check_digit() -> None:
    """The one false find in all the files: a product code (UPC 13964447019) in a file of recalls looks like a mobile number."""
    lines = shared("recalls/ucm308307.json").read_text("utf-8").splitlines()
    assert [kinds(line) for line in lines if kinds(line)] == [{"phone"}]


def test_luhn_alone_takes_a_tenth_of_real_numbers() -> None:
    """In 4,000 inspections 822 of 8,152 numbers of 11 to 19 digits pass Luhn, and none is taken for a person's."""
    text = shared("food_inspections/chicago_4000.csv").read_text("utf-8", errors="replace")
    numbers = re.findall(r"(?<!\d)\d{11,19}(?!\d)", text)
    assert (len(numbers), sum(map(luhn, numbers))) == (8_152, 822)
    assert not any(map(kinds, numbers))
