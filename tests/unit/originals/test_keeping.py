"""Originals sealed by the keeper: byte for byte, bound to their order, gone with their key; a changed one is found."""

import io
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agents.audit.originals import verify_originals
from streams.keeper.client import KeeperAwayError, KeeperClient, KeeperRefusedError
from streams.keeper.wire import OpenFile, SealFile
from streams.messages import Actor, Authn, Sealed, encode, format_time
from streams.messages.orders import File
from streams.originals.folder import keep_plain, plain_path, sealed_path
from streams.originals.spool import spool
from streams.sealing.file import PIECE, opened_pieces, sealed_pieces
from streams.sealing.record import Spot, UnopenedError
from tests.support.keeper.kept import HOUR, Kept, MemoryLog, forget, kinds, order
from tests.support.keeper.kept import OWN as OWN_KEYS
from tests.support.orders.records import name
from tests.support.orders.records import order as order_of
from tests.support.signing import BEGIN

ORDER = "0a" * 16
FAMILY = f"events.orders/{ORDER}"
DATA = os.urandom(3 * PIECE + 17)
DIGEST = sha256(DATA).hexdigest()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A keeper that runs."""
    found = Kept(tmp_path, MemoryLog())
    yield found
    found.close()


@pytest.fixture
def client(kept: Kept, tmp_path: Path) -> Iterator[KeeperClient]:
    """A client of its socket, which takes files of 1 MiB."""
    with kept.answering(tmp_path / "socket", 1 << 20) as found:
        yield found


def sealing(**more: Any) -> SealFile:
    """A request to seal the file."""
    given = {"family": FAMILY, "party": "office", "type": "order.file", "id": DIGEST, "path": "file", "size": len(DATA)}
    return SealFile(**given | more)


def looking(reference: Sealed, **more: Any) -> OpenFile:
    """A handler's request to open it."""
    given: dict[str, Any] = {
        "actor": Actor(id="han", role="handler", department="zz-um"),
        "authn": Authn("local", format_time(BEGIN), "s1"),
        "purpose": "handling",
        "family": FAMILY,
        "type": "order.file",
        "id": DIGEST,
        "path": "file",
        "reference": reference,
    }
    return OpenFile(**given | more)


def opened(client: KeeperClient, reference: Sealed, **more: Any) -> tuple[str, bytes]:
    """How it is answered, and what comes."""
    with spool() as target:
        found = client.open_file(looking(reference, **more), target)
        target.seek(0)
        return found.state, target.read()


def kept_file(folder: Path, reference: Sealed) -> Path:
    """Where it stands."""
    return sealed_path(folder / "originals", reference)


def test_an_original_comes_back_byte_for_byte(client: KeeperClient, kept: Kept) -> None:
    """Sealed in pieces, the same file twice the same bytes; nothing of it stands in clear; the look is on record first."""
    reference = client.keep_file(sealing(), io.BytesIO(DATA))
    assert client.keep_file(sealing(), io.BytesIO(DATA)) == reference
    assert reference.size == len(DATA)
    stored = kept_file(kept.folder, reference).read_bytes()
    assert sha256(stored).hexdigest() == reference.digest
    assert DATA[:64] not in stored
    assert opened(client, reference) == ("open", DATA)
    assert kinds(kept.log, "looks") == ["personal.look"]


def test_a_look_that_is_not_on_record_gives_nothing(client: KeeperClient, kept: Kept) -> None:
    """Kafka away: no byte."""
    reference = client.keep_file(sealing(), io.BytesIO(DATA))
    kept.log.away = True
    with pytest.raises(KeeperAwayError, match="Kafka"):
        opened(client, reference)


def test_it_opens_in_its_order_and_for_its_roles_alone(client: KeeperClient) -> None:
    """Another order, another file, another role: nothing."""
    reference = client.keep_file(sealing(party="caller"), io.BytesIO(DATA))
    assert opened(client, reference, family=f"events.orders/{'0b' * 16}") == ("sealed", b"")
    assert opened(client, reference, id="0" * 64) == ("sealed", b"")
    assert opened(client, reference, actor=Actor(id="x", role="supervisor")) == ("sealed", b"")
    assert opened(client, reference, actor=Actor(id="x", role="receptionist"))[0] == "open"


def test_too_large_and_too_short_ones_leave_nothing(client: KeeperClient, kept: Kept) -> None:
    """Two gigabytes are refused before a byte is read, with the size; a file that ends early leaves no half of it."""
    with pytest.raises(KeeperRefusedError, match="2147483648 bytes: at most 1048576"):
        client.keep_file(sealing(size=1 << 31), io.BytesIO(b""))
    short = KeeperClient(kept.folder / "socket", timeout=1.0)
    with pytest.raises(KeeperAwayError):
        short.keep_file(sealing(size=len(DATA) + 1), io.BytesIO(DATA))
    assert not [path for path in (kept.folder / "originals").rglob("*") if path.is_file() and not path.name.startswith("new-")]


def test_forgetting_takes_the_originals_too(client: KeeperClient, kept: Kept) -> None:
    """The order's family is forgotten: the file is gone from the disk, and 依法已删除 stands in its place."""
    reference = client.keep_file(sealing(), io.BytesIO(DATA))
    kept.log.write("forgets", *forget(family=FAMILY))
    kept.work()
    assert kept_file(kept.folder, reference).exists()
    kept.log.tick = BEGIN + 72 * HOUR
    kept.work()
    assert not kept_file(kept.folder, reference).exists()
    assert opened(client, reference) == ("deleted", b"")


def test_a_state_secret_waits_for_nothing(client: KeeperClient, kept: Kept) -> None:
    """A forget order with the reason `state-secret` destroys at once, whatever class the key has; any other waits 72 hours."""
    reference = client.keep_file(sealing(), io.BytesIO(DATA))
    secret = order("personal.forget", "f9", OWN_KEYS["zj"], family=FAMILY, reason="state-secret")
    kept.log.write("forgets", *secret)
    kept.work()
    assert not kept_file(kept.folder, reference).exists()
    assert "personal.destroyed" in kinds(kept.log, "events.orders")


def test_a_changed_original_is_found_and_named(client: KeeperClient, kept: Kept) -> None:
    """The audit reads the bytes as they stand, without a key: which file of which order; the keeper gives it to nobody."""
    reference = client.keep_file(sealing(), io.BytesIO(DATA))
    file = File(digest=DIGEST, size=len(DATA), type="image/jpeg", text=reference)
    orders = [encode(order_of(1, files=(file,)))]
    folder = kept.folder / "originals"
    assert list(verify_originals(orders, folder)) == []
    path = kept_file(kept.folder, reference)
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    (finding,) = verify_originals(orders, folder)
    assert (finding.kind, finding.of, finding.place) == ("original-changed", name(1), str(path))
    assert DIGEST[:16] in finding.message
    assert opened(client, reference) == ("unavailable", b"")
    assert [what for what, _ in kept.told if what == "file lost"] == ["file lost"]


def test_plain_originals_of_a_log_never_opened(tmp_path: Path) -> None:
    """By digest, mode 600; one that was changed or is gone is found."""
    path = keep_plain(tmp_path, DIGEST, [DATA])
    assert (path, path.stat().st_mode & 0o777, path.read_bytes()) == (plain_path(tmp_path, DIGEST), 0o600, DATA)
    with pytest.raises(ValueError, match="digest"):
        keep_plain(tmp_path, "0" * 64, [DATA])
    orders = [encode(order_of(1, files=(File(digest=DIGEST, size=len(DATA), type="image/jpeg"),)))]
    assert list(verify_originals(orders, tmp_path)) == []
    path.write_bytes(DATA + b"x")
    assert [each.kind for each in verify_originals(orders, tmp_path)] == ["original-changed"]
    path.unlink()
    assert [each.kind for each in verify_originals(orders, tmp_path)] == ["original-removed"]


@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63, "A" * 64, "", "0" * 63 + "/"])
def test_no_name_of_a_client_becomes_a_path(tmp_path: Path, digest: str) -> None:
    """A digest is 64 hexadecimal digits, or there is no path."""
    with pytest.raises(ValueError, match="64 digits"):
        plain_path(tmp_path, digest)


def test_pieces_cannot_be_moved_dropped_or_cut() -> None:
    """AES-SIV of RFC 5297, bound to size and number of the piece."""
    key, spot = bytes(range(64)), Spot("ab" * 32, "order.file", DIGEST, "file")
    pieces = [DATA[n : n + PIECE] for n in range(0, len(DATA), PIECE)]
    line, *sealed = sealed_pieces(key, spot, len(DATA), pieces)
    reference = Sealed(sha256(key).hexdigest(), "0" * 64, len(DATA))
    assert b"".join(opened_pieces(key, reference, spot, io.BytesIO(b"".join([line, *sealed])))) == DATA
    for wrong in ([sealed[1], sealed[0], *sealed[2:]], sealed[1:], sealed[:-1]):
        with pytest.raises(UnopenedError):
            list(opened_pieces(key, reference, spot, io.BytesIO(b"".join([line, *wrong]))))
    with pytest.raises(UnopenedError):
        list(opened_pieces(key, replace(reference, size=len(DATA) - 1), spot, io.BytesIO(b"".join([line, *sealed]))))
