"""诉求热度 (V2): whether more requests of a matter came in a street than usual, without more than one false call a week. Pure.

A cell is a matter of a street, a window is looked at so many times a week. Of its baseline is known how many requests came in
how many windows that are alike. Given all of both, the count of this window is binomial if nothing has changed:
the exact test of two Poisson counts (Przyborowski and Wilenski 1940, Biometrika 31, 313 to 323). Over ever more windows this is
the tail of the Poisson distribution at the baseline's mean; over few it is wider, by what that mean is uncertain, and a cell
that had no request yet does not call at its first one.

A cell calls where its tail is at most `level`: one false call a week over all cells, a choice of this system's own. Its bound
holds for cells and windows that depend on each other too, but not where requests come in bursts for one cause, as of a cut of
water, for then there is something that calls rightly.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agents.measures.compare.exact import binomial_at_least

FALSE_CALLS = 1.0
"""How many false calls a week all cells together may make; a choice of this system's own."""


class HeatCell(Struct, frozen=True, kw_only=True):
    """A matter (`noise`) of an area (a street's or district's code): requests of this window, and of its baseline's windows."""

    matter: str
    area: str
    count: int
    usual: int
    windows: int


class HeatCall(Struct, frozen=True, kw_only=True):
    """A cell that has more than usual. `expected`: requests of a window that is as usual; `tail`: the chance of so many."""

    cell: HeatCell
    expected: float
    tail: float


def heat_tail(count: int, usual: int, windows: int) -> float:
    """How probable so many requests or more are in one window, after `usual` in so many windows that are alike.

    ValueError where there is no window to compare with, or a count below 0.
    """
    if windows < 1 or min(count, usual) < 0:
        raise ValueError(f"{count} requests beside {usual} in {windows} windows: there is nothing to compare with")
    return binomial_at_least(count, count + usual, 1 / (windows + 1))


def heat_level(cells: int, looks: int) -> float:
    """The tail from which on a cell calls, of so many cells each of which is looked at so many times a week."""
    if cells < 1 or looks < 1:
        raise ValueError(f"{cells} cells with {looks} looks a week: heat needs at least one of each")
    return min(1.0, FALSE_CALLS / (cells * looks))


def heat_calls(cells: Iterable[HeatCell], looks: int) -> Iterator[HeatCall]:
    """The cells that call, the least probable first. `cells`: all of them, those that are quiet too, for they count."""
    found = list(cells)
    if not found:
        return
    level = heat_level(len(found), looks)
    tails = ((heat_tail(each.count, each.usual, each.windows), each) for each in found if each.count)
    called = sorted(((tail, each) for tail, each in tails if tail <= level), key=lambda of: (of[0], of[1].matter, of[1].area))
    for tail, each in called:
        yield HeatCall(cell=each, expected=each.usual / each.windows, tail=tail)
