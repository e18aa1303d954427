"""What the browser may do with our pages, and whose requests we answer: one policy, one check of where a request comes from."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval' blob:",  # blob: Streamlit loads a component's script so
        "style-src 'self' 'unsafe-inline'",  # Streamlit's own styles
        "font-src 'self' data:",
        "img-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Nothing comes from another machine, nothing goes to one; no script that is not a file of ours."""

HEADER, HEADER_VALUE = "x-onescreen", "act"
"""A header that a form of another site cannot send."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Policy:
    """ASGI middleware: every answer carries the policy; on loopback no other host name is answered (DNS rebinding)."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._local = host in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse a request for a name that is not this machine's."""
        if scope["type"] in {"http", "websocket"} and self._local and not asked_for_loopback(Headers(scope=scope)):
            await _refuse(scope, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = POLICY
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, guarded)


def asked_for_loopback(headers: Headers) -> bool:
    """Whether the Host header names this machine."""
    return urlsplit(f"//{headers.get('host', '')}").hostname in LOOPBACK


def from_own_page(headers: Headers) -> bool:
    """Whether the Origin header is the very host that was asked: a page of ours sent this."""
    origin = urlsplit(headers.get("origin", ""))
    return origin.scheme in {"http", "https"} and origin.netloc == headers.get("host", "")


def why_not_an_act(headers: Headers) -> str:
    """Why a POST is not taken as a person's act from our page; empty where it is."""
    if not from_own_page(headers):
        return f"the Origin {headers.get('origin', '')!r} is not this screen"
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return "the content type must be application/json"
    if headers.get(HEADER) != HEADER_VALUE:
        return f"the header {HEADER}: {HEADER_VALUE} is missing"
    return ""


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"error":"this screen answers to 127.0.0.1 and localhost"}'})
