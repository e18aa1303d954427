/* The periods of an index that figures are kept of, and the weights that a person tries. Pure. */

import { months } from "../query.js"

/**
 * The periods of a kind from the first month that is kept to a day, the newest first: `2026-03`, `2026-Q1`, `2026`.
 * @param {string} kind
 * @param {string} since `2026-01`
 * @param {string} day `2026-11-24`
 */
export function periods(kind, since, day) {
  const all = months(since, day.slice(0, 7))
  const name = (/** @type {string} */ month) => (kind === "year" ? month.slice(0, 4) : kind === "quarter" ? `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5)) / 3)}` : month)
  return [...new Set(all.map(name))]
}

/**
 * The indicators that have a weight: all but vetoes.
 * @template {{ rule: string }} T
 * @param {T[]} indicators
 */
export const weighted = (indicators) => indicators.filter(({ rule }) => rule !== "veto")

/**
 * What other weights are asked for: those of all indicators, where one of them is another; empty where none is.
 * @param {{ id: string, weight: number, rule: string }[]} indicators
 * @param {Record<string, string>} tried by indicator what was written
 */
export function weightsWord(indicators, tried) {
  const all = weighted(indicators)
  if (!all.some(({ id, weight }) => id in tried && Number(tried[id]) !== weight)) return ""
  return all.map(({ id, weight }) => `${id}:${tried[id] ?? weight}`).join(",")
}

/**
 * What the weights that were written come to; NaN where one is no number.
 * @param {{ id: string, weight: number, rule: string }[]} indicators
 * @param {Record<string, string>} tried
 */
export const weightsSum = (indicators, tried) => weighted(indicators).reduce((sum, { id, weight }) => sum + (id in tried ? (tried[id].trim() === "" ? Number.NaN : Number(tried[id])) : weight), 0)
