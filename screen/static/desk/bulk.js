/* One reason for several alerts: one act for each goes out, a few at a time, and what became of each is said. */

import { titled } from "../common/alert/alert.js"
import { button, el, fill, say } from "../common/dom.js"
import { Fields, chip } from "../common/alert/fields.js"
import { draw } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const VERBS = ["acknowledge", "comment", "shelve"]

/** Acts that are under way at once: each waits for the log's answer before the next one goes out. */
const LANES = 6

/** Alerts of one bulk act at most, as the server tells of them at once. */
export const MOST = 200

/** The alerts that are chosen, by id. */
export class Marks {
  /** @type {Map<string, Sent.Row>} */
  alerts = new globalThis.Map()

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed
  }

  /** @param {string} id */
  has(id) {
    return this.alerts.has(id)
  }

  /** @param {Sent.Row} alert */
  toggle(alert) {
    if (!this.alerts.delete(alert.id) && this.alerts.size < MOST) this.alerts.set(alert.id, alert)
    this.changed()
  }

  /** @param {Sent.Row[]} alerts */
  add(alerts) {
    for (const alert of alerts) if (this.alerts.size < MOST) this.alerts.set(alert.id, alert)
    this.changed()
  }

  /**
   * The newest word on those that are chosen.
   * @param {Record<string, Sent.Row>} fresh
   */
  renew(fresh) {
    for (const [id, alert] of Object.entries(fresh)) if (this.alerts.has(id)) this.alerts.set(id, alert)
  }

  clear() {
    this.alerts.clear()
    this.changed()
  }
}

/** @typedef {{ alert: Sent.Row, state: string, reason?: Sent.Text }} Outcome what has become of the act on an alert */

/**
 * The words of each state of an act.
 * @type {Record<string, string>}
 */
const TOLD = { done: "desk.bulk_done", refused: "desk.bulk_refused", conflict: "desk.bulk_conflict", skipped: "desk.bulk_skipped", unsent: "desk.bulk_unsent", waits: "desk.bulk_unsent", pending: "act.pending", sending: "act.sending", unaccepted: "act.unaccepted_why" }

export class Bulk {
  /** @type {boolean} */
  stale
  /** @type {Sent.Person | undefined} */
  person
  /** @type {boolean} */
  stopped
  /** @type {boolean} */
  running = false
  /** @type {Outcome[]} */
  results = []
  /** @type {string} */
  listed

  /**
   * @param {Marks} marks
   * @param {import("../common/alert/acts.js").Acts} acts
   */
  constructor(marks, acts) {
    this.marks = marks
    this.acts = acts
    this.count = el("b")
    this.verb = VERBS[0]
    this.verbs = el("div", "verbs", ...VERBS.map((verb) => this.choice(verb)))
    this.fields = new Fields(() => this.enable())
    this.reason = Object.assign(el("input", "reason"), { maxLength: 500, oninput: () => this.enable() })
    this.reason.ariaLabel = t("act.reason")
    this.button = el("button", "do")
    this.button.type = "submit"
    this.clear = button("chip clear", () => this.marks.clear(), t("desk.bulk_clear"))
    this.stop = button("chip stop", () => { this.stopped = true }, t("desk.bulk_stop"))
    this.shut = button("chip shut", () => this.forget(), t("desk.bulk_close"))
    this.state = el("p", "state")
    this.state.role = "status"
    this.list = el("ol", "results")
    const chips = t("act.reasons").map((text) => chip(text, () => { this.reason.value = text; this.enable() }))
    const first = el("div", "fields", el("span", "", t("act.reason")), this.reason, this.button)
    this.node = el("form", "act bulk", el("div", "chosen", el("span", "", `${t("desk.selected")} `, this.count), this.verbs, this.clear), this.fields.node, first, el("div", "under", ...chips), el("div", "outcome", this.state, this.stop, this.shut), this.list)
    this.node.ariaLabel = t("desk.bulk")
    this.node.onsubmit = (event) => this.submit(event)
    this.choose(VERBS[0])
  }

  /** @param {string} verb */
  choice(verb) {
    const node = chip(t(`do.${words.key(verb)}`), () => this.choose(verb))
    node.dataset.verb = verb
    return node
  }

  /** @param {string} verb */
  choose(verb) {
    this.verb = verb
    this.fields.show(verb, { severity: "blue", unit: "" })
    this.reason.placeholder = t(verb === "acknowledge" ? "act.reason_hint" : "act.why_hint")
    for (const node of /** @type {HTMLElement[]} */ ([...this.verbs.children])) node.ariaPressed = String(node.dataset.verb === verb)
    this.enable()
  }

  /** Whether there is anything to show. */
  get busy() {
    return this.marks.alerts.size > 0 || this.results.length > 0
  }

  /**
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(stale, person) {
    Object.assign(this, { stale, person })
    this.node.hidden = !this.busy
    this.enable()
  }

  enable() {
    const { size } = this.marks.alerts
    const able = [...this.marks.alerts.values()].filter((alert) => alert.verbs.includes(this.verb)).length
    say(this.count, `${size}${able < size ? ` · ${t(`do.${words.key(this.verb)}`)} ${able}` : ""}`)
    say(this.button, `${t(`do.${words.key(this.verb)}`)} ${able}`)
    this.button.disabled = this.running || this.stale || !able || !this.reason.value.trim() || !this.node.checkValidity()
    this.clear.disabled = this.running
    this.stop.hidden = !this.running
    this.shut.hidden = this.running || !this.results.length
    this.tell()
  }

  forget() {
    this.results = []
    this.node.hidden = !this.busy
    this.enable()
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault()
    if (this.button.disabled) return
    Object.assign(this, { running: true, stopped: false })
    const fields = { verb: this.verb, reason: this.reason.value.trim(), ...this.fields.given() }
    this.results = [...this.marks.alerts.values()].map((alert) => ({ alert, state: alert.verbs.includes(this.verb) ? "waits" : "skipped" }))
    const left = this.results.filter(({ state }) => state === "waits")
    this.enable()
    const lane = async () => {
      for (let result = left.shift(); result && !this.stopped; result = left.shift()) await this.one(result, fields)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    for (const result of this.results) if (["waits", "sending"].includes(result.state)) result.state = "unsent"
    this.running = false
    this.reason.value = ""
    this.marks.clear()
    this.enable()
  }

  /**
   * @param {Outcome} result
   * @param {import("../common/alert/acts.js").Fields} fields
   */
  async one(result, fields) {
    result.state = "sending"
    this.tell()
    const sent = this.acts.send(result.alert, this.person, draw(), fields)
    const halt = new Promise((resolve) => {
      const look = setInterval(() => this.stopped && resolve(clearInterval(look)), 200)
      sent.finally(() => clearInterval(look))
    })
    await Promise.race([sent, halt])
    const act = this.acts.of(result.alert)
    Object.assign(result, { state: act?.state ?? "unaccepted", reason: act?.reason })
    this.tell()
  }

  tell() {
    const over = this.results.filter(({ state }) => !["waits", "sending"].includes(state))
    const bad = over.filter(({ state }) => !["done"].includes(state)).length
    const parts = this.results.length ? [`${over.length} / ${this.results.length}`, bad ? `${t("desk.bulk_refused")} ${bad}` : "", this.stopped ? t("desk.bulk_stopped") : ""] : []
    say(this.state, parts.filter(Boolean).join(" · "))
    this.node.classList.toggle("reports", this.results.length > 0)
    const key = JSON.stringify(this.results.map(({ alert, state }) => [alert.id, state]))
    if (key !== this.listed) fill(this.list, ...this.results.map((result) => this.line(result)))
    this.listed = key
  }

  /** @param {Outcome} result */
  line({ alert, state, reason }) {
    const node = el("li", state, el("span", "wide", `${titled(alert)} · ${words.pick(alert.name)}`), el("span", "", `${t(TOLD[state] ?? state)}${state === "refused" ? `：${words.pick(reason)}` : ""}`))
    node.dataset.alert = alert.id
    return node
  }
}
