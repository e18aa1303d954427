/* A figure in words and lines: n of N, share with its interval, what is left out; nothing due is said to be no share, never 100 %. */

import { button, el, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Pixels of an interval's bar and of the drawing of months. */
const [WIDE, HIGH] = [150, 20]
const [SPARK, TALL] = [122, 34]

/** Points that the drawing of months spans at least, so that a small change does not look like a great one. */
const LEAST = 6

/**
 * Whether a figure misses its target: a figure of assessment by itself, one of analysis where its whole interval does.
 * @param {Sent.Figure} figure
 * @param {Pick<Sent.MeasureTold, "target" | "direction" | "reading">} measure
 */
export function misses({ share, low, high }, { target, direction, reading }) {
  if (target === null || share === null || low === null || high === null) return false
  const higher = direction === "higher"
  const best = reading === "assessment" ? share : higher ? high : low
  return higher ? 100 * best < target : 100 * best > target
}

/**
 * Which cases one asks about first: those that were not done as they should.
 * @param {Pick<Sent.MeasureTold, "direction" | "unit">} measure
 */
export const worse = ({ direction, unit }) => (unit === "%" && direction === "lower" ? "numerator" : "rest")

/**
 * A share in percent, a time in hours; null where there is none.
 * @param {Sent.Figure} figure
 * @param {Pick<Sent.MeasureTold, "unit">} measure
 */
const number = ({ share, hours }, { unit }) => (unit === "%" ? (share === null ? null : 100 * share) : hours)

/**
 * A figure as a number; a dash where there is none.
 * @param {Sent.Figure} figure
 * @param {Pick<Sent.MeasureTold, "unit">} measure
 */
export const value = (figure, measure) => number(figure, measure)?.toFixed(1) ?? "—"

/**
 * The interval of a share in percent; empty where there is none.
 * @param {Pick<Sent.Figure, "low" | "high">} figure
 * @param {number} [digits]
 */
export const interval = ({ low, high }, digits = 1) => (low === null || high === null ? "" : `${(100 * low).toFixed(digits)}–${(100 * high).toFixed(digits)}`)

/** The number of those left out. @param {Sent.Figure} figure */
export const leftOut = ({ excluded }) => Object.values(excluded).reduce((sum, count) => sum + count, 0)

/**
 * Why how many were left out.
 * @param {Sent.Figure} figure
 * @param {Pick<Sent.MeasureTold, "reasons">} measure
 */
export const reasons = ({ excluded }, measure) => Object.entries(excluded).map(([reason, count]) => `${words.pick(measure.reasons[reason]) || reason} ${words.number(count)}`).join(t("comma"))

/**
 * A figure in one line, for who hears the page.
 * @param {Sent.Figure} figure
 * @param {Sent.MeasureTold} measure
 */
export function said(figure, measure) {
  const { count, of } = figure
  if (!of) return `${words.pick(measure.name)}：${t("oversight.nothing_due")}`
  const between = interval(figure)
  return `${words.pick(measure.name)} ${words.number(count)} / ${words.number(of)} · ${value(figure, measure)} ${unitOf(measure)}${between && ` · ${t("share.interval")} ${between} %`}`
}

/** The unit of a measure's figures. @param {Pick<Sent.MeasureTold, "unit">} measure */
export const unitOf = ({ unit }) => (unit === "%" ? "%" : t("unit.hour"))

/**
 * A number that opens the cases behind it; plain text where there are none, or they may not be seen.
 * @param {string} text
 * @param {(() => void) | null} open
 * @param {string} label
 * @param {string} [className]
 */
export function opens(text, open, label, className = "") {
  if (!open) return el("span", `fig ${className}`, text)
  const node = button(`fig ${className}`, (event) => { event.stopPropagation(); open() }, text)
  node.ariaLabel = `${label} ${text}`
  return node
}

/**
 * The interval of Wilson on the axis from 0 to 100 %: a bar, a dot at the share, a tick at the target.
 * @param {Sent.Figure} figure
 * @param {Pick<Sent.MeasureTold, "target">} measure
 */
export function intervalBar({ share, low, high }, { target }) {
  const at = (/** @type {number} */ part) => (part * WIDE).toFixed(1)
  const axis = svg("path", { d: `M0 ${HIGH / 2}H${WIDE}`, stroke: "var(--line)", "stroke-width": 1 })
  const marks = [0, 0.5, 1].map((part) => svg("path", { d: `M${at(part)} ${HIGH / 2 - 3}V${HIGH / 2 + 3}`, stroke: "var(--line)" }))
  const node = svg("svg", { width: WIDE, height: HIGH, "aria-hidden": "true", class: "interval" }, axis, ...marks)
  if (target !== null) node.append(svg("path", { d: `M${at(target / 100)} 1V${HIGH - 1}`, stroke: "var(--ink-1)", "stroke-width": 2 }))
  if (share === null || low === null || high === null) return node
  node.append(svg("path", { d: `M${at(low)} ${HIGH / 2}H${at(high)}`, stroke: "var(--data)", "stroke-width": 4 }))
  node.append(svg("circle", { cx: at(share), cy: HIGH / 2, r: 4, fill: "var(--ink-1)", stroke: "var(--bg-0)", "stroke-width": 1.5 }))
  return node
}

/**
 * The months of a measure as a line with gaps where nothing was due; a ring at the month a year ago, a dot at the newest.
 * @param {Sent.MeasureLine["months"]} months
 * @param {Pick<Sent.MeasureTold, "unit" | "target">} measure
 */
export function spark(months, { unit, target }) {
  const values = months.map(({ figure }) => number(figure, { unit }))
  const known = values.filter((each) => each !== null)
  const node = svg("svg", { width: SPARK, height: TALL, class: "spark", role: "img", "aria-label": sparkWords(months, values, unit) })
  if (!known.length) return node
  const all = target === null ? known : [...known, target]
  const middle = (Math.min(...all) + Math.max(...all)) / 2
  const half = Math.max(Math.max(...all) - Math.min(...all), LEAST) / 2
  const x = (/** @type {number} */ n) => 4 + (n * (SPARK - 8)) / Math.max(values.length - 1, 1)
  const y = (/** @type {number} */ each) => TALL / 2 - ((each - middle) / half) * (TALL / 2 - 5)
  if (target !== null) node.append(svg("path", { d: `M0 ${y(target)}H${SPARK}`, stroke: "var(--axis)", "stroke-dasharray": "2 4", "stroke-width": 1.5 }))
  node.append(svg("path", { d: line(values, x, y), fill: "none", stroke: "var(--data)", "stroke-width": 1.5 }))
  if (values[0] !== null) node.append(svg("circle", { cx: x(0), cy: y(values[0]), r: 2.5, fill: "none", stroke: "var(--data)", "stroke-width": 1.5 }))
  const last = values.at(-1) ?? null
  if (last !== null) node.append(svg("circle", { cx: x(values.length - 1), cy: y(last), r: 3, fill: "var(--ink-1)" }))
  return node
}

/**
 * A path through the values that are known; it breaks where one is not.
 * @param {(number | null)[]} values
 * @param {(n: number) => number} x
 * @param {(value: number) => number} y
 */
export function line(values, x, y) {
  let drawn = ""
  values.forEach((each, n) => {
    if (each !== null) drawn += `${n > 0 && values[n - 1] !== null ? "L" : "M"}${x(n).toFixed(1)} ${y(each).toFixed(1)}`
  })
  return drawn
}

/**
 * @param {Sent.MeasureLine["months"]} months
 * @param {(number | null)[]} values
 * @param {"%" | "h"} unit
 */
const sparkWords = (months, values, unit) => months.map(({ month }, n) => `${month} ${values[n] === null ? "—" : `${values[n]?.toFixed(1)} ${unitOf({ unit })}`}`).join("，")

/**
 * A share or a time with its sign where the target is missed.
 * @param {Sent.Figure} figure
 * @param {Sent.MeasureTold} measure
 * @param {(() => void) | null} open
 */
export function shareOf(figure, measure, open) {
  const bad = misses(figure, measure)
  const node = opens(value(figure, measure), figure.of ? open : null, words.pick(measure.name), bad ? "pc yellow" : "pc")
  if (bad) node.prepend(glyph("yellow", { size: 12 }), " ")
  return node
}
