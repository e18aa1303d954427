/* The time line under a replay: where a moment stands on it and which hours are written below it. Pixels from the left, milliseconds. Pure. */

import * as words from "../../common/words.js"

const [MINUTE, HOUR] = [60_000, 3_600_000]

/** Pixels left of the line, where its numbers stand, and right of it. */
export const LEFT = 40
export const RIGHT = 8

/** Hours between two hours that are written, the first that leaves room for them (pixels). */
const HOURS = [1, 2, 3, 6, 12, 24, 48, 96]
const ROOM = 64

/** The city's hours are eight ahead of UTC all year. */
const EAST = 8 * HOUR

/** @typedef {{ from: number, to: number }} Period */

/**
 * Where a moment stands in a line so many pixels wide.
 * @param {Period} period
 * @param {number} wide
 * @param {number} at
 */
export const placeOf = ({ from, to }, wide, at) => LEFT + ((wide - LEFT - RIGHT) * (at - from)) / (to - from)

/**
 * The moment at a place of the line; beyond its ends it is a moment beyond the period.
 * @param {Period} period
 * @param {number} wide
 * @param {number} x
 */
export const momentAt = ({ from, to }, wide, x) => from + ((to - from) * (x - LEFT)) / (wide - LEFT - RIGHT)

/**
 * The hours that are written, each with its moment: as many as there is room for; ten minutes apart where the period is two hours at most.
 * @param {Period} period
 * @param {number} wide
 * @returns {{ at: number, text: string }[]}
 */
export function hours({ from, to }, wide) {
  const every = HOURS.find((count) => placeOf({ from, to }, wide, from + count * HOUR) - LEFT >= ROOM) ?? 24
  const step = to - from <= 2 * HOUR ? 10 * MINUTE : every * HOUR
  const found = []
  for (let at = Math.ceil((from + EAST) / step) * step - EAST; at <= to; at += step) found.push({ at, text: told(at, from, to) })
  return found
}

/**
 * @param {number} at
 * @param {number} from
 * @param {number} to
 */
function told(at, from, to) {
  const text = words.minute(at)
  if (text !== "00:00") return text
  if (to - from > 24 * HOUR) return words.date(at).slice(5)
  return at === to ? "24:00" : text
}
