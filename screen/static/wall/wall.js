/* The wall: two faces, signs and alarms, panels in fixed places, drawn anew only where the log has news; ages by a timer of its own. */

import { Acts } from "../common/alert/acts.js"
import { Announcer } from "../common/alert/announce.js"
import { Domains } from "./domains.js"
import { begunAt, button, el, say } from "../common/dom.js"
import { Figures } from "./figures.js"
import { freshness } from "../common/server/freshness.js"
import { Handovers } from "./handovers.js"
import { Header } from "./header.js"
import { Life } from "./life.js"
import { Link } from "../common/server/link.js"
import { hostOf, mountPage } from "../common/page.js"
import { List } from "./list/list.js"
import { Map } from "./map/map.js"
import { Others } from "./list/others.js"
import { Quality, Ranking, Stations } from "./panels.js"
import { Renewal } from "./renewal.js"
import { Rotation } from "./rotation.js"
import { fitted, named, shownFace } from "./signs/faces.js"
import { Signs } from "./signs/signs.js"
import { Sound } from "../common/sound/sound.js"
import { Story } from "./story.js"
import { Trend } from "./trend.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Milliseconds after a drawing until the next one, where no news comes before: ages and the blinking go on. */
const TICK = 250

/** Half a second filled, half a second outline, all glyphs together. */
const BLINK = 500
/** Rows of the list beside the signs, where it is narrower and its rows are higher. */
const NARROW = 12

/**
 * Draw the wall into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["wall/wall.css", "wall/signs.css"], () => new Wall(root))

class Wall {
  /** @type {number} */
  timer
  /** @type {boolean} */
  closed
  /** @type {Map} */
  map
  /** @type {import("./signs/faces.js").Face | null} */
  chosen
  /** @type {"signs" | "alarms" | "both" | undefined} */
  faced
  /** @type {Promise<unknown> | undefined} */
  fetched

  /** @param {ShadowRoot} root */
  constructor(root) {
    const asked = new URLSearchParams(location.search)
    if (asked.get("theme") === "light") hostOf(root).dataset.theme = "light"
    this.chosen = named(asked.get("view"))
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
    this.signs = new Signs({ changed: () => this.draw(), story: open, other: () => this.face("alarms") })
    this.renewal = new Renewal()
    const kiosk = asked.has("kiosk")
    this.frame = el("div", "frame", el("span", "", t("mark.frame")))
    this.frame.hidden = true
    this.live = el("div", "alarms", ...[...this.panels, ...this.turned].map((panel) => panel.node), this.list.node, this.others.node, this.handovers.node, this.story.node)
    this.node = el("div", `wall ${words.language} ${kiosk ? "kiosk" : ""}`, this.header.node, el("div", "live", this.signs.node, this.live), this.header.band, el("div", "veil"), ...stamps(), this.frame, this.announcer.node)
    this.sound = new Sound(kiosk, this.node)
    const other = button("face", () => this.face("signs"), `1 ${t("signs.signs")}`)
    this.live.append(el("div", "controls", other, this.rotation.node, this.sound.node))
    this.fit = () => this.face(this.chosen)
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
    addEventListener("resize", this.fit)
    addEventListener("keydown", this.keys)
    const own = Object.fromEntries(["area", "department"].flatMap((name) => (asked.get(name) ? [[name, asked.get(name) ?? ""]] : [])))
    this.link = new Link((names) => this.draw(names), [], own)
    this.draw()
  }

  /**
   * Show a face: that which a person chooses, or the place's own.
   * @param {import("./signs/faces.js").Face | null} chosen
   */
  face(chosen) {
    this.chosen = chosen
    this.faced = undefined
    this.draw()
  }

  /**
   * Which face is shown, and how large: where another one is, all of it is drawn, and the map only from then on fetched.
   * @param {string[]} names the sections that are new
   * @returns {string[]} those that must be drawn
   */
  turn(names) {
    const { signs } = this.link.sections
    const { both, scale } = fitted(innerWidth, innerHeight, Boolean(signs?.count))
    const faced = both ? "both" : shownFace(this.chosen, signs)
    this.node.style.transform = `scale(${scale})`
    if (faced === this.faced) return names
    this.faced = faced
    this.node.classList.toggle("both", faced === "both")
    this.node.classList.toggle("of-signs", faced === "signs")
    this.node.classList.toggle("has-signs", Boolean(signs?.count))
    this.signs.node.hidden = faced === "alarms"
    if (faced !== "both") this.shutLists()
    if (faced === "signs") return names
    this.fetched ??= Promise.all([this.map.ready(), this.domains.ready()])
    return Object.keys(this.link.sections)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || begunAt(event).matches?.("input, select, textarea")) return
    const face = named(event.key)
    if (event.key === "Escape") this.escape()
    else if (face && this.link.sections.signs?.count) this.face(face)
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
    const needed = this.turn(names)
    this.rotation.tick(sections, fresh.stale, this.open || this.faced === "signs")
    const seen = this.faced === "signs" ? { ...this.rotation.seen, view: null } : this.rotation.seen
    if (this.faced !== "alarms") this.signs.show(sections, fresh.stale, this.faced === "both")
    if (this.faced !== "signs") this.alarms(needed, seen)
    this.list.show(sections, fresh.stale, this.story.id, seen, this.faced === "signs" ? NARROW : undefined)
    this.sound.hear(sections, fresh.stale)
    this.others.show(sections, fresh.stale, this.story.id)
    this.handovers.show(fresh.stale, about.person)
    this.story.show(sections, fresh.stale, about.person, names.includes("list"))
    if (fresh.stale) this.stamp(sections.time.now)
    this.renewal.tick(about.version, !fresh.stale && !this.open && this.rotation.quiet)
  }

  /**
   * The panels of the face of alarms.
   * @param {string[]} names the sections that are new
   * @param {{ view: string | null, groups: Set<string>, districts: string[] }} seen
   */
  alarms(names, seen) {
    const { sections } = this.link
    this.panels.filter(({ needs }) => needs.some((name) => names.includes(name))).forEach((panel) => panel.show(sections))
    this.turned.forEach((panel) => panel.show(sections, seen))
    const orders = sections.flow?.[0].count > 0 // where there are orders, their life stands in the place of the alarms'
    this.domains.node.hidden = seen.view !== null
    this.life.node.hidden = seen.view !== null || orders
    this.flow.node.hidden = seen.view !== null || !orders
  }

  /** Whether a person reads something that lies over the wall, or has unfolded its list. */
  get open() {
    return this.story.id !== null || !this.others.node.hidden || !this.handovers.node.hidden || this.list.long || this.signs.drill.opened !== null
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

  /** The story is shut first, then an opened sign, then what stands over the list. */
  escape() {
    if (this.story.id !== null) this.shut()
    else if (this.signs.drill.opened) this.signs.drill.shut()
    else this.shutLists()
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

const stamps = () => ["signs", "ranking", "map", "trend", "corner", "list"].map((name) => el("div", `stamp on-${name}`))
