"""Foreign JSON and XML into events by mappings: shapes that platforms and collectors really send, and what is refused."""

import tomllib
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from streams.gateways.cells import RowPlace
from streams.gateways.foreign.engine import Mapped, Origin, Outcome, Refused, take, take_document
from streams.gateways.foreign.mapping import Foreign, read
from streams.gateways.foreign.redact import head_of
from streams.gateways.mapping import BUILT_IN, find_mapping, read_row
from streams.gateways.tables import read_table
from streams.messages import parse_time
from tests.support.shared import STAND_IN, air

NOW = parse_time("2026-06-01T10:00:00+08:00")

LIFT = """
title = "lifts"
domain = "special_equipment"
fact = "lift_state"
topic = "lifts/{no}/state"
subject = "lift"
region = "410100"
station = "{no}"
[time]
columns = ["@.ts"]
format = "ms"
[values]
running = { at = "@.params.run", as = "flag" }
door = { at = "@.params.door", words = { "0" = "closed", "1" = "open" } }
door_zone = { at = "@.params.zone", as = "flag" }
occupied = { at = "@.params.people", words = { "0" = false, "1" = true } }
"""
AIR = """
title = "air"
domain = "environment"
fact = "air_hour"
subject = "air"
region = "410100"
station = "name"
missing = ["-"]
[time]
columns = ["day", "hour"]
format = "%Y-%m-%d %H"
label = "start"
interval = "1h"
[numbers]
sentinels = [-99]
[values]
so2 = "SO2"
co = { at = "CO", unit = "µg/m³", to = "mg/m³" }
"""
COLD = """
title = "Telegraf"
domain = "food_drug"
fact = "drug_climate"
each = "$.metrics"
station = "@.tags.sensor"
when = { "@.name" = "cold" }
[time]
columns = ["@.timestamp"]
format = "s"
[values]
temperature = { at = "@.fields.temp_f", unit = "°F", to = "°C" }
humidity = "@.fields.rh"
"""
REGISTER = """
title = "register"
domain = "special_equipment"
fact = "registered"
each = "$.Envelope.Body.Devices.Device"
subject = "lift"
station = "@['@no']"
[time]
columns = ["$.Envelope.Header.Sent"]
format = ["%Y%m%d%H%M%S"]
[values]
kind = { is = "lift" }
adcode = { at = "adcode", as = "text" }
"name.zh" = { at = "Name", as = "text" }
"traits.operator" = { at = "Operator", as = "uscc" }
[position]
lon = "@.Lng"
lat = "@.Lat"
datum = "GCJ-02"
"""


def mapping(text: str) -> Foreign:
    """A mapping that has no fault."""
    found = read(text, "m.toml")
    assert isinstance(found, Foreign), found
    return found


def taken(texts: str | Sequence[str], body: object, content_type: str = "application/json", topic: str = "") -> list[Outcome]:
    """The outcomes of a document; bytes as they are, else as JSON."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    mappings = [mapping(each) for each in ([texts] if isinstance(texts, str) else texts)]
    return take(mappings, data, content_type, Origin(source="test", now=NOW, topic=topic))


def mapped(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """The events of outcomes."""
    return [msgspec.json.decode(each.value) for each in outcomes if isinstance(each, Mapped)]


def reasons(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """Reason and place of what was refused."""
    return [(each.reason, each.where) for each in outcomes if isinstance(each, Refused)]


def odd(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """Field and reason of what is odd in the events."""
    return [(note.field, note.reason) for each in outcomes if isinstance(each, Mapped) for note in each.odd]


STATE = {"id": "1", "ts": 1780279200000, "params": {"run": 1, "door": "0", "zone": False, "people": 1}}


def test_properties_of_a_device_by_its_topic() -> None:
    """A device's properties under `params` with a time in ms, as IoT platforms pass them on: the topic says whose they are."""
    [event] = mapped(taken(LIFT, STATE, topic="lifts/L7/state"))
    assert (event["type"], event["subject"], event["source"]) == ("special_equipment.lift_state", "lift.410100.L7", "test")
    assert event["time"] == "2026-06-01T10:00:00+08:00"  # 1780279200 s, `date -d @1780279200`
    assert event["data"] == {"running": True, "door": "closed", "door_zone": False, "occupied": True}


def test_one_bad_field_leaves_the_others() -> None:
    """A code without its word is left out and told without its text; the other fields stand."""
    outcomes = taken(LIFT, STATE | {"params": STATE["params"] | {"door": "secret"}}, topic="lifts/L7/state")
    assert odd(outcomes) == [("door", "unknown-word")]
    [event] = mapped(outcomes)
    assert "door" not in event["data"]
    assert b"secret" not in msgspec.json.encode(outcomes)


@pytest.mark.parametrize(
    ("value", "said", "reason"),
    [
        ('{ at = "v", as = "whole" }', 2.5, "not-whole"),
        ('{ at = "v", as = "text" }', {"a": 1}, "not-a-text"),
        ('{ at = "v", as = "flag" }', "perhaps", "not-a-flag"),
        ('{ at = "v", as = "uscc" }', "91110000600037342L", "owner-code"),
        ('{ at = "v", as = "time" }', "yesterday", "time"),
        ('"v"', "<2", "below-limit"),
        ('"v"', True, "not-a-number"),
        ('"@.list[*].x"', 1, "several"),
    ],
)
def test_values_that_are_not_what_the_mapping_says(value: str, said: object, reason: str) -> None:
    """Each is told with its reason; the good field beside it stands. Of the code of GB 32100 the last digit is wrong."""
    text = AIR.replace('so2 = "SO2"', f"so2 = {value}")
    row = {"name": "a", "day": "2026-06-01", "hour": 8, "CO": 500, "v": said, "list": [{"x": 1}, {"x": 2}]}
    outcomes = taken(text, row)
    assert odd(outcomes) == [("so2", reason)]
    assert [event["data"] for event in mapped(outcomes)] == [{"co": 0.5}]


def test_a_row_of_a_table_and_a_document_have_one_language() -> None:
    """Columns by name, a label at the start of the hour, a sentinel and a word for no value, a unit: as in an import."""
    row = {"name": "烟厂", "day": "2026-06-01", "hour": 8, "SO2": "12", "CO": 500}
    [event] = mapped(take_document([mapping(AIR)], row, Origin(source="sql", now=NOW)))
    assert (event["subject"], event["time"]) == ("air.410100.烟厂", "2026-06-01T09:00:00+08:00")
    assert event["data"] == {"so2": 12, "co": 0.5}
    assert reasons(take_document([mapping(AIR)], row | {"SO2": -99, "CO": "-"}, Origin(source="sql", now=NOW))) == [
        ("nothing", "$")
    ]


METRIC = {"name": "cold", "tags": {"sensor": "S1"}, "timestamp": 1780279200, "fields": {"temp_f": 41, "rh": 60.5}}


def test_a_batch_of_telegraf() -> None:
    """Telegraf's JSON batch: the good of it is taken, 41 °F are 5 °C, and what no mapping fits is told by its place."""
    other = METRIC | {"name": "cpu"}
    late = METRIC | {"timestamp": "soon"}
    nameless = METRIC | {"tags": {}}
    outcomes = taken(COLD, {"metrics": [METRIC, other, late, nameless]})
    assert [event["data"] for event in mapped(outcomes)] == [{"temperature": 5.0, "humidity": 60.5}]
    assert reasons(outcomes) == [("no-time", "$.metrics[2]"), ("no-subject", "$.metrics[3]"), ("no-mapping", "$.metrics[1]")]


def test_what_is_known_and_left_out_is_no_refusal() -> None:
    """A mapping with `ignore` takes what it fits out of the document; an empty batch is none either."""
    ignored = 'title = "cpu"\nignore = true\neach = "$.metrics"\nwhen = { "@.name" = ["cpu", "mem"] }\n'
    assert taken([COLD, ignored], {"metrics": [METRIC | {"name": "cpu"}]}) == []
    assert taken(COLD, {"metrics": []}) == []
    assert reasons(taken(COLD, {"other": 1})) == [("no-mapping", "$")]


def test_what_is_sent_again_is_the_same_event() -> None:
    """A made id is that of subject, quantities and time: another value has the same, another quantity another."""
    first, again, other, fewer = (
        taken(COLD, {"metrics": [METRIC | {"fields": fields}]})[0]
        for fields in ({"temp_f": 41, "rh": 60}, {"rh": 60, "temp_f": 41}, {"temp_f": 50, "rh": 60}, {"temp_f": 41})
    )
    assert isinstance(first, Mapped)
    assert first.value == again.value  # type: ignore[union-attr]
    assert first.id == other.id != fewer.id  # type: ignore[union-attr]


def test_facts_that_may_share_a_time_are_told_apart_by_what_they_say() -> None:
    """Where the catalogue remembers no times of a kind (`slots = 0`), the whole item makes the id."""
    text = AIR.replace("air_hour", "site_work")
    row = {"name": "a", "day": "2026-06-01", "hour": 8, "SO2": 1}
    ids = {each.id for extra in (1, 2, 2) for each in taken(text, row | {"n": extra}) if isinstance(each, Mapped)}
    assert len(ids) == 2


LOGIN = """
title = "syslog"
domain = "cyber"
fact = "login"
station = "host"
when = { "kind" = ["", "auth"] }
times = "n"
apart = true
[time]
columns = ["ts"]
format = "rfc3339"
[values]
source = { at = "from", as = "text" }
outcome = { is = "failure" }
"""
ATTEMPT = {"host": "h", "ts": "2026-06-01T10:00:00+08:00", "from": "192.0.2.1"}


@pytest.mark.parametrize(("said", "facts"), [({}, 1), ({"n": 5}, 5), ({"n": "5"}, 5), ({"n": 0}, 0), ({"n": "some"}, 1)])
def test_an_item_is_as_many_facts_as_it_says(said: dict[str, object], facts: int) -> None:
    """A line that came again stands once in syslog, with how often: so many facts, a millisecond apart, each with its id."""
    events = mapped(taken(LOGIN, ATTEMPT | said))
    assert [event["time"][:23] for event in events[1:]] == [f"2026-06-01T10:00:00.{n:03}" for n in range(1, facts)]
    assert len({event["id"] for event in events}) == len(events) == facts


def test_an_item_is_no_more_than_a_thousand_facts() -> None:
    """What is beyond is refused, and so told."""
    outcomes = taken(LOGIN, ATTEMPT | {"n": 1_001})
    assert (len(mapped(outcomes)), reasons(outcomes)) == (1_000, [("too-many", "$")])


def test_a_document_is_bounded_however_often_its_items_happened() -> None:
    """Twenty items of 1,000 facts each: ten of them are taken, the eleventh is refused, and with it the rest."""
    outcomes = taken(LOGIN.replace("[time]", 'each = "$"\n[time]', 1), [ATTEMPT | {"n": 1_000, "p": n} for n in range(20)])
    assert (len(mapped(outcomes)), reasons(outcomes)) == (10_000, [("too-many", "$[10]")])


def test_facts_of_one_moment_must_stand_apart_to_be_several() -> None:
    """Without `apart` they would be copies of one."""
    [fault] = read(LOGIN.replace("apart = true\n", ""), "m.toml")  # type: ignore[misc]  # a list of faults
    assert (fault.line, fault.message) == (7, "times needs apart = true: facts of one moment would be copies of one")


def test_an_empty_text_in_when_is_nothing_at_the_place() -> None:
    """Where something else stands the mapping does not fit."""
    assert len(mapped(taken(LOGIN, ATTEMPT | {"kind": "auth"}))) == 1
    assert reasons(taken(LOGIN, ATTEMPT | {"kind": "cron"})) == [("no-mapping", "$")]


def test_xml_of_a_register_with_its_datum() -> None:
    """Elements in GB18030 as declared, one or many; GCJ-02 becomes WGS-84 (vector of eviltransform); a code is checked."""
    device = (
        '<Device no="L1"><adcode>110102</adcode><Name>一号梯</Name><Operator>91110000600037341L</Operator>'
        "<Lng>116.38404722455657</Lng><Lat>39.91334545536069</Lat></Device>"
    )
    outside = device.replace('"L1"', '"L2"').replace("116.38", "16.38").replace("7341L", "7342L")
    for devices in (device, device + outside):
        xml = (
            '<?xml version="1.0" encoding="GB2312"?><s:Envelope xmlns:s="urn:x">'
            "<s:Header><Sent>20260601100000</Sent></s:Header>"
            f"<s:Body><Devices>{devices}</Devices></s:Body></s:Envelope>"
        )
        outcomes = taken(REGISTER, xml.encode("gb18030"), "text/xml")
        first = mapped(outcomes)[0]
        assert (first["subject"], first["type"], first["time"]) == (
            "lift.L1",
            "special_equipment.registered",
            "2026-06-01T10:00:00+08:00",
        )
        assert first["data"] == {
            "kind": "lift",
            "adcode": "110102",
            "name": {"zh": "一号梯"},
            "traits": {"operator": "91110000600037341L"},
            "lon": 116.377817,
            "lat": 39.911954,
        }
    assert odd(outcomes) == [("traits.operator", "owner-code"), ("lon", "position")]


def test_a_text_that_is_json_itself() -> None:
    """OneNET's push has its message as a text: `unpack` reads it; one that is none is refused."""
    text = COLD.replace('each = "$.metrics"', 'each = "$.msg.metrics"\nunpack = ["$.msg"]')
    inside = msgspec.json.encode({"metrics": [METRIC]}).decode()
    assert len(mapped(taken(text, {"msg": inside, "nonce": "x"}))) == 1
    assert reasons(taken(text, {"msg": "{"})) == [("not-json", "$.msg")]


def test_a_value_by_its_code_in_a_list() -> None:
    """A list of codes and values is looked up by a filter of RFC 9535."""
    text = AIR.replace('"SO2"', "\"$.list[?@.code=='a21026'].value\"").replace("name", "$.mn")
    row = {"mn": "M", "day": "2026-06-01", "hour": 8, "list": [{"code": "a21026", "value": 9}, {"code": "x", "value": 1}]}
    assert [event["data"] for event in mapped(taken(text.replace('title = "$.mn"', 'title = "t"'), row))] == [{"so2": 9}]


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "application/json", "empty"),
        (b"{", "application/json", "not-json"),
        (b'{"a": NaN}', "application/json", "not-json"),
        (b"<a><b></a>", "application/xml", "not-xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml", "not-xml"),
        (b'{"a": "\xff"}', "application/json", "encoding"),
        (b'{"a": 1}', "application/json; charset=martian", "encoding"),
        (b"[" * 100 + b"]" * 100, "application/json", "too-deep"),
        (b"[" * 100_000, "application/json", "too-deep"),
        (b"<a>" * 100 + b"</a>" * 100, "application/xml", "too-deep"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "application/xml", "too-deep"),
    ],
)
def test_what_cannot_be_read(body: bytes, content_type: str, reason: str) -> None:
    """One refusal, with its reason and no more of the document than its form."""
    [refused] = taken(COLD, body, content_type)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.where, refused.size) == (reason, "$", len(body))


def test_a_document_is_bounded() -> None:
    """More items than a document may have are told once, and those before them are taken."""
    outcomes = taken(COLD, {"metrics": [METRIC] * 10_001})
    assert (len(mapped(outcomes)), reasons(outcomes)) == (10_000, [("too-many", "$.metrics[10000]")])


@pytest.mark.parametrize(
    "body",
    [
        '{"password": "hunter2", "phone": 13812345678, "name": "张三", "13812345678": 1}',
        '{"password": "hunter2", "name": "张三',
        "<a password='hunter2'><name>张三</name><phone>13812345678</phone>",
        "PW=hunter2&name=张三&phone=13812345678",
        "hunter2 13812345678 张三",
    ],
)
def test_a_head_has_names_alone(body: str) -> None:
    """Whatever the form, no value stands in the head of a refused message."""
    head = head_of(body.encode())
    assert not any(each in head for each in ("hunter2", "138", "张", "三"))
    assert len(head_of(body.encode() * 1_000)) <= 160


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ('fact = "lift_state"', 'fact = "lift_stat"', 4, "special_equipment knows"),
        ('domain = "special_equipment"', 'domain = "lifts"', 3, "give one of"),
        ('station = "{no}"', 'station = "{nr}"', 8, "no part of the topic"),
        ('"@.params.run"', '"@.params["', 13, "no JSONPath"),
        ('format = "ms"', 'format = "millis"', 11, "no format of times"),
        ('topic = "lifts/{no}/state"', 'topic = "lifts/a{no}/state"', 5, "each level is a word"),
        ('as = "flag"', 'as = "bool"', 13, "Invalid enum value"),
        ("[time]", "[time", 9, "at line 9"),
        ('title = "lifts"', 'tittle = "lifts"', 1, "unknown field"),
        ("occupied = {", '"a b" = "x"\noccupied = { to = "K",', 17, "is not known"),
        ('door = { at = "@.params.door",', 'door = { at = "@.p", is = 1,', 14, "either `at`"),
    ],
)
def test_a_fault_of_a_mapping_is_told_by_its_line(before: str, after: str, line: int, told: str) -> None:
    """File, line and what to do, as the rule book's checks tell it."""
    assert before in LIFT
    faults = read(LIFT.replace(before, after, 1), "m.toml")
    assert isinstance(faults, list)
    assert str(faults[0]).startswith(f"m.toml:{line}: ")
    assert told in faults[0].message


@pytest.mark.parametrize("city", ["郑州", "洛阳", STAND_IN])
def test_rows_of_a_real_table_are_read_as_an_import_reads_them(city: str) -> None:
    """The built-in mapping of the national feed, without what only tables have, gives the same hours as an import."""
    path = air(city)
    table = read_table(path)
    header = [column.strip() for column in next(table.rows).cells]
    known = find_mapping(header, None)
    tables = tomllib.loads(BUILT_IN[0].read_text("utf-8"))
    ours = {name: value for name, value in tables.items() if name not in {"kind", "published", "stations"}}
    foreign = msgspec.convert(ours | {"domain": "environment"}, Foreign)
    compared = 0
    for record in (each.fitted(len(header)) for each in table.rows):
        row = read_row(known, header, record, RowPlace(path.name, record.line), ("environment", "file", record.line))
        imported = msgspec.json.decode(row.value)
        imported["data"].pop("published", None)
        outcomes = take_document([foreign], dict(zip(header, record.cells, strict=True)), Origin(source="file", now=NOW))
        assert reasons(outcomes) == ([] if imported["data"] else [("nothing", "$")])
        for event in mapped(outcomes):
            assert [event[name] for name in ("type", "subject", "time", "data")] == [
                imported[name] for name in ("type", "subject", "time", "data")
            ]
            compared += 1
    assert compared > 0


THINGS = """
title = "air of a platform"
domain = "environment"
fact = "air_hour"
station = "$.device"
each = "$.readings"
[time]
columns = ["@.at"]
format = "%Y%m%dT%H%M%SZ"
zone = "Z"
label = "start"
interval = "1h"
[values]
pm25 = "@.properties.pm25"
"""


def test_several_readings_of_one_device_with_a_time_of_a_zone_of_their_own() -> None:
    """Huawei's IoTDA passes on a list of readings with `20260601T020000Z`: UTC, whose hour ends at 11:00 in China."""
    readings = [
        {"at": "20260601T020000Z", "properties": {"pm25": 35}},
        {"at": "20260601T030000Z", "properties": {"pm25": "36.5"}},
    ]
    events = mapped(taken(THINGS, {"device": "S1", "readings": readings}))
    assert [(event["subject"], event["time"], event["data"]["pm25"]) for event in events] == [
        ("S1", "2026-06-01T11:00:00+08:00", 35),
        ("S1", "2026-06-01T12:00:00+08:00", 36.5),
    ]
