/* The form of a person's acts: those that the alert allows now, each with a reason; what became of one is said in the log's own words. */

import { button, el, fill, say } from "../dom.js"
import { Fields, chip } from "./fields.js"
import { SAYS, draw } from "../server/press.js"
import { allowed, refused } from "./rights.js"
import * as words from "../words.js"
import { t } from "../words.js"

/** The commonest first; the alert says which of them are allowed. */
const VERBS = ["acknowledge", "verify", "call", "report", "confer", "reset", "conclude", "unshelve", "unsuppress", "return-to-service", "retry", "comment", "confirm", "shelve", "reopen", "suppress", "remove-from-service"]

export class Form {
  /** @type {Sent.Alert} the one that is shown */
  alert
  /** @type {string | null | undefined} the chosen act */
  verb
  /** @type {string | null} the acts that are offered, by alert */
  offered = null
  /** @type {string | undefined} the act that was heard of last, and its state */
  last
  /** @type {string} names this press */
  key = ""

  /** @param {import("./acts.js").Acts} acts */
  constructor(acts) {
    this.acts = acts
    this.verbs = el("div", "verbs")
    this.verbs.role = "group"
    this.verbs.ariaLabel = t("act.choose")
    this.fields = new Fields(() => this.touched())
    this.reason = el("input", "reason")
    this.reason.maxLength = 500
    this.reason.ariaLabel = t("act.reason")
    this.reason.oninput = () => this.touched()
    this.button = Object.assign(el("button", "do"), { type: "submit", hidden: true })
    this.state = el("p", "state")
    this.state.role = "status"
    this.again = button("again", () => this.acts.retry(this.alert, this.person), t("act.again"))
    this.signed = el("small")
    const chips = t("act.reasons").map((text) => chip(text, () => { this.reason.value = text; this.touched() }))
    const fields = el("div", "fields", el("span", "", t("act.reason")), this.reason, this.button)
    this.node = el("form", "act", this.verbs, this.fields.node, fields, el("div", "under", ...chips, this.signed), this.state, this.again)
    this.node.onsubmit = (event) => this.submit(event)
  }

  /**
   * @param {Sent.Alert} alert
   * @param {boolean} ended
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(alert, ended, stale, person) {
    this.alert = alert
    this.stale = stale
    this.person = person
    say(this.signed, person ? `${t("act.signed_by")} ${person.name}` : "")
    const act = this.acts.of(alert)
    this.heard(act)
    const may = allowed(person, alert)
    this.offer(ended ? [] : VERBS.filter((verb) => may.includes(verb)))
    const shown = ended ? t("story.ended") : told(act) || (stale ? t("act.stale") : this.verb ? "" : refused(person, alert) || t("act.not_allowed"))
    say(this.state, shown)
    this.again.hidden = ended || act?.state !== "unaccepted"
    this.again.disabled = stale
    this.node.className = `act ${ended ? "over" : act?.state ?? ""} ${shown ? "says" : ""}`
    this.enable()
  }

  /**
   * The log has answered: what is sent next is another press, and what was done is not written any more.
   * @param {import("./acts.js").Act | undefined} act
   */
  heard(act) {
    const last = act && `${act.key} ${act.state}`
    if (last !== this.last && act?.state === "refused") this.key = draw()
    if (last !== this.last && act?.state === "done") this.clear()
    this.last = last
  }

  /**
   * Offer these acts; one that is no longer allowed is chosen no more, unless it is on its way.
   * @param {string[]} verbs
   */
  offer(verbs) {
    const offered = `${this.alert.id} ${verbs}`
    if (offered === this.offered) return
    this.offered = offered
    fill(this.verbs, ...verbs.map((verb) => this.choice(verb)))
    if (this.verb && verbs.includes(this.verb)) this.press()
    else this.choose(verbs[0])
  }

  /** @param {string} verb */
  choice(verb) {
    const node = chip(t(`do.${words.key(verb)}`), () => { this.choose(verb); this.touched() })
    node.dataset.verb = verb
    return node
  }

  /** @param {string | undefined} verb */
  choose(verb) {
    this.verb = verb
    this.fields.show(verb ?? "", this.alert)
    this.reason.placeholder = t(verb === "acknowledge" ? "act.reason_hint" : "act.why_hint")
    say(this.button, verb ? t(`do.${words.key(verb)}`) : "")
    this.button.hidden = !verb
    this.press()
    this.key = draw()
    this.enable()
  }

  get choices() {
    return /** @type {HTMLButtonElement[]} */ ([...this.verbs.children])
  }

  press() {
    for (const node of this.choices) node.ariaPressed = String(node.dataset.verb === this.verb)
  }

  /** A person changes what is to be sent: it is another press, and what was said of the last one is over. */
  touched() {
    this.key = draw()
    this.acts.drop(this.alert)
    this.enable()
  }

  enable() {
    const open = !this.stale && Boolean(this.verb) && !this.acts.underway(this.alert)
    this.reason.disabled = !open
    this.fields.disable(!open)
    for (const node of this.choices) node.disabled = this.acts.underway(this.alert)
    this.button.disabled = !open || !this.reason.value.trim() || !this.node.checkValidity()
  }

  /** Empty it; the act that is the commonest now is chosen. */
  clear() {
    this.reason.value = ""
    this.offered = null
    this.verb = null
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault()
    const fields = { verb: this.verb ?? "", reason: this.reason.value.trim(), ...this.fields.given() }
    if (!this.button.disabled) this.acts.send(this.alert, this.person, this.key, fields)
  }
}

/**
 * What has become of an act.
 * @param {import("./acts.js").Act | undefined} act
 * @returns {string}
 */
function told(act) {
  if (!act) return ""
  if (act.state === "done") return `${t("act.done")}${t(`do.${words.key(act.verb)}`)}`
  if (act.state === "refused") return `${t("act.refused")}${words.pick(act.reason)}`
  return t(SAYS[act.state])
}
