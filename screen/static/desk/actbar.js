/* The bar of acts of the alert that is shown: each with its key, the chosen one white; one that is looked for and not allowed is dashed, with the reason. */

import { el, fill } from "../common/dom.js"
import { Form } from "../common/alert/form.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/**
 * The key of each act that has one.
 * @type {Record<string, string>}
 */
export const KEYS = { acknowledge: "A", verify: "V", call: "L", report: "P", confer: "H", comment: "N", shelve: "S", unshelve: "U", confirm: "C", conclude: "T", reset: "R", "remove-from-service": "O" }

export class ActBar extends Form {
  /** @type {string} */
  refused

  /** @param {import("../common/alert/acts.js").Acts} acts */
  constructor(acts) {
    super(acts)
    this.missing = el("div", "missing")
    this.verbs.after(this.missing)
    this.node.ariaLabel = t("desk.acts")
    this.node.dataset.bar = ""
    t("act.reasons").forEach((_, n) => this.node.querySelectorAll(".under .chip")[n].prepend(el("kbd", "", String(n + 1))))
  }

  /**
   * @override
   * @param {Sent.Alert} alert
   * @param {boolean} ended
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(alert, ended, stale, person) {
    super.show(alert, ended, stale, person)
    const dashed = ended ? [] : Object.keys(KEYS).map((verb) => [verb, whyNot(verb, alert)]).filter(([verb, why]) => why && !alert.verbs.includes(verb))
    const key = JSON.stringify([alert.id, dashed])
    if (key !== this.refused) fill(this.missing, ...dashed.map(([verb, why]) => el("span", "chip off", el("kbd", "", KEYS[verb]), t(`do.${words.key(verb)}`), el("small", "", why))))
    this.refused = key
  }

  /**
   * @override
   * @param {string} verb
   */
  choice(verb) {
    const node = super.choice(verb)
    if (KEYS[verb]) node.prepend(el("kbd", "", KEYS[verb]))
    return node
  }

  /**
   * A key of an act: it is chosen, and its reason may be written; whether there is such an act here.
   * @param {string} letter
   */
  hit(letter) {
    const verb = Object.keys(KEYS).find((each) => KEYS[each] === letter.toUpperCase())
    const node = this.choices.find((each) => each.dataset.verb === verb)
    if (!node || node.disabled || this.node.hidden) return false
    node.click()
    this.reason.focus()
    return true
  }

  /**
   * Fill in the n-th common reason; whether there is one.
   * @param {number} n
   */
  common(n) {
    const chips = /** @type {NodeListOf<HTMLButtonElement>} */ (this.node.querySelectorAll(".under .chip"))
    if (!chips[n] || this.node.hidden || this.reason.disabled) return false
    chips[n].click()
    this.reason.focus()
    return true
  }
}

/**
 * Why an act that people look for is not among those that the alert allows; nothing for one that nobody looks for here.
 * @param {string} verb
 * @param {Sent.Alert} alert
 */
function whyNot(verb, alert) {
  const state = alert.state[0]
  const aside = "EFG".includes(state)
  /** @type {(so: boolean, key: string) => string} */
  const unless = (so, key) => (so ? t(`desk_why_not.${key}`) : "")
  if (verb === "acknowledge") return unless(state === "C", "acknowledged") || unless(aside, "aside") || unless(state === "A", "normal")
  if (verb === "confirm") return unless("BD".includes(state), "not_acknowledged")
  if (verb === "shelve") return unless(aside, "aside") || unless(state === "A", "normal")
  if (verb === "conclude" && alert.case) return unless(alert.case.finding !== null, "concluded") || unless(alert.active, "active")
  return ""
}
