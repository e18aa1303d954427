"""The page of measures says what the book says; `python -m tests.unit.measures.test_measure_page` writes its tables anew."""

import re
from collections.abc import Iterator
from pathlib import Path

from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import CONDITIONS, FOLDER, measure_book
from agents.measures.cases.case import FIELDS
from streams import toml
from streams.messages import Text

PAGE = Path(__file__).resolve().parents[3] / "docs/operate/measures.md"
BASES = {
    "certain": "原文已读",
    "likely": "据报道或者一地规定",
    "check": "待核",
    "default": "本系统默认",
    "issuer": "下达单位写明",
}
HEAD = ("measure 指标", "share 分子/应计", "left out 不计", "month 月", "whose 出处")


def both(text: Text) -> str:
    """Words in both languages."""
    return f"{text.zh} {text.en}"


def titles(names: tuple[str, ...]) -> str:
    """What these conditions are called."""
    return "、".join(measure_book().conditions[name].title.zh for name in names) or "–"


def cells(name: str, row: MeasureRow) -> tuple[str, ...]:
    """The row of a measure."""
    month = FIELDS[row.counts_in].month or Text("", "")
    reading = "分析口径 " if row.reading == "analysis" else ""
    target = "" if row.target is None else f"，目标 {row.target:g}%"
    return (
        f"**{row.name.zh}** {row.name.en}<br>`{name}`",
        f"{row.what.zh}<br>{row.what.en}",
        titles(row.exclusions),
        month.zh,
        f"{reading}{row.provenance}（{BASES[row.mark]}）：{row.source.zh}{target}",
    )


def table(file: str) -> Iterator[str]:
    """The measures of a file of the book."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    for name in toml.loads((FOLDER / f"{file}.toml").read_text("utf-8")):
        yield f"| {' | '.join(cells(name, measure_book().measures[name]))} |"


def written(text: str) -> str:
    """The page with the tables of the book in their places."""
    return re.sub(
        r"<!-- book: (\S+) -->\n.*?<!-- end -->",
        lambda found: "\n".join((f"<!-- book: {found[1]} -->", "", *table(found[1]), "", "<!-- end -->")),
        text,
        flags=re.DOTALL,
    )


def test_the_page_has_every_file_of_the_book() -> None:
    """One place for each file."""
    named = re.findall(r"<!-- book: (\S+) -->", PAGE.read_text("utf-8"))
    assert sorted(named) == sorted(path.stem for path in FOLDER.glob("*.toml") if path.name != CONDITIONS)


def test_the_page_says_what_the_book_says() -> None:
    """Each table stands there as the book has it."""
    text = PAGE.read_text("utf-8")
    assert written(text) == text, "the book has changed: python -m tests.unit.measures.test_measure_page writes the tables anew"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
