"""The gateway of MQTT without a broker: what becomes of a message, who may send what, and what is told of a broker."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.command import Trouble
from streams.gateways.drain import unpacked
from streams.gateways.foreign.mapping import Foreign, read
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.seen import Seen
from streams.gateways.mqtt.message import Published
from streams.gateways.mqtt.profile import Granted, read_conf, rows
from streams.gateways.mqtt.reception import MqttReception, Received
from streams.gateways.mqtt.register import Subscribed, is_filter, load_mqtt, overlap
from streams.gateways.mqtt.under_way import UnderWay
from streams.messages import Name, parse_time
from tests.support.kafka.mqtt import MAPPING, PROFILE

NOW = parse_time("2026-06-01T10:00:00+08:00")
STATE = {"ts": NOW, "run": 1, "door": "0", "zone": True, "people": 1}
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/lifts",
    "type": "special_equipment.lift_state",
    "subject": "lift.410100.L7",
    "time": "2026-06-01T10:00:00+08:00",
    "data": {"running": True, "door": "closed", "door_zone": True, "occupied": True},
}


def reception(seen: Seen | None = None) -> MqttReception:
    """A gateway of one source with a mapping, and one of CloudEvents."""
    mapping = read(MAPPING, "lifts.toml")
    assert isinstance(mapping, Foreign)
    types = frozenset({"special_equipment.lift_state"})
    sources = {
        "lifts": Subscribed("lifts/+/state", (mapping,), types, ("*",)),
        "events": Subscribed("events/#", (), types, ("lift.410100.*",)),
    }
    limit = TellingLimit(frozenset(sources), 100, frozenset())
    return MqttReception(sources, Refusals("mqtt", Name(zh="网关"), "410100", limit, "run"), seen or Seen(), {})


def message(topic: str, body: object, content_type: str = "", **properties: str) -> Published:
    """A message as the broker delivers it."""
    payload = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Published(topic=topic, payload=payload, content_type=content_type, properties=properties)


def kept(received: Received) -> list[dict[str, Any]]:
    """The events of the records of a message."""
    return [msgspec.json.decode(event) for payload in received.payloads for event in unpacked(payload).events]


def refused(received: Received) -> list[str]:
    """The reasons that are told."""
    return [event["data"]["reason"] for event in kept(received) if event["type"].endswith("refused_input")]


def test_a_message_becomes_the_event_of_its_mapping() -> None:
    """Source is the register's name, subject the topic's part."""
    [event] = kept(reception().take(message("lifts/L7/state", STATE), NOW))
    assert (event["source"], event["subject"], event["data"]["door"]) == ("lifts", "lift.410100.L7", "closed")


@pytest.mark.parametrize(
    "sent",
    [
        message("events/a", EVENT, "application/cloudevents+json; charset=utf-8"),
        message("events/a", EVENT),
        message("events/a", EVENT["data"], "application/json", **{name: str(EVENT[name]) for name in EVENT if name != "data"}),
    ],
    ids=["structured", "of MQTT 3.1.1", "binary"],
)
def test_cloudevents_in_both_modes(sent: Published) -> None:
    """MQTT protocol binding 1.0.2, 3.1 and 3.2: attributes are user properties without a prefix, or all is the payload."""
    [event] = kept(reception().take(sent, NOW))
    assert {name: event[name] for name in EVENT} == EVENT


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (message("other/a", EVENT), "not-mapped"),
        (message("events/a", b"{"), "not-json"),
        (message("events/a", EVENT | {"type": "special_equipment.rescue"}), "not-its-type"),
        (message("events/a", EVENT | {"subject": "lift.410300.L1"}), "not-its-subject"),
        (message("events/a", b"{", specversion="1.0"), "not-json"),
        (message("lifts/L7/state", b"PW=123456"), "not-json"),
        (message("lifts/L7/state", STATE | {"ts": "soon"}), "bad-time"),
        (message("lifts/L7/state", {"ts": NOW}), "bad-data"),
    ],
)
def test_what_is_refused_is_kept_as_such(sent: Published, reason: str) -> None:
    """It is acknowledged too, for sending it again would not help; what it says stands nowhere."""
    received = reception().take(sent, NOW)
    assert refused(received) == [reason]
    assert b"123456" not in b"".join(received.payloads)


def test_what_is_delivered_again_is_kept_once() -> None:
    """After a reconnect (DUP), and after a kill, by the label of the spool's record; after a failed write it is new."""
    first, seen = reception(), Seen()
    received = first.take(message("lifts/L7/state", STATE), NOW)
    first.lost(received)
    received = first.take(message("lifts/L7/state", STATE), NOW)
    first.kept(received, NOW)
    assert len(kept(received)) == 1
    assert first.take(message("lifts/L7/state", STATE), NOW).payloads == []
    seen.again(unpacked(received.payloads[0]).label, NOW)
    again = reception(seen).take(message("lifts/L7/state", STATE), NOW)
    assert (again.payloads, again.known) == ([], 1)


def test_a_message_that_brings_up_an_error_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, it is told and answered: the broker would send it for ever. Nothing of it counts as known."""
    gateway = reception()
    monkeypatch.setattr("streams.gateways.mqtt.reception.decode_event", lambda _: 1 / 0)
    assert refused(gateway.take(message("lifts/L7/state", STATE), NOW)) == ["unreadable"]
    monkeypatch.undo()
    assert len(gateway.take(message("lifts/L7/state", STATE), NOW).names) == 1


def test_what_is_under_way_is_counted() -> None:
    """Two of three are acknowledged; a new connection has none of the old one, and an answer of that counts nothing there."""
    way, told = UnderWay(), list[int]()
    way.come("t", b"", "", {}, 1)  # before any connection
    way.begin()
    for mid in (1, 2, 3, 0):
        way.come("t", b"", "", {}, mid)
    old = way.next(10, 0)
    way.answer(old[:2], told.append)
    assert (told, way.received, way.acknowledged, way.unpromised, way.unanswered()[0]) == ([1, 2], 4, 2, 1, 1)
    assert way.unanswered()[1] > 0 == way.away()
    way.give_up()
    way.begin()
    way.come("t", b"", "", {}, 1)
    way.answer(old[2:], told.append)
    assert (told, way.connections, way.unanswered()[0]) == ([1, 2], 2, 1)


def test_a_registration_with_a_wrong_owner_is_told() -> None:
    """As by every other road: an owner with a role whose 统一社会信用代码 ends wrong (GB 32100) is taken and told."""
    data = {"kind": "lift", "name": {"zh": "梯"}, "adcode": "410105", "owner": "91350100M000100Y44", "owner_role": "user"}
    event = EVENT | {"type": "special_equipment.registered", "data": data}
    source = Subscribed("events/#", (), frozenset({"special_equipment.registered"}), ("lift.410100.*",))
    limit = TellingLimit(frozenset({"events"}), 100, frozenset())
    of = MqttReception({"events": source}, Refusals("mqtt", Name(zh="网关"), "410100", limit, "run"), Seen(), {})
    found = kept(of.take(message("events/1", event, "application/cloudevents+json"), NOW))
    assert [each["type"] for each in found] == ["special_equipment.registered", "special_equipment.field_note"]
    assert [note["reason"] for note in found[1]["data"]["notes"]] == ["owner-code"]


def test_another_content_under_the_same_id_is_refused() -> None:
    """The first stands, and the second is a quality record."""
    gateway = reception()
    gateway.kept(gateway.take(message("events/a", EVENT), NOW), NOW)
    other = EVENT | {"data": EVENT["data"] | {"running": False}}  # type: ignore[operator]  # a dict
    assert refused(gateway.take(message("events/a", other), NOW)) == ["conflict"]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a/+/c", "a/b/#", True),
        ("a/#", "a", True),
        ("#", "x/y", True),
        ("a/+", "a/b/c", False),
        ("a/b", "a/c", False),
        ("+/b", "a/+", True),
    ],
)
def test_filters_that_overlap(one: str, other: str, both: bool) -> None:
    """MQTT 5, 4.7.1: `#` covers the parent level too, `+` exactly one level."""
    assert overlap(one, other) is overlap(other, one) is both


def test_filters() -> None:
    """MQTT 5, 4.7.1: wildcards fill a level, `#` the last one."""
    assert [is_filter(each) for each in ("a/+/b", "#", "a/#", "", "a+/b", "a/#/b", "$SYS/#")] == [True] * 3 + [False] * 4


GOOD = '[broker]\nclient = "c"\n[source.a]\nfilter = "a/#"\ntypes = ["special_equipment.lift_state"]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("a/#", "$share/g/a/#"), "breaks its order"),
        (GOOD + '[source.b]\nfilter = "a/b"\ntypes = ["special_equipment.lift_state"]\n', "overlap"),
        (GOOD.replace("lift_state", "refused_input"), "no source may send"),
        (GOOD.replace('client = "c"', 'client = "c"\nhost = "10.0.0.1"\nuser = "u"\npassword_file = "p"'), "in the clear"),
        (GOOD.replace('client = "c"', 'client = "c"\nuser = "u"\npassword_file = "p"'), "others may read it"),
        (GOOD.replace('client = "c"', 'client = "c"\npassword = "x"'), "unknown field"),
        (GOOD.replace("types", "map = 'none'\ntypes"), "not usable"),
    ],
)
def test_a_register_that_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    """What is wrong is said before anything is connected; a password stands in a file of mode 600 alone."""
    (tmp_path / "p").write_text("secret", "utf-8")
    (tmp_path / "p").chmod(0o644)
    (tmp_path / "mqtt.toml").write_text(text, "utf-8")
    with pytest.raises(Trouble, match=told):
        load_mqtt(tmp_path / "mqtt.toml")


def test_a_register(tmp_path: Path) -> None:
    """The session lasts a week where nothing else is said."""
    (tmp_path / "mqtt.toml").write_text(GOOD, "utf-8")
    found = load_mqtt(tmp_path / "mqtt.toml")
    assert (found.broker.expiry, list(found.sources)) == (7 * 86_400, ["a"])


WEEK = 7 * 86_400


def verdicts(conf: dict[str, str] | None, granted: Granted, dropped: str = "0") -> dict[str, str]:
    """What is told of a broker, by name."""
    return {row.name: row.verdict for row in rows(WEEK, granted, conf, dropped)}


def test_debians_mosquitto_as_installed_is_told_as_a_risk() -> None:
    """Its file says `persistence true` and no more: mosquitto.conf(5) then saves each 1,800 s and queues 1,000 messages."""
    conf = read_conf(["persistence true\npersistence_location /var/lib/mosquitto/\ninclude_dir /etc/mosquitto/conf.d\n"])
    assert verdicts(conf, Granted(WEEK, had_session=True)) == {
        "session expiry": "good",
        "autosave": "risk",
        "queue": "risk",
        "messages dropped": "good",
    }


def test_the_profile_that_we_ship_is_good() -> None:
    """Beside Debian's own file nothing is left to be told as a risk."""
    conf = read_conf(["persistence true\n", PROFILE.read_text("utf-8")])
    assert set(verdicts(conf, Granted(WEEK, had_session=True)).values()) == {"good"}


def test_what_cannot_be_known_is_told_as_unknown() -> None:
    """A client reads no configuration, and not every broker has `$SYS`; a shorter session than asked for is a risk."""
    assert verdicts(None, Granted(3_600, had_session=False, quality=0), "") == {
        "session expiry": "risk",
        "quality of service": "risk",
        "persistence": "unknown",
        "autosave": "unknown",
        "queue": "unknown",
        "messages dropped": "unknown",
    }
