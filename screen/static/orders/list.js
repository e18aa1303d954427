/* The list of orders: only the rows that can be seen are in the document. Under the pointer it stands still. */

import { arrange, el, fill, say } from "../common/dom.js"
import { glyph, glyphOf } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { alarm, bar, dueWords, leftWords } from "./clock.js"
import { parts, placeAt, topOf } from "./query.js"

/** @typedef {import("./worktime.js").WorkCalendar} WorkCalendar */
/** @typedef {{ kind: Record<string, { title: Sent.Text, states: Record<string, Sent.Text>, clocks: Record<string, Sent.Text> }>, district: Record<string, Sent.Text> }} Names */

/** Rows above and below the visible ones that are held ready. */
const MARGIN = 8

/** Pixels of a row and of a group's head: on a page to work at, and on a phone. */
export const WIDE = { row: 48, head: 26 }
export const NARROW = { row: 92, head: 36 }

export class List {
  /** @type {string[]} */
  ids = []
  first = 0
  total = 0
  /** @type {Record<string, number>} */
  groups = {}
  /** @type {number | null} */
  number = null
  waiting = 0
  /** @type {string} the row that is shown beside the list */
  selected = ""
  /** @type {number | null} */
  place = null
  /** @type {number | null} the place of a move that is under way */
  goal = null
  group = ""
  frozen = false
  pixels = WIDE
  /** @type {Set<string>} */
  marked = new Set()
  /** @type {Map<string, Sent.OrderRow>} */
  orders = new globalThis.Map()
  /** @type {Map<string, { node: HTMLElement, key: string, order?: Sent.OrderRow }>} */
  rows = new globalThis.Map()
  /** @type {string} */
  drawn = ""
  /** @type {string} */
  asked = ""

  /**
   * `ask(changes, over)` speaks to the server, `open(id)` shows a row.
   * @param {(changes: object, over?: boolean) => void} ask
   * @param {(id: string) => void} open
   */
  constructor(ask, open) {
    this.ask = ask
    this.open = open
    const columns = el("div", "or columns", ...["level", "matter", "state", "clock", "left"].map((name) => el("span", name === "left" ? "d" : "", t(`orders.column_${name}`))))
    columns.ariaHidden = "true"
    this.heads = el("div", "heads")
    this.body = el("div", "body")
    this.space = el("div", "space", this.heads, this.body)
    this.none = el("p", "none", t("orders.none"))
    this.held = el("p", "held")
    this.held.role = "status"
    this.view = el("div", "view", this.space, this.none)
    Object.assign(this.body, { role: "listbox", ariaMultiSelectable: "true", ariaLabel: t("orders.list") })
    this.body.tabIndex = 0
    this.node = el("div", "listed", columns, this.view, this.held)
    this.view.addEventListener("scroll", () => this.window())
    this.view.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.freeze(true))
    this.view.addEventListener("pointerleave", () => this.freeze(false))
    this.body.addEventListener("click", (event) => this.click(event))
    this.resized = new ResizeObserver(() => this.window())
    this.resized.observe(this.view)
  }

  get parts() {
    return parts(this.groups, this.group, this.pixels)
  }

  /** @param {boolean} frozen */
  freeze(frozen) {
    if (frozen === this.frozen) return
    this.frozen = frozen
    this.ask({ frozen: frozen ? this.number : null }, true)
  }

  /**
   * Something else is asked for: from its top.
   * @param {object} changes
   * @param {string} group
   */
  restart(changes, group) {
    Object.assign(this, { group, asked: "" })
    this.view.scrollTop = 0
    this.ask({ ...changes, first: 0, frozen: null }, true)
    this.frozen = false
  }

  /** @param {any} message */
  take(message) {
    const { ids, first, total, groups, number, waiting, place } = message
    Object.assign(this, { ids, first, total, groups, number, waiting, place })
    for (const [id, order] of Object.entries(message.set)) if (order) this.orders.set(id, order)
    for (const id of this.orders.keys()) if (!ids.includes(id) && !this.marked.has(id)) this.orders.delete(id)
    if (this.goal !== null && this.goal >= total) this.goal = null
    const awaited = this.goal === null ? undefined : ids[this.goal - first]
    if (awaited && this.orders.has(awaited)) {
      this.goal = null
      this.open(awaited)
    }
    this.window()
  }

  /** Ask for the rows that can be seen. */
  window() {
    const all = this.parts
    const from = Math.max(0, placeAt(all, this.view.scrollTop, this.pixels) - MARGIN)
    const count = Math.min(200, Math.ceil(this.view.clientHeight / this.pixels.row) + 2 * MARGIN)
    const key = `${from} ${count}`
    if (key === this.asked || !this.view.clientHeight) return
    this.asked = key
    this.ask({ first: from, rows: count })
  }

  /** @param {number} by */
  move(by) {
    const from = this.goal ?? this.place
    const to = from === null ? (by > 0 ? 0 : this.total - 1) : Math.max(0, Math.min(this.total - 1, from + by))
    this.reach(to)
  }

  /**
   * The first row of the first group that has one, or the one after it: who waits for a decision comes first.
   */
  next() {
    const [top] = this.parts
    if (!top) return
    const place = this.place !== null && this.place >= top.first && this.place < top.first + top.count - 1 ? this.place + 1 : top.first
    this.reach(place)
  }

  /** @param {number} place */
  reach(place) {
    if (!this.total) return
    const top = topOf(this.parts, place, this.pixels)
    if (top - this.pixels.head < this.view.scrollTop) this.view.scrollTop = top - this.pixels.head
    else if (top + this.pixels.row > this.view.scrollTop + this.view.clientHeight) this.view.scrollTop = top + this.pixels.row - this.view.clientHeight
    const id = this.ids[place - this.first]
    this.goal = id && this.orders.has(id) ? null : place
    if (this.goal === null) this.open(id)
    else this.window()
  }

  /** @param {MouseEvent} event */
  click(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".or"))
    const id = row?.dataset.order
    if (!id) return
    if (event.ctrlKey || event.metaKey) this.mark(id)
    else this.open(id)
  }

  /**
   * Choose a row for signing, or let it go.
   * @param {string} id
   */
  mark(id) {
    if (!this.marked.delete(id)) this.marked.add(id)
    this.drawn = ""
  }

  /**
   * @param {number | null} now
   * @param {WorkCalendar} calendar
   * @param {Names} names
   */
  show(now, calendar, names) {
    const all = this.parts
    this.space.style.height = `${all.length * this.pixels.head + this.total * this.pixels.row}px`
    this.none.hidden = this.total > 0 || this.number === null
    const key = JSON.stringify([all, this.pixels.row])
    if (key !== this.drawn) fill(this.heads, ...all.map((part) => this.head(part)))
    this.drawn = key
    say(this.held, this.frozen && this.waiting ? t("orders.held") : "")
    const nodes = this.ids.flatMap((id, n) => {
      const order = this.orders.get(id)
      return order ? [this.row(id, order, topOf(all, this.first + n, this.pixels), now, calendar, names)] : []
    })
    arrange(this.body, nodes)
    for (const id of this.rows.keys()) if (!this.ids.includes(id)) this.rows.delete(id)
    this.body.setAttribute("aria-activedescendant", this.ids.includes(this.selected) ? `row-${this.selected}` : "")
  }

  /** @param {{ group: string, count: number, top: number }} part */
  head(part) {
    const node = el("div", "lg", el("b", "", t(`order_group.${part.group}`)), el("span", "", `${words.number(part.count)} ${t("orders.count")}`), el("span", "r", t(`order_group_note.${part.group}`)))
    node.style.top = `${part.top}px`
    node.dataset.group = part.group
    return node
  }

  /**
   * @param {string} id
   * @param {Sent.OrderRow} order
   * @param {number} top
   * @param {number | null} now
   * @param {WorkCalendar} calendar
   * @param {Names} names
   */
  row(id, order, top, now, calendar, names) {
    const held = this.rows.get(id) ?? { node: el("div", "or"), key: "" }
    this.rows.set(id, held)
    const { node } = held
    node.style.transform = `translateY(${top}px)`
    const chosen = id === this.selected
    const key = `${order.audit} ${Math.floor((now ?? 0) / 30_000)} ${Object.keys(names.kind).length} ${this.pixels.row} ${calendar.workday}`
    if (held.key !== key || held.order !== order) fill(node, ...(this.pixels === NARROW ? narrow : wide)(order, now, calendar, names))
    Object.assign(held, { key, order })
    node.id = `row-${id}`
    node.role = "option"
    node.dataset.order = id
    node.className = ["or", order.new ? "un" : "", chosen ? "sel" : "", this.marked.has(id) ? "marked" : ""].filter(Boolean).join(" ")
    node.ariaCurrent = chosen ? "true" : null
    node.ariaSelected = String(this.marked.has(id))
    return node
  }

  close() {
    this.resized.disconnect()
  }
}

/** @param {Sent.OrderRow} order */
function mark({ alert }) {
  const node = el("span", "g")
  if (alert) node.append(glyphOf(alert, 15))
  else node.append(el("i", "dash"))
  return node
}

/**
 * @param {Sent.OrderRow} order
 * @param {Names} names
 */
export const stateOf = (order, names) => (order.line ? t(`order_line.${order.state}`) : words.pick(names.kind[order.kind]?.states[order.state]) || order.state)

/**
 * @param {Sent.OrderRow} order
 * @param {Names} names
 */
function matter(order, names) {
  const kind = words.pick(names.kind[order.kind]?.title) || order.kind
  const more = order.others && !order.line ? ` ${t("orders.and_more").replace("{}", String(order.others + 1))}` : ""
  return [kind, words.pick(order.unit) + more].filter((text) => text.trim()).join(" · ")
}

/**
 * @param {Sent.OrderRow} order
 * @param {number | null} now
 * @param {WorkCalendar} calendar
 */
function time({ clock }, now, calendar) {
  if (!clock || now === null) return { bar: null, mark: null, left: clock ? "—" : "", due: "" }
  const colour = alarm(clock, now)
  return { bar: bar(clock, now, calendar, 80, 9), mark: colour && glyph(colour, { size: 12 }), left: leftWords(clock, now, calendar), due: dueWords(clock.due) }
}

/**
 * @param {Sent.OrderRow} order
 * @param {number | null} now
 * @param {WorkCalendar} calendar
 * @param {Names} names
 */
function wide(order, now, calendar, names) {
  const { bar: drawn, mark: colour, left, due } = time(order, now, calendar)
  const over = order.over ? t(`order_over.${order.over}`) : ""
  return [
    mark(order),
    el("span", "t", el("b", "", words.pick(order.title)), el("i", "", matter(order, names))),
    el("span", "s", el("b", "", stateOf(order, names)), el("i", "", over)),
    el("span", "k", drawn),
    el("span", "d", el("b", "", colour, el("span", "", left)), el("i", "", due)),
  ]
}

/**
 * @param {Sent.OrderRow} order
 * @param {number | null} now
 * @param {WorkCalendar} calendar
 * @param {Names} names
 */
function narrow(order, now, calendar, names) {
  const { bar: drawn, mark: colour, left, due } = time(order, now, calendar)
  const what = order.clock ? words.pick(names.kind[order.kind]?.clocks[order.clock.name]) : ""
  const end = [what, left].filter(Boolean).join(" ")
  return [
    mark(order),
    el("span", "t", el("b", "", words.pick(order.title)), el("i", "", [words.pick(names.kind[order.kind]?.title), words.pick(names.district[order.adcode])].filter(Boolean).join(" · ")), el("span", "pk", drawn, el("span", "", due), el("span", "e", colour, el("span", "", end)))),
  ]
}
