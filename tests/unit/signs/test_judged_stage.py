"""What the stage counts of alerts, incidents and duties is what the figures of the same archive say, started again or not."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.signs.city import MILLIONTHS, Total
from agents.measures.book.read import measure_book
from agents.rulebook.load import book_of
from agents.signs.book.read import sign_book
from agents.signs.book.sign import JudgedForm, MeasureForm
from agents.signs.figures import SignFigure, figure
from agents.signs.ground import ground_of_archive
from agents.signs.stage.basis import sign_rules
from agents.stages import Basis, sound_basis, stage_of
from streams.archive.files import Record, partitions, read_partition
from streams.messages import DAY, HOUR, SignCells, format_time, parse_time
from streams.topics import split_events_topic
from tests.support.books import the_book
from tests.support.city.fortnight import archive
from tests.support.city.staffed import BEGIN
from tests.unit.signs.facts import fact, registered, tick

AT = BEGIN + 13 * DAY + 7 * HOUR
JUDGED = {name: row for name, row in sign_book().items() if isinstance(row.formula, JudgedForm | MeasureForm)}


def told(basis: Basis, root: Path, *, again: int) -> Iterator[SignCells]:
    """The cells of the moment, of every partition; `again`: after so many records each is started again at its checkpoint.

    What orders make is no sign's.
    """
    for topic, number in partitions(root):
        if split_events_topic(topic)[1] == "orders":
            continue
        stage, cells, kept = stage_of(basis, topic, number), dict[str, SignCells](), dict[bytes, bytes | None]()
        for n, record in enumerate(records(root, topic, number)):
            if stage is None:
                break
            for each in stage.run([record]):
                if isinstance(each, SignCells) and parse_time(each.at) <= AT:
                    cells[each.city] = each
            if n % again == again - 1:
                kept |= dict(stage.snapshot())
                stage = stage_of(basis, topic, number)
                assert stage is not None
                stage.restore((key, value) for key, value in kept.items() if value is not None)
        yield from (each for each in cells.values() if each.at == format_time(AT))


def records(root: Path, topic: str, number: int) -> Iterator[Record]:
    """The records of a partition in their order."""
    for batch in read_partition(root, topic, number):
        yield from batch


def total(found: Iterable[SignCells], sign: str, area: str) -> Total:
    """What all partitions have of a sign in a city, or in one district of it."""
    of_all = Total()
    for cell in (cell for each in found for cell in each.cells if cell.sign == sign):
        if area.endswith("00") or cell.area == area:
            of_all.add(cell, there=True)
    return of_all


def sums(found: SignFigure) -> tuple[float, float, int]:
    """What a figure is made of."""
    return found.numerator, found.denominator, found.valid


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the fortnight with people."""
    return archive(tmp_path_factory.mktemp("fortnight"))


def test_the_stage_counts_what_the_figures_of_the_archive_say(root: Path) -> None:
    """Of the fortnight, whose figures pandas reckons too: each such sign of the city and a district, with restarts."""
    basis = replace(sound_basis(), signs=sign_rules())
    ground = ground_of_archive(JUDGED, root, AT, then=True)
    whole = [*told(basis, root, again=997)]
    seen = set[str]()
    for name, row in JUDGED.items():
        for area in ("410100", "410105"):
            wanted, found = figure(name, row, [], area, AT, ground), total(whole, name, area)
            assert (found.numerator / MILLIONTHS, found.denominator / MILLIONTHS, found.valid) == sums(wanted), (name, area)
            assert (parse_time(found.newest) if found.newest else None) == wanted.newest
            seen |= {name} if wanted.denominator else set()
    assert seen == JUDGED.keys(), "the fortnight has cases of each"


FOUND = parse_time("2026-08-01T09:00:00+08:00")


def patching(days: float, **data: str) -> bytes:
    """A step of a vulnerability so many days after the first of August."""
    at = format_time(FOUND + int(days * DAY))
    return fact("cyber.vulnerability", "sys", at, f"{data['cve']}/{data['state']}", **data)


def counted(fold: Fold, lines: Iterable[bytes], at: float) -> tuple[float, float]:
    """Numerator and denominator of `patched-in-time` once time has come to so many days after the first of August."""
    place = fold.position
    out = fold.run((place + n, None, line) for n, line in enumerate([*lines, tick(format_time(FOUND + int(at * DAY)))]))
    cells = [each for each in out if isinstance(each, SignCells)][-1:]
    found = total(cells, "patched-in-time", "410105")
    return found.numerator / MILLIONTHS, found.denominator / MILLIONTHS


def fold() -> Fold:
    """A partition of facts about systems, one of which is registered."""
    made = Fold(the_book(), "t.events.cyber", 0, keyed=False, counts=sign_rules().counts("t.events.cyber", 0))
    made.run([(0, None, registered("cyber", "info_system", "sys", "2026-08-01T00:00:00+08:00"))])
    return made


def grave(cve: str, days: float = 0) -> bytes:
    """A grave vulnerability is found."""
    return patching(days, cve=cve, state="found", grade="high")


def test_a_duty_counts_once_its_time_is_over() -> None:
    """Seven days for a grave one: at their very end it does not count yet, a minute after it counts as late or in time."""
    one = fold()
    assert counted(one, [grave("C1"), grave("C2", 0.0001)], 0.001) == (0, 0)
    assert counted(one, [tick(format_time(FOUND + DAY)), patching(1, cve="C1", state="fixed", grade="high")], 7) == (0, 0)
    assert counted(one, [], 7.001) == (1, 2)
    assert counted(one, [], 37.001) == (0, 0), "30 days after their time was over neither counts any more"


def test_a_duty_that_is_told_too_late_begins_none() -> None:
    """What comes after its allowance is judged by no rule and counts nowhere."""
    one = fold()
    assert counted(one, [], 40) == (0, 0)
    assert counted(one, [grave("C1", 0), grave("C2", 39.999)], 40.01) == (0, 0)
    assert counted(one, [], 48) == (0, 1)


def test_another_rule_book_changes_how_a_duty_counts_from_there_on() -> None:
    """Five days instead of seven: what is open is reckoned anew, and what begins later is late after five."""
    spec = the_book().rules["patch-overdue"]
    specs = {name: {**found} for name, found in the_book().specs.items()}
    starts = [each | {"within": "5d"} for each in spec.params["starts"]]
    specs["cyber"]["patch-overdue"] = replace(spec, params=spec.params | {"starts": starts})
    one = fold()
    assert counted(one, [grave("C1")], 0.001) == (0, 0)
    one.judge_by(book_of(specs, the_book().clauses, the_book().departments))
    assert counted(one, [grave("C2", 0.001)], 4.99) == (0, 0)
    assert counted(one, [], 5.01) == (0, 2)


def test_only_shares_of_duties_are_signs_of_measures() -> None:
    """What the stage cannot count is refused: the measures of the signs that there are have duties for their population."""
    named = [row.formula.measure for row in JUDGED.values() if isinstance(row.formula, MeasureForm)]
    assert {measure_book().measures[each].population for each in named} == {"duty"}
