/* The life of the last day's alarms as a funnel: annunciated, acknowledged, normal again, closed; what waits for a step, and what of it is late. */

import { change, el, head, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import { t } from "../common/words.js"

const [WIDE, TALL] = [150, 36]

export class Life {
  /** @type {string} */
  key

  constructor() {
    this.body = el("div", "fun")
    this.needs = ["life"]
    this.node = el("section", "life", head(t("panel.life"), t("panel.life_by"), t("panel.life_unit")).node, this.body)
  }

  /** @param {Pick<Sent.Sections, "life">} sections */
  show({ life }) {
    const key = JSON.stringify(life)
    if (key === this.key) return
    this.key = key
    const most = Math.max(1, life[0].count)
    change(this.body, ...life.flatMap((stage) => row(stage, most)))
  }
}

/**
 * @param {Sent.Stage} stage
 * @param {number} most
 */
function row({ name, count, waiting, late }, most) {
  const waits = name === "raised" ? "" : `${t("life.waiting")} ${waiting}`
  const over = el("div", "o")
  if (late) over.append(glyph("orange", { size: 17 }), el("span", "", `${t("life.late")} `, el("b", "", String(late))))
  return [el("div", "k", t(`life.${name}`)), el("div", "b", bar(count, waiting, late, most)), el("div", "c", String(count)), el("div", "o", waits), over]
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
