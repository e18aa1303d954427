"""Words in both languages, and fonts that have every character the product writes."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from fontTools.ttLib import TTFont

from agents.domains.cyber.judges import service_status
from agents.domains.cyber.payload import ServiceState
from agents.domains.special_equipment.judges import lift_status
from agents.domains.special_equipment.payload import BoilerState, LiftState
from agents.measures.reckoned.row import reckoned
from agents.signs.book.read import sign_book
from screen.i18n.texts import owner_name, texts
from streams import catalogue
from streams.catalogue import described
from streams.messages import Reason, Severity, Text
from tests.support.books import the_book

ROOT = Path(__file__).resolve().parents[3]
READY = ROOT / "streams" / "gateways" / "ready"
STATIC = ROOT / "screen" / "static"
SUBSCRIPTS = set("₀₁₂₃₄₅₆₇₈₉")
"""Noto Sans CJK has none; the Latin fonts of every system do, and a browser falls back on them."""

HANZI = re.compile("[\u4e00-\u9fff]")
"""The unified ideographs of Unicode."""

FONTS = sorted((STATIC / "fonts").glob("*.woff2"))


def keys(table: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every key of a table with its path."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from keys(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_both_languages_have_the_same_keys() -> None:
    """No word is missing in one language."""
    assert set(keys(texts()["zh"])) == set(keys(texts()["en"]))


def test_every_word_that_the_page_asks_for_exists() -> None:
    """Each `t("a.b")` in the scripts is a key of the words."""
    scripts = "".join(path.read_text("utf-8") for path in STATIC.rglob("*.js"))
    asked = set(re.findall(r'\bt\("([a-z_.]+)"\)', scripts))
    assert len(asked) > 30
    assert asked <= set(keys(texts()["zh"]))


def test_every_reason_and_severity_has_words() -> None:
    """What the messages may say can be said on the screen."""
    assert set(texts()["zh"]["reason"]) == set(get_args(Reason))
    assert set(get_args(Severity)) <= set(texts()["zh"]["severity"])


def test_every_kind_of_subject_that_a_rule_names_has_words() -> None:
    """A kind has words: those of rules, cases' registrations, samples, the city's registers, ready mappings; no other."""
    specs = [spec for rules in the_book().specs.values() for spec in rules.values()]
    named = {kind for spec in specs for kind in spec.subjects}
    registered = {case.register["kind"] for spec in specs for case in spec.case if "kind" in (case.register or {})}
    samples = [tomllib.loads(path.read_text("utf-8")) for path in catalogue.ROOT.glob("*/sample.toml")]
    sent = {subject["kind"] for sample in samples for subject in sample["subject"].values()}
    registers = [tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "fixtures" / "register").glob("*.toml")]
    city = {subject["kind"] for register in registers for subject in register.get("subject", {}).values() if "kind" in subject}
    ready = [tomllib.loads(path.read_text("utf-8"))["values"] for path in READY.glob("*/register.toml")]
    mapped = {values["kind"]["is"] for values in ready}
    assert (named | registered | sent | city | mapped) - {""} == set(texts()["en"]["kind"])


def literals(hint: object) -> set[str]:
    """The words of a Literal, or of one that may be None."""
    return {word for each in get_args(hint) for word in ([each] if isinstance(each, str) else literals(each))}


def test_every_word_that_a_subject_tells_is_said() -> None:
    """The words of its newest values, by the payloads that give them, and those of the register that the rules' cases name."""
    words = set(texts()["en"]["value"])
    hints = [
        get_type_hints(payload)[name] for payload, name in ((LiftState, "door"), (LiftState, "mode"), (BoilerState, "water"))
    ]
    assert {word for hint in hints for word in literals(hint)} <= words
    lifts = [lift_status(LiftState(running=on, door="open", door_zone=True, occupied=False), 0) for on in (True, False)]
    services = [service_status(ServiceState(part="whole", working=on), 0) for on in (True, False)]
    assert {value for status in (*lifts, *services) for value in status.values()} <= words
    cases = [case.register or {} for rules in the_book().specs.values() for spec in rules.values() for case in spec.case]
    traits = {value for case in cases for value in case.get("traits", {}).values() if re.fullmatch(r"[a-z-]+", str(value))}
    assert "in-use" in traits
    assert traits <= words


def test_every_case_of_a_rule_is_named_in_both_languages() -> None:
    """The page of rules tells each case in its reader's language: a name in Chinese has Hanzi, one in English has none."""
    cases = [(rule, case) for rules in the_book().specs.values() for rule, spec in rules.items() for case in spec.case]
    assert len(cases) > 600
    assert [(rule, case.name) for rule, case in cases if not HANZI.search(case.zh) or HANZI.search(case.name)] == []


def test_every_unit_is_said_in_english() -> None:
    """A unit that is written in Hanzi, of a field or a sign, has a word of its own in English."""
    units = {each.entry.unit for of in described.catalogue().values() for each in of.fields if each.entry}
    units |= {row.unit for row in sign_book().values()}
    named = {unit for unit in units if unit and HANZI.search(unit)}
    assert len(named) > 5
    said = texts()["en"]["measure"]
    assert {unit: said.get(unit) for unit in named if HANZI.search(said.get(unit, unit))} == {}


def test_every_unit_of_what_is_measured_beside_the_book_is_said_in_chinese() -> None:
    """A unit that is written out in English, as alarms are counted in, has a word of its own in Chinese."""
    named = {row.unit for row in reckoned().values() if len(row.unit) > 1}
    assert len(named) > 3
    said = texts()["zh"]["measure"]
    assert {unit: said.get(unit) for unit in named if not HANZI.search(said.get(unit, unit))} == {}


def test_an_owner_has_its_name() -> None:
    """A department of the list is named; one that is not is shown by its id."""
    assert owner_name("zz-ee").zh == "郑州市生态环境局"
    assert owner_name("nobody") == Text("nobody", "nobody")


def written() -> str:
    """All that the product itself writes: words, rules, law, places, the simulated register."""
    folders = ("screen/i18n", "agents", "fixtures", "streams/places", "streams/catalogue")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.toml")]
    words = "".join(json.dumps(tomllib.loads(path.read_text("utf-8")), ensure_ascii=False, default=str) for path in files)
    return words + "".join(path.read_text("utf-8") for path in (ROOT / "streams/places").rglob("*.geojson"))


def gb2312() -> set[str]:
    """The 6763 Hanzi of GB/T 2312-1980, levels 1 and 2: rows 16 to 87."""
    codes = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(16, 88) for cell in range(1, 95))
    return {text for code in codes if (text := code.decode("gb2312", "ignore"))}


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_the_fonts_have_every_character(path: Path) -> None:
    """Both weights have all Hanzi of GB 2312 and all that the product writes, in at most 1.5 MB each; the licence is there."""
    have = {chr(code) for code in TTFont(path).getBestCmap()}
    assert len(gb2312()) == 6763
    assert gb2312() <= have
    assert {character for character in written() if character.isprintable()} <= have | SUBSCRIPTS
    assert path.stat().st_size < 1_500_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (path.parent / "OFL.txt").read_text("utf-8")


def test_there_are_two_weights() -> None:
    """400 and 700."""
    assert [path.name for path in FONTS] == ["noto-sans-sc-400.woff2", "noto-sans-sc-700.woff2"]
