"""The replay page before a real job worker and archive: a moment is that of the log, and nobody takes it for live."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from shapely import union_all
from shapely.geometry import shape

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from streams import catalogue
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.kafka.admin import create_topics
from streams.messages import HOUR, MINUTE, SEVERITIES, Alert, parse_time, tick_of
from streams.outputs import Output
from streams.places import city_map
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.browser.hostile import HOSTILE, harmless, twist
from tests.support.browser.screens import running_jobs, running_screen
from tests.support.browser.wall import Wall
from tests.support.events import act, clean, registered, tick
from tests.support.kafka.session import own_log
from tests.support.law import book_of_files
from tests.support.town import Town

Record = tuple[int, bytes | None, bytes | None]

ROOT = Path(__file__).resolve().parents[3]
LOG = own_log("filmed")
DAY = "2026-06-01"
BEGIN = parse_time(f"{DAY}T00:00:00+08:00")
HOURS = 24
STATIONS = [f"air.{adcode}.film" for adcode in ("410102", "410103", "410104")]
"""Three stations whose ozone goes up and down: hours above 200 µg/m³ raise `gas-hourly` (GB 3095-2026, table 1)."""

GROUPS = "BDCAEFG"
"""States from the top of the list: unacknowledged (B and D are one group), acknowledged, open cases, put aside."""

JOB_MS = 90_000
"""How long a job may take on a busy machine."""


def ozone(station: int, hour: int) -> float:
    """Above the limit in some hours, by how much differs: 210 to 300 at noon, 205 at night for the first station."""
    return {0: {3: 205.0, 11: 240.0, 12: 300.0, 13: 260.0}, 1: {12: 230.0, 13: 215.0, 20: 245.0}, 2: {15: 210.0}}[station].get(
        hour, 60.0 + hour
    )


def told(acts: dict[int, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The day as keys and values: a tick each five minutes, the hours of each station five minutes after their end, acts."""
    for subject in STATIONS:
        yield subject.encode(), registered(subject, BEGIN - MINUTE)
    for n in range(HOURS * 12 + 1):
        now = BEGIN + n * 5 * MINUTE
        yield b"", tick(now)
        if n % 12 == 1:
            for station, subject in enumerate(STATIONS):
                end = now // HOUR * HOUR
                yield subject.encode(), clean(end, subject, o3=ozone(station, (end - BEGIN) // HOUR))
        if now in acts:
            yield STATIONS[0].encode(), acts[now]


def logged(acts: dict[int, bytes]) -> list[Record]:
    """The day as a partition of the log."""
    return [(offset, key or None, value) for offset, (key, value) in enumerate(told(acts))]


def judged(records: list[Record], book: Book) -> list[Output]:
    """Everything that the pure fold makes of records."""
    return list(Fold(book, events_topic(LOG, "environment"), 0).run(records))


def standing(records: list[Record], book: Book, at: int) -> list[tuple[str, str]]:
    """Id and state of the alerts not ended at a moment, in the list's order: the fold over the log before its next tick."""
    upto = next((n for n, record in enumerate(records) if (tick_of(record[2]) or 0) > at), len(records))
    newest = {output.id: output for output in judged(records[:upto], book) if isinstance(output, Alert)}
    alive = [alert for alert in newest.values() if not alert.ended]
    alive.sort(
        key=lambda each: (
            GROUPS.index(each.state[0].replace("D", "B")),
            SEVERITIES.index(each.severity),
            parse_time(each.raised_at),
            each.id,
        )
    )
    return [(alert.id, alert.state[0]) for alert in alive]


def indices(records: list[Record], book: Book, at: int) -> list[float]:
    """The newest index of each station at a moment, the highest first: the fold over the log before its next tick."""
    upto = next((n for n, record in enumerate(records) if (tick_of(record[2]) or 0) > at), len(records))
    fold = Fold(book, events_topic(LOG, "environment"), 0)
    list(fold.run(records[:upto]))
    found = [each.values["aqi"] for each in fold.statuses(len(STATIONS))]
    return sorted((value for value in found if isinstance(value, int)), reverse=True)


ROWS = "room => [...room.querySelectorAll('.row')].map(row => [row.dataset.alert, row.children[3].textContent])"

ON_TOP = """node => {
  const { x, y, width, height } = node.getBoundingClientRect()
  return node.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === node
}"""

SMALL = """node => [...node.querySelectorAll("*")]
  .filter((each) => [...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()))
  .filter((each) => parseFloat(getComputedStyle(each).fontSize) < 14)
  .map((each) => `${each.className} ${each.textContent}`)"""


class Film:
    """A day in an archive, judged by the fold, with a job worker and a screen before it."""

    def __init__(self, settings: Settings, records: list[Record], book: Book, alerts: list[Alert]) -> None:
        self.settings, self.records, self.book, self.alerts = settings, records, book, alerts
        self.address = ""

    @property
    def archive(self) -> Path:
        """Where the archive lies."""
        return self.settings.data / "archive" / LOG


def write_archive(settings: Settings, records: list[Record]) -> None:
    """The archive as `python -m streams archive` writes one."""
    chunk = Chunk(0)
    for offset, key, value in records:
        chunk.add(offset, BEGIN, key, value)
    root = settings.data / "archive" / LOG
    shutil.rmtree(root, ignore_errors=True)
    archive_files.write(root, events_topic(LOG, "environment"), 0, chunk)


@pytest.fixture(scope="module")
def film(broker: Settings) -> Iterator[Film]:
    """One archive, one job worker and one screen for the whole module."""
    create_topics(broker, LOG)
    book = the_book()
    raised = next(each for each in judged(logged({}), book) if isinstance(each, Alert) and each.subject == STATIONS[0])
    records = logged({BEGIN + 3 * HOUR + 30 * MINUTE: act(raised.id, subject=STATIONS[0])})
    newest = {output.id: output for output in judged(records, book) if isinstance(output, Alert)}
    made = Film(broker, records, book, list(newest.values()))
    write_archive(broker, records)
    town = Town(broker, LOG)
    town.write(book_of_files(), *newest.values())
    town.close()
    with running_jobs(broker, LOG), running_screen(broker, LOG) as made.address:
        yield made


def opened(film: Film, page: Page, **query: str) -> Locator:
    """The page of the day at rest, once its replay is there; the answer is its time line."""
    asked = {"lang": "zh", "day": DAY} | query
    page.goto(f"{film.address}/replay?{'&'.join(f'{name}={value}' for name, value in asked.items() if value)}")
    line = page.locator(".scrubber:not(.empty) .chart")
    expect(line).to_be_visible(timeout=JOB_MS)
    shown_now(page)
    return line


def shown_now(page: Page) -> None:
    """Wait until what is shown is that of the moment that the band names."""
    expect(page.locator(".picture:not(.waiting) .list")).to_be_visible(timeout=JOB_MS)


def moment(page: Page) -> int:
    """The moment shown (ms)."""
    shown_now(page)
    chart = page.locator(".chart")
    expect(chart).to_have_attribute("aria-valuenow", re.compile(r"\d+"))
    return BEGIN + int(chart.get_attribute("aria-valuenow") or "")


def listed(page: Page) -> list[tuple[str, str]]:
    """Id and state of each row, from the top."""
    rows: list[list[str]] = page.locator(".room").evaluate(ROWS)
    return [(alert, state) for alert, state in rows]


def frame(page: Page) -> None:
    """Wait for the next two frames: what a press has changed is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drag_to(page: Page, line: Locator, share: float) -> None:
    """Put the moment to a share of the time line by the mouse."""
    box = line.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40 + share * (box["width"] - 48), box["y"] + 40)
    page.mouse.down()
    page.mouse.up()
    frame(page)


def test_the_list_at_a_moment_is_that_of_the_log(film: Film, page: Page) -> None:
    """At times all over the day, forwards and backwards, the rows are those of the pure fold over the log up to then."""
    line = opened(film, page)
    seen: dict[int, list[tuple[str, str]]] = {}
    for share in (0.05, 0.15, 0.2, 0.49, 0.53, 0.6, 0.85, 0.97):
        drag_to(page, line, share)
        at = moment(page)
        seen[at] = listed(page)
        assert seen[at] == standing(film.records, film.book, at), at
    assert len({tuple(rows) for rows in seen.values()}) > 4, "the day must have something to tell apart"
    assert any(state == "C" for rows in seen.values() for _, state in rows), "the act is part of it"
    for share in (0.6, 0.2, 0.05):
        drag_to(page, line, share)
        at = moment(page)
        assert listed(page) == standing(film.records, film.book, at), at


def test_the_air_is_that_of_the_log(film: Film, page: Page) -> None:
    """The figures of the domain's own: every station heard of, the highest index; on the map the indices above 100 (HJ 633)."""
    opened(film, page, at=f"{DAY}T13:40:00")
    found = indices(film.records, film.book, moment(page))
    assert len(found) == len(STATIONS)
    assert found[0] > 100 >= found[-1]
    figures = page.locator(".figures .own .figure")
    expect(figures.locator("span")).to_have_text(["站点在线率", "最高 AQI"])
    expect(figures.locator("b")).to_have_text(["100.0 %", str(found[0])])
    expect(page.locator(".figures .own .beyond span")).to_have_text(["最高 AQI"])
    expect(page.locator(".city .spot")).to_have_count(len(STATIONS))
    written = set(page.locator(".city .spot text").all_text_contents())
    assert str(found[0]) in written <= {str(value) for value in found if value > 100}
    expect(page.locator(".city .spot title", has_text=f"站点空气质量 {found[0]} ")).to_have_count(1)


def test_the_land_has_its_shape(film: Film, page: Page) -> None:
    """As wide for its height as the city is on the ground, within 1 %: a degree of longitude is cos φ of one of latitude."""
    opened(film, page)
    expect(page.locator(".city path.land").first).to_be_visible()
    land = page.locator(".city g", has=page.locator("> path.land")).first
    box = land.evaluate("(g) => (({ width, height }) => ({ width, height }))(g.getBBox())")
    features = json.loads(city_map()[1].read_text("utf-8"))["features"]
    west, south, east, north = union_all([shape(each["geometry"]) for each in features]).bounds
    wide = (east - west) * cos(radians((south + north) / 2))
    assert box["width"] / box["height"] == pytest.approx(wide / (north - south), rel=0.01)


def test_it_plays_a_day_that_the_archive_has(film: Film, page: Page) -> None:
    """A person picks the day, plays it at the highest speed, and pauses: the clock has moved, the list is the log's then."""
    page.goto(f"{film.address}/replay?lang=zh")
    day = page.get_by_label("日期")
    expect(day.locator("option")).to_have_count(2)  # the day, and the first moment of the next one
    day.select_option(DAY)
    page.get_by_role("button", name="回放", exact=True).first.click()
    expect(page.locator(".scrubber:not(.empty) .chart")).to_be_visible(timeout=JOB_MS)
    shown_now(page)
    page.locator(".speed", has_text="×3600").click()
    page.keyboard.press("Space")
    expect(page.locator(".band .time")).to_have_text(re.compile(r"^(0[4-9]|1\d|2\d):"), timeout=JOB_MS)
    page.keyboard.press("Space")
    frame(page)
    at = moment(page)
    assert at > BEGIN + 4 * HOUR
    assert listed(page) == standing(film.records, film.book, at)
    frame(page)
    assert moment(page) == at, "it stands still"


def test_the_address_keeps_what_is_shown(film: Film, page: Page) -> None:
    """Day, moment and speed stand in the address, and a reload shows them again."""
    line = opened(film, page, at=f"{DAY}T12:34:00", speed="600")
    expect(page.locator(".band .time")).to_have_text("12:34:00")
    expect(page.locator(".speed[aria-pressed=true]")).to_have_text("×600")
    line.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile(rf"day={DAY}.*at={DAY}T12%3A35%3A00.*speed=1800"))
    page.reload()
    expect(page.locator(".band .time")).to_have_text("12:35:00", timeout=JOB_MS)
    expect(page.locator(".speed[aria-pressed=true]")).to_have_text("×1800")


def test_the_keys_move_it(film: Film, page: Page) -> None:
    """Arrows step a minute, with shift an hour; N and P go to raises; Home and End to the ends; brackets change the speed."""
    opened(film, page, at=f"{DAY}T10:00:00")
    time = page.locator(".band .time")
    expect(time).to_have_text("10:00:00", timeout=JOB_MS)
    raises = sorted({parse_time(alert.raised_at) for alert in film.alerts})
    for key, shown in (("ArrowLeft", "09:59:00"), ("Shift+ArrowRight", "10:59:00"), ("Home", "00:00:00")):
        page.keyboard.press(key)
        expect(time).to_have_text(shown)
    page.keyboard.press("n")
    frame(page)
    assert moment(page) == raises[0]
    page.keyboard.press("End")
    page.keyboard.press("[")
    expect(page.locator(".speed[aria-pressed=true]")).to_have_text("×30")
    page.locator(".search").first.focus()
    page.keyboard.type("n ")
    frame(page)
    assert moment(page) > raises[0], "in a field they are letters"


def test_the_story_greys_what_came_later(film: Film, page: Page) -> None:
    """Before its acknowledgement a story has that entry in grey; after it, as the others; nothing can be done there."""
    alert = next(each for each in film.alerts if each.subject == STATIONS[0])
    opened(film, page, at=f"{DAY}T03:20:00", chosen=alert.id)
    story = page.locator(".story:not(.order)")
    expect(story.locator("h2")).to_have_text("O₃ 气态污染物小时浓度超标")
    expect(story.locator(".later", has_text="确认")).to_be_visible(timeout=JOB_MS)
    expect(story.locator("li:not(.later)", has_text="告警 A → B").first).to_be_visible()
    page.keyboard.press("Shift+ArrowRight")
    expect(story.locator("li:not(.later):not(.divide)", has_text="张**")).to_be_visible()
    expect(story.locator(".later", has_text="张**")).to_have_count(0)
    assert page.locator("form.act, .replay [name=reason]").count() == 0


def test_an_alert_is_replayed_with_its_hours(film: Film, page: Page) -> None:
    """`?alert=ID` shows the time around the alert, at its raise, with its story open."""
    alert = max((each for each in film.alerts), key=lambda each: parse_time(each.raised_at))
    page.goto(f"{film.address}/replay?lang=zh&alert={alert.id}")
    expect(page.locator(".story:not(.order) h2")).to_contain_text("气态污染物", timeout=JOB_MS)
    expect(page.locator(f".row[data-alert='{alert.id}'][aria-current=true]")).to_be_visible()
    expect(page.locator(".band .date")).to_contain_text(DAY)


def test_the_desk_leads_to_the_replay_of_an_alert(film: Film, page: Page) -> None:
    """The story on the desk has the way to the replay: it opens with this alert's story, on its day."""
    alert = next(each for each in film.alerts if each.subject == STATIONS[2])
    page.goto(f"{film.address}/desk?lang=zh&alert={alert.id}")
    page.locator(".story a.to-replay").click(timeout=JOB_MS)
    expect(page.locator(f".row[data-alert='{alert.id}'][aria-current=true]")).to_be_visible(timeout=JOB_MS)
    expect(page.locator(".story:not(.order) .place")).to_contain_text(alert.subject)
    expect(page.locator(".band .date")).to_contain_text(DAY)


def covered(page: Page) -> tuple[int, int]:
    """The colour of the page's edges must be the system's: how many of some hundred points are, and how many were looked at."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    wide, tall = picture.size
    points = [(x, y) for x in range(4, wide, wide // 40) for y in (3, tall - 4)]
    points += [(x, y) for y in range(4, tall, tall // 40) for x in (3, wide - 4)]
    return sum(picture.getpixel(point) == (236, 239, 241) for point in points), len(points)


def test_nothing_hides_the_frame(film: Film, page: Page) -> None:
    """In every view, on paper and at 3840 x 2160 the border is whole and the band on top, whatever is shown."""
    page.goto(f"{film.address}/replay?lang=zh")
    expect(page.locator(".band strong")).to_have_text("回放 REPLAY")
    opened(film, page, at=f"{DAY}T12:40:00")
    for look in ("播放", "导出", "推演", "paper", "large", "播放"):
        if look == "paper":
            page.emulate_media(media="print")
        elif look == "large":
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": 3840, "height": 2160})
        else:
            page.locator(".tabs").get_by_role("button", name=look, exact=True).click()
        frame(page)
        found, looked = covered(page)
        assert found == looked, (look, found, looked)
        for part in (".band strong", ".band .date", ".band .time"):
            assert page.locator(part).evaluate(ON_TOP), (look, part)
        expect(page.locator(".band .date")).to_contain_text(DAY)
        expect(page.locator(".band .time")).to_have_text("12:40:00")
        assert page.locator(".band .time").evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 40
    expect(page.locator(".band .now")).to_contain_text(re.compile(r"当前 \d\d-\d\d \d\d:\d\d"))
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_what_cannot_be_done_is_said(film: Film, page: Page) -> None:
    """A day that the archive does not have: the page shows the worker's reason in its own language, and no picture."""
    for language, words in (("zh", "请选较早的时段"), ("en", "choose an earlier period")):
        page.goto(f"{film.address}/replay?lang={language}&day=2027-01-01")
        failed = page.locator(".wait .job.failed").first
        expect(failed).to_contain_text(words, timeout=JOB_MS)
        expect(failed).to_contain_text("2027-01-01")
    expect(page.locator(".picture")).to_be_hidden()


def test_hostile_text_is_text_in_a_replay(film: Film, page: Page) -> None:
    """Markup in titles, names, reasons, the law and the rules, in the picture, in a story and in what-if, runs nothing."""
    wall = Wall(page, film.address)
    twist(page, "**/screen/job/**", "**/screen/alert/**", "**/screen/rules")
    alert = next(each for each in film.alerts if each.subject == STATIONS[0])
    page.goto(f"{film.address}/replay?lang=zh&alert={alert.id}")
    expect(page.locator(".story:not(.order) h2")).to_have_text(re.compile("|".join(map(re.escape, HOSTILE))), timeout=JOB_MS)
    expect(page.locator(".story:not(.order) li").last).to_be_visible()
    harmless(wall)
    page.get_by_role("button", name="推演", exact=True).click()
    page.get_by_label("搜索规则、条款、编号").fill("ENV-I02")
    page.locator(".found .line[data-rule=gas-hourly]").click()
    expect(page.locator(".whatif .clause")).to_be_visible()
    harmless(wall)
    page.unroute_all(behavior="ignoreErrors")


def printed(*command: str) -> list[Any]:
    """The JSON lines of a command."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_if_counts_as_the_command_does(film: Film, page: Page, tmp_path: Path) -> None:
    """With a limit of 250 alerts are lost: as many as `agents whatif` says; a press on one replays its time."""
    rules = (catalogue.ROOT / "environment" / "rules.toml").read_text("utf-8")
    (tmp_path / "environment").mkdir()
    changed = rules.replace('with = { limit = "law", valid_minutes = 45', "with = { limit = 250, valid_minutes = 45")
    (tmp_path / "environment" / "rules.toml").write_text(changed, "utf-8")
    lines = printed("agents", "whatif", str(film.archive), "--rules", str(tmp_path), "--json")
    (counts,) = (each for each in lines if each.get("by") == "all")
    assert counts["lost"] > 0
    opened(film, page)
    page.get_by_role("button", name="推演", exact=True).click()
    page.get_by_label("搜索规则、条款、编号").fill("ENV-I02")
    page.locator(".found .line[data-rule=gas-hourly]").click()
    expect(page.locator(".whatif .clause")).to_contain_text("GB 3095")
    field = page.locator(".field", has=page.locator("[data-parameter=limit]"))
    expect(field.locator(".unit")).to_contain_text("µg/m³")
    field.locator("input").fill("250")
    expect(page.locator(".change")).to_contain_text("law → 250")
    page.get_by_role("button", name="推演并比对").click()
    outcome = page.locator(".outcome")
    expect(outcome).to_be_visible(timeout=JOB_MS)
    for name in ("before", "after", "raised", "lost", "earlier", "later", "severity"):
        expect(outcome.locator(f".of-{name} b")).to_have_text(str(counts[name]))
    lost = outcome.locator(".changed .line[data-change=lost]")
    expect(lost).to_have_count(counts["lost"])
    raised = int(lost.first.get_attribute("data-raised") or "")
    lost.first.click()
    shown_now(page)
    frame(page)
    assert moment(page) == raised
    page.get_by_role("button", name="推演", exact=True).click()
    page.get_by_role("button", name="← 返回").click()
    page.get_by_role("button", name="打开").first.click()
    expect(outcome.locator(".of-lost b")).to_have_text(str(counts["lost"]))


def test_the_export_has_the_rows(film: Film, page: Page) -> None:
    """The CSV of the day has a row for each alert that the log has raised on it."""
    opened(film, page, view="export")
    page.get_by_role("button", name="生成文件").click()
    link = page.locator(".exports a", has_text="alerts.csv")
    expect(link).to_be_visible(timeout=JOB_MS)
    with page.expect_download() as download:
        link.click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    name = rows[0].index("state")
    assert sorted(row[name] for row in rows[1:]) == sorted(alert.state for alert in film.alerts)
    expect(page.locator(".exports a")).to_have_count(13)  # alerts, signs and four tables of orders as CSV and Parquet; a cover


def test_english_and_light(film: Film, page: Page) -> None:
    """In English the controls have no Chinese; the light colours are a press away; text is 14 px at least."""
    opened(film, page, lang="en", at=f"{DAY}T12:40:00")
    said = page.locator(".tools, .controls, .filter, .figures").all_inner_texts()
    assert not re.search(r"[\u4e00-\u9fff]", "".join(said))
    page.get_by_role("button", name="Light").click()
    assert page.locator(".replay").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(244, 246, 248)"
    assert page.locator(".replay").evaluate(SMALL) == []


FOLD = """async () => {
  const { open, moment, numberOf } = await import("/screen/static/replay/time/timeline.js")
  const row = (id, state, ended = false) => ({ id, state, ended })
  const chunk = {
    from: 0, to: 100, ticks: [10, 20, 30],
    state: { alerts: { a: row("a", "B") }, incidents: {}, subjects: {}, audit: [], now: -5 },
    changes: [
      [10, "alert", row("b", "B")], [10, "audit", { n: 1 }], [20, "alert", row("a", "C")],
      [20, "alert", row("b", "A", true)], [25, "other", {}],
    ],
  }
  const names = (alerts) => [...alerts.values()].map(({ id, state }) => id + state).join()
  const at = (state) => [names(state.alerts), state.acts.length, state.now]
  const seen = [9, 10, 19, 20, 99, 10, 9].reduce(({ state, out }, when) => {
    const next = moment(state, chunk, when)
    return { state: next, out: [...out, at(next)] }
  }, { out: [] }).out
  return [seen, [0, 9, 10, 25, 1000, -5].map((when) => numberOf([{ from: 0 }, { from: 10 }, { from: 20 }], when))]
}"""


def test_a_chunk_folds_to_any_moment(film: Film, page: Page) -> None:
    """The keyframe, then the changes up to the moment itself; what ended is gone; backwards gives what forwards gave."""
    page.goto(f"{film.address}/replay?lang=zh")
    seen, numbers = page.evaluate(FOLD)
    nine, ten, twenty = ["aB", 0, -5], ["aB,bB", 1, 10], ["aC", 1, 20]
    assert seen == [nine, ten, ten, twenty, ["aC", 1, 30], ten, nine]
    assert numbers == [0, 0, 1, 2, 2, 0]
