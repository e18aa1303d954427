"""A TCP proxy between workers and the broker: it stalls, resets connections, and says which Kafka request passes."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

PRODUCE, FETCH, JOIN_GROUP, SYNC_GROUP, INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, END_TXN = 0, 1, 11, 14, 22, 24, 26
"""Numbers of Kafka requests: https://kafka.apache.org/protocol#protocol_api_keys."""

_CHUNK = 65_536


class Proxy:
    """Passes Kafka connections from `port` on to `broker` (both on 127.0.0.1) as long as its `with` block lasts.

    `on_request(api_key)` is called for each request; where it says True the request is dropped and its connection ends.
    """

    def __init__(self, port: int, broker: int) -> None:
        self.on_request: Callable[[int], bool] = lambda _api_key: False
        self._broker = broker
        self._flowing = threading.Event()
        self._flowing.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening = socket.create_server(("127.0.0.1", port))

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._flowing.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.reset()

    def stall(self, seconds: float) -> None:
        """Pass nothing on in either direction, and accept connections that say nothing, for some seconds."""
        self._flowing.clear()
        time.sleep(seconds)
        self._flowing.set()

    def reset(self) -> int:
        """End all connections with a TCP reset; their number."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        return len(pairs)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._broker))
            except OSError:  # no broker: nor would its own port answer
                client.close()
                continue
            self._pairs.append((client, server))
            threading.Thread(target=self._pass, args=(self._requests, client, server), daemon=True).start()
            threading.Thread(target=self._pass, args=(self._answers, server, client), daemon=True).start()

    def _pass(self, how: Callable[[socket.socket, socket.socket], None], source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            how(source, target)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _requests(self, client: socket.socket, server: socket.socket) -> None:
        while frame := frame_of(client):
            if self.on_request(int.from_bytes(frame[4:6], "big")):
                return
            self._flowing.wait()
            server.sendall(frame)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        while chunk := server.recv(_CHUNK):
            self._flowing.wait()
            client.sendall(chunk)


def frame_of(source: socket.socket) -> bytes:
    """One Kafka request with its length before it; empty where the connection has ended."""
    head = _exactly(source, 4)
    return head and head + _exactly(source, int.from_bytes(head, "big"))


def _exactly(source: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        chunk = source.recv(min(_CHUNK, size - len(found)))
        if not chunk:
            return b""
        found += chunk
    return bytes(found)
