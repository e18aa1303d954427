"""An order, its line and its trail written by hand, as the third stage gives them in a log that was opened."""

from collections.abc import Mapping

from msgspec.structs import replace

from agents.core.trail import OpenedLog, hashed
from streams.messages import GENESIS, Order, OrderAudit, OrderLine, Place, Text
from streams.outputs import Output

ORDER = "0d" * 16
AT = "2026-06-01T09:00:00+08:00"
LINE = f"{ORDER}/1"


def order(place: Place, state: str = "sent") -> Order:
    """An order with one line, without the entry that makes it."""
    return Order(
        id=ORDER,
        rev=place.offset,
        log="live",
        kind="lead",
        book="",
        number="GD-20260601-0001",
        round=1,
        state=state,
        title=Text("疑似超标", "Suspected excess"),
        text=(),
        paper="work-order",
        urgent=False,
        traits={},
        issuer="zz-command",
        verifier="zz-command",
        supervising="",
        actor=None,
        adcode="410100",
        lon=None,
        lat=None,
        alerts=(),
        incident="",
        parent="",
        matter="",
        verdict="true",
        lines=1,
        main="1",
        clocks=(),
        opened_at=AT,
        changed_at=AT,
        place=place,
        audit=0,
        head="",
    )


def line(place: Place, state: str = "sent") -> OrderLine:
    """The order's line, without the entry that makes it."""
    return OrderLine(
        id=LINE,
        rev=place.offset,
        log="live",
        order=ORDER,
        n="1",
        under="",
        part="main",
        unit="zz-ecology",
        from_unit="zz-command",
        state=state,
        sent=AT,
        changed_at=AT,
        place=place,
        audit=0,
        head="",
    )


def entry(of: Order | OrderLine, n: int, event: str, prev: str) -> OrderAudit:
    """The entry that makes a revision, without its hash."""
    return OrderAudit(
        order=ORDER,
        n=n,
        rev=of.rev,
        at=AT,
        event=event,
        verb="",
        line=of.n if isinstance(of, OrderLine) else "",
        before="",
        after=of.state,
        actor=None,
        behalf="",
        reason="",
        told={},
        place=of.place,
        prev=prev,
        hash="",
    )


def chain(
    log: OpenedLog, *steps: tuple[Order | OrderLine, str], said: Mapping[str, dict[str, str]] | None = None
) -> list[list[Output]]:
    """For each step (what it makes, its event) the revision and its entry, one trail of all; `said`: what an event tells."""
    prev, made = GENESIS, list[list[Output]]()
    for n, (of, event) in enumerate(steps, 1):
        told = hashed(replace(entry(of, n, event, prev), told=(said or {}).get(event, {})), log, of)
        made.append([replace(of, audit=n, head=told.hash), told])
        prev = told.hash
    return made
