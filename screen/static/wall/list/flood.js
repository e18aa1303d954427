/* The white band over the list while a desk is in an alarm flood: which, since when, how much, and that nothing is hidden. */

import { el, say } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

export class FloodBand {
  constructor() {
    this.where = el("span")
    this.what = el("span")
    this.node = el("div", "flood", el("b", "", t("flood.title")), el("div", "", this.where, this.what))
    this.node.hidden = true
  }

  /**
   * `floods`: those that go on, the greatest first; `alerts` are unacknowledged, in so many `entries` of the list.
   * @param {Sent.Flood[]} floods
   * @param {number} alerts
   * @param {number} entries
   */
  show(floods, alerts, entries) {
    this.node.hidden = floods.length === 0
    if (this.node.hidden) return
    const [first, ...more] = floods
    const others = more.length ? ` · ${t("flood.more")} ${more.length} ${t("flood.desks")}` : ""
    say(this.where, `${words.pick(first.department)} · ${words.minute(first.began)} ${t("flood.since")}${others}`)
    say(this.what, `${t("flood.recent")} ${first.count} ${t("unit.count")}${t("flood.bounds")} · ${t("flood.waiting")} ${alerts} = ${entries} ${t("incident.unit")}`)
  }
}
