/* Figures of past months that have changed: by which case, from what to what, and why. */

import { el, fill, head } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { storyAt } from "./lists.js"

export class Corrections {
  constructor() {
    const top = head(t("oversight.corrections"), t("oversight.corrections_note"))
    this.end = top.end
    this.body = el("ul", "body")
    this.node = el("section", "corrections", top.node, this.body)
    this.node.ariaLabel = t("oversight.corrections")
  }

  /**
   * @param {Sent.OversightCorrections | null} told
   * @param {Sent.OversightBook} book
   */
  show(told, book) {
    if (!told) return
    this.end.textContent = told.total ? words.number(told.total) : ""
    const measures = new globalThis.Map(book.measures.map((each) => [each.id, each]))
    const rows = told.corrections.map((each) => el("li", "", correction(each, measures.get(each.measure))))
    fill(this.body, ...(rows.length ? rows : [el("li", "none", t("oversight.none_corrected"))]))
  }
}

/** Why a case counts otherwise that no act of an order's trail did. */
const REASONS = ["objection", "fact"]

/**
 * @param {Sent.Correction} each
 * @param {Sent.MeasureTold | undefined} measure
 */
function correction({ at, number, order, before, after, why }, measure) {
  const month = (after ?? before)?.month ?? ""
  const unit = (after ?? before)?.unit_name
  const node = el(order ? "a" : "span", "correction", el("b", "", measure ? words.pick(measure.name) : ""), el("span", "", ` ${month} · ${unit ? words.pick(unit) : ""}`), el("span", "change", `${counted(before, measure)} → ${counted(after, measure)}`), el("small", "", [words.moment(Date.parse(at)), number, REASONS.includes(why) ? t(`oversight.why_${why}`) : why && (words.word(`order_do.${words.key(why)}`) || words.word(`order_event.${words.key(why)}`) || why)].filter(Boolean).join(" · ")))
  if (node instanceof HTMLAnchorElement) node.href = storyAt(order)
  return node
}

/**
 * As what a case counted.
 * @param {Sent.HowCounted | null} how
 * @param {Sent.MeasureTold | undefined} measure
 */
function counted(how, measure) {
  if (!how) return t("oversight.not_counted")
  if (how.behind === "left-out") return `${t("oversight.left_out")}（${words.pick(measure?.reasons[how.reason]) || how.reason}）`
  return t(how.behind === "numerator" ? "oversight.in_numerator" : "oversight.in_rest")
}
