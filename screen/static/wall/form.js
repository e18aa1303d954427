/* The form to acknowledge: a reason is required, and what became of the act is said in the log's own words. */

import { el, fill, say } from "./dom.js"
import { t } from "./words.js"

const SAYS = {
  sending: "act.sending",
  pending: "act.pending",
  unaccepted: "act.unaccepted_why",
  refused: "act.refused",
  conflict: "act.conflict",
}

export class Form {
  constructor(acts) {
    this.acts = acts
    this.reason = el("input", "reason")
    this.reason.placeholder = t("act.reason_hint")
    this.reason.maxLength = 500
    this.reason.ariaLabel = t("act.reason")
    this.reason.oninput = () => this.enable()
    this.button = el("button", "do", t("act.acknowledge"))
    this.button.type = "submit"
    this.state = el("p", "state")
    this.signed = el("small")
    const chips = t("act.reasons").map((text) => this.chip(text))
    const fields = el("div", "fields", el("label", "", t("act.reason")), this.reason, this.button)
    this.node = el("form", "act", fields, el("div", "under", ...chips, this.signed), this.state)
    this.node.onsubmit = (event) => this.submit(event)
  }

  /** A reason that a person on a wall without keys may press. */
  chip(text) {
    const node = el("button", "chip", text)
    node.type = "button"
    node.onclick = () => {
      this.reason.value = text
      this.enable()
    }
    return node
  }

  show(alert, stale, person) {
    this.alert = alert
    this.stale = stale
    say(this.signed, person ? `${t("act.signed_by")} ${person.name}` : "")
    const act = this.acts.of(alert)
    const key = act ? SAYS[act.state] : stale ? "act.stale" : alert.verbs.includes("acknowledge") ? "" : "act.not_allowed"
    const ended = alert.state === "A" ? "story.ended" : ""
    const acknowledged = alert.state[0] === "C" ? "state.C" : ""
    const shown = ended || acknowledged || key
    fill(this.state, ...(shown ? [t(shown)] : []))
    this.node.className = `act ${ended || acknowledged ? "" : act?.state ?? ""} ${shown ? "says" : ""}`
    this.enable()
  }

  enable() {
    const allowed = !this.stale && this.alert?.verbs.includes("acknowledge") && !this.acts.underway(this.alert)
    this.reason.disabled = !allowed
    this.button.disabled = !allowed || !this.reason.value.trim()
  }

  clear() {
    this.reason.value = ""
  }

  submit(event) {
    event.preventDefault()
    if (!this.button.disabled) this.acts.send(this.alert, "acknowledge", this.reason.value.trim())
  }
}
