/* The page for a wall that nobody touches: five counts and the shares of the running month, readable at 4 m; no names, no ranks, nothing to press. */

import { el, fill, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { GROUPS } from "./counts.js"
import { interval, line, misses, value } from "./figure.js"

/** Pixels of the drawing of months. */
const [WIDE, HIGH] = [520, 150]

/** Shares that are shown where the page of the leader names fewer: the first of the book. */
const MOST = 6

export class Kiosk {
  constructor() {
    this.counts = GROUPS.map((name) => {
      const [mark, number] = [el("span", "mark"), el("b", "", "—")]
      return { name, mark, number, node: el("div", "count", el("span", "label", mark, t(`oversight.count_${name}`)), number) }
    })
    this.rates = el("div", "rates")
    this.matters = el("div", "matters")
    this.said = el("p", "said")
    this.mark = el("span", "mark")
    this.away = el("p", "away", t("oversight.reading"))
    this.away.role = "status"
    this.node = el("div", "kiosk-page", el("header", "", el("h1", "", t("city"), " ", el("b", "", t("oversight.title"))), this.mark, this.said), this.away, el("div", "counts", ...this.counts.map(({ node }) => node)), this.rates, this.matters)
  }

  /**
   * @param {Sent.LeadPage | null} page
   * @param {Sent.OversightFigures | null} figures
   * @param {Sent.OversightBook | null} book
   * @param {boolean} away the figures are old: the service does not answer
   * @param {string} log what the log is: `live`, `exercise`, `replay`
   */
  show(page, figures, book, away, log) {
    say(this.mark, log === "live" ? "" : t(`mark.${log}`))
    this.away.hidden = Boolean(page && book) && !away
    if (away) say(this.away, t("oversight.away"))
    this.node.classList.toggle("old", away)
    if (!page || !figures || !book) return
    say(this.said, `${t("oversight.running_month")} ${figures.until} · ${t("oversight.as_of")} ${words.moment(Date.parse(page.state.at))}`)
    for (const { name, mark, number, node } of this.counts) {
      const count = page.counts[name]
      const bad = name === "late" && count > 0
      say(number, words.number(count))
      fill(mark, ...(bad ? [glyph("orange", { size: 34 })] : []))
      node.classList.toggle("bad", bad)
    }
    fill(this.rates, ...shares(page, figures, book).map(([measure, its]) => rate(measure, its)))
    const rising = page.rising.map(({ matter, count }) => `${matter} ${words.number(count)}`)
    fill(this.matters, ...(rising.length ? [el("b", "", t("oversight.rising")), ` ${rising.slice(0, 5).join("　")}`] : []))
  }
}

/**
 * The shares to show: the three of the leader, then others of which anything was due.
 * @param {Sent.LeadPage} page
 * @param {Sent.OversightFigures} figures
 * @param {Sent.OversightBook} book
 * @returns {[Sent.MeasureTold, Sent.MeasureLine][]}
 */
export function shares(page, figures, book) {
  const first = page.rates.map(({ measure }) => measure)
  const lines = new globalThis.Map([...figures.lines, ...page.rates].map((each) => [each.measure, each]))
  const told = book.measures.filter(({ unit, reading }) => unit === "%" && reading === "assessment")
  const due = told.filter(({ id }) => !first.includes(id) && (lines.get(id)?.figure.of ?? 0) > 0)
  return [...told.filter(({ id }) => first.includes(id)), ...due].slice(0, MOST).flatMap((measure) => {
    const its = lines.get(measure.id)
    return its ? [/** @type {[Sent.MeasureTold, Sent.MeasureLine]} */ ([measure, its])] : []
  })
}

/**
 * @param {Sent.MeasureTold} measure
 * @param {Sent.MeasureLine} its
 */
function rate(measure, { figure, months }) {
  const bad = misses(figure, measure)
  const n = figure.of ? `${words.number(figure.count)} / ${words.number(figure.of)}` : t("oversight.nothing_due")
  const between = interval(figure, 0)
  const text = value(figure, measure)
  return el("div", bad ? "rate bad" : "rate", el("span", "label", bad ? glyph("yellow", { size: 30 }) : "", words.pick(measure.name)), el("b", "", text, figure.of ? el("small", "", " %") : ""), el("span", "n two", el("span", "", between && `${t("oversight.interval")} ${between} %`), el("span", "", n)), drawn(months))
}

/**
 * The months of a share as a line, 0 to 100 %.
 * @param {Sent.MeasureLine["months"]} months
 */
function drawn(months) {
  const values = months.map(({ figure }) => figure.share)
  const x = (/** @type {number} */ n) => 10 + (n * (WIDE - 20)) / Math.max(values.length - 1, 1)
  const y = (/** @type {number} */ share) => HIGH - 8 - share * (HIGH - 16)
  const node = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true" })
  for (const share of [0, 0.5, 1]) node.append(svg("path", { d: `M0 ${y(share)}H${WIDE}`, stroke: "var(--line)" }))
  node.append(svg("path", { d: line(values, x, y), fill: "none", stroke: "var(--data)", "stroke-width": 4 }))
  values.forEach((share, n) => { if (share !== null) node.append(svg("circle", { cx: x(n), cy: y(share), r: n === values.length - 1 ? 8 : 4, fill: n === values.length - 1 ? "var(--ink-1)" : "var(--data)" })) })
  return node
}
