"""The benchmark command itself, in its small size: it must run unattended and write its page."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.kafka.settings import CACHE
from tests.support.workers import ROOT

OWN = "aiokafka,onescreen,faust"


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_the_small_size_runs_every_engine_of_our_own_environment_and_writes_page_and_figures(tmp_path: Path) -> None:
    """`--quick` judges the same events by our worker and by stock Faust with equal outputs, and writes both files.

    Of so few events an engine may have no rate. The benchmark itself fails where an engine's outputs are not as many as one
    uninterrupted fold makes.
    """
    command = [
        sys.executable,
        "-m",
        "tests.bench",
        "--quick",
        "--only",
        "throughput,judge",
        "--engines",
        OWN,
        "--out",
        tmp_path,
    ]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"ONESCREEN_CACHE": CACHE}, check=True)
    figures = json.loads((tmp_path / "benchmarks.json").read_bytes())
    assert {run["engine"] for run in figures["throughput"]} == set(OWN.split(","))
    assert all(run["events_per_s"] is None or run["events_per_s"] > 0 for run in figures["throughput"])
    assert {row["source"] for row in figures["judge"]} == {"file", "archive", "fold alone"}
    page = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert all(f"| {engine} |" in page for engine in OWN.split(","))
