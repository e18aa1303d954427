"""What becomes of posted events: taken once, the good of a batch, the same id with other content, bad inputs one by one."""

import asyncio
import base64
import gzip
import json
from typing import Any

import pytest
from msgspec import structs

from streams.gateways.http.binding import MOST_ITEMS
from streams.gateways.http.limits import BODY
from streams.messages import DAY
from tests.support.gateways.http import AIR, BATCH, TOKEN, Posting, event, events, without

REFUSED_FOR: list[tuple[str, Any, str, int]] = [
    ("no JSON", b"{", "not-json", 400),
    ("no UTF-8", json.dumps(event(data={"x": "a"})).encode().replace(b'"a"', b'"\xff"'), "not-json", 400),
    ("no object", [], "not-cloudevent", 400),
    ("deep JSON", b'{"specversion":"1.0","data":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "not-json", 400),
    ("deep data", json.dumps(event()).replace('{"pm25": 35.0}', '{"a":' * 5_000 + "1" + "}" * 5_000).encode(), "not-json", 400),
    ("other version", event(specversion="0.3"), "not-cloudevent", 400),
    ("no id", without("id"), "not-cloudevent", 400),
    ("empty id", event(""), "not-cloudevent", 400),
    ("long id", event("x" * 257), "not-cloudevent", 400),
    ("a control character", event("a\x00b"), "not-cloudevent", 400),
    ("no subject", without("subject"), "not-cloudevent", 400),
    ("long subject", event(subject="air.4101" + "x" * 200), "not-cloudevent", 400),
    ("no time", without("time"), "not-cloudevent", 400),
    ("time without offset", event(time="2026-06-01T08:00:00"), "bad-time", 400),
    ("no data", without("data"), "bad-data", 400),
    ("data of another form", event(datacontenttype="text/xml", data="<a/>"), "media-type", 400),
    ("data no object", event(data=[1]), "bad-data", 400),
    ("no Base64", without("data") | {"data_base64": "§"}, "bad-data", 400),
    ("a big event", event(data={"x": "a" * 65_536}), "too-big", 400),
    ("a type of others", event(type="cyber.login"), "not-its-type", 403),
    ("a tick", event(type="clock.tick"), "not-its-type", 403),
    ("a command", event(type="command.acknowledge"), "not-its-type", 403),
    ("a subject of others", event(subject="air.4103.X"), "not-its-subject", 403),
    ("a source of others", event(source="/other"), "not-its-source", 403),
]


def test_an_event_is_kept_as_it_is() -> None:
    """Structured mode: 202, and the event stands in the record with all that it says."""
    posting = Posting()
    response = posting.post(event(region="410105"))
    assert response.status_code == 202
    assert response.json() == {"accepted": 1, "known": 0, "refused": []}
    assert posting.kept.facts == [event(region="410105")]


def test_binary_mode_and_base64_say_the_same() -> None:
    """In binary mode attributes are percent-encoded headers (HTTP binding 3.1.3.2); data may be Base64 (JSON format 3.1.1)."""
    posting = Posting()
    attributes = {f"ce_{name}": str(value) for name, value in event("x").items() if name != "data"}
    attributes["ce_subject"] = "air.410100.%E7%83%9F%E5%8E%82"
    assert posting.post({"pm25": 35.0}, "application/json; charset=utf-8", **attributes).status_code == 202
    coded = without("data") | {"data_base64": base64.b64encode(b'{"pm25": 35.0}').decode()}
    assert posting.post(coded).status_code == 202
    assert posting.kept.facts == [event("x", subject="air.410100.烟厂"), event()]


@pytest.mark.parametrize("subject", ["air.410100.%FF", "air.410100.\xe9"])
def test_headers_that_are_no_percent_encoded_text_are_refused(subject: str) -> None:
    """Bytes that are no UTF-8, and letters beyond ASCII as they are: whoever guesses gives a station another name."""
    posting = Posting()
    attributes = {f"ce_{name}": str(value) for name, value in event().items() if name != "data"} | {"ce_subject": subject}
    response = posting.post({"pm25": 35.0}, "application/json", **attributes)
    assert response.status_code == 400
    assert posting.kept.refused[0]["data"]["reason"] == "not-cloudevent"


@pytest.mark.parametrize(("what", "body", "reason", "status"), REFUSED_FOR, ids=[row[0] for row in REFUSED_FOR])
def test_what_is_no_good_is_refused_and_told(what: str, body: Any, reason: str, status: int) -> None:
    """Problem+json (RFC 9457) with the reason; the same in the log, with size and digest, without a word of what was sent."""
    posting = Posting()
    response = posting.post(body)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert [each["reason"] for each in problem["refused"]] == [reason]
    assert posting.kept.facts == []
    [told] = posting.kept.refused
    assert (told["type"], told["subject"], told["data"]["reason"]) == ("environment.refused_input", "http-gateway", reason)
    assert told["data"]["source"] == "air"
    assert len(told["data"]["digest"]) == 64
    assert all(word not in json.dumps(told) for word in ("35.0", "/other", "air.4103", "xxxx", "aaaa", "acknowledge"))


def test_the_good_of_a_batch_is_taken() -> None:
    """202 with the refused by place and id; each of them stands in the log (Vector drops a whole batch on 4xx)."""
    posting = Posting()
    batch = [event("1"), event("2", time="yesterday"), 7, event("4", type="cyber.login"), event("5")]
    response = posting.post(batch, BATCH)
    assert response.status_code == 202
    answer = response.json()
    assert answer["accepted"] == 2
    assert [(each["index"], each.get("id", ""), each["reason"]) for each in answer["refused"]] == [
        (1, "", "bad-time"),
        (2, "", "not-cloudevent"),
        (3, "4", "not-its-type"),
    ]
    assert [each["id"] for each in posting.kept.facts] == ["1", "5"]
    assert [each["data"]["reason"] for each in posting.kept.refused] == ["bad-time", "not-cloudevent", "not-its-type"]


def test_a_sender_that_prefers_strict_gets_all_or_nothing() -> None:
    """RFC 7240 4.4: `handling=strict`; nothing of a batch with a bad event is taken, and it may come again mended."""
    posting = Posting()
    response = posting.post([event("1"), event("2", time="yesterday")], BATCH, Prefer="return=minimal, handling=strict")
    assert (response.status_code, response.headers["preference-applied"]) == (400, "handling=strict")
    assert [each["index"] for each in response.json()["refused"]] == [1]
    assert posting.kept.facts == []
    assert [each["data"]["reason"] for each in posting.kept.refused] == ["bad-time"]
    assert posting.post([event("1"), event("2")], BATCH, Prefer="handling=strict").json()["accepted"] == 2


def test_the_same_event_again_is_kept_once() -> None:
    """Source and id identify an event (CloudEvents 1.0.2 3.1.1): blanks and the order of fields in its data do not matter."""
    posting = Posting()
    first = event(data={"pm25": 35.0, "pm10": 50.0})
    assert posting.post(first).json()["accepted"] == 1
    again = json.dumps(event(data={"pm10": 50.0, "pm25": 35.0}), indent=2).encode()
    assert posting.post(again).json() == {"accepted": 0, "known": 1, "refused": []}
    assert posting.post([first, first, event("2"), event("2")], BATCH).json() == {"accepted": 1, "known": 3, "refused": []}
    assert len(posting.kept.facts) == 2


def test_an_event_is_known_for_a_day() -> None:
    """After a day the gateway has forgotten it."""
    posting = Posting()
    posting.post(event())
    posting.now += DAY
    assert posting.post(event()).json()["known"] == 1
    posting.now += 1
    assert posting.post(event()).json()["accepted"] == 1


def test_the_same_id_with_other_content_is_a_quality_record() -> None:
    """The first one stands; the second is told to its sender and in the log."""
    posting = Posting()
    posting.post(event())
    response = posting.post(event(data={"pm25": 36.0}))
    assert response.status_code == 202
    assert [(each["reason"], each["id"]) for each in response.json()["refused"]] == [("conflict", "1")]
    assert [each["data"]["reason"] for each in posting.kept.refused] == ["conflict"]
    assert len(posting.kept.facts) == 1


def test_a_natural_key_knows_a_fact_under_another_id() -> None:
    """Subject, quantity and time make a fact one (a retry of Telegraf has a new id); other values of it are a conflict."""
    posting = Posting({"air": structs.replace(AIR, natural=True)})
    assert posting.post(event("a")).json()["accepted"] == 1
    assert posting.post(event("b")).json()["known"] == 1
    assert posting.post(event("c", data={"so2": 3.0})).json()["accepted"] == 1
    assert posting.post(event("d", data={"pm25": 36.0})).json()["refused"][0]["reason"] == "conflict"


def test_what_is_being_kept_is_waited_for() -> None:
    """The same event in two requests at once: both hear 202 when it is kept, and both 503 where it could not be."""

    async def both(posting: Posting) -> list[int]:
        posting.kept.wait = asyncio.Event()
        first = asyncio.create_task(posting.send(event()))
        second = asyncio.create_task(posting.send(event()))
        await asyncio.sleep(0.05)
        assert not first.done()
        assert not second.done()
        posting.kept.wait.set()
        return [(await each).status_code for each in (first, second)]

    posting = Posting()
    assert asyncio.run(both(posting)) == [202, 202]
    assert len(posting.kept.facts) == 1
    full = Posting()
    full.kept.full = True
    assert asyncio.run(both(full)) == [503, 503]
    full.kept.full = False
    assert full.post(event()).json()["accepted"] == 1


def test_without_room_the_answer_is_503_with_a_time() -> None:
    """Nothing is promised that is not kept; posted again it is taken."""
    posting = Posting()
    posting.kept.full = True
    response = posting.post(event())
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert response.headers["content-type"] == "application/problem+json"
    posting.kept.full = False
    assert posting.post(event()).json()["accepted"] == 1


def test_a_batch_has_so_many_events_at_most() -> None:
    """10,000 are taken, of one more none: 413."""
    posting = Posting()
    small = [event(str(n), data={}) for n in range(MOST_ITEMS)]
    assert posting.post(small, BATCH).json()["accepted"] == MOST_ITEMS
    response = Posting().post(list(events(MOST_ITEMS + 1)), BATCH)
    assert response.status_code == 413
    assert posting.post({"not": "an array"}, BATCH).status_code == 400


def test_a_body_has_so_many_bytes_at_most() -> None:
    """4 MiB by Content-Length, as they come, and unpacked (a bomb of zeros is never unpacked whole): 413, told in the log."""
    bomb = gzip.compress(bytes(64 << 20), 1)
    assert len(bomb) < BODY

    async def endless() -> Any:
        while True:
            yield bytes(1 << 20)

    for body, headers in (
        (bytes(BODY + 1), {}),
        (b"", {"Content_Length": "9" * 5_000}),
        (endless(), {}),
        (bomb, {"Content_Encoding": "gzip"}),
    ):
        posting = Posting()
        response = posting.post(body, **headers)
        assert response.status_code == 413
        assert [each["data"]["reason"] for each in posting.kept.refused] == ["too-big"]


def test_gzip_is_read() -> None:
    """Packed bodies are taken; a cut one, two behind each other and other codings are not."""
    whole = gzip.compress(json.dumps(event()).encode())
    posting = Posting()
    assert posting.post(whole, Content_Encoding="gzip").status_code == 202
    assert posting.post(whole[:-9], Content_Encoding="gzip").status_code == 400
    assert posting.post(whole + whole, Content_Encoding="gzip").status_code == 400
    assert posting.post(b"no gzip", Content_Encoding="gzip").status_code == 400
    assert posting.post(whole, Content_Encoding="br").status_code == 415


def test_other_media_types_and_methods() -> None:
    """415 and 405 with Allow (OPTIONS too, where nobody's webhook asks); 404 elsewhere; all problem+json."""
    posting = Posting()
    assert posting.post(event(), "text/plain").status_code == 415
    assert posting.post(event(), "application/json").status_code == 415
    assert posting.post(b"<a/>", "application/xml").status_code == 415
    assert [each["data"]["reason"] for each in posting.kept.refused] == ["media-type"] * 3
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        response = posting.post(b"", method=method)
        assert (response.status_code, "POST" in response.headers["allow"]) == (405, True)
        assert response.headers["content-type"] == "application/problem+json"
    assert posting.post(event(), path="/other").status_code == 404


def test_hostile_text_is_only_data() -> None:
    """Markup in an id or in data goes as it is into the log, and comes back in no answer but JSON."""
    posting = Posting()
    hostile = "<script>alert(1)</script>"
    assert posting.post(event(hostile, data={"x": hostile})).status_code == 202
    assert posting.kept.facts[0]["id"] == hostile
    response = posting.post(event(hostile))
    assert response.headers["content-type"] == "application/json"
    assert response.json()["refused"][0]["id"] == hostile


def test_a_flood_of_bad_events_is_a_bounded_number_of_records() -> None:
    """So many of a sender and reason in an hour one by one, then the next power of two with the number that it stands for."""
    posting = Posting(each=10)
    posting.post([event(str(n), time="") for n in range(100)], BATCH)
    assert [each["data"].get("more", 0) for each in posting.kept.refused] == [0] * 10 + [5, 15, 31]


def test_a_sender_has_a_rate() -> None:
    """429 with Retry-After once its minute is used up; after that time it may post again."""
    posting = Posting({"air": structs.replace(AIR, rate=60)})
    assert posting.post([event(str(n)) for n in range(60)], BATCH).status_code == 202
    response = posting.post(event("next"))
    assert (response.status_code, response.headers["content-type"]) == (429, "application/problem+json")
    posting.now += int(response.headers["retry-after"]) * 1_000
    assert posting.post(event("next")).status_code == 202


def test_a_token_is_always_needed() -> None:
    """401 with WWW-Authenticate; the owner is told once a day, whoever it was, without the token."""
    posting = Posting()
    for token in ("", "Bearer wrong", "Basic abc", f"Token {TOKEN}"):
        response = posting.post(event(), Authorization=token)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert posting.kept.facts == []
    [told] = posting.kept.refused
    assert told["data"]["reason"] == "token"
    posting.now += DAY
    posting.post(event(), Authorization="")
    assert len(posting.kept.refused) == 2
