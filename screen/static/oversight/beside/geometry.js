/* Where the points and limits of a funnel, and the ratio of a unit's misses to what its mix lets expect, are drawn. Pure. */

/** Points (of 100) that the drawing spans at least, so that a small difference does not look like a great one. */
const LEAST = 0.1

/** Pixels left free for the numbers of the axes. */
const EDGE = { left: 40, right: 18, top: 8, bottom: 24 }

/** The ratios at the ends of the axis of O/E: a quarter, and four times what was expected. */
export const ENDS = /** @type {const} */ ([0.25, 4])

/**
 * Ticks of an axis at round steps, about so many.
 * @param {number} low
 * @param {number} high
 * @param {number} about
 */
export function ticks(low, high, about) {
  const rough = (high - low) / Math.max(about, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? power
  const first = Math.ceil(low / step - 1e-9)
  const found = []
  for (let n = first; n * step <= high + step * 1e-9; n += 1) found.push(Number((n * step).toPrecision(12)))
  return found
}

/**
 * The scales of a funnel: cases along, shares up; all units, limits and the centre are within.
 * @param {Sent.UnitBeside[]} rows
 * @param {Pick<Sent.KindBeside, "centre" | "curve">} kind
 * @param {number} wide
 * @param {number} high
 */
export function scales(rows, { centre, curve }, wide, high) {
  const there = rows.filter(({ of }) => of > 0)
  const most = Math.max(2, ...there.map(({ of }) => of), ...curve.map(({ of }) => of))
  const fewest = Math.min(...there.map(({ of }) => of), most)
  const limits = curve.filter(({ of }) => of >= fewest).flatMap(({ alarm }) => alarm)
  const all = [...there.map(({ share }) => share ?? 0), ...limits, ...(centre === null ? [] : [centre])]
  const middle = all.length ? (Math.min(...all) + Math.max(...all)) / 2 : 0.5
  const half = all.length ? Math.max(Math.max(...all) - Math.min(...all), LEAST) / 2 + 0.02 : 0.5
  const [low, top] = [Math.max(0, middle - half), Math.min(1, middle + half)]
  return {
    most,
    low,
    top,
    x: (/** @type {number} */ of) => EDGE.left + (of / most) * (wide - EDGE.left - EDGE.right),
    y: (/** @type {number} */ share) => EDGE.top + ((top - share) / Math.max(top - low, 1e-9)) * (high - EDGE.top - EDGE.bottom),
  }
}

/**
 * A path through one end of the limits, kept within the drawing.
 * @param {Sent.KindBeside["curve"]} curve
 * @param {"warning" | "alarm"} level
 * @param {0 | 1} end the lower or the upper
 * @param {ReturnType<typeof scales>} to
 */
export function limitPath(curve, level, end, { x, y, low, top }) {
  const points = curve.map((each) => [x(each.of), y(Math.min(top, Math.max(low, each[level][end])))])
  return points.map(([across, down], n) => `${n ? "L" : "M"}${across.toFixed(1)} ${down.toFixed(1)}`).join("")
}

/**
 * Where a ratio stands on an axis of so many pixels, by its logarithm; what is beyond an end stands at it.
 * @param {number} ratio
 * @param {number} wide
 */
export function along(ratio, wide) {
  const [low, high] = ENDS.map(Math.log)
  const at = ratio > 0 ? (Math.log(ratio) - low) / (high - low) : 0
  return Math.min(1, Math.max(0, at)) * wide
}

/**
 * How many units of some chance alone would put beyond the limits at most: exact limits leave 5 %, and 0.2 %, or less.
 * @param {number} units
 */
export const byChance = (units) => ({ warning: 0.05 * units, alarm: 0.002 * units })
