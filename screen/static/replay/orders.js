/* Orders as they stood at the moment: the numbers of their funnel, and those in hand, the late ones first. */

import { el, fill, head, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { clockName, dueWords } from "../orders/clock.js"
import { inHand } from "./past_orders.js"

/** Orders that are listed. */
const MOST = 40

export class PastOrders {
  /** @type {string} */
  look

  /** @param {(id: string) => void} open */
  constructor(open) {
    this.open = open
    this.head = head(t("flow.panel"), t("flow.by"))
    this.stages = el("div", "stages")
    this.body = el("div", "lines")
    this.node = el("section", "orders", this.head.node, this.stages, this.body)
    this.node.hidden = true
    this.node.ariaLabel = t("flow.panel")
  }

  /**
   * Nothing stands here of a log that had no orders.
   * @param {import("./time/timeline.js").State} state
   * @param {string | null} chosen
   */
  show(state, chosen) {
    const { flow } = state
    this.node.hidden = !flow
    if (!flow) return
    const all = inHand(state)
    const shown = all.slice(0, MOST)
    const look = JSON.stringify([flow, chosen, shown.map(({ order, late }) => [order.id, order.entry, late])])
    if (look === this.look) return
    this.look = look
    const late = all.filter((each) => each.late).length
    say(this.head.end, `${all.length} ${t("flow.unit")}${late ? ` · ${t("flow.late")} ${late}` : ""}`)
    fill(this.stages, ...flow.map(stage))
    fill(this.body, ...(shown.length ? shown.map((each) => this.line(each, chosen)) : [el("p", "none", t("replay.no_orders"))]))
  }

  /**
   * @param {ReturnType<typeof inHand>[number]} each
   * @param {string | null} chosen
   */
  line({ order, clock, late }, chosen) {
    const mark = late ? glyph("red", { size: 14 }) : clock?.warned ? glyph("yellow", { size: 14 }) : el("i", "dash")
    const until = clock ? `${clockName(clock, undefined)} ${dueWords(clock.due)}` : ""
    const node = el("button", "line", mark, el("b", "", words.pick(order.title)), el("span", "", words.pick(order.state_title)), el("span", late ? "late" : "", until))
    node.type = "button"
    node.dataset.order = order.id
    node.classList.toggle("chosen", order.id === chosen)
    node.onclick = () => this.open(order.id)
    return node
  }
}

/**
 * How many have gone through a stage, wait for it, and are late.
 * @param {Sent.Stage} of
 * @param {number} n its place
 */
function stage({ name, count, waiting, late }, n) {
  const waits = el("small", "", n ? `${t("flow.waiting")} ${waiting}` : "")
  if (late) waits.append(el("b", "", ` ${t("flow.late")} ${late}`))
  return el("div", late ? "figure beyond" : "figure", el("span", "", t(`flow.${name}`)), el("b", "", String(count)), waits)
}
