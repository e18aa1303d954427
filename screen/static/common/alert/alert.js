/* An alert in a few words: its title, its clause, its value against the limit, the time that is left. */

import { el } from "../dom.js"
import * as words from "../words.js"
import { t } from "../words.js"

/**
 * The title, and before it what of the subject it is about.
 * @param {{ item: string, title: Sent.Text }} alert
 */
export const titled = (alert) => [words.word(`item.${alert.item}`), words.pick(alert.title)].filter(Boolean).join(" ")

/**
 * The clause in short, with its mark where it is still to be verified.
 * @param {Pick<Sent.Row, "clause">} alert
 */
export function clause({ clause: [edition, article, mark] }) {
  return `${edition} ${article}${mark === "M" ? ` · ${t("story.unverified")}` : ""}`
}

/**
 * What stands beside an alert of which no worker has sealed what it says.
 * @param {boolean} unsealed
 */
export const sealing = (unsealed) => (unsealed ? t("row.unsealed") : "")

/**
 * Where it is: its district and its name, the district only where the name does not begin with it.
 * @param {string} district
 * @param {string} name
 */
export function placed(district, name) {
  const near = words.language === "zh" ? district.slice(0, 2) : district // the first two characters of 管城回族区 name it: 管城区
  return [near && name.startsWith(near) ? "" : district, name].filter(Boolean).join(" ")
}

/**
 * A department of this city without the city's name, which stands above all of it.
 * @param {string} name
 * @returns {string}
 */
export const bureau = (name) => (name.startsWith(t("city")) ? `${t("of_city")}${name.slice(t("city").length).trim()}` : name)

/**
 * The value against its limit.
 * @param {Pick<Sent.Row, "value" | "limit" | "unit">} alert
 * @returns {HTMLElement[]}
 */
export function measured({ value, limit, unit }) {
  const bound = [limit === null ? "" : words.number(limit), words.measure(unit)].filter(Boolean).join(" ")
  if (value === null) return limit === null ? [] : [el("span", "", `${t("row.limit")} ${bound}`)]
  const relation = limit === null ? "" : words.number(value) === words.number(limit) ? `${t("row.limit")} ` : value > limit ? "> " : "< "
  return [el("b", "", words.number(value)), el("span", "", `${relation}${bound}`)]
}

/**
 * The time that is left to a deadline, or by how much it has passed.
 * @param {{ due: number, provisional: boolean }} alert
 * @param {number | null} now
 * @returns {(HTMLElement | string)[]}
 */
export function remaining({ due, provisional }, now) {
  if (now === null) return [el("b", "", "—")]
  const late = now > due
  return [el("b", late ? "late" : "", `${t(late ? "row.overdue" : "row.left")} ${words.duration(Math.abs(due - now))}`), provisional ? ` ${t("row.provisional")}` : ""]
}

/**
 * Until when, by whom and why an alarm is put aside.
 * @param {Sent.Aside} aside
 */
export function putAside({ until, once, permit, note }) {
  const how = [`${t("story.until")} ${time(until)}`, once ? t("act.once") : "", permit ? `${t("act.permit")} ${words.written(permit)}` : ""]
  return [...how, signed(note), words.written(note.reason)].filter(Boolean).join(" · ")
}

/**
 * What a case has come to, or until when it should.
 * @param {Sent.Case} found
 * @param {number | null} now
 */
export function concluded({ due, overdue, finding, note }, now) {
  if (finding !== null) return [t(`finding.${finding}`), signed(note), words.written(note.reason)].join(" · ")
  const left = now === null ? null : Date.parse(due) - now
  const rest = left === null ? (overdue ? t("row.overdue") : "") : `${t(left < 0 ? "row.overdue" : "row.left")} ${words.duration(Math.abs(left))}`
  return [t("story.open_case"), `${t("story.due")} ${time(due)}`, rest].filter(Boolean).join(" · ")
}

/** @param {string} text */
const time = (text) => words.moment(Date.parse(text))
/**
 * @param {Sent.Note} note
 * @returns {string}
 */
const signed = ({ actor }) => (actor.role === "design" ? t("story.by_rule") : words.who(actor))
