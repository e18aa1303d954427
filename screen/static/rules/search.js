/* Which rules a person looks for: by words that stand somewhere in a rule, its domain, phase and severity. Pure. */

/** @typedef {{ q: string, domain: string, phase: string, severity: string }} Wanted */

/**
 * Whether a rule has every word of the search, and is of the chosen domain, phase and severity.
 * @param {Sent.Rule} rule
 * @param {string} text what is searched of it
 * @param {Wanted} wanted
 */
export function matches({ domain, rule }, text, wanted) {
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean)
  return (!wanted.domain || domain === wanted.domain) && (!wanted.phase || rule.phase === wanted.phase) && (!wanted.severity || rule.severity === wanted.severity) && words.every((word) => text.includes(word))
}

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
