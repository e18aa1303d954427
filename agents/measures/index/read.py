"""The indexes of a place as its files have them, each fault with its file, its line and the index at fault."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from agents.measures.book.read import measure_book
from agents.measures.book.tables import BookFault, refuse
from agents.measures.index.lint import index_wrongs
from agents.measures.index.spec import IndexRow
from streams import places, toml
from streams.locate import line_of_error
from streams.places.appraisal import FILE, appraisal, index_files
from streams.places.organs import units


def index_book(code: str | None = None, root: Path = places.ROOT) -> Mapping[str, IndexRow]:
    """The indexes of a place (default: here) by id; Trouble names each fault and where it stands."""
    rows, found = _read(places.here() if code is None else code, root)
    refuse(found)
    return rows


def index_faults(root: Path = places.ROOT) -> list[BookFault]:
    """Everything that is wrong with the indexes of all places, each file's once; nothing where all is well."""
    found = [fault for code in places.known(root) for fault in (*_read(code, root)[1], *_appraisal_faults(code, root))]
    return list({(each.file, each.line, each.id, each.message): each for each in found}.values())


def _read(code: str, root: Path) -> tuple[dict[str, IndexRow], list[BookFault]]:
    rows, found = dict[str, IndexRow](), list[BookFault]()
    files = {path.stem: path for path in index_files(code, root)}
    for name, path in files.items():
        try:
            rows[name] = msgspec.convert(toml.loads(path.read_text("utf-8")), IndexRow)
        except (OSError, ValueError) as error:
            found.append(BookFault(str(path), line_of_error(str(error)), name, f"{error}; correct it"))
    if not found:
        wrongs = index_wrongs(rows, measure_book().measures)
        found += [BookFault(str(files[name]), _line(files[name], why), name, why) for name, why in wrongs]
    return rows, found


def _appraisal_faults(code: str, root: Path) -> Iterator[BookFault]:
    """What is wrong with who measures a place, and with what is ranked there."""
    file = root / code / FILE
    if not file.is_file():
        return
    try:
        spec, bodies = appraisal(code, root), units(code, root)
    except ValueError as error:
        yield BookFault(str(file), line_of_error(str(error)), code, f"{error}; correct it")
        return
    if spec.office not in bodies:
        yield BookFault(str(file), 1, code, f"office {spec.office!r} is no body of this place")
    known = {*measure_book().measures, *(path.stem for path in index_files(code, root))}
    for name, ranking in spec.ranking.items():
        if name not in known:
            yield BookFault(str(file), 1, name, "there is no measure and no index of this id to be ranked")
        if not (ranking.basis.zh.strip() and ranking.basis.en.strip()):
            yield BookFault(str(file), 1, name, "nothing is ranked without a stated basis (国办函〔2025〕66号：不片面追求排名)")


def _line(path: Path, why: str) -> int:
    """The line at which the indicator begins that a fault names; else the first."""
    head = f"[indicator.{why.partition(':')[0]}]"
    return next((n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if text.startswith(head)), 1)
