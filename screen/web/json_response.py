"""What the screen's own routes answer: JSON that nobody keeps, or why a request is refused."""

from collections.abc import Mapping

from starlette.responses import Response

from streams.messages import Text, encode

JSON = "application/json"
NOT_KEPT = {"cache-control": "no-store"}


class RefusedError(Exception):
    """A request is refused: the HTTP status of the answer, the reason in a sentence, and what headers go with it.

    A reason in both languages is told in both (`words`), its English as of every other.
    """

    def __init__(self, status: int, why: str | Text, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why if isinstance(why, str) else why.en)
        self.status, self._headers = status, headers or {}
        self._words = None if isinstance(why, str) else why

    def saying(self, more: str) -> "RefusedError":
        """The same refusal with more said behind its reason."""
        return RefusedError(self.status, f"{self}{more}", self._headers)

    @property
    def response(self) -> Response:
        """The answer."""
        words = {} if self._words is None else {"words": self._words}
        refused = json_response({"error": str(self)} | words, self.status)
        refused.headers.update(self._headers)
        return refused


def json_response(value: object, status: int) -> Response:
    """A value as JSON with an HTTP status."""
    return Response(encode(value), status, NOT_KEPT, JSON)
