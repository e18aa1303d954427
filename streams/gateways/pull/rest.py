"""A service that is asked, page by page, for what is new in it."""

import hmac
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from streams.gateways.foreign.document import LARGEST, Unreadable, read_document
from streams.gateways.foreign.place import Lookup, items, place
from streams.gateways.http.signature import Request, Scheme, signed
from streams.gateways.meaning import read_moment, text_of
from streams.gateways.pull.progress import Away, ReadProgress
from streams.gateways.pull.service import ServicePlan, Since
from streams.gateways.pull.watermark import Mark
from streams.messages import SECOND, format_time

PAGES = 10_000
"""Pages of one reading at most; 本系统默认 (a default of this system): a service whose cursor goes in a circle ends there."""

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""The answers that may say after what time to come again."""


class ServiceReader:
    """Asks a service; `client` is that of a test, `clock` the time (ms)."""

    def __init__(self, plan: ServicePlan, progress: ReadProgress, client: httpx.Client | None = None) -> None:
        self.name, self.every, self.progress = plan.name, plan.every, progress
        self._plan, self._client = plan, client

    def read(self, now: int, stopped: Callable[[], bool]) -> None:
        """Ask for all that is new."""
        since, mark = self._plan.source.since, self.progress.mark
        begin = self.progress.begin if since else None
        number = mark + 1 if isinstance(mark, int) else 1
        newest = 0
        for page in self._pages(begin, now):
            marked = [(_mark(since, each, now) if since else number, each) for each in page]
            rows = [row for row in marked if not isinstance(begin, int) or row[0] >= begin]
            self.progress.take(rows, now, ordered=False)
            newest = max(newest, *(mark for mark, _ in rows)) if rows else newest
            if stopped():
                return
        if newest:
            self.progress.reach(newest)

    def close(self) -> None:
        """Let the connections go."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _pages(self, begin: Mark | None, now: int) -> Iterator[list[Mapping[str, Any]]]:
        """The items of each page."""
        source, paging = self._plan.source, self._plan.source.paging
        query = dict(source.query)
        if source.since and isinstance(begin, int):
            query[source.since.parameter] = _asked(source.since, begin)
        if paging and paging.by == "page":
            query[paging.parameter] = str(paging.first)
        url: str | None = str(httpx.URL(source.url, params=dict(httpx.URL(source.url).params) | query))
        for number in range(PAGES):
            response, body = self._get(str(url), now)
            document = self._document(response, body)
            found = [each for _, each in items(source.items, document)]
            if not all(isinstance(each, dict) for each in found):
                raise Away(f"{self.name}: what stands at {source.items} is no list of objects")
            yield found
            url = self._next(str(url), response, document, len(found), number + 1)
            if url is None:
                return
        raise Away(f"{self.name}: more than {PAGES} pages: does its cursor go in a circle?")

    def _next(self, url: str, response: httpx.Response, document: Any, found: int, number: int) -> str | None:
        """The address of the next page; None where there is none."""
        paging = self._plan.source.paging
        if paging is None:
            return None
        if paging.by == "page":
            value = str(paging.first + number) if found >= paging.size else None
        elif paging.by == "cursor":
            at = place(paging.at)(Lookup(document, document))
            value = text_of(at[0]) if at and at[0] else None
        else:
            link = response.links.get("next", {}).get("url")
            return None if link is None else self._ours(str(response.url.join(link)))
        return None if not value else str(httpx.URL(url).copy_set_param(paging.parameter, value))

    def _ours(self, url: str) -> str:
        """A link of the service itself: no token goes anywhere else."""
        if urlsplit(url)[:2] != urlsplit(self._plan.source.url)[:2]:
            raise Away(f"{self.name}: its next page is said to be on another host, which is not asked")
        return url

    def _get(self, url: str, now: int) -> tuple[httpx.Response, bytes]:
        """An answer with its body; Away where it is no good one."""
        try:
            with self._opened().stream("GET", url, headers=self._headers(url, now)) as response:
                if response.status_code != HTTPStatus.OK:
                    raise Away(f"{self.name}: {_refusal(response)}", _after(response, now))
                body = b""
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        raise Away(f"{self.name}: a page of more than {LARGEST} bytes: ask for fewer items")
                return response, body
        except httpx.HTTPError as error:
            raise Away(f"{self.name}: {type(error).__name__}: {error}") from None

    def _document(self, response: httpx.Response, body: bytes) -> Any:
        try:
            return read_document(body, response.headers.get("content-type", ""))
        except Unreadable as error:
            raise Away(f"{self.name}: its answer cannot be read: {error.reason}: {error}") from None

    def _headers(self, url: str, now: int) -> dict[str, str]:
        source = self._plan.source
        headers = {"Accept": "application/json, application/xml;q=0.5", "User-Agent": "onescreen"} | source.headers
        if source.has_token:
            headers[source.token_header] = source.token_prefix + self._plan.token
        return headers | (signature(source.sign, self._plan.key, url, now) if source.sign else {})

    def _opened(self) -> httpx.Client:
        if self._client is None:
            verify = ssl.create_default_context(cafile=self._plan.ca or None)
            self._client = httpx.Client(verify=verify, timeout=self._plan.source.seconds, trust_env=False)
        return self._client


def signature(scheme: Scheme, key: bytes, url: str, now: int, nonce: str = "") -> dict[str, str]:
    """The headers that sign a GET of an address at a moment (ms), in the way of `streams.gateways.http.signature`."""
    time, nonce = str(now // SECOND if scheme.unit == "s" else now), nonce or uuid4().hex
    target = httpx.URL(url).raw_path.decode("ascii")
    request = Request("GET", target, {scheme.nonce_header.lower(): nonce}, b"")
    made = hmac.digest(key, signed(scheme, request, time), "sha256")
    text = made.hex() if scheme.encoding == "hex" else b64encode(made).decode("ascii")
    names = (scheme.key_header, scheme.time_header, scheme.nonce_header, scheme.signature_header)
    return dict(zip(names, (scheme.key, time, nonce, text), strict=True))


def _mark(since: Since, item: Mapping[str, Any], now: int) -> int:
    """When an item changed (ms); now where it does not say, or says what is still to come."""
    found = place(since.at)(Lookup(item, item))
    at, _ = read_moment(since.time, found[:1]) if found else (None, "")
    return now if at is None else min(at, now)


def _asked(since: Since, begin: int) -> str:
    """A moment (ms) as the service wants it."""
    if since.format in {"s", "ms"}:
        return str(begin // SECOND if since.format == "s" else begin)
    if since.format == "rfc3339":
        return format_time(begin)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=begin)
    return moment.astimezone(since.time.offset).strftime(since.format)


def _refusal(response: httpx.Response) -> str:
    """Why a service gave nothing, in words."""
    known = {
        HTTPStatus.UNAUTHORIZED: "it does not know the token: renew it",
        HTTPStatus.FORBIDDEN: "the token has no right to this",
        HTTPStatus.TOO_MANY_REQUESTS: "it is asked too often: make `every` longer",
    }
    return f"it answers {response.status_code} {known.get(HTTPStatus(response.status_code), response.reason_phrase)}"


def _after(response: httpx.Response, now: int) -> int:
    """How long (ms) a service that is busy wants to be left alone (Retry-After: seconds, or a date)."""
    said = response.headers.get("retry-after", "")
    if response.status_code not in BUSY or not said:
        return 0
    if said.isdigit():
        return int(said) * SECOND
    try:
        return max(int(parsedate_to_datetime(said).timestamp() * SECOND) - now, 0)
    except (ValueError, TypeError):
        return 0
