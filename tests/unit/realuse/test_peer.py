"""The script beside the product: it shares nothing with it, and its formulas give what the standards' texts say."""

import ast
import subprocess
import sys

import pandas as pd
import pytest

from tests.realuse import peer
from tests.realuse.__main__ import PEER


def test_it_imports_nothing_of_this_project() -> None:
    """The standard library and pandas; and it runs where this project is not to be found."""
    found = set()
    for node in ast.walk(ast.parse(PEER.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    assert found - sys.stdlib_module_names == {"pandas"}
    help_ = subprocess.run([sys.executable, "-I", "-c", "import tests"], capture_output=True, check=False)
    assert help_.returncode == 1, "python -I must not see this project"


@pytest.mark.parametrize(
    ("value", "item", "index"),
    [
        (35, "PM2.5", 50),
        (36, "PM2.5", 52),
        (75, "PM2.5", 100),
        (150, "PM10", 100),
        (801, "SO2", None),
        (0.7, "CO", 7),
        (1201, "O3_1h", 500),
    ],
)
def test_an_index(value: float, item: str, index: int | None) -> None:
    """HJ 633-2012 table 1 and formula 1, rounded up: 36 µg/m³ of PM2.5 are 50 + 50/40; SO₂ beyond 800 has none."""
    assert peer.iaqi(value, peer.HOURLY[item]) == index


def test_the_crc_of_the_annex() -> None:
    """HJ 212-2017 annex A: 1C80."""
    segment = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    assert peer.crc(segment.encode()) == 0x1C80


def test_two_polluted_hours_in_a_row_open_and_two_clean_ones_close() -> None:
    """Rule aqi-hourly: a gap of an hour breaks the row."""
    index = {8: 120, 9: 120, 10: 80, 11: 120, 12: 80, 13: 80, 14: 120, 16: 120, 17: 120}
    hours = [pd.Timestamp(2020, 4, 2, hour) for hour in index]
    assert peer.polluted(pd.DataFrame({"at": hours, "index": list(index.values())})) == 2


def test_bursts_begin_when_no_source_is_in_one() -> None:
    """Five failures of a source in 5 minutes; another's in the same time begin none of their own; exactly 5 minutes are out."""
    begin = pd.Timestamp(2025, 12, 10)
    seconds = {"a": [0, 10, 20, 30, 40], "b": [60, 61, 62, 63, 64], "c": [1000, 1075, 1150, 1225, 1300]}
    rows = [(source, begin + pd.Timedelta(seconds=n)) for source, many in seconds.items() for n in many]
    assert peer.bursts(pd.DataFrame(rows, columns=["source", "at"]), 5) == 1
