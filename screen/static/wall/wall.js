/* The wall: panels in fixed places, drawn anew only where the log has news; freshness and ages by a timer of its own. */

import { Acts } from "../common/alert/acts.js"
import { Announcer } from "../common/alert/announce.js"
import { Domains } from "./domains.js"
import { el, say } from "../common/dom.js"
import { Figures } from "./figures.js"
import { freshness } from "../common/server/freshness.js"
import { Handovers } from "./handovers.js"
import { Header } from "./header.js"
import { Life } from "./life.js"
import { Link } from "../common/server/link.js"
import { mountPage } from "../common/page.js"
import { List } from "./list/list.js"
import { Map } from "./map/map.js"
import { Others } from "./list/others.js"
import { Quality, Ranking, Stations } from "./panels.js"
import { Renewal } from "./renewal.js"
import { Rotation } from "./rotation.js"
import { Sound } from "../common/sound/sound.js"
import { Story } from "./story.js"
import { Trend } from "./trend.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Milliseconds after a drawing until the next one, where no news comes before: ages and the blinking go on. */
const TICK = 250

/** Half a second filled, half a second outline, all glyphs together. */
const BLINK = 500
const [WIDTH, HEIGHT] = [1920, 1080]

/**
 * Draw the wall into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["wall/wall.css"], () => new Wall())

class Wall {
  /** @type {number} */
  timer
  /** @type {boolean} */
  closed
  /** @type {Map} */
  map

  constructor() {
    this.openedAt = performance.now()
    this.acts = new Acts(() => this.draw())
    /** @param {string} id */
    const open = (id) => this.story.open(id).then(() => this.draw())
    this.header = new Header()
    this.announcer = new Announcer()
    this.figures = new Figures()
    this.others = new Others(open)
    this.handovers = new Handovers()
    this.map = new Map(open, (name) => this.see(name))
    this.list = new List(this.acts, open)
    this.story = new Story(this.acts, () => this.shut())
    this.rotation = new Rotation(() => this.draw())
    this.domains = new Domains((name) => this.rotation.choose(name))
    this.life = new Life("life", [t("panel.life"), t("panel.life_by"), t("panel.life_unit")])
    this.flow = new Life("flow", [t("flow.panel"), t("flow.by"), t("flow.unit")])
    this.panels = [new Ranking(), this.domains, new Trend(), this.life, this.flow]
    this.turned = [this.figures, this.map, new Stations(), new Quality()]
    this.renewal = new Renewal()
    const kiosk = new URLSearchParams(location.search).has("kiosk")
    this.frame = el("div", "frame", el("span", "", t("mark.frame")))
    this.frame.hidden = true
    const live = el("div", "live", ...[...this.panels, ...this.turned].map((panel) => panel.node), this.list.node, this.others.node, this.handovers.node, this.story.node)
    this.node = el("div", `wall ${words.language} ${kiosk ? "kiosk" : ""}`, this.header.node, live, this.header.band, el("div", "veil"), ...stamps(), this.frame, this.announcer.node)
    this.sound = new Sound(kiosk, this.node)
    live.append(el("div", "controls", this.rotation.node, this.sound.node))
    this.fit = () => { this.node.style.transform = `scale(${Math.min(innerWidth / WIDTH, innerHeight / HEIGHT)})` }
    this.fit()
    this.keys = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.escape()
    addEventListener("resize", this.fit)
    addEventListener("keydown", this.keys)
    this.link = new Link((names) => this.draw(names))
    this.draw()
    this.map.ready()
    this.domains.ready()
  }

  /**
   * `names`: the sections that are new.
   * @param {string[]} [names]
   */
  draw(names = []) {
    if (this.closed) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.draw(), TICK)
    const { sections, about } = this.link
    const fresh = freshness(this.link, this.openedAt)
    this.header.show(this.link, fresh)
    this.announcer.show(sections, fresh)
    this.node.classList.toggle("stale", fresh.stale)
    this.node.classList.toggle("blink", Math.floor(performance.now() / BLINK) % 2 === 1)
    this.node.classList.toggle("slow", Math.floor(performance.now() / (2 * BLINK)) % 2 === 1)
    this.frame.hidden = about.mark !== "replay"
    if (!sections.time) return
    this.panels.filter(({ needs }) => needs.some((name) => names.includes(name))).forEach((panel) => panel.show(sections))
    this.rotation.tick(sections, fresh.stale, this.open)
    const { seen } = this.rotation
    this.turned.forEach((panel) => panel.show(sections, seen))
    const orders = sections.flow?.[0].count > 0 // where there are orders, their life stands in the place of the alarms'
    this.domains.node.hidden = seen.view !== null
    this.life.node.hidden = seen.view !== null || orders
    this.flow.node.hidden = seen.view !== null || !orders
    this.list.show(sections, fresh.stale, this.story.id, seen)
    this.sound.hear(sections, fresh.stale)
    this.others.show(sections, fresh.stale, this.story.id)
    this.handovers.show(fresh.stale, about.person)
    this.story.show(sections, fresh.stale, about.person, names.includes("list"))
    if (fresh.stale) this.stamp(sections.time.now)
    this.renewal.tick(about.version, !fresh.stale && !this.open && this.rotation.quiet)
  }

  /** Whether a person reads something that lies over the wall, or has unfolded its list. */
  get open() {
    return this.story.id !== null || !this.others.node.hidden || !this.handovers.node.hidden || this.list.long
  }

  /** @param {number | null} now */
  stamp(now) {
    const text = now === null ? t("stale.stamp") : `${t("stale.stamp")} ${words.clock(now)}`
    this.node.querySelectorAll(".stamp").forEach((node) => say(node, text))
  }

  /**
   * See what is put aside, the open cases, or the change of shifts, in the place of the list.
   * @param {"handovers" | "aside" | "cases"} name
   */
  see(name) {
    this.shutLists()
    if (name === "handovers") this.handovers.open()
    else this.others.open(name)
    this.draw()
  }

  /** The story is shut first, then what stands over the list. */
  escape() {
    if (this.story.id === null) this.shutLists()
    else this.shut()
  }

  shutLists() {
    this.others.shut()
    this.handovers.shut()
  }

  shut() {
    this.story.hide()
    this.draw()
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    this.acts.close()
    removeEventListener("resize", this.fit)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.map.close()
    this.rotation.close()
    this.sound.close()
    this.node.remove()
  }
}

const stamps = () => ["ranking", "map", "trend", "corner", "list"].map((name) => el("div", `stamp on-${name}`))
