/* Which rules and signs a person looks for: by words that stand somewhere in one, its domain, phase and severity. Pure. */

/** @typedef {{ q: string, domain: string, phase: string, severity: string }} Wanted */

/**
 * Whether a rule has every word of the search, and is of the chosen domain, phase and severity.
 * @param {Sent.Rule} rule
 * @param {string} text what is searched of it
 * @param {Wanted} wanted
 */
export const matches = ({ domain, rule }, text, wanted) => (!wanted.domain || domain === wanted.domain) && (!wanted.phase || rule.phase === wanted.phase) && (!wanted.severity || rule.severity === wanted.severity) && has(text, wanted.q)

/**
 * Whether a sign has every word of the search, is a domain's own, and has the chosen severity among its limits. It has no phase.
 * @param {Sent.SignSpec} sign
 * @param {string} text what is searched of it
 * @param {Wanted} wanted
 */
export const matchesSign = ({ owner, limits }, text, wanted) => (!wanted.domain || owner === wanted.domain) && !wanted.phase && (!wanted.severity || limits.some(({ severity }) => severity === wanted.severity)) && has(text, wanted.q)

/**
 * @param {string} text
 * @param {string} q
 */
const has = (text, q) => q.toLowerCase().split(/\s+/).filter(Boolean).every((word) => text.includes(word))

/**
 * Titles, texts of every edition, names and numbers of a rule, in both languages.
 * @param {Sent.Rule} rule
 * @param {Sent.Clause} clause
 * @param {{ name: { zh: string, en: string } }} department
 */
export function searched({ id, rule }, clause, department) {
  const editions = clause.edition.flatMap(({ edition, article, text }) => [edition, article, text.zh, text.en])
  /** @param {{ zh: string, en: string }} text */
  const both = (text) => [text.zh, text.en]
  return [id, rule.row, rule.clause, clause.standard, ...both(rule.title), ...both(rule.guidance), ...both(clause.title), ...both(department.name), ...editions].join("\n").toLowerCase()
}

/**
 * Names, formula, limits' and floor's bases, sources and what it reads, in both languages.
 * @param {string} id
 * @param {Sent.SignSpec} sign
 */
export function searchedSign(id, sign) {
  const texts = [sign.name, sign.what, sign.source, sign.guidance, sign.department, sign.floor_basis, sign.undue, ...sign.limits.map(({ basis }) => basis)]
  return [id, sign.provenance, sign.unit, sign.formula, sign.same_as, ...sign.reads, ...sign.opens, ...sign.rules, ...texts.flatMap(both)].join("\n").toLowerCase()
}

/** @param {Sent.Text | null} text */
const both = (text) => (typeof text === "string" ? [text] : text ? [text.zh, text.en ?? ""] : [])
