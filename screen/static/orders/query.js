/* What the list of orders is asked for: a search, a group, whose, and values of facets; the address holds all of it. Pure. */

const DAY = 86_400_000
const EAST = 28_800_000

/** The groups of the list from its top, as tabs; `ended` is shown where it is asked for alone. */
export const GROUPS = ["return", "late", "soon", "check", "sign", "open", "review", "back", "ended"]

/** Tabs of the page, and of a unit's own list on a phone. */
export const TABS = ["", "sign", "open", "soon", "late", "return", "check", "ended"]
export const OWN_TABS = ["sign", "open", "soon", "back", "review"]

/** Days within which something may be due, as choices. */
export const DUE = ["0", "1", "7", "30"]

/** @typedef {"kind" | "unit" | "district"} Facet */
/** @typedef {{ search: string, group: string, whose: string, due: string } & Record<Facet, string>} Query */

export const FACETS = /** @type {Facet[]} */ (["kind", "unit", "district"])

/** Names in the address. */
const PARAMETERS = /** @type {const} */ ({ search: "q", group: "group", whose: "whose", kind: "kind", unit: "unit", district: "district", due: "due" })
const NAMES = /** @type {(keyof typeof PARAMETERS)[]} */ (Object.keys(PARAMETERS))

/** Characters of a search that the server takes. */
const LONGEST = 200

/**
 * The query of an address; what it cannot be is left out.
 * @param {URLSearchParams} address
 * @returns {Query}
 */
export function read(address) {
  /** @param {keyof typeof PARAMETERS} name */
  const value = (name) => address.get(PARAMETERS[name]) ?? ""
  const query = /** @type {Query} */ (Object.fromEntries(NAMES.map((name) => [name, value(name)])))
  if (!GROUPS.includes(query.group)) query.group = ""
  if (!["mine", "own"].includes(query.whose)) query.whose = ""
  if (!DUE.includes(query.due)) query.due = ""
  return query
}

/**
 * The query as the address has it: by parameter.
 * @param {Query} query
 * @returns {[parameter: string, value: string][]}
 */
export const written = (query) => NAMES.map((name) => [PARAMETERS[name], query[name]])

/**
 * The query as the server takes it, at the log's time `now`.
 * @param {Query} query
 * @param {number | null} now
 */
export function asked({ search, group, whose, due, ...facets }, now) {
  const end = (/** @type {number} */ days) => Math.floor(((now ?? 0) + EAST) / DAY + 1 + days) * DAY - EAST
  return {
    search: search.slice(0, LONGEST),
    group: group || null,
    own: whose === "own",
    mine: whose === "mine",
    ...Object.fromEntries(FACETS.map((facet) => [facet, facets[facet] ? [facets[facet]] : []])),
    ...(due && now ? { due: end(Number(due)) } : {}),
  }
}

/**
 * How many rows all groups but what has ended have.
 * @param {Record<string, number>} groups
 */
export const standing = (groups) => Object.entries(groups).reduce((sum, [group, count]) => sum + (group === "ended" ? 0 : count), 0)

/**
 * Groups that have rows and are shown, each with its first place and its top (pixels).
 * @param {Record<string, number>} groups
 * @param {string} group the one that is asked for, or none
 * @param {{ row: number, head: number }} pixels
 */
export function parts(groups, group, { row, head }) {
  let first = 0
  const shown = group ? [group] : GROUPS.filter((each) => each !== "ended")
  return shown.filter((each) => groups[each]).map((each, n) => {
    const part = { group: each, first, count: groups[each], top: n * head + first * row }
    first += part.count
    return part
  })
}

/**
 * From the top, in pixels, of the row at a place.
 * @param {ReturnType<typeof parts>} all
 * @param {number} place
 * @param {{ row: number, head: number }} pixels
 */
export function topOf(all, place, { row, head }) {
  const part = all.findLast((each) => each.first <= place)
  return part ? part.top + head + (place - part.first) * row : 0
}

/**
 * The place of the row at so many pixels from the top.
 * @param {ReturnType<typeof parts>} all
 * @param {number} top
 * @param {{ row: number, head: number }} pixels
 */
export function placeAt(all, top, { row, head }) {
  const part = all.findLast((each) => each.top <= top)
  return part ? part.first + Math.min(part.count - 1, Math.max(0, Math.floor((top - part.top - head) / row))) : 0
}
