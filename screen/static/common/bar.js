/* The top of every page to work at: where you are, where else you may go, whether what you see can be believed, who you are, what time it is. */

import { button, el, fill, say } from "./dom.js"
import { LIMIT, freshness } from "./server/freshness.js"
import { Leave } from "./server/leave.js"
import * as words from "./words.js"
import { t } from "./words.js"

const THEME = "onescreen-theme"

/** The sections that a bar needs of the feed. */
export const NEEDS = ["time", "health", "figures"]

export class Bar {
  /**
   * `page`: the name of this one. `root`: the element whose theme the bar changes: the host of the page's shadow root.
   * @param {string} page
   * @param {HTMLElement} root
   */
  constructor(page, root) {
    this.page = page
    this.root = root
    this.openedAt = performance.now()
    this.mark = el("span", "mark")
    this.nav = el("nav")
    this.nav.ariaLabel = t("bar.pages")
    this.slots = Object.fromEntries(["age", "broker", "worker", "clock"].map((name) => [name, el("b")]))
    /**
     * @param {import("./server/link.js").Link} feed
     * @param {import("./server/freshness.js").Freshness} fresh
     */
    const health = Object.entries(this.slots).map(([name, value]) => el("span", "slot", `${t(`health.${name}`)} `, value))
    this.who = el("span", "who")
    this.theme = button("theme", () => this.dress(this.root.dataset.theme === "light" ? "dark" : "light"))
    const other = button("language", words.otherLanguage, t("switch"))
    this.leave = new Leave()
    this.clock = el("b", "clock")
    this.node = el("header", "bar", el("h1", "", t("city"), " ", el("b", "", t("product"))), this.mark, this.nav, el("div", "state", ...health, this.who, this.leave.node, this.theme, other, this.clock))
    this.dress(localStorage.getItem(THEME) === "light" ? "light" : "dark")
  }

  /**
   * Dark or light, here and on every other page to work at.
   * @param {"dark" | "light"} theme
   */
  dress(theme) {
    this.root.dataset.theme = theme
    localStorage.setItem(THEME, theme)
    say(this.theme, t(`bar.${theme === "light" ? "dark" : "light"}`))
  }

  /**
   * Draw from a link; the answer is the freshness, so that the page may say the same.
   * @param {import("./server/link.js").Link} feed
   */
  show(feed) {
    const { mark, person, pages } = feed.about
    const fresh = freshness(feed, this.openedAt)
    this.node.classList.toggle("stale", fresh.stale)
    say(this.mark, t(fresh.stale ? "mark.stale" : `mark.${mark ?? "replay"}`))
    this.mark.classList.toggle("strong", fresh.stale || (Boolean(mark) && mark !== "live"))
    this.health(feed, fresh)
    if (person) say(this.who, person.name)
    this.leave.show(person)
    if (pages && this.listed !== pages) this.list(pages)
    return fresh
  }

  /**
   * The signs of life, and the log's time.
   * @param {import("./server/link.js").Link} feed
   * @param {import("./server/freshness.js").Freshness} fresh
   */
  health(feed, fresh) {
    const { time, health } = feed.sections
    this.slot("age", fresh.age === null ? "—" : `${(fresh.age / 1000).toFixed(1)} ${t("unit.second")}`, fresh.stale)
    this.slot("broker", t(`health.${feed.connected ? (health?.broker ? "ok" : "away") : "unknown"}`), !(feed.connected && health?.broker))
    const alive = fresh.beats.filter((age) => age <= LIMIT).length
    this.slot("worker", `${alive}/${fresh.beats.length}`, !alive || alive < fresh.beats.length)
    const stopped = (fresh.clock ?? Infinity) > LIMIT || fresh.stopped
    this.slot("clock", t(`health.${stopped ? (fresh.moving === false ? "ended" : "stopped") : "running"}`), stopped && fresh.moving !== false)
    if (time?.now) say(this.clock, words.clock(time.now))
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {boolean} bad
   */
  slot(name, text, bad) {
    say(this.slots[name], text)
    this.slots[name].classList.toggle("bad", bad)
  }

  /** @param {string[]} pages */
  list(pages) {
    this.listed = pages
    fill(this.nav, ...pages.map((page) => link(page, page === this.page)))
  }
}

/**
 * The way to a page; the language stays.
 * @param {string} page
 * @param {boolean} [here]
 */
export function link(page, here = false) {
  const node = el("a", here ? "on" : "", t(`page.${page}`))
  node.href = `/${page === "wall" ? "" : page}?lang=${words.language}`
  if (here) node.ariaCurrent = "page"
  return node
}
