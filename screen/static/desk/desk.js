/* The desk: the list of all alerts, the whole story of one, and the acts; for the mouse and for the keyboard alone. */

import { Acts } from "../common/alert/acts.js"
import { Bar, NEEDS } from "../common/bar.js"
import { begunAt, button, el, say } from "../common/dom.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import { hostOf, mountPage } from "../common/page.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { ActBar } from "./actbar.js"
import { Bulk, MOST, Marks } from "./bulk.js"
import { Filters, keep } from "./filters.js"
import { Help, footer } from "./help.js"
import { List } from "./list.js"
import { Looks } from "./look.js"
import { Side } from "./side.js"
import { DeskLink } from "./socket.js"
import { Story } from "./story.js"
import { Sheet } from "../dispatch/sheet.js"
import { STEP_KEYS, Steps } from "../dispatch/steps.js"
import { Sound } from "../common/sound/sound.js"

const TICK = 250

/** Milliseconds: how long an alert must be looked at before its surroundings and readings are asked for; when they are asked for again. */
const [PAUSE, AGAIN, AROUND, READINGS] = [250, 1000, 10_000, 60_000]

/**
 * Draw the desk into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "desk/desk.css", "dispatch/sheet.css"], () => new Desk(root))

class Desk {
  /** @type {Partial<Sent.Story> & { missing?: boolean } | null} */
  told
  /** @type {string | null} */
  id
  /** @type {number} */
  fetched
  /** @type {number} */
  looked
  /** @type {number} */
  aroundAt
  /** @type {number} */
  readAt
  /** @type {Sent.Bundle | null} */
  incident
  /** @type {any} */
  around
  /** @type {any} */
  registered
  /** @type {string | null} */
  wanted = null
  /** @type {{ district: Record<string, Sent.Text> }} */
  names = { district: {} }

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root
    this.acts = new Acts(() => this.draw())
    this.bar = new Bar("desk", hostOf(root))
    this.marks = new Marks(() => this.draw())
    this.desk = new DeskLink((message) => this.take(message))
    this.filters = new Filters((query) => this.list.restart(query))
    this.list = new List(this.filters, this.marks, (changes, over) => this.desk.ask(changes, over), (id, awaited) => this.open(id, awaited))
    this.desk.ask({ query: this.filters.asked() })
    this.looks = new Looks()
    this.story = new Story((id) => this.open(id), this.looks)
    this.side = new Side((id) => this.open(id), this.looks)
    this.form = new ActBar(this.acts)
    this.bulk = new Bulk(this.marks, this.acts)
    this.steps = new Steps((name) => this.step(name))
    this.story.top.after(this.steps.node)
    this.sheet = new Sheet(() => this.sheeted(), this.acts)
    this.help = new Help()
    this.sound = new Sound(false, hostOf(root))
    this.bar.who.before(this.sound.button)
    this.all = button("chip all", () => this.reach(), t("desk.select_all"))
    this.list.node.append(el("div", "under-list", this.all), footer(() => this.help.toggle()))
    const right = el("div", "right", el("div", "pages", this.story.node, this.side.node), this.form.node, this.bulk.node, this.sheet.node)
    this.node = el("div", `work desk ${words.language}`, this.bar.node, el("main", "", this.list.node, right), this.help.node)
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
    addEventListener("keydown", this.keys, true)
    this.node.addEventListener("keydown", (event) => event.stopPropagation()) // Streamlit has keys of its own
    this.link = new Link(() => this.draw(), [...NEEDS, "unsealed", "ringing"])
    this.timer = setInterval(() => this.draw(), TICK)
    this.open(new URLSearchParams(location.search).get("alert"))
  }

  /** @param {any} message */
  take(message) {
    if (message.names) {
      this.names = message.names
      this.filters.name(message.names)
      return
    }
    if (message.counts) this.filters.show(message.counts)
    if (message.reach) this.marks.add(message.reach)
    if (message.set && this.id !== null && this.id in message.set) this.fetched = -Infinity
    this.list.take(message)
    this.draw()
  }

  /** Choose all that the list shows, as far as one bulk act may go. */
  reach() {
    this.desk.ask({ reach: [0, Math.min(this.list.total, MOST) - 1] })
  }

  /**
   * Show an alert; null shows none. `awaited`: a key of an act that was pressed during the move to it is meant for it.
   * @param {string | null} id
   * @param {boolean} [awaited]
   */
  open(id, awaited = false) {
    this.list.goal = null
    if (id === this.id) return
    if (this.told?.alert) this.acts.forget(this.told.alert)
    this.form.clear()
    this.looks.clear()
    Object.assign(this, { id, told: id ? {} : null, incident: null, around: null, fetched: -Infinity, looked: performance.now(), aroundAt: -Infinity, readAt: -Infinity })
    this.registered = undefined
    if (!awaited) this.wanted = null
    this.story.trend.read(null)
    this.story.full = false
    keep("alert", id ?? "")
    this.desk.ask({ selected: id ?? "" })
    this.draw()
  }

  /** Ask for what is not known yet or is too old, of the alert that is shown. */
  refresh() {
    const now = performance.now()
    if (!this.id) return
    if (now - this.fetched > AGAIN) this.fetch()
    if (now - this.looked < PAUSE || !this.told?.alert) return
    if (now - this.aroundAt > AROUND) this.lookAround()
    if (now - this.readAt > READINGS) this.read()
  }

  async fetch() {
    const { id } = this
    this.fetched = performance.now()
    const [story, incident] = await Promise.all([ask("alert", id), ask("incident", id)])
    if (id !== this.id || !story.status) return
    if (story.status === 200) this.told = story.body
    else this.told = this.told?.alert ? { ...this.told, ended: true } : { missing: story.status === 404 }
    this.incident = incident.status === 200 ? incident.body : null
    this.draw()
  }

  async lookAround() {
    const { id } = this
    this.aroundAt = performance.now()
    const { status, body } = await ask("around", id)
    if (id !== this.id || status !== 200) return
    this.around = body
    this.draw()
  }

  async read() {
    const { id } = this
    this.readAt = performance.now()
    const { status, body } = await ask("readings", id)
    if (id !== this.id) return
    const found = status === 200 ? body : null
    const busy = status === 503 && body?.error.startsWith("other readings")
    this.story.trend.read(found ?? (busy ? "readings_busy" : "readings_away"))
    this.story.came = found?.came ?? []
    if (found) this.registered = found.registered
    else this.readAt = performance.now() - READINGS + AROUND // again before long
    this.draw()
  }

  draw() {
    if (!this.link) return
    const { sections, about } = this.link
    const fresh = this.bar.show(this.link)
    this.node.classList.toggle("stale", fresh.stale)
    this.refresh()
    const now = fresh.stale ? null : sections.time?.now ?? null
    const unsealed = new Set(sections.unsealed)
    this.list.show(now, this.acts, this.id, unsealed)
    const told = this.told
    this.story.show(told, { now, stale: fresh.stale, incident: this.incident, districts: this.names.district, pages: about.pages, person: about.person, unsealed })
    this.side.show(told?.alert, this.around, this.registered, now, about.person)
    this.sound.hear({ calling: [], floods: [], ringing: sections.ringing }, fresh.stale)
    this.bulk.show(fresh.stale, about.person)
    this.acting(told, fresh.stale, about.person)
    if (this.wanted && told?.alert && this.list.goal === null) {
      this.form.hit(this.wanted)
      this.wanted = null
    }
    say(this.all, `${t("desk.select_all")} ${words.number(Math.min(this.list.total, MOST))}${this.list.total > MOST ? ` · ${t("desk.at_most")}` : ""}`)
    this.all.disabled = !this.list.total
  }

  /**
   * The six steps, the sheet and the bar of acts of the alert that is shown.
   * @param {Partial<Sent.Story> | null} told
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  acting(told, stale, person) {
    const { alert, ended = false } = told ?? {}
    this.steps.show(alert && !ended ? told?.steps : undefined)
    this.sheet.show(alert, stale, person)
    this.form.node.hidden = !alert || this.bulk.busy || this.sheet.open
    if (alert) this.form.show(alert, ended, stale, person)
  }

  /**
   * Begin a step: the order is written on the sheet, the others in the bar of acts.
   * @param {string} name
   */
  step(name) {
    if (name !== "dispatch") return this.form.hit(STEP_KEYS[name])
    const alert = this.told?.alert
    if (!alert || this.told?.ended || this.sheet.open) return false
    this.sheet.begin(alert)
    this.sheet.slot.append(this.story.top)
    this.sheet.chart.append(this.story.trend.node)
    return this.sheeted()
  }

  /** The sheet was opened or shut: what it covers is not there for a press, and the story's head and trend stand on it. */
  sheeted() {
    const { open } = this.sheet
    this.node.classList.toggle("sheeted", open)
    this.list.node.inert = open
    if (open) this.list.freeze()
    else this.list.thaw()
    if (!open) {
      this.story.body.prepend(this.story.top)
      this.steps.node.after(this.story.trend.node)
    }
    this.draw()
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.sheet.open) {
      if (this.sheet.hit(event) !== false) event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = begunAt(event)
    const writing = target.matches?.("input:not([type=checkbox], [type=radio]), select, textarea")
    const done = event.key === "Escape" ? this.escape(target) : writing || (event.key === " " && target.matches?.("button, input, a")) ? false : this.does(event.key)
    if (done === false) return
    event.preventDefault()
    event.stopPropagation()
  }

  /**
   * What a key does; false where it does nothing here.
   * @param {string} key
   * @returns {unknown}
   */
  does(key) {
    if (this.help.node.open && key !== "?") return false
    if (key === " " && !this.list.frozen) return false
    const does = {
      j: () => this.list.move(1),
      ArrowDown: () => this.list.move(1),
      k: () => this.list.move(-1),
      ArrowUp: () => this.list.move(-1),
      g: () => this.list.next(),
      x: () => this.id && this.list.mark(this.id),
      e: () => this.unfold(),
      d: () => this.step("dispatch"),
      f: () => /** @type {HTMLElement | null} */ (this.filters.node.querySelector(".chip"))?.focus(),
      "/": () => this.filters.focus(),
      "?": () => this.help.toggle(),
      " ": () => this.list.release(),
    }[key]
    if (does) return does()
    if (/^[1-9]$/.test(key)) return this.form.common(Number(key) - 1)
    if (!/^[a-z]$/i.test(key)) return false
    const waits = this.list.goal !== null || (this.told && !this.told.alert)
    this.wanted = waits ? key : null // an act's key that comes before its alert has waits for it
    return this.wanted ? undefined : this.form.hit(key)
  }

  unfold() {
    this.story.unfold()
    this.draw()
  }

  /**
   * Out of a field first, then the table of keys, then the question what a text is looked at for, then the choice for bulk acts, then the story.
   * @param {HTMLElement} target
   */
  escape(target) {
    if (target.matches?.("input, select, textarea")) return target.blur()
    if (this.help.node.open) return this.help.toggle()
    if (this.looks.back(target)) return undefined
    if (this.marks.alerts.size && !this.bulk.running) return this.marks.clear()
    if (this.bulk.results.length && !this.bulk.running) return this.bulk.forget()
    this.open(null)
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys, true)
    for (const part of [this.acts, this.link, this.desk, this.list, this.story.trend]) part.close()
    this.sheet.end()
    this.sound.close()
    this.node.remove()
  }
}

/**
 * @param {string} what
 * @param {string | null} id
 */
const ask = (what, id) => get(`${what}/${encodeURIComponent(String(id))}`)
