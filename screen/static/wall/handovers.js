/* The change of a shift, in the place of the list while somebody looks: each department's alerts and newest notes, and a form to leave one. */

import { button, el, fill, focusedIn, option, say } from "../common/dom.js"
import { SEVERITIES } from "../common/marks.js"
import { PATIENCE, draw, post } from "../common/server/press.js"
import { whyNot } from "../common/alert/rights.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Milliseconds after which the server is asked again, while the panel is open. */
const AGAIN = 2000

/** @typedef {{ note: { id: string, department: string, note: Sent.Words, at: string, by: Sent.Actor }, taken: { note: Sent.Words, at: string, by: Sent.Actor } | null }} Left a note, and who took it over */
/** @typedef {{ department: string, name: Sent.Text, now: { severities: Record<string, number>, states: Record<string, number>, unacknowledged: unknown[], done: Record<string, number> }, notes: Left[] }} Desk */

export class Handovers {
  /** @type {string} */
  drawn
  /** @type {number} */
  asked
  /** @type {boolean} */
  stale
  /** @type {Sent.Person | undefined} */
  person
  /** @type {boolean} */
  underway
  /** @type {Record<string, string>} */
  keys = {}

  constructor() {
    const shut = button("shut", () => this.shut(), `${t("story.close")} ✕`)
    this.what = el("select")
    this.what.ariaLabel = t("handover.department")
    this.what.onchange = () => this.edited()
    this.text = el("input", "reason")
    this.text.placeholder = t("handover.note_hint")
    this.text.maxLength = 500
    this.text.oninput = () => this.edited()
    this.leave = el("button", "do", t("handover.leave"))
    this.leave.type = "submit"
    this.state = el("p", "state")
    this.state.role = "status"
    this.form = el("form", "hand-over", this.what, this.text, this.leave, this.state)
    this.form.onsubmit = (event) => this.submit(event)
    this.rows = el("div", "rows")
    this.node = el("section", "handovers", el("div", "ph", t("panel.handovers"), shut), this.form, this.rows)
    this.node.hidden = true
  }

  open() {
    this.node.hidden = false
    say(this.state, "")
    this.ask()
  }

  shut() {
    this.node.hidden = true
  }

  /**
   * Called at each tick of the wall.
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(stale, person) {
    if (this.node.hidden) return
    Object.assign(this, { stale, person })
    this.form.hidden = Boolean(whyNot(person, "hand-over", person?.departments ?? []))
    this.enable()
    if (performance.now() - this.asked > AGAIN) this.ask()
  }

  async ask() {
    this.asked = performance.now()
    const answer = await fetch("/screen/handovers", { signal: AbortSignal.timeout(PATIENCE) }).catch(() => null)
    if (answer?.ok) this.draw(await answer.json())
  }

  /** @param {{ departments: Record<string, Sent.Text>, desks: Desk[] }} found */
  draw(found) {
    const key = JSON.stringify(found)
    if (key === this.drawn) return
    this.drawn = key
    const chosen = this.what.value
    const options = Object.entries(found.departments).map(([id, name]) => option(id, words.pick(name)))
    fill(this.what, option("", t("handover.department")), ...options)
    this.what.value = chosen
    const focused = focusedIn(this.node)?.dataset.handover
    fill(this.rows, ...found.desks.map((desk) => this.desk(desk)))
    if (!found.desks.length) fill(this.rows, el("div", "none", t("handover.none")))
    if (focused) /** @type {HTMLElement | null} */ (this.rows.querySelector(`[data-handover="${CSS.escape(focused)}"]`))?.focus()
    this.enable()
  }

  /** @param {Desk} desk */
  desk({ department, name, now, notes }) {
    /** @param {Record<string, number>} counts */
    const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0)
    const severities = SEVERITIES.filter((severity) => now.severities[severity]).map((severity) => `${t(`severity.${severity}`)} ${now.severities[severity]}`)
    const counts = [`${t("handover.open")} ${sum(now.states)}`, ...severities, `${t("handover.unacknowledged")} ${now.unacknowledged.length}`]
    const acts = Object.entries(now.done).map(([verb, count]) => `${t(`do.${words.key(verb)}`)} ${count}`)
    const done = acts.length ? el("p", "s", `${t("handover.done")} ${acts.join(" · ")}`) : null
    const node = el("div", "desk", el("b", "", words.pick(name)), el("p", "s", counts.join(" · ")), done, ...notes.map((each, n) => this.note(each, n === 0)))
    node.dataset.department = department
    return node
  }

  /**
   * A note with its time, its person and who took it over; only the newest of a department asks to be taken over.
   * @param {Left} left
   * @param {boolean} newest
   */
  note({ note, taken }, newest) {
    /** @param {{ at: string, by: Sent.Actor }} done */
    const who = ({ at, by }) => `${words.moment(Date.parse(at))} · ${words.who(by)}`
    const state = taken ? `${t("handover.taken")} ${who(taken)} · ${words.written(taken.note)}` : t("handover.not_taken")
    /** @param {Left["note"]} note */
    const take = newest && !taken ? button("take", () => this.take(note), t("handover.take")) : null
    if (take) Object.assign(take.dataset, { handover: note.id, department: note.department })
    return el("div", newest ? "note newest" : "note", el("small", "", who(note)), el("p", "", words.written(note.note)), el("small", "w", state), take)
  }

  /** A text or a department that was changed is another note; a retry of the same one keeps its key. */
  edited() {
    delete this.keys.handover
    this.enable()
  }

  enable() {
    const allowed = !this.stale && !this.underway
    this.what.disabled = this.text.disabled = !allowed
    this.leave.disabled = !allowed || Boolean(whyNot(this.person, "hand-over", [this.what.value])) || !this.what.value || !this.text.value.trim()
    const takes = /** @type {NodeListOf<HTMLButtonElement>} */ (this.rows.querySelectorAll(".take"))
    takes.forEach((node) => {
      node.disabled = !allowed
      node.hidden = Boolean(whyNot(this.person, "take-over", [node.dataset.department ?? ""]))
    })
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault()
    if (this.leave.disabled) return
    if (await this.send("handover", "handover", { department: this.what.value, note: this.text.value.trim() }) !== 202) return
    this.text.value = ""
    this.enable()
  }

  /** @param {Left["note"]} note */
  async take(note) {
    const status = await this.send("takeover", note.id, { handover: note.id, note: t("handover.received") })
    if (status === 409) say(this.state, t(note.by.id === this.person?.id ? "handover.own" : "handover.other"))
  }

  /**
   * Send once; the answer's status, or 0 where none came. `name`: whose key it is.
   * @param {string} path
   * @param {string} name
   * @param {Record<string, unknown>} fields
   */
  async send(path, name, fields) {
    this.keys[name] ??= draw()
    this.underway = true
    say(this.state, t("act.sending"))
    this.enable()
    const status = (await post(path, { ...fields, key: this.keys[name] }))?.status ?? 0
    if (status === 202) delete this.keys[name]
    this.underway = false
    say(this.state, t({ 202: "handover.written", 403: "act.forbidden", 409: "handover.refused", 422: "handover.refused" }[status] ?? "act.unaccepted_why"))
    this.enable()
    this.ask()
    return status
  }
}
