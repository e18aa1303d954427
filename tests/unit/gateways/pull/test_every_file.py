"""Every file of others beside this repository has something that reads it, or a reason why it holds no events."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.gateways.files import read_file
from streams.gateways.foreign import fridge_tag
from streams.gateways.hj212.decode import Decoder, decode_lines
from tests.support.shared import FOLDER

READY = Path(fridge_tag.__file__).parents[1] / "ready"

Reader = Callable[[Path], int]
"""How many events a file gives."""


def by_header(path: Path) -> int:
    """`import` alone: the table is known from its header."""
    return len(read_file(path, "environment").arrivals)


def by(ready: str) -> Reader:
    """`import --map` and the gateway of folders, by a ready mapping."""
    return lambda path: len(read_file(path, "environment", READY / ready).arrivals)


def by_frames(path: Path) -> int:
    """`hj212 decode`, as the gateway of HJ 212 reads them."""
    with path.open("rb") as lines:
        return len(list(decode_lines(lines, Decoder())))


READERS: dict[str, Reader] = {
    "air_quality/洛阳.csv": by_header,
    "air_quality/郑州.csv": by_header,
    "cold_chain/sample-fridge-tag-kaivandivier.txt": by("fridge_tag"),
    "food_inspections/chicago_4000.csv": by("inspections_chicago"),
    "hj212/frames.jsonl": by_frames,
    "recalls/event.postannotation.json": by("adverse_event_fda"),
    "recalls/ucm308307.json": by("recalls_fda"),
    "ssh_log/OpenSSH_2k.log": by("openssh_log"),
    "ssh_log/OpenSSH_2k.log_structured.csv": by("openssh_table"),
}
"""Who reads each file that holds events."""

NO_EVENTS = {
    "README.md": "says what the folder holds",
    "air_quality/LICENSE": "a licence",
    "cap/CAP-v1.2.xsd": "the schema that notices are checked against (tests/support/cap.py)",
    "food_inspections/LICENSE.md": "a licence",
    "hj212/LICENSE.MagicToDo+hj212-protocol": "a licence",
    "hj212/LICENSE.srdgame-lua-HJ212": "a licence",
    "hj212/LICENSE.zblzbl1991+hj-212-parser": "a licence",
    "hj212/factor_codes_hj212-2017.csv": "table B.2 of HJ 212-2017; ours is streams/gateways/hj212/factors.toml",
    "recalls/COPYING.txt": "a licence",
    "ssh_log/LICENSE": "a licence",
    "ssh_log/OpenSSH_2k.log_templates.csv": "forms of lines, which the log fills",
    "ssh_log/README.md": "says where the log is from",
    "zhengzhou/zhengzhou_simplified.geojson": "the map of the districts (scripts/districts.py)",
}
"""Files without events, each with the reason."""


def test_each_file_of_others_has_a_reader_or_a_reason() -> None:
    """No file is there that nobody reads, and none is named that is not there."""
    if not FOLDER.is_dir():
        pytest.skip(f"{FOLDER} is not here: a fresh clone has none of the files of others")
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert there == READERS.keys() | NO_EVENTS.keys()


@pytest.mark.parametrize("name", READERS)
def test_its_reader_finds_events(name: str) -> None:
    """At least one event comes of each."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    assert READERS[name](path)
