"""The routes of the page of entries: its forms and entries, a draft, and what a second person decides (202 with the place)."""

from msgspec import Raw, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, LookRoute, reader
from screen.access.people import Person, person_of
from screen.acts.commands import Commands
from screen.acts.requests import Key
from screen.entry.page import told_entries
from screen.feed.directory import Entries
from screen.feed.hub import Hub
from screen.feed.slices.subjects import Subjects
from screen.web.json_response import RefusedError, json_response
from streams.entry.drafts import decision_name, described_for, draft_fault, entry_id, entry_refusal, right_to
from streams.messages import Place, format_time
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryId, EntryNote, EntryOutcome
from streams.messages.words import Line


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


class EntryRoutes:
    """What the page asks for and does, of one log."""

    def __init__(self, hub: Hub, commands: Commands, log: str) -> None:
        self._hub, self._commands, self._log = hub, commands, log

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
        known = self._hub.view[Entries].entries
        if why_not := entry_refusal(known, decision):
            raise RefusedError(409, why_not)
        if press.outcome != "confirmed":
            return await run_in_threadpool(self._commands.record, self._log, decision, name, token_of(request))
        draft = known[press.entry].draft
        subject = self._hub.view[Subjects].subjects.get(draft.subject)
        region = (subject.adcode or "") if subject else ""
        return await run_in_threadpool(self._commands.confirm, self._log, draft, decision, region, token_of(request))

    def _bounds(self, press: EntryPress, person: Person) -> str:
        entry = self._hub.view[Entries].entries.get(press.entry)
        if entry is not None and entry.draft.by.department != person.actor.department:
            return f"it is {entry.draft.by.department}'s; account {person.id!r} is for {person.actor.department or 'none'}"
        return ""
