/* An order is sent: pending until the log's trail of it answers. */

import { pause } from "../common/pause.js"
import { get } from "../common/server/get.js"
import { ANSWERS, post } from "../common/server/press.js"

/** Milliseconds after which the trail is asked again; after which it is said that nothing has answered yet. */
const [AGAIN, LONG] = [300, 10_000]

/** @type {Record<number, string>} */
const FOUND = { ...ANSWERS, 422: "malformed" }

/** @typedef {{ state: string, number?: string, why?: string }} Sending */

export class Sender {
  /** @type {Sending | null} */
  sending = null

  /** @param {() => void} changed called whenever the state of the press changes */
  constructor(changed) {
    this.changed = changed
  }

  get underway() {
    return ["sending", "pending", "waiting"].includes(this.sending?.state ?? "")
  }

  /**
   * Send it; a second press with the same key is the same order.
   * @param {string} key
   * @param {{ order: string }} data
   */
  async send(key, data) {
    if (this.underway) return
    this.tell({ state: "sending" })
    const answer = await post("order", { verb: "issue", key, data })
    const state = FOUND[answer?.status ?? 0] ?? "unaccepted"
    this.tell({ state, why: state === "pending" ? "" : await reason(answer) })
    if (state === "pending") await this.follow(data.order)
  }

  /** @param {string} order */
  async follow(order) {
    const begun = performance.now()
    while (this.underway && !this.closed) {
      const { status, body } = await get(`order/${encodeURIComponent(order)}`)
      if (status === 200) return this.tell({ state: "done", number: body.order.number })
      if (performance.now() - begun > LONG && this.sending?.state === "pending") this.tell({ state: "waiting" })
      await pause(AGAIN)
    }
    return undefined
  }

  /** @param {Sending | null} sending */
  tell(sending) {
    if (this.closed) return
    this.sending = sending
    this.changed()
  }

  close() {
    this.closed = true
  }
}

/** @param {Response | null} answer */
async function reason(answer) {
  try {
    return (await answer?.json())?.error ?? ""
  } catch {
    return ""
  }
}
