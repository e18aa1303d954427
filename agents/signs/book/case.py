"""An example of a sign as the book has it: facts of a few subjects, a moment, and what the sign must come to then."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from streams.messages import SignState


class CaseSubject(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A subject of a case: what it is registered as, since when; its limits and traits as a registration has them."""

    kind: str
    since: str
    adcode: str = ""
    limits: Mapping[str, float] = {}
    traits: Mapping[str, Any] = {}


class SignGiven(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """A fact of a case: when, of whom, its data; its type where the formula reads several."""

    at: str
    subject: str
    data: Mapping[str, Any]
    type: str = ""


class SignExpected(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the sign must come to; what is left out is not asked for."""

    state: SignState
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    valid: int | None = None
    due: int | None = None


class SignCase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One example. `name` in English, `zh` in Chinese; `of`: what area it is of, the case's subjects' own city by default.

    `subjects` are of that city's first district where they name none. `judged`: of a sign whose inputs judging gives, when each
    counts and whether it is as it should be; `residents`: of the area, where the sign asks for them.
    """

    name: str
    zh: str
    at: str
    of: Literal["city", "district"] = "city"
    subjects: Mapping[str, CaseSubject] = {}
    given: tuple[SignGiven, ...] = ()
    judged: tuple[tuple[str, bool], ...] = ()
    residents: int | None = None
    expect: SignExpected
