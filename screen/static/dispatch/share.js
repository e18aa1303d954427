/* How many of a rule's alerts were true (本规则属实率 n/N, with its interval), by the measures that the log has of it. */

import { shareWords } from "../common/interval.js"
import { get } from "../common/server/get.js"
import { t } from "../common/words.js"

/** Milliseconds after which the measures are asked for again. */
const AGAIN = 60_000

/** @type {{ at: number, found: Promise<any> }} */
let asked = { at: -Infinity, found: Promise.resolve(null) }

function measures() {
  if (performance.now() - asked.at > AGAIN) asked = { at: performance.now(), found: get("performance") }
  return asked.found
}

/**
 * The share of a rule's verified alerts that were true, in words.
 * @param {string} rule
 * @returns {Promise<string>}
 */
export async function share(rule) {
  const { body } = (await measures()) ?? {}
  return spoken(trueOf(body ?? [], rule))
}

/**
 * What the measures of a rule say of it: how many of its alerts were true, of those that could be verified; null where there were none.
 * @param {{ by: string, key: string, verified?: { true: number, false: number, unclear: number } }[]} found
 * @param {string} rule
 */
export function trueOf(found, rule) {
  const its = found.find(({ by, key }) => by === "rule" && key === rule)?.verified
  const of = its ? its.true + its.false : 0
  return its && of ? { of, count: its.true } : null
}

/**
 * What a rule's measures say of the alerts that an order has put right: how many came back since (回头看复发率); null where there were none.
 * @param {{ by: string, key: string, put_right?: { ended: number, back: number } }[]} found
 * @param {string} rule
 */
export function backOf(found, rule) {
  const its = found.find(({ by, key }) => by === "rule" && key === rule)?.put_right
  return its?.ended ? { of: its.ended, count: its.back } : null
}

/**
 * The same in words, empty where there is nothing to say.
 * @param {string} rule
 * @returns {Promise<string>}
 */
export async function recurrence(rule) {
  const { body } = (await measures()) ?? {}
  const its = backOf(body ?? [], rule)
  return its ? `${t("rules.recurrence")} ${shareWords(its)}` : ""
}

/** @param {{ of: number, count: number } | null} its */
export const spoken = (its) => (its ? `${t("rules.true_share")} ${shareWords(its)}` : t("rules.true_none"))
