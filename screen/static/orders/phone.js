/* One order on a phone: what it is, its clocks, and the acts of the unit's own people, each at least 50 pixels high. No score, rank, track or photo. */

import { button, el, fill, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { bar, clockName, dueWords, leftWords, limitWords, sure } from "./clock.js"
import { doing, whyNot } from "./form.js"

/** @typedef {import("./worktime.js").WorkCalendar} WorkCalendar */

/** The acts of a unit's people, the next one first; others stay on the page to work at. */
const WANTED = ["sign", "endorse", "submit", "contact", "ask-return", "ask-extension", "object", "reject"]
/** Those that lead on: where one of them can be done it is the white button; a return or an objection never is. */
const ONWARD = new Set(["sign", "endorse", "submit", "contact"])
const WIDE = 358

export class Phone {
  /** @type {string} */
  drawn = ""

  /**
   * @param {import("./form.js").OrderForm} form
   * @param {() => void} back
   */
  constructor(form, back) {
    this.form = form
    this.state = el("b")
    this.number = el("span", "n")
    const way = button("back", back, "‹")
    way.ariaLabel = t("orders.back")
    this.top = el("header", "phone-top", way, this.state, this.number)
    this.body = el("div", "phone-body")
    this.writes = el("div", "phone-form")
    this.acts = el("div", "phone-acts")
    this.node = el("section", "phone-order", this.top, this.body, this.writes, this.acts)
  }

  /**
   * @param {Sent.OrderStory | null} told
   * @param {{ now: number | null, calendar: WorkCalendar, phone: string, districts: Record<string, Sent.Text>, busy: string }} more
   */
  show(told, { now, calendar, phone, districts, busy }) {
    this.node.hidden = !told
    if (!told) return
    const line = told.lines.find(({ n }) => n === told.line)
    const time = now ?? told.now ?? 0
    const key = JSON.stringify([told.order.id, told.order.audit, told.line, told.offers, Math.floor(time / 30_000), busy, phone])
    if (key === this.drawn) return
    this.drawn = key
    say(this.state, line ? t(`order_line.${line.state}`) : words.pick(told.kind?.states[told.order.state]))
    say(this.number, told.order.number)
    const { order } = told
    const clocks = [...(line?.clocks ?? []), ...order.clocks].filter(({ dropped }) => !dropped)
    const said = order.text.filter(({ name }) => name === "cause" || name === "demand")
    fill(
      this.body,
      el("h2", "", words.pick(order.title)),
      el("p", "meta", [words.pick(told.kind?.title), line ? `${t(`order_part.${line.part}`)} ${words.pick(told.units[line.unit])}` : "", words.pick(districts[order.adcode]), `${words.moment(Date.parse(order.opened_at))} ${t("orders.issued")}`].filter(Boolean).join(" · ")),
      ...said.map((each) => el("p", "quote", words.written(each.words))),
      line && words.written(line.demand) ? el("p", "quote", words.written(line.demand)) : null,
      el("div", "clocks", ...clocks.map((clock) => this.clock(clock, time, calendar, told))),
      ...(line ? [el("p", "moments", ...moments(line))] : []),
    )
    this.offer(told, phone, busy)
  }

  /**
   * @param {Sent.Clock} clock
   * @param {number} now
   * @param {WorkCalendar} calendar
   * @param {Sent.OrderStory} told
   */
  clock(clock, now, calendar, told) {
    const over = now > Date.parse(clock.due) && !clock.met
    const left = clock.met ? t("orders.met") : `${over ? "" : `${t("orders.left")} `}${leftWords(clock, now, calendar)}`
    const from = words.pick(clock.source)
    const source = [limitWords(clock.limit), from, from.includes(sure(clock)) ? "" : sure(clock)].filter(Boolean).join(" · ")
    return el("div", "one", el("div", "l2", el("span", "", clockName(clock, told.kind?.clocks)), el("b", over ? "late" : "", left)), bar(clock, now, calendar, WIDE, 10), el("div", "l2 m", el("span", "", source), el("span", "", dueWords(clock.due))))
  }

  /**
   * @param {Sent.OrderStory} told
   * @param {string} phone
   * @param {string} busy
   */
  offer(told, phone, busy) {
    const all = WANTED.flatMap((verb) => told.offers.filter((offer) => offer.verb === verb))
    const may = all.filter(({ why }) => !why)
    const signed = Boolean(told.lines.find(({ n }) => n === told.line)?.signed)
    const not = all.filter((offer) => ["state", "waits"].includes(offer.why ?? "") && !(offer.verb === "sign" && signed))
    /** @type {HTMLElement[]} */
    const nodes = may.map((offer) => {
      const node = button(offer === may[0] && ONWARD.has(offer.verb) ? "pb go" : "pb", () => (offer.verb === "sign" ? this.form.post("sign", offer.line ?? "", {}) : this.form.choose(offer)), doing(offer.verb))
      node.dataset.verb = offer.verb
      node.disabled = Boolean(busy)
      return node
    })
    nodes.push(...not.map((offer) => el("span", "pb off", `${doing(offer.verb)}：${whyNot(offer, told)}`)))
    fill(this.acts, ...nodes, call(phone))
  }
}

/**
 * The button by which the dispatcher is called; where no number is set, that is said in its place.
 * @param {string} phone
 */
export function call(phone) {
  if (!phone) return el("span", "pb off", t("orders.no_phone"))
  const node = el("a", "pb call", t("orders.call_desk"))
  node.href = `tel:${phone}`
  return node
}

/** @param {Sent.OrderLine} line */
const moments = (line) =>
  /** @type {const} */ (["delivered", "read", "called"]).map((name) => {
    const stamp = line[name]
    return el("span", "", `${t(`orders.${name}`)} `, el("b", "", stamp ? words.minute(Date.parse(stamp.when || stamp.at)) : "—"))
  })
