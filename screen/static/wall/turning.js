/* Which view the wall shows next, and what on it is new and red. Milliseconds of one clock. Pure. */

/** Milliseconds of a view. */
const TURN = 20_000

/** Milliseconds for which a new red alert is marked, where nobody acknowledges it before. */
const HOLD = 120_000

/** @typedef {{ view: string | null, since: number }} Turn a domain, or null for all; since when it is shown */
/** @typedef {Map<string, Sent.Call & { until: number }>} Marked */

/**
 * The view that is shown now. What is new and red brings the wall back to all domains; where it is held the turn begins anew.
 * @param {Turn} turn what was shown
 * @param {(string | null)[]} views those with something to say, all domains first
 * @param {{ now: number, held: boolean, red: boolean }} how
 * @returns {Turn}
 */
export function turned({ view, since }, views, { now, held, red }) {
  if (held) return { view, since: now }
  if (red || !views.includes(view)) return { view: null, since: now }
  return now - since < TURN ? { view, since } : { view: views[(views.indexOf(view) + 1) % views.length], since: now }
}

/**
 * All domains, then those that have alerts or bad data.
 * @param {Sent.Domain[]} domains
 * @param {Sent.Sections["quality"]} quality
 * @returns {(string | null)[]}
 */
export const views = (domains, quality) => [null, ...domains.filter(({ name, counts }) => counts.some(Boolean) || quality.some(([domain]) => domain === name)).map(({ name }) => name)]

/**
 * The red alerts that are marked: those that were not there before, until they are acknowledged or a while has passed.
 * @param {Marked} marks those before
 * @param {Set<string> | null} known the keys of all red ones before; null where none have been told of yet: what stands there at first is not new
 * @param {Sent.Call[]} calling
 * @param {number} now
 * @returns {{ marks: Marked, known: Set<string> }}
 */
export function marked(marks, known, calling, now) {
  const reds = new Map(calling.filter(({ severity }) => severity === "red").map((call) => [`${call.id}/${call.occurrence}`, call]))
  const kept = [...marks].filter(([key, { until }]) => reds.has(key) && until >= now)
  const fresh = known ? [...reds].filter(([key]) => !known.has(key)) : []
  return { marks: new Map([...kept, .../** @type {[string, Sent.Call & { until: number }][]} */ (fresh.map(([key, call]) => [key, { ...call, until: now + HOLD }]))]), known: new Set(reds.keys()) }
}
