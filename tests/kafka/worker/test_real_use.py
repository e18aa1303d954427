"""The files of others the whole way, beside pandas: every number is the same."""

import subprocess
import sys

import pytest

from tests.support.shared import FOLDER
from tests.support.workers import ROOT


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_every_number_is_what_pandas_says() -> None:
    """`make real-use`: import and gateways, Kafka, worker and archive; one that differs would be named."""
    if not FOLDER.is_dir():
        pytest.skip(f"{FOLDER} is not here: a fresh clone has none of the files of others")
    run = subprocess.run([sys.executable, "-m", "tests.realuse", str(FOLDER)], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
