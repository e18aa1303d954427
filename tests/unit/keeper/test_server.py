"""The socket: whoever the kernel says may ask is answered, a line for a line; garbage, strangers and silence harm nobody."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.keeper.client import KeeperAwayError, KeeperClient, KeeperRefusedError
from streams.keeper.server import KeeperServer, peers_of
from streams.messages.personal import FORGET
from streams.messages.words import Sealed
from streams.peers.server import MOST_OPEN
from tests.support.keeper.kept import Kept, MemoryLog, forget, looking, order, sealing


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A keeper that runs."""
    found = Kept(tmp_path, MemoryLog())
    yield found
    found.close()


@pytest.fixture
def client(kept: Kept, tmp_path: Path) -> Iterator[KeeperClient]:
    """A client of its socket, of the keeper's own uid."""
    with kept.answering(tmp_path / "socket") as found:
        yield found


def test_everything_that_can_be_asked(kept: Kept, client: KeeperClient) -> None:
    """Seal, open, name a person, hand an order over, rotate, sweep, and how it stands after that."""
    reference = client.seal(sealing())
    assert client.seal(sealing()) == reference
    assert client.open(looking(reference)).text == "请尽快处理"
    assert client.person("caller", "13800138000") == client.person("caller", "13800138000")
    assert client.order(forget()[1].decode()) == "pending"
    assert client.rotate() == "2"
    assert client.sweep((reference.digest,)) == "1"
    assert client.open(looking(reference)).state == "unavailable"
    standing = client.status()
    assert (standing.log, standing.epoch, standing.keys, standing.people, list(standing.pending)) == ("t", 2, 1, 1, ["f1"])
    assert standing.counts == {"looks open": 1, "looks unavailable": 1, "sealed": 2}


def test_an_order_that_is_not_believed_is_not_written(kept: Kept, client: KeeperClient) -> None:
    """It is refused with its reason before it comes into the log; so is the same one again."""
    with pytest.raises(KeeperRefusedError, match="needs-second"):
        client.order(order(FORGET, "f1")[1].decode())
    assert kept.log.values("forgets") == []
    value = forget()[1].decode()
    client.order(value)
    with pytest.raises(KeeperRefusedError, match="conflict"):
        client.order(value)


def test_errors_say_whose_they_are(kept: Kept, client: KeeperClient, tmp_path: Path) -> None:
    """Refused is for good; Kafka or the keeper away may be asked again. No error has a word of the text."""
    with pytest.raises(KeeperRefusedError, match="no text"):
        client.seal(sealing("   "))
    with pytest.raises(KeeperRefusedError, match=r"at \$\.family"):
        client.seal(sealing("秘密", family=""))
    kept.log.away = True
    with pytest.raises(KeeperAwayError, match="Kafka"):
        client.seal(sealing("秘密"))
    with pytest.raises(KeeperAwayError, match="Kafka"):
        client.open(looking(reference_of(kept)))
    with pytest.raises(KeeperAwayError, match="streams keeper run"):
        KeeperClient(tmp_path / "nothing").status()


def reference_of(kept: Kept) -> Sealed:
    """A reference that was given out before Kafka went away."""
    kept.log.away = False
    reference = kept.seal()
    kept.log.away = True
    return reference


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b"[]\n", b'{"ask":"keys"}\n', b"\xff\n", b"[" * 9_000 + b"\n", b"x" * 200_000]
)
def test_garbage(client: KeeperClient, line: bytes) -> None:
    """It is refused or cut off, and the next request is answered."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(client._path))
        try:
            peer.sendall(line)
            answer = peer.recv(4_096)
        except OSError:
            answer = b""
    assert answer == b"" or b'"refused"' in answer
    assert client.status().epoch == 1


def test_more_at_once_than_there_is_room_for(client: KeeperClient, wait: Callable[[Callable[[], object]], None]) -> None:
    """Whoever opens connections and says nothing is hung up on beyond 64; when they end the next one is answered."""
    idle = [socket.socket(socket.AF_UNIX) for _ in range(MOST_OPEN)]
    for each in idle:
        each.connect(str(client._path))
    with pytest.raises(KeeperAwayError, match="hung up"):
        client.status()
    for each in idle:
        each.close()
    wait(lambda: answers(client))


def answers(client: KeeperClient) -> bool:
    """Whether the keeper answers."""
    try:
        return client.status().epoch == 1
    except KeeperAwayError:
        return False


def test_the_socket_is_for_its_own_uid(client: KeeperClient) -> None:
    """Mode 600 where no other uid is configured."""
    assert stat.S_IMODE(client._path.stat().st_mode) == 0o600


def asked_as(uid: int, path: Path) -> list[str]:
    """What a process of another uid gets that asks how the keeper stands, and for the next epoch."""
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as answers:
            return answers.read().split()
    os.setuid(uid)
    client = KeeperClient(path)
    for ask in (client.status, client.rotate):
        try:
            found: object = ask()
        except (KeeperAwayError, KeeperRefusedError) as error:
            found = error
        os.write(write, type(found).__name__.encode() + b" ")
    os._exit(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="another uid is taken on by root alone")
@pytest.mark.parametrize(
    ("peers", "answers"),
    [
        ("65534:status", ["Standing", "KeeperRefusedError"]),
        ("65533", ["KeeperAwayError", "KeeperAwayError"]),
        ("", ["KeeperAwayError", "KeeperAwayError"]),
    ],
    ids=["may ask one thing", "is nobody's", "cannot even connect"],
)
def test_another_uid(kept: Kept, tmp_path: Path, peers: str, answers: list[str]) -> None:
    """The kernel says who asks: a process of uid 65534 gets what its row has, and else nothing."""
    path = Path(f"/tmp/keeper-{os.getpid()}")  # noqa: S108 - pytest's folders are closed to others
    server = KeeperServer(path, kept.keeper, kept.forgetting, "t", peers_of(peers, 0))
    try:
        assert asked_as(65534, path) == answers
    finally:
        server.close()
        path.unlink()


def test_peers_that_cannot_be() -> None:
    """A name is no uid."""
    with pytest.raises(ValueError, match="ONESCREEN_KEEPER_PEERS"):
        peers_of("screen:open", 0)
