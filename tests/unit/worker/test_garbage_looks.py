"""How long Python may hold the worker up to look for cyclic garbage, counted in the objects that it looks at."""

import gc

from agents.worker.main import GARBAGE

MOST = 21_000
"""Objects of one look, four parts and a few: about 5 ms at the 0.25 µs that each takes."""


def test_a_look_at_what_is_new_is_short() -> None:
    """While 200,000 objects come and stay, no look but the seldom whole one sees more than MOST; they see all of them."""
    looked: list[tuple[int, int]] = []

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen = sum(len(gc.get_objects(generation)) for generation in range(info["generation"] + 1))
            looked.append((info["generation"], seen))

    before = gc.get_threshold()
    gc.collect()
    gc.callbacks.append(look)
    gc.set_threshold(*GARBAGE)
    try:
        kept = [[number] for number in range(200_000)]
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(look)
    assert len(kept) == 200_000
    assert max(generation for generation, _ in looked) == 1
    assert max(seen for _, seen in looked) <= MOST
    assert sum(seen for generation, seen in looked if generation == 1) >= 180_000
