/* Which of its two faces the wall shows, signs or alarms, and how large it is drawn. Pure. */

/** @typedef {"signs" | "alarms"} Face */

/** Pixels of the wall as it is designed; of one of 32:9 both faces stand beside each other. */
const [WIDE, TALL] = [1920, 1080]
/** How many times as wide as high a display is that has room for both: halfway from 16:9 to 32:9. */
const BOTH = 24 / 9

/**
 * The face that is shown: the one that was chosen, or the first of the place, once the log has signs.
 * @param {Face | null} chosen
 * @param {Pick<Sent.Signs, "first" | "count" | "refused"> | undefined} signs
 * @returns {Face}
 */
export function shownFace(chosen, signs) {
  if (chosen) return chosen
  return signs?.refused !== undefined || (signs?.first === "signs" && signs.count > 0) ? "signs" : "alarms"
}

/**
 * The face of an address or of a key; null where it names none.
 * @param {string | null} name
 * @returns {Face | null}
 */
export const named = (name) => (name === "signs" || name === "1" ? "signs" : name === "alarms" || name === "2" ? "alarms" : null)

/**
 * How the wall is drawn in a window: its width in design pixels, and by how much it is enlarged, the same in both directions.
 * @param {number} width
 * @param {number} height
 * @param {boolean} signs whether there are any
 */
export function fitted(width, height, signs) {
  const both = signs && width / height >= BOTH
  const design = both ? 2 * WIDE : WIDE
  return { both, scale: Math.min(width / design, height / TALL) }
}
