"""What a scenario of the simulated city writes, and what is judged of it."""

import io
from functools import cache

from agents.basis import whole_basis
from agents.core.rules.book import Book
from agents.offline.file_stages import FileStages
from agents.stages import Basis
from fixtures.city import write_city
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.outputs import Output
from tests.support.books import the_book

HOURS = 26
"""A duty of 24 hours that begins in the first hour of the day is over then."""


def book() -> Book:
    """The whole rule book."""
    return the_book()


@cache
def basis() -> Basis:
    """What the committed files judge by, read once: nothing of it ever changes."""
    return whole_basis()


def written(scenario: str, seed: int = 1, hours: int = HOURS) -> tuple[bytes, ...]:
    """What `--stdout` writes, made anew."""
    out = io.BytesIO()
    write_city(Air(seed, load_scenario(scenario)), hours, out)
    return tuple(out.getvalue().splitlines())


lines = cache(written)
"""The same, made once in a process."""


@cache
def stages_after(scenario: str, seed: int = 1) -> tuple[FileStages, tuple[Output, ...]]:
    """The stages behind its first day, as `judge_lines` has them at its end, and all that they gave."""
    stages = FileStages(basis())
    return stages, tuple(output for n, line in enumerate(lines(scenario, seed)) for output in stages.take(n, line))


def judged(scenario: str, seed: int = 1) -> tuple[Output, ...]:
    """All that its first day gives."""
    return stages_after(scenario, seed)[1]
