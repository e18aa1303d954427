"""The benchmarks of orders by tiny sizes: every act that is measured is done, and the page says what came of it and its bar."""

import subprocess
import sys
from collections import Counter

import pytest
from msgspec.structs import replace

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import Order, OrderAudit
from tests.bench.order_people import city
from tests.bench.order_records import PLACE, batches, check, done, issued, ticked
from tests.bench.oversight_books import oversight
from tests.bench.report import markdown
from tests.bench.runs import order_list, order_press, order_year, orders
from tests.bench.sizes import QUICK
from tests.unit.bench.machine import MACHINE


def test_a_whole_life_of_the_year_is_done_and_filed() -> None:
    """Issue, eight acts and nothing refused: three orders end filed, with every act in the trail once."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    out = [each for batch in batches(0, order_year.lives(3)) for each in fold.run(batch)]
    last = {each.id: each.state for each in out if isinstance(each, Order)}
    assert list(last.values()) == ["archived"] * 3
    verbs = Counter(each.verb for each in out if isinstance(each, OrderAudit) and each.verb)
    assert verbs == dict.fromkeys(["issue", *(act[0] for act in order_year.LIFE)], 3)


def test_a_refused_act_is_no_measure() -> None:
    """An end that the kind does not know is refused, and the benchmark says so in place of a figure."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    [batch] = batches(0, [ticked(order_year.BEGIN), issued(0), done(0, "close", "dispatcher", "done", "zz-gov")])
    with pytest.raises(AssertionError, match="close was refused"):
        check(fold.run(batch))


def test_the_year_is_reckoned_from_what_all_partitions_took() -> None:
    """Two partitions of 500 orders that took a second each: a million takes 2,000 s of one core, 1,000 of two, 33 for 60 s."""
    part = {"orders": 500, "acts": 4_500, "outputs": 9_000, "cpu_s": 1.0, "peak_mb": 90.0}
    year = order_year.told([part, part], 2)
    assert (year["us_per_act"], year["acts_per_s"], year["year_s"], year["cores_for_bar"]) == (222.2, 9_000, 1_000, 33)


def test_the_page_has_the_figures_of_orders() -> None:
    """Open orders, the press to many, and the year with its bar and what it would need."""
    part = {"orders": 500, "acts": 4_500, "outputs": 9_000, "cpu_s": 1.0, "peak_mb": 90.0}
    found = {
        "open": [orders._open(20)],
        "press": {"receivers": 500, "press_ms": 90.0, "sign_us": 400.0},
        "year": order_year.told([part, part], 2),
        "list": order_list.order_list(replace(QUICK, listed=60)),
        "screen": order_press.told([0.2] * 19 + [0.9], [0.5, 1.5, 0.6], 500, 3),
    }
    page = markdown({"machine": MACHINE, "versions": {}, "orders": found})
    assert "| s of a year (≤ 60 s) | cores for ≤ 60 s |" in page
    assert "| 1,000 | 9,000 | 222.2 | 2 | 9,000 | 1,000 | 33 | 90 |" in page
    assert "beyond its bar, 16.7 times" in page
    assert "| asked of the list | p50 ms | p95 ms (≤ 100 ms) |" in page
    assert "| 20 | 200 | 865 | 900 | within its bar |" in page
    assert "| 500 | 3 | 3 | 600 | 1,500 | beyond its bar, 1.5 times |" in page
    assert all(f"| {asked} |" in page for asked in ("first page", "unit", "search, one found", "own unit's lines", "follow"))


def test_each_question_of_the_list_finds_what_it_is_to_look_for() -> None:
    """Of 120 orders all, a sixth late, the half that is due first without what is met, one by its number, a tenth of a unit."""
    view = order_list.listed(120)
    found = {name: order_list.total(view, *asked) for name, asked in order_list.questions(view).items()}
    assert (found["first page"], found["kind"], found["group"], found["search, one found"]) == (120, 120, 20, 1)
    assert found["due"] == 60 - 10
    assert found["own unit's lines"] == found["unit"] >= 12


def test_a_city_for_many_receivers_has_bodies_that_the_office_may_write_to() -> None:
    """Its place is read in a process of its own: three bureaus more, and the correspondence matrix lets the office write."""
    ask = "from agents.rulebook.orders import order_rules; b = order_rules('4101').bodies; print([b.sort(f'zz-bench-{n}') +"
    ask += " b.objection('zz-gov', f'zz-bench-{n}', 'work-order', 1795968000000) for n in (1, 2, 3)])"
    with city(3) as root:
        done = subprocess.run([sys.executable, "-c", ask], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['bureau', 'bureau', 'bureau']"


def test_the_page_has_the_figures_of_oversight() -> None:
    """Every question has its time, and the books are the same after a start from their snapshot."""
    page = markdown({"machine": MACHINE, "versions": {}, "oversight": oversight(replace(QUICK, listed=60))})
    assert "| s to begin from it |" in page
    assert all(f"\n| {what} |" in page for what in ("overview of the city", "the leader's page", "10,000 late orders"))
