/* What the desk's list is asked for: a search, and values of facets; the address holds both, so that a link is the same list. Pure. */

/** The groups of the list from its top. */
export const GROUPS = ["unacknowledged", "acknowledged", "case", "shelved", "suppressed", "out-of-service"]

/** @typedef {"severity" | "phase" | "group" | "domain" | "department" | "district"} Facet */
/** @typedef {{ search: string } & Record<Facet, string[]>} Query */

/**
 * Names of the facets in the address.
 * @type {Record<Facet, string>}
 */
export const PARAMETERS = { severity: "severity", phase: "phase", group: "state", domain: "domain", department: "department", district: "district" }

/** The facets. */
export const FACETS = /** @type {Facet[]} */ (Object.keys(PARAMETERS))

/** Characters of a search that the server takes. */
const LONGEST = 200

/**
 * The query of an address.
 * @param {URLSearchParams} address
 * @returns {Query}
 */
export function read(address) {
  /** @param {Facet} facet */
  const values = (facet) => (address.get(PARAMETERS[facet]) ?? "").split(",").filter(Boolean)
  const facets = /** @type {Record<Facet, string[]>} */ (Object.fromEntries(FACETS.map((facet) => [facet, values(facet)])))
  return { search: address.get("q") ?? "", ...facets }
}

/**
 * The query as the address has it: by parameter, nothing where it is not narrowed.
 * @param {Query} query
 * @returns {[parameter: string, value: string][]}
 */
export const written = (query) => [["q", query.search], .../** @type {[string, string][]} */ (FACETS.map((facet) => [PARAMETERS[facet], query[facet].join(",")]))]

/**
 * The query as the server takes it.
 * @param {Query} query
 * @returns {Query}
 */
export const asked = (query) => ({ ...query, search: query.search.slice(0, LONGEST) })

/**
 * Values with one more, or without it where it is among them.
 * @param {string[]} values
 * @param {string} value
 */
export const toggled = (values, value) => (values.includes(value) ? values.filter((each) => each !== value) : [...values, value])

/**
 * Whether a query asks for everything.
 * @param {Query} query
 */
export const isOpen = (query) => !query.search && FACETS.every((facet) => !query[facet].length)

/**
 * The choices of a facet with their counts, the most first; one that is chosen is among them though nothing has it.
 * @param {Record<string, number>} counts
 * @param {string} [chosen]
 * @returns {[value: string, count: number][]}
 */
export function choices(counts, chosen) {
  const found = Object.entries(counts).sort(([, one], [, other]) => other - one)
  return chosen && !found.some(([value]) => value === chosen) ? [...found, [chosen, 0]] : found
}
