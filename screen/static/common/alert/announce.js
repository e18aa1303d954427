/* What a person must hear who does not see the screen: that it cannot be believed, and each new red alert. */

import { titled } from "./alert.js"
import { el } from "../dom.js"
import * as words from "../words.js"
import { t } from "../words.js"

const UNSEEN = { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" }

export class Announcer {
  constructor() {
    this.node = el("div", "said")
    this.node.role = "alert"
    Object.assign(this.node.style, UNSEEN)
    this.stale = false
    /** @type {Sent.Sections["list"] | undefined} */
    this.list = undefined
    /** @type {Set<string> | null} */
    this.known = null
  }

  /**
   * Say what is new: of `list`, the unacknowledged; what stood there at first is not new.
   * @param {Partial<Sent.Sections>} sections
   * @param {import("../server/freshness.js").Freshness} fresh
   */
  show({ list }, fresh) {
    if (fresh.stale !== this.stale) {
      this.stale = fresh.stale
      this.say([fresh.stale ? `${t("stale.title")}${t("comma")}${t(`stale.${fresh.cause}`)}` : t("mark.live")])
    }
    if (!list || list === this.list) return
    this.list = list
    const reds = Object.values(list).flatMap(({ rows }) => rows).filter(({ severity, state }) => severity === "red" && state === "B")
    const { known } = this
    const arrived = known === null ? [] : reds.filter((alert) => !known.has(name(alert)))
    this.known = new Set(reds.map(name))
    if (arrived.length) this.say(arrived.map((alert) => `${t("severity.red")}${t("comma")}${titled(alert)}${t("comma")}${words.pick(alert.name)}`))
  }

  /** @param {string[]} texts */
  say(texts) {
    this.node.replaceChildren(...texts.map((text) => el("p", "", text)))
  }
}

/** @param {{ id: string, occurrence: number }} alert */
const name = ({ id, occurrence }) => `${id} ${occurrence}`
