"""Nothing that anybody writes becomes more than text: every field of every message on the pages, and what signs in."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from streams.handover import Summary, handed, taken
from streams.kafka import clients
from streams.messages import Actor, Note, encode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.browser.hostile import HOSTILE, harmless, twist
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall
from tests.support.town import Town, alert, bad, entry, flood, incident, station, wall_clock

EVIL = "http://evil.example"

KEPT = {"id", "alert", "log", "domain", "topic", "members", "first", "subject", "adcode", "city", "verbs"}
"""Fields by which the reader finds and places a message; the rest of its texts is hostile."""

SHOWN = {
    "at",
    "asked_at",
    "opened_at",
    "raised_at",
    "changed_at",
    "cleared_at",
    "began_at",
    "until",
    "due",
    "ended_at",
    "sent",
    "now",
}
"""Times: another text than a time is refused by the reader, which its own tests show."""


def poisoned(message: Any, text: str) -> Any:
    """The message with this text in every field of text, at every depth, that its type lets be any text."""
    for name in set(message.__struct_fields__) - KEPT - SHOWN:
        attempt = replace(message, **{name: hostile(getattr(message, name), text)})
        try:
            msgspec.json.decode(encode(attempt), type=type(message))
        except msgspec.ValidationError:  # one of a few words, or of a form
            continue
        message = attempt
    return message


def hostile(value: Any, text: str) -> Any:
    """A value with this text in the place of every text."""
    if isinstance(value, str):
        return text
    if isinstance(value, msgspec.Struct):
        return poisoned(value, text)
    if isinstance(value, tuple):
        return tuple(hostile(each, text) for each in value)
    if isinstance(value, dict):
        return {key: hostile(each, text) for key, each in value.items()}
    return value


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser of its own."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    yield context.new_page()
    context.close()


def test_every_text_of_every_message_is_only_text(
    broker: Settings, town: Town, screen: str, look: Callable[[str], Wall]
) -> None:
    """Alert, trail, incident, flood, notes, bad data, station: markup in any field is shown as it stands and does nothing."""
    now = wall_clock()
    producer = clients.producer(broker, linger_ms=0)
    ids = []
    for n, text in enumerate(HOSTILE, 1):
        home = alert(town.log, n, now)
        by = Actor(id=text, name=text, role=text, department=text)
        note = Note(verb="acknowledge", actor=by, reason=text, at=home.raised_at)
        ids.append(home.id)
        made = replace(poisoned(home, text), note=note)
        said = entry(home, 1, "refuse", home.place, verb=text, actor=by, reason=text)
        whole = replace(poisoned(incident(home), text), id=f"i{n:031x}")
        town.write(made, said, whole, poisoned(bad(town.log, n, now), text))
        town.write(poisoned(station(n, now), text))
        town.write(replace(poisoned(flood(town.log, now - 60_000, now + 600_000), text), id=f"f{n:031x}"))
        shift = handed("zz-ee", by, text, Summary({text: 1}, {text: 1}, (text,), {text: 1}), str(n), now + n)
        over = taken(shift, replace(by, id=f"{text}2"), text, now + n)
        for record in (shift, over):
            producer.send(topic_name(town.log, "handovers"), encode(record), b"zz-ee")
    producer.flush(10)
    producer.close()
    wall = look(screen).open()
    for name, text in zip(ids, HOSTILE, strict=True):
        row = wall.row(name)
        if not row.count():
            continue
        row.click()
        expect(wall.page.locator(".story h2")).to_contain_text(text.replace("\u0000", "").strip()[:20])
        expect(wall.page.locator(".story ol li").last).to_be_visible()
    assert wall.page.locator(".list .row").count() >= 6
    harmless(wall)
    wall.page.keyboard.press("Escape")
    wall.page.get_by_role("button", name="交接班").click()
    expect(wall.page.locator(".handovers .note").first).to_be_visible()
    harmless(wall)
    wall.page.goto(f"{screen}/desk?lang=zh")
    for name, text in zip(ids, HOSTILE, strict=True):
        wall.page.locator(f".body .lr[data-alert='{name}']").click(timeout=60_000)
        expect(wall.page.locator(".story h2")).to_contain_text(text.replace("\u0000", "").strip()[:20])
        expect(wall.page.locator(".lines").first).to_contain_text(text.strip()[:20])
    harmless(wall)


def test_every_text_of_the_rules_is_only_text(town: Town, screen: str, look: Callable[[str], Wall]) -> None:
    """Every text of the book, the law's too, and of the alerts that a rule has open."""
    now = wall_clock()
    made = (replace(poisoned(alert(town.log, n, now), text), rule="gas-hourly") for n, text in enumerate(HOSTILE, 1))
    town.write(*made)
    wall = look(screen)
    twist(wall.page, "**/screen/rules")
    wall.page.goto(f"{screen}/rules?lang=zh&rule=gas-hourly")
    expect(wall.page.locator(".rules .top h2")).to_have_text(re.compile("|".join(map(re.escape, HOSTILE))), timeout=60_000)
    expect(wall.page.locator(".open .alert")).to_have_count(len(HOSTILE), timeout=20_000)
    for details in wall.page.locator(".cases summary").all():
        details.click()
    harmless(wall)


def test_the_page_to_sign_in_is_only_text(broker: Settings, town: Town, tmp_path: Path, page: Page) -> None:
    """Markup and addresses in its query, in an account's name and in what is typed do nothing; it leads to no other site."""
    markup = HOSTILE[0]
    write(tmp_path / "people.json", [with_password(Account("li", markup[:60], "viewer"), "a-long-phrase-1")])
    town.write(alert(town.log, 3, wall_clock()))
    with running_screen(broker, town.log, ONESCREEN_PEOPLE=str(tmp_path / "people.json")) as address:
        wall = Wall(page, address)
        queries = (f"why={markup}&next={markup}", f"next={EVIL}/&lang={markup}", "why=ended'><script>window.pwned=1</script>")
        for query in queries:
            page.goto(f"{address}/signin?{query}")
            expect(page.get_by_label("账号")).to_be_visible()
            harmless(wall)
        page.get_by_label("账号").fill(markup)
        page.get_by_label("密码").fill(markup)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("账号或密码错误")
        for query in (f"next={EVIL}/a", "next=//evil.example/a", "next=/\\evil.example/a", "next=javascript:window.pwned=1"):
            page.goto(f"{address}/signin?{query}")
            page.get_by_label("账号").fill("li")
            page.get_by_label("密码").fill("a-long-phrase-1")
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_url(f"{address}/**")
            expect(page).not_to_have_url(f"{address}/signin?{query}")
            assert page.url.startswith(f"{address}/")
        wall.row(f"{3:032x}").wait_for(timeout=60_000)
        harmless(wall)
