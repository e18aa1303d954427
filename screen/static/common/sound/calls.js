/* What of the unacknowledged alerts, and of orders, is to be heard. Pure. */

/** @typedef {{ known: Set<string> | null, groups: Set<string>, silenced: Set<string> }} Heard what was told of before, by key and by row; the red ones that were silenced */
/** @typedef {{ known: Set<string>, groups: Set<string>, silenced: Set<string>, reds: string[], loud: boolean, sounds: ("group" | "orange" | "red")[] }} Hearing */

/**
 * What sounds now. Red sounds for as long as it is neither acknowledged nor silenced; orange once; in a flood only a new row of the list, once.
 * What stands there at first is not new; what is red no more may sound again when it becomes red once more.
 * @param {Heard} before
 * @param {Sent.Call[]} calling
 * @param {boolean} flood
 * @returns {Hearing} `loud`: something red goes on sounding
 */
export function heard(before, calling, flood) {
  const calls = calling.map((call) => ({ ...call, key: `${call.id}/${call.occurrence}` }))
  const fresh = calls.filter(({ key }) => before.known && !before.known.has(key))
  const rows = new Set(fresh.map(({ group }) => group).filter((group) => !before.groups.has(group)))
  const reds = calls.filter(({ severity }) => severity === "red").map(({ key }) => key)
  const silenced = new Set([...before.silenced].filter((key) => reds.includes(key)))
  const loud = !flood && reds.some((key) => !silenced.has(key))
  const orange = fresh.some(({ severity }) => severity === "orange")
  /** @type {Hearing["sounds"]} */
  const sounds = flood ? [...rows].map(() => "group") : loud ? ["red"] : orange ? ["orange"] : []
  return { known: new Set(calls.map(({ key }) => key)), groups: new Set(calls.map(({ group }) => group)), silenced, reds, loud, sounds }
}

/**
 * Which clocks of orders have been heard of, and how many are new. What stands there at first is not new.
 * @param {Set<string> | null} known
 * @param {{ key: string }[]} ringing
 */
export function rung(known, ringing) {
  const fresh = known ? ringing.filter(({ key }) => !known.has(key)).length : 0
  return { known: new Set(ringing.map(({ key }) => key)), fresh }
}
