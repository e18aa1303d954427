/* Where marks stand: above their places, and beside that where it would hide a name or another mark. Pure. */

import { Room, shifted } from "../../common/room.js"

/** Pixels of a mark's figure, without its halo. */
const WIDE = 22

/** Pixels by which a mark gives way, the nearest first: to the side, below its place, one more to the side, above and below these. */
const WAYS = /** @type {Sent.Point[]} */ ([[0, 0], [22, 0], [-22, 0], [0, 30], [22, 30], [-22, 30], [33, 15], [-33, 15], [44, 0], [-44, 0], [0, -22], [22, -22], [-22, -22], [44, 30], [-44, 30], [0, 52], [44, -22], [-44, -22]])

/** @typedef {[middle: Sent.Point, width: number, height: number]} Box */

/**
 * Each mark with its place (pixels), the last of `marks` first served, in the order of `marks`. A mark for which there is no room covers
 * other marks where it must, and a name only where there is no way around it.
 * @template {{ at: Sent.Point, offset: Sent.Point }} Mark
 * @param {Mark[]} marks the worst last
 * @param {Box[]} names
 * @param {(at: Sent.Point) => Sent.Point} project
 * @param {(place: Sent.Point) => boolean} [fits] whether a mark may stand at a place
 * @returns {{ mark: Mark, place: Sent.Point }[]}
 */
export function settled(marks, names, project, fits = () => true) {
  const [room, written] = [new Room(), new Room()]
  for (const name of names) [room, written].forEach((each) => each.fill(...name))
  return marks.toReversed().map((mark) => {
    const usual = shifted(project(mark.at), mark.offset)
    const ways = WAYS.map((way) => shifted(usual, way)).filter(fits)
    const free = ways.find((place) => room.take(place, WIDE, WIDE))
    const place = free ?? ways.find((way) => written.free(way, WIDE, WIDE)) ?? usual
    if (!free) room.fill(place, WIDE, WIDE)
    return { mark, place }
  }).reverse()
}
