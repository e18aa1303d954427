"""Whether the wall says in time that it cannot be believed."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.messages import HOUR, Audit, decode, decode_event
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.browser.house import LOG, House, Witness, house_of
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall
from tests.support.events import clean, registered
from tests.support.kafka.settings import settings_in
from tests.support.town import DOMAIN, Town, alert, wall_clock
from tests.support.workers import produce, wait_for

Wait = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.alone

SAID_WITHIN, LIVE_WITHIN = 5.0, 10.0
"""Seconds from a death to its name on the wall, and from the return to a wall that is live again."""

SUBJECT = "air.410100.freshness"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Broker, worker, clock and screen for the tests of this module."""
    settings = settings_in(tmp_path_factory.mktemp("house"))
    try:
        with house_of(settings) as made:
            yield made
    finally:
        embedded.stop(settings)


@pytest.fixture(scope="module")
def watched(house: House, chromium: Browser) -> Iterator[tuple[Wall, Witness]]:
    """The house's wall, live, and who notes what it says."""
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    wall = Wall(page, house.address).open()
    wait_for(lambda: page.locator(".clock b").inner_text() and not wall.stale, "the wall to be live")
    yield wall, Witness(wall)
    page.close()


@pytest.mark.parametrize(
    ("kill", "back", "named"),
    [
        (House.kill_worker, House.worker_back, "研判引擎无心跳"),
        (House.kill_clock, House.start_clock, "时钟停止"),
        (House.kill_screen, House.start_screen, "屏幕服务无应答"),
        (House.kill_broker, House.start_broker, "消息总线无应答"),
    ],
    ids=["worker", "clock", "screen", "broker"],
)
def test_the_wall_names_what_died_and_heals(
    house: House, watched: tuple[Wall, Witness], kill: Callable[[House], float], back: Callable[[House], float], named: str
) -> None:
    """SIGKILL: within 5 s by the browser's clock the first thing said is what died; live again within 10 s of its return.

    The return of the worker is when it has its state, which another worker's session (8 s) delays; of the broker and the
    screen when they answer; of the clock its start.
    """
    wall, witness = watched
    killed = kill(house)
    said = witness.first_after(killed)
    assert named in said.why, f"{said.why} was said first"
    assert said.at - killed <= SAID_WITHIN, f"said after {said.at - killed:.2f} s"
    expect(wall.page.locator(".band .shout")).to_have_text("非实时画面")
    returned = back(house)
    live = witness.live_after(killed)
    assert live - returned <= LIVE_WITHIN, f"live {live - returned:.2f} s after the return"


def test_an_act_while_the_broker_is_away_is_not_accepted_and_not_lost(house: House, watched: tuple[Wall, Witness]) -> None:
    """It shows as not accepted, never as done, also when its story was shut; sent again after the return it is one entry."""
    wall, witness = watched
    page, settings = wall.page, house.settings
    home = clients.partition_of(SUBJECT.encode(), settings.partitions)
    hour = wall_clock() // HOUR * HOUR
    events = [registered(SUBJECT, hour - HOUR, "断线测试站"), clean(hour, SUBJECT, o3=231)]
    produce(settings, LOG, [(home, SUBJECT.encode(), event) for event in events])
    row = page.locator(".list .row").filter(has_text="断线测试站")
    row.click(timeout=20_000)
    page.locator(".act input.reason").fill("已派人现场核查")
    killed = house.kill_broker()
    page.locator(".act button.do").click()
    expect(page.locator(".act .state")).to_contain_text("未受理", timeout=12_000)
    witness.first_after(killed)
    page.locator(".story button.shut").click()
    expect(row.locator(".a")).to_contain_text("未受理")
    house.start_broker()
    witness.live_after(killed)
    row.click()
    expect(page.locator(".act .state")).to_contain_text("未受理")
    assert acknowledged(settings) == []
    page.locator(".act .again").click()
    expect(row).to_have_count(0, timeout=20_000)
    page.locator(".story button.shut").click()
    written = clients.read_topic(settings, events_topic(LOG, DOMAIN))
    assert len({decode_event(one.value).id for one in written if b"command." in one.value}) == 1
    assert acknowledged(settings) == ["已派人现场核查"]


def acknowledged(settings: Settings) -> list[str]:
    """The reasons of all acknowledgements in the trail."""
    trail = [decode(one.value, Audit) for one in clients.read_topic(settings, topic_name(LOG, "audit"))]
    return [entry.reason for entry in trail if entry.event == "acknowledge"]


def test_a_dead_worker_shows_within_seconds(town: Town, wall: Wall, wait: Wait) -> None:
    """Five seconds after the last pulse the wall says that it is not live, counts on and hides every age; then it recovers."""
    shown = alert(town.log, 1, wall_clock())
    town.write(shown)
    wall.open()
    expect(wall.row(shown.id)).to_be_visible()
    wait(lambda: not wall.stale)
    witness = Witness(wall)
    town.stop()
    stopped = time.time()  # the last pulse was up to half a second before; one may still be on its way
    wait(lambda: witness.said()[-1].why and time.time() - witness.said()[-1].at > 1)
    assert 3.5 < witness.said()[-1].at - stopped < 6.0
    expect(wall.page.locator(".band .shout")).to_have_text("非实时画面")
    expect(wall.row(shown.id).locator(".a")).to_contain_text("—")
    counter = wall.page.locator(".band .counter")
    before = counter.inner_text()
    wait(lambda: counter.inner_text() != before)
    town.write(town.heartbeat(wall_clock()))
    wait(lambda: not wall.stale)


def test_a_dead_screen_shows_within_seconds(town: Town, broker: Settings, look: Callable[[str], Wall], wait: Wait) -> None:
    """The page that has lost its server says so itself, with no dialog of the framework's."""
    with running_screen(broker, town.log) as address:
        wall = look(address).open()
        wait(lambda: wall.page.locator(".health").inner_text() and not wall.stale)
    wait(lambda: wall.stale)
    expect(wall.page.locator(".band .reason")).to_contain_text("屏幕服务无应答")
    assert wall.page.locator("[role=dialog]:visible").count() == 0
