/* Asking for a type of another department: fields, purpose, ground, use, way, period; sent once, however often it is pressed. */

import { button, el, fill, option, say } from "../common/dom.js"
import { ANSWERS, SAYS, draw, post } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const TEXTS = ["purpose", "basis", "use"]

export class Ask {
  /** @type {Sent.DirectoryType | null} */
  type = null
  key = draw()
  busy = false

  /**
   * `asked()` is called when a request is in the log.
   * @param {() => void} asked
   */
  constructor(asked) {
    this.asked = asked
    this.begin = button("chip ask", () => this.turn(Boolean(this.form.hidden)), t("sharing.ask"))
    this.why = el("small", "none")
    this.texts = Object.fromEntries(TEXTS.map((name) => [name, Object.assign(el("input", "in"), { maxLength: 500, required: true, oninput: () => this.touched() })]))
    this.way = Object.assign(el("select"), { onchange: () => this.touched() })
    this.days = Object.fromEntries(["since", "until"].map((name) => [name, Object.assign(el("input"), { type: "date", required: true, oninput: () => this.touched() })]))
    this.fields = Object.assign(el("select"), { multiple: true, size: 4, onchange: () => this.touched() })
    this.submit = el("button", "do", t("sharing.ask"))
    this.submit.type = "submit"
    this.state = el("p", "state")
    this.state.role = "status"
    const labelled = (/** @type {string} */ name, /** @type {HTMLElement} */ node) => el("label", "", el("span", "", t(`sharing.${name}`)), node)
    const rows = [...TEXTS.map((name) => labelled(name, this.texts[name])), labelled("way", this.way), labelled("since", this.days.since), labelled("until", this.days.until), labelled("some_fields", this.fields)]
    this.form = el("form", "asking", ...rows, this.submit)
    this.form.onsubmit = (event) => this.send(event)
    this.form.hidden = true
    this.node = el("div", "ask", el("p", "", this.begin, " ", this.why), this.form, this.state)
  }

  /**
   * @param {Sent.DirectoryType} type
   * @param {Sent.Sharing} sharing
   */
  show(type, { department, may_ask }) {
    const own = type.provider.id === department
    this.begin.disabled = own || !may_ask
    say(this.why, own ? t("sharing.own") : may_ask ? "" : t("sharing.may_not"))
    if (type.type === this.type?.type) return
    this.type = type
    this.turn(false)
    say(this.state, "")
    fill(this.way, ...type.ways.map((way) => option(way, t(`directory.way_${way}`))))
    fill(this.fields, ...type.fields.map(({ path, name }) => option(path, `${words.pick(name)} · ${path}`)))
    this.key = draw()
  }

  /** @param {boolean} open */
  turn(open) {
    this.form.hidden = !open
    this.begin.ariaExpanded = String(open)
    if (open) this.texts.purpose.focus()
    this.enable()
  }

  /** A person changes what is to be sent: it is another press. */
  touched() {
    this.key = draw()
    this.enable()
  }

  enable() {
    this.submit.disabled = this.busy || !this.form.checkValidity() || this.days.until.value < this.days.since.value
  }

  /** @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault()
    if (this.submit.disabled || !this.type) return
    this.busy = true
    this.enable()
    say(this.state, t("act.sending"))
    const texts = Object.fromEntries(TEXTS.map((name) => [name, this.texts[name].value.trim()]))
    const fields = [...this.fields.selectedOptions].map(({ value }) => value)
    const answer = await post("sharing/ask", { type: this.type.type, ...texts, way: this.way.value, since: this.days.since.value, until: this.days.until.value, fields, key: this.key })
    this.busy = false
    const said = ANSWERS[answer?.status ?? 0] ?? "unaccepted"
    say(this.state, said === "pending" ? t("sharing.is_asked") : t(SAYS[said]))
    if (said === "pending") {
      this.form.reset()
      this.turn(false)
      this.key = draw()
      this.asked()
    }
    this.enable()
  }
}
