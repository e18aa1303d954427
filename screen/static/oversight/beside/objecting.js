/* A unit objects to how cases of its own count: those that are ticked in the open list, with the reason. */

import { button, el, say } from "../../common/dom.js"
import { draw, post } from "../../common/server/press.js"
import { t } from "../../common/words.js"
import { MOST, whyNot } from "./objections.js"

/** Cases of one objection at most, as of `streams.messages.services.appraisal.CaseIds`. */
const MOST_CASES = 200

export class Objecting {
  /** @type {Set<string>} */
  picked = new Set()
  on = false
  key = ""
  /** Which list is open, as JSON. */
  word = ""

  /**
   * `redraw()` is called when cases may be picked from now on, or no more; `said()` once an objection is in the log.
   * @param {() => void} redraw
   * @param {() => void} said
   */
  constructor(redraw, said) {
    this.redraw = redraw
    this.done = said
    this.begin = button("btn", () => this.turn(!this.on), t("oversight.object"))
    this.reason = Object.assign(el("input", "purpose"), { maxLength: MOST, required: true, placeholder: t("oversight.object_reason"), oninput: () => this.enable() })
    this.reason.ariaLabel = t("oversight.object_reason")
    this.send = el("button", "btn go", t("oversight.submit"))
    this.send.type = "submit"
    this.said = el("span", "said")
    this.said.role = "status"
    this.form = el("form", "exporting", this.reason, this.send)
    this.form.onsubmit = (event) => this.ask(event)
    this.node = el("div", "object", this.begin, this.form, this.said)
    this.node.hidden = this.form.hidden = true
  }

  /**
   * Whether the open list is of figures to which the person may object.
   * @param {Sent.OversightBook} book
   * @param {import("../query.js").Opened | null} opened
   */
  show(book, opened) {
    const word = JSON.stringify(opened)
    if (word !== this.word) {
      this.word = word
      this.picked.clear()
      this.turn(false)
      say(this.said, "")
    }
    this.unit = book.object_for
    this.opened = opened
    this.node.hidden = !book.object_for || !opened?.measure || !opened.since
  }

  /** @param {boolean} on */
  turn(on) {
    if (on && !this.on) this.key = draw()
    this.on = on
    this.form.hidden = !on
    this.begin.ariaExpanded = String(on)
    this.redraw()
    this.enable()
    if (on) this.reason.focus()
  }

  /** @param {Sent.CaseTold} each */
  box(each) {
    const node = el("input")
    node.type = "checkbox"
    node.ariaLabel = `${t("oversight.object_to")} ${each.number}`
    node.checked = this.picked.has(each.case ?? "")
    node.disabled = each.unit !== this.unit || !each.case
    node.onchange = () => {
      if (node.checked && each.case && this.picked.size < MOST_CASES) this.picked.add(each.case)
      else this.picked.delete(each.case ?? "")
      this.enable()
    }
    return node
  }

  enable() {
    this.send.disabled = !this.picked.size || !this.reason.value.trim()
    this.send.textContent = `${t("oversight.submit")} ${this.picked.size || ""}`.trim()
  }

  /** @param {SubmitEvent} event */
  async ask(event) {
    event.preventDefault()
    const { opened, unit, picked, reason, key } = this
    if (this.send.disabled || !opened) return
    this.send.disabled = true
    const month = opened.way === "month" && opened.key
    const answer = await post("oversight/object", { measure: opened.measure, unit, since: month || opened.since, until: month || opened.until, cases: [...picked], reason: reason.value.trim(), key })
    if (answer?.status !== 202) {
      this.enable()
      return say(this.said, await whyNot(answer))
    }
    picked.clear()
    reason.value = ""
    this.turn(false)
    say(this.said, t("oversight.objected"))
    this.done()
  }
}
