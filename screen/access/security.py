"""What the browser may do with our pages, and which host names we answer to; how a request of our own page is known."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screen.web.first_html import SCRIPT_HASH

POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {SCRIPT_HASH} 'wasm-unsafe-eval' blob:",  # blob: Streamlit loads a component's script so
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
"""Nothing comes from another machine, nothing goes to one; no script but a file of ours and the line that begins a page."""

POLICIES = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""What every answer carries."""

HEADER, HEADER_VALUE = "x-onescreen", "act"
"""A header that a form of another site cannot send."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Policy:
    """ASGI middleware: every answer carries the policy, also that to a failure of ours.

    Loopback's names and the screen's own `name`, where it has one, are answered, and no other (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app, self._names = app, LOOPBACK | ({name.lower()} if name else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse a request for a name that is not this machine's."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if _host(Headers(scope=scope)) not in self._names:
            await _refuse(scope, guarded(send))
            return
        begun = False

        async def heard(message: Message) -> None:
            nonlocal begun
            begun = True
            await carried(message)

        carried = guarded(send)
        try:
            await self._app(scope, receive, heard)
        except Exception:
            if scope["type"] == "http" and not begun:
                await _fail(carried)
            raise  # the server writes it to its log


def guarded(send: Send) -> Send:
    """A `send` that puts the policy on every answer."""

    async def carried(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in POLICIES.items():
                headers[name] = value
        await send(message)

    return carried


def _host(headers: Headers) -> str | None:
    """The name in the Host header; None where there is none that can be read."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def from_own_page(headers: Headers) -> bool:
    """Whether the Origin header is the very host that was asked: a page of ours sent this."""
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    return origin.scheme in {"http", "https"} and origin.netloc == headers.get("host", "")


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"application/json")]})
    await send(
        {
            "type": "http.response.body",
            "body": b'{"error":"this screen does not answer to that name: see ONESCREEN_SCREEN_NAME"}',
        }
    )


async def _fail(send: Send) -> None:
    await send({"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"error":"the screen has failed: its log says why"}'})
