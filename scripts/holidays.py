# /// script
# requires-python = ">=3.11"
# dependencies = ["chinesecalendar==1.11.0", "sxtwl==2.0.7"]
# ///
"""Write streams/calendar/holidays.toml: the notices from chinesecalendar, the lunar festivals of later years from sxtwl.

`uv run scripts/holidays.py > streams/calendar/holidays.toml`. When the State Council's notice of a new year is out: raise the
version of chinesecalendar above and in pyproject.toml, add the notice's number to NUMBERS, run again.
"""

import sys
from datetime import date, timedelta
from importlib.metadata import version
from itertools import pairwise

import sxtwl
from chinese_calendar.constants import Holiday, holidays, workdays

NUMBERS = {
    2008: "国办发明电〔2007〕52号，2007-12-15",
    2009: "国办发明电〔2008〕42号，2008-12-04",
    2010: "国办发明电〔2009〕27号，2009-12-08",
    2011: "国办发明电〔2010〕40号，2010-12-10",
    2012: "国办发明电〔2011〕45号，2011-12-06",
    2013: "国办发明电〔2012〕33号，2012-12-08",
    2014: "国办发明电〔2013〕28号，2013-12-11",
    2015: "国办发明电〔2014〕28号，2014-12-16；国发明电〔2015〕1号（9月3日至5日放假，9月6日上班）",
    2016: "国办发明电〔2015〕18号，2015-12-10",
    2017: "国办发明电〔2016〕17号，2016-12-01",
    2018: "国办发明电〔2017〕12号，2017-11-30",
    2019: "国办发明电〔2018〕15号，2018-12-06；国办发明电〔2019〕3号（劳动节5月1日至4日放假）",
    2020: "国办发明电〔2019〕16号，2019-11-21；关于延长2020年春节假期的通知，2020-01-26（延长至2月2日）",
    2021: "国办发明电〔2020〕27号，2020-11-25",
    2022: "国办发明电〔2021〕11号，2021-10-25",
    2023: "国办发明电〔2022〕16号，2022-12-08",
    2024: "国办发明电〔2023〕7号，2023-10-25",
    2025: "国办发明电〔2024〕12号，2024-11-12",
    2026: "国办发明电〔2025〕7号，2025-11-04",
}
"""The State Council's notice of each year: number, date, and the notices that changed it."""

LAST = 2040
"""The last year whose lunar festivals are written."""

QINGMING = 7
"""清明 among the solar terms of sxtwl, which begin with 冬至 as 0."""

HEAD = f"""\
# China's public holidays and make-up working days, written by scripts/holidays.py: do not edit by hand.
#
# notices: the days as in PyPI chinesecalendar {version("chinesecalendar")}; `source` is the notice of the State Council's
# General Office (国务院办公厅关于YYYY年部分节假日安排的通知), by number and date. `off` has every day of a holiday,
# weekends included; `work` has the Saturdays and Sundays that are worked (调休). A notice may reach into the last days
# of the year before.
#
# festivals: 正月初一, 清明, 端午 and 中秋 of the years without a notice, computed with PyPI sxtwl {version("sxtwl")}
# (寿星万年历); lunardate 0.3.0 and LunarCalendar 0.0.9 give the same lunar dates.
"""


def notice_year(day: date) -> int:
    """The year whose notice rules on this day: late December belongs to the New Year holiday of the next year."""
    return day.year + (day.month == 12)


def spans(days: list[date]) -> list[tuple[date, date]]:
    """Runs of consecutive days, each as its first and last day."""
    breaks = [(a, b) for a, b in pairwise(days) if b - a > timedelta(days=1)]
    firsts = [days[0], *(b for _, b in breaks)]
    lasts = [*(a for a, _ in breaks), days[-1]]
    return list(zip(firsts, lasts, strict=True))


def span_text(first: date, last: date) -> str:
    """One run of holidays as TOML, named by every festival in it."""
    names = dict.fromkeys(Holiday(name).chinese for day, name in sorted(holidays.items()) if first <= day <= last)
    return f'    {{ name = "{"、".join(names)}", first = {first}, last = {last} }},'


def notice_text(year: int) -> str:
    """The notice of one year as TOML."""
    off = [span_text(*span) for span in spans(sorted(day for day in holidays if notice_year(day) == year))]
    work = ", ".join(str(day) for day in sorted(workdays) if notice_year(day) == year)
    lines = ["[[notices]]", f"year = {year}", f'source = "{NUMBERS[year]}"', "off = [", *off, "]", f"work = [{work}]"]
    return "\n".join(lines)


def lunar(year: int, month: int, day: int) -> date:
    """The date of a day of the Chinese calendar."""
    found = sxtwl.fromLunar(year, month, day)
    return date(found.getSolarYear(), found.getSolarMonth(), found.getSolarDay())


def qingming(year: int) -> date:
    """The day of the solar term 清明, 4 to 6 April."""
    terms = {day: sxtwl.fromSolar(year, 4, day) for day in (4, 5, 6)}
    return next(date(year, 4, day) for day, term in terms.items() if term.hasJieQi() and term.getJieQi() == QINGMING)


def festivals_text(year: int) -> str:
    """The festivals of one year as TOML."""
    dates = {
        "spring": lunar(year, 1, 1),
        "qingming": qingming(year),
        "dragon_boat": lunar(year, 5, 5),
        "mid_autumn": lunar(year, 8, 15),
    }
    return "\n".join(["[[festivals]]", f"year = {year}", *(f"{name} = {day}" for name, day in dates.items())])


def main() -> None:
    """Write the whole file to stdout."""
    notices = [notice_text(year) for year in NUMBERS]
    festivals = [festivals_text(year) for year in range(max(NUMBERS) + 1, LAST + 1)]
    sys.stdout.write("\n\n".join([HEAD.rstrip(), *notices, *festivals]) + "\n")


if __name__ == "__main__":
    main()
