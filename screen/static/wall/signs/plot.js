/* Where the line of a sign's 24 hours, its band and its limits stand in a chart. Pure. */

/** Hours in a chart: the 24 full ones before now, and now. */
export const HOURS = 24
const HOUR = 3_600_000
/** The city's time is UTC+08:00 all year. */
const EAST = 8
/** What is left free above and below, as a share of the height. */
const AIR = 0.1

/** @typedef {{ x: (hour: number) => number, y: (value: number) => number }} Scale */

/**
 * Where an hour and a value stand; all values, the band and the limits have room.
 * @param {Pick<Sent.SignFigure, "value" | "trend" | "band">} found
 * @param {number[]} limits
 * @param {number} width
 * @param {number} height
 * @returns {Scale}
 */
export function scale({ value, trend = [], band = [] }, limits, width, height) {
  const values = [...trend, value, ...band.flat(), ...limits].filter((each) => each !== null && each !== undefined)
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1]
  const span = high - low || Math.abs(high) || 1
  const [bottom, top] = [low - span * AIR, low + span * (1 + AIR)]
  return { x: (hour) => round((hour / HOURS) * width), y: (each) => round(height - ((each - bottom) / (top - bottom)) * height) }
}

/**
 * The values as pieces of a line, one for each stretch without a gap; a trend that is shorter than a day ends now all the same.
 * @param {Pick<Sent.SignFigure, "value" | "trend">} found
 * @returns {[hour: number, value: number][][]}
 */
export function pieces({ value, trend = [] }) {
  return stretches([...trend, value], HOURS - trend.length)
}

/**
 * What stands at the hours from `begin` on, in pieces without a gap.
 * @template Each
 * @param {(Each | null)[]} told
 * @param {number} begin
 * @returns {[hour: number, each: Each][][]}
 */
function stretches(told, begin) {
  /** @type {[number, Each][][]} */
  const found = [[]]
  for (const [n, each] of told.entries()) {
    if (each === null) found.push([])
    else found.at(-1)?.push([begin + n, each])
  }
  return found.filter((piece) => piece.length)
}

/**
 * That end of the line which is past a limit, for the worse.
 * @param {[hour: number, value: number][][]} line
 * @param {number} limit
 * @param {"higher" | "lower"} better
 * @returns {[hour: number, value: number][]}
 */
export function past(line, limit, better) {
  const last = line.at(-1) ?? []
  const inside = last.findLastIndex(([, value]) => (better === "higher" ? value > limit : value < limit))
  return last.slice(inside + 1)
}

/**
 * The first hour since which there is nothing: where the hatch begins; null where there is a value now.
 * @param {Pick<Sent.SignFigure, "value" | "trend">} found
 */
export function stopped({ value, trend = [] }) {
  if (value !== null) return null
  return HOURS - trend.length + trend.findLastIndex((each) => each !== null) + 1
}

/**
 * A path through points.
 * @param {[hour: number, value: number][]} piece
 * @param {Scale} at
 */
export const path = (piece, at) => (piece.length === 1 ? `M${at.x(piece[0][0])} ${at.y(piece[0][1])}h.1` : `M${piece.map(([hour, value]) => `${at.x(hour)} ${at.y(value)}`).join("L")}`)

/**
 * The band as closed paths, one for each stretch of hours that has a baseline.
 * @param {Sent.SignFigure["band"]} band
 * @param {Scale} at
 */
export function bands(band, at) {
  const found = band ? stretches(band, HOURS - band.length) : []
  return found.filter((piece) => piece.length > 1).map((piece) => `M${piece.map(([hour, [, high]]) => `${at.x(hour)} ${at.y(high)}`).join("L")}L${piece.reverse().map(([hour, [low]]) => `${at.x(hour)} ${at.y(low)}`).join("L")}Z`)
}

/**
 * Where the hours 0, 6, 12 and 18 of the city's day stand, of a chart that ends at a moment.
 * @param {number} end
 * @returns {{ hour: number, name: string }[]}
 */
export function hours(end) {
  const found = []
  for (let back = Math.floor(end / HOUR); back > end / HOUR - HOURS; back -= 1) {
    const name = (back + EAST) % 24
    if (name % 6 === 0) found.unshift({ hour: HOURS - (end / HOUR - back), name: String(name).padStart(2, "0") })
  }
  return found
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10
