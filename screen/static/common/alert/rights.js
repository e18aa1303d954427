/* What a person may do, as the server told it: it is what is offered. Whether an act is taken, the server checks again. */

import { t } from "../words.js"

/**
 * Whether an adcode lies in a district, city or province (GB/T 2260: two digits each; 00 is the whole).
 * @param {string} district
 * @param {string} adcode
 */
const covers = (district, adcode) => (adcode ?? "").startsWith(district.replace(/(00){1,2}$/, ""))

/**
 * Why this person may not do an act to what is of these departments (ids) and in this district (undefined: of no one); nothing where it may.
 * @param {Sent.Person | null | undefined} person
 * @param {string} verb
 * @param {string[]} departments
 * @param {string} [adcode]
 * @returns {string}
 */
export function whyNot(person, verb, departments, adcode) {
  if (!person || !person.may.includes(verb)) return t("may.role")
  if (person.departments.length && !departments.some((id) => person.departments.includes(id))) return t("may.department")
  if (adcode !== undefined && person.districts.length && !person.districts.some((district) => covers(district, adcode))) return t("may.district")
  return ""
}

/**
 * Those of an alert's acts that this person may do. The alert is a row of a list or a story's.
 * @param {Sent.Person | null | undefined} person
 * @param {Sent.Row | Sent.Alert} alert
 * @returns {string[]}
 */
export const allowed = (person, alert) => offered(alert).filter((verb) => !whyNot(person, verb, [owner(alert)], alert.adcode ?? ""))

/**
 * Why a person is offered none of an alert's acts; nothing where the alert has none, or the person is not known yet.
 * @param {Sent.Person | null | undefined} person
 * @param {Sent.Row | Sent.Alert} alert
 * @returns {string}
 */
export function refused(person, alert) {
  const [verb] = alert.verbs.filter((one) => person?.may.includes(one))
  if (!person || !alert.verbs.length) return ""
  return verb ? whyNot(person, verb, [owner(alert)], alert.adcode ?? "") : t("may.role")
}

/** What the desk records of an alert (核实, 叫应, 报告, 会商): wherever a comment is allowed. */
const RECORDED = ["verify", "call", "report", "confer"]

/** @param {Sent.Row | Sent.Alert} alert */
const offered = ({ verbs }) => (verbs.includes("comment") ? [...verbs, ...RECORDED] : verbs)

/** @param {Sent.Row | Sent.Alert} alert */
const owner = (alert) => ("owner" in alert ? alert.owner : alert.department.id)
