"""Which view the wall shows: in turn where nobody uses it, at once what is new and red; and that no view hides what is red."""

from playwright.sync_api import expect

from streams.messages import MINUTE, Actor, Note, format_time
from tests.support.browser.wall import Wall
from tests.support.town import Town, acknowledged, alert, bad, wall_clock

TURNS = """async steps => {
  const { Rotation } = await import('/screen/static/wall/rotation.js');
  const real = performance.now;
  let now = 1e6;
  performance.now = () => now;
  try {
    const rotation = new Rotation(() => {});
    const domain = name => ({ name, title: { zh: name, en: name }, counts: name === 'quiet' ? [0, 0, 0, 0] : [0, 1, 0, 0] });
    const call = (id, severity) => ({ id, occurrence: 1, severity, adcode: '410102', domain: 'cyber', group: id });
    const sections = { domains: ['environment', 'quiet', 'cyber'].map(domain), quality: [], calling: [] };
    const views = [];
    for (const { after = 0, red, gone, use, stale = false, open = false } of steps) {
      now += after;
      if (red) sections.calling = [...sections.calling, call(red, 'red')];
      if (gone) sections.calling = sections.calling.filter(({ id }) => id !== gone);
      if (use) dispatchEvent(new PointerEvent('pointermove'));
      rotation.tick(sections, stale, open);
      views.push([rotation.view, [...rotation.seen.groups].join()]);
    }
    rotation.close();
    return views;
  } finally {
    performance.now = real;
  }
}"""
"""A rotation of its own, driven through time: each step goes on by `after` ms and may bring a red alert or a person's hand."""


def turns(wall: Wall, *steps: dict[str, object]) -> list[list[object]]:
    """The view and the marked rows after each step."""
    found: list[list[object]] = wall.page.evaluate(TURNS, list(steps))
    return found


def test_it_turns_slowly_through_what_has_something_to_say(still: Wall) -> None:
    """All, then each domain with alerts for 20 s, then all again; one without any has no turn; a stale wall stands still."""
    steps: list[dict[str, object]] = [{}, {"after": 19_900}, {"after": 200}, {"after": 20_000}, {"after": 20_000}]
    seen = turns(still, *steps, {"after": 90_000, "stale": True})
    assert [view for view, _ in seen] == [None, None, "environment", "cyber", None, None]


def test_a_hand_holds_it_for_a_minute(still: Wall) -> None:
    """While a person moves the pointer, and a minute more, and while something is open, the view stays."""
    steps: list[dict[str, object]] = [{}, {"after": 20_000}, {"use": True}, {"after": 59_000}, {"after": 2_000}]
    seen = turns(still, *steps, {"after": 20_000}, {"after": 60_000, "open": True}, {"after": 19_000}, {"after": 1_000})
    views = [view for view, _ in seen]
    assert views == [None, "environment", "environment", "environment", "environment", "cyber", "cyber", "cyber", None]


def test_what_is_new_and_red_is_shown_at_once(still: Wall) -> None:
    """It leads back to all and is marked until it is acknowledged, or for two minutes; what stood there before is not new."""
    seen = turns(
        still,
        {"red": "old"},
        {"after": 20_000},
        {"after": 1_000, "red": "new"},
        {"after": 60_000},
        {"gone": "new"},
        {"after": 20_000},
        {"red": "other"},
        {"after": 119_000},
        {"after": 2_000},
        {"after": 20_000},
    )
    assert seen == [
        [None, ""],
        ["environment", ""],
        [None, "new"],
        [None, "new"],
        [None, ""],
        ["environment", ""],
        [None, "other"],
        [None, "other"],
        [None, ""],
        ["environment", ""],
    ]


def test_the_wall_turns_and_comes_back(town: Town, wall: Wall) -> None:
    """After 20 s the environment's own view; a new red alert of another domain brings all back, its row outlined."""
    now = wall_clock()
    others = [alert(town.log, n, now, severity="orange", domain="cyber") for n in (2, 3)]
    red = alert(town.log, 4, now, severity="red", domain="service")
    town.write(alert(town.log, 1, now, severity="yellow"), *others, red, bad(town.log, 1, now))
    expect(wall.open().page.locator(".life:not(.flow) .c")).to_have_text(["4", "0", "0", "0"])
    page = wall.open().page  # only now is nothing of it new
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-view", "all")
    expect(page.locator(".domain[data-domain=cyber] .n b").last).to_have_text("2")
    expect(page.locator(".life:not(.flow) .c")).to_have_text(["4", "0", "0", "0"])
    expect(turn).to_have_attribute("data-view", "environment", timeout=30_000)
    expect(page.locator(".list .row")).to_have_count(2)  # its own, and the red one of another domain
    expect(wall.row(red.id)).to_be_visible()
    expect(page.locator(".list .more")).to_contain_text("未列出 2 条")
    expect(page.locator(".stations .station")).to_have_count(12)
    expect(page.locator(".quality .line")).to_have_count(1)
    fresh = alert(town.log, 5, wall_clock(), age=0, severity="red", domain="cyber")
    town.write(fresh)
    expect(turn).to_have_attribute("data-view", "all", timeout=15_000)  # by itself it would go on to another domain
    expect(wall.row(fresh.id)).to_have_class("row r fresh")
    expect(page.locator(".list .row")).to_have_count(5)
    note = Note(
        verb="acknowledge", actor=Actor(id="z", name="张", role="supervisor"), reason="已派人", at=format_time(wall_clock())
    )
    town.write(acknowledged(fresh, note, fresh.rev + 1))
    expect(wall.row(fresh.id)).to_have_count(0)
    expect(page.locator(".row.fresh")).to_have_count(0)
    expect(page.locator(".life:not(.flow) .c")).to_have_text(["5", "1", "0", "0"])


def test_a_new_red_alert_beyond_the_fold_is_in_the_list(town: Town, wall: Wall) -> None:
    """With more red alerts than rows the newest stands last of those that are shown, and the others are counted."""
    now = wall_clock()
    town.write(*(alert(town.log, n, now, age=(30 - n) * MINUTE, severity="red") for n in range(1, 19)))
    page = wall.open().page
    expect(page.locator(".list .row")).to_have_count(13)
    fresh = alert(town.log, 40, wall_clock(), age=0, severity="red")
    town.write(fresh)
    expect(wall.row(fresh.id)).to_have_class("row r fresh")
    expect(page.locator(".list .row")).to_have_count(13)
    expect(page.locator(".list .more")).to_contain_text("未列出 6 条")
    expect(page.locator(".list .more .part")).to_have_text("6")
