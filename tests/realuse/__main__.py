"""`python -m tests.realuse FOLDER`: the files of others the whole way, and number by number what pandas says of them.

Exit 1 where any number differs. With `--out` the page is written there.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from streams.kafka import broker
from tests.realuse import chain, counts
from tests.realuse.chain import FRAMES, ROADS, Numbers
from tests.support.kafka.settings import settings_in

PEER = Path(__file__).with_name("peer.py")

COUNTS = {
    "air_quality/郑州.csv": counts.air,
    "air_quality/洛阳.csv": counts.air,
    "ssh_log/OpenSSH_2k.log": counts.logins,
    "cold_chain/sample-fridge-tag-kaivandivier.txt": counts.fridge,
    "food_inspections/chicago_4000.csv": counts.inspections,
    "recalls/ucm308307.json": counts.recalls,
    "recalls/event.postannotation.json": counts.adverse,
    FRAMES: counts.hj212,
}
"""How each file is counted."""


def product(data: Path) -> dict[str, Numbers]:
    """What the product says of each file, by the whole way on a broker of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_in(folder / "kafka", ONESCREEN_PARTITIONS="1")
        broker.start(settings)
        try:
            found = {}
            taken = {}
            for file, road in ROADS.items():
                made = chain.imported(settings, data / file, road, folder)
                found[file] = COUNTS[file](made)
                taken[road.ready] = [event for event in made.events if event["source"].startswith("file:")]
                say(f"{file}: {sum(map(len, made.outputs.values()))} outputs, {len(found[file])} numbers")
            found[FRAMES] = COUNTS[FRAMES](chain.sent(settings, data / FRAMES, folder))
            for ready, events in chain.by_folder(settings, data, folder).items():
                if not chain.same_facts(events, taken[ready]):
                    raise SystemExit(f"the gateway of folders does not give of {ready} what the import gives")
        finally:
            broker.stop(settings)
    return found


def say(text: str) -> None:
    """One line of progress."""
    sys.stderr.write(text + "\n")


def page(ours: dict[str, Numbers], peers: dict[str, Numbers]) -> list[str]:
    """The tables of the page: each number of both, and what differs."""
    lines = []
    for file, numbers in peers.items():
        lines += [f"### {file}", "", "| | product | pandas |", "|---|---|---|"]
        for name, number in numbers.items():
            got = ours[file].get(name, "none")
            lines.append(
                f"| {name} | {got:,} | {number:,} |" if got == number else f"| **{name}** | **{got}** | **{number}** |"
            )
        lines.append("")
    return lines


def differing(ours: dict[str, Numbers], peers: dict[str, Numbers]) -> list[str]:
    """File and name of each number that is not the same on both sides, or on one side alone."""
    names = [(file, name) for file in peers for name in {**peers[file], **ours[file]}]
    return [f"{file}: {name}" for file, name in names if ours[file].get(name) != peers[file].get(name)]


def by_pandas(data: Path) -> dict[str, Numbers]:
    """What the script beside the product says, in a process that cannot see this project."""
    run = subprocess.run([sys.executable, "-I", str(PEER), str(data)], check=True, capture_output=True)
    numbers: dict[str, Numbers] = json.loads(run.stdout)
    return numbers


def written(path: Path, ours: dict[str, Numbers], peers: dict[str, Numbers]) -> None:
    """Write the tables behind what stands before them in the page."""
    before = path.read_text("utf-8").partition(BEGIN)[0]
    total, differ = sum(map(len, peers.values())), len(differing(ours, peers))
    head = f"Written by `make real-use` on {datetime.now(UTC).date()}. Numbers: {total}; of them differ: {differ}."
    path.write_text("\n".join([before + BEGIN, "", head, "", *page(ours, peers)]), "utf-8")


def main() -> int:
    """Run both, compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.realuse", description=__doc__)
    parser.add_argument("data", type=Path, metavar="FOLDER", help="where the files of others are")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="the page whose tables are written")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    if not options.data.is_dir():
        say(f"{options.data} is not here: a fresh clone has none of the files of others, and nothing is compared")
        return 0
    peers, ours = by_pandas(options.data), product(options.data)
    if options.out:
        written(options.out, ours, peers)
    else:
        sys.stdout.write("\n".join(page(ours, peers)))
    differ = differing(ours, peers)
    for each in differ:
        say(f"differs: {each}")
    return 1 if differ else 0


BEGIN = "## The numbers"
"""The heading behind which a run writes."""

if __name__ == "__main__":
    sys.exit(main())
