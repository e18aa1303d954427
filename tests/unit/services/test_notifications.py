"""Notices: what a revision tells and whom, what is owed through failures, floods and restarts. The clock is the test's."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agents.notifications import text
from agents.notifications.duty import DutyTable
from agents.notifications.files import addresses, read_duty, read_routes
from agents.notifications.outbox import Outbox
from agents.notifications.pace import ChannelPace, take, tried
from agents.notifications.plan import MOST_OWED, Ways, kind_of, overdue, revised
from agents.notifications.routes import Channel, Routes
from agents.notifications.service import command_bytes
from streams.command import Trouble
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Act,
    Alert,
    Case,
    Name,
    Notification,
    Told,
    decode,
    decode_event,
    encode,
    parse_time,
)
from tests.support.pure.alarm import raised
from tests.support.pure.duty import TABLE

NOW = parse_time("2026-06-01T21:00:00+08:00")  # a Monday night
ALERT = replace(raised(), rev=10, state="B", active=True, occurrence=1, severity="orange", level=1)
FILE = """
[channels.night-desk]
url_env = "NIGHT_DESK"

[channels.boss]
url_env = "BOSS"
limit = 3

[[routes]]
to = ["night-desk"]

[[routes]]
to = ["boss", "night-desk"]
severities = ["red"]
language = "en"
"""


def routes(body: str) -> Routes:
    """Routes from TOML, unchecked."""
    return msgspec.toml.decode(body, type=Routes)


LATE = Case(opened_at="2026-05-01T08:00:00+08:00", due="2026-05-16T08:00:00+08:00", overdue=True)


def told(alert: Alert = ALERT) -> Told:
    """What is remembered of an alert as it stands."""
    return revised(Ways(Routes(channels={}, routes=())), None, alert, NOW)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, {}, "raised"),
        (None, {"state": "C"}, None),  # a person has seen it
        (None, {"state": "A", "active": False}, None),
        (None, {"state": "F"}, None),  # suppressed by design
        ({}, {}, None),
        ({}, {"state": "C"}, None),
        ({}, {"severity": "red"}, "escalated"),
        ({}, {"severity": "yellow"}, None),
        ({}, {"level": 2}, "escalated"),
        ({"state": "D", "active": False}, {"state": "D", "active": False, "level": 2}, "escalated"),
        ({"level": 3}, {"level": 3, "reminded": 1}, "reminded"),
        ({"state": "A", "active": False}, {"state": "A", "active": False, "case": LATE}, "overdue"),
        ({"level": 3}, {"state": "E", "level": 3, "reminded": 1}, None),
        ({"level": 2}, {"level": 1}, None),
        ({"state": "C"}, {"state": "B", "occurrence": 2, "severity": "red"}, "escalated"),
        ({"state": "C"}, {"state": "B", "occurrence": 2}, "raised"),  # it asks again
        ({}, {"state": "D", "active": False}, "cleared"),
        ({"state": "C"}, {"state": "A", "active": False}, "cleared"),
        ({"state": "D", "active": False}, {"state": "A", "active": False}, None),
        ({"state": "D", "active": False}, {"state": "B", "occurrence": 2}, "raised"),
        ({"state": "D", "active": False}, {"state": "B", "occurrence": 2, "severity": "red"}, "raised"),
        ({}, {"state": "E"}, None),
        ({"state": "E"}, {"state": "E", "severity": "red"}, None),  # put aside: silent
        ({"state": "E"}, {"state": "A", "active": False}, None),
        ({"state": "E"}, {"state": "B"}, "raised"),  # its time is over and nobody has seen it
        ({"state": "E"}, {"state": "C"}, None),  # a person took it back
        ({}, {"state": "D-latched", "active": False}, "cleared"),
    ],
)
def test_what_a_revision_tells(before: dict[str, object] | None, after: dict[str, object], kind: str | None) -> None:
    """An annunciation, a rise and a return are told, once each; what people do and what is put aside is not."""
    known = None if before is None else told(replace(ALERT, **before))  # type: ignore[arg-type]
    assert kind_of(known, replace(ALERT, rev=11, **after)) == kind  # type: ignore[arg-type]


def test_a_deadline_that_passes_is_told_once() -> None:
    """At the very deadline, not before; again only for another deadline; not where the deadline had passed at the raise."""
    ways = Ways(routes(FILE))
    alert = replace(ALERT, raised_at="2026-06-01T20:00:00+08:00", due="2026-06-01T21:00:00+08:00")
    assert overdue(ways, told(alert), alert, NOW - 1, NOW) is None
    owing = overdue(ways, told(alert), alert, NOW, NOW)
    assert owing is not None
    assert [(each.channel, each.kind) for each in owing.open] == [("night-desk", "overdue")]
    assert overdue(ways, owing, alert, NOW + HOUR, NOW) is None
    assert overdue(ways, owing, replace(alert, due="2026-06-01T21:30:00+08:00"), NOW + HOUR, NOW) is not None
    for silent in ({"state": "E"}, {"active": False}, {"due": None}, {"raised_at": "2026-06-01T21:00:00+08:00"}):
        assert overdue(ways, told(alert), replace(alert, **silent), NOW, NOW) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("", True),
        ('kinds = ["raised", "cleared"]', True),
        ('kinds = ["cleared"]', False),
        ('departments = ["zz-ee"]', True),
        ('departments = ["zz-data"]', False),
        ('severities = ["orange"]', True),
        ('severities = ["red", "blue"]', False),
        ('adcodes = ["4101"]', True),  # the station's is 410102
        ('adcodes = ["410105", "4107"]', False),
        ('domains = ["environment"]', True),
        ('domains = ["cyber"]', False),
        ('phases = ["in-process"]', True),
        ('phases = ["post-event"]', False),
        ('hours = [{ from = "20:00", to = "08:00" }]', True),
        ('hours = [{ from = "08:00", to = "21:00" }]', False),
        ('hours = [{ from = "20:00", to = "08:00", days = ["tue"] }]', False),
        ('severities = ["orange"]\ndomains = ["cyber"]', False),
    ],
)
def test_a_route_fits(condition: str, fits: bool) -> None:
    """All that a route names must fit the alert, the kind and the hour."""
    found = routes(f'[channels.a]\nurl_env = "A"\n[[routes]]\nto = ["a"]\n{condition}\n')
    assert bool(revised(Ways(found), None, ALERT, NOW).open) == fits


def test_a_channel_gets_a_notice_once_in_its_first_routes_language() -> None:
    """Two routes that fit lead to night-desk: it gets one, in Chinese; boss gets it in English."""
    owed = revised(Ways(routes(FILE)), None, replace(ALERT, severity="red"), NOW).open
    assert [(each.channel, each.language) for each in owed] == [("night-desk", "zh"), ("boss", "en")]
    assert "告警 · 红色" in owed[0].title
    assert "Raised · red" in owed[1].title


def test_on_duty_is_the_level_and_the_hour() -> None:
    """At 21:00 Wang has the desk; an escalation to level 2 goes to the section head alone, its end to both."""
    duty = msgspec.toml.decode(TABLE, type=DutyTable)
    channels = "".join(f'[channels.{name}]\nurl_env = "X"\n' for name in ("li", "wang", "zhao"))
    ways = Ways(routes(channels + '[[routes]]\nto = "on duty"\n'), duty)
    first = revised(ways, None, ALERT, NOW)
    assert [each.channel for each in first.open] == ["wang"]
    risen = replace(ALERT, rev=11, level=2)
    second = revised(ways, replace(first, open=()), risen, NOW)
    assert [(each.channel, each.kind) for each in second.open] == [("zhao", "escalated")]
    ended = revised(ways, replace(second, open=()), replace(risen, rev=12, state="D", active=False), NOW)
    assert [(each.channel, each.kind) for each in ended.open] == [("wang", "cleared"), ("zhao", "cleared")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = ["night-desk"]', 'to = ["nightdesk"]', r"routes\[0\]\.to: there is no 'nightdesk'"),
        ('to = ["night-desk"]', 'to = "night-desk"', r"\$\.routes\[0\]\.to"),
        ('to = ["night-desk"]', 'to = "on duty"', r"routes\[0\]\.to: 'on duty' needs a duty table"),
        ('severities = ["red"]', 'severities = ["pink"]', r"\$\.routes\[1\]\.severities\[0\]"),
        ('severities = ["red"]', 'domains = ["weather"]', r"routes\[1\]\.domains: there is no 'weather'"),
        ('severities = ["red"]', 'departments = ["zz"]', r"routes\[1\]\.departments: there is no 'zz'"),
        ('severities = ["red"]', 'colour = "red"', "colour"),
        ('url_env = "BOSS"', "", r"channels\.boss: give url_env or url_file"),
        ("limit = 3", "limit = 0", r"\$\.channels"),
        ("limit = 3", 'window = "a minute"', r"channels\.boss\.window: length of time 'a minute'"),
    ],
)
def test_wrong_routes_are_refused_with_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each fault names the file and the key in it."""
    file = tmp_path / "routes.toml"
    file.write_text(FILE.replace(old, new, 1), "utf-8")
    with pytest.raises(Trouble, match=said) as found:
        read_routes(file, None)
    assert str(file) in str(found.value)


def test_nobody_may_be_missing_where_a_route_says_on_duty(tmp_path: Path) -> None:
    """A route for all departments needs a desk for each; people's channels must be channels of the routes."""
    table, file = tmp_path / "duty.toml", tmp_path / "routes.toml"
    table.write_text(TABLE[: TABLE.index('[[desks]]\ndepartment = "*"')], "utf-8")
    file.write_text(FILE + '[[routes]]\nto = "on duty"\n', "utf-8")
    with pytest.raises(Trouble) as found:
        read_routes(file, read_duty(table))
    missing = str(found.value).partition("routes[2].to: the duty table has no desk for ")[2].partition(":")[0].split(", ")
    assert "hn-mpa" in missing
    assert "the duty table reaches 'li' by 'li', which is not among them" in str(found.value)


def test_addresses_come_from_outside_and_are_never_said(tmp_path: Path) -> None:
    """From the environment or a file; a missing one is named by its channel and where it should stand."""
    secret = tmp_path / "boss"
    found = routes(FILE.replace('url_env = "BOSS"', f'url_file = "{secret}"'))
    with pytest.raises(Trouble, match=r"channels\.boss: its address should stand in the first line of .*FileNotFoundError"):
        addresses(tmp_path / "routes.toml", found, {"NIGHT_DESK": "json://secret"})
    secret.write_text("json://other\n", "utf-8")
    assert addresses(tmp_path / "r", found, {"NIGHT_DESK": "json://a"}) == {"night-desk": "json://a", "boss": "json://other"}
    with pytest.raises(Trouble, match="environment variable NIGHT_DESK") as said:
        addresses(tmp_path / "r", found, {"OTHER": "json://secret"})
    assert "secret" not in str(said.value)


def test_pauses_double_up_to_the_longest_and_a_success_ends_them() -> None:
    """5, 10, 20 s, … never longer than a minute; the limit counts attempts."""
    channel, pace, now, pauses = Channel(url_env="A", longest="1m"), ChannelPace(), NOW, []
    for _ in range(6):
        assert take(channel, pace, 1, now) == 1
        pace = tried(channel, pace, now, delivered=False)
        assert take(channel, pace, 1, pace.again - 1) == 0
        pauses.append((pace.again - now) // SECOND)
        now = pace.again
    assert pauses == [5, 10, 20, 40, 60, 60]
    assert (pace.failures, tried(channel, pace, now, delivered=True).failures) == (6, 0)


@pytest.mark.parametrize(
    ("sent", "waiting", "count"),
    [(0, 0, 0), (0, 1, 1), (0, 2, 1), (0, 3, 3), (1, 1, 1), (1, 2, 2), (2, 1, 1), (2, 2, 2), (3, 1, 0), (3, 50, 0)],
)
def test_more_than_the_limit_leaves_is_a_digest(sent: int, waiting: int, count: int) -> None:
    """Of three messages a minute: one by one while one stays in reserve, else all in one; a full minute waits."""
    channel = Channel(url_env="A", limit=3)
    pace = ChannelPace(attempts=tuple(NOW - n for n in range(sent)))
    assert take(channel, pace, waiting, NOW) == count
    assert take(channel, pace, waiting, NOW + MINUTE) == {0: 0, 1: 1, 2: 1}.get(waiting, waiting)


def flood(outbox: Outbox, count: int, at: int = NOW) -> None:
    """So many alerts at once."""
    for n in range(count):
        outbox.revised(replace(ALERT, id=f"{n:032}", rev=100 + n, subject=f"s{n}", name=Name(f"站{n}")), at)


def test_a_flood_becomes_digests_and_nothing_is_lost() -> None:
    """500 notices through a limit of 20 a minute: few messages, and each alert stands in exactly one of them."""
    outbox, now, messages, seen = Outbox(Ways(routes(FILE))), NOW, 0, []
    flood(outbox, 500)
    while outbox.waiting("night-desk"):
        batch = outbox.take("night-desk", now)
        if not batch:
            now += SECOND
            continue
        if len(batch) > 1:
            count, title, body = text.digest(batch, 2048)  # WeCom's size
            assert len((title + body).encode()) <= 2048
            batch = batch[:count]
            assert f"{count} 条通知汇总：告警 {count}" in title
            assert [line.split(". ")[0] for line in body.splitlines()] == [str(n) for n in range(1, count + 1)]
            assert all(f"站{each.subject[1:]} #" in line for each, line in zip(batch, body.splitlines(), strict=True))
        seen += [each.alert for each in batch]
        outbox.filed(outbox.tried(batch, now, delivered=True) and outbox.unfiled())
        messages += 1
    assert (len(seen), len(set(seen))) == (500, 500)
    assert messages < 100
    assert not outbox.unfiled()


def test_one_event_that_revises_an_alert_twice_tells_both() -> None:
    """Its shelving ends and it gets worse at one tick: one revision number, two entries of the trail; copies tell nothing."""
    outbox = Outbox(Ways(routes(FILE)))
    steps = [
        replace(ALERT, rev=10, audit=2, state="E"),
        replace(ALERT, rev=11, audit=3, state="B"),
        replace(ALERT, rev=11, audit=4, state="B", severity="red"),
    ]
    for alert in [*steps, *steps]:
        outbox.revised(alert, NOW)
    assert [each.kind for each in outbox.take("night-desk", NOW)] == ["raised"]
    assert outbox.waiting("night-desk") == 2


def restarted(records: list[Told]) -> Outbox:
    """A notifier that reads back what was written."""
    newest = {told.alert: encode(told) for told in records}
    return Outbox(Ways(routes(FILE)), [decode(value, Told) for value in newest.values()])


def test_a_restart_goes_on_at_every_step() -> None:
    """Planned: sent after it. Sent: not again, but said in the log. Said: nothing more; the old revision plans nothing."""
    outbox, written = Outbox(Ways(routes(FILE))), []
    written.append(outbox.revised(ALERT, NOW))
    again = restarted(written)  # type: ignore[arg-type]
    assert [each.delivery for each in again.take("night-desk", NOW)] == ["owed"]
    written += outbox.tried(outbox.take("night-desk", NOW), NOW, delivered=True)
    again = restarted(written)  # type: ignore[arg-type]
    assert (again.take("night-desk", NOW), [each.delivery for each in again.unfiled()]) == ([], ["sent"])
    written += outbox.filed(outbox.unfiled())
    again = restarted(written)  # type: ignore[arg-type]
    assert again.revised(ALERT, NOW) is None
    assert (again.take("night-desk", NOW + DAY), again.unfiled()) == ([], [])


def test_what_fails_is_owed_until_it_is_given_up() -> None:
    """A failed message waits in its old place; a day after it was due it is given up; untried ones never are."""
    outbox = Outbox(Ways(routes(FILE)))
    flood(outbox, 2)
    first = outbox.take("night-desk", NOW)
    assert outbox.tried(first, NOW, delivered=False) == []
    assert [each.alert for each in outbox.take("night-desk", NOW + HOUR)] == [first[0].alert]
    assert outbox.abandoned(NOW + DAY - 1) == []
    assert outbox.abandoned(NOW + DAY, {"night-desk"}) == []
    (given_up,) = outbox.abandoned(NOW + DAY)
    assert (given_up.alert, [each.delivery for each in given_up.open]) == (first[0].alert, ["failed"])
    assert outbox.waiting("night-desk") == 1
    act = msgspec.json.decode(decode_event(command_bytes(outbox.unfiled()[0], NOW)).data, type=Act)
    assert (act.alert, act.actor.role, act.reason) == (first[0].alert, "notifier", "raised: given up for night-desk")


def test_what_is_owed_to_a_channel_that_is_no_more_is_given_up() -> None:
    """After a restart with other routes."""
    outbox = Outbox(Ways(routes(FILE)))
    owed = outbox.revised(ALERT, NOW)
    assert owed is not None
    again = Outbox(Ways(routes(FILE.replace("night-desk", "day-desk"))), [owed])
    assert [each.delivery for told in again.abandoned(NOW) for each in told.open] == ["failed"]


def test_an_alarm_that_flaps_while_its_channel_is_dead_fits_into_a_record() -> None:
    """The newest MOST_OWED stay owed, older ones are given up, and none goes unsaid."""
    outbox = Outbox(Ways(routes(FILE)))
    last: Told | None = None
    for n in range(MOST_OWED + 10):
        state, active = ("D", False) if n % 2 else ("B", True)
        last = outbox.revised(replace(ALERT, rev=n, state=state, active=active, occurrence=n // 2 + 1), NOW) or last
    assert last is not None
    assert [each.delivery for each in last.open] == ["failed"] * 10 + ["owed"] * MOST_OWED
    assert len(outbox.unfiled()) == 10


def test_a_command_says_what_came_of_it_and_no_address() -> None:
    """The reason names kind, channel, digest and attempts; the same outcome is the same command."""
    (each,) = revised(Ways(routes(FILE)), None, ALERT, NOW).open
    sent = replace(each, delivery="sent", batch=37, attempts=2)
    event = decode_event(command_bytes(sent, NOW))
    act = msgspec.json.decode(event.data, type=Act)
    assert (event.type, event.subject) == ("command.notify", ALERT.subject)
    assert act.reason == "raised: sent to night-desk in a digest of 37, 2 attempts"
    assert decode_event(command_bytes(sent, NOW + HOUR)).id == event.id
    assert decode_event(command_bytes(replace(sent, channel="boss"), NOW)).id != event.id


HOSTILE = '站\n<at user_id="all">\u202e[点我](http://x)\x1b[31m'


def test_text_of_events_stays_text() -> None:
    """A name that would break the line, call everybody, turn the writing or colour a terminal is one harmless line."""
    alert = replace(ALERT, name=Name(HOSTILE), subject=HOSTILE)
    for words in (text.title(alert, "raised", "zh"), *text.body(alert, "zh").splitlines()):
        assert words.isprintable()
        assert not set("<>\n\u202e\x1b") & set(words)
    assert len(text.body(alert, "zh").splitlines()) == len(text.body(ALERT, "zh").splitlines())


def test_a_message_says_what_a_person_needs() -> None:
    """Value, limit and unit, clause with article, department, and the alert's id; a log that is not live says so first."""
    said = text.body(ALERT, "en")
    assert "Value: 230 · limit 200 µg/m³" in said
    assert ALERT.clause.article in said
    assert ALERT.department.name.en in said
    assert ALERT.id in said
    assert text.title(ALERT, "raised", "zh").startswith("【回放 test】")
    assert text.title(replace(ALERT, log="live"), "raised", "zh").startswith("告警 · 橙色")


def test_a_digest_is_in_the_language_of_its_first() -> None:
    """It counts by kind."""
    (each,) = revised(Ways(routes(FILE)), None, ALERT, NOW).open
    many: list[Notification] = [replace(each, language="en", kind=kind) for kind in ("raised", "cleared", "raised")]  # type: ignore[arg-type]
    count, title, _ = text.digest(many, 32_768)
    assert (count, title) == (3, "Digest of 3 notices: Raised 2, Back to normal 1")


def test_the_files_of_the_docs_can_be_used(tmp_path: Path) -> None:
    """The examples of docs/operate/notices.md are sound together, and its channel has the defaults, as the page says."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "operate" / "notices.md").read_text("utf-8")
    ways, table = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    (tmp_path / "routes.toml").write_text(ways, "utf-8")
    (tmp_path / "duty.toml").write_text(table, "utf-8")
    found = read_routes(tmp_path / "routes.toml", read_duty(tmp_path / "duty.toml"))
    assert found.channels["night-desk"] == Channel(url_env="NIGHT_DESK_URL")
