"""The dispatcher's seat (派单席), the whole way: requests that come in, judged by a real worker, sent on and joined by hand."""

from contextlib import closing
from pathlib import Path

from msgspec import Struct
from playwright.sync_api import Browser, Page, expect

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from streams.kafka import clients
from streams.messages import MINUTE, Order, OrderAudit, OrderLine, decode, event_bytes, format_time
from streams.messages.event import Name, Registered
from streams.outputs import BY_TOPIC
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.browser.people import PHRASE
from tests.support.browser.screens import running_screen
from tests.support.events import START, tick
from tests.support.workers import Worker, wait_for

HOTLINE = "hotline.410100"
WANG = Account("wang", "王派单", "dispatcher", departments=("zz-hotline",))


def tell(settings: Settings, log: str, *values: bytes, until: int) -> None:
    """Facts of the hotline, after the clock's ticks in every partition of its domain and of the orders."""
    with closing(clients.producer(settings)) as producer:
        for topic in ("events.service", "events.orders"):
            for partition in range(settings.partitions):
                producer.send(topic_name(log, topic), tick(until), partition=partition)
        home = clients.partition_of(HOTLINE.encode(), settings.partitions)
        for value in values:
            producer.send(topic_name(log, "events.service"), value, HOTLINE.encode(), partition=home)
        producer.flush()


def fact(kind: str, at: int, data: Struct | dict[str, object]) -> bytes:
    """A fact of the hotline at a time (ms)."""
    time = format_time(at)
    return event_bytes(type=f"service.{kind}", source="t", id=f"{kind}{time}", time=time, subject=HOTLINE, data=data)


def request(number: str, at: int) -> bytes:
    """That somebody's water has failed: a request has come in."""
    return fact("request_step", at, {"request": number, "step": "received", "nature": "help", "topic": "停水"})


def orders(settings: Settings, log: str) -> dict[str, Order]:
    """The orders of the log as they stand, by the number of their request."""
    return {each.matter: each for each in _told(settings, log) if isinstance(each, Order)}


def _told(settings: Settings, log: str) -> list[Order | OrderLine]:
    message = BY_TOPIC["orders"].message
    return [decode(record.value, message) for record in clients.read_topic(settings, topic_name(log, "orders"))]


def visit(chromium: Browser, address: str) -> Page:
    """The page of orders, of the hotline's dispatcher."""
    page = chromium.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{address}/signin?next=%2Forders")
    page.get_by_label("账号").fill(WANG.id)
    page.locator("input[type=password]").fill(PHRASE)
    page.keyboard.press("Enter")
    return page


def test_a_request_is_sent_on_and_its_duplicate_joined(broker: Settings, log: str, chromium: Browser, tmp_path: Path) -> None:
    """受理, 派单 to whom the duty list names (停水: the water utility), 并单 of the same matter into the one that was sent.

    国办函〔2025〕66号（五）: 重复诉求并单. Each press is done when the log says so, and both stand on the page and in the log.
    """
    people = tmp_path / "people.json"
    write(people, [with_password(WANG, PHRASE)])
    registered = Registered(kind="hotline", name=Name(zh="12345热线", en="Hotline"), adcode="410100", lon=113.62, lat=34.75)
    with Worker(broker, log) as worker, running_screen(broker, log, ONESCREEN_PEOPLE=str(people)) as address:
        worker.ready()
        tell(broker, log, fact("registered", START, registered), until=START)
        filed = [request("4107", START + MINUTE), request("4108", START + 2 * MINUTE)]
        tell(broker, log, *filed, until=START + 3 * MINUTE)
        wait_for(lambda: len(orders(broker, log)) == 2, "both requests to be orders")
        first, second = (orders(broker, log)[number] for number in ("4107", "4108"))
        page = visit(chromium, address)
        expect(page.locator(".queue .filed tr")).to_have_count(2)
        page.locator(".queue .filed .open", has_text="4107").click()
        onward = page.locator(".proposal .go")
        expect(page.locator(".proposal")).to_contain_text("主办")
        expect(onward).to_have_text("受理")
        onward.click()
        expect(onward).to_have_text("派单")
        expect(onward).to_be_enabled()
        onward.click()
        expect(page.locator(".receivers .tr")).to_have_count(1)
        expect(page.locator(".proposal")).to_be_hidden()
        expect(page.locator(".tags")).to_contain_text("待签收")
        page.keyboard.press("Escape")
        expect(page.locator(".queue .filed tr")).to_have_count(1)
        page.locator(".queue .filed .open", has_text="4108").click()
        join = page.locator(".proposal .merge")
        expect(join).to_have_text("并单")
        join.click()
        expect(page.locator(".tags")).to_contain_text("已并单")
        expect(page.locator(".story")).to_contain_text(first.number)
        expect(page.locator(".proposal")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(page.locator(".queue .filed tr")).to_have_count(0)
        page.context.close()
    stand = orders(broker, log)
    (sent,) = [each for each in _told(broker, log) if isinstance(each, OrderLine)][-1:]
    assert (stand["4107"].state, sent.order, sent.unit, sent.part) == ("sent", first.id, "zz-water", "main")
    assert (stand["4108"].state, stand["4108"].parent, stand["4108"].outcome) == ("merged", first.id, "merged")
    trail = [decode(each.value, OrderAudit) for each in clients.read_topic(broker, topic_name(log, "order-audit"))]
    told = [(each.order, each.event, each.actor.id) for each in trail if each.actor and each.verb]
    assert sorted(told) == sorted(
        [
            (first.id, "accept", "wang"),
            (first.id, "dispatch", "wang"),
            (second.id, "merge", "wang"),
        ]
    )
