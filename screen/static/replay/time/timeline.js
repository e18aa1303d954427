/* What the files of a replay say of a moment: the keyframe of its chunk, then the changes up to it. Pure: no clock, no network, no page. */

/** Entries of trails that a state holds, the newest ones. */
export const ACTS = 50

const KEYED = { alert: ["alerts", "id"], incident: ["incidents", "id"], station: ["stations", "subject"] }

/** All as it was when a chunk begins. `next` and `tick` are the first change and the first tick that it does not hold yet. */
export function open(chunk) {
  const { alerts, incidents, stations, audit, now } = chunk.state
  const [known, bundled, measured] = [alerts, incidents, stations].map((table) => new Map(Object.entries(table)))
  return { chunk, at: chunk.from, next: 0, tick: 0, alerts: known, incidents: bundled, stations: measured, acts: audit.slice(-ACTS), now }
}

/** The state at a moment of a chunk. It goes on from the one before where that is of the same chunk and not later, else it begins anew. */
export function moment(before, chunk, at) {
  const state = before?.chunk === chunk && before.at <= at ? before : open(chunk)
  const { changes, ticks } = chunk
  while (state.next < changes.length && changes[state.next][0] <= at) take(state, changes[state.next++])
  while (state.tick < ticks.length && ticks[state.tick] <= at) state.now = ticks[state.tick++]
  state.at = at
  return state
}

function take(state, [, kind, value]) {
  if (kind === "audit") state.acts = [...state.acts.slice(1 - ACTS), value]
  if (!(kind in KEYED)) return
  const [table, key] = KEYED[kind]
  if (value.ended) state[table].delete(value[key])
  else state[table].set(value[key], value)
}

/** What a state shows changes only where this does. */
export const mark = ({ chunk, next }) => `${chunk.from}/${next}`

/** The number of the chunk of a moment: chunks join, each is [from, to); the last one has its end too. */
export function numberOf(chunks, at) {
  let [low, high] = [0, chunks.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (chunks[middle].from <= at) low = middle
    else high = middle - 1
  }
  return low
}
