"""What is wrong with the signs that places have chosen for their walls: ids that there are not, residents that nobody told."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from agents.measures.book.tables import BookFault
from agents.signs.book.sign import SignRow, is_of_residents
from streams import places, toml
from streams.locate import line_of_error
from streams.places.residents import residents

FILE = "signs.toml"
"""Of a place's folder: the ids that its wall begins with, as `signs`."""


def wall_faults(book: Mapping[str, SignRow], root: Path = places.ROOT) -> list[BookFault]:
    """Everything that is wrong with the choice of any place."""
    return [fault for code in places.known(root) for fault in _of_place(book, code, root)]


def _of_place(book: Mapping[str, SignRow], code: str, root: Path) -> Iterator[BookFault]:
    path = root / code / FILE
    if not path.is_file():
        return
    text = path.read_text("utf-8")
    try:
        chosen = [str(each) for each in toml.loads(text).get("signs", [])]
    except ValueError as error:
        yield BookFault(str(path), line_of_error(str(error)), "", f"{error}; correct it")
        return
    for name in chosen:
        line = next((n for n, words in enumerate(text.splitlines(), 1) if f'"{name}"' in words), 1)
        if name not in book:
            yield BookFault(str(path), line, name, "there is no sign of this id")
        elif is_of_residents(book[name].formula) and f"{code:0<6}" not in residents(code, root):
            said = f"residents.toml of {code} does not tell the residents of {code:0<6}: a per-head sign would be grey for ever"
            yield BookFault(str(path), line, name, said)
