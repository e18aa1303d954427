"""What is refused is told: a line for the first, second, fourth, eighth … of a kind, with how many there were."""

from collections import Counter
from collections.abc import Callable

from screen.web.server_log import printable


class Refusals:
    """Counts refusals by kind since the start, and tells of them; what a line says is ours, never what was sent."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.counts: Counter[str] = Counter()

    def note(self, kind: str, why: str) -> None:
        """Something was refused."""
        self.counts[kind] += 1
        count = self.counts[kind]
        if count & (count - 1) == 0:
            self._tell(f"refused ({kind}, {count} so far): {printable(why)}")
