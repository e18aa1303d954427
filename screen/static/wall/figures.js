/* The eight key figures, each with its limit beside it. Past its limit: a rule, a glyph and the number in the colour. */

import { el, fill, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { FLOOD, keyFigures } from "./keyfigures.js"

const HOURS_4 = 24

export class Figures {
  /** @type {Sent.Figures | undefined} */
  found
  /** @type {Sent.Trend | undefined} */
  trend
  /** @type {string | null | undefined} */
  view

  constructor() {
    this.cells = Array.from({ length: 8 }, () => new Cell())
    this.node = el("div", "kpis", ...this.cells.map((cell) => cell.node))
  }

  /**
   * @param {Pick<Sent.Sections, "figures" | "trend">} sections
   * @param {{ view: string | null }} seen
   */
  show({ figures, trend }, { view }) {
    if (figures === this.found && trend === this.trend && view === this.view) return
    this.found = figures
    this.trend = trend
    this.view = view
    keyFigures(figures, view).forEach((values, n) => this.cells[n].show(...values))
    this.cells[2].spark(trend.up.map((up, n) => up + trend.down[n]).slice(-HOURS_4))
  }
}

class Cell {
  /** @type {string | null} */
  state = null
  /** @type {string | undefined} */
  drawing

  constructor() {
    this.mark = el("span", "mark")
    this.name = el("span")
    this.value = el("span")
    this.unit = el("small")
    this.limit = el("div", "l")
    this.line = el("div", "spark")
    this.node = el("div", "kpi", el("div", "n", this.mark, this.name), el("div", "v", this.value, this.unit), this.limit, this.line)
  }

  /**
   * @param {string} name
   * @param {string | number} value
   * @param {string} unit
   * @param {string} limit
   * @param {import("./keyfigures.js").Colour} state
   */
  show(name, value, unit, limit, state) {
    say(this.name, name)
    say(this.value, value)
    this.value.classList.toggle("zero", value === 0 || value === "0")
    say(this.unit, unit)
    say(this.limit, limit)
    if (state === this.state) return
    this.state = state
    this.node.className = `kpi ${state ? `bad ${state}` : ""}`
    fill(this.mark, state && state !== "sys" ? glyph(state) : null)
  }

  /** @param {number[]} values */
  spark(values) {
    const [width, height, top] = [84, 38, Math.max(14, ...values)]
    /** @param {number} value */
    const y = (value) => height - (value / top) * height
    const points = values.map((value, n) => `${((n * width) / (values.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`)
    const drawing = points.join("L")
    if (drawing === this.drawing) return
    this.drawing = drawing
    const limit = svg("path", { d: `M0 ${y(FLOOD)}H${width}`, stroke: "var(--ink-3)", "stroke-width": 1.5, "stroke-dasharray": "2 4" })
    const line = svg("path", { d: `M${drawing}`, fill: "none", stroke: "var(--data)", "stroke-width": 2 })
    const end = svg("circle", { cx: width, cy: y(values.at(-1) ?? 0), r: 3.5, fill: "currentColor" })
    fill(this.line, svg("svg", { width, height }, limit, line, end))
  }
}
