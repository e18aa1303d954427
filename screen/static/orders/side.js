/* Beside the story: what may be done, the alert that the order is about with its trend, and what has happened. */

import { el, fill, head, panel, say } from "../common/dom.js"
import { get } from "../common/server/get.js"
import { glyphOf } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Trend } from "../desk/trend.js"
import { OrderForm, doing } from "./form.js"

/** Milliseconds after which the readings of an alert are asked for again. */
const READ_AGAIN = 60_000

export class Side {
  /** @type {string} */
  drawn = ""
  /** @type {string} */
  read = ""
  readAt = -Infinity

  /** @param {import("./acts.js").OrderActs} acts */
  constructor(acts) {
    this.form = new OrderForm(acts)
    this.head = head(t("orders.can"))
    this.doing = el("section", "panel doing", this.head.node, this.form.node)
    this.doing.ariaLabel = t("orders.can")
    this.trend = new Trend()
    this.alert = panel(t("desk.alert"))
    this.facts = el("div", "facts")
    this.alert.body.append(this.trend.node, this.facts)
    this.history = panel(t("desk.history"), t("desk.who_when"))
    this.node = el("section", "side", this.doing, this.alert.node, this.history.node)
  }

  /**
   * @param {Sent.OrderStory | null} told
   * @param {{ now: number | null, stale: boolean, person: Sent.Person | undefined, units: Record<string, Sent.Text> }} more
   */
  show(told, { now, stale, person, units }) {
    this.node.hidden = !told
    this.form.show(told, stale, units)
    if (!told) return
    say(this.head.small, person ? `${person.name} · ${t(`role.${person.role}`)}` : "")
    this.about(told, now)
    const key = `${told.order.id} ${told.trail.at(-1)?.n}`
    if (key === this.drawn) return
    this.drawn = key
    say(this.history.end, `${t("orders.chain")} ${told.order.audit} ${t("desk.entries")} · ${told.order.head.slice(-4)}`)
    fill(this.history.body, el("ol", "trail", ...told.trail.toReversed().map((entry) => happened(entry, told))))
  }

  /**
   * The alert beside the order: its trend, and whether it may be re-inspected. A quiet sensor is necessary, never enough.
   * @param {Sent.OrderStory} told
   * @param {number | null} now
   */
  about({ order, alerts }, now) {
    const [linked] = order.alerts
    this.alert.node.hidden = !linked
    if (!linked) return
    const alert = alerts[linked.link.alert]
    say(this.alert.small, alert ? `${alert.row || alert.rule} · ${linked.link.alert.slice(0, 8)}` : linked.link.alert.slice(0, 8))
    fill(this.alert.end, ...(alert ? [glyphOf(alert, 14), `${alert.state[0]} ${t(`state.${words.key(alert.state)}`)}`] : [t("orders.alert_gone")]))
    this.trend.node.hidden = !alert
    if (alert) {
      this.readings(alert.id)
      this.trend.show({ alert, trail: [] }, now)
    }
    const ready = linked.ready ? el("p", "ready", `${words.moment(Date.parse(linked.ready))} ${t("orders.ready")}`) : linked.quiet ? el("p", "", `${t("orders.quiet_since")} ${words.moment(Date.parse(linked.quiet))}`) : el("p", "", t(linked.active ? "orders.still_active" : "orders.not_active"))
    fill(this.facts, ready, el("p", "", t("orders.not_enough")), order.alerts.length > 1 ? el("p", "m", `${t("orders.more_alerts")} ${order.alerts.length - 1}`) : null)
  }

  /** @param {string} alert */
  async readings(alert) {
    const now = performance.now()
    if (alert === this.read && now - this.readAt < READ_AGAIN) return
    if (alert !== this.read) this.trend.read(null)
    Object.assign(this, { read: alert, readAt: now })
    const { status, body } = await get(`readings/${encodeURIComponent(alert)}`)
    if (alert !== this.read) return
    this.trend.read(status === 200 ? body : "readings_away")
  }

  close() {
    this.trend.close()
  }
}

/**
 * @param {Sent.OrderEntry} entry
 * @param {Sent.OrderStory} told
 */
function happened(entry, told) {
  const line = told.lines.find(({ n }) => n === entry.line)
  const who = entry.actor ? words.who(entry.actor) : t("desk.system")
  const text = happenedTo(entry, line ? words.pick(told.units[line.unit]) : "")
  const node = el("li", "", el("span", "", words.moment(Date.parse(entry.at))), el("b", "", who), el("span", "wide", text), el("i", "", `#${entry.n}`))
  node.title = entry.hash
  if (entry.event === "refuse") node.className = "refused"
  return node
}

/**
 * What an entry of an order's trail says, of which receiver, and in whose words.
 * @param {Pick<Sent.OrderEntry, "event" | "verb" | "told" | "reason">} entry
 * @param {string} unit the receiver's name; empty for the order as a whole
 */
export function happenedTo({ event, verb, told, reason }, unit) {
  const what = event === "refuse" ? `${t("event.refuse")}${doing(verb)}` : words.word(`order_event.${words.key(event)}`) || doing(event)
  const named = [told.outcome, told.limit, told.number, told.clause].filter(Boolean).join(" ")
  return [what, unit, named, words.pick(reason)].filter(Boolean).join(" · ")
}
