/* Can this screen be believed? Ages are taken from the data's own stamps against the server's time, here in the browser. */

/** Milliseconds that a sign of life may be old: a dead part is named within 5 s of its last one, the drawing of it included. */
export const LIMIT = 4500

/** @typedef {{ age: number | null, stale: boolean, cause: string, beats: number[], clock?: number | null, moving?: boolean, stopped: boolean }} Freshness */

/** Milliseconds over which pulses, one a second, may come and tell of no newer tick: the third one says that the clock has stopped. */
const TICKLESS = 2500

/**
 * What is known now: the age of the oldest sign of life (ms), whether that is stale, why, and the parts.
 * @param {Pick<import("./link.js").Link, "sections" | "about" | "connected" | "now">} link
 * @param {number} openedAt
 * @returns {Freshness}
 */
export function freshness(link, openedAt) {
  const { time, health } = link.sections
  const now = link.now()
  if (now === null) return { age: performance.now() - openedAt, stale: performance.now() - openedAt > LIMIT, cause: "screen", beats: [], stopped: false }
  const { ticked } = time
  const beats = time.beats.map((sent) => now - sent)
  const clock = ticked === null ? null : now - ticked
  const moving = link.about.mark !== "replay" // a replay's clock rests when its history ends
  const ages = moving && clock !== null ? [...beats, clock] : beats
  const stopped = moving && ticked !== null && Math.max(...time.beats) - ticked > TICKLESS
  const age = ages.length ? Math.max(...ages, 0) : null
  const stale = age === null ? performance.now() - openedAt > LIMIT : Math.max(...beats) > LIMIT || stopped
  return { age, stale, cause: cause(link, health, beats), beats, clock, moving, stopped }
}

/**
 * @param {{ connected: boolean }} link
 * @param {Sent.Health} health
 * @param {number[]} beats
 */
function cause(link, health, beats) {
  if (!link.connected) return "screen"
  if (!health.broker) return "broker"
  if (!beats.length) return "nothing"
  return Math.max(...beats) > LIMIT ? "worker" : "clock"
}
