"""The list of orders: where one stands, what is asked of it, what a change costs."""

import random
from typing import Any

import pytest
from msgspec.structs import replace

from screen.feed.blocks import Blocks
from screen.feed.fold import fold
from screen.feed.sharded import Sharded
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.list import Looker, OrderQuery, follow, select
from screen.orders.page import OrderAsk, OrdersPage
from streams.messages import Order, OrderLine, decode, encode
from streams.messages.outputs.order import Application
from tests.support.orders.records import (
    BUREAU,
    HANDLE,
    HELPER,
    KIND,
    LI,
    OFFICE,
    SENT,
    SIGN,
    WANG,
    asked,
    entry,
    line,
    name,
    order,
    stamp,
)

ALL = Looker("wang", frozenset({OFFICE}))


def group(of: Order, *lines: OrderLine) -> str:
    """The group in which an order with these lines stands."""
    row = fold(View(), [of, *lines])[Orders].index.rows.get(of.id)
    return row.group if row else ""


def signed(**changes: Any) -> OrderLine:
    """The main line of order 1, signed."""
    return line(1, state="signed", signed=stamp(LI), clocks=(replace(SIGN, met=SENT), HANDLE), **changes)


def test_one_order_stands_in_the_first_group_that_holds() -> None:
    """Groups in the order of the look: 退单申请, 超期, 临期, 待核查, 待签收, 在办; what has ended stands in none of these."""
    handling = order(1, state="handling")
    late, soon = replace(HANDLE, late=True, warned=True), replace(HANDLE, warned=True)
    assert group(order(1), line(1)) == "sign"
    assert group(handling, signed()) == "open"
    assert group(order(1, state="reported"), signed()) == "check"
    assert group(handling, replace(signed(), clocks=(soon,))) == "soon"
    assert group(handling, replace(signed(), clocks=(late,))) == "late"
    assert group(handling, replace(signed(), clocks=(late,), returns=asked("return"))) == "return"
    assert group(order(1, state="closed", closed_at=SENT), signed()) == "ended"
    assert group(order(1, archived_at=SENT), signed()) == ""


def test_a_late_helper_makes_only_itself_late() -> None:
    """公文条例 24(四): the main receiver answers for the whole; a late 协办 is the 协办's red."""
    late = replace(HANDLE, late=True)
    helper = line(1, "2", part="support", unit=HELPER, clocks=(late,))
    assert group(order(1, state="handling"), signed(), helper) == "open"


def test_a_decided_return_waits_no_more() -> None:
    """Conferred (会商) waits on, refused does not."""
    conferred, refused = (
        Application(kind="return", asked=stamp(LI), decision=each, decided=stamp(WANG)) for each in ("conferred", "refused")
    )
    handling = order(1, state="handling")
    assert group(handling, signed(returns=conferred)) == "return"
    assert group(handling, signed(returns=refused)) == "open"


def test_a_line_may_come_before_its_order() -> None:
    """Their keys lie in different partitions: whichever comes first, the list is the same."""
    one = fold(View(), [order(1), line(1)])[Orders]
    other = fold(fold(View(), [line(1)]), [order(1)])[Orders]
    assert list(one.index.order) == list(other.index.order)
    assert list(one.own.order) == list(other.own.order)


def test_a_second_copy_and_an_older_revision_change_nothing() -> None:
    """What a worker that was killed writes again, and what comes late."""
    first = fold(View(), [order(1, rev=5, state="handling"), line(1)])
    again = fold(first, [order(1, rev=5, state="handling"), order(1, rev=4), line(1)])
    assert again[Orders].index is not None
    assert again[Orders].index.number == first[Orders].index.number
    assert again[Orders].orders.get(name(1)) == order(1, rev=5, state="handling")


def test_orders_and_lines_are_told_apart_in_one_topic() -> None:
    """Both are records of `<log>.orders`."""
    for each in (order(1), line(1)):
        assert decode(encode(each), Order | OrderLine) == each  # type: ignore[arg-type]


def test_a_query_is_followed_as_it_would_be_asked_anew() -> None:
    """After any changes the rows and counts of a page are those that the same query finds in the whole list."""
    dice = random.Random(26)
    view = fold(View(), [message for n in range(60) for message in (order(n), line(n))])
    queries = [
        OrderQuery(),
        OrderQuery(group="open"),
        OrderQuery(search="0007"),
        OrderQuery(unit=frozenset({HELPER}), own=True),
    ]
    selections = [select(view[Orders].index, query, ALL) for query in queries]
    for rev in range(2, 30):
        changed = []
        for n in dice.sample(range(60), 7):
            ended = {"closed_at": SENT} if dice.random() < 0.2 else {}
            state = dice.choice(["sent", "handling", "reported"])
            changed += [order(n, rev=rev, state=state, **ended), line(n, rev=rev, unit=dice.choice([BUREAU, HELPER]))]
        view = fold(view, changed)
        selections = [follow(selection, view[Orders].index) for selection in selections]
        for selection in selections:
            fresh = select(view[Orders].index, selection.query, ALL)
            assert [row.id for row in selection.order] == [row.id for row in fresh.order]
            assert dict(selection.groups) == dict(fresh.groups)


def test_all_do_not_show_what_has_ended() -> None:
    """全部 is the six groups; 已结 is asked for."""
    view = fold(View(), [order(1), line(1), order(2, state="closed", closed_at=SENT), line(2)])
    answer = OrdersPage(ALL).answer(view, OrderAsk(n=1))
    assert answer is not None
    told = decode(answer, dict)
    assert (told["total"], told["ids"]) == (1, [name(1)])
    ended = decode(OrdersPage(ALL).answer(view, OrderAsk(n=1, query=OrderQuery(group="ended"))) or b"", dict)
    assert ended["ids"] == [name(2)]


def test_a_receiving_unit_sees_its_own_orders_alone() -> None:
    """信访条例 30: what is about another, and a report about it, is not for it; its page has its own lines."""
    view = fold(View(), [order(1), line(1), order(2), line(2, unit=HELPER)])
    page = OrdersPage(Looker("li", frozenset({BUREAU}), bound=True))
    told = decode(page.answer(view, OrderAsk(n=1)) or b"", dict)
    own = decode(page.answer(view, OrderAsk(n=2, own=True)) or b"", dict)
    assert (told["ids"], own["ids"]) == ([name(1)], [f"{name(1)}/1"])


def test_a_page_is_told_what_has_changed_and_no_more() -> None:
    """Of a window of rows the one that has a new revision; nothing where nothing has changed."""
    page, view = OrdersPage(ALL), fold(View(), [message for n in range(9) for message in (order(n), line(n))])
    assert set(decode(page.answer(view, OrderAsk(n=1)) or b"", dict)["set"]) == {name(n) for n in range(9)}
    assert page.answer(fold(view, []), OrderAsk(n=1)) is None
    later = fold(view, [order(3, rev=2, urgent=True)])
    assert set(decode(page.answer(later, OrderAsk(n=1)) or b"", dict)["set"]) == {name(3)}


def test_a_list_under_the_pointer_stands_still() -> None:
    """Rows stay where they are while it is frozen, and move when it is let go."""
    page, view = OrdersPage(ALL), fold(View(), [order(1), line(1), order(2), line(2)])
    number = decode(page.answer(view, OrderAsk(n=1)) or b"", dict)["number"]
    page.answer(view, OrderAsk(n=2, frozen=number))
    later = fold(view, [order(1, rev=2, state="handling"), line(1, rev=2, state="signed", clocks=(HANDLE,))])
    assert decode(page.answer(later, OrderAsk(n=2, frozen=number)) or b"", dict)["ids"] == [name(1), name(2)]
    assert decode(page.answer(later, OrderAsk(n=3)) or b"", dict)["ids"] == [name(2), name(1)]


def test_a_trail_keeps_its_end() -> None:
    """The newest 60 entries; a second copy is none more."""
    view = fold(View(), [entry(1, n, "note") for n in range(1, 81)])
    view = fold(view, [entry(1, 80, "note")])
    assert [each.n for each in view[Orders].trails[name(1)]] == list(range(21, 81))


def test_an_archived_order_is_kept_for_a_while() -> None:
    """Beyond the newest 500 of them nothing is kept: what stands is what is open."""
    view = fold(View(), [message for n in range(510) for message in (order(n, archived_at=SENT, closed_at=SENT), line(n))])
    assert (len(view[Orders].orders), len(view[Orders].lines), len(view[Orders].index.order)) == (500, 500, 0)


@pytest.mark.parametrize("size", [0, 1, 1_500])
def test_blocks_are_a_sorted_list(size: int) -> None:
    """Whatever is taken out and put in, windows and places are those of a plain list."""
    dice = random.Random(size)
    plain = [(n, 0, str(n)) for n in dice.sample(range(10_000), size)]
    blocks = Blocks(_itself, plain)
    for turn in range(1, 20):
        gone = set(dice.sample(plain, min(len(plain), dice.randrange(60))))
        come = [(dice.randrange(10_000), turn, str(n)) for n in range(dice.randrange(700))]
        blocks = blocks.changed(gone, come)
        plain = sorted([each for each in plain if each not in gone] + come)
        assert list(blocks) == plain
        at = dice.randrange(len(plain) + 1)
        assert blocks.window(at, 70) == plain[at : at + 70]
        assert blocks.place((-1, 0, "")) is None
        if plain:
            assert blocks.place(plain[at // 2]) == at // 2


def _itself(each: tuple[int, int, str]) -> tuple[int, int, str]:
    return each


def test_a_shared_mapping_is_copied_where_it_changes() -> None:
    """A copy and what it was made of know nothing of one another's changes."""
    one: Sharded[int] = Sharded()
    for n in range(2_000):
        one.put(str(n), n)
    other = one.__copy__()
    other.put("7", 70)
    other.drop("8")
    one.put("9", 90)
    assert (one.get("7"), other.get("7")) == (7, 70)
    assert (one.get("8"), other.get("8")) == (8, None)
    assert (one.get("9"), other.get("9")) == (90, 9)
    assert (len(one), len(other), len(list(other))) == (2_000, 1_999, 1_999)


def test_the_kind_of_these_tests_is_the_committed_one() -> None:
    """Acts of a sent order of kind `lead` are those of its table."""
    assert set(order(1).verbs) == set(KIND.acts("sent"))


def test_a_change_costs_the_same_however_much_stands() -> None:
    """Of 1,500 orders one that changes makes one part of each mapping and at most two blocks anew; all else is shared."""
    before = fold(View(), [message for n in range(1_500) for message in (order(n), line(n))])[Orders]
    after = fold(View(before), [order(7, rev=2, state="handling"), line(7, rev=2, state="signed", clocks=(HANDLE,))])[Orders]
    for one, other in ((before.orders, after.orders), (before.lines, after.lines), (before.index.rows, after.index.rows)):
        assert sum(part is not same for part, same in zip(one._shards, other._shards, strict=True)) == 1
    shared = {id(block) for block in before.index.order._blocks}
    assert sum(id(block) not in shared for block in after.index.order._blocks) <= 2
    assert len(after.index.changes[-1]) == 1
