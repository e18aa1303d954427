"""Long work that a person asks for: what is asked, and how it stands. Kinds and parameters: `docs/operate/jobs.md`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.event import Actor, Authn
from streams.messages.text import Text
from streams.messages.words import Line

JobId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""BLAKE2s-128 (hex) of log, person and the key of the press: one press is one job, however often it is sent."""

JobState = Literal["queued", "running", "done", "failed", "cancelled", "removed"]

ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled", "removed"})
"""The states of a job that is never worked on again; `removed`: it was done, and its files had to make room."""


class Ask(Struct, frozen=True, gc=False, kw_only=True, tag="ask", tag_field="what"):
    """A person asks for work. `params` belong to the kind and are read by the job worker alone. `at` is real time."""

    id: JobId
    at: Time
    by: Actor
    kind: Line
    params: Raw
    authn: Authn | UnsetType = UNSET


class Cancel(Struct, frozen=True, gc=False, kw_only=True, tag="cancel", tag_field="what"):
    """A person wants no more of a job."""

    id: JobId
    at: Time
    by: Actor
    authn: Authn | UnsetType = UNSET


JobCommand = Ask | Cancel


class JobFile(Struct, frozen=True, gc=False):
    """A file of a result: its name in the job's folder, and its size."""

    name: str
    bytes: Count


class JobStatus(Struct, frozen=True, gc=False, kw_only=True):
    """How a job stands; the topic is compacted by `id`. `progress` is 0 to 1; times are real ones, RFC 3339, +08:00.

    `reason` says why it failed: in both languages what was wrong with what was asked, in English alone what another part
    of the system says of its own trouble; nothing where it did not fail. `files` are there where it is done.
    """

    id: JobId
    kind: str
    params: Raw
    by: Actor
    asked_at: Time
    changed_at: Time
    state: JobState
    progress: float = 0.0
    reason: Text | str = ""
    files: tuple[JobFile, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more will be done for it."""
        return self.state in ENDED
