/* A life as a funnel: that of the last day's alarms, or of the orders in hand; what waits for a step, and what of it is late. */

import { change, el, head, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { t } from "../common/words.js"

const [WIDE, TALL] = [150, 36]

/** @typedef {"life" | "flow"} Lived the section that has the stages, and the table of their words */

export class Life {
  /** @type {string} */
  key

  /**
   * @param {Lived} lived
   * @param {[title: string, beside: string, unit: string]} heads
   */
  constructor(lived, heads) {
    this.lived = lived
    this.body = el("div", "fun")
    this.needs = [lived]
    this.node = el("section", `life ${lived}`, head(...heads).node, this.body)
  }

  /** @param {Pick<Sent.Sections, Lived>} sections */
  show(sections) {
    const stages = sections[this.lived]
    const key = JSON.stringify(stages)
    if (key === this.key) return
    this.key = key
    const most = Math.max(1, stages[0].count)
    change(this.body, ...stages.flatMap((stage, n) => row(this.lived, stage, n, most)))
  }
}

/**
 * @param {Lived} lived
 * @param {Sent.Stage} stage
 * @param {number} n its place
 * @param {number} most
 */
function row(lived, { name, count, waiting, late }, n, most) {
  const waits = n ? `${t(`${lived}.waiting`)} ${waiting}` : ""
  const over = el("div", "o")
  if (late) over.append(glyph("orange", { size: 17 }), el("span", "", `${t(`${lived}.late`)} `, el("b", "", String(late))))
  return [el("div", "k", t(`${lived}.${name}`)), el("div", "b", bar(count, waiting, late, most)), el("div", "c", String(count)), el("div", "o", waits), over]
}

/**
 * Filled: those that have done it; outlined: those that wait; orange at its end: those that are late.
 * @param {number} count
 * @param {number} waiting
 * @param {number} late
 * @param {number} most
 */
function bar(count, waiting, late, most) {
  /** @param {number} value */
  const x = (value) => (value / most) * WIDE
  const drawing = svg("svg", { width: WIDE, height: TALL })
  drawing.append(svg("rect", { y: 10, width: x(count), height: 17, fill: "var(--data)" }))
  if (waiting) drawing.append(svg("rect", { x: x(count) + 1, y: 10.75, width: Math.max(0, x(waiting) - 1.75), height: 15.5, fill: "none", stroke: "var(--axis)", "stroke-width": 1.5 }))
  if (late) drawing.append(svg("rect", { x: x(count + waiting - late), y: 10, width: x(late), height: 17, fill: "var(--orange)" }))
  return drawing
}
