/* 24 hours of annunciations in bins of ten minutes: up what is in process, down what is after the fact, the flood line at ten. */

import { change, el, head, say, svg } from "../common/dom.js"
import { FLOOD } from "./keyfigures.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const [WIDTH, HEIGHT, LEFT, ZERO, TALL] = [687, 168, 34, 124, 88]
const DOWN = 9
const BIN = 600_000
const HOURS = [0, 4, 8, 12, 16, 20]
/** Bins that an hour's words stand before the newest bin's. */
const APART = 20

export class Trend {
  /** @type {string} */
  key

  constructor() {
    this.head = head(t("panel.trend"))
    this.head.end.append(t("panel.trend_key"), glyph("red", { size: 14 }), t("severity.short_red"))
    this.chart = svg("svg", { width: WIDTH, height: HEIGHT })
    this.needs = ["trend", "floods"]
    this.node = el("section", "trend", this.head.node, el("div", "", this.chart))
  }

  /** @param {Pick<Sent.Sections, "trend" | "floods">} sections */
  show({ trend, floods }) {
    const flood = floods.reduce((sum, { count }) => sum + count, 0)
    const key = JSON.stringify([Math.floor(trend.end / BIN), trend, flood])
    if (key === this.key) return
    this.key = key
    const count = [...trend.up, ...trend.down].reduce((sum, value) => sum + value, 0)
    say(this.head.small, `${t("panel.trend_by")} ${(count / trend.up.length).toFixed(1)}`)
    change(this.chart, ...this.draw(trend, flood))
  }

  /**
   * @param {Sent.Trend} trend
   * @param {number} flood
   */
  draw({ up, down, red, end }, flood) {
    const step = (WIDTH - LEFT) / up.length
    const most = Math.max(FLOOD, ...up)
    const unit = TALL / most
    const limit = ZERO - FLOOD * unit
    const drawing = []
    /** @type {(n: number, y: number, height: number, colour: string) => Element} */
    const bar = (n, y, height, colour) => svg("rect", { x: LEFT + n * step, y, width: step - 0.9, height, fill: colour })
    up.forEach((value, n) => value && drawing.push(bar(n, ZERO - value * unit, value * unit, "var(--data)")))
    red.forEach((value, n) => value && drawing.push(bar(n, ZERO - value * unit, value * unit, "var(--red)")))
    down.forEach((value, n) => value && drawing.push(bar(n, ZERO + 3, Math.min(value, 3) * DOWN, "var(--axis)")))
    drawing.push(svg("path", { d: `M${LEFT} ${limit}H${WIDTH}`, stroke: "var(--ink-3)", "stroke-width": 1.5, "stroke-dasharray": "2 4" }))
    drawing.push(svg("path", { d: `M${LEFT} ${ZERO + 1}H${WIDTH}`, stroke: "var(--axis)", "stroke-width": 1.5 }))
    drawing.push(label(LEFT - 8, limit + 6, String(FLOOD), "end"), ...(ZERO - limit < 20 ? [] : [label(LEFT - 8, ZERO + 6, "0", "end")]), label(LEFT, limit - 8, t("panel.flood"), "start"))
    if (most >= 2 * FLOOD) drawing.push(label(LEFT - 8, ZERO - TALL + 6, String(most), "end"))
    if (flood) drawing.push(...tag(`${t("panel.flooded")} ${flood} ${t("unit.count")}`))
    if (end) drawing.push(...this.hours(end, step, up.length))
    return drawing
  }

  /**
   * @param {number} end
   * @param {number} step
   * @param {number} bins
   */
  hours(end, step, bins) {
    const begin = Math.floor(end / BIN) - bins + 1
    const labels = [label(WIDTH, HEIGHT - 4, words.minute(end), "end")]
    for (let n = 0; n < bins - APART; n += 1) {
      const ms = (begin + n) * BIN
      const text = words.minute(ms)
      if (n > 3 && text.endsWith(":00") && HOURS.includes(Number(text.slice(0, 2)))) labels.push(label(LEFT + n * step, HEIGHT - 4, text, "middle"))
    }
    return labels
  }
}

/**
 * The white tag of a flood, at the newest bins.
 * @param {string} text
 */
function tag(text) {
  const wide = 20 + [...text].reduce((sum, character) => sum + (character > "\u2e80" ? 18 : 10), 0)
  const said = label(WIDTH - wide / 2, 20.5, text, "middle")
  said.setAttribute("class", "flooded")
  return [svg("rect", { x: WIDTH - wide, y: 0, width: wide, height: 28, fill: "var(--sys-bg)" }), said]
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 */
function label(x, y, text, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor, "font-size": 18 })
  node.textContent = text
  return node
}
