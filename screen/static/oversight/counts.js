/* The five counts of now: 今日新增, 在办, 临期, 超期, 未签收; each opens the very orders. */

import { button, el, fill, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

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
      const node = button("count", () => open(name))
      node.append(el("span", "top", mark, el("span", "", t(`oversight.count_${name}`))), el("span", "v", value, el("small", "", t("oversight.cases_unit"))), beside)
      return { name, node, mark, value, beside }
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
    for (const { name, node, mark, value, beside } of this.slots) {
      const count = page.counts[name]
      const bad = name === "late" && count > 0
      say(value, words.number(count))
      say(beside, said(page, name))
      fill(mark, ...(bad ? [glyph("orange", { size: 14 })] : []))
      node.classList.toggle("bad", bad)
      node.classList.toggle("zero", count === 0)
      node.disabled = !opens || !count
    }
  }
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
