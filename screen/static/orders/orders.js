/* The page of orders: the list, the story of one, what may be done; for the mouse, the keyboard alone, and on a phone. */

import { Bar, NEEDS } from "../common/bar.js"
import { begunAt, button, el, fill, say } from "../common/dom.js"
import { hostOf, mountPage } from "../common/page.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { keep } from "../desk/filters.js"
import { DeskLink } from "../desk/socket.js"
import { Dispatcher } from "../dispatch/queue.js"
import { OrderActs } from "./acts.js"
import { hatching } from "./clock.js"
import { Filters } from "./filters.js"
import { List, NARROW, WIDE } from "./list.js"
import { Moments } from "./moments.js"
import { Phone, call } from "./phone.js"
import { asked } from "./query.js"
import { Side } from "./side.js"
import { Story } from "./story.js"
import { WorkCalendar } from "./worktime.js"

const TICK = 250

/** Milliseconds after which a story is asked for again while it stands open. */
const AGAIN = 5_000

/** Acts of one bulk signing that are under way at once, and orders of it at most. */
const LANES = 6
const MOST = 200

/** Milliseconds within which a second press signs all that the first one has named. */
const ARMED = 5_000

/** The width from which on the page is one to work at. */
const PHONE = "(max-width: 720px)"

/**
 * Draw the page of orders into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "desk/desk.css", "orders/orders.css", "dispatch/queue.css"], () => new Orders(root))

class Orders {
  /** @type {Sent.OrderStory | null} */
  told = null
  /** @type {string} the order that is shown */
  id = ""
  /** @type {string} its line */
  line = ""
  missing = false
  fetched = -Infinity
  fetching = false
  /** @type {import("./list.js").Names & { unit: Record<string, Sent.Text>, phone: string }} */
  names = { kind: {}, district: {}, unit: {}, phone: "" }
  /** @type {Set<string>} */
  mine = new Set()
  calendar = new WorkCalendar()
  /** @type {Record<string, [value: string, count: number, name: Sent.Text | null][]>} */
  facets = {}
  /** @type {number} until when a second press signs */
  armed = 0
  bulk = { done: 0, all: 0, failed: 0 }

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root
    this.narrow = matchMedia(PHONE)
    this.acts = new OrderActs((order, act) => this.acted(order, act))
    this.moments = new Moments()
    this.bar = new Bar("orders", hostOf(root))
    this.desk = new DeskLink((message) => this.take(message), "orders")
    this.filters = new Filters(() => this.ask(), () => this.sign())
    this.list = new List((changes, over) => this.desk.ask(changes, over), (id) => this.open(id))
    this.story = new Story((line) => this.choose(line))
    this.side = new Side(this.acts, () => this.again())
    this.dispatcher = new Dispatcher((id) => this.open(id), this.acts)
    this.story.top.after(this.dispatcher.proposal.node)
    this.story.node.append(this.dispatcher.node)
    this.phone = new Phone(this.side.form, () => this.open(""))
    this.foot = el("footer", "keys")
    this.result = el("span", "result")
    this.result.role = "status"
    this.calls = el("span")
    this.press = button("pb", () => this.sign())
    this.desks = el("div", "phone-desk")
    this.left = el("section", "list", this.filters.node, this.list.node, this.foot, this.desks)
    this.left.ariaLabel = t("orders.list")
    this.right = el("div", "pages", this.story.node, this.side.node)
    this.node = el("div", `work orders ${words.language}`, this.bar.node, el("main", "", this.left, this.right, this.phone.node), hatching())
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
    addEventListener("keydown", this.keys, true)
    this.node.addEventListener("keydown", (event) => event.stopPropagation()) // Streamlit has keys of its own
    this.link = new Link(() => this.draw(), NEEDS)
    this.narrow.addEventListener("change", () => this.shape())
    this.footer()
    this.timer = setInterval(() => this.draw(), TICK)
    this.shape()
    this.open(new URLSearchParams(location.search).get("order") ?? "")
  }

  /** The page is one to work at, or a phone's. */
  shape() {
    const phone = this.narrow.matches
    this.node.classList.toggle("phone", phone)
    this.list.pixels = phone ? NARROW : WIDE
    this.filters.own = phone
    const { form } = this.side
    ;(phone ? this.phone.writes : this.side.doing).append(...(phone ? [form.behalf.node, form.writing, form.state, form.again] : [form.node]))
    if (!phone) form.node.prepend(form.behalf.node, form.top, form.writing, form.state, form.again)
    this.ask()
  }

  /** Ask for the list as the filters have it. */
  ask() {
    const { query } = this.filters
    this.list.restart({ own: this.filters.own, query: asked(query, this.link?.sections.time?.now ?? null) }, query.group)
  }

  /** @param {any} message */
  take(message) {
    if (message.names) {
      this.names = message.names
      this.mine = new Set(message.names.mine)
      this.calendar = new WorkCalendar(message.names.calendar)
      fill(this.calls, call(this.names.phone))
      return this.draw()
    }
    if (message.facets) this.facets = message.facets
    for (const order of Object.values(message.set)) if (order) this.moments.reached(this.mine, order)
    this.list.take(message)
    if (Object.keys(message.set).some((id) => id.split("/")[0] === this.id)) this.fetched = -Infinity
    this.draw()
  }

  /**
   * Show an order, or a unit's own line of one; an empty id shows none.
   * @param {string} id
   */
  open(id) {
    const [order, line = ""] = id.split("/")
    this.list.goal = null
    this.list.selected = id
    this.desk.ask({ selected: id })
    if (order === this.id && line === this.line) return
    Object.assign(this, { id: order, line, told: order === this.id ? this.told : null, missing: false, fetched: -Infinity })
    keep("order", id)
    this.node.classList.toggle("reads", Boolean(id))
    this.draw()
  }

  /**
   * Look at another receiver's line of the same order: what may be done is asked anew.
   * @param {string} line
   */
  choose(line) {
    Object.assign(this, { line, fetched: -Infinity })
    this.draw()
  }

  /** What is shown is asked again at once. */
  again() {
    this.fetched = -Infinity
    this.draw()
  }

  async fetch() {
    const { id, line } = this
    const behalf = this.side.form.behalf.value
    if (!id || this.fetching || performance.now() - this.fetched < AGAIN) return
    Object.assign(this, { fetched: performance.now(), fetching: true })
    const { status, body } = await get(`order/${encodeURIComponent(id)}?${new URLSearchParams({ line, behalf })}`)
    this.fetching = false
    if (id !== this.id || line !== this.line || behalf !== this.side.form.behalf.value) return
    if (status === 200) {
      Object.assign(this, { told: body, missing: false })
      this.moments.opened(this.mine, body)
    } else if (status === 404) Object.assign(this, { told: null, missing: true })
    this.draw()
  }

  /**
   * @param {string} order
   * @param {import("./acts.js").OrderPress} act
   */
  acted(order, act) {
    if (order === this.id && ["done", "refused"].includes(act.state)) this.fetched = -Infinity
    this.draw()
  }

  draw() {
    if (!this.link) return
    const { sections, about } = this.link
    const fresh = this.bar.show(this.link)
    this.node.classList.toggle("stale", fresh.stale)
    this.fetch()
    const now = fresh.stale ? null : sections.time?.now ?? null
    const { names, calendar } = this
    this.filters.show(this.list.groups, this.facets, names)
    this.filters.count(this.signable().length, performance.now() < this.armed)
    this.list.show(now, calendar, names)
    const papers = Boolean(about.person?.may.includes("order.paper"))
    this.story.show(this.told, { now, calendar, districts: names.district, missing: this.missing, papers })
    this.side.show(this.told, { now, stale: fresh.stale, person: about.person, units: names.unit })
    this.dispatcher.show(this.told, about.person, { stale: fresh.stale, chosen: Boolean(this.id) })
    this.story.empty.hidden ||= !this.dispatcher.node.hidden
    const busy = fresh.stale ? "stale" : this.acts.of(this.id)?.state ?? ""
    this.phone.show(this.told, { now, calendar, phone: names.phone, districts: names.district, busy: ["sending", "pending", "stale"].includes(busy) ? busy : "" })
    const { done, all, failed } = this.bulk
    say(this.press, t(performance.now() < this.armed ? "orders.bulk_again" : "orders.bulk_sign"))
    say(this.result, all ? `${t("orders.bulk_sign")} ${done}/${all}${failed ? ` · ${t("orders.bulk_failed")} ${failed}` : ""}` : "")
  }

  /** Lines that this person may sign: of the rows that are chosen, else of all that the list shows. */
  signable() {
    const { marked, orders, ids } = this.list
    const chosen = marked.size ? [...marked] : ids
    return chosen.flatMap((id) => {
      const order = orders.get(id)
      return (order?.signs ?? []).filter(([, unit]) => this.mine.has(unit)).map(([n, , audit]) => ({ order: order?.id ?? "", n, audit }))
    }).slice(0, MOST)
  }

  /** Sign all of them, some at a time; each waits for the log's answer. */
  async sign() {
    const waiting = this.signable()
    if (!waiting.length || this.bulk.done < this.bulk.all) return
    if (performance.now() > this.armed) { // a key that is hit by mistake signs nothing
      this.armed = performance.now() + ARMED
      return this.draw()
    }
    this.armed = 0
    this.bulk = { done: 0, all: waiting.length, failed: 0 }
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const act = await this.acts.send(next.order, "sign", { lines: [next.n], seen: next.audit })
        this.bulk.done += 1
        if (act.state !== "done") this.bulk.failed += 1
        this.draw()
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    this.list.marked.clear()
    this.draw()
  }

  footer() {
    const keys = /** @type {[string[], string][]} */ ([[["J", "K"], "move"], [["G"], "next"], [["/"], "search"], [["1"], "act"]])
    fill(this.foot, ...keys.map(([names, what]) => el("span", "", ...names.map((name) => el("kbd", "", name)), t(`orders.key_${what}`))), this.result)
    this.desks.append(this.press, this.calls)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = begunAt(event)
    const writing = target.matches?.("input:not([type=checkbox], [type=radio]), select, textarea")
    const done = event.key === "Escape" ? this.escape(target) : writing ? false : this.does(event.key)
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
    const does = {
      j: () => this.list.move(1),
      ArrowDown: () => this.list.move(1),
      k: () => this.list.move(-1),
      ArrowUp: () => this.list.move(-1),
      g: () => this.list.next(),
      x: () => this.sign(),
      m: () => this.id && this.list.mark(this.list.selected),
      "/": () => this.filters.focus(),
    }[key]
    if (does) return does()
    return /^[1-9]$/.test(key) && this.side.form.hit(Number(key)) ? undefined : false
  }

  /**
   * Out of a field first, then the act that is chosen, then the choice for signing, then the story.
   * @param {HTMLElement} target
   */
  escape(target) {
    if (target.matches?.("input, select, textarea")) return target.blur()
    if (this.side.form.chosen) return this.side.form.choose(null)
    if (this.list.marked.size) return this.list.marked.clear()
    this.open("")
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys, true)
    for (const part of [this.acts, this.link, this.desk, this.list, this.side]) part.close()
    this.node.remove()
  }
}
