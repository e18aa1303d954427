/* A person's acts: sent once, pending until the alert's trail has the entry that the act's record caused. The log alone ends one. */

import { pause } from "../pause.js"
import { get } from "../server/get.js"
import { ANSWERS, post } from "../server/press.js"

/** @typedef {{ id: string, occurrence: number, rev: number }} Acted an alert, or the row of one */
/** @typedef {{ verb: string, reason: string, [more: string]: unknown }} Fields its verb, its reason and what the verb needs */
/**
 * @typedef {object} Act
 * @property {string} state sending, pending, unaccepted, forbidden, second, conflict, refused or done
 * @property {string} verb
 * @property {Fields} fields
 * @property {number} occurrence
 * @property {string} key
 * @property {string} [person] the id
 * @property {boolean} again it is a press that was sent before
 * @property {number} since the revision that the person saw
 * @property {{ partition: number, offset: number }} [place] where its record stands in the log
 * @property {Sent.Text} [reason] why it was refused
 */

/** Milliseconds after which the trail is asked again what an act has come to. */
const AGAIN = 500

export class Acts {
  /**
   * `changed()` is called whenever an act's state changes.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    /** @type {Map<string, Act>} */
    this.acts = new globalThis.Map()
  }

  /**
   * The last act on an alert: `state` is sending, pending, unaccepted, forbidden, second, conflict, refused or done; undefined where there is none.
   * @param {Acted} alert
   */
  of(alert) {
    return this.acts.get(alert.id)
  }

  /**
   * Whether an act on the alert is on its way: until the log has answered, nothing else is sent.
   * @param {Acted} alert
   */
  underway(alert) {
    return ["sending", "pending"].includes(this.of(alert)?.state ?? "")
  }

  /**
   * Let go of an act that is over. One that was not accepted is not over: it stays until it is sent again or another is.
   * @param {Acted} alert
   */
  forget(alert) {
    if (!this.underway(alert) && this.of(alert)?.state !== "unaccepted") this.acts.delete(alert.id)
  }

  /**
   * Let go of an act that is over, or was not accepted, because a person writes another one.
   * @param {Acted} alert
   */
  drop(alert) {
    if (!this.underway(alert)) this.acts.delete(alert.id)
  }

  /**
   * Send the very act again that was not accepted: the same press, with its key.
   * @param {Acted} alert
   * @param {Sent.Person | undefined} person
   */
  retry(alert, person) {
    const act = this.of(alert)
    if (!act) return undefined
    return this.send({ ...alert, occurrence: act.occurrence }, person, act.key, act.fields)
  }

  close() {
    this.closed = true
  }

  /**
   * Send an act: `fields` are its verb, its reason and what the verb needs; `key` names this press, and is the same at a retry.
   * @param {Acted} alert
   * @param {Sent.Person | undefined} person
   * @param {string} key
   * @param {Fields} fields
   */
  async send(alert, person, key, fields) {
    if (this.underway(alert)) return
    const before = this.of(alert)
    const again = before?.key === key
    /** @type {Act} */
    const act = { state: "sending", verb: fields.verb, fields, occurrence: alert.occurrence, key, person: person?.id, again, since: again ? before.since : alert.rev }
    this.acts.set(alert.id, act)
    this.changed()
    try {
      const answer = await post("act", { alert: alert.id, occurrence: alert.occurrence, key, ...fields })
      if (answer?.status === 202) act.place = await answer.json()
      act.state = ANSWERS[answer?.status ?? 0] ?? "unaccepted"
    } catch {
      act.state = "unaccepted"
    }
    this.changed()
    if (act.place) await this.follow(alert.id, act)
  }

  /**
   * @param {string} id
   * @param {Act} act
   */
  async follow(id, act) {
    while (act.state === "pending" && !this.closed) {
      const { status, body } = await get(`alert/${encodeURIComponent(id)}`)
      const entry = status === 200 ? caused(body.trail, act) : undefined
      if (entry) {
        act.state = entry.event === "refuse" ? "refused" : "done"
        act.reason = entry.reason
        this.changed()
      } else await pause(AGAIN)
    }
  }
}

/**
 * The entry that an act's record caused. Where its first sending was not answered, it may have come all the same; then the second
 * record is a copy, which is not judged, and the entry is that of this person's act before it, after what the person saw.
 * @param {Sent.Entry[]} trail
 * @param {Pick<Act, "place" | "verb" | "person" | "again" | "since">} act
 */
export function caused(trail, { place, verb, person, again, since }) {
  if (!place) return undefined
  const exact = trail.find((entry) => entry.place.partition === place.partition && entry.place.offset === place.offset)
  /** @param {Sent.Entry} entry */
  const mine = ({ verb: done, actor, place: { offset } }) => done === verb && actor?.id === person && offset > since && offset < place.offset
  return exact ?? (again ? trail.find(mine) : undefined)
}
