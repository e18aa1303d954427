"""What a hostile or broken sender posts: it costs nobody else anything, is told, and stands nowhere in the clear."""

import gzip
import json
from typing import Any

import pytest
from msgspec.structs import replace

from streams.gateways.foreign.mapping import Foreign, read
from streams.gateways.http.limits import BODY, MEMBERS
from streams.messages import decode_event, parse_time
from streams.risk.watch import Watch
from tests.support.gateways.http import AIR, BATCH, STRUCTURED, TOKEN, Posting, event

RAW = json.dumps(event())

HOURS = """
title = "hours"
domain = "environment"
fact = "air_hour"
station = "id"
[values]
pm25 = "pm25"
"""


def refused(raw: str | bytes) -> tuple[int, list[str]]:
    """What one event in structured mode is answered, and the reasons that the log is told."""
    posting = Posting()
    response = posting.post(raw.encode() if isinstance(raw, str) else raw)
    assert posting.kept.facts == []
    return response.status_code, [each["data"]["reason"] for each in posting.kept.refused]


@pytest.mark.parametrize("where", [b"35.0", b"410100.X"], ids=["in data", "in the subject"])
def test_bytes_that_are_no_utf_8(where: bytes) -> None:
    """JSON between systems is UTF-8 (RFC 8259, 8.1)."""
    assert refused(RAW.encode().replace(where, b'"\xff\xfe"' if where == b"35.0" else b"410100.\xff")) == (400, ["not-json"])


@pytest.mark.parametrize("text", ['"\\ud800"', "1e400", "9" * 5_000, "NaN", "[" * 20_000], ids=lambda text: text[:8])
def test_values_that_no_reader_agrees_on(text: str) -> None:
    """Half a surrogate pair, numbers beyond every reader, NaN, nesting without end (RFC 8259, 6, 8.2 and 9)."""
    assert refused(RAW.replace("35.0", text)) == (400, ["not-json"])


def test_nesting_that_could_still_be_read() -> None:
    """65 levels: msgspec reads a thousand, and whoever descends into them by calls behind it would fail."""
    assert refused(RAW.replace("35.0", "[" * 64 + "]" * 64)) == (400, ["bad-data"])
    assert Posting().post(RAW.replace("35.0", "[" * 63 + "]" * 63).encode()).status_code == 202


@pytest.mark.parametrize(
    "raw",
    [
        RAW.replace("35.0", '35.0, "pm25": 350.0'),
        RAW.replace('"subject"', '"subject": "air.410100.Y", "subject"'),
        f'{RAW[:-1]}, "data": {{"pm25": 350}}}}',
    ],
    ids=["a value", "an attribute", "the data"],
)
def test_two_members_of_one_name(raw: str) -> None:
    """Which is meant is "unpredictable" (RFC 8259, 4); as evidence neither is any good. Its neighbours in a batch stand."""
    assert refused(raw) == (400, ["bad-data"])
    posting = Posting()
    response = posting.post(f"[{raw}, {json.dumps(event('2'))}]".encode(), BATCH)
    assert (response.status_code, response.json()["accepted"]) == (202, 1)


def test_data_twice() -> None:
    """`data` and `data_base64` exclude one another (JSON format 1.0.2, 3.1)."""
    assert refused(f'{RAW[:-1]}, "data_base64": "eyJwbTI1IjogMX0="}}') == (400, ["not-cloudevent"])


@pytest.mark.parametrize(
    "sign", ["\\u202e", "\\u0000", "\\u200b", "\\ufffe"], ids=["turned", "NUL", "no width", "no character"]
)
def test_a_subject_that_is_not_what_it_looks_like(sign: str) -> None:
    """Signs that turn or hide what is read would make one device look like another (Unicode TR36)."""
    assert refused(RAW.replace("410100.X", f"410100.X{sign}")) == (400, ["not-cloudevent"])


def test_gzip_of_several_members_and_bombs() -> None:
    """A gzip is a series of members (RFC 1952, 2.2); 200 MB packed, in one or many, are never unpacked beyond the bound."""
    raw = RAW.encode()
    packed = gzip.compress(raw[:50]) + gzip.compress(raw[50:])
    assert Posting().post(packed, Content_Encoding="gzip").status_code == 202
    assert Posting().post(packed[:-1], Content_Encoding="gzip").status_code == 400
    assert Posting().post(packed + b"\0", Content_Encoding="gzip").status_code == 400
    bomb = gzip.compress(bytes(BODY // 2))
    assert Posting().post(gzip.compress(bytes(50 * BODY)), Content_Encoding="gzip").status_code == 413
    assert Posting().post(bomb * 3, Content_Encoding="gzip").status_code == 413
    assert Posting().post(gzip.compress(b"") * (MEMBERS + 1), Content_Encoding="gzip").status_code == 400


def test_an_event_that_brings_up_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, it is told; those beside it are taken, and nothing of it counts as known."""
    posting = Posting()

    def fits(_: object, text: str) -> bool:
        return text != "air.410100.Y" or 1 / 0 > 0

    monkeypatch.setattr("streams.gateways.http.reception.fits", fits)
    broken = event("2", subject="air.410100.Y")
    response = posting.post([event(), broken], BATCH)
    assert (response.json()["accepted"], response.json()["refused"][0]["reason"]) == (1, "unreadable")
    monkeypatch.undo()
    assert posting.post(broken).json()["accepted"] == 1


def posted_as_a_document(body: bytes, kind: str) -> tuple[int, list[str]]:
    """What a foreign document is answered, and the reasons that the log is told."""
    mapping = read(HOURS, "air.toml")
    assert isinstance(mapping, Foreign)
    posting = Posting({"air": replace(AIR, subjects=("*",), sources=(), map="air.toml")}, {"air": [mapping]})
    response = posting.post(body, kind)
    return response.status_code, [each["data"]["reason"] for each in posting.kept.refused]


@pytest.mark.parametrize("charset", ["punycode", "idna", "zlib_codec", "rot13", "unicode_escape", "utf-7", "none"])
def test_a_charset_that_is_none(charset: str) -> None:
    """A document may name charsets of the web, not whatever Python can decode: some of those take a square of the time."""
    assert posted_as_a_document(b'{"id": "1", "pm25": 3}', f"application/json; charset={charset}") == (400, ["unreadable"])
    assert posted_as_a_document('{"id": "站", "pm25": 3}'.encode("gbk"), "application/json; charset=GBK") == (202, [])


def test_two_members_of_one_name_in_a_document() -> None:
    """The field is left out and told, for nobody knows which is meant; where both say the same it stands."""
    assert posted_as_a_document(b'{"id": "1", "pm25": 3, "pm25": 30}', "application/json") == (400, ["bad-data"])
    assert posted_as_a_document(b'{"id": "1", "pm25": 3, "pm25": 3}', "application/json") == (202, [])


def test_a_document_that_brings_up_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, it is told and answered by 400: by 500 its sender would post it for ever."""
    monkeypatch.setattr("streams.gateways.http.binding.take", lambda *_: 1 / 0)
    assert posted_as_a_document(b'{"id": "1"}', "application/json") == (400, ["unreadable"])


def test_no_path_leads_anywhere() -> None:
    """What stands behind `/events/` is a topic for mappings, no file: dots and NUL are letters of it, or no path at all."""
    posting = Posting()
    for path in ("/events/%2e%2e/%2e%2e/etc/passwd", "/events/a%00b", "/events/..%2f..%2fsources.toml"):
        response = posting.post(event(), path=path, method="GET")
        assert response.status_code in {404, 405}


def test_tokens_stand_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither right ones nor wrong ones are in what is kept, said or answered, wherever in a request they stand."""
    posting = Posting()
    answers = [
        posting.post(event("1")),
        posting.post(event("2"), Authorization="Bearer wrong-token"),
        posting.post(event("3"), Authorization="", path="/events?access_token=wrong-token"),
        posting.post(f'{{"token": "{TOKEN}", "id": "wrong-token"'.encode()),
    ]
    said = "".join([*(each.text for each in answers), *capfd.readouterr()]) + repr(posting.kept.records)
    assert [each.status_code for each in answers] == [202, 401, 401, 400]
    assert TOKEN not in said
    assert "wrong-token" not in said


def test_an_event_far_from_our_clock_is_the_judges_to_refuse() -> None:
    """A sender's clock may be wrong by years: form and rights are looked at here, and no clock (DQ-03, DQ-06 in the log)."""
    posting = Posting()
    for number, time in enumerate(("1970-01-02T00:00:00Z", "2198-01-01T00:00:00+08:00")):
        assert posting.post(event(str(number), time=time)).status_code == 202
    assert posting.post(event("3", time="2200-01-01T00:00:00Z")).json()["refused"][0]["reason"] == "bad-time"


@pytest.mark.parametrize("levels", [62, 900, 975, 985, 990, 995, 20_000])
def test_nesting_in_the_log_does_not_end_the_watch(levels: int) -> None:
    """What stands in the log by another way, however deep: the standing watch goes on."""
    data: Any = '{"pm25": 1, "x": ' + "[" * levels + '"13800138000"' + "]" * levels + "}"
    watch = Watch("410100")
    watch.now = parse_time("2026-06-01T08:00:00+08:00")
    told = [decode_event(each).type for each in watch.event(RAW.replace('{"pm25": 35.0}', data).encode(), "m")]
    assert set(told) <= {"data.registered", "data.undeclared_field", "data.personal_value"}
    assert told or levels > 900


def test_one_sender_has_no_other_ones_rights() -> None:
    """The token says who posts, not what the event says of itself: another's source, type or subject is refused."""
    posting = Posting({"air": AIR})
    for other in ({"source": "/lifts"}, {"type": "special_equipment.lift_state"}, {"subject": "air.4102.1"}):
        assert posting.post(event("1", **other), STRUCTURED).status_code == 403
    assert posting.kept.facts == []
