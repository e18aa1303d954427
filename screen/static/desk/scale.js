/* How readings are drawn: from when on, between which values, and with which steps. Times are milliseconds. Pure. */

const [MINUTE, HOUR] = [60_000, 3_600_000]

/** Room above the highest value, as a share of a step. */
const AIR = 0.2

/** Steps between the values that are written, about. */
const WRITTEN = 4

/** A scale begins at nothing where the lowest value is below this share of the highest. */
const LOW = 0.6

/** Readings that are shown at least, as far as there are any. */
const FEW = 24

/** @typedef {[at: number, value: number]} Reading */

/**
 * From when on to show: what came before the alert as long as it has lasted, six hours at least; further back for few readings.
 * @param {Reading[]} points in order
 * @param {number} opened
 * @param {number} end
 */
export function since(points, opened, end) {
  if (!points.length) return opened - Math.max(30 * MINUTE, (end - opened) / 4)
  const wanted = opened - Math.max(6 * HOUR, end - opened)
  const [few] = points[Math.max(0, points.length - FEW)]
  return Math.max(points[0][0], Math.min(wanted, few))
}

/**
 * Whether a value can be a mean, or an extreme, of these readings.
 * @param {number | null} value
 * @param {Reading[]} points
 */
export function within(value, points) {
  const values = points.map(([, each]) => each)
  return value !== null && values.length > 0 && value >= Math.min(...values) && value <= Math.max(...values)
}

/**
 * A step of 1, 2 or 5 tens that is not smaller.
 * @param {number} size greater than nothing
 */
export function nice(size) {
  const ten = 10 ** Math.floor(Math.log10(size))
  return ten * ([1, 2, 5, 10].find((step) => step * ten >= size * 0.999) ?? 10)
}

/**
 * The lowest and highest value of a scale that holds all these, and the step between those that are written; without values from 0 to 1.
 * @param {number[]} values
 */
export function bounds(values) {
  const [least, most] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1]
  const from = least >= 0 && least < LOW * most ? 0 : least
  const step = nice((most - from || Math.abs(most) || 1) / WRITTEN)
  const low = Math.floor(from / step) * step
  return { low, high: Math.max(Math.ceil((most + step * AIR) / step) * step, low + step), step }
}

/**
 * The values that are written at a scale.
 * @param {{ low: number, high: number, step: number }} scale
 */
export const ticks = ({ low, high, step }) => Array.from({ length: Math.round((high - low) / step) + 1 }, (_, n) => low + n * step)
