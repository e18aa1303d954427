"""The page's routes: a draft is written once, the other person's confirmation writes the fact and then the decision."""

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.acts.commands import OwnCommands
from screen.entry.routes import EntryRoutes
from screen.feed.directory import Entries
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from streams.messages import Access
from streams.messages.codec import decode
from streams.messages.services.entry import EntryDecision, EntryRecord
from tests.support.directory.entries import ListedEntries
from tests.support.kafka.settings import settings_in
from tests.support.signer.room import ListLog

HEADERS = {"x-onescreen": "act", "origin": "http://testserver"}
WISH = {
    "type": "environment.emergency",
    "subject": "s1",
    "time": "2026-06-01T08:00:00+08:00",
    "data": {"emergency": "E1", "step": "occurred"},
    "note": "台账",
    "key": "a" * 32,
}


class Office:
    """A screen whose log is a list, and what the log then says of entries."""

    def __init__(self, folder: Path) -> None:
        self.hub, self.log = Hub(), ListLog()
        self.hub.view = View()
        self.access: list[Access] = []
        self.answer: Any = None
        self.commands = OwnCommands(settings_in(folder))
        self.commands._log = self.log  # type: ignore[assignment]  # it takes what is written as Kafka would
        self.commands._entries = lambda _: ListedEntries(self.log)

    def post(self, account: str, path: str, body: dict[str, Any], department: str = "zz-ee") -> int:
        """The status of an act of a person of a department."""
        person = Person(id=account, name="人", role="handler", departments=(department,))
        routes = EntryRoutes(self.hub, self.commands, "t", None, self.access.append).table()
        acts = frozenset(route.path for route in routes if "POST" in (route.methods or ()))  # type: ignore[attr-defined]
        known = Middleware(Authentication, local=person, entrance=None, provider=None)
        layers = [known, Middleware(RequestGuard, acts=acts, uploads={})]
        answer = TestClient(Starlette(routes=routes, middleware=layers), headers=HEADERS).post(path, json=body)
        self.read()
        self.answer = answer.json()
        return answer.status_code

    def read(self) -> None:
        """Read what the log has."""
        found = [decode(value, EntryRecord) for topic, _, value in self.log.written if topic == "t.entries"]  # type: ignore[arg-type]
        self.hub.view = fold(View(), found)

    @property
    def topics(self) -> list[str]:
        """The topics of what was written, in order."""
        return [topic for topic, _, _ in self.log.written]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office of two handlers, Lu and Fu."""
    return Office(tmp_path)


def test_two_people_bring_a_fact(office: Office) -> None:
    """Lu enters and cannot confirm, Fu does, each pressing twice: one draft, one fact, one decision with its place."""
    assert [office.post("lu", "/screen/entry/draft", WISH) for _ in range(2)] == [202, 202]
    (name,) = office.hub.view[Entries].entries
    confirm = {"entry": name, "outcome": "confirmed"}
    assert office.post("lu", "/screen/entry/decide", confirm) == 409
    assert office.post("m", "/screen/entry/decide", confirm, "zz-amr") == 403
    assert office.topics == ["t.entries"]
    assert [office.post("fu", "/screen/entry/decide", confirm) for _ in range(2)] == [202, 202]
    assert office.topics == ["t.entries", "t.entries", "t.events.environment", "t.entries"]
    decision = decode(office.log.written[3][2], EntryDecision)
    assert (decision.outcome, decision.by.id, decision.place and decision.place.offset) == ("confirmed", "fu", 2)


def test_what_is_masked_is_shown_on_record_alone(office: Office) -> None:
    """How grave a reaction was is sensitive: masked for the second person too, who is shown it with a purpose, on record."""
    wish = WISH | {"type": "food_drug.device_event", "data": {"case": "E1", "device": "D1", "step": "learned", "harm": "death"}}
    assert office.post("lu", "/screen/entry/draft", wish, "zz-amr") == 202
    (name,) = office.hub.view[Entries].entries
    look = {"entry": name, "path": "data.harm", "purpose": "review"}
    assert office.post("fu", "/screen/entry/look", look | {"path": "data.step"}, "zz-amr") == 404
    assert office.post("fu", "/screen/entry/look", look, "zz-ee") == 403
    assert office.access == []
    assert office.post("fu", "/screen/entry/look", look, "zz-amr") == 200
    assert office.answer == {"state": "open", "shown": {"zh": "death", "en": "death"}}
    (record,) = office.access
    assert (record.kind, record.who, record.fields, record.purpose) == (
        "reveal",
        "fu",
        ("food_drug.device_event:data.harm",),
        "review",
    )


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"type": "environment.air_hour"}, 409),
        ({"type": "food_drug.recall"}, 409),
        ({"data": {"emergency": "E1", "step": "exploded"}}, 422),
        ({"note": ""}, 422),
        ({"confirmed": "fu"}, 422),
    ],
)
def test_what_may_not_be_entered_is_not_written(office: Office, wrong: dict[str, Any], status: int) -> None:
    """What devices measure, what another department provides, data of no such kind, without a source."""
    assert office.post("lu", "/screen/entry/draft", WISH | wrong) == status
    assert office.log.written == []
