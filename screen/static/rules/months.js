/* What is asked of other thresholds of a sign, and what the months of the answer come to. Pure. */

import { SEVERITIES } from "../common/marks.js"

/** The levels, the mildest first. */
export const LEVELS = [...SEVERITIES].reverse()

const DAY = 86_400_000
const NUMBER = /^-?\d+(\.\d+)?$/
const LENGTH = /^\d+[smhd]$/

/** @typedef {{ calls: Record<string, number>, hours: Record<string, number> }} Side by level how often it was entered, and the full hours in each state */
/** @typedef {{ area: string, month: string, na: number, own: Side, other: Side }} Month */
/** @typedef {{ thresholds: Record<string, number | null>, delay: string | null, deadband: number | null }} Asked */

/**
 * What a person has written: the levels that are to be other than the sign's own, and the pace where it is another. Null where a field cannot be read.
 * @param {Pick<Sent.SignSpec, "limits" | "delay" | "deadband">} sign
 * @param {{ levels: Record<string, string>, delay: string, deadband: string }} fields
 * @returns {Asked | null}
 */
export function asked({ limits, delay, deadband }, fields) {
  const [wait, back] = [fields.delay.trim(), fields.deadband.trim()]
  const thresholds = levels(limits, fields.levels)
  if (!thresholds || (wait && !LENGTH.test(wait)) || (back && !(NUMBER.test(back) && Number(back) >= 0))) return null
  return { thresholds, delay: wait && wait !== delay ? wait : null, deadband: back && Number(back) !== deadband ? Number(back) : null }
}

/**
 * The levels that are other than the sign's own; an empty field is no level.
 * @param {Sent.SignLimit[]} limits
 * @param {Record<string, string>} written
 */
function levels(limits, written) {
  const own = new Map(limits.map(({ severity, value }) => [/** @type {string} */ (severity), value]))
  /** @type {Record<string, number | null>} */
  const found = {}
  for (const level of LEVELS) {
    const text = (written[level] ?? "").trim()
    if (text && !NUMBER.test(text)) return null
    const value = text ? Number(text) : null
    if (value !== (own.get(level) ?? null)) found[level] = value
  }
  return found
}

/**
 * A time of whole days (2026-03-05) as far as the archive has it; null where it has nothing of it.
 * @param {string} first
 * @param {string} last
 * @param {{ from: number | null, to: number | null }} archive
 */
export function within(first, last, archive) {
  const [begin, end] = [first, last].map((day) => Date.parse(`${day}T00:00:00+08:00`))
  if (Number.isNaN(begin) || Number.isNaN(end) || archive.from === null || archive.to === null) return null
  const to = Math.min(end + DAY, archive.to)
  return begin < to && end + DAY > archive.from ? { from: begin, to } : null
}

/**
 * All months together.
 * @param {Month[]} months
 * @returns {Omit<Month, "area" | "month">}
 */
export function together(months) {
  /** @param {("own" | "other")} side */
  const sum = (side) => ({ calls: added(months.map((each) => each[side].calls)), hours: added(months.map((each) => each[side].hours)) })
  return { na: months.reduce((all, { na }) => all + na, 0), own: sum("own"), other: sum("other") }
}

/** @param {Record<string, number>[]} counts */
function added(counts) {
  /** @type {Record<string, number>} */
  const found = {}
  for (const each of counts) for (const [name, count] of Object.entries(each)) found[name] = (found[name] ?? 0) + count
  return found
}

/**
 * Hours at any level.
 * @param {Side} side
 */
export const beyond = ({ hours }) => LEVELS.reduce((sum, level) => sum + (hours[level] ?? 0), 0)

/**
 * How often it called, at any level.
 * @param {Side} side
 */
export const called = ({ calls }) => LEVELS.reduce((sum, level) => sum + (calls[level] ?? 0), 0)
