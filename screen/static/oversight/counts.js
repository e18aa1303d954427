/* The five counts of now: 今日新增, 在办, 临期, 超期, 未签收; each opens the very orders. */

import { button, change, el, fill, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { line } from "./figure.js"

/** @type {Sent.WorkGroup[]} */
export const GROUPS = ["new", "open", "soon", "late", "unsigned"]

export class Counts {
  /**
   * `open(group)` is called when a person asks for the orders of a count.
   * @param {(group: Sent.WorkGroup) => void} open
   */
  constructor(open) {
    this.slots = GROUPS.map((name) => {
      const mark = el("span", "mark")
      const value = el("b", "n", "—")
      const beside = el("small", "beside")
      const days = el("span", "days")
      const node = button("count", () => open(name))
      node.append(el("span", "top", mark, el("span", "", t(`oversight.count_${name}`))), el("span", "v", value, el("small", "", t("oversight.cases_unit")), days), beside)
      return { name, node, mark, value, beside, days }
    })
    this.node = el("section", "counts", ...this.slots.map(({ node }) => node))
    this.node.ariaLabel = t("oversight.counts")
  }

  /**
   * `opens`: whether the orders behind them may be seen.
   * @param {Sent.LeadPage} page
   * @param {boolean} opens
   */
  show(page, opens) {
    for (const { name, node, mark, value, beside, days } of this.slots) {
      const count = page.counts[name]
      const bad = name === "late" && count > 0
      say(value, words.number(count))
      say(beside, said(page, name))
      change(days, ...(name === "new" || name === "open" ? [trend(page.days, name)] : []))
      fill(mark, ...(bad ? [glyph("orange", { size: 14 })] : []))
      node.classList.toggle("bad", bad)
      node.classList.toggle("zero", count === 0)
      node.disabled = !opens || !count
    }
  }
}

/** Pixels of the line of days. */
const [WIDE, HIGH] = [150, 36]

/**
 * The newest days of a count as a line, a dot at today; what it says is of so many days, oldest first.
 * @param {Sent.LeadPage["days"]} days
 * @param {"new" | "open"} name
 */
export function trend(days, name) {
  const values = days.map((each) => each[name])
  const told = `${t(`oversight.count_${name}`)} ${t("oversight.days").replace("{}", String(days.length))}：${days.map((each) => `${each.day.slice(5)} ${each[name]}`).join("，")}`
  const node = svg("svg", { width: WIDE, height: HIGH, class: "trend", role: "img", "aria-label": told }, svg("title", {}, told))
  if (values.length < 2) return node
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (/** @type {number} */ n) => 4 + (n * (WIDE - 8)) / (values.length - 1)
  const y = (/** @type {number} */ each) => (high === low ? HIGH / 2 : HIGH - 5 - ((each - low) / (high - low)) * (HIGH - 10))
  const last = values.length - 1
  node.append(svg("path", { d: line(values, x, y), fill: "none", stroke: "var(--data)", "stroke-width": 1.5 }), svg("circle", { cx: x(last), cy: y(values[last]), r: 3, fill: "var(--ink-1)" }))
  return node
}

/**
 * What stands beside a count.
 * @param {Sent.LeadPage} page
 * @param {Sent.WorkGroup} name
 */
function said({ counts, state }, name) {
  if (name === "new") return `${state.day} ${t("oversight.since_midnight")}`
  const of = name === "open" || !counts.open ? "" : ` · ${t("oversight.of_open")} ${((100 * counts[name]) / counts.open).toFixed(1)} %`
  return `${t(`oversight.beside_${name}`)}${of}`
}
