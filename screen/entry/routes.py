"""The routes of the page of entries: its forms and entries, a draft, and what a second person decides (202 with the place)."""

from collections.abc import Callable

from kafka.errors import KafkaError
from msgspec import Raw, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, LookRoute, reader
from screen.access.people import Person, person_of
from screen.acts.commands import Commands
from screen.acts.looks import looked
from screen.acts.requests import Key
from screen.entry.page import hidden, told_entries
from screen.feed.directory import Entries
from screen.feed.hub import Hub
from screen.feed.slices.subjects import Subjects
from screen.signer.client import SignerClient
from screen.signer.wire import LookEntry, Purpose
from screen.web.json_response import RefusedError, json_response
from streams.command import Trouble
from streams.entry.drafts import described_for, draft_fault, entry_id, right_to, text_at
from streams.messages import Access, Place, Text, format_time
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryId, EntryNote, EntryOutcome, decision_name
from streams.messages.words import Line, Sealed

LOOK = "/screen/entry/look"


class EntryWish(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to enter a fact; `corrects`: of a correction the place of the fact."""

    type: Line
    subject: Line
    time: Line
    data: Raw
    note: EntryNote
    key: Key
    corrects: Place | None = None


class EntryPress(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to decide on a draft."""

    entry: EntryId
    outcome: EntryOutcome
    reason: EntryNote = ""


class EntryLook(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to see what is sealed or masked of an entry: its path (`note`, `reason`, `data.what`), what for."""

    entry: EntryId
    path: Line
    purpose: Purpose


class EntryRoutes:
    """What the page asks for and does, of one log; `write` puts on record what is shown, `signer` opens what is sealed."""

    def __init__(
        self, hub: Hub, commands: Commands, log: str, signer: SignerClient | None, write: Callable[[Access], None]
    ) -> None:
        self._hub, self._commands, self._log = hub, commands, log
        self._signer, self._write = signer, write

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            LookRoute("/screen/entries", self.entries, right="entry-draft"),
            ActRoute("/screen/entry/draft", self.draft, reads=reader(EntryWish), right="entry-draft", bounds=None),
            ActRoute(
                "/screen/entry/decide",
                self.decide,
                reads=reader(EntryPress),
                right=lambda press: right_to(press.outcome),
                bounds=self._bounds,
            ),
            ActRoute(LOOK, self.look, reads=reader(EntryLook), right="entry-draft", bounds=self._bounds),
        ]

    async def entries(self, request: Request) -> Response:
        """The forms and entries of the person's department."""
        return json_response(told_entries(self._hub.view, person_of(request)), 200)

    async def draft(self, wish: EntryWish, request: Request) -> Place:
        """Write a draft; 409 where the type is not its department's to enter, 422 where the data are not of that type."""
        person = person_of(request)
        draft = EntryDraft(
            entry=entry_id(person.actor, wish.key),
            at=format_time(self._hub.now()),
            by=person.actor,
            type=wish.type,
            subject=wish.subject.strip(),
            time=wish.time,
            data=wish.data,
            note=wish.note.strip(),
            corrects=wish.corrects,
        )
        if place := self._commands.place(draft.entry):
            return place
        if described_for(draft.type, draft.by.department) is None:
            raise RefusedError(409, f"{draft.type} is nothing that the department of account {person.id!r} enters by hand")
        if why_not := draft_fault(draft):
            raise RefusedError(422, why_not)
        return await run_in_threadpool(self._commands.record, self._log, draft, draft.entry, token_of(request))

    async def decide(self, press: EntryPress, request: Request) -> Place:
        """Confirm a draft, return it or take it back; 409 where it waits no longer, or is the person's own."""
        decision = EntryDecision(
            entry=press.entry,
            at=format_time(self._hub.now()),
            by=person_of(request).actor,
            outcome=press.outcome,
            reason=press.reason.strip(),
        )
        name = decision_name(decision)
        if place := self._commands.place(name):
            return place
        entry = self._hub.view[Entries].entries.get(press.entry)
        subject = self._hub.view[Subjects].subjects.get(entry.draft.subject) if entry else None
        region = (subject.adcode or "") if subject else ""
        return await run_in_threadpool(self._commands.decide, self._log, decision, region, token_of(request))

    async def look(self, asked: EntryLook, request: Request) -> Response:
        """What is sealed or masked at a path, as `state` and `shown`, on record before it is; RefusedError says why not."""
        entry, person = self._hub.view[Entries].entries.get(asked.entry), person_of(request)
        if entry is None or asked.path not in hidden(entry, person):
            raise RefusedError(404, "there is no such entry, or nothing at this path of it is hidden")
        found = text_at(entry, asked.path)
        if isinstance(found, Sealed):
            question = LookEntry(
                session=token_of(request), entry=asked.entry, path=asked.path, reference=found, purpose=asked.purpose
            )
            return await looked(self._signer, question)
        record = Access(
            kind="reveal",
            who=person.id,
            what=LOOK,
            record=f"entries/{asked.entry}",
            fields=(f"{entry.draft.type}:{asked.path}",),
            purpose=asked.purpose,
        )
        try:
            await run_in_threadpool(self._write, record)
        except (KafkaError, Trouble) as error:
            raise RefusedError(503, f"nothing is shown, for it cannot be put on record: {error}") from None
        return json_response({"state": "open", "shown": Text(str(found), str(found))}, 200)

    def _bounds(self, press: EntryPress | EntryLook, person: Person) -> str:
        entry = self._hub.view[Entries].entries.get(press.entry)
        if entry is not None and entry.draft.by.department != person.actor.department:
            return f"it is {entry.draft.by.department}'s; account {person.id!r} is for {person.actor.department or 'none'}"
        return ""
