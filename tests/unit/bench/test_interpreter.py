"""What the page of the benchmarks says of the interpreter: an unoptimised build costs an eighth of the speed."""

import pytest

from tests.bench.report import built, markdown
from tests.unit.bench.machine import MACHINE

DEBIAN = "'--enable-shared' '--with-dbmliborder=bdb:gdbm' '--enable-optimizations' '--with-lto' '--with-system-ffi'"
"""Of the options that Debian's python3.11 was configured with, as `sysconfig` tells them."""


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        (DEBIAN, "--enable-optimizations --with-lto"),
        ("'--prefix=/root/.pyenv/versions/3.11.7' '--enable-shared'", "not optimised"),
        ("'--enable-optimizations' '--without-lto'", "--enable-optimizations"),
        ("", "not optimised"),
    ],
)
def test_the_options_of_the_build_say_whether_it_is_optimised(configured: str, said: str) -> None:
    """CPython is optimised by `--enable-optimizations` (profile) and `--with-lto` alone; other options say nothing of speed."""
    assert built(configured) == said


def test_the_page_says_how_its_interpreter_was_built() -> None:
    """Figures of one build say little of another: the build stands beside the version. Of an older run nothing is said."""
    assert "Python 3.11.2 (not optimised)," in markdown(
        {"machine": MACHINE | {"python": "3.11.2", "python_build": "not optimised"}, "versions": {}}
    )
    older = {name: fact for name, fact in MACHINE.items() if name != "python_build"} | {"python": "3.11.2"}
    assert "Python 3.11.2, " in markdown({"machine": older, "versions": {}})
