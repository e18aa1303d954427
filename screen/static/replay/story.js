/* One alert as it stood at the moment; what came later is there too, in grey. Nothing can be done here. */

import { get } from "../common/server/get.js"
import { clause, measured, titled } from "../common/alert/alert.js"
import { button, el, fill, head, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { happened, said } from "./aside.js"
import { joined, latest, runs } from "./life.js"
import { stood as stoodThen } from "./past_orders.js"

const [WIDTH, TOP, BAND, LEFT] = [428, 14, 18, 44]

/** Pixels for the values; an alert without any has its states alone. */
const VALUES = 96

/** @typedef {import("./time/film.js").Film} Film */

export class Story {
  /** @type {string | null} */
  id = null
  /** @type {string | null} */
  drawn
  /** @type {string | null} */
  told
  /** @type {Map<string, Sent.Story | null>} */
  known = new Map()

  /**
   * @param {() => void} close
   * @param {(at: number) => void} seek
   * @param {(id: string) => void} alone
   * @param {(order: string) => void} follow
   */
  constructor(close, seek, alone, follow) {
    this.seek = seek
    this.follow = follow
    this.title = el("h2")
    this.place = el("p", "place")
    this.mark = el("div", "bigmark")
    this.stand = el("p", "stand")
    const shut = button("plain", close, `${t("story.close")} ✕`)
    this.alone = button("plain", () => this.id !== null && alone(this.id), t("replay.alone"))
    this.value = el("div", "big")
    this.chart = el("div")
    this.words = el("div", "told")
    this.orders = el("div", "about")
    this.trail = el("div")
    this.node = el("section", "story", el("div", "top", this.mark, el("div", "", this.title, this.place), shut), this.stand, this.value, this.chart, this.words, this.orders, this.trail, el("div", "under", this.alone))
    this.node.hidden = true
    this.node.ariaLabel = t("replay.story")
  }

  /**
   * The law's words and the rest that a replay does not carry, while the log still tells of the alert.
   * @param {string} id
   */
  async ask(id) {
    if (this.known.has(id)) return
    this.known.set(id, null)
    const { status, body } = await get(`alert/${encodeURIComponent(id)}`)
    if (status === 200) this.known.set(id, body)
  }

  /**
   * @param {string | null} id
   * @param {Film} film
   * @param {import("./time/timeline.js").State} state
   * @param {Map<string, Sent.Land["properties"]>} districts
   * @param {boolean} alone
   */
  show(id, film, state, districts, alone) {
    this.id = id
    this.node.hidden = id === null
    if (id === null) return
    this.ask(id)
    this.alone.hidden = alone
    const { at } = state
    const now = state.alerts.get(id)
    const life = film.life(id)
    const trail = joined(film.trail(id), this.known.get(id)?.trail)
    const row = now ?? latest(life, at)
    if (!row) return this.nothing(film)
    fill(this.chart, chart(life, film, at))
    const key = [id, now?.rev, now?.state, trail.length, trail.filter((entry) => entry.at <= at).length, life.length, film.ordersOf(id).length, film.whole, Math.floor(at / 60_000), this.known.get(id)?.alert.rev].join()
    if (key === this.drawn) return
    this.drawn = key
    say(this.title, titled(row))
    say(this.place, [districts.get(row.adcode)?.[words.language], words.pick(row.name), row.subject].filter(Boolean).join(" · "))
    fill(this.mark, glyph(row.severity, { state: now ? now.state[0] : "C", phase: row.phase, size: 30, quiet: !now }))
    say(this.stand, now ? stood(now, at) : t(life[0] && life[0][0] > at ? "replay.not_yet" : "replay.over"))
    this.node.classList.toggle("absent", !now)
    const bundle = [...state.incidents.values()].find(({ members }) => members.includes(id))
    fill(this.value, ...measure(row))
    fill(this.words, facts(row, bundle), law(row, this.known.get(id)?.alert))
    this.about(id, film, at)
    this.history(trail, at, film)
  }

  /**
   * The orders about it that there were at the moment.
   * @param {string} id
   * @param {Film} film
   * @param {number} at
   */
  about(id, film, at) {
    const found = film.ordersOf(id).flatMap((order) => stoodThen(order, at, film) ?? [])
    const presses = found.map(({ order, lines }) => {
      const main = lines.find(({ n }) => n === order.main)
      const press = button("line", () => this.follow(order.id))
      press.append(el("b", "", order.number), el("span", "", words.pick(order.state_title)), el("span", "", main ? words.pick(main.unit_name) : ""))
      press.dataset.order = order.id
      return press
    })
    fill(this.orders, ...(presses.length ? [head(t("replay.orders_about")).node, ...presses] : []))
  }

  /** @param {Film} film */
  nothing(film) {
    say(this.title, t(film.whole ? "replay.unknown_alert" : "replay.reading"))
    say(this.place, this.id ?? "")
    say(this.stand, "")
    for (const part of [this.mark, this.value, this.chart, this.words, this.orders, this.trail]) fill(part)
    this.drawn = this.told = null
  }

  /**
   * The trail, drawn anew only where it differs: what had happened, then in grey what came later. A press on an entry goes to its moment.
   * @param {ReturnType<typeof joined>} trail
   * @param {number} at
   * @param {Film} film
   */
  history(trail, at, film) {
    const told = head(t("story.history"), trail.length ? "" : t("replay.no_entries"), film.whole ? "" : t("replay.reading"))
    const items = trail.map((entry) => {
      const why = said(entry).filter(Boolean).join(" · ")
      const go = button("entry", () => this.seek(entry.at))
      go.append(el("time", "", words.date(entry.at) === words.date(at) ? words.clock(entry.at) : words.moment(entry.at)), el("span", "", happened(entry), why ? el("small", "", why) : null))
      return el("li", entry.at > at ? "later" : "", go)
    })
    const first = items.findIndex((item) => item.className === "later")
    if (first >= 0) items.splice(first, 0, el("li", "divide", t("replay.later")))
    const look = items.map((item) => item.className + item.textContent).join() + told.node.textContent
    if (look === this.told) return
    this.told = look
    fill(this.trail, told.node, el("ol", "", ...items))
  }
}

/** @param {Sent.Past} row */
const measure = (row) => (row.value === null && row.limit === null ? [t("story.no_value")] : measured(row))

/**
 * How it stood at a moment.
 * @param {Sent.Past} row
 * @param {number} at
 */
function stood({ state, active, raised }, at) {
  return `${state[0]} ${t(`state.${words.key(state)}`)}${active ? ` · ${t("story.active")}` : ""} · ${t("story.age")} ${words.duration(Math.max(0, at - raised))}`
}

/**
 * @param {Sent.Past} row
 * @param {Sent.PastIncident | undefined} bundle
 */
function facts(row, bundle) {
  /** @type {([key: string, text: string] | null)[]} */
  const rows = [
    ["opened", words.moment(row.opened)],
    ["raised", words.moment(row.raised)],
    row.due === null ? null : ["due", `${words.moment(row.due)}${row.provisional ? ` · ${t("row.provisional")}` : ""}`],
    row.case_due === null ? null : ["case", `${t("story.open_case")} · ${t("story.due")} ${words.moment(row.case_due)}`],
    row.aside_until === null ? null : ["aside", `${t("story.until")} ${words.moment(row.aside_until)}`],
    row.level > 1 ? ["level", `${row.level} ${t(`level_of.${row.level}`)}`] : null,
    row.occurrence > 1 ? ["occurrence", String(row.occurrence)] : null,
    bundle && bundle.count > 1 ? ["incident", `${words.pick(bundle.title)} · ${bundle.count} ${t("incident.alert")}`] : null,
    ["department", words.pick(row.department)],
    ["rule", row.rule],
  ]
  return el("dl", "", ...rows.flatMap((each) => (each ? [el("dt", "", t(`story.${each[0]}`)), el("dd", "", each[1])] : [])))
}

/**
 * @param {Sent.Past} row
 * @param {Sent.Alert | undefined} alert
 */
function law(row, alert) {
  return el("div", "law", head(t("story.clause")).node, el("p", "", el("b", "", clause(row))), alert ? el("blockquote", "", words.pick(alert.clause.text)) : null)
}

/**
 * Values against their limit, and the states below, from the first that is known to the last; what came after the moment in grey.
 * @param {import("./life.js").Revision[]} life
 * @param {Film} film
 * @param {number} at
 */
function chart(life, film, at) {
  const last = life.at(-1)
  if (!last) return null
  const [from, to] = [Math.min(Math.max(life[0][0], film.from), at), Math.max(Math.min(last[0] + 600_000, film.until), at)]
  /** @param {number} when */
  const x = (when) => LEFT + ((WIDTH - LEFT - 6) * (when - from)) / Math.max(1, to - from)
  const values = life.flatMap(([, { value }]) => value ?? [])
  const { limit } = last[1]
  const tall = values.length ? VALUES : 0
  const high = Math.max(...values, limit ?? 0) * 1.1
  const low = Math.min(0, ...values, limit ?? 0)
  /** @param {number} value */
  const y = (value) => TOP + tall - (tall * (value - low)) / Math.max(1e-9, high - low)
  const drawing = svg("svg", { width: WIDTH, height: TOP + tall + BAND + 28, class: "life" })
  for (const { begin, end, row } of runs(life, to, ({ state, severity }) => `${state}${severity}`)) drawing.append(...parts(begin, end, (left, wide, later) => band(row, left, wide, later)))
  for (const { begin, end, row } of runs(life, to, ({ value }) => value)) {
    if (row.value === null) continue
    const height = y(row.value)
    drawing.append(...parts(begin, end, (left, wide, later) => svg("path", { d: `M${left} ${height}h${wide}`, stroke: later ? "var(--data-2)" : "var(--ink-1)", "stroke-width": 2 })))
  }
  /** @type {(begin: number, end: number, draw: (left: number, wide: number, later: boolean) => SVGElement) => SVGElement[]} */
  function parts(begin, end, draw) {
    const cut = Math.min(Math.max(at, begin), end)
    /** @type {[from: number, to: number, later: boolean][]} */
    const both = [[begin, cut, false], [cut, end, true]]
    return both.filter(([one, other]) => other > one).map(([one, other, later]) => draw(x(one), Math.max(1.5, x(other) - x(one)), later))
  }
  /** @type {(row: Sent.Past, left: number, wide: number, later: boolean) => SVGElement} */
  function band({ state, severity }, left, wide, later) {
    const colour = later ? "var(--land-3)" : state[0] === "A" ? "var(--bg-2)" : `var(--${severity})`
    const filled = "BA".includes(state[0])
    return svg("rect", { x: left, y: TOP + tall + 6, width: wide, height: BAND - 4, fill: filled ? colour : "none", stroke: colour, "stroke-width": filled ? 0 : 2 })
  }
  if (values.length && limit !== null) drawing.append(svg("path", { d: `M${LEFT} ${y(limit)}H${WIDTH - 6}`, stroke: "var(--ink-2)", "stroke-width": 1.5, "stroke-dasharray": "2 4" }), text(LEFT - 6, y(limit) + 5, words.number(limit), "end"))
  if (values.length) drawing.append(svg("path", { d: `M${LEFT} ${TOP + tall}H${WIDTH - 6}`, stroke: "var(--axis)" }))
  drawing.append(svg("path", { d: `M${x(at)} ${TOP - 8}V${TOP + tall + BAND + 4}`, stroke: "var(--ink-1)", "stroke-width": 1.5 }))
  drawing.append(text(LEFT, TOP + tall + BAND + 22, words.minute(from), "start"), text(WIDTH - 6, TOP + tall + BAND + 22, words.minute(to), "end"))
  return drawing
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} anchor
 */
function text(x, y, content, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor })
  node.textContent = content
  return node
}
