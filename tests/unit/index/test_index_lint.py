"""Each way to make an index lie is refused with its place and the reason."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agents.measures.book.read import measure_book
from agents.measures.index.ahp import matrix_wrongs, priorities
from agents.measures.index.lint import index_wrongs
from agents.measures.index.read import index_book, index_faults
from agents.measures.index.spec import definition, index_text, read_text, written
from streams import places
from streams.command import Trouble
from tests.support.orders.indexed import index_row, indicator

SIGNED, OVERDUE = "request-signed", "request-overdue"


def told(indicators: dict[str, Any], **more: Any) -> str:
    """What is wrong with an index."""
    return "\n".join(why for _, why in index_wrongs({"handling": index_row(indicators, **more)}, measure_book().measures))


def test_the_committed_ones_are_sound() -> None:
    """Those of every place; the example of Zhengzhou says that its numbers are this system's own."""
    assert index_faults() == []
    row = index_book("4101")["request-handling"]
    assert (row.provenance, row.mark, sum(each.weight for each in row.indicator.values())) == ("本系统自定", "default", 100)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"a": indicator(SIGNED, 60)}, "its weights add up to 60, not to 100"),
    ({"a": indicator(SIGNED, 110), "b": indicator(OVERDUE, -10, poor=50, good=10)}, "a weight is above 0"),
    ({"a": indicator("request-solved-well", 100)}, "there is no measure 'request-solved-well'"),
    ({"a": indicator("request-time", 100)}, "no share of 考核口径"),
    ({"a": indicator("request-handled-first-limit", 100)}, "no share of 考核口径"),
    ({"a": indicator("", 100, "score", index="none")}, "there is no index 'none'"),
    ({"a": indicator("", 100, "score", index="handling")}, "circle: handling → handling"),
    ({"a": indicator(SIGNED, 100, index="handling")}, "a measure or an index, one of them"),
    ({"a": indicator(SIGNED, 100, "score")}, "by attainment, efficacy or points"),
    ({"a": indicator(SIGNED, 100, "z-score")}, "can fall though the work got better"),
    ({"a": indicator(SIGNED, 100, "min-max")}, "efficacy has fixed ends"),
    ({"a": indicator(SIGNED, 100, "rank")}, "不片面追求排名"),
    ({"a": indicator(SIGNED, 100, "magic")}, "there is no rule 'magic'"),
    ({"a": indicator(SIGNED, 100, target=90)}, "efficacy takes no target"),
    ({"a": indicator(SIGNED, 100, "attainment", clip=None)}, "attainment needs clip"),
    ({"a": indicator(SIGNED, 100, missing=None)}, "efficacy needs missing"),
    ({"a": indicator(SIGNED, 100, "attainment", target=100)}, "no single miss"),
    ({"a": indicator(SIGNED, 100, "attainment", target=0)}, "lies above 0"),
    ({"a": indicator(SIGNED, 100, good=100)}, "no single miss"),
    ({"a": indicator(SIGNED, 100, poor=90, good=50)}, "good 50 is not better than poor 90"),
    ({"a": indicator(OVERDUE, 100)}, "good 90 is not better than poor 50"),
    ({"a": indicator(OVERDUE, 100, "attainment")}, "nothing can be divided by"),
    ({"a": indicator(SIGNED, 100, clip=[100, 60])}, "clip is the lowest and the highest"),
    ({"a": indicator(SIGNED, 100, "points", each=0)}, "each is not 0"),
    ({"a": indicator(SIGNED, 100), "b": indicator(SIGNED, 5, "veto")}, "a veto has no weight"),
    ({"a": indicator(SIGNED, 100), "b": indicator(SIGNED, 0, "veto", at=0)}, "a veto needs a case"),
    ({"a": indicator(SIGNED, 100), "b": indicator(SIGNED, 0, "veto", cap=100)}, "cap is what the whole is at most"),
    ({"a": indicator(SIGNED, 100, least=0)}, "nothing due is no figure"),
    ({"a": indicator(SIGNED, 100, missing="fixed", missing_score=100)}, "nobody gets full marks"),
    ({"a": indicator(SIGNED, 100, missing="fixed")}, "missing_score is the score of"),
]


@pytest.mark.parametrize(("indicators", "words"), WRONG)
def test_an_indicator_that_would_lie_is_refused(indicators: dict[str, Any], words: str) -> None:
    """In words that say what and why."""
    assert words in told(indicators)


ROWS: list[tuple[dict[str, Any], str]] = [
    ({"present": 0}, "how much of the weights"),
    ({"by": []}, "by names nobody"),
    ({"source": {"zh": " ", "en": " "}}, "its source has no words"),
    ({"band": [{"name": {"zh": "好", "en": "Good"}, "from": 90}]}, "down to 0"),
    ({"weights": "entropy"}, "chase the data"),
    ({"frozen": "2025"}, "these are none"),
    ({"ahp": [[1]]}, "do not come of it"),
    ({"weights": "ahp"}, "a row and a column for each"),
]


@pytest.mark.parametrize(("more", "words"), ROWS)
def test_an_index_that_would_lie_is_refused(more: dict[str, Any], words: str) -> None:
    """As its parts are."""
    assert words in told({"a": indicator(SIGNED, 100)}, **more)
    assert told({"a": indicator(SIGNED, 100)}) == ""
    assert told({"a": indicator(SIGNED, 100)}, weights="entropy", frozen="2025年数据") == ""


SAATY: list[list[str | float]] = [[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]]
"""The textbook's matrix of three: weights 0.637, 0.258, 0.105, λ 3.0385, CR 0.0332."""


def test_weights_of_judgements_are_the_textbooks() -> None:
    """The principal eigenvector and the ratio to two digits and more (Saaty 1980; λ − 3 = 0.0385, / 2 / 0.58 = 0.0332)."""
    weights, ratio = priorities([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    assert weights == pytest.approx([63.70, 25.83, 10.47], abs=0.01)
    assert ratio == pytest.approx(0.0332, abs=1e-4)
    weights, ratio = priorities([[1, 2], [0.5, 1]])
    assert weights == pytest.approx([66.667, 33.333], abs=1e-3)
    assert ratio == 0


@pytest.mark.parametrize(
    ("matrix", "weights", "words"),
    [
        (SAATY, [50, 30, 20], "its weights are 63.7, 25.8, 10.5"),
        ([[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]], [33, 33, 34], "contradict each other"),
        ([[1, 3, 5], [3, 1, 3], ["1/5", "1/3", 1]], [64, 26, 10], "the inverse"),
        ([[1, -3], ["-1/3", 1]], [50, 50], "above 0"),
        ([[1, "x"], [1, 1]], [50, 50], "a fraction such as"),
        ([[1, 2]], [50, 50], "a row and a column"),
    ],
)
def test_judgements_that_contradict_are_refused(matrix: Any, weights: list[float], words: str) -> None:
    """And so are weights that are not those of their matrix."""
    assert words in "\n".join(matrix_wrongs(matrix, weights))
    assert list(matrix_wrongs(SAATY, [64, 26, 10])) == []


def test_a_fault_stands_in_its_file_at_its_indicator(tmp_path: Path) -> None:
    """`rules check` names file, line and index."""
    for name in ("41", "4101"):
        (tmp_path / name / "indexes").mkdir(parents=True)
    source = (places.ROOT / "4101/indexes/request-handling.toml").read_text("utf-8")
    path = tmp_path / "4101/indexes/request-handling.toml"
    path.write_text(source.replace('measure = "request-handled"', 'measure = "request-done"'), "utf-8")
    (fault,) = index_faults(tmp_path)
    assert (fault.id, "there is no measure 'request-done'" in fault.message) == ("request-handling", True)
    assert Path(fault.file).read_text("utf-8").splitlines()[fault.line - 1] == "[indicator.handled]"
    with pytest.raises(Trouble, match=r"request-handling\.toml:\d+: request-handling: handled"):
        index_book("4101", tmp_path)
    path.write_text("period = ", "utf-8")
    assert "correct it" in index_faults(tmp_path)[0].message
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads("period = ")


RANKED = '[ranking.{name}]\nbasis = {{ zh = "{basis}", en = "{basis}" }}\n'


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ('office = "zz-nobody"\nbasis = "x"\n', "office 'zz-nobody' is no body of this place"),
        ('office = "zz-inspect"\n' + RANKED.format(name="request-done", basis="x"), "no measure and no index of this id"),
        ('office = "zz-inspect"\n' + RANKED.format(name="request-handled", basis=" "), "without a stated basis"),
        ("office = 5\n", "correct it"),
    ],
)
def test_who_measures_and_what_is_ranked_is_checked(tmp_path: Path, changed: str, words: str) -> None:
    """An office that is no body, a ranking of nothing or without a basis; a sound one is taken."""
    root = tmp_path / "places"
    shutil.copytree(places.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "clauses"))
    file = root / "4101/appraisal.toml"
    file.write_text('office = "zz-inspect"\n' + RANKED.format(name="request-handled", basis="x"), "utf-8")
    assert index_faults(root) == []
    file.write_text(changed, "utf-8")
    assert words in "\n".join(each.message for each in index_faults(root))


def test_a_text_names_what_its_measures_counted() -> None:
    """Adopted is the table with the digest of each measure's definition: one whose conditions change is another one."""
    book = measure_book()
    text = index_text("request-handling", index_book("4101"), book)
    assert read_text(written(text)) == text
    assert text.measures["request-handled"] == definition(book.measures["request-handled"], book)
    assert len(set(text.measures.values())) == 3
    row = book.measures["request-handled"]
    first = row.numerator[0]
    other = replace(book, conditions={**book.conditions, first: replace(book.conditions[first], known=True)})
    assert definition(row, other) != text.measures["request-handled"]
    with pytest.raises(ValueError, match="no text of an index"):
        read_text(b"{}")


@pytest.mark.parametrize("word", ["nan", "-nan", "inf", "-inf", "1e999"])
def test_what_is_no_number_is_no_weight(tmp_path: Path, word: str) -> None:
    """No comparison holds of nan (IEEE 754), so that no check of a sum would find it: line and word."""
    shutil.copytree(places.ROOT, tmp_path / "places", ignore=shutil.ignore_patterns("__pycache__", "clauses"))
    file = tmp_path / "places" / "4101" / "indexes" / "request-handling.toml"
    text = file.read_text("utf-8")
    at = next(n for n, each in enumerate(text.splitlines(), 1) if each.startswith("weight = "))
    file.write_text(text.replace(text.splitlines()[at - 1], f"weight = {word}", 1), "utf-8")
    (fault,) = index_faults(tmp_path / "places")
    assert (fault.line, fault.id) == (at, "request-handling")
    assert f"{word} is no number" in fault.message


def test_a_judgement_too_large_for_a_number_is_told() -> None:
    """A fraction may be of any size: what no number can hold is a fault with its words, and no end of the check."""
    assert "a judgement is a number" in next(matrix_wrongs([["1", "1e999"], ["1", "1"]], [50, 50]))
