"""The signer has people's texts sealed by the keeper: a reference that opens at that very place, or nothing is signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from screen.signer.notary import NotSignedError
from screen.signer.sealing import by_keeper
from streams.keeper.client import KeeperClient
from streams.messages import Sealed
from tests.support.keeper.kept import FAMILY, Kept, MemoryLog, looking

ACT = ("command.comment", "press-1", FAMILY, "reason")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A keeper that answers at a socket."""
    found = Kept(tmp_path, MemoryLog())
    with found.answering(tmp_path / "socket"):
        yield found
    found.close()


def test_a_text_becomes_a_reference(kept: Kept, tmp_path: Path) -> None:
    """A press that is sent again has the same reference; the text opens in its family, event and path."""
    seal = by_keeper(KeeperClient(tmp_path / "socket"))
    found = seal("请尽快处理", *ACT)
    assert isinstance(found, Sealed)
    assert seal("请尽快处理", *ACT) == found
    assert kept.keeper.open(looking(found, id="press-1")).text == "请尽快处理"
    assert [row.party for row in kept.store.rows()] == ["office"]


def test_without_the_keeper_nothing_is_signed(kept: Kept, tmp_path: Path) -> None:
    """Kafka or the keeper away: 503, and no text in clear; the refusal has no word of it."""
    kept.log.away = True
    for path in ("socket", "nothing"):
        with pytest.raises(NotSignedError) as error:
            by_keeper(KeeperClient(tmp_path / path))("请尽快处理", *ACT)
        assert (error.value.status, error.value.kind) == (503, "keeper")
        assert "请尽快处理" not in str(error.value)


def test_a_text_that_cannot_be_sealed(kept: Kept, tmp_path: Path) -> None:
    """A blank one is refused for good."""
    with pytest.raises(NotSignedError) as error:
        by_keeper(KeeperClient(tmp_path / "socket"))(" ", *ACT)
    assert error.value.status == 422
