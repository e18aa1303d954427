"""Foreign JSON and XML over HTTP by a mapping, and what programs post: SDK of CloudEvents, Telegraf, Vector, Fluent Bit."""

import gzip
import json
import re
from datetime import datetime
from typing import Any

import msgspec
import pytest
import yaml
from cloudevents.core.bindings import http as sdk
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from streams.gateways.foreign.mapping import Foreign, load, read
from streams.gateways.http.sources import HttpSource, hash_of
from tests.support.gateways.http import TOKEN, Posting, event
from tests.support.workers import ROOT

LIFT = """
title = "lifts of a platform"
domain = "special_equipment"
fact = "lift_state"
subject = "lift"
station = "@.no"
each = "$.list"
[time]
columns = ["@.ts"]
format = "ms"
[values]
running = { at = "@.run", as = "flag" }
"""
XML = LIFT.replace('each = "$.list"', 'each = "$.r.lift"').replace("@.no", "@['@no']")
LIFTS = HttpSource(token=hash_of(TOKEN), types=("special_equipment.lift_state",), subjects=("lift.*",), map="lift.toml")
AT = 1_780_272_600_000


def posting(*texts: str, **other: Any) -> Posting:
    """A gateway whose one sender has these mappings."""
    source = msgspec.structs.replace(LIFTS, **other)
    return Posting({"lifts": source}, {"lifts": [mapping(text) for text in texts]})


def mapping(text: str) -> Foreign:
    """A mapping that is right."""
    found = read(text, "lift.toml")
    assert isinstance(found, Foreign), found
    return found


def test_foreign_json_becomes_facts() -> None:
    """Each item is a fact of its own; the one without a time is refused, with its place and the head of the document."""
    body = {"token": "secret-13800000000", "list": [{"no": "1", "ts": AT, "run": 1}, {"no": "2", "run": 0}]}
    found = posting(LIFT)
    response = found.post(body, "application/json")
    assert response.status_code == 202
    assert response.json()["accepted"] == 1
    [refused] = response.json()["refused"]
    assert (refused["index"], refused["reason"]) == (1, "bad-time")
    [fact] = found.kept.facts
    assert (fact["type"], fact["subject"], fact["data"]) == ("special_equipment.lift_state", "lift.1", {"running": True})
    assert fact["source"] == "lifts"
    [told] = found.kept.refused
    assert told["data"]["head"].startswith('{"token": *, "list": [{"no": *')
    assert "13800000000" not in json.dumps(told)


def test_foreign_xml_becomes_facts() -> None:
    """An element with attributes is an item; what has a document type is refused whole (400)."""
    found = posting(XML)
    body = f'<r><lift no="1"><ts>{AT}</ts><run>1</run></lift></r>'.encode()
    assert found.post(body, "application/xml").json()["accepted"] == 1
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'
    response = found.post(bomb, "text/xml")
    assert response.status_code == 400
    assert response.json()["refused"][0]["reason"] == "unreadable"
    assert found.kept.refused[0]["data"]["size"] == len(bomb)


def test_a_foreign_document_again_is_kept_once() -> None:
    """The id is made of subject, quantities and time, so that a new envelope around the same state changes nothing."""
    found = posting(LIFT)
    assert found.post({"msg": 1, "list": [{"no": "1", "ts": AT, "run": 1}]}, "application/json").json()["accepted"] == 1
    assert found.post({"msg": 2, "list": [{"no": "1", "ts": AT, "run": 1}]}, "application/json").json()["known"] == 1
    response = found.post({"msg": 3, "list": [{"no": "1", "ts": AT, "run": 0}]}, "application/json")
    assert response.json()["refused"][0]["reason"] == "conflict"


def test_rights_hold_for_what_a_mapping_makes() -> None:
    """A mapping may name whom it will: the sender has the rights of its register."""
    response = posting(LIFT, subjects=("lift.7",)).post({"list": [{"no": "1", "ts": AT, "run": 1}]}, "application/json")
    assert (response.status_code, response.json()["refused"][0]["reason"]) == (403, "not-its-subject")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 5_000 + b"]" * 5_000, b"null", b"[]", b'{"other": 1}'])
def test_a_document_that_no_mapping_reads_is_refused(body: bytes) -> None:
    """400, told in the log; nothing of it is kept but names of fields."""
    found = posting(LIFT)
    assert found.post(body, "application/json").status_code == 400
    assert len(found.kept.refused) == 1
    assert found.kept.facts == []


@pytest.mark.parametrize("binary", [True, False])
def test_the_sdk_of_cloudevents_posts(binary: bool) -> None:
    """The official SDK's structured and binary messages are taken; it encodes what is not ASCII in headers."""
    attributes = {key: value for key, value in event("sdk", subject="air.410100.烟厂").items() if key not in {"data", "time"}}
    made = CloudEvent(
        attributes | {"time": datetime.fromisoformat(event()["time"]), "datacontenttype": "application/json"}, {"pm25": 35.0}
    )
    message = (sdk.to_binary if binary else sdk.to_structured)(made, JSONFormat())
    found = Posting()
    headers = {key.replace("-", "_"): value for key, value in message.headers.items() if key.lower() != "content-type"}
    kind = next(value for key, value in message.headers.items() if key.lower() == "content-type")
    response = found.post(message.body, kind, **headers)
    assert response.status_code == 202, response.text
    [kept] = found.kept.facts
    assert (kept["subject"], kept["data"]) == ("air.410100.烟厂", {"pm25": 35.0})


def recipe(title: str) -> Foreign:
    """A mapping as the page of gateways has it."""
    page = (ROOT / "docs/operate/gateways.md").read_text("utf-8")
    [text] = [block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if f'title = "{title}"' in block]
    return mapping(text)


def of_telegraf(id_: str, temperature: float, store: str = "cold-1") -> dict[str, Any]:
    """A metric as Telegraf's serializer of CloudEvents writes it (1.37.2): no subject, a new id each time, nanoseconds."""
    data = {"fields": {"temperature": temperature}, "name": "climate", "tags": {"store": store}, "timestamp": AT * 1_000_000}
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "telegraf",
        "type": "com.influxdata.telegraf.metric",
        "datacontenttype": "application/json",
        "time": "2026-06-01T00:10:00Z",
        "data": data,
    }


def test_telegraf_posts() -> None:
    """A batch, packed, under the type that its users set; what it posts again has other ids, and is known."""
    source = msgspec.structs.replace(LIFTS, types=("food_drug.food_climate",), subjects=("cold-*",))
    found = Posting({"telegraf": source}, {"telegraf": [recipe("temperatures by Telegraf")]})
    first = gzip.compress(json.dumps([of_telegraf("a", 3.5), of_telegraf("b", 4.5, "cold-2")]).encode())
    assert found.post(first, "application/json", Content_Encoding="gzip").json()["accepted"] == 2
    again = [of_telegraf("c", 3.5), of_telegraf("d", 4.5, "cold-2"), of_telegraf("e", 9.0, "other")]
    response = found.post(again, "text/plain; charset=utf-8")
    assert (response.json()["accepted"], response.json()["known"]) == (0, 2)
    assert [each["reason"] for each in response.json()["refused"]] == ["not-its-subject"]
    assert [(each["type"], each["subject"], each["data"]) for each in found.kept.facts] == [
        ("food_drug.food_climate", "cold-1", {"temperature": 3.5}),
        ("food_drug.food_climate", "cold-2", {"temperature": 4.5}),
    ]


def openssh_shipped() -> list[Foreign]:
    """The ready mapping of the recipes."""
    found = load(ROOT / "streams/gateways/ready/openssh_shipped")
    return list(found)


FAILED = "Failed password for root from 192.0.2.1 port 22 ssh2"
REPEATED = f"message repeated 5 times: [ {FAILED}]"


@pytest.mark.parametrize("shipper", ["vector", "fluent-bit"])
def test_bodies_of_vector_and_fluent_bit_are_taken(shipper: str) -> None:
    """A JSON array, as their documentation has it (RFC 3339 in UTC with microseconds): six attempts; PAM's line is none."""
    source = msgspec.structs.replace(LIFTS, types=("cyber.login",), subjects=("host.410100.web-1",))
    found = Posting({shipper: source}, {shipper: openssh_shipped()})
    pam = "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root"
    said = [(pam, "123401"), (FAILED, "123456"), (REPEATED, "223456")]
    body = [{"host": "web-1", "time": f"2026-06-01T00:09:59.{parts}Z", "message": line} for line, parts in said]
    response = found.post(body, "application/json")
    assert (response.status_code, response.json()["accepted"], response.json()["refused"]) == (202, 6, [])
    assert {json.dumps(each["data"]) for each in found.kept.facts} == {'{"source": "192.0.2.1", "outcome": "failure"}'}
    times = [each["time"] for each in found.kept.facts]
    assert times == [f"2026-06-01T08:09:59.{n}+08:00" for n in (123, *range(223, 228))]
    assert found.post(body, "application/json").json()["known"] == 6, "what is posted again is known"


@pytest.mark.parametrize(
    ("file", "places"), [("vector.yaml", ("sinks", "onescreen")), ("fluent-bit.yaml", ("pipeline", "outputs"))]
)
def test_files_of_recipes_that_no_program_has_read_are_yaml(file: str, places: tuple[str, str]) -> None:
    """They say where they post and that they are untested."""
    text = (ROOT / "docs/operate/recipes" / file).read_text("utf-8")
    assert "Not tested" in text.splitlines()[0]
    sink = json.dumps(yaml.safe_load(text)[places[0]][places[1]])
    assert "/events" in sink
    assert "9280" in sink
