"""What the screen's own routes answer: JSON that nobody keeps."""

from starlette.responses import Response

from streams.messages import encode

JSON = "application/json"
NOT_KEPT = {"cache-control": "no-store"}


def json_response(value: object, status: int) -> Response:
    """A value as JSON with an HTTP status."""
    return Response(encode(value), status, NOT_KEPT, JSON)
