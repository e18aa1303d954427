/* What the files of a replay say of a moment: the keyframe of its chunk, then the changes up to it. Pure: no clock, no network, no page. */

/** Entries of trails that a state holds, the newest ones. */
export const ACTS = 50

/** @type {Record<string, [table: "alerts" | "incidents" | "subjects" | "orders" | "lines", key: string]>} */
const KEYED = { alert: ["alerts", "id"], incident: ["incidents", "id"], subject: ["subjects", "subject"], order: ["orders", "id"], line: ["lines", "id"] }

/**
 * @typedef {object} State
 * @property {Sent.Chunk} chunk
 * @property {number} at
 * @property {number} next the first change that it does not hold yet
 * @property {number} tick the first tick that it does not hold yet
 * @property {Map<string, Sent.Past>} alerts
 * @property {Map<string, Sent.PastIncident>} incidents
 * @property {Map<string, Sent.PastSubject>} subjects
 * @property {Map<string, Sent.PastOrder>} orders
 * @property {Map<string, Sent.PastLine>} lines
 * @property {Sent.Stage[] | null} flow the funnel of orders; null where the log had none yet
 * @property {Sent.Act[]} acts
 * @property {number | null} now
 */

/**
 * All as it was when a chunk begins. `next` and `tick` are the first change and the first tick that it does not hold yet.
 * @param {Sent.Chunk} chunk
 * @returns {State}
 */
export function open(chunk) {
  const { alerts, incidents, subjects = {}, orders = {}, lines = {}, flow = null, audit, now } = chunk.state
  const known = { alerts: new Map(Object.entries(alerts)), incidents: new Map(Object.entries(incidents)), subjects: new Map(Object.entries(subjects)), orders: new Map(Object.entries(orders)), lines: new Map(Object.entries(lines)), flow }
  return { chunk, at: chunk.from, next: 0, tick: 0, ...known, acts: audit.slice(-ACTS), now }
}

/**
 * The state at a moment of a chunk. It goes on from the one before where that is of the same chunk and not later, else it begins anew.
 * @param {State | null | undefined} before
 * @param {Sent.Chunk} chunk
 * @param {number} at
 * @returns {State}
 */
export function moment(before, chunk, at) {
  const state = before?.chunk === chunk && before.at <= at ? before : open(chunk)
  const { changes, ticks } = chunk
  while (state.next < changes.length && changes[state.next][0] <= at) take(state, changes[state.next++])
  while (state.tick < ticks.length && ticks[state.tick] <= at) state.now = ticks[state.tick++]
  state.at = at
  return state
}

/**
 * @param {State} state
 * @param {Sent.Change} change
 */
function take(state, [, kind, value]) {
  if (kind === "audit") state.acts = [...state.acts.slice(1 - ACTS), value]
  if (kind === "flow") state.flow = value
  if (!(kind in KEYED)) return
  const [name, key] = KEYED[kind]
  const [table, it] = [/** @type {Map<string, unknown>} */ (state[name]), /** @type {{ ended?: boolean, [key: string]: any }} */ (value)]
  if (it.ended) table.delete(it[key])
  else table.set(it[key], it)
}

/**
 * What a state shows changes only where this does.
 * @param {State} state
 */
export const mark = ({ chunk, next }) => `${chunk.from}/${next}`

/**
 * The number of the chunk of a moment: chunks join, each is [from, to); the last one has its end too.
 * @param {{ from: number }[]} chunks
 * @param {number} at
 */
export function numberOf(chunks, at) {
  let [low, high] = [0, chunks.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (chunks[middle].from <= at) low = middle
    else high = middle - 1
  }
  return low
}
