"""A request that never becomes whole is not waited for: uvicorn bounds the pause between two requests, and none within one."""

import asyncio

import h11
from uvicorn import config
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE = 15.0
"""Seconds from a connection, or the first byte of a further request, to the last byte of that request; a choice, above `WITHIN`
of the guard, which tells the sender of a body why."""

_HALF = frozenset({h11.IDLE, h11.SEND_BODY})
"""What a peer is doing whose request is not whole (h11's states)."""


class TimedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, closing a connection whose request does not become whole in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take it; count on while the request is not whole."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no more."""
        self._stop()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state not in _HALF or self._is_socket():
            self._stop()
        elif self._late is None:
            self._late = self.loop.call_later(WHOLE, self.transport.close)

    def _is_socket(self) -> bool:
        """Whether the connection is a websocket's now: uvicorn hands it on within a request, of which h11 sees no end."""
        return self.transport.get_protocol() is not self

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def bound_requests() -> None:
    """Let the server that Streamlit starts speak this protocol: Streamlit hands no such option on to uvicorn."""
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{TimedProtocol.__name__}"
