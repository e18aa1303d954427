/* The parameters of a what-if as a person writes them, how what was written is read, and their units. Pure. */

import { t } from "../../common/words.js"

/** Parameters that are in the unit of the rule's value; counts of readings; and those whose name says the unit. */
const VALUES = new Set(["limit", "deadband", "low", "high", "tolerance", "floor"])
const COUNTS = new Set(["open_after", "close_after", "count", "at_least", "samples", "times", "periods", "visits", "failures", "trapped"])
const NAMED = { minutes: "minute", hours: "hour", days: "day", months: "month", percent: "percent" }

const NUMBER = /^-?\d+(\.\d+)?$/

/** @typedef {{ value: unknown, wrong?: undefined } | { wrong: string, value?: undefined }} Read */

/**
 * A value as a person writes it: numbers and words as they are, tables as JSON.
 * @param {unknown} value
 */
export const written = (value) => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value))

/**
 * What was written in the place of a value, or why it cannot be: a number stays one, a word may become one (`law` a limit of its own).
 * @param {unknown} value the book's
 * @param {string} text
 * @returns {Read}
 */
export function read(value, text) {
  if (typeof value === "object") return table(text)
  const told = text.trim()
  if (typeof value === "boolean") return ["true", "false"].includes(told) ? { value: told === "true" } : { wrong: t("whatif.not_boolean") }
  if (NUMBER.test(told)) return { value: Number(told) }
  return told && typeof value === "string" ? { value: told } : { wrong: t("whatif.not_number") }
}

/**
 * @param {string} text
 * @returns {Read}
 */
function table(text) {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { wrong: t("whatif.not_json") }
  }
}

/**
 * The unit of a parameter: of the rule's value, of its name, or of the value itself.
 * @param {string} name
 * @param {unknown} value
 * @param {Record<string, string>} unit the rule's units by item
 */
export function unitOf(name, value, unit) {
  if (VALUES.has(name)) return [...new Set(Object.values(unit))].filter(Boolean).join(t("comma"))
  if (COUNTS.has(name)) return t("unit.times")
  const named = Object.entries(NAMED).find(([ending]) => name.endsWith(ending))
  if (named) return t(`unit.${named[1]}`)
  return typeof value === "string" && /^\d+[smhd]$/.test(value) ? t("whatif.length") : ""
}
