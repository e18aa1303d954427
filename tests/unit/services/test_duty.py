"""The duty table: who is there at what minute, and the gaps and overlaps that it must not have."""

from pathlib import Path

import pytest

from agents.commands.duty import at_duty, main
from agents.notifications.duty import DutyTable
from agents.notifications.files import read_duty
from agents.notifications.hours import minute_of_week
from streams.command import Trouble
from streams.messages import parse_time
from tests.support.pure.duty import TABLE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A table on a disk."""
    path = tmp_path / "duty.toml"
    path.write_text(TABLE, "utf-8")
    return path


@pytest.fixture
def duty(file: Path) -> DutyTable:
    """The table."""
    return read_duty(file)


@pytest.mark.parametrize(
    ("at", "department", "level", "people"),
    [
        ("2026-06-01T07:59:59+08:00", "zz-ee", 1, ("wang",)),  # a Monday; the shift of Sunday night
        ("2026-06-01T08:00:00+08:00", "zz-ee", 1, ("li",)),
        ("2026-06-01T20:00:00+08:00", "zz-ee", 1, ("wang",)),
        ("2026-06-02T00:30:00+08:00", "zz-ee", 1, ("wang",)),
        ("2026-06-01T12:30:00Z", "zz-ee", 1, ("wang",)),  # 20:30 in Shanghai
        ("2026-06-01T09:00:00+08:00", "zz-ee", 2, ("zhao",)),
        ("2026-06-01T09:00:00+08:00", "zz-ee", 3, ("zhao",)),  # no level 3: the nearest below
        ("2026-06-05T23:59:00+08:00", "zz-cac", 1, ("zhao",)),  # a Friday; the desk of all
        ("2026-06-06T00:00:00+08:00", "zz-cac", 2, ("li", "wang")),
    ],
)
def test_who_is_on_duty(duty: DutyTable, at: str, department: str, level: int, people: tuple[str, ...]) -> None:
    """By the hours of Asia/Shanghai, over midnight and over the week's end."""
    assert duty.on_duty(department, level, minute_of_week(parse_time(at))) == people


def test_the_week_begins_on_monday() -> None:
    """2026-06-01 is a Monday; the last minute of its week is Sunday 23:59."""
    assert minute_of_week(parse_time("2026-06-01T00:00:00+08:00")) == 0
    assert minute_of_week(parse_time("2026-06-07T23:59:59+08:00")) == 7 * 24 * 60 - 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = "20:00"', 'to = "19:30"', r"desks\[0\] \(zz-ee, level 1\): nobody is there from mon 19:30 to mon 20:00"),
        (
            'from = "20:00"',
            'from = "19:00"',
            r"desks\[0\] \(zz-ee, level 1\): shifts\[0\] and shifts\[1\] are there from mon 19:00 to mon 20:00",
        ),
        ('days = ["sat", "sun"]', 'days = ["sat"]', r"desks\[2\] \(\*, level 1\): nobody is there from sun 00:00 to mon 00:00"),
        ('people = ["wang"]', 'people = ["wong"]', r"desks\[0\]\.shifts\[1\]\.people: nobody is called 'wong'"),
        ('department = "zz-ee"\nshifts', 'department = "zz-xx"\nshifts', r"desks\[0\]\.department: no department 'zz-xx'"),
        ('"*"', '"zz-ee"', r"desks\[2\]: desks\[0\] is of department 'zz-ee' and level 1 too"),
        ('from = "08:00"', 'from = "8:00"', r"desks\[0\]\.shifts\[0\]\.from"),
        ("level = 2", "level = 4", r"desks\[1\]\.level"),
        ('department = "*"', 'department = "zz-cac"\nlevel = 2', r"desks\[2\]: 'zz-cac' has level 2 but no level 1"),
        ("[people.li]", "[people.li", "duty.toml: "),
    ],
)
def test_a_wrong_table_is_refused_with_file_and_place(file: Path, old: str, new: str, said: str) -> None:
    """Each fault names the file and the place in it."""
    file.write_text(TABLE.replace(old, new, 1), "utf-8")
    with pytest.raises(Trouble, match=said) as found:
        read_duty(file)
    assert str(file) in str(found.value)


def test_rows_of_who(duty: DutyTable) -> None:
    """Every desk has a row with its shift, people and the names of their channels."""
    rows = at_duty(duty, parse_time("2026-06-01T21:00:00+08:00"))
    assert [(row["department"], row["level"], [each["id"] for each in row["people"]]) for row in rows] == [  # type: ignore[attr-defined]
        ("zz-ee", 1, ["wang"]),
        ("zz-ee", 2, ["zhao"]),
        ("*", 1, ["zhao"]),
    ]


def test_the_command(file: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`duty check` passes a sound table; `duty who` prints a line for each desk, with names of channels."""
    assert main(["check", "--duty", str(file)]) == 0
    assert b"3 desks" in capfdbinary.readouterr().err
    assert main(["who", "--duty", str(file), "--at", "2026-06-01T21:00:00+08:00"]) == 0
    first = capfdbinary.readouterr().out.splitlines()[0].decode()
    assert '"channels":["wang"]' in first
