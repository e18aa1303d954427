"""A service that is asked: its ways of paging, what is new in it, who asks, and a service that is busy."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from streams.command import Trouble
from streams.gateways.drain import unpacked
from streams.gateways.foreign.engine import Origin
from streams.gateways.http.signature import Request, Scheme, Signatures
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.pull.progress import Away, ReadProgress, by_mappings, newest_step
from streams.gateways.pull.rest import ServiceReader, signature
from streams.gateways.pull.serve import LONGEST, Fetching
from streams.gateways.pull.service import load_service
from streams.gateways.spool import Spool
from streams.messages import Name, format_time, parse_time

NOW = parse_time("2026-06-01T09:00:00+08:00")
MINUTE = 60_000

MAPPING = """
title = "states of lifts"
domain = "special_equipment"
fact = "lift_state"
subject = "lift"
region = "410100"
station = "no"
[time]
columns = ["at"]
[values]
running = { at = "run", as = "flag" }
"""

SOURCE = """
source = "housing/lifts"
map = "map.toml"
url = "https://api.example.gov.cn/v1/lifts"
items = "$.data.list"
"""

PAGES = '[paging]\nby = "page"\nparameter = "page"\nsize = 2\n'
CURSOR = '[paging]\nby = "cursor"\nparameter = "next"\nat = "$.data.next"\n'
LINK = '[paging]\nby = "link"\n'
SINCE = '[since]\nparameter = "after"\nat = "@.changed"\nformat = "ms"\noverlap = "5m"\n'

Answer = Callable[[httpx.Request], httpx.Response]


def item(number: int, changed: int = NOW, at: int = NOW) -> dict[str, Any]:
    """A lift as the service gives it."""
    return {"no": f"L{number}", "at": format_time(at), "run": 1, "changed": changed}


def listed(items: Sequence[dict[str, Any]], **more: Any) -> httpx.Response:
    """A page of the service."""
    return httpx.Response(200, json={"data": {"list": list(items)} | more})


class AskedService:
    """A service of one's own, and the gateway that asks it; `urls`: what was asked."""

    def __init__(self, folder: Path, source: str, answer: Answer) -> None:
        self.folder, self._answer = folder, answer
        self.requests: list[httpx.Request] = []
        (folder / "map.toml").write_text(MAPPING, "utf-8")
        (folder / "housing.toml").write_text(source, "utf-8")

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    def read(self, stopped: Callable[[], bool] = lambda: False, now: int = NOW) -> list[str]:
        """Start, ask, end; the subjects of all events in the spool by then."""
        with Spool(self.folder / "spool") as spool:
            plan = load_service(self.folder / "housing.toml")
            refusals = Refusals("rest", Name("网关"), "410100", TellingLimit(frozenset()), "run")
            make = by_mappings(plan.mappings, Origin(source=plan.source.source, now=0), refusals)
            client = httpx.Client(transport=httpx.MockTransport(self._handle))
            reader = ServiceReader(plan, ReadProgress(plan.name, plan.behind, spool, make), client)
            if step := newest_step(spool):
                reader.progress.resume(step)
            try:
                reader.read(now, stopped)
            finally:
                reader.close()
        return self.subjects()

    def subjects(self) -> list[str]:
        """The last part of the subjects of all events in the spool."""
        with Spool(self.folder / "spool") as spool:
            events = [json.loads(each) for record in spool.read(0, 1_000) for each in unpacked(record.payload).events]
        return [event["subject"].rpartition(".")[2] for event in events]

    def asked(self, name: str) -> list[str | None]:
        """What each request had in a parameter."""
        return [request.url.params.get(name) for request in self.requests]


def test_pages_by_number_end_with_one_that_is_not_full(tmp_path: Path) -> None:
    """Two full pages of two and one of one: three requests, with the parameters of the address beside the number."""
    everything = [item(number) for number in range(5)]

    def answer(request: httpx.Request) -> httpx.Response:
        begin = 2 * (int(request.url.params["page"]) - 1)
        return listed(everything[begin : begin + 2])

    service = AskedService(tmp_path, SOURCE.replace('/lifts"\nitems', '/lifts?kind=a"\nitems') + PAGES, answer)
    assert service.read() == ["L0", "L1", "L2", "L3", "L4"]
    assert service.asked("page") == ["1", "2", "3"]
    assert service.asked("kind") == ["a"] * 3


def test_pages_by_cursor_end_where_there_is_none(tmp_path: Path) -> None:
    """The next cursor stands in the answer; an empty one is the end."""
    pages = {None: ([item(0)], "b"), "b": ([item(1)], "c"), "c": ([item(2)], "")}

    def answer(request: httpx.Request) -> httpx.Response:
        found, cursor = pages[request.url.params.get("next")]
        return httpx.Response(200, json={"data": {"list": found, "next": cursor}})

    service = AskedService(tmp_path, SOURCE + CURSOR, answer)
    assert service.read() == ["L0", "L1", "L2"]
    assert service.asked("next") == [None, "b", "c"]


def test_pages_by_link_stay_with_the_service(tmp_path: Path) -> None:
    """RFC 8288: rel="next" is followed, relative too; one to another host is not, so that no token goes there."""
    other = '<https://evil.example/v1>; rel="next"'
    links = {"": '</v1/lifts?p=2>; rel="next"', "2": "", "3": other}

    def answer(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("p", "")
        return httpx.Response(200, json={"data": {"list": [item(int(page or 1))]}}, headers={"link": links[page]})

    service = AskedService(tmp_path, SOURCE + LINK, answer)
    assert service.read() == ["L1", "L2"]
    links[""] = other
    with pytest.raises(Away, match="another host"):
        service.read()
    assert {request.url.host for request in service.requests} == {"api.example.gov.cn"}


def test_what_is_new_is_asked_for_by_its_time(tmp_path: Path) -> None:
    """The second reading asks from five minutes before the newest item on, and takes what it has not seen, late or not."""
    there = [item(1, NOW - 10 * MINUTE), item(2, NOW)]
    service = AskedService(tmp_path, SOURCE + SINCE, lambda _: listed(there))
    assert service.read() == ["L1", "L2"]
    there += [item(3, NOW - 2 * MINUTE), item(4, NOW - 9 * MINUTE), item(5, NOW)]
    assert service.read() == ["L1", "L2", "L3", "L5"]
    assert service.asked("after") == [None, str(NOW - 5 * MINUTE)]
    assert service.read() == ["L1", "L2", "L3", "L5"]


def test_an_item_from_the_future_moves_nothing_beyond_now(tmp_path: Path) -> None:
    """A service whose clock is a day ahead does not make us pass over what comes meanwhile."""
    service = AskedService(tmp_path, SOURCE + SINCE, lambda _: listed([item(1, NOW + 1_440 * MINUTE)]))
    service.read()
    service.read()
    assert service.asked("after") == [None, str(NOW - 5 * MINUTE)]


def test_without_a_time_all_is_fetched_and_what_is_new_is_taken(tmp_path: Path) -> None:
    """Three readings of a growing list: each item once, also after it was met in several."""
    there = [item(1), item(2)]
    service = AskedService(tmp_path, SOURCE, lambda _: listed(there))
    service.read()
    there.append(item(3))
    service.read()
    assert service.read() == ["L1", "L2", "L3"]


def test_stopped_between_pages_nothing_is_lost(tmp_path: Path) -> None:
    """Items of a page that was not reached, older than those that were: the next reading has them, and no other twice."""
    pages = {"1": [item(1, NOW), item(2, NOW)], "2": [item(3, NOW - 100 * MINUTE)]}
    service = AskedService(tmp_path, SOURCE + PAGES + SINCE, lambda request: listed(pages[request.url.params["page"]]))
    assert service.read(lambda: True) == ["L1", "L2"]
    assert service.read() == ["L1", "L2", "L3"]


@pytest.mark.parametrize(
    ("status", "headers", "after"),
    [
        (429, {"retry-after": "120"}, 120_000),
        (503, {"retry-after": "Mon, 01 Jun 2026 01:02:00 GMT"}, 120_000),
        (503, {"retry-after": "soon"}, 0),
        (401, {"retry-after": "120"}, 0),
        (302, {"location": "https://evil.example"}, 0),
        (500, {}, 0),
    ],
)
def test_a_service_that_gives_nothing_is_away(tmp_path: Path, status: int, headers: dict[str, str], after: int) -> None:
    """Retry-After (RFC 9110 10.2.3: seconds, or a date) is heeded where it may stand; no redirect is followed."""
    service = AskedService(tmp_path, SOURCE, lambda _: httpx.Response(status, headers=headers))
    with pytest.raises(Away) as raised:
        service.read()
    assert raised.value.after == after
    assert len(service.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"data": {"list": [1]}}', b"\xff\xfe\x00"])
def test_an_answer_that_is_none_is_away(tmp_path: Path, body: bytes) -> None:
    """No JSON, no objects: it is said, and the gateway goes on."""
    headers = {"content-type": "application/json"}
    with pytest.raises(Away):
        AskedService(tmp_path, SOURCE, lambda _: httpx.Response(200, content=body, headers=headers)).read()


def test_a_token_goes_with_each_request_and_stands_in_no_file_of_settings(tmp_path: Path) -> None:
    """The token comes from a file of mode 600; over http:// to another machine it is refused at start."""
    (tmp_path / "token").write_text("geheim\n", "ascii")
    (tmp_path / "token").chmod(0o600)
    service = AskedService(tmp_path, 'token_file = "token"\n' + SOURCE, lambda _: listed([]))
    service.read()
    assert service.requests[0].headers["authorization"] == "Bearer geheim"
    (tmp_path / "housing.toml").write_text('token_file = "token"\n' + SOURCE.replace("https:", "http:"), "utf-8")
    with pytest.raises(Trouble, match="https://"):
        load_service(tmp_path / "housing.toml")


def test_a_request_is_signed_as_our_own_gateway_would_check_it(tmp_path: Path) -> None:
    """HMAC-SHA256 of key, time, nonce and body by hand; the senders' check of `gateway http` takes it too."""
    scheme, key = Scheme(key="app1", secret="s"), b"0123456789abcdef"  # noqa: S106 - the name of a file
    headers = signature(scheme, key, "https://a.example/v1/lifts?page=1", NOW, "n1")
    by_hand = hmac.new(key, f"app1{NOW}n1".encode(), hashlib.sha256).hexdigest()
    assert headers == {"X-App-Key": "app1", "X-Timestamp": str(NOW), "X-Nonce": "n1", "X-Signature": by_hand}
    request = Request("GET", "/v1/lifts?page=1", {name.lower(): value for name, value in headers.items()}, b"")
    assert Signatures(scheme, key).wrong(request, NOW) == ""


class AwayReader:
    """A reader that is away, for ever or for a while."""

    def __init__(self, error: Exception | None, every: int = 30_000) -> None:
        self.name, self.every, self.error = "r", every, error
        self.progress: Any = None

    def read(self, *_: Any) -> None:
        """Raise what it was made with."""
        if self.error:
            raise self.error

    def close(self) -> None:
        """Nothing is open."""


def test_a_source_that_is_away_is_asked_less_and_less_often() -> None:
    """From `every` on twice as long each time, ten minutes at most; Retry-After counts where it is longer; said once."""
    reader, said, stop = AwayReader(Away("x")), list[str](), threading.Event()
    fetching = Fetching([reader], said.append)
    assert [fetching._read(reader, stop) for _ in range(7)] == [30, 60, 120, 240, 480, LONGEST, LONGEST]
    reader.error = Away("x", 3_600_000)
    assert fetching._read(reader, stop) == 3_600
    reader.error = None
    assert fetching._read(reader, stop) == 30
    assert said == ["r is not read on: x", "r is read again"]
