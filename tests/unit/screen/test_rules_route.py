"""The page of rules is given the book that a worker has told, and nothing else."""

from msgspec.structs import replace

from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.rules.book import RuleBook
from tests.support.law import book_of_files
from tests.support.pure.visitor import visitor

LOG = "drill"


def test_the_page_says_what_to_do_before_a_book_was_told() -> None:
    """503 with a sentence in each language that names the log and the command."""
    answer = visitor(RuleBook(Hub(), LOG).table()).get("/screen/rules")
    assert answer.status_code == 503
    said = answer.json()["error"]
    assert set(said) == {"zh", "en"}
    assert all(f"python -m agents worker --log {LOG}" in sentence for sentence in said.values())


def test_the_page_is_given_the_book_that_was_told() -> None:
    """It is the JSON of the record; a book that the log adopts takes its place at the next visit."""
    hub = Hub()
    client = visitor(RuleBook(hub, LOG).table())
    files = book_of_files()
    hub.view = fold(View(), [files])
    first = client.get("/screen/rules").json()
    assert (first["hash"], first["adopted"]) == (files.hash, None)
    assert "gas-hourly" in {rule["id"] for rule in first["rules"]}
    hub.view = fold(hub.view, [replace(files, adopted="2027-03-01T00:00:00+08:00", book=b'{"hash":"other"}')])
    assert client.get("/screen/rules").json() == {"hash": "other"}
