"""What ends here is a process, never a machine: the disk need not be waited for."""

import pytest

from streams.keeper.disk import files, twofold


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is synced; `test_what_the_files_promise` looks at what is left out here."""
    monkeypatch.setattr(twofold, "_PRAGMAS", twofold._PRAGMAS.replace("synchronous = full", "synchronous = off"))
    monkeypatch.setattr(files.os, "fsync", lambda _: None)
