"""What judging says of past hours for a sign: its cases in the window that ends at one hour after the other. Pure."""

from collections.abc import Iterable

from agents.core.duration import span
from agents.signs.book.sign import SignRow
from agents.signs.figures import JudgedCase
from agents.signs.stage.sums import ONE, AreaSums, ByArea, of_area


class CaseHours:
    """The cases of a sign, each counted while the window of the hour that is reckoned has it."""

    def __init__(self, row: SignRow, cases: Iterable[JudgedCase]) -> None:
        self.totals: ByArea = {}
        self._window, self._cases = span(row.window), sorted(cases)
        self._low = self._high = 0

    def bring(self, at: int) -> None:
        """Count those of the window that ends at a moment (ms), which is never before the last one."""
        while self._high < len(self._cases) and self._cases[self._high].at <= at:
            self._add(self._cases[self._high], 1)
            self._high += 1
        while self._low < self._high and self._cases[self._low].at <= at - self._window:
            self._add(self._cases[self._low], -1)
            self._low += 1

    def _add(self, case: JudgedCase, sign: int) -> None:
        one = AreaSums()
        one.add(ONE * case.good, ONE, 0)
        sums = of_area(self.totals, case.adcode)
        sums.count(one, sign)
        if sign > 0:
            sums.newest = case.at  # they come in their order and go in it: the newest is the last to go
        elif not sums.parts:
            sums.newest = 0
