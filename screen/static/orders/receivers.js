/* The receivers of an order as a tree: the four moments of each, and its clock on one axis of working days for all. */

import { el, fill, head, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { alarm, clockName, dueWords, leftWords, limitWords, rects } from "./clock.js"
import { axis, clockParts, pressing } from "./worktime.js"

/** @typedef {import("./worktime.js").WorkCalendar} WorkCalendar */

/** @typedef {{ told: Sent.OrderStory, now: number, calendar: WorkCalendar, at: (moment: number) => number, weeks: number[] }} Axis */

/** Pixels of a bar. */
const WIDE = 264
const DAY = 86_400_000
const PARTS = ["main", "support", "assist"]
const MARKED = ["moved", "withdrawn"]

export class Receivers {
  /** @type {string} */
  drawn = ""

  /** @param {(line: string) => void} choose */
  constructor(choose) {
    this.choose = choose
    this.head = head(t("orders.receivers"), "", t("orders.axis"))
    this.columns = el("div", "th")
    this.rows = el("div", "tree")
    this.node = el("section", "panel receivers", this.head.node, this.columns, this.rows)
    this.node.ariaLabel = t("orders.receivers")
  }

  /**
   * @param {Sent.OrderStory} told
   * @param {number} now
   * @param {WorkCalendar} calendar
   */
  show(told, now, calendar) {
    const key = JSON.stringify([told.order.id, told.order.audit, told.line, told.lines.map(({ audit }) => audit), Math.floor(now / 30_000)])
    if (key === this.drawn) return
    this.drawn = key
    const { order, lines } = told
    const times = lines.flatMap(({ clocks }) => clocks).flatMap(({ start, due, met }) => [Date.parse(start), Math.max(Date.parse(due), met ? Date.parse(met) : 0)])
    const [begin, end] = [Math.min(Date.parse(order.opened_at), ...times), Math.max(now, ...times)]
    const at = axis(begin, end, calendar.workday ? calendar : null)
    const all = tree(lines)
    const counts = PARTS.map((part) => [part, lines.filter((line) => !line.under && line.part === part).length]).filter(([, count]) => count)
    const subs = lines.filter(({ under }) => under).length
    say(this.head.small, [...counts.map(([part, count]) => `${t(`order_part.${part}`)} ${count}`), subs ? `${t("orders.sub")} ${subs}` : ""].filter(Boolean).join(" · "))
    const how = order.actor ? `${words.who(order.actor)} ${t("orders.issued")}` : t("order_event.filed")
    fill(
      this.columns,
      el("span", "", `${words.moment(Date.parse(order.opened_at))} ${how}`),
      ...["delivered", "read", "signed", "called"].map((name) => el("span", "", t(`orders.${name}`))),
      el("span", "", scale(begin, end, now, at)),
    )
    const weeks = calendar.days(begin, end).filter((day, n, days) => n && day - days[n - 1] > DAY)
    fill(this.rows, ...all.map((each, n) => this.row(each, Boolean(all[n + 1]?.deep), { told, now, calendar, at, weeks })))
  }

  /**
   * @param {{ line: Sent.OrderLine, deep: boolean, last: boolean }} each
   * @param {boolean} below whether sub-orders of it follow
   * @param {Axis} on
   */
  row({ line, deep, last }, below, on) {
    const { told, now, calendar } = on
    const left = deep ? 22 : 0
    const trunk = deep ? `M7 0V49M29 0V${last ? 16 : 49}M29 16H42` : `M7 0V${last ? 16 : 49}M7 16H20${below ? "M29 26V49" : ""}`
    const branch = svg("svg", { class: "branch", width: 50, height: 49 }, svg("path", { d: trunk, stroke: "var(--axis)", fill: "none" }))
    const role = el("span", line.part === "main" && !deep ? "role main" : "role", deep ? t("orders.sub") : t(`order_part.${line.part}`))
    const hands = line.clocks.some(({ name, met, dropped }) => name === "handover" && !met && !dropped)
    const demand = hands ? t("orders.first_asked") : words.written(line.demand) || t(`order_line.${line.state}`)
    const name = el("span", "u", role, el("b", "", words.pick(told.units[line.unit]) || line.unit), el("i", "", demand))
    name.style.paddingLeft = `${24 + left}px`
    const node = el("div", `tr ${MARKED.includes(line.state) ? "gone" : ""} ${line.n === told.line ? "sel" : ""}`, branch, name, ...moments(line, now, calendar), el("span", "", ...bars(line, on)))
    node.dataset.line = line.n
    node.tabIndex = 0
    node.role = "button"
    node.onclick = () => this.choose(line.n)
    node.onkeydown = (event) => { if (event.key === "Enter") this.choose(line.n) }
    return node
  }
}

/**
 * The lines in their order: the main one first, each with its sub-orders below it.
 * @param {Sent.OrderLine[]} lines
 */
export function tree(lines) {
  const tops = lines.filter(({ under }) => !under).sort((one, other) => PARTS.indexOf(one.part) - PARTS.indexOf(other.part))
  return tops.flatMap((line, n) => {
    const below = lines.filter(({ under }) => under === line.n)
    return [{ line, deep: false, last: n === tops.length - 1 }, ...below.map((each, m) => ({ line: each, deep: true, last: m === below.length - 1 }))]
  })
}

/**
 * Delivered, read, signed, answered by telephone: each as time over date or person; a missing one is a dash, a late one says so.
 * @param {Sent.OrderLine} line
 * @param {number} now
 * @param {WorkCalendar} calendar
 */
function moments(line, now, calendar) {
  const sign = line.clocks.find(({ name }) => name === "sign")
  return /** @type {const} */ (["delivered", "read", "signed", "called"]).map((name) => {
    const stamp = line[name]
    if (name === "signed" && !stamp && line.part === "assist") return cell("no", t("orders.not_needed"), "")
    if (name === "signed" && !stamp && sign && !sign.met && now > Date.parse(sign.due)) return cell("late", t("orders.unsigned"), leftWords(sign, now, calendar, t("unit.day")), glyph("red", { size: 12 }))
    if (!stamp) return cell("no", "—", "")
    const when = Date.parse(stamp.when || stamp.at)
    return cell("", words.minute(when), name === "called" && stamp.who ? words.written(stamp.who) : words.date(when).slice(5))
  })
}

/**
 * @param {string} look
 * @param {string} first
 * @param {string} second
 * @param {Element | null} [mark]
 */
const cell = (look, first, second, mark = null) => el("span", `mk ${look}`, el("b", "", mark, el("span", "", first)), el("i", "", second))

/**
 * @param {Sent.OrderLine} line
 * @param {Axis} on
 */
function bars(line, { told, now, calendar, at, weeks }) {
  if (line.part === "assist") return [el("span", "m", t("orders.assist_free"))]
  const clock = pressing(line.clocks) ?? line.clocks[line.clocks.length - 1]
  if (!clock) return [el("span", "m", "—")]
  const x = (/** @type {number} */ moment) => (at(moment) * WIDE).toFixed(1)
  const drawing = svg("svg", { width: WIDE, height: 20 }, svg("path", { d: `M0 15.5H${WIDE}${weeks.map((week) => `M${x(week)} 11V20`).join("")}`, stroke: "var(--line)" }), ...rects(clockParts(clock, now), at, WIDE, 10, 6))
  drawing.append(svg("path", { d: `M${x(now)} 1V20`, stroke: "var(--bg-0)", "stroke-width": 4 }), svg("path", { d: `M${x(now)} 1V20`, stroke: "var(--ink-1)", "stroke-width": 1.5 }))
  if (clock.met) drawing.append(svg("path", { d: `M${x(Date.parse(clock.met))} 3V19`, stroke: "var(--ink-2)", "stroke-width": 2 }))
  if (clock.first_due !== clock.due) drawing.append(svg("path", { d: `M${x(Date.parse(clock.first_due))} 2V19`, stroke: "var(--ink-2)", "stroke-width": 1.5, "stroke-dasharray": "2 2" }))
  const colour = alarm(clock, now)
  const name = clockName(clock, told.kind?.clocks)
  const node = el("span", "x", colour && glyph(colour, { size: 12 }), el("span", "", ...stands(clock, name, now, calendar), notCounted(clock, told)))
  node.title = `${name}: ${limitWords(clock.limit)} · ${words.pick(clock.source)}`
  return [drawing, node]
}

/**
 * How a clock stands, in words: what is left and until when, or when it was met.
 * @param {Sent.Clock} clock
 * @param {string} name
 * @param {number} now
 * @param {WorkCalendar} calendar
 */
function stands(clock, name, now, calendar) {
  if (clock.met) return [`${name} ${words.moment(Date.parse(clock.met))} · ${t(clock.late ? "orders.was_late" : "orders.in_time")}`]
  const before = Date.parse(clock.due) < now ? `${name} ` : `${name} ${t("orders.left")} `
  return [before, el("b", "", leftWords(clock, now, calendar)), ` · ${dueWords(clock.due)}${clock.first_due === clock.due ? "" : ` ${t("orders.extended")}`}`]
}

/**
 * @param {Sent.Clock} clock
 * @param {Sent.OrderStory} told
 */
const notCounted = (clock, told) => (clock.pauses.length ? ` · ${t("orders.paused")} ${clock.pauses.map(({ kind }) => words.pick(told.kind?.pauses[kind]?.title) || kind).join(t("orders.or"))}` : "")

/**
 * The days at the head of the bars: where the axis begins and ends, and now.
 * @param {number} begin
 * @param {number} end
 * @param {number} now
 * @param {(at: number) => number} at
 */
function scale(begin, end, now, at) {
  const place = at(now) * WIDE
  /** @type {[x: number, text: string, anchor: string, colour: string][]} */
  const all = [[0, words.date(begin).slice(5), "start", "var(--ink-3)"], [WIDE, words.date(end).slice(5), "end", "var(--ink-3)"], [place, t("orders.now"), "middle", "var(--ink-1)"]]
  const shown = all.filter(([x], n) => n === 2 ? x > 56 && x < WIDE - 56 : true)
  const drawing = svg("svg", { width: WIDE, height: 24 })
  for (const [x, text, anchor, colour] of shown) {
    const node = svg("text", { x, y: 17, "text-anchor": anchor, style: `fill: ${colour}` })
    node.textContent = text
    drawing.append(node)
  }
  return drawing
}
