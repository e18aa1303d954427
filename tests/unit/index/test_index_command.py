"""`python -m agents index` and `measure compare`, over an archive of one request that nobody signed or answered."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.measures.index.command import main
from agents.measures.measure_command import main as measure
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.command import Trouble
from streams.messages import parse_time
from streams.messages.orders import Receiver
from tests.support.orders.partition import ECOLOGY, HOTLINE, START, OrderPartition, actor, hotline_matter

REQUEST = "f" * 32
DRAFT = ("--draft", "--period", "2026-Q1", "--at", "2026-04-02T09:00:00+08:00")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six requests of one Friday that were sent and left alone, up to Tuesday."""
    by = OrderPartition()
    for n in range(6):
        name = f"{n}" * 32
        by.filed(hotline_matter(number=f"2026{n}"), name)
        by.act("accept", actor("receptionist", HOTLINE), order=name)
        by.act("dispatch", actor("dispatcher", HOTLINE), order=name, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    by.tick("2026-03-10T09:00:00+08:00")
    root, chunk = tmp_path_factory.mktemp("archive"), Chunk(0)
    for offset, key, value in by.log:
        chunk.add(offset, parse_time(START), key, value)
    archive_files.write(root, "t.events.orders", 0, chunk)
    return root


def told(capsysbinary: pytest.CaptureFixture[bytes], run: Any, *arguments: str) -> list[Any]:
    """The JSON lines of a command."""
    assert run([*arguments, "--json"]) == 0
    return [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_the_list_has_the_places_indexes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each with its weights, its source and how sure that is."""
    (row,) = told(capsysbinary, main, "list")
    assert (row["id"], row["index"]["mark"]) == ("request-handling", "default")
    assert [each["weight"] for each in row["index"]["indicator"].values()] == [30, 35, 35]


def test_a_score_shows_its_parts_and_cases(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """None of six contacted or handled: each 0 of 6, clipped at 0; satisfaction is missing, its weight shared out; 0 in all."""
    asked = ("show", "request-handling", *DRAFT, "--archive", str(archive))
    (row,) = told(capsysbinary, main, *asked, "--cases")
    assert (row["key"], row["score"], row["adopted"], row["over"]) == (ECOLOGY, 0, False, True)
    assert [(each["id"], each["count"], each["of"], each["missing"]) for each in row["parts"]] == [
        ("contacted", 0, 6, ""),
        ("handled", 0, 6, ""),
        ("satisfied", 0, 0, "redistribute"),
    ]
    assert row["parts"][1]["rest"] == [f"{n}" * 32 + "/1" for n in range(6)]
    (bare,) = told(capsysbinary, main, *asked)
    assert "rest" not in bare["parts"][0]


def test_other_weights_stand_beside(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The old score and the new one; weights that do not add up are refused."""
    asked = ("whatif", "request-handling", *DRAFT, "--archive", str(archive), "--weights")
    (row,) = told(capsysbinary, main, *asked, "contacted=50,handled=30,satisfied=20")
    assert (row["before"], row["after"], row["by"]) == (0, 0, 0)
    assert row["weights"] == {"contacted": 50, "handled": 30, "satisfied": 20}
    with pytest.raises(ValueError, match="add up to 105"):
        main([*asked, "contacted=35"])
    with pytest.raises(ValueError, match="are no weights"):
        main([*asked, "contacted"])


def test_a_draft_is_no_score_that_counts(archive: Path) -> None:
    """Without --draft an archive has no adoption; a quarter without cases has no score; no index of that name."""
    with pytest.raises(Trouble, match="--draft"):
        main(["show", "request-handling", "--period", "2026-Q1", "--archive", str(archive)])
    with pytest.raises(ValueError, match="there is no score"):
        main(["show", "request-handling", "--draft", "--period", "2025-Q1", "--archive", str(archive)])
    with pytest.raises(Trouble, match="it has request-handling"):
        main(["show", "other", "--draft", "--period", "2026-Q1", "--archive", str(archive)])


def test_units_are_compared(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """One unit alone of its kind is held against nobody: no band, no rank, its six cases alone in their stratum."""
    (row,) = told(capsysbinary, measure, "compare", "request-signed", "--archive", str(archive))
    assert (row["unit"], row["count"], row["of"], row["band"], row["ranks"]) == (ECOLOGY, 0, 6, "none", None)
    assert (row["expected"]["alone"], row["expected"]["ratio"]) == (6, None)
    with pytest.raises(ValueError, match="not by a funnel"):
        measure(["compare", "request-time", "--archive", str(archive)])
