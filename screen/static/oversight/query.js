/* What the page of oversight is asked for: a period, whose figures, which measure, which cases; the address holds all of it. Pure. */

/** What is asked for where something has none: no district, no matter. */
export const NONE = "-"

/** Names in the address, by what they are here. */
const PARAMETERS = /** @type {const} */ ({ since: "from", until: "to", unit: "unit", unit_kind: "body", district: "district", domain: "domain", kind: "kind", matter: "matter", own: "own", measure: "measure", by: "by", open: "open", sheet: "sheet" })

/** @typedef {Record<keyof typeof PARAMETERS, string>} Query */
/** @typedef {{ since: string, until: string }} Period */

const NAMES = /** @type {(keyof typeof PARAMETERS)[]} */ (Object.keys(PARAMETERS))

/** By what a measure is taken apart, in the order of the tabs. */
export const WAYS = ["unit", "unit-kind", "district", "domain", "kind", "matter", "month"]

/** How the units of a measure are looked at beside each other: bands and funnel, or what their mix of cases lets expect. */
export const VIEWS = /** @type {const} */ (["bands", "mix"])

/** What is looked at by itself: the index of the place, what other duties would have made, or what is measured beside the book. */
export const SHEETS = ["index", "duties", "reckoned"]

/**
 * Whether a measure is looked at unit beside unit, and not taken apart.
 * @param {string} by
 * @returns {by is typeof VIEWS[number]}
 */
export const isView = (by) => /** @type {readonly string[]} */ (VIEWS).includes(by)

/** What narrows figures, beside the period. */
const NARROW = /** @type {const} */ (["unit", "unit_kind", "district", "domain", "kind", "matter", "own"])

/** Periods that a button stands for. */
export const PRESETS = /** @type {const} */ (["month", "last", "quarter", "year"])

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

/**
 * The query of an address; what it cannot be is left out.
 * @param {URLSearchParams} address
 * @returns {Query}
 */
export function read(address) {
  const query = /** @type {Query} */ (Object.fromEntries(NAMES.map((name) => [name, address.get(PARAMETERS[name]) ?? ""])))
  if (!MONTH.test(query.since) || !MONTH.test(query.until) || query.since > query.until) query.since = query.until = ""
  if (!WAYS.includes(query.by) && !isView(query.by)) query.by = WAYS[0]
  if (!SHEETS.includes(query.sheet)) query.sheet = ""
  if (query.own) query.own = "1"
  return query
}

/**
 * The query as the address has it: by parameter.
 * @param {Query} query
 * @returns {[parameter: string, value: string][]}
 */
export const written = (query) => NAMES.map((name) => [PARAMETERS[name], name === "by" && query.by === WAYS[0] ? "" : query[name]])

/**
 * What the server is asked: the names that say anything.
 * @param {Partial<Record<string, string | number | boolean>>} fields
 */
export const asked = (fields) => new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => (value === "" || value === undefined || value === false ? [] : [[name, String(value)]]))).toString()

/**
 * What narrows the figures of a query.
 * @param {Query} query
 * @returns {Record<string, string>}
 */
export const narrow = (query) => Object.fromEntries(NARROW.map((name) => [name, query[name]]))

/**
 * A month some months later.
 * @param {string} month
 * @param {number} by
 */
export function shift(month, by) {
  const [year, number] = month.split("-").map(Number)
  const all = 12 * year + number - 1 + by
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, "0")}`
}

/**
 * The period of a query; the running month of a day where a person has chosen none.
 * @param {Query} query
 * @param {string} day `2026-11-24`
 * @returns {Period}
 */
export const periodOf = ({ since, until }, day) => ({ since: since || day.slice(0, 7), until: until || day.slice(0, 7) })

/**
 * How many months a period has.
 * @param {Period} period
 */
export function length({ since, until }) {
  const [from, to] = [since, until].map((month) => 12 * Number(month.slice(0, 4)) + Number(month.slice(5)))
  return to - from + 1
}

/**
 * The period of as many months before one, and the same a year before.
 * @param {Period} period
 * @returns {{ before: Period, year_before: Period }}
 */
export function compared({ since, until }) {
  const many = length({ since, until })
  return { before: { since: shift(since, -many), until: shift(since, -1) }, year_before: { since: shift(since, -12), until: shift(until, -12) } }
}

/**
 * The period that a button stands for, on a day.
 * @param {typeof PRESETS[number]} name
 * @param {string} day `2026-11-24`
 * @returns {Period}
 */
export function preset(name, day) {
  const month = day.slice(0, 7)
  if (name === "last") return { since: shift(month, -1), until: shift(month, -1) }
  if (name === "year") return { since: `${month.slice(0, 4)}-01`, until: month }
  if (name === "quarter") return { since: shift(month, -((Number(month.slice(5)) - 1) % 3)), until: month }
  return { since: month, until: month }
}

/**
 * The months from one to another, both of them in it, the newest first.
 * @param {string} since
 * @param {string} until
 */
export function months(since, until) {
  const found = []
  for (let month = until; month >= since && found.length < 120; month = shift(month, -1)) found.push(month)
  return found
}

/** @typedef {{ group?: string, measure?: string, behind?: string, reason?: string, since?: string, until?: string, way?: string, key?: string, kind?: string }} Opened */

/** The names of what is open, in the order in which the address has them. */
const OPENED = /** @type {const} */ (["group", "measure", "behind", "reason", "since", "until", "way", "key", "kind"])

/**
 * Which cases are open, as one word of the address: `late`, or `measure~rest~~2026-11~2026-11~unit~zz-ee`.
 * @param {Opened | null} wanted
 */
export const openedWord = (wanted) => (wanted ? OPENED.map((name) => wanted[name] ?? "").join("~").replace(/~+$/, "") : "")

/**
 * The cases that a word of the address opens.
 * @param {string} word
 * @returns {Opened | null}
 */
export function opened(word) {
  if (!word) return null
  const parts = word.split("~")
  return Object.fromEntries(OPENED.map((name, n) => [name, parts[n] ?? ""]).filter(([, value]) => value))
}

/**
 * What the server is asked for the cases that are open: the narrowing of the query, and of the row's key.
 * @param {Query} query
 * @param {Opened} wanted
 * @returns {Record<string, string | undefined>}
 */
export function caseQuery(query, { group, way, key, kind, ...figure }) {
  const name = (way ?? "").replace("-", "_")
  const row = way && way !== "month" ? { [name]: key || NONE } : {}
  const month = way === "month" && key ? { since: key, until: key } : {}
  return { ...narrow(query), ...(kind ? { kind } : {}), ...row, ...(group ? { group } : figure), ...month }
}
