/* A person's acts on orders: sent once, pending until the order's trail has the entries that the act's record caused. */

import { pause } from "../common/pause.js"
import { get } from "../common/server/get.js"
import { ANSWERS, draw, post } from "../common/server/press.js"

/** @typedef {{ state: string, verb: string, data: Record<string, unknown>, key: string, place?: { partition: number, offset: number }, reason?: Sent.Text }} OrderPress */

/** Milliseconds after which the trail is asked again what an act has come to. */
const AGAIN = 500

export class OrderActs {
  closed = false
  /** @type {Map<string, OrderPress>} the last act on each order */
  acts = new globalThis.Map()

  /** @param {(order: string, act: OrderPress) => void} changed */
  constructor(changed) {
    this.changed = changed
  }

  /** @param {string} order */
  of(order) {
    return this.acts.get(order)
  }

  /** @param {string} order */
  underway(order) {
    return ["sending", "pending"].includes(this.of(order)?.state ?? "")
  }

  /**
   * Let go of an act that is over.
   * @param {string} order
   */
  forget(order) {
    if (!this.underway(order)) this.acts.delete(order)
  }

  /**
   * Send an act, and follow it to what the log says. One that was not accepted is sent again under its own key.
   * @param {string} order
   * @param {string} verb
   * @param {Record<string, unknown>} data
   * @param {string} [key]
   */
  async send(order, verb, data, key = draw()) {
    /** @type {OrderPress} */
    const act = { state: "sending", verb, data, key }
    this.acts.set(order, act)
    this.changed(order, act)
    const answer = await post("order", { verb, key, data: { order, ...data } })
    act.place = answer?.status === 202 ? await answer.json().catch(() => undefined) : undefined
    act.state = answer?.status === 202 && !act.place ? "unaccepted" : ANSWERS[answer?.status ?? 0] ?? "unaccepted"
    this.changed(order, act)
    if (act.place) await this.follow(order, act)
    return act
  }

  /**
   * @param {string} order
   * @param {OrderPress} act
   */
  async follow(order, act) {
    while (act.state === "pending" && !this.closed) {
      const { status, body } = await get(`order/${encodeURIComponent(order)}`)
      const entries = status === 200 ? caused(body.trail, act.place) : []
      if (entries.length) {
        const refused = entries.find(({ event }) => event === "refuse")
        Object.assign(act, { state: refused ? "refused" : "done", reason: refused?.reason })
        this.changed(order, act)
      } else await pause(AGAIN)
    }
  }

  close() {
    this.closed = true
  }
}

/**
 * The entries that an act's record caused, one a line that it names.
 * @param {Sent.OrderEntry[]} trail
 * @param {{ partition: number, offset: number } | undefined} place
 */
export const caused = (trail, place) => (place ? trail.filter((entry) => entry.place.partition === place.partition && entry.place.offset === place.offset) : [])
