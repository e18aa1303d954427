"""The list of many open orders on the screen's side: folded as its reader folds them, then asked as a page asks. No socket.

Each question comes from a page that has just been opened, so that the whole list is looked through for it, as when somebody
types another word or sets another filter; `follow` is the answer to an open page after one order has changed.
"""

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from typing import Any

import msgspec
import psutil

from screen.feed.fold import fold
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.list import FACETS, Looker, OrderIndex, OrderQuery, read_order_query
from screen.orders.page import OrderAsk, OrdersPage
from screen.web.live_list import PACE
from tests.bench.many_orders import due_of, many
from tests.bench.sizes import Sizes
from tests.support.orders.records import BUREAU, OFFICE

LOG = "list"
TIMES = 40
"""How often each is asked."""

BATCH = 5_000
"""Records that are folded at once."""

BAR_MS = round(PACE * 1_000)
"""Milliseconds: an answer is ready within the time that lies between two answers to a page anyway."""

OFFICIAL = Looker("wang", frozenset({OFFICE}))
OF_A_UNIT = Looker("li", frozenset({BUREAU}), bound=True)


def order_list(sizes: Sizes) -> dict[str, Any]:
    """So many orders: seconds of the fold, bytes that one weighs, and of each question p50 and p95 of its answer."""
    gc.collect()
    before = psutil.Process().memory_info().rss
    began = time.process_time()
    view = listed(sizes.listed)
    took = time.process_time() - began
    gc.collect()
    weight = psutil.Process().memory_info().rss - before
    asked = {name: _times(partial(_fresh, view, *question)) for name, question in questions(view).items()}
    return {
        "orders": sizes.listed,
        "bytes_per_order": round(weight / sizes.listed),
        "fold_s": round(took, 2),
        "bar_ms": BAR_MS,
        "answers": [{"asked": name} | each for name, each in (asked | {"follow": _followed(view, sizes.listed)}).items()],
    }


def listed(number: int) -> View:
    """The View of so many orders, in whole batches."""
    view = View()
    messages = chain.from_iterable(many(LOG, number))
    while batch := list(islice(messages, BATCH)):
        view = fold(view, batch)
    assert len(view[Orders].index.rows) == number, "an order is in no list"
    return view


def questions(view: View) -> dict[str, tuple[Looker, OrderAsk]]:
    """What is asked, and by whom: the first page, each filter by its commonest value, words, and a unit's own lines."""
    index = view[Orders].index
    half = len(index.rows) // 2
    facets = {name: read_order_query({name: [_commonest(index, name)]}) for name in FACETS}
    queries = {
        "first page": OrderQuery(),
        **facets,
        "group": OrderQuery(group="late"),
        "due": OrderQuery(due=due_of(half)),
        "mine": OrderQuery(mine=True),
        "own": OrderQuery(own=True),
        "search, many found": OrderQuery(search="标定超期"),
        "search, one found": OrderQuery(search=f"GD-20261124-{half:04d}"),
    }
    of_all = {name: (OFFICIAL, OrderAsk(n=1, query=query)) for name, query in queries.items()}
    return of_all | {"own unit's lines": (OF_A_UNIT, OrderAsk(n=1, own=True))}


def _commonest(index: OrderIndex, facet: str) -> str:
    return max((count, value) for (name, value), count in index.facets.items() if name == facet)[1]


def _fresh(view: View, who: Looker, ask: OrderAsk, _n: int) -> None:
    assert OrdersPage(who).answer(view, ask) is not None


def _followed(view: View, number: int) -> dict[str, float]:
    """The answer to an open page once one more order has changed; its fold is not in it."""
    page, ask = OrdersPage(OFFICIAL), OrderAsk(n=1, query=OrderQuery(search="标定超期"))
    page.answer(view, ask)
    views = []
    for order, line in many(LOG, TIMES, number + 1):
        view = fold(view, [order, line])
        views.append(view)
    return _times(lambda n: page.answer(views[n], ask))


def _times(does: Callable[[int], object]) -> dict[str, float]:
    """Milliseconds of so many calls."""
    took = []
    for n in range(TIMES):
        began = time.perf_counter()
        does(n)
        took.append(1e3 * (time.perf_counter() - began))
    return {"p50_ms": round(statistics.median(took), 2), "p95_ms": round(statistics.quantiles(took, n=20)[18], 2)}


def total(view: View, who: Looker, ask: OrderAsk) -> int:
    """How many rows a question finds."""
    answer = OrdersPage(who).answer(view, ask)
    found: int = msgspec.json.decode(answer or b"{}")["total"]
    return found
