"""`/metrics`, `/healthz` and `/readyz` of a worker, answered by threads of their own: a loop that hangs cannot hide it."""

import json
import logging
import socket
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from agents.worker.observe.health import Health
from streams.command import Trouble

log = logging.getLogger(__name__)

CLIENT_SECONDS = 10
"""How long a client may take over its request."""

Answer = tuple[HTTPStatus, str, bytes]
"""Status, content type and body."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Trouble where it cannot be had."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise Trouble(
            f"port {port} of {host} cannot be had for metrics ({error.strerror}): stop the program that uses it, "
            "or set ONESCREEN_METRICS_PORT to another port, to 0 for any free one, or to nothing for no metrics"
        ) from None


def address(listener: socket.socket) -> str:
    """Where a listener is reached, for example `http://127.0.0.1:9464`."""
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


def serve(listener: socket.socket, health: Health, registry: CollectorRegistry) -> None:
    """Answer on `listener` as long as the process lives."""
    answers: dict[str, Callable[[str], Answer]] = {
        "/metrics": lambda accept: _metrics(registry, accept),
        "/healthz": lambda _: _json(
            health.healthy(), {"healthy": health.healthy(), "loop_age_seconds": round(health.age(), 3)}
        ),
        "/readyz": lambda _: _json(health.ready(), health.report()),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = CLIENT_SECONDS

        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0])
            if answer is None:
                self.send_error(HTTPStatus.NOT_FOUND, f"there are {', '.join(answers)}")
                return
            status, kind, body = answer(self.headers.get("Accept", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: who scrapes is not news."""

    server = _Server(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that goes before its answer is no news; an error of our own is, as a line of the log."""
        if not isinstance(sys.exc_info()[1], OSError):
            log.exception("a request for metrics or health failed")


def _metrics(registry: CollectorRegistry, accept: str) -> Answer:
    encode, kind = choose_encoder(accept)
    return HTTPStatus.OK, kind, encode(registry)


def _json(well: bool, body: dict[str, Any]) -> Answer:
    return HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE, "application/json", json.dumps(body).encode() + b"\n"
