"""The page of the data directory: types, fields, sources, readers, versions; found in both languages, kept in the address."""

import pytest
from playwright.sync_api import Page, expect

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.kafka.session import own_log
from tests.support.law import book_of_files

LOG = own_log("directory")


@pytest.mark.browser
def test_the_directory_on_the_screen(broker: Settings, blank: Page) -> None:
    """A type has the law's elements, its fields with level and mark, its readers; English words find it too."""
    create_topics(broker, LOG)
    with living_town(broker, LOG) as town, running_screen(broker, LOG) as address:
        town.write(book_of_files())
        blank.set_viewport_size({"width": 1920, "height": 1080})
        blank.goto(f"{address}/catalogue?type=environment.air_hour")
        expect(blank.locator(".chosen h2")).to_have_text("空气质量小时值", timeout=60_000)
        expect(blank.locator(".elements dt")).to_have_count(12)
        expect(blank.locator(".elements")).to_contain_text("郑州市生态环境局")
        expect(blank.locator(".elements")).to_contain_text("无条件共享")
        expect(blank.locator(".field")).to_have_count(12)
        expect(blank.locator(".field").first).to_contain_text("二氧化硫小时均值")
        expect(blank.locator(".field").first).to_contain_text("拟识别")
        expect(blank.locator(".lineage .rule").first).to_be_visible(timeout=30_000)
        blank.locator(".field").first.click()
        expect(blank.locator(".lineage .rule.ours").first).to_be_visible()
        expect(blank.locator(".versions")).to_contain_text("尚未拟定")
        blank.keyboard.press("j")
        expect(blank.locator(".chosen h2")).to_have_text("空气质量补传小时值")
        blank.keyboard.press("ArrowUp")
        expect(blank.locator(".chosen h2")).to_have_text("空气质量小时值")
        blank.keyboard.press("/")
        blank.keyboard.type("trapped")
        expect(blank.locator(".type:visible")).to_have_count(1)
        blank.locator(".type:visible").click()
        expect(blank.locator(".chosen h2")).to_have_text("困人滞留救援")
        blank.get_by_role("searchbox").fill("")
        blank.locator(".chip", has_text="敏感").click()
        assert "mark=sensitive" in blank.url
        expect(blank.locator(".type:visible", has_text="维保人员作业")).to_have_count(1)
        blank.goto(f"{address}/catalogue?type=special_equipment.visit&lang=en")
        expect(blank.locator(".chosen h2")).to_have_text("Visit of a technician", timeout=60_000)
        expect(blank.locator(".field .strong").first).to_have_text("Sensitive")
        assert not blank.locator("body").inner_text().count("undefined")
