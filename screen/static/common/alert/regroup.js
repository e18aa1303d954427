/* The incident of an alert: who leads and why, its other alerts, and the plain form to split the alert off or to merge another one. */

import { el, fill, option, say } from "../dom.js"
import { titled } from "./alert.js"
import { glyph } from "../marks.js"
import { post } from "../server/press.js"
import { whyNot } from "./rights.js"
import * as words from "../words.js"
import { t } from "../words.js"

/** Other alerts and notes that are listed. */
const [MEMBERS, NOTES] = [8, 3]
const SPLIT = "split"

/**
 * What the server's answers mean.
 * @type {Record<number, string>}
 */
const ANSWERS = { 202: "act.pending", 403: "act.forbidden", 409: "regroup.conflict" }

export class Regroup {
  /** @type {Sent.Alert | undefined} */
  alert
  /** @type {Sent.Bundle | undefined} */
  found
  /** @type {boolean | undefined} */
  stale
  /** @type {{ incident: string, offset: number | null } | null | undefined} what was sent and is not judged yet */
  underway
  /** @type {string | undefined} */
  drawn

  /**
   * `open(id)` shows another alert.
   * @param {(id: string) => void} open
   */
  constructor(open) {
    this.open = open
    this.what = el("select")
    this.reason = el("input", "reason")
    this.reason.placeholder = t("regroup.reason_hint")
    this.reason.maxLength = 500
    this.reason.oninput = () => this.enable()
    this.what.onchange = () => this.enable()
    this.button = el("button", "do", t("regroup.do"))
    this.button.type = "submit"
    this.state = el("p", "state")
    this.form = el("form", "regroup", this.what, this.reason, this.button, this.state)
    this.form.onsubmit = (event) => this.submit(event)
    this.told = el("div")
    this.node = el("div", "incident", el("h3", "", t("story.incident")), this.told, this.form)
  }

  /**
   * `found`: the answer of the server, or null where no incident tells of the alert.
   * @param {Sent.Alert} alert
   * @param {Sent.Bundle | null} found
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(alert, found, stale, person) {
    this.node.hidden = found === null
    if (found === null) return
    if (alert.id !== this.alert?.id) this.clear()
    Object.assign(this, { alert, found, stale })
    const { lead, helpers, adcode } = found.incident
    this.form.hidden = Boolean(whyNot(person, "split", [lead, ...helpers].map(({ id }) => id), adcode ?? ""))
    const { incident, rows } = found
    const key = `${alert.id} ${incident.id} ${incident.rev} ${rows.length} ${found.others.map(({ id, rev }) => id + rev)}`
    if (key !== this.drawn) this.draw(alert, found)
    this.drawn = key
    this.judge()
    this.enable()
  }

  /**
   * @param {Sent.Alert} alert
   * @param {Sent.Bundle} found
   */
  draw(alert, { incident, rows, others }) {
    const why = incident.rules.length ? [t("incident.inferred"), ...incident.rules.map(words.pick)].join(" · ") : ""
    /** @type {(key: string, duty: Sent.Duty) => HTMLElement} */
    const duty = (key, { name, rule }) => el("p", "", t(`incident.${key}`), " ", el("b", "", words.pick(name)), rule ? el("small", "", words.pick(rule)) : null)
    const rest = rows.filter(({ id }) => id !== alert.id)
    const links = rest.slice(0, MEMBERS).map((row) => this.link(row))
    const more = rest.length > MEMBERS ? el("small", "", `${t("panel.more")} ${rest.length - MEMBERS} ${t("incident.alert")}`) : null
    const numbers = `${t("incident.whole")} ${incident.count} ${t("incident.alert")} · ${t("incident.open")} ${incident.open}`
    const notes = incident.notes.slice(0, NOTES).map((note) => el("small", "", said(note)))
    fill(this.told, el("p", "", el("b", "", words.pick(incident.title)), el("small", "", [numbers, why].filter(Boolean).join(" · "))), duty("lead", incident.lead), ...incident.helpers.map((helper) => duty("help", helper)), ...links, more, ...notes)
    const chosen = this.what.value
    const options = others.map((other) => option(other.id, `${t("regroup.merge")} ${words.pick(other.title)} · ${other.count} ${t("incident.alert")} · ${words.moment(other.opened)}`))
    fill(this.what, option("", t("regroup.choose")), ...(incident.open > 1 ? [option(SPLIT, t("regroup.split"))] : []), ...options)
    this.what.value = [...this.what.options].some(({ value }) => value === chosen) ? chosen : ""
  }

  /** @param {Sent.Row} row */
  link(row) {
    const node = el("button", "member", glyph(row.severity, { state: row.state[0], phase: row.phase, size: 18 }), el("span", "", `${titled(row)} · ${words.pick(row.name)}`))
    node.type = "button"
    node.onclick = () => this.open(row.id)
    return node
  }

  enable() {
    const allowed = !this.stale && this.found?.incident.state === "open" && !this.underway
    this.what.disabled = this.reason.disabled = !allowed
    this.button.disabled = !allowed || !this.what.value || !this.reason.value.trim()
  }

  clear() {
    this.reason.value = this.what.value = ""
    this.underway = null
    say(this.state, "")
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault()
    const { alert, found } = this
    if (this.button.disabled || !alert || !found) return
    const split = this.what.value === SPLIT
    const body = { incident: found.incident.id, verb: split ? "split" : "merge", reason: this.reason.value.trim() }
    Object.assign(body, split ? { alerts: [alert.id] } : { others: [this.what.value] })
    /** @type {NonNullable<typeof this.underway>} */
    const underway = { incident: body.incident, offset: null }
    this.underway = underway
    say(this.state, t("act.sending"))
    this.enable()
    const answer = await post("regroup", body)
    const { offset = null } = answer?.status === 202 ? await answer.json() : {}
    if (this.underway !== underway) return // another alert is shown by now
    this.underway = offset === null ? null : { ...underway, offset }
    say(this.state, t(ANSWERS[answer?.status ?? 0] ?? "act.unaccepted_why"))
    this.enable()
  }

  /** The log has judged it when the alert's incident is another one, or has a revision that is not older. */
  judge() {
    const { underway, found } = this
    if (!found || !underway || underway.offset === null) return
    const moved = found.incident.id !== underway.incident
    if (!moved && found.incident.rev < underway.offset) return
    const why = moved ? "" : found.incident.notes[0]?.refused ?? ""
    this.clear()
    say(this.state, why ? `${t("regroup.refused")} ${why}` : t("regroup.done"))
  }
}

/** @param {Sent.Regrouped} note */
function said({ verb, actor, reason, at, refused }) {
  const who = actor ? words.who(actor) : t("incident.flood")
  return [words.moment(Date.parse(at)), t(`regroup.${verb}_told`), who, words.written(reason), refused ? `${t("regroup.refused")} ${refused}` : ""].filter(Boolean).join(" · ")
}
