/* The life of one alert as a replay tells it: its revisions and its trail, in order. Pure. */

/**
 * @template T
 * @typedef {[at: number, row: T][]} Life
 */

/** @typedef {Life<Sent.Past>[number]} Revision */

/**
 * The revision that is known at a moment: the last one before, else the first one.
 * @template T
 * @param {Life<T>} life
 * @param {number} at
 * @returns {T | undefined}
 */
export const latest = (life, at) => life.findLast(([when]) => when <= at)?.[1] ?? life[0]?.[1]

/**
 * The entries of a replay, and those that the log still has of the same trail; times in ms.
 * @param {Sent.Act[]} entries
 * @param {Sent.Entry[]} [others]
 */
export function joined(entries, others = []) {
  /** @type {Map<number, Sent.Act | Omit<Sent.Entry, "at"> & { at: number }>} */
  const found = new Map(others.map((entry) => [entry.n, { ...entry, at: Date.parse(entry.at) }]))
  for (const entry of entries) found.set(entry.n, entry)
  return [...found.values()].sort((one, other) => one.n - other.n)
}

/**
 * Stretches of a life, until `to`, over which what `of` gives stays the same; each has the row with which it began.
 * @param {Revision[]} life
 * @param {number} to
 * @param {(row: Sent.Past) => unknown} of
 */
export function runs(life, to, of) {
  /** @type {{ begin: number, end: number, row: Sent.Past }[]} */
  const found = []
  life.forEach(([begin, row], n) => {
    const end = life[n + 1]?.[0] ?? to
    const last = found.at(-1)
    if (last && of(last.row) === of(row)) last.end = end
    else found.push({ begin, end, row })
  })
  return found
}
