/* Can this screen be believed? Ages are taken from the data's own stamps against the server's time, here in the browser. */

export const LIMIT = 5000

/** What is known now: the age of the oldest sign of life (ms), whether that is stale, why, and the parts. */
export function freshness(link, openedAt) {
  const { time, health } = link.sections
  const now = link.now()
  if (now === null) return { age: performance.now() - openedAt, stale: performance.now() - openedAt > LIMIT, cause: "screen", beats: [] }
  const beats = time.beats.map((sent) => now - sent)
  const clock = time.ticked === null ? null : now - time.ticked
  const moving = link.about.mark !== "replay" // a replay's clock rests when its history ends
  const ages = moving && clock !== null ? [...beats, clock] : beats
  const age = ages.length ? Math.max(...ages, 0) : null
  return { age, stale: age === null ? performance.now() - openedAt > LIMIT : age > LIMIT, cause: cause(link, health, beats), beats, clock, moving }
}

function cause(link, health, beats) {
  if (!link.connected) return "screen"
  if (!health.broker) return "broker"
  if (!beats.length) return "nothing"
  return Math.max(...beats) > LIMIT ? "worker" : "clock"
}
