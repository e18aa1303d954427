/* The core of the city, which the map shows larger in an inset: what lies within, and where it stands there. Pure. */

/** @typedef {(at: Sent.Point) => Sent.Point} Project pixels of a place (degrees) */

/**
 * Whether a place lies within.
 * @param {Sent.Core} core
 * @param {Sent.Point} at
 */
export const holds = ({ west, south, east, north }, [lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north

/**
 * What lies within and what beside it; without a core all lies beside.
 * @template {{ at: Sent.Point }} Row
 * @param {Sent.Core | undefined} core
 * @param {Row[]} rows
 * @returns {[within: Row[], beside: Row[]]}
 */
export function parted(core, rows) {
  if (!core) return [[], rows]
  return [rows.filter(({ at }) => holds(core, at)), rows.filter(({ at }) => !holds(core, at))]
}

/**
 * Where places stand in the inset, in pixels of the map.
 * @param {Sent.Core} core
 * @returns {Project}
 */
export const inset = ({ west, south, east, north, left, top, width, height }) => ([lon, lat]) => [left + ((lon - west) / (east - west)) * width, top + ((north - lat) / (north - south)) * height]

/**
 * The core's own border on the map: its corner, width and height in pixels.
 * @param {Sent.Core} core
 * @param {Project} project that of the map
 * @returns {[left: number, top: number, width: number, height: number]}
 */
export function border({ west, south, east, north }, project) {
  const [[left, top], [right, bottom]] = [project([west, north]), project([east, south])]
  return [left, top, right - left, bottom - top]
}

/**
 * Whether a point (pixels) lies in a box, so many pixels from its sides and so many below its top.
 * @param {[left: number, top: number, width: number, height: number]} box
 * @param {Sent.Point} point
 * @param {number} [side]
 * @param {number} [above]
 */
export const lies = ([left, top, width, height], [x, y], side = 0, above = side) => x > left + side && x < left + width - side && y > top + above && y < top + height - side

/** Kilometres of a degree of latitude. */
const DEGREE = 111.2

/**
 * Pixels of so many kilometres in the inset.
 * @param {Sent.Core} core
 * @param {number} kilometres
 */
export const long = ({ south, north, height }, kilometres) => (kilometres / DEGREE / (north - south)) * height
