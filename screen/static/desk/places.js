/* Where rows of the desk's list stand: groups one below the other, each with its head; places count rows, pixels count from the top. Pure. */

import { GROUPS } from "./query.js"

/** Pixels of a row, and of a group's head. */
export const ROW = 28
export const HEAD = 26

/** @typedef {{ group: string, first: number, count: number, top: number }} Part */

/**
 * Groups that have rows, each with its first place and its top (pixels).
 * @param {Record<string, number>} counts rows of each group
 * @returns {Part[]}
 */
export function parts(counts) {
  let first = 0
  return GROUPS.filter((group) => counts[group]).map((group, n) => {
    const part = { group, first, count: counts[group], top: n * HEAD + first * ROW }
    first += part.count
    return part
  })
}

/**
 * From the top, in pixels, of the row at a place.
 * @param {Part[]} all
 * @param {number} place
 */
export function topOf(all, place) {
  const part = all.findLast((each) => each.first <= place)
  return part ? part.top + HEAD + (place - part.first) * ROW : 0
}

/**
 * The part that is to be seen at so many pixels from the top.
 * @param {Part[]} all
 * @param {number} top
 */
export const partAt = (all, top) => all.findLast((each) => each.top <= top)

/**
 * The place of the row at so many pixels from the top.
 * @param {Part[]} all
 * @param {number} top
 */
export function placeAt(all, top) {
  const part = partAt(all, top)
  return part ? part.first + Math.min(part.count - 1, Math.max(0, Math.floor((top - part.top - HEAD) / ROW))) : 0
}
