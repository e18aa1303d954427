/* What the page says by itself, once each: that a line has reached its unit (送达), and that somebody of it has opened it (阅知). */

import { draw, post } from "../common/server/press.js"

export class Moments {
  /** @type {Set<string>} */
  said = new Set()

  /**
   * `mine`: the bodies for which this person takes orders; none for anybody who works in no receiving unit.
   * @param {Set<string>} mine
   * @param {Sent.OrderRow} row
   */
  reached(mine, row) {
    const lines = row.undelivered.filter(([, unit]) => mine.has(unit)).map(([n]) => n)
    this.say("deliver", row.id, lines)
  }

  /**
   * @param {Set<string>} mine
   * @param {Sent.OrderStory} told
   */
  opened(mine, { order, lines }) {
    this.say("read", order.id, lines.filter((line) => mine.has(line.unit) && !line.read && line.state !== "moved" && line.state !== "withdrawn").map(({ n }) => n))
  }

  /**
   * @param {string} verb
   * @param {string} order
   * @param {string[]} lines
   */
  say(verb, order, lines) {
    const fresh = lines.filter((n) => !this.said.has(`${verb} ${order} ${n}`))
    for (const n of fresh) this.said.add(`${verb} ${order} ${n}`)
    if (fresh.length) post("order", { verb, key: draw(), data: { order, lines: fresh } })
  }
}
