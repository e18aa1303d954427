"""docs/develop/signing.md: a stranger with its ten lines verifies its example."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.messages.outputs.quality import Unfit
from streams.signing.envelope import MAX_BYTES, MAX_COSIGNATURES, MAX_DEPTH
from streams.signing.kinds import EVERYWHERE, NUMBERED
from streams.signing.series import SERIES_DATA
from streams.signing.suites import SUITES
from streams.signing.ticks import MOST, NEAR, PATIENCE
from tests.unit.signing import verifier

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "develop" / "signing.md").read_text("utf-8")
RECORD = re.findall(r"^```json\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)[0]
PROGRAM = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
ACT = json.loads((verifier.VECTORS / "events.json").read_text("utf-8"))["events"][0]


def verified(record: str) -> bool:
    """What the program of the page says of a record: it ends well or with an exception."""
    done = subprocess.run([sys.executable, "-I", "-c", PROGRAM], input=record, capture_output=True, text=True, check=False)
    return done.returncode == 0


def test_the_example_is_the_first_vector() -> None:
    """Record, preimage and content digest stand in the page as in the vectors."""
    assert ACT["value"] == RECORD
    assert ACT["preimage"] in PAGE
    assert ACT["content"] in PAGE


def test_the_ten_lines_verify_it() -> None:
    """The example holds; with another word in its data, another subject or another key's id it does not."""
    assert verified(RECORD)
    assert len(PROGRAM.strip().split("\n\n")[-1].splitlines()) == 10
    for old, new in (("检修", "停用"), ("站-001", "站-002"), ('"sigkid":"a', '"sigkid":"b')):
        assert old in RECORD
        assert not verified(RECORD.replace(old, new))


@pytest.mark.parametrize("name", [*Unfit.__args__, *SUITES, *SERIES_DATA, *EVERYWHERE, *NUMBERED])
def test_the_page_names_all(name: str) -> None:
    """Every reason, suite, event of the roots, and kind that goes everywhere or numbers itself stands in the page."""
    assert f"`{name}`" in PAGE


def test_the_page_s_bounds() -> None:
    """The numbers of the page are those of the code."""
    for number, words in (
        (MAX_BYTES, "at most {:,} bytes"),
        (MAX_DEPTH, "{} levels"),
        (MAX_COSIGNATURES, "at most {}"),
        (MOST, "at most {:,}"),
        (PATIENCE, "After {} wrong ticks"),
        (NEAR, "pass over {} at most"),
    ):
        assert words.format(number) in PAGE
