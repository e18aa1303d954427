"""People at the screen, in a real browser: signing in, acting within bounds, signing out, ended sessions, a wall's account."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import oidc_provider_mock
import pytest
from playwright.sync_api import Browser, Page, expect

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from streams.messages import Act
from streams.settings import Settings
from tests.support.browser.acts import HEADERS, commands, press
from tests.support.browser.people import PHRASE, sign_in, visit
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall
from tests.support.kafka.settings import free_ports
from tests.support.town import Town, alert, wall_clock
from tests.support.workers import ROOT

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file with a supervisor of the third station's district, a viewer and an administrator."""
    here = alert("t", 3, wall_clock()).adcode or ""
    bound = Account("zhang", "张值班", "supervisor", ("zz-ee",), (here,))
    made = [bound, Account("hall", "大厅", "viewer"), Account("sun", "孙管理", "admin")]
    write(tmp_path / "people.json", [with_password(each, PHRASE) for each in made])
    return tmp_path / "people.json"


@pytest.fixture
def guarded(broker: Settings, town: Town, people: Path) -> Iterator[str]:
    """The address of a screen of the town's log where people sign in."""
    with running_screen(broker, town.log, ONESCREEN_PEOPLE=str(people)) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of such a browser."""
    with visit(chromium) as context:
        yield context.new_page()


def command(people: Path, *arguments: str) -> Any:
    """The first line of `python -m screen people …`."""
    env = os.environ | {"ONESCREEN_PEOPLE": str(people)}
    done = subprocess.run(
        [sys.executable, "-m", "screen", "people", *arguments], cwd=ROOT, env=env, check=True, capture_output=True
    )
    return json.loads(done.stdout.splitlines()[0])


def test_a_day_of_a_supervisor(broker: Settings, town: Town, guarded: str, page: Page) -> None:
    """Signing in leads to the wall; in its district it acts under its name, elsewhere nothing is offered or taken."""
    mine, other = alert(town.log, 3, wall_clock(), verbs=("acknowledge", "suppress")), alert(town.log, 4, wall_clock())
    town.write(mine, other)
    page.goto(f"{guarded}/?lang=zh")
    expect(page).to_have_url(f"{guarded}/signin?next=%2F%3Flang%3Dzh")
    sign_in(page, "zhang", "wrong-wrong-wrong")
    expect(page.get_by_role("status")).to_have_text("账号或密码错误")
    sign_in(page, "zhang")
    wall = Wall(page, guarded)
    wall.row(mine.id).wait_for(timeout=60_000)
    wall.row(other.id).click()
    expect(page.locator(".act .state")).to_have_text("不在您负责的区县，无权处置")
    expect(page.locator(".act .verbs button")).to_have_count(0)
    wall.row(mine.id).click()
    expect(page.locator(".act .verbs button")).to_have_text(["确认告警"])
    wall.acknowledge(mine.id, "已派人现场核查")
    expect(page.locator(".act .state")).to_have_text("已入日志，待研判")
    (written,) = commands(broker, town.log)
    act = json.loads(written.value)["data"]
    assert act["actor"] == {"id": "zhang", "name": "张值班", "role": "supervisor", "department": "zz-ee"}
    assert Act.__struct_fields__[0] in act
    forbidden = page.evaluate(
        """async ([headers, act]) =>
             (await fetch("/screen/act", { method: "POST", headers, body: JSON.stringify(act) })).status""",
        [HEADERS, press(other)],
    )
    assert forbidden == 403
    assert len(commands(broker, town.log)) == 1
    page.keyboard.press("Escape")
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(f"{guarded}/signin?lang=zh", timeout=20_000)
    page.goto(f"{guarded}/")
    expect(page.get_by_label("账号")).to_be_visible()


def test_a_session_that_has_ended_leads_to_signing_in(town: Town, guarded: str, page: Page, people: Path) -> None:
    """An open page whose session is over stops within seconds and asks to sign in again, and comes back to where it was."""
    town.write(alert(town.log, 3, wall_clock()))
    page.goto(f"{guarded}/signin?lang=zh")
    sign_in(page, "sun")
    Wall(page, guarded).row(f"{3:032x}").wait_for(timeout=60_000)
    write(people, [with_password(Account("sun", "孙管理", "admin"), "another-long-one")])
    expect(page.get_by_role("status")).to_have_text("登录已到期或已结束，请重新登录", timeout=10_000)
    sign_in(page, "sun", "another-long-one")
    Wall(page, guarded).row(f"{3:032x}").wait_for(timeout=60_000)


def test_who_may_not_replay_is_not_led_to_it(town: Town, guarded: str, page: Page) -> None:
    """The desk's story leads an administrator to the replay of its alert, a viewer to the rule and the paper alone."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    for account, ways in (("hall", ["规则", "打印"]), ("sun", ["规则", "回放", "打印"])):
        page.context.clear_cookies()
        page.goto(f"{guarded}/desk?lang=zh&alert={made.id}")
        sign_in(page, account)
        expect(page.locator(".story .ways a")).to_have_text(ways, timeout=60_000)


def test_a_wall_comes_back_by_itself(broker: Settings, town: Town, people: Path, page: Page) -> None:
    """The command's address signs a wall in; it survives a restart of the screen, acts nothing, and ends when revoked."""
    port = free_ports()[0]
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    address = f"http://127.0.0.1:{port}"
    token = command(people, "wall", "hall")["address"].partition("#")[2]
    wall = Wall(page, address)
    with running_screen(broker, town.log, port, ONESCREEN_PEOPLE=str(people)):
        page.goto(f"{address}/signin?lang=zh#{token}")
        wall.row(made.id).wait_for(timeout=60_000)
        assert token not in page.url
        wall.row(made.id).click()
        expect(page.locator(".act .state")).to_have_text("您的角色无权处置此告警")
        expect(page.get_by_role("button", name="退出")).to_have_count(0)
        page.evaluate("window.same = true")
    expect(page.locator(".wall.stale")).to_have_count(1, timeout=20_000)
    with running_screen(broker, town.log, port, ONESCREEN_PEOPLE=str(people)):
        expect(page.locator(".wall.stale")).to_have_count(0, timeout=30_000)
        assert page.evaluate("window.same") is True
        command(people, "revoke", "hall")
        expect(page.get_by_label("账号")).to_be_visible(timeout=10_000)
    assert wall.outside == []


OIDC = """
[auth]
redirect_uri = "{screen}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "onescreen"
client_secret = "a-secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid profile" }}

[onescreen]
districts = "districts"
"""


def test_signing_in_at_the_organisations_provider(broker: Settings, town: Town, tmp_path: Path, chromium: Browser) -> None:
    """Role and district are those of a real provider's claims; without a role nobody comes in; one answer is one session."""
    mine, other = alert(town.log, 3, wall_clock()), alert(town.log, 4, wall_clock())
    town.write(mine, other)
    port = free_ports()[0]
    address = f"http://127.0.0.1:{port}"
    people = [
        oidc_provider_mock.User(
            sub="u-1", claims={"name": "李远", "roles": ["staff", "supervisor"], "districts": [mine.adcode]}
        ),
        oidc_provider_mock.User(sub="u-2", claims={"name": "无角色", "roles": ["staff"], "districts": "*"}),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server, visit(chromium) as context:
        provider = f"http://127.0.0.1:{server.server_port}"
        file = tmp_path / "oidc.toml"
        file.write_text(OIDC.format(screen=address, provider=provider), "utf-8")
        file.chmod(0o600)
        with running_screen(broker, town.log, port, ONESCREEN_OIDC=str(file), ONESCREEN_PEOPLE=str(tmp_path / "people.json")):
            page = context.new_page()
            page.goto(f"{address}/?lang=zh")
            expect(page.get_by_label("密码")).to_be_hidden()
            at_provider(page, "u-2")
            expect(page.get_by_role("status")).to_contain_text("未分配本系统的角色")
            at_provider(page, "u-1")
            wall = Wall(page, address)
            wall.row(mine.id).wait_for(timeout=60_000)
            wall.row(other.id).click()
            expect(page.locator(".act .state")).to_have_text("不在您负责的区县，无权处置")
            wall.acknowledge(mine.id, "已派人")
            expect(page.locator(".act .state")).to_have_text("已入日志，待研判")
            (written,) = commands(broker, town.log)
            actor = json.loads(written.value)["data"]["actor"]
            assert (actor["id"], actor["name"], actor["role"]) == ("oidc:u-1", "李远", "supervisor")
            copied = [cookie for cookie in context.cookies() if cookie["name"].startswith("_streamlit_user")]
            assert copied
            page.keyboard.press("Escape")
            page.get_by_role("button", name="退出").click()
            page.get_by_role("button", name="End session").click(timeout=20_000)  # the provider asks, and leads back
            expect(page.get_by_role("link", name="用单位统一账号登录")).to_be_visible(timeout=20_000)
            with visit(chromium) as thief:
                thief.add_cookies(copied)  # type: ignore[arg-type]
                stolen = thief.new_page()
                stolen.goto(f"{address}/?lang=zh")
                expect(stolen.get_by_role("status")).to_contain_text("已过期")


def at_provider(page: Page, sub: str) -> None:
    """Go to the provider and be this person there."""
    page.get_by_role("link", name="用单位统一账号登录").click()
    page.get_by_placeholder("sub").fill(sub)
    page.get_by_role("button", name="Authorize").click()
