/* Which types a person looks for: by words in either language, by what a chip stands for. Pure. */

/** @typedef {{ q: string, mark: string }} Sought */

/** What chips stand for; `trouble` needs the sources. */
export const MARKS = ["personal", "sensitive", "important", "conditional", "none", "trouble"]

/**
 * All that is searched of a type and its fields, in both languages.
 * @param {Sent.DirectoryType} type
 */
export function searched(type) {
  /** @param {Sent.Both} text */
  const both = (text) => `${text.zh}\n${text.en}`
  const fields = type.fields.flatMap(({ path, name, unit }) => [path, both(name), unit])
  return [type.type, both(type.title), both(type.provider.name), both(type.system), both(type.basis), both(type.condition), both(type.category.industry), both(type.category.business), ...fields].join("\n").toLowerCase()
}

/**
 * Whether a type has every word of the search, and is what the chip stands for.
 * @param {Sent.DirectoryType} type
 * @param {string} text what is searched of it
 * @param {Sought} sought
 * @param {Set<string>} troubled the types of which a source is in trouble
 */
export function matches(type, text, { q, mark }, troubled) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return has(type, mark, troubled) && words.every((word) => text.includes(word))
}

/**
 * Whether a type is what a chip stands for.
 * @param {Sent.DirectoryType} type
 * @param {string} mark
 * @param {Set<string>} troubled
 */
export function has({ type, personal, whole, rank, sharing }, mark, troubled) {
  if (mark === "personal") return personal !== "none"
  if (mark === "sensitive") return personal === mark
  if (mark === "important") return [whole.level, rank.level].some((level) => level !== "general")
  if (mark === "conditional" || mark === "none") return sharing === mark
  return mark === "trouble" ? troubled.has(type) : true
}

/**
 * Where a number of days stands on the axis of keeping, 0 to 1: logarithmic from one day to thirty years.
 * @param {number} days
 */
export const kept = (days) => Math.min(Math.max(Math.log(Math.max(days, 1)) / Math.log(30 * 365), 0), 1)
