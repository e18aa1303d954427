"""The ledger is what pandas reckons from the same orders, to the last case, and the same however its messages come."""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.measures.cases.case import OF_FACTS
from agents.measures.ledger import Ledger, ledger_of
from streams.messages import DAY, Order, OrderAudit, OrderLine, format_time
from tests.support.orders.fortnight import Told, fortnight

CLOCKS = ("sign", "contact", "handle", "recheck")

LATER = 30 * DAY
"""So long after the fortnight the times of supervision (10 working days), correction and re-inspection are over too."""


@cache
def whole() -> Ledger:
    """The ledger of the fortnight."""
    return ledger_of(measure_book(), fortnight())


@cache
def later() -> Ledger:
    """The ledger of the fortnight when nothing has been heard for 30 days more."""
    return ledger_of(measure_book(), fortnight(), whole().now + LATER)


def newest(kind: type[Any]) -> list[Any]:
    """The last that was told of each order or line."""
    return list({each.id: each for each in fortnight() if isinstance(each, kind)}.values())


def clock_cells(line: OrderLine) -> dict[str, Any]:
    """What the clocks of a line are, by columns."""
    made: dict[str, Any] = {}
    for clock in line.clocks:
        stands = clock.met is None and not clock.dropped and any(each.end is None for each in clock.pauses)
        made |= {
            f"{clock.name}_due": None if stands else clock.due,
            f"{clock.name}_first": clock.first_due,
            f"{clock.name}_met": clock.met,
            f"{clock.name}_early": clock.dropped and not clock.late,
            f"{clock.name}_more": len(clock.extra),
        }
    return made


def dispatch_cells(order: Order) -> dict[str, Any]:
    """What the clock of an order's dispatch is, by columns."""
    clock = next((each for each in order.clocks if each.name == "dispatch"), None)
    return {
        "dispatch_due": None if clock is None else clock.due,
        "dispatch_early": clock is not None and clock.dropped and not clock.late,
    }


@cache
def instruments() -> pd.DataFrame:
    """What orders record of orders to correct, with the unit that answers for the whole."""
    units = {each.id: each.unit for each in newest(OrderLine)}
    found = pd.DataFrame(
        {
            "id": f"{each.id}/instrument/{said.number}",
            "unit": units[f"{each.id}/{each.main}"],
            "instrument": said.kind,
            "correct_by": said.limit_at,
            "end": said.end,
            "voided": each.voided,
        }
        for each in newest(Order)
        for said in each.instruments
    )
    return found.assign(correct_by=pd.to_datetime(found["correct_by"], format="ISO8601"))


@cache
def dispatches() -> pd.DataFrame:
    """Orders that somebody had to dispatch, with when they first went out and whether a return of them was granted."""
    lines, _ = frames()
    gone = lines.assign(back=lines["moved"] & lines["granted"]).groupby("order").agg(sent=("sent", "min"), back=("back", "max"))
    orders = pd.DataFrame(
        {
            "order": each.id,
            "kind": each.kind,
            "unit": each.issuer,
            "voided": each.voided,
            "outcome": each.outcome,
            **dispatch_cells(each),
        }
        for each in newest(Order)
    )
    found = orders[orders["dispatch_due"].notna()].merge(gone, on="order", how="left")
    due = pd.to_datetime(found["dispatch_due"], format="ISO8601")
    return found.assign(id=found["order"] + "/dispatch", dispatch_due=due, back=found["back"] == True)  # noqa: E712 - as below


@cache
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines with what their orders say, and orders with what their main lines say."""
    orders = pd.DataFrame(
        {
            "order": each.id,
            "kind": each.kind,
            "main": each.main,
            "outcome": each.outcome,
            "voided": each.voided,
            "procedure": each.traits.get("procedure", ""),
            "anonymous": each.traits.get("anonymous") == "yes",
            "satisfaction": each.satisfaction,
            "solved": None if each.solved is UNSET else each.solved,
            "nature": each.traits.get("nature", ""),
            "callbacks": each.callbacks,
            "closed": each.closed_at,
        }
        for each in newest(Order)
    )
    lines = pd.DataFrame(
        {
            "id": each.id,
            "order": each.order,
            "n": each.n,
            "unit": each.unit,
            "part": each.part,
            "sent": each.sent,
            "moved": each.state == "moved",
            "asked": each.returns is not None,
            "granted": each.returns is not None and each.returns.decision in {"granted", "designated"},
            "reworked": each.reworked,
            **clock_cells(each),
        }
        for each in newest(OrderLine)
        if each.part != "assist"
    )
    trail = pd.DataFrame(
        {"order": each.order, "at": each.at, "n": each.n}
        for each in fortnight()
        if isinstance(each, OrderAudit) and each.event == "call-back"
    )
    called = trail.sort_values("n").groupby("order")["at"].last().rename("called")
    moments = ["sent", "closed", "called", *(f"{name}_{what}" for name in CLOCKS for what in ("due", "first", "met"))]
    of_lines = lines.merge(orders, on="order").merge(called, on="order", how="left")
    for moment in moments:
        of_lines[moment] = pd.to_datetime(of_lines[moment], format="ISO8601")
    for name in CLOCKS:
        of_lines[f"{name}_early"] = of_lines[f"{name}_early"] == True  # noqa: E712 - a line without the clock has no value
    sums = of_lines.groupby("order").agg(back=("reworked", "sum"), first_sent=("sent", "min"))
    of_orders = of_lines[of_lines["n"] == of_lines["main"]].drop(columns="id").merge(sums, on="order")
    return of_lines, of_orders.assign(id=of_orders["order"], sent=of_orders["first_sent"], reworked=of_orders["back"])


Mask = pd.Series


def beside(measure: str, now: pd.Timestamp) -> tuple[pd.DataFrame, Mask, Mask, Mask, str] | None:
    """Those of dispatches and instruments, as `reckoned`."""
    if measure.startswith("request-dispatched"):
        found = dispatches()
        gone = found["voided"] | found["outcome"].isin(["merged", "caller-withdrew", "withdrawn", "repealed"])
        of = found["kind"] == "request"
        if measure == "request-dispatched":
            in_time = found["sent"] <= found["dispatch_due"]
            return found, of & (found["dispatch_due"] < now), in_time, gone | found["dispatch_early"], "dispatch_due"
        return found, of & found["sent"].notna(), ~found["back"], gone, "sent"
    if measure == "instrument-complied":
        found = instruments()
        due = found["instrument"].isin(["rectification", "special-equipment"]) & (found["correct_by"] < now)
        out = found["voided"] | found["end"].isin(["revoked", "confirmed-unlawful", "transferred", "terminated"])
        return found, due, found["end"].isin(["complied", "executed"]), out, "correct_by"
    return None


def reckoned(measure: str, now_ms: int) -> tuple[pd.DataFrame, Mask, Mask, Mask, str]:
    """By pandas alone: the frame of a measure, what was due, what of that was done, what is left out, its month's column."""
    if made := beside(measure, pd.Timestamp(format_time(now_ms))):
        return made
    lines, orders = frames()
    now = pd.Timestamp(format_time(now_ms))
    kinds = {"request": ["request"], "task": ["lead", "task"], "recheck": ["lead"]}
    kind, _, what = measure.partition("-")
    found = orders if what in ORDERS else lines
    of = found["kind"].isin(kinds.get(kind, [kind]))
    of &= (found["part"] == "main") if what not in EVERY else True
    due, first, met = found["handle_due"] < now, found["handle_first"] < now, found["handle_met"]
    in_time = met <= found["handle_due"]
    withdrawn = found["voided"] | found["outcome"].isin(["withdrawn", "repealed"])
    ended = withdrawn | found["outcome"].isin(["merged", "caller-withdrew"])
    out = ended | found["moved"] | found["handle_early"] | ((found["procedure"] != "") & (kind == "request"))
    closed, back, rated = found["closed"].notna(), found["reworked"] > 0, found["satisfaction"] >= 1
    sign = found["sign_due"] < now, found["sign_met"] <= found["sign_due"], ended | found["moved"] | found["sign_early"]
    contact_out = ended | found["moved"] | found["contact_early"] | found["anonymous"]
    contact = found["contact_due"] < now, found["contact_met"] <= found["contact_due"], contact_out
    asked = of, found["asked"], withdrawn
    called, reached = found["called"].notna() & (found["callbacks"] > 0), found["satisfaction"].notna()
    happy, void = found["satisfaction"] >= 3, found["voided"]
    left = found["anonymous"] | ended
    unsolvable = found["nature"].isin(["consultation", "suggestion"]) | found["outcome"].isin(["explained", "not-ours"])
    recheck = found["recheck_due"] < now, found["recheck_met"] <= found["recheck_due"]
    rows: dict[str, tuple[Mask, Mask, Mask, str]] = {
        "signed": (*sign, "sign_due"),
        "contacted": (*contact, "contact_due"),
        "handled": (due, in_time, out, "handle_due"),
        "handled-first-limit": (first, met <= found["handle_first"], out, "handle_first"),
        "overdue": (due, ~in_time, out, "handle_due"),
        "once": (closed, ~back, ended, "closed"),
        "reworked": (met.notna() | back, back, ended, "sent"),
        "return-asked": (*asked, "sent"),
        "return-granted": (of, found["granted"] & found["moved"], withdrawn, "sent"),
        "called-back": (closed, found["callbacks"] > 0, left, "closed"),
        "rated": (closed, rated, left, "closed"),
        "satisfied": (called & rated, happy, void, "called"),
        "satisfied-of-reached": (called & reached, happy, void, "called"),
        "solved": (called & found["solved"].notna(), found["solved"] == True, unsolvable | void, "called"),  # noqa: E712 - as above
        "disposed": (due, met.notna(), out, "handle_due"),
        "disposed-in-time": (due, in_time, out, "handle_due"),
        "disposed-first-limit": (first, met <= found["handle_first"], out, "handle_first"),
        "extended": (due, found["handle_more"] > 0, out, "handle_due"),
        "closed": (due, closed, withdrawn | found["handle_early"], "handle_due"),
        "answered": (due, in_time, out, "handle_due"),
        "in-time": (*recheck, withdrawn | found["moved"] | found["recheck_early"], "recheck_due"),
        "put-right": (due, in_time, out | (found["outcome"] == "set-aside"), "handle_due"),
    }
    special = {
        "task-reworked": (due, back, withdrawn | found["handle_early"], "handle_due"),
        "supervision-answered": (due, in_time, out | (found["handle_more"] > 0), "handle_due"),
        "rating-called-back": (closed, found["callbacks"] > 0, left | (found["outcome"] == "set-aside"), "closed"),
    }
    of_due, done, left_out, month = special.get(measure) or rows[what]
    return found, of & of_due, done, left_out, month


ORDERS = {"once", "reworked", "called-back", "rated", "satisfied", "satisfied-of-reached", "solved", "closed"}
EVERY = {"signed", "return-asked", "return-granted"}
SHARES = [name for name, row in measure_book().measures.items() if row.unit == "%" and row.population not in OF_FACTS]


@pytest.mark.parametrize("made", [whole, later])
@pytest.mark.parametrize("measure", SHARES)
def test_every_share_is_what_pandas_reckons(measure: str, made: Callable[[], Ledger]) -> None:
    """Unit by unit and month by month the same cases, not only the same counts."""
    ledger = made()
    found, due, done, out, month = reckoned(measure, ledger.now)
    ends = month in {"correct_by", *(f"{name}_{what}" for name in (*CLOCKS, "dispatch") for what in ("due", "first"))}
    day = found[month] - pd.Timedelta(milliseconds=1) if ends else found[month]  # 24:00 is of the day that it ends (民法典 203)
    frame = found.assign(due=due, done=done, out=out, month=day.dt.strftime("%Y-%m"))[due]
    for by in ("unit", "month"):
        rows = {each.key: each for each in answers(ledger, measure, by)}
        assert set(rows) == set(frame[by]), by
        for key, group in frame.groupby(by):
            row, counts = rows[str(key)], group[~group["out"]]
            assert set(row.numerator) == set(counts[counts["done"]]["id"]), key
            assert set(row.rest) == set(counts[~counts["done"]]["id"]), key
            assert {name for ids in row.left_out.values() for name in ids} == set(group[group["out"]]["id"]), key
            assert (row.count, row.of) == (len(row.numerator), len(counts)), key


def test_every_share_has_cases() -> None:
    """Nothing is proved of a measure of which nothing is due: of each some are, once the longest times are over."""
    ledger = later()
    assert [name for name in SHARES if not any(ledger.counted(name))] == []


def told(ledger: Ledger) -> Mapping[str, Any]:
    """All that a ledger has counted."""
    return {measure: dict(ledger.counted(measure)) for measure in ledger.book.measures}


_few = settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@_few
@given(seed=st.integers(0, 2**32))
def test_messages_may_come_in_any_order(seed: int) -> None:
    """Partitions are read at any pace, and a message may come twice: the same is counted in the end."""
    mixed: list[Told] = [*fortnight(), *fortnight()[::7]]
    Random(seed).shuffle(mixed)
    assert told(ledger_of(measure_book(), mixed)) == told(whole())


@_few
@given(cut=st.floats(0.05, 1))
def test_at_any_moment_it_is_what_is_reckoned_anew(cut: float) -> None:
    """What was counted on the way is given up: after each part of the log the ledger is that of the newest revisions alone."""
    part = fortnight()[: int(len(fortnight()) * cut)]
    ledger = ledger_of(measure_book(), part)
    states = {each.id: each for each in part if isinstance(each, Order | OrderLine)}
    trail = [each for each in part if isinstance(each, OrderAudit)]
    assert told(ledger) == told(ledger_of(measure_book(), [*states.values(), *trail], ledger.now))
