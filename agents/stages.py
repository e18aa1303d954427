"""The stages of judging, in one table: what each reads, how it is made, what it gives, and whom that feeds.

Worker, judge, jobs and tests walk this table; a new stage is a folder below `agents.core`, a row here with its input in
`streams.topics`, and rows for its records in `streams.outputs`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.entry import legible_subject
from agents.core.alerts.feed import revisions_for_orders
from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.incidents.grouping import Grouping
from agents.core.incidents.partition import legible_incident
from agents.core.orders.feed import ties
from agents.core.orders.fold import Orders, legible_order
from agents.core.orders.rules import OrderRules
from agents.core.position import legible
from agents.core.rules.book import Book
from agents.core.signs.feed import cells, figures
from agents.core.signs.fold import CitySigns, legible_sign
from agents.core.signs.rules import SignRules
from agents.core.stage import Stage
from agents.rulebook.grouping import sound_grouping
from agents.rulebook.lint import sound_book
from agents.rulebook.orders import order_rules
from streams.catalogue import domains
from streams.messages import (
    COMMAND,
    INCIDENT_RIGHTS,
    ORDER,
    ORDER_RIGHTS,
    Alert,
    Audit,
    CitySign,
    Flood,
    Incident,
    IncidentAudit,
    Matter,
    Order,
    OrderAudit,
    OrderLine,
    Quality,
    Quarantine,
    SignCells,
)
from streams.outputs import BY_TYPE, Output
from streams.signing.keys import Verify
from streams.signing.verify import verify
from streams.topics import split_events_topic

Feed = Callable[[Iterable[Output]], Sequence[tuple[bytes, bytes]]]
"""Key and event of what another stage reads of the outputs of one record or more, in their order."""


class Basis(Struct, frozen=True):
    """What is judged by: rule book, grouping rules, what orders rest on, signs, and the rule books that a log adopts.

    `verify`: whether a signature holds. A stage whose part is missing (None) judges nothing.
    """

    book: Book
    grouping: Grouping | None = None
    orders: OrderRules | None = None
    books: Books = no_books
    verify: Verify = verify
    signs: SignRules | None = None


class StageKind(Struct, frozen=True, kw_only=True):
    """One stage of judging.

    `inputs`: the names of what it reads, by which its events topics are called; each of their partitions is one `Stage`.
    `make`: the stage of a topic and partition at its beginning, None where the basis has nothing for it; the last argument says
    whether a record's key must be its subject. `outputs`: the types that it gives. `feeds`: by input, what of them becomes
    events there. `commands`: the types of the events that are acts of people on what it judges; None: of all that no other
    stage names. `legible`: whether key and value of a record of its checkpoint look like its own.
    """

    name: str
    inputs: Callable[[], Iterable[str]]
    make: Callable[[Basis, str, int, bool], Stage | None]
    outputs: tuple[type, ...]
    feeds: Mapping[str, Feed] = {}
    commands: frozenset[str] | None = None
    legible: Callable[[bytes, bytes], bool] = legible


def fold_of(basis: Basis, topic: str, partition: int, keyed: bool = True) -> Fold:
    """The stage of a domain's facts."""
    return Fold(
        basis.book,
        topic,
        partition,
        keyed=keyed,
        books=basis.books,
        verify=basis.verify,
        files=basis.orders is not None,
        counts=basis.signs.counts(topic, partition) if basis.signs else None,
    )


def _incidents(basis: Basis, topic: str, partition: int, keyed: bool) -> Incidents | None:
    if basis.grouping is None:
        return None
    counts = basis.signs.incidents(basis.book.specs, topic, partition) if basis.signs else None
    return Incidents(basis.grouping, topic, partition, keyed=keyed, verify=basis.verify, counts=counts)


def _orders(basis: Basis, topic: str, partition: int, keyed: bool) -> Orders | None:
    if basis.orders is None:
        return None
    return Orders(basis.orders, topic, partition, keyed=keyed, verify=basis.verify)


def _signs(basis: Basis, topic: str, partition: int, keyed: bool) -> CitySigns | None:
    if basis.signs is None:
        return None
    return CitySigns(basis.signs, topic, partition, keyed=keyed, verify=basis.verify)


class _Ties(Mapping[str, Feed]):
    """What orders feed each domain with. The domains are read when they are asked for: one that is broken is told there."""

    def __getitem__(self, name: str) -> Feed:
        return partial(ties, domain=name)

    def __iter__(self) -> Iterator[str]:
        return iter(domains())

    def __len__(self) -> int:
        return len(tuple(domains()))


STAGES: tuple[StageKind, ...] = (
    StageKind(
        name="alerts",
        inputs=domains,
        make=fold_of,
        outputs=(Alert, Audit, Quality, Quarantine, Matter, SignCells),
        feeds={"incidents": revisions, "orders": revisions_for_orders, "cells": cells},
        legible=legible_subject,
    ),
    StageKind(
        name="incidents",
        inputs=lambda: ("incidents",),
        make=_incidents,
        outputs=(Incident, IncidentAudit, Flood, Quality, SignCells),
        feeds={"cells": cells},
        legible=legible_incident,
        commands=frozenset(COMMAND + verb for verb in INCIDENT_RIGHTS),
    ),
    StageKind(
        name="orders",
        inputs=lambda: ("orders",),
        make=_orders,
        outputs=(Order, OrderLine, OrderAudit, Quality),
        feeds=_Ties(),
        legible=legible_order,
        commands=frozenset(COMMAND + ORDER + act for act in ORDER_RIGHTS),
    ),
    StageKind(
        name="signs",
        inputs=lambda: ("cells",),
        make=_signs,
        outputs=(CitySign, Quality),
        feeds={"signs": figures},
        legible=legible_sign,
        commands=frozenset(),
    ),
)
"""In the order in which what happens at one moment goes through them."""

_BEYOND = {name: kind for kind in STAGES[1:] for name in kind.inputs()}

TOPICS: tuple[str, ...] = tuple(dict.fromkeys(BY_TYPE[type_].topic for kind in STAGES for type_ in kind.outputs))
"""The topics (below the log's name) into which judging writes."""


def sound_basis(books: Books = no_books) -> Basis:
    """What is committed; Trouble lists what is wrong with it."""
    book = sound_book()
    return Basis(book, sound_grouping(book.rules), order_rules(), books)


def kind_of(topic: str) -> StageKind:
    """The stage that an events topic belongs to: that of facts where no other one names it, as of a domain that is no more."""
    return _BEYOND.get(split_events_topic(topic)[1], STAGES[0])


def stage_of(basis: Basis, topic: str, partition: int) -> Stage | None:
    """The stage of a partition as it is at the beginning of its log; None where the basis has nothing for it."""
    return kind_of(topic).make(basis, topic, partition, True)
