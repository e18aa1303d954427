/* What an act needs beside its reason: for how long, under which permit, what its case has come to. */

import { el, fill, option } from "../dom.js"
import { SEVERITIES } from "../marks.js"
import * as words from "../words.js"
import { t } from "../words.js"

/**
 * Lengths of time that are offered; any other may be written.
 * @type {Record<string, string[]>}
 */
const LASTS = { shelve: ["30m", "1h", "4h", "8h"], suppress: ["1h", "8h", "1d", "7d"], "remove-from-service": ["8h", "1d", "7d", "30d"] }

/** @typedef {{ lasts?: string, once?: boolean, permit?: string, finding?: string, severity?: string, value?: number, who?: string }} Given */

const FINDINGS = ["confirmed", "corrected", "unfounded"]

/**
 * What a verification came to, and how the leader on duty was told.
 * @type {Record<string, string[]>}
 */
const TOLD = { verify: ["true", "false-alarm", "unclear"], report: ["oral", "written", "follow-up"] }

/**
 * Whom an act names: who answered the telephone (叫应), who was called together (会商).
 * @type {Record<string, string>}
 */
const WHO = { call: "act.who", confer: "act.called_together" }

export class Fields {
  /**
   * `changed()` is called when a person changes one of them.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.node = el("div", "extra")
    /** @type {() => Given} */
    this.given = () => ({})
  }

  /**
   * Draw the fields of an act on an alert, empty.
   * @param {string} verb
   * @param {{ severity: Sent.Severity, unit: string }} alert
   */
  show(verb, alert) {
    this.given = () => ({})
    fill(this.node, ...(verb in LASTS ? this.putAside(verb) : verb === "conclude" ? this.conclusion(alert) : verb in WHO ? this.named(WHO[verb]) : this.chosen(TOLD[verb] ?? [])))
    this.node.hidden = !this.node.children.length
    for (const field of this.node.querySelectorAll("input, select")) field.addEventListener("input", this.changed)
  }

  /** @param {boolean} off */
  disable(off) {
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (this.node.querySelectorAll("input, select, button"))) field.disabled = off
  }

  /** @param {string} verb */
  putAside(verb) {
    const lasts = Object.assign(input("lasts"), { required: true, pattern: "\\d{1,6}[smhd]", maxLength: 7, placeholder: t("act.lasts_hint"), value: LASTS[verb][0] })
    const choices = LASTS[verb].map((span) => chip(length(span), () => { lasts.value = span; this.changed() }))
    const once = Object.assign(input("once"), { type: "checkbox" })
    once.oninput = () => { lasts.required = !once.checked }
    const permit = Object.assign(input("permit"), { required: true, maxLength: 100 })
    const [shelves, permitted] = [verb === "shelve", verb === "remove-from-service"]
    this.given = () => ({ lasts: lasts.value, ...(shelves && once.checked ? { once: true } : {}), ...(permitted ? { permit: permit.value } : {}) })
    return [
      labelled(t("act.lasts"), lasts),
      ...choices,
      shelves ? el("label", "check", once, t("act.once")) : null,
      permitted ? labelled(t("act.permit"), permit) : null,
    ]
  }

  /**
   * Somebody must be named.
   * @param {string} as
   */
  named(as) {
    const who = Object.assign(input("who"), { required: true, maxLength: 100 })
    this.given = () => ({ who: who.value.trim() })
    return [labelled(t(as), who)]
  }

  /**
   * One of these findings must be chosen.
   * @param {string[]} values
   */
  chosen(values) {
    const findings = radios(values)
    this.given = () => (values.length ? { finding: findings.find((each) => each.checked)?.value } : {})
    return findings.map(named)
  }

  /** @param {{ severity: Sent.Severity, unit: string }} alert */
  conclusion(alert) {
    const findings = radios(FINDINGS)
    const severity = el("select", "severity", option("", t("act.same")), ...SEVERITIES.filter((each) => each !== alert.severity).map((each) => option(each, t(`severity.${each}`))))
    const value = Object.assign(input("value"), { type: "number", step: "any" })
    const corrected = el("span", "corrected", labelled(t("act.severity"), severity), labelled(`${t("act.value")} ${alert.unit}`, value))
    const chosen = () => findings.find((each) => each.checked)?.value
    const told = () => {
      corrected.hidden = chosen() !== "corrected"
      severity.required = !corrected.hidden && value.value === ""
    }
    this.given = () => ({
      finding: chosen(),
      ...(!corrected.hidden && severity.value ? { severity: severity.value } : {}),
      ...(!corrected.hidden && value.value !== "" ? { value: Number(value.value) } : {}),
    })
    for (const field of [...findings, value]) field.addEventListener("input", told)
    told()
    return [...findings.map(named), corrected]
  }
}

/** @param {string[]} values */
const radios = (values) => values.map((value) => Object.assign(input("finding"), { type: "radio", name: "finding", value, required: true }))
/** @param {HTMLInputElement} finding */
const named = (finding) => el("label", "check", finding, t(`finding.${words.key(finding.value)}`))

/** @param {string} className */
const input = (className) => el("input", className)
/**
 * @param {string} text
 * @param {HTMLElement} field
 */
const labelled = (text, field) => el("label", "field", el("span", "", text), field)

/**
 * A button that fills in what it says.
 * @param {string} text
 * @param {() => void} press
 */
export function chip(text, press) {
  const node = el("button", "chip", text)
  node.type = "button"
  node.onclick = press
  return node
}

/** @type {Record<string, string>} */
const UNITS = { s: "second", m: "minute", h: "hour", d: "day" }
/** @param {string} span */
const length = (span) => `${span.slice(0, -1)} ${t(`unit.${UNITS[span.slice(-1)]}`)}`
